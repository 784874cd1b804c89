"""What requests forget: who asked, after an erasure or when their years are over.

What stays shows that the right was kept: number, dates, decision (art. 5(2); E09, D04r).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from audit.files import BEING_STORED, files_without_a_row, remove_after_commit, remove_files
from audit.reasons import because
from register.models import ContactDigest, Customer, Prohibition
from register.models.words import same_words
from rights_requests.models import (
    Certificate,
    Demand,
    Doubt,
    Handover,
    Item,
    Letter,
    LetterKind,
    Link,
    LinkPurpose,
    Mandate,
    Mask,
    Notification,
    Report,
    ReportPart,
    RightsRequest,
    Scan,
    Spoken,
    Weighing,
)

#: How long the status page of a closed request, and the copy behind it, can still be opened.
READABLE_AFTER = timedelta(days=90)
#: How long what showed who asks is kept after it has served: the notice says within 30 days, and
#: the run is daily (I09).
PROOF_KEPT = timedelta(days=29)

#: Everything of a request that may say who asked, with the way to the request.
OF_REQUEST: dict[type[models.Model], str] = {
    RightsRequest: "pk",
    Demand: "request",
    Item: "demand__request",
    Doubt: "request",
    Mandate: "request",
    Spoken: "demand__request",
    Letter: "request",
    Scan: "request",
    Certificate: "demand__request",
    Mask: "demand__request",
    Handover: "demand__request",
    Report: "demand__request",
    Weighing: "demand__request",
    Notification: "demand__request",
}


def find_prohibitions_of(customers: list[int]) -> None:
    """A prohibition is closed as it comes, often before anybody asks whose it is: those that meet
    the customers, by whatever address or number, are forgotten with them (P67). One that bears the
    name of somebody else who is reached so, and stays, is that one's."""
    digests: dict[str, set[str]] = defaultdict(set)
    own = ContactDigest.objects.filter(customer__in=customers).order_by()
    met = Prohibition.objects.filter(digest__in=own.values("digest")).order_by()
    for number, digest in met.values_list("request_number", "digest"):
        digests[number].add(digest)
    unfound = RightsRequest.objects.filter(customer=None, needs_proof=False, to_forget_at=None)
    requests = unfound.all_numbered(digests).order_by("pk").select_for_update()
    reached: dict[str, list[Customer]] = defaultdict(list)
    if found := list(requests):
        every = set().union(*(digests[request.number] for request in found))
        ways = ContactDigest.objects.filter(digest__in=every).select_related("customer")
        for way in ways.order_by("customer"):
            reached[way.digest].append(way.customer)
    for request in found:
        people = [one for digest in sorted(digests[request.number]) for one in reached[digest]]
        named = [one for one in people if same_words(request.name, one.name)]
        if going := [one for one in named or people if one.pk in customers]:
            request.customer_id = going[0].pk
            request.save()


def forget_when_answered(customer: Any, *, now: datetime) -> None:
    """Let every request of an erased `customer` be forgotten: at once, or when its last letter
    has left. Needs a transaction and a `because` block."""
    requests = RightsRequest.objects.select_for_update().filter(
        customer=customer, to_forget_at=None
    )
    for request in requests.order_by("pk"):
        request.to_forget_at = now
        request.save()
    forget_answered(now=now)
    _forget_letters(Letter.objects.unasked([customer]), erased_by=customer.erased_by_request)
    # also of a request that turned out to be somebody else's
    told = Letter.objects.filter(notification__customer=customer, sent_at__isnull=False)
    _empty(Letter, list(told.values_list("pk", flat=True)), erased_by=customer.erased_by_request)


def _forget_letters(letters: Any, *, erased_by: str) -> None:
    """Blank letters that went to customers unasked; one that has not left never leaves."""
    keys = list(letters.values_list("pk", flat=True))
    for letter in letters.filter(sent_at=None):
        letter.delete()
    _empty(Letter, keys, erased_by=erased_by)


def forget_told(letter: Letter) -> None:
    """Blank a letter that has told a recipient of people who were erased at nobody's request: it
    names them, and nobody else does any more (P67). Needs a transaction."""
    _empty(Letter, [letter.pk], erased_by="19")


def forget_answered(*, now: datetime) -> int:
    """Forget the requests whose time has come; gives their number. A second run is harmless."""
    with transaction.atomic(), because(_("Erased: the last letter has left")):
        owed = Letter.objects.owed().filter(request=OuterRef("pk"))
        ripe = RightsRequest.objects.select_for_update().filter(
            ~Exists(owed),
            to_forget_at__isnull=False,
            forgotten_at=None,
            closed_at__isnull=False,
        )
        requests = list(ripe.order_by("pk"))
        for request in requests:
            _blank(request, now=now)
            request.refresh_from_db()
            request.forgotten_at = now
            request.save()
    return len(requests)


