"""Countries by name, and the postcodes of the one that we know."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

FINLAND = "FI"
_POSTCODE = re.compile(r"[0-9]{5}")


def countries() -> list[tuple[str, str]]:
    """Every country of ISO 3166-1, code and name, by name in the active language."""
    import django_countries

    return [(country.code, country.name) for country in django_countries.countries]


def is_finnish(country: str) -> bool:
    """Whether an address with this code of a country is in Finland: most say none."""
    return country in ("", FINLAND)


def clean_postcode(address: Any) -> None:
    """Raise `ValidationError` at the postcode of `address` when Finland has none such."""
    if not address.postcode or not is_finnish(address.country):
        return
    if not _POSTCODE.fullmatch(address.postcode):
        raise ValidationError(
            {
                "postcode": gettext(
                    "A Finnish postcode has five digits. Correct it, or choose the country."
                )
            }
        )
