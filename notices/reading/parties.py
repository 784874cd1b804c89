"""Who is behind a notice: a name, an address, a phone number and an e-mail address (P02, P03)."""

import re
from collections.abc import Iterator

from .glossary import place_of_whole
from .names import companies_in
from .paragraphs import sentences
from .reading import Party

LONGEST_NAME, LONGEST_ADDRESS = 90, 200
LEAST_SENTENCE = 5

EMAIL = re.compile(
    r"[\w.+-]{1,64}(?:@|\s?\(at\)\s?|\s?\[at\]\s?|\(a\)|\s\(a\)\s)[\w-]{1,40}(?:\.[\w-]{1,40}){1,3}"
)
AT = re.compile(r"\s?[(\[](?:at|a)[)\]]\s?")
# Seven digits at least: a postcode is no phone number.
PHONE = re.compile(r"(?<![\w+])(?:\+\d|\(?0)[\d()/-]{0,15}(?: [\d()/-]{1,9}){0,6}(?!\w)")
BUSINESS_ID = re.compile(r"\(?\b(?:y-tunnus|fo-nummer|business id)?[:\s]{0,3}\d{7}-\d\b\)?", re.I)
WEB = re.compile(r"\b(?:https?://|www\.)\S{1,200}", re.I)
COMPANY = re.compile(
    r"\b(?:oyj abp|oy ab|ab oy|oy lkv|oyj|oy|abp|ab|ky|kb|ry|rf|osk|tmi|ltd|inc|llc|gmbh|as)\b\.?",
    re.I,
)
LABELS = (
    r"(?:yrityksen nimi|nimi|osoite|käyntiosoite|postiosoite|katuosoite|puhelinnumero|puhelin|puh"
    r"|gsm|sähköpostiosoite|sähköposti|s-posti|yhteystiedot|yritys|yhteyshenkilö|rekisterinpitäjä"
    r"|namn|adress|postadress|besöksadress|telefonnummer|telefon|tfn|tel|e-postadress|e-post"
    r"|name|address|phone number|phone|telephone|mobile|e-?mail address|e-?mail|kotisivut|www"
    r"|postinumero|postitoimipaikka|postnummer|postort|postanstalt|postal code|postcode|city"
    r"|y-tunnus|fo-nummer|business id|p)"
)
LABEL = re.compile(rf"\b{LABELS}(?:\.?\s?:|\.?(?=\s?[\d+(]))\s*", re.I)
# The form of the Finnish authority prints its labels on lines of their own.
LABEL_LINE = re.compile(rf"{LABELS}$", re.I)
LABEL_AT_END = re.compile(r"\b(?:sähköposti(?:osoite)?|s-posti|e-post|e-?mail)\s*$", re.I | re.M)
MORE_LABEL = re.compile(r"\bmuut yhteystiedot(?: \([^()\n]{0,90}\))?", re.I)
LEAD = re.compile(
    r"^(?:(?:tämän )?(?:\w{3,20} )?rekisterin ?pitäjä(?:nä)?|(?:\w{3,20} )?yhteyshenkilö(?:nä)?"
    r"|(?:\w{3,12} )?personuppgiftsansvarig|registeransvarig"
    r"|kontaktperson|(?:the )?(?:data )?controller|(?:the |our )?(?:\w{3,10} )?contact(?: person)?)"
    r"\s+(?:toimii|on|är|is)\s+",
    re.I,
)
LEAD_OF_CONTROLLER = re.compile(
    r"(?:(?:tämän )?(?:\w{3,20} )?rekisterin ?pitäjä(?:nä)?|personuppgiftsansvarig|registeransvarig"
    r"|(?:the )?(?:data )?controller)\s+(?:toimii|on|är|is)\s+",
    re.I,
)
#: Where the words about the controller go on about the contact person.
CONTACT_IN_CONTROLLER = re.compile(
    r"(?:^|(?<=\n)|(?<=[.,;]\s))(?:rekisterinpitäjän )?(?:(?:tietosuoja-?\w{0,9}"
    r"|rekisteri\w{0,9}) )?"
    r"(?:yhteyshenkilö|vastuuhenkilö|tietosuojavastaava|kontaktperson|contact person)"
    r"(?:nä|[^\n:.]{0,40})?(?::|\s(?:on|toimii|är|is)\b)\s*"
    r"|(?:^|(?<=\n))\d{1,2}\.\s[^\n:]{3,40}(?:yhteyshenkilö|kontaktperson|contact person):\s*",
    re.I,
)
NOBODY = re.compile(
    r"\W*(?:ei\b|emme|meillä ei|yrityksellä ei|inget|inte|no\b|none|not\b|-*$)", re.I
)
POSTCODE = re.compile(r"\b(?:FI-|AX-)?\d{5}\b")
HAS_ADDRESS = re.compile(rf"{EMAIL.pattern}|{POSTCODE.pattern}")
#: A form asks for the postcode and for the post office on two lines.
BARE_POSTCODE = re.compile(r"^(\d{5})\n+(?=[A-ZÅÄÖ])", re.M)
PO_BOX = re.compile(
    r"\b(?:PL|PB|P\.?\s?O\.?\s?Box|Postilokero|Postbox|Postfack|Post Box)\s+\d", re.I
)
STREET = re.compile(r"(?:(?<=[\s(])|^)([^\W\d][\w.'-]{1,60}) \d{1,4}(?!\d)")
ENGLISH_STREET = re.compile(
    r"\b\d{1,4}[a-z]?,? (?:[A-Z][\w'-]{1,30} ){1,3}(?:Street|Road|Lane|Avenue|Way|Square"
    r"|Place|Quay|Court|Drive|Close|Row|Park)\b"
)
# "Itäinen Rantakatu 4": the street's name has two words.
STREET_PREFIX = re.compile(
    r"(?:itäinen|läntinen|pohjoinen|eteläinen|vanha|uusi|iso|pieni|ylä|ala|keskinen"
    r"|östra|västra|norra|södra|gamla|nya|stora|lilla)$",
    re.I,
)
COMMON_STREET = re.compile(r"(?:katu|tie|kuja|polku|väg|gata|street|road|lane|avenue)$")
#: "Puhelin (arkisin klo 10-15)": when somebody answers.
HOURS = re.compile(
    r"\s?\((?=[^()\n]{0,40}\b(?:klo|kl|arkisin|arkipäiv|ma|virka-aik|vardag|mån|weekday|mon))"
    r"[^()\n]{0,60}\)",
    re.I,
)
#: What the texts of web site builders begin with: "Verkkosivustomme osoite on: https://...".
OF_SITE = re.compile(r"(?:sivusto\w{0,6} osoite|website address|webbplats\w{0,5} adress)\b", re.I)
#: "Revontulimaja is run by Aurinko Oy": who keeps a place, and not what it is called.
IS_RUN_BY = re.compile(
    r"\b(?:pitää|pitäjä|ylläpitää|ylläpitäjä|omistaa|hallinnoi|tarjoaa|toimii|on|vastaa|takana"
    r"|drivs|upprätthålls|ägs|är|is|are|run|operated|owned|maintained|provided)\b"
)
#: "Asiakaspalvelu arkisin klo 9-15": no part of an address.
OPENING = re.compile(
    r"[^\n,;]{0,40}\b(?:arkisin|arkipäivisin|ma\s?[-–]\s?(?:pe|to|la|su)|vardagar|mån\s?[-–]\s?fre"
    r"|weekdays|mon\s?[-–]\s?fri)\b[^\n,;]{0,40}",
    re.I,
)
#: "1.1 Nimi: ...": the parts of a party have numbers of their own.
SUB_NUMBER = re.compile(r"^\d{1,2}\.\d{1,2}\.?\s+(?=[^\W\d_])", re.M)
COUNTRY = re.compile(r"\b(?:suomi|finland|åland|ahvenanmaa)\b", re.I)
#: Where an address ends that goes on in a sentence.
AFTER_ADDRESS = re.compile(r"\)|\.\s+(?=[A-ZÅÄÖ])|\s\((?!PL|PB)")
EDGES = " \t\n,;:.-–|/()"


