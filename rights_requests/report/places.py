"""Where the report tells each model that leads to a person, or why it does not (A10).

A model with a way to a customer or to a request stands in one of the tables here, or is personal
data or a record, which the declarations tell by themselves. A system check stops the program
otherwise, so that nobody adds a table about people and forgets to tell them of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import models
from simple_history.models import HistoricalChanges

from notices.declarations import personal_models
from register.models import (
    Consultation,
    ContactDigest,
    Customer,
    Disclosed,
    InformationDuty,
    Lifespan,
    Loan,
    Word,
)
from register.ownership import RECORDS
from rights_requests.models import (
    Certificate,
    Demand,
    Doubt,
    Handover,
    Item,
    Letter,
    Link,
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


@dataclass(frozen=True)
class Place:
    """A model that is told under its request: the way to the request, and what is told of a row."""

    way: str
    columns: tuple[str, ...]


#: What belongs to a request and is told under it, row by row. A new one is one line here.
OF_REQUEST: dict[type[models.Model], Place] = {
    Doubt: Place("request", ("reason", "means", "asked_at", "answered_at")),
    Mandate: Place(
        "request",
        ("agent", "agent_email", "agent_address", "evidence", "takes_answers", "seen_at"),
    ),
    Spoken: Place("demand__request", ("note", "told_at")),
    Certificate: Place(
        "demand__request",
        ("ground", "refused_what", "reasons", "until", "done_for_rest", "made_at"),
    ),
    Weighing: Place("demand__request", ("purpose", "ground", "reasons")),
    Scan: Place("request", ("content_type", "added_at")),
    Handover: Place("demand__request", ("asked_on", "note", "handed_at")),
}
#: What has a place of its own in the report.
WITH_A_PLACE: frozenset[type[models.Model]] = frozenset(
    {RightsRequest, Demand, Item, Letter, Notification, Disclosed, Consultation, Loan}
)
#: What is not told, and why not.
NOT_TOLD: dict[type[models.Model], str] = {
    Word: "made of the data that are told, for searching",
    ContactDigest: "made of the addresses that are told, so that a prohibition meets them",
    Lifespan: "the days of orders, invoices and letters that are told; what follows from them "
    "stands under how long the data are kept",
    InformationDuty: "until when we must tell of data that are told, with their sources",
    Link: "an address that the person has; its secret is kept nowhere",
    Mask: "its mark and its reason stand where something is masked",
    Report: "an earlier copy of the same data, which the person has got",
    ReportPart: "an earlier copy of the same data, which the person has got",
}


def check_report(
    *, models: "Iterable[type[models.Model]] | None" = None, **_kwargs: object
) -> list[CheckMessage]:
    """Each model with a way to a person has its place in the report, or the reason why it has none
    stands here (A10)."""
    placed = {*personal_models(), *RECORDS, *OF_REQUEST, *WITH_A_PLACE, *NOT_TOLD}
    every = apps.get_models(include_auto_created=True) if models is None else models
    return [
        Error(
            "leads to a person, and has no place in the access report",
            hint=(
                "Derive it from OfCustomer, or add it to RECORDS in register/ownership.py or to "
                "OF_REQUEST or NOT_TOLD in rights_requests/report/places.py."
            ),
            obj=model,
            id="rights_requests.E001",
        )
        for model in every
        if model not in placed and leads_to_a_person(model)
    ]


def leads_to_a_person(
    model: type[models.Model], *, on_the_way: frozenset[type[models.Model]] = frozenset()
) -> bool:
    """Whether a row of `model` leads, by foreign keys, to a customer or to a request. History goes
    where its model goes."""
    if model in (Customer, RightsRequest):
        return True
    if issubclass(model, HistoricalChanges) or model in on_the_way:
        return False
    return any(
        leads_to_a_person(field.related_model, on_the_way=on_the_way | {model})
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type)
    )