def forget_old(*, now: datetime) -> None:
    """Forget who asked in requests closed REQUEST_YEARS ago, what showed who asks, copies of data
    that nobody can open any more, and files that no row knows. A second run is harmless."""
    _forget_proofs(now=now)
    long_ago = _years_before(now, settings.REQUEST_YEARS)
    with transaction.atomic(), because(_("Kept as long as a claim can be made")):
        for request in RightsRequest.objects.select_for_update().filter(
            closed_at__lt=long_ago, to_forget_at=None
        ):
            request.to_forget_at = now
            request.save()
        forget_answered(now=now)
        told = Letter.objects.filter(kind=LetterKind.INFORMATION, sent_at__lt=long_ago)
        _forget_letters(told.exclude(body=""), erased_by="5(1)(e)")
    over = Q(demand__request__closed_at__lt=now - READABLE_AFTER)
    forgotten = Q(demand__request__forgotten_at__isnull=False) & ~Q(
        demand__request__in=_still_readable(now)
    )
    models.QuerySet(Report).filter(over | forgotten, content__isnull=False).update(content=None)
    _remove_parts()
    remove_files(files_without_a_row(before=now - BEING_STORED))


def _remove_parts() -> None:
    """Remove the pieces of copies that have been forgotten."""
    ReportPart.objects.filter(report__content=None).delete()


def _forget_proofs(*, now: datetime) -> None:
    """Erase the papers and words that showed who asks, once that is known or the request is over,
    in history too (rec. 64; I09). Who saw which proof and when stays."""
    served = Q(identified_at__lt=now - PROOF_KEPT) | Q(closed_at__lt=now - PROOF_KEPT)
    with transaction.atomic(), because(_("What showed who asks has served")):
        papers = Scan.objects.exclude(file="").filter(
            shows_who=True, request__in=RightsRequest.objects.filter(served).order_by().values("pk")
        )
        files = dict(papers.values_list("pk", "file"))
        _empty(Scan, list(files), erased_by="5(1)(e)")
        seen = RightsRequest.objects.filter(served).exclude(evidence="")
        told = Mandate.objects.filter(seen_at__lt=now - PROOF_KEPT).exclude(evidence="")
        mandates = list(told.values_list("pk", flat=True))
        _empty(Mandate, mandates, erased_by="5(1)(e)", only=frozenset({"evidence"}))
        keys = list(seen.values_list("pk", flat=True))
        _empty(RightsRequest, keys, erased_by="5(1)(e)", only=frozenset({"evidence"}))
        remove_after_commit(list(files.values()), now=now)


def _years_before(moment: datetime, years: int) -> datetime:
    """The same day `years` ago; the last of February where it had no 29th."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)


def _still_readable(now: datetime) -> Any:
    """The requests whose copy of data a link still opens: promised for thirty days, it is read
    by the person alone, and goes when the link ends."""
    open_to = (LinkPurpose.REPORT, LinkPurpose.TRANSFER)
    links = Link.objects.working(now).filter(purpose__in=open_to)
    return links.order_by().values("request")


def _blank(request: RightsRequest, *, now: datetime) -> None:
    """Blank all that is personal in `request` and what belongs to it, and in their history.

    The plain query set is the door of this module alone: erasure leaves no older value behind.
    """
    papers = Scan.objects.filter(request=request).exclude(file="")
    files = list(papers.values_list("file", flat=True))
    readable = _still_readable(now).filter(request=request).exists()
    for model, way in OF_REQUEST.items():
        if model is Report and readable:
            continue
        rows = list(model._base_manager.filter(**{way: request.pk}).values_list("pk", flat=True))
        _empty(model, rows, erased_by=request.number)
    _remove_parts()
    # after the commit: an erasure undone must find its papers
    remove_after_commit(files, now=now)


def _empty(
    model: type[models.Model],
    rows: list[Any],
    *,
    erased_by: str,
    only: frozenset[str] | None = None,
) -> None:
    """Blank what is personal in `rows` (keys) of `model`, or `only` those columns, and in their
    history."""
    blank = blank_values(model)
    personal = blank if only is None else {name: blank[name] for name in sorted(only)}
    models.QuerySet(model).filter(pk__in=rows).update(**personal)
    history: Any = model.history.model  # type: ignore[attr-defined]
    remembered = {field.name for field in history._meta.fields}
    with override(settings.LANGUAGE_CODE):
        past = {
            "salt": None,
            "erased_by": erased_by,
            "history_change_reason": gettext("Erased"),
        }
    models.QuerySet(history).filter(**{f"{model._meta.pk.attname}__in": rows}).update(
        **{name: value for name, value in personal.items() if name in remembered}, **past
    )


def blank_values(model: type[models.Model]) -> dict[str, Any]:
    """What each personal column of `model` becomes: no value, or an empty text."""
    personal: Iterable[str] = model.personal  # type: ignore[attr-defined]
    return {name: None if model._meta.get_field(name).null else "" for name in sorted(personal)}
