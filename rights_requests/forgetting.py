"""What requests forget: who asked, after an erasure or when their years are over.

What stays shows that the right was kept: number, dates, decision (art. 5(2); E09, D04r).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import storages
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.reasons import because
from rights_requests.models import Certificate, Demand, Letter, Report, RightsRequest, Scan

#: How long the status page of a closed request, and the copy behind it, can still be opened.
READABLE_AFTER = timedelta(days=90)
#: How long a closed request says who asked: as long as a claim about it can be made (D04r).
YEARS_KEPT = 3
#: A file without a row is younger than this while its request is being stored.
BEING_STORED = timedelta(days=1)

#: Everything of a request that may say who asked, with the way to the request.
OF_REQUEST: dict[type[models.Model], str] = {
    RightsRequest: "pk",
    Demand: "request",
    Letter: "request",
    Scan: "request",
    Certificate: "demand__request",
    Report: "demand__request",
}


def forget_when_answered(customer: Any, *, request_number: str, now: datetime) -> None:
    """Let every request of an erased `customer` be forgotten: at once, or when its last letter
    has left. Needs a transaction and a `because` block."""
    requests = RightsRequest.objects.select_for_update().filter(
        customer=customer, to_forget_at=None
    )
    for request in requests:
        request.to_forget_at = now
        request.save()
    forget_answered(now=now)


def forget_answered(*, now: datetime) -> int:
    """Forget the requests whose time has come; gives their number. A second run is harmless."""
    with transaction.atomic(), because(_("Erased: the last letter has left")):
        waiting = Letter.objects.owed().filter(request=OuterRef("pk"))
        ripe = RightsRequest.objects.select_for_update().filter(
            ~Exists(waiting),
            to_forget_at__isnull=False,
            forgotten_at=None,
            closed_at__isnull=False,
        )
        requests = list(ripe)
        if not requests:
            return 0
        _blank([request.pk for request in requests])
        for request in requests:
            request.refresh_from_db()
            request.forgotten_at = now
            request.save()
    return len(requests)


def forget_old(*, now: datetime) -> None:
    """Forget who asked in requests closed three years ago, copies of data that nobody can open
    any more, and files that no row knows. A second run is harmless."""
    long_ago = now - timedelta(days=round(365.25 * YEARS_KEPT))
    with transaction.atomic(), because(_("Kept as long as a claim can be made")):
        for request in RightsRequest.objects.select_for_update().filter(
            closed_at__lt=long_ago, to_forget_at=None
        ):
            request.to_forget_at = now
            request.save()
        forget_answered(now=now)
    models.QuerySet(Report).filter(
        demand__request__closed_at__lt=now - READABLE_AFTER, content__isnull=False
    ).update(content=None)
    remove_files(_files_without_a_row(before=now - BEING_STORED))


def _files_without_a_row(*, before: datetime) -> list[str]:
    """What an act that was killed half-way has left in the private storage."""
    storage: Any = storages["private"]
    if not storage.exists(""):
        return []
    _folders, names = storage.listdir("")
    known = set(Scan.objects.exclude(file="").values_list("file", flat=True))
    return [
        name for name in names if name not in known and storage.get_modified_time(name) < before
    ]


def _blank(keys: list[int]) -> None:
    """Blank all that is personal in the rows of the requests `keys`, and in their history.

    The plain query set is the door of this module alone: erasure leaves no older value behind.
    """
    files = list(
        Scan.objects.filter(request__in=keys).exclude(file="").values_list("file", flat=True)
    )
    for model, way in OF_REQUEST.items():
        rows = list(model._base_manager.filter(**{f"{way}__in": keys}).values_list("pk", flat=True))
        personal = blank_values(model)
        models.QuerySet(model).filter(pk__in=rows).update(**personal)
        history: Any = model.history.model  # type: ignore[attr-defined]
        remembered = {field.name for field in history._meta.fields}
        models.QuerySet(history).filter(**{f"{model._meta.pk.attname}__in": rows}).update(
            **{name: value for name, value in personal.items() if name in remembered},
            salt=None,
            erased_by=gettext("erasure"),
            history_change_reason=gettext("Erased"),
        )
    # after the commit: an erasure undone must find its papers; a file left over by a kill in
    # between has lost its name, and the daily job removes it
    transaction.on_commit(lambda: remove_files(files))


def blank_values(model: type[models.Model]) -> dict[str, Any]:
    """What each personal column of `model` becomes: no value, or an empty text."""
    personal: Iterable[str] = model.personal  # type: ignore[attr-defined]
    return {name: None if model._meta.get_field(name).null else "" for name in sorted(personal)}


def remove_files(names: Iterable[str]) -> None:
    for name in names:
        storages["private"].delete(name)
