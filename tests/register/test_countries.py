"""The names of countries, as people choose and write them."""

from collections import Counter

import pytest
from django.utils.translation import override

from register.importing.countries import code_of_country
from register.models.countries import countries


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_each_country_has_a_name_of_its_own_and_is_found_by_it(language):
    with override(language):
        named = [(code, str(name)) for code, name in countries()]
    counted = Counter(name for _code, name in named)
    assert [name for name, count in counted.items() if count > 1] == []
    assert [name for code, name in named if code_of_country(name) != code] == []


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("fi", {"MK": "Pohjois-Makedonia", "SZ": "Eswatini", "SX": "Sint Maarten"}),
        ("sv", {"MK": "Nordmakedonien", "SZ": "Eswatini", "LB": "Libanon", "BR": "Brasilien"}),
        ("en", {"MK": "North Macedonia", "SZ": "Eswatini"}),
    ],
)
def test_countries_are_called_as_they_are_today(language, names):
    with override(language):
        named = {code: str(name) for code, name in countries()}
    assert names.items() <= named.items()


@pytest.mark.parametrize(
    ("name", "code"),
    [("Makedonia", "MK"), ("Swazimaa", "SZ"), ("Swaziland", "SZ"), ("Saint Martin", "MF")],
)
def test_lists_may_say_an_older_name(name, code):
    assert code_of_country(name) == code
