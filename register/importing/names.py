"""Whole names taken apart: whose name it is, and which part of it is which."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from register.models.words import fold

_ENDINGS = (
    r"oyj|oy|ab|abp|ky|kb|ry|rf|osk|tmi|ltd|inc|llc|llp|plc|gmbh|ag|as|a/s|aps|oü|nv|bv|sa|srl|kft"
    r"|ay|lkv|hb|ek\.? ?för|r\.y|r\.f|corp|co"
)
_COMPANY = re.compile(
    rf"(?:^|[\s,])(?:{_ENDINGS})\.?(?:$|[\s,(])|^(?:tmi|t:mi|oy|ab|as\.? oy|asunto oy)\s"
    # "pariskunta" and "ruokakunta" are people
    r"|(?:säätiö|stiftelse|yhdistys|förening|kaupunki|(?<!paris)(?<!ruoka)kunta|församling"
    r"|yhtiö|yhtymä|toiminimi|liitto|förbund|koulu|isännöinti|kiinteistö|yliopisto|university"
    r"|association|foundation|company|(?<!paris)(?<!ruoka)kunnan|kaupungin|kommun|(?:^|\s)stad|seura"
    r"|kerho|klubb|kirjasto|virasto|päiväkoti|toimisto|byrå|ravintola|restaurang|kahvila|leipomo"
    r"|apteekki|hotelli|hotell|consulting|services|group)(?:n|t|en|et|s|ns|ens|ets|jen)?(?:$|\s)",
    re.I,
)
#: An estate is nobody's first name: "Virtanen Matti kp". In capitals these may be initials.
_ESTATE = re.compile(r"\s(?:kp|k\.\s?p\.)$|(?i:kuolinpes|dödsbo|\bestate of\b)")
#: Tells a father from his son, and belongs to the family name: "Matti Virtanen jr."
_SUFFIX = re.compile(r"(\S+\s.*?)\s+((?:jr|jun|sr|sen)\.?)", re.I)
_LEGAL_FORM = re.compile(rf"(?:{_ENDINGS})\.?", re.I)
_TITLES = re.compile(
    r"^(?:(?:hra|herra|rva|rouva|nti|herr|fru|fröken|mr|mrs|ms|miss|dr|prof|tri|fil\.? ?tri)"
    r"\.?\s+)+",
    re.I,
)
#: What stands behind a whole name: "Pekka Puupää, PhD".
_DEGREES = re.compile(
    r"^(\S+\s.*?)(?:\s*,\s*(?:ph\.?\s?d|m\.?d|m\.?sc|b\.?sc|mba|m\.?a|b\.?a|jr|sr|di|fm|ft|ktm|ktt"
    r"|otk|vtm|vtt|ytm|ytt|tkt|tkl|ll|lt|ekon|civ\.? ?ing)\.?|\s+ph\.?\s?d\.?)+$",
    re.I,
)
#: What is said of somebody: "Maija Virtanen (s. 1960)".
_BRACKETS = re.compile(r"\s*\([^()]{0,100}\)")
_PARTICLES = frozenset(
    """
    von af de der den di da du del della van ter ten zu zum la le los las dos das el al ibn bin
    ben mac o' st und zur vom
    """.split()
)

#: Given names that are common in Finland and Sweden: they tell in which order a list is written.
_GIVEN = frozenset(
    fold(
        """
        aada aapo aarne aatos aila aili aimo aino aki aleksi alexander alexandra ali alina alisa
        alma alva anders andreas anette anita anja anna anne anneli annette anni annika annikki
        antero anton antti anu ari arja armas arto arttu arvo asko astrid atte auli aune axel
        barbro benjamin bengt bertil birgitta björn bo britta camilla carita carl carina cecilia
        charlotta charlotte christer christian christina dan daniel david ebba eemeli eero eetu eeva
        eija eila eino elias elin elina elisa elisabet elisabeth ella ellen elli elma elsa emil
        emilia emma emmi ensio erik erika erkki esa essi esteri eva eveliina fredrik frida gabriel
        george gun gunilla gunnar gustav göran hanna hannele hannes hannu hans harri heidi heikki
        heini helena helga helge helmi helvi henna henri henriikka henrik henry hilda hilja hilkka
        hilma iida iiris ilkka ilmari ilona ilpo ilse inga inger ingrid inka irina iris irja irma
        isabella ismo ivar jaakko jaana jan jani janina janne jari jarkko jarmo jarno jasmin jenni
        jenny jere jesse jessica joakim joel johan johanna johannes john jonas joni jonna jorma
        josefiina joonas jouko jouni juha juhani juho jukka juliana julia juri jussi juuso jyri
        jyrki kaarina kaarlo kai kaija kaisa kalevi kalle karin karl kari katariina katarina kati
        katja katri kauko kerstin kerttu kim kimmo kirsi kirsti klaus kristian kristiina kristina
        kyllikki kyösti laila lasse lauri lea leena leif leila lena leo lilja lina linda linnea
        lisa lisbeth liisa lotta ludvig maarit maija maiju malin marcus margareta margit mari maria
        marianne marika marita marja marjaana marjatta marjo marjukka marjut mark markku
        marko markus
        marketta martin martta martti mathias matias matilda matleena matti mats mauri maria merja
        mervi mia mika mikael mikko mila milja milla minna mira miia mirja mirjam mirva monica
        monika nea nelli nicklas niclas niina niko nils nina noora olavi olga oliver olli oskar
        osmo ossi oili onni otso otto outi paavo paul paula pauli pauliina pekka pentti per pertti
        peter petra petri petteri pia piia pirjo pirkko pontus päivi päivikki raija raili raimo
        ralf rami rasmus rauha rauni reetta reijo reima reino riikka riina risto ritva robert roger
        roosa rolf roni ronja saana saara saga saila saku salla sallamari sami samu samuel samuli
        sanna sanni santeri sara sari satu sauli seija senja seppo siiri silja silvia
        simo simon sini
        sinikka siru sirkka sirpa sofia soile sointu sonja stefan stig sture susanna susanne sven
        svante taina taisto tanja tapani tapio tarja taru tatu teemu teija tellervo teppo terhi tero
        terttu thomas tiia tiina timo tobias toini toivo tom tomi tommi toni tore
        torsten tuija tuire
        tuomas tuomo tuukka tuula tuuli tuulia tyyne ulf ulla ulrika urho urpo vappu vaula veera
        veikko veli vellamo venla vera verner viivi viktor viktoria vilho viljami viljo ville vilma
        virpi väinö yrjö åke åsa ömer örjan marie mary james michael william
        """
    ).split()
)


_AND = frozenset("ja sekä och samt and & +".split())
_HOUSEHOLD = re.compile(
    r"(?:perhe|pariskunta|ruokakunta|familjen|fam\.?|family|hushåll(?:et)?)\s", re.I
)
#: Two given names before one family name, or a family: "Aino ja Pekka", "Perhe Virtanen".
_SEVERAL = re.compile(r"\w\.?\s+(?:ja|sekä|och|samt|and|&|\+)\s+\w|\w\s?&\s?\w", re.I)


class Name(NamedTuple):
    """A name taken apart: a person's two parts, or an organisation's whole."""

    given: str = ""
    family: str = ""
    organisation: str = ""


def is_organisation(name: str) -> bool:
    """Whether `name` is that of a company, association, authority or estate, by its words."""
    return _COMPANY.search(name) is not None or _ESTATE.search(name) is not None


def names_several(name: str) -> bool:
    """Whether `name`, which is no organisation's, is that of a couple or a family."""
    return bool(_SEVERAL.search(name) or _HOUSEHOLD.match(name))