def party(text: str) -> Party:
    """The party that a section names; a part which is not there is None."""
    told = map(_without_site, text[:2000].split("\n"))
    text = "\n".join(line for line in told if _may_name(line))
    text = OPENING.sub("\n", HOURS.sub("", SUB_NUMBER.sub("", text)))
    text = LEAD.sub("", LABEL.sub("\n", MORE_LABEL.sub("\n", WEB.sub("\n", text))).strip())
    email = EMAIL.search(text)
    rest = BUSINESS_ID.sub("\n", LABEL_AT_END.sub("", EMAIL.sub("\n", text)))
    phone = _phone(rest)
    rest = rest.replace(phone or "\n", "\n")
    lines = [line.strip(EDGES) for line in rest.split("\n")]
    name, address = _name_and_address("\n".join(filter(None, lines)))
    return Party(name, address, phone, AT.sub("@", email[0]) if email else None)


def _without_site(line: str) -> str:
    """The line without the sentence that tells where the web site is."""
    if not OF_SITE.search(line):
        return line
    return " ".join(sentence for sentence in sentences(line) if not OF_SITE.search(sentence))


def _may_name(line: str) -> bool:
    """Whether a line may hold a part: not a label or a heading by itself, and not a sentence."""
    if LABEL_LINE.match(line) or place_of_whole(line):
        return False
    is_sentence = line.endswith(".") and len(line.split()) >= LEAST_SENTENCE
    return not is_sentence or bool(LEAD.match(line) or EMAIL.search(line) or POSTCODE.search(line))


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
    name = _keeper(name.split(" (", 1)[0] if name.count("(") > name.count(")") else name)
    address = ", ".join(_address_lines(text[start:]))
    return (
        name if 0 < len(name) <= LONGEST_NAME else None,
        address if 0 < len(address) <= LONGEST_ADDRESS else None,
    )


def _keeper(name: str) -> str:
    """Of "Revontulimaja is run by Aurinko Oy" the firm that runs it."""
    companies = companies_in(name) if IS_RUN_BY.search(name) else []
    if len(companies) != 1 or not name.endswith(companies[0][0]):
        return name
    company, start = companies[0]
    return company if IS_RUN_BY.search(name[:start]) else name


def _address_lines(text: str) -> Iterator[str]:
    """Three lines at most, and after the post office only a country."""
    whole = False
    for line in BARE_POSTCODE.sub(r"\1 ", text).split("\n")[:3]:
        postcode = POSTCODE.search(line)
        if whole and not postcode and not COUNTRY.match(line.strip(EDGES)):
            return
        end = AFTER_ADDRESS.search(line, postcode.end()) if postcode else None
        if part := line[: end.start() if end else None].strip(EDGES):
            yield part
        whole = whole or postcode is not None
        if end:
            return


def _address_start(text: str) -> int:
    whole = (PO_BOX.search(text), POSTCODE.search(text), ENGLISH_STREET.search(text))
    starts = [found.start() for found in whole if found]
    if street := STREET.search(text):
        starts.append(_street_start(text, street))
    return min(starts, default=len(text))


def _street_start(text: str, street: re.Match[str]) -> int:
    line_start = text.rfind("\n", 0, street.start()) + 1
    before = text[line_start : street.start(1)]
    company = [form for form in COMPANY.finditer(before) if before[: form.start()].strip()]
    if company:
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
