"""Countries by name, and the postcodes of the one that we know."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

FINLAND = "FI"
#: The EU, its parts with codes of their own, and Iceland, Liechtenstein and Norway.
EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    " AX GF GP MF MQ RE YT IS LI NO".split()
)
_POSTCODE = re.compile(r"[0-9]{5}")
_OF_FINLAND = re.compile(r"fin?[\s-]{0,3}(?=[0-9])", re.IGNORECASE)


#: What the package's own translations call by an older name, by the same as another, or by none:
#: ours go first. The names are the package's, so that its list finds them.
_NAMED_HERE = (
    _("American Samoa"),
    _("Bouvet Island"),
    _("Brazil"),
    _("Cambodia"),
    _("Chad"),
    _("Congo"),
    _("Cocos (Keeling) Islands"),
    _("Democratic Republic of the Congo"),
    _("Eswatini"),
    _("Falkland Islands (Malvinas)"),
    _("Lebanon"),
    _("Norfolk Island"),
    _("North Macedonia"),
    _("Palestine"),
    _("Philippines"),
    _("Saint Martin (French part)"),
    _("Sint Maarten (Dutch part)"),
    _("South Sudan"),
)


def countries() -> list[tuple[str, str]]:
    """Every country of ISO 3166-1, code and name, by name in the active language."""
    import django_countries

    return [(country.code, country.name) for country in django_countries.countries]


def is_finnish(country: str) -> bool:
    """Whether an address with this code of a country is in Finland: most say none."""
    return country in ("", FINLAND)


def is_in_eea(country: str) -> bool:
    """Whether data that go there stay under the regulation (arts 44-49; P29)."""
    return country in EEA


def told_postcode(postcode: str, country: str = "") -> str:
    """The postcode of an address that somebody tells: "FI-00100" is "00100". Raises
    `ValidationError` where Finland has none such, and neither letters before the digits nor
    `country` (a code) say that it is another country's."""
    bare = _OF_FINLAND.sub("", postcode.strip())
    is_abroad = not is_finnish(country) or (
        bare == postcode.strip() and any(map(str.isalpha, bare))
    )
    if bare and not is_abroad and not _POSTCODE.fullmatch(bare):
        raise ValidationError(
            gettext(
                "A Finnish postcode has five digits. Write that of another country with its "
                "letters, such as SE-114 56."
            )
        )
    return bare


def clean_postcode(address: Any) -> None:
    """Take the letters of Finland from the postcode of `address` ("FI-00100"); raise
    `ValidationError` there when Finland has none such."""
    if not address.postcode or not is_finnish(address.country):
        return
    address.postcode = _OF_FINLAND.sub("", address.postcode.strip())
    if not _POSTCODE.fullmatch(address.postcode):
        raise ValidationError(
            {
                "postcode": gettext(
                    "A Finnish postcode has five digits. Correct it, or choose the country."
                )
            }
        )
