"""Single values of a row: whether they are what their column says, and how they are kept."""

import ipaddress
import re
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from stdnum.fi import ytunnus

from register.emails import validate_address
from register.models.billing import is_einvoice_address, is_reference_number
from register.websites import has_login

#: As `register.models.Customer` keeps them.
LONGEST = {
    "given_name": 100,
    "family_name": 100,
    "organisation": 200,
    "email": 254,
    "phone": 40,
    "street": 200,
    "postcode": 20,
    "city": 100,
    "website": 200,
    "einvoice_address": 50,
    "einvoice_operator": 50,
    "number": 50,
    "description": 300,
}
#: What people write where there is nothing to write.
NOTHING = frozenset(
    written
    for one in """
        -,–,—,--,---,.,?,0,x,n/a,na,nan,null,none,ei,ei ole,ei tiedossa,ei tietoa,ei sähköpostia,
        ei puhelinta,ei numeroa,ei puh.,ei emailia,ei spostia,salainen,salainen numero,hemligt,
        hemligt nummer,unlisted,??,???,inget,ingen e-post,
        okänd,okänt,ej känd,unknown,not known,
        puuttuu,saknas,ingen,tuntematon,#n/a,#arvo!,#value!,#ref!,#puuttuu!,#viittaus!
        """.split(",")
    for written in (
        one.strip(),
        one.strip().upper(),
        one.strip().capitalize(),
        one.strip().title(),
    )
)

_EMAIL = re.compile(
    r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_][\w-]{0,61}[^\W_]"
)
_IN_BRACKETS = re.compile(r"<([^<>\s]{3,254})>")
_SEVERAL = re.compile(r"(?:[\s,;/|]|:::)+")
_PHONE = re.compile(r"(?:\+|0)[\d\s()./-]{5,20}\d")
_POSTCODE_AND_CITY = re.compile(r"(?:FI-|SE-|AX-)?(?:\d{5}|\d{3} \d{2})[\s,]{1,3}\D{2,40}", re.I)
_VAT_ID = re.compile(r"[A-Z]{2}[ -]?[A-Z\d]{7,12}|\d{7}-\d", re.I)
_WEBSITE = re.compile(
    r"https?://(?:[^\s/@:]{1,190}\.)?[^\s/@:.]{2,63}(?::\d{1,5})?(?:[/?#]\S*)?", re.I
)
_SCHEME = re.compile(r"[a-z][a-z\d+.-]{1,20}:", re.I)
_TEXT_OF_EXCEL = re.compile(r"=\"([^\"]*)\"|'(?=[+\d=])(.*)")
_ROUNDED = re.compile(r"[+-]?\d(?:[.,]\d{1,15})?E\+?\d{1,2}", re.I)
_SEVERAL_PHONES = re.compile(r"\s*(?:[;|\n,]|:::|\s/\s|/(?=\s?[+0])|\btai\b|\beller\b|\bor\b)\s*")


class Invalid(ValueError):
    """A cell that is not what its column says."""


class Rounded(Invalid):
    """A cell whose end a spreadsheet has rounded away."""


def looks_like_email(cell: str) -> bool:
    if not _EMAIL.fullmatch(cell) or len(cell) > LONGEST["email"]:
        return False
    try:
        validate_address(cell)
    except ValidationError:
        return False
    return True


def looks_like_phone(cell: str) -> bool:
    return _PHONE.fullmatch(cell) is not None


def looks_like_postcode_and_city(cell: str) -> bool:
    return _POSTCODE_AND_CITY.fullmatch(cell) is not None


def looks_like_vat_id(cell: str) -> bool:
    """A Finnish business ID too: what firms are numbered by, and no sum."""
    return _VAT_ID.fullmatch(cell) is not None


def unguarded(cell: str) -> str:
    """Without what keeps a spreadsheet from reading digits as a number (="0401", '+358), and
    without what it has added to one (358401112223.0)."""
    if cell.endswith(".0") and cell[:-2].isdigit():
        return cell[:-2]
    found = _TEXT_OF_EXCEL.fullmatch(cell)
    return cell if not found else found[1] or found[2] or ""


def email_of(cell: str) -> tuple[str, bool]:
    """The e-mail address in a cell, and whether others stand beside it. Raises `Invalid`.

    Letters beyond ASCII are allowed, as the standards allow them.
    """
    if looks_like_email(cell):
        return cell, False
    found = _IN_BRACKETS.findall(cell) or [
        part.removeprefix("mailto:") for part in _SEVERAL.split(cell) if part
    ]
    if not found or not all(map(looks_like_email, found)):
        raise Invalid
    return found[0], len(found) > 1


def is_rounded(cell: str) -> bool:
    """Whether a spreadsheet has made "3.58403E+11" of a number, the end of which is lost."""
    return _ROUNDED.fullmatch(cell) is not None


def mark_of(cell: str) -> str:
    """A mark of digits or letters, as it was typed. Raises `Rounded`."""
    cell = unguarded(cell)
    if is_rounded(cell):
        raise Rounded
    return cell


def einvoice_address_of(cell: str) -> str:
    """Where e-invoices go, without blanks. Raises `Invalid`, and `Rounded` for a number whose end
    is lost."""
    address = "".join(mark_of(cell).split())
    if not is_einvoice_address(address):
        raise Invalid
    return address


def phones_of(cell: str) -> list[str]:
    """The phone number in a cell as it was typed, and the others that stand beside it. Raises
    `Invalid` for one without digits, or rounded."""
    cell = unguarded(cell)
    if not any(map(str.isdigit, cell)) or is_rounded(cell):
        raise Invalid
    if len(cell) < 14:
        return [cell]
    parts = [part.rstrip(" (") for part in _SEVERAL_PHONES.split(cell) if _digits(part) >= 5]
    return parts if len(parts) > 1 else [cell]


def business_id_of(cell: str) -> str:
    """A Finnish business ID as it is written officially, also out of a VAT number ("FI12345678").
    Raises `Invalid`."""
    number = cell.upper().removeprefix("FI").strip()
    if not ytunnus.is_valid(number):
        raise Invalid
    return str(ytunnus.format(ytunnus.compact(number)))


def reference_of(cell: str) -> str:
    """A reference number without its blanks. Raises `Invalid`."""
    number = "".join(cell.split()).upper()
    if not is_reference_number(number):
        raise Invalid
    return number


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


@lru_cache(8192)
def website_of(cell: str) -> str:
    """A web address with its scheme, https where none was typed. Raises `Invalid` for any scheme
    but http and https, and for a user name or password in it."""
    text = (
        cell
        if "://" in cell or (_SCHEME.match(cell) and not _PORT.match(cell))
        else f"https://{cell}"
    )
    if not _WEBSITE.fullmatch(text) or "." not in text or has_login(text):
        raise Invalid
    try:
        _URL(text)
    except ValidationError as error:
        raise Invalid from error
    return text


_PORT = re.compile(r"[\w.-]+:\d{1,5}(?:/|$)")
#: as the customer's own field judges it
_URL = URLValidator(schemes=["http", "https"])


@lru_cache(8192)
def ip_of(cell: str) -> str:
    """An IP number as it is usually written. Raises `Invalid`."""
    try:
        return str(ipaddress.ip_address(cell))
    except ValueError as error:
        raise Invalid from error
