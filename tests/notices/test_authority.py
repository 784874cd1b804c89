"""P60, P64, D03, V10: the authority's address is one record, and it says how old it is."""

from datetime import date

import pytest

from notices.authority import authority


@pytest.mark.parametrize(
    ("language", "name", "visiting", "postal"),
    [
        (
            "fi",
            "Tietosuojavaltuutetun toimisto",
            "Lintulahdenkuja 4, 00530 Helsinki",
            "PL 800, 00531 Helsinki",
        ),
        (
            "sv",
            "Dataombudsmannens byrå",
            "Fågelviksgränden 4, 00530 Helsingfors",
            "PB 800, 00531 Helsingfors",
        ),
        (
            "en",
            "Office of the Data Protection Ombudsman",
            "Lintulahdenkuja 4, 00530 Helsinki, Finland",
            "P.O. Box 800, 00531 Helsinki, Finland",
        ),
    ],
)
def test_the_authority_is_written_as_its_own_language_does(language, name, visiting, postal):
    """D03: not the address that it left."""
    found = authority(language)
    assert (found.name, found.visiting_address, found.postal_address) == (name, visiting, postal)
    assert found.phone.replace("+358 ", "0") == "029 566 6700"
    assert found.email == "tietosuoja@om.fi"
    assert found.website.startswith("https://tietosuoja.fi")


def test_in_another_language_it_is_written_in_finnish():
    assert authority("de") == authority("fi")


def test_it_is_stale_after_twelve_months():
    """V10"""
    assert {
        day: authority("fi").is_stale(day)
        for day in (date(2026, 11, 21), date(2027, 11, 21), date(2027, 11, 22))
    } == {date(2026, 11, 21): False, date(2027, 11, 21): False, date(2027, 11, 22): True}