def is_legal_form(word: str) -> bool:
    """Whether `word` says what kind of organisation one is: "Oy", "ry"."""
    return _LEGAL_FORM.fullmatch(word) is not None


def family_comes_first(names: Iterable[str]) -> bool:
    """Whether a list is written "Virtanen Maija": more of its names end than begin with a given
    name that is common here. Without evidence the given name comes first."""
    first = last = 0
    for name in names:
        name = _bare(name)
        words = fold(name).replace("-", " - ").split()
        if len(words) < 2 or "," in name or ";" in name or is_organisation(name):
            continue
        begins, ends = words[0] in _GIVEN, words[-1] in _GIVEN
        first += begins and not ends
        last += ends and not begins
    return last > first


def _bare(name: str) -> str:
    """A person's name without titles, degrees and what stands in brackets."""
    return _TITLES.sub("", _DEGREES.sub(r"\1", _BRACKETS.sub("", name).strip())).strip(" ,;")


def _belongs_to_family(word: str) -> bool:
    """ "von", and the "O'Connor-von" of "O'Connor-von Smith"."""
    return word.casefold().rpartition("-")[2] in _PARTICLES


def _is_in_speech_order(words: list[str], *, has_title: bool) -> bool:
    """Whether a name has the family name last in a list of family names first too: "Ola af
    Forselles", "Aino ja Pekka Virtanen", "Perhe Virtanen" and "Herra Pekka Virtanen" have; "Nguyen
    Van An" has not."""
    if words[0].casefold() in _PARTICLES:
        return False
    is_noble = not _PARTICLES.isdisjoint(words[1:-1])
    is_couple = len(words) > 3 and words[1].casefold() in _AND
    is_titled = has_title and fold(words[0]) in _GIVEN and fold(words[-1]) not in _GIVEN
    return is_noble or is_couple or is_titled or _HOUSEHOLD.match(" ".join(words)) is not None


@lru_cache(8192)
def split_name(name: str, family_first: bool = False) -> Name:
    """The parts of a person's whole name, or the name of an organisation.

    "Virtanen, Maija" has the family name first whatever the list's order. Particles ("von",
    "af", "de") belong to the family name; all other words but one are given names. Titles,
    degrees and what stands in brackets are left out.
    """
    name = name.strip(" ,;")
    if not name:
        return Name()
    if is_organisation(name):
        return Name(organisation=name)
    if name[0] in "=+-@" or "://" in name:
        return Name(family=name)  # a formula, which is only text
    has_title = _TITLES.match(name) is not None
    name = _bare(name)
    if not name:
        return Name()
    if suffix := _SUFFIX.fullmatch(name):
        bare = split_name(suffix[1], family_first)
        return bare._replace(family=f"{bare.family} {suffix[2]}".strip())
    family, comma, given = re.sub(r"\s*[;,]\s*", ",", name, count=1).partition(",")
    if comma:
        return Name(given.strip(), family.strip())
    words = name.split()
    if len(words) == 1:
        return Name(given=name) if fold(name) in _GIVEN else Name(family=name)
    if family_first and not _is_in_speech_order(words, has_title=has_title):
        length = 1
        while length < len(words) - 1 and words[length - 1].casefold() in _PARTICLES:
            length += 1
        return Name(" ".join(words[length:]), " ".join(words[:length]))
    start = len(words) - 1
    while start > 1 and _belongs_to_family(words[start - 1]):
        start -= 1
    return Name(" ".join(words[:start]), " ".join(words[start:]))
