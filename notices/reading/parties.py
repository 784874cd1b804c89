"""Who is behind a notice: a name, an address, a phone number and an e-mail address (P02, P03)."""

import re

from .reading import Party

LONGEST_NAME, LONGEST_ADDRESS = 90, 200

EMAIL = re.compile(r"[\w.+-]{1,64}(?:@|\(at\)|\[at\])[\w-]{1,40}(?:\.[\w-]{1,40}){1,3}")
# Seven digits at least: a postcode is no phone number.
PHONE = re.compile(r"(?<![\w+])(?:\+\d|\(?0)[\d()/-]{0,15}(?: [\d()/-]{1,9}){0,6}(?!\w)")
BUSINESS_ID = re.compile(r"\(?\b(?:y-tunnus|fo-nummer|business id)?[:\s]{0,3}\d{7}-\d\b\)?", re.I)
WEB = re.compile(r"\b(?:https?://|www\.)\S{1,200}", re.I)
COMPANY = re.compile(
    r"\b(?:oyj abp|oy ab|ab oy|oyj|oy|abp|ab|ky|kb|ry|rf|osk|tmi|ltd|inc|llc|gmbh|as)\b\.?", re.I
)
LABELS = (
    r"(?:yrityksen nimi|nimi|osoite|käyntiosoite|postiosoite|katuosoite|puhelinnumero|puhelin|puh"
    r"|gsm|sähköpostiosoite|sähköposti|s-posti|yhteystiedot|yritys|yhteyshenkilö|rekisterinpitäjä"
    r"|namn|adress|postadress|besöksadress|telefonnummer|telefon|tfn|tel|e-postadress|e-post"
    r"|name|address|phone number|phone|telephone|mobile|e-?mail address|e-?mail|kotisivut|www"
    r"|y-tunnus|fo-nummer|business id|p)"
)
LABEL = re.compile(rf"\b{LABELS}(?:\.?\s?:|\.?(?=\s?[\d+(]))\s*", re.I)
# The form of the Finnish authority prints its labels on lines of their own.
LABEL_LINE = re.compile(rf"{LABELS}$", re.I)
MORE_LABEL = re.compile(r"\bmuut yhteystiedot(?: \([^()\n]{0,90}\))?", re.I)
LEAD = re.compile(
    r"^(?:rekisterinpitäjä(?:nä)?|yhteyshenkilö(?:nä)?|personuppgiftsansvarig|registeransvarig"
    r"|kontaktperson|(?:the )?(?:data )?controller|(?:the )?contact person)"
    r"\s+(?:toimii|on|är|is)\s+",
    re.I,
)
POSTCODE = re.compile(r"\b(?:FI-|AX-)?\d{5}\b")
PO_BOX = re.compile(r"\b(?:PL|PB|P\.?O\.? ?Box)\s+\d", re.I)
STREET = re.compile(r"(?:(?<=\s)|^)([^\W\d][\w.'-]{1,60}) \d{1,4}(?!\d)")
ENGLISH_STREET = re.compile(
    r"\b\d{1,4}[a-z]?,? (?:[A-Z][\w'-]{1,30} ){1,3}(?:Street|Road|Lane|Avenue|Way|Square|Place)\b"
)
# "Itäinen Rantakatu 4": the street's name has two words.
STREET_PREFIX = re.compile(
    r"(?:itäinen|läntinen|pohjoinen|eteläinen|vanha|uusi|iso|pieni|ylä|ala|keskinen"
    r"|östra|västra|norra|södra|gamla|nya|stora|lilla)$",
    re.I,
)
COMMON_STREET = re.compile(r"(?:katu|tie|kuja|polku|väg|gata|street|road|lane|avenue)$")
EDGES = " \t\n,;:.-–|/()"


def party(text: str) -> Party:
    """The party that a section names; a part which is not there is None."""
    text = "\n".join(line for line in text[:2000].split("\n") if not LABEL_LINE.match(line))
    text = LEAD.sub("", LABEL.sub("\n", MORE_LABEL.sub("\n", WEB.sub("\n", text))).strip())
    email = EMAIL.search(text)
    rest = BUSINESS_ID.sub("\n", EMAIL.sub("\n", text))
    phone = _phone(rest)
    rest = rest.replace(phone or "\n", "\n")
    lines = [line.strip(EDGES) for line in rest.split("\n")]
    name, address = _name_and_address("\n".join(filter(None, lines)))
    return Party(name, address, phone, email[0] if email else None)


def _phone(text: str) -> str | None:
    for found in PHONE.finditer(text):
        number = found[0].strip(EDGES.replace("(", ""))
        if 7 <= sum(character.isdigit() for character in number) <= 15:
            return number
    return None


def _name_and_address(text: str) -> tuple[str | None, str | None]:
    """Split "Esimerkki Oy Esimerkkikatu 1, 00100 Helsinki" before its street."""
    start = _address_start(text)
    name = text[:start].strip(EDGES).split("\n")[0].strip(EDGES)
    if "," in name and not COMPANY.search(name.split(",", 1)[1]):
        name = name.split(",", 1)[0]
    address = ", ".join(
        line.strip(EDGES) for line in text[start:].split("\n")[:3] if line.strip(EDGES)
    )
    return (
        name if 0 < len(name) <= LONGEST_NAME else None,
        address if 0 < len(address) <= LONGEST_ADDRESS else None,
    )


def _address_start(text: str) -> int:
    whole = (PO_BOX.search(text), POSTCODE.search(text), ENGLISH_STREET.search(text))
    starts = [found.start() for found in whole if found]
    if street := STREET.search(text):
        starts.append(_street_start(text, street))
    return min(starts, default=len(text))


def _street_start(text: str, street: re.Match[str]) -> int:
    line_start = text.rfind("\n", 0, street.start()) + 1
    before = text[line_start : street.start(1)]
    if company := list(COMPANY.finditer(before)):
        return line_start + company[-1].end()
    if line_start:
        return line_start
    if "," in before:
        return before.rindex(",") + 1
    words = before.split()
    if len(words) > 1 and STREET_PREFIX.match(words[-1]):
        return before.rindex(words[-1])
    if len(words) > 1 and COMMON_STREET.match(street[1]):
        # "Matti Malli Aleksis Kiven katu 5": two names for the person, the others for the street.
        return before.rindex(words[2] if len(words) > 3 else words[-1])
    return street.start(1)
