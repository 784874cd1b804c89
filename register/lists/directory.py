"""A directory to be read and printed: names in their order, with what else was chosen (P14)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext

from audit.bulk import A_BLOCK
from audit.paper import pdf_apart
from audit.texts import one_line
from notices.terms import DataCategory
from register.lists.naming import country_of, organisation_of
from register.lists.pieces import Pieces
from register.models import Customer, CustomerList
from register.models.words import fold

LAYOUT = (Path(__file__).parent / "directory.typ").read_bytes()
#: Of one document: some forty sides.
ENTRIES = 1000
#: The Finnish and Swedish alphabet ends in these; everything else goes by its letters alone.
_LAST = str.maketrans({"å": "zzz1", "ä": "zzz2", "æ": "zzz2", "ö": "zzz3", "ø": "zzz3"})


def place_of(family_name: str, given_name: str, organisation_name: str) -> tuple[str, str]:
    """What a name is sorted by: an organisation by its name, a person by the family name."""
    first, second = (organisation_name, "") if organisation_name else (family_name, given_name)
    return _sorted_by(first or second), _sorted_by(second)


def _sorted_by(name: str) -> str:
    return fold(name.casefold().translate(_LAST))


def by_name(people: Any) -> Iterator[list[Customer]]:
    """`people` in the order of their names. Only names and keys are held of all of them."""
    named = people.prefetch_related(None).order_by("pk")
    columns = ("family_name", "given_name", "organisation_name", "pk")
    places: list[tuple[tuple[str, str], int]] = []
    last = 0
    while block := list(named.filter(pk__gt=last).values_list(*columns)[:A_BLOCK]):
        places += [(place_of(*names), key) for *names, key in block]
        last = block[-1][-1]
    places.sort()
    keys = [key for _place, key in places]
    for start in range(0, len(keys), A_BLOCK):
        wanted = keys[start : start + A_BLOCK]
        found = {one.pk: one for one in people.filter(pk__in=wanted)}
        yield [found[key] for key in wanted if key in found]


def on_paper(asked: CustomerList, blocks: Iterator[list[Customer]], today: date) -> Pieces:
    """The directory as PDF, `ENTRIES` in each document."""
    waiting: list[list[str]] = []
    number = 0
    columns = _columns(asked)

    def document() -> tuple[str, bytes]:
        values = {
            "language": asked.language,
            "title": capfirst(str(asked.get_kind_display())),
            "subtitle": gettext("Made on %(day)s.")
            % {"day": date_format(today, "SHORT_DATE_FORMAT")},
            "date": [today.year, today.month, today.day],
            "headings": list(columns),
            "rows": waiting[:ENTRIES],
        }
        return f"directory-{number:03}.pdf", pdf_apart(LAYOUT, values, today)

    for block in blocks:
        waiting += [[one_line(value(one)) for value in columns.values()] for one in block]
        while len(waiting) >= ENTRIES:
            number += 1
            yield document()
            del waiting[:ENTRIES]
    if waiting:
        number += 1
        yield document()


def _columns(asked: CustomerList) -> dict[str, Any]:
    """What stands beside each other: the heading, and what it is of a customer."""
    every = {
        DataCategory.NAME: (gettext("Name"), _name),
        DataCategory.ORGANISATION: (gettext("Organisation"), _organisation),
        DataCategory.POSTAL_ADDRESS: (gettext("Postal address"), _address),
        DataCategory.PHONE: (gettext("Phone"), lambda one: one.phone),
        DataCategory.EMAIL: (gettext("E-mail"), lambda one: one.email),
        DataCategory.WEBSITE: (gettext("Web address"), lambda one: one.website),
    }
    return dict(column for category, column in every.items() if category in asked.told)


def _name(one: Customer) -> str:
    if one.is_organisation:
        return one.name
    return ", ".join(filter(None, [one.family_name, one.given_name]))


def _organisation(one: Customer) -> str:
    return "" if one.is_organisation else organisation_of(one)


def _address(one: Customer) -> str:
    town = f"{one.postcode} {one.city}".strip()
    return ", ".join(filter(None, [one.street, town, country_of(one)]))
