from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from demo.mailbox import Mail, folder_in_use, pieces, places, read
from staff.models import Invitation, User
from staff.roles import Act

PER_PAGE = 50


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The mail that stays on this machine, newest first."""
    page = Paginator(places(_folder(request)), PER_PAGE).get_page(request.GET.get("p"))
    mails = [read(place) for place in page.object_list]
    closed = _of_colleagues(request, mails)
    context = {
        **admin.site.each_context(request),
        "title": gettext("Mail"),
        "page": page,
        "mails": [(mail, mail.key not in closed) for mail in mails],
    }
    return render(request, "demo/mailbox.html", context)


@require_safe
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail as text, with its links into this installation."""
    place = next((one for one in places(_folder(request)) if one.key == key), None)
    if place is None:
        raise Http404
    shown = read(place)
    if _of_colleagues(request, [shown]):
        raise PermissionDenied
    base = urlsplit(settings.BASE_URL)
    origins = (f"{base.scheme}://{base.netloc}", f"{request.scheme}://{request.get_host()}")
    context = {
        **admin.site.each_context(request),
        "title": shown.subject or gettext("Mail"),
        "mail": shown,
        "pieces": pieces(shown.text, origins),
    }
    return render(request, "demo/mail.html", context)


def _folder(request: HttpRequest) -> Path:
    folder = folder_in_use()
    if folder is None:
        raise Http404
    reader: User = request.user  # type: ignore[assignment]
    # letters tell what only those who decide may know
    if not reader.may(Act.DECIDE):
        raise PermissionDenied
    return folder


def _of_colleagues(request: HttpRequest, mails: Iterable[Mail]) -> set[str]:
    """The mails to other people's accounts: a link in them would let the reader in as them."""
    reader: User = request.user  # type: ignore[assignment]
    staff = {
        email.casefold()
        for model in (User, Invitation)
        for email in model.objects.values_list("email", flat=True)
        if email
    } - {str(reader.email).casefold()}
    return {mail.key for mail in mails if mail.addresses & staff}
