"""Invented customers, as alike and as different in their names as those of a real register."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

#: Of those with a name from the lists, the first bears it most often, the second half as often.
GIVEN = (
    *("Maria", "Juhani", "Helena", "Mikael", "Johanna", "Olavi", "Anneli", "Antero", "Kaarina"),
    *("Tapani", "Marjatta", "Ilmari", "Aino", "Eero", "Elina", "Heikki", "Ilona", "Kaisa"),
    *("Mikko", "Oona", "Väinö", "Åke", "Göran", "Jukka-Pekka", "Anna-Maija", "Zoë", "Søren"),
)
FAMILY = (
    *("Virtanen", "Korhonen", "Mäkinen", "Nieminen", "Mäkelä", "Hämäläinen", "Laine", "Heikkinen"),
    *("Koskinen", "Järvinen", "Lehtonen", "Saarinen", "Salminen", "Heinonen", "Niemi", "Heikkilä"),
    *("Kinnunen", "Salonen", "Turunen", "Salo", "Laitinen", "Tuominen", "Rantanen", "Karjalainen"),
)
STEMS = ("Halla", "Hanki", "Kaisla", "Kuura", "Pihka", "Rusko", "Sysi", "Tyrni", "Rim", "Ljung")
ENDS = (
    "kajo",
    "keidas",
    "portti",
    "taival",
    "tyven",
    "grynna",
    "klobb",
    "skata",
    "ranta",
    "niitty",
)
TAILS = ("", "la", "nen", "lä", "sto", "harju", "mäki", "lampi", "korpi", "vaara", "salmi", "suo")
PARTICLES = ("von ", "af ", "de la ", "O'", "Mac ")
DOMAINS = ("posti.example", "koti.example", "verkko.example")
LEGAL_FORMS = ("Oy", "Ab", "Ky", "ry")
SHARE_OF_LISTED, SHARE_OF_ORGANISATIONS, SHARE_OF_DOUBLE = 0.45, 0.1, 0.06


@dataclass(frozen=True)
class Person:
    """What the register keeps of one customer."""

    number: int
    given_name: str
    family_name: str
    organisation_name: str
    email: str
    phone: str
    language: str


def _falling(names: tuple[str, ...]) -> list[float]:
    return list(accumulate(1 / (place + 1) for place in range(len(names))))


GIVEN_WEIGHTS, FAMILY_WEIGHTS = _falling(GIVEN), _falling(FAMILY)


def people(first: int, last: int) -> Iterator[Person]:
    """Customers number `first` to `last`, the same ones each time."""
    return (person(number) for number in range(first, last))


def person(number: int) -> Person:
    chance = random.Random(number)  # noqa: S311 - no secret
    language = chance.choices(("fi", "sv", "en"), cum_weights=(93, 99, 100))[0]
    phone = chance.choice(("+358 4{0} {1:03} {2:04}", "04{0} {1:03}{2:04}", "04{0}-{1:03} {2:04}"))
    called = phone.format(chance.randrange(10), chance.randrange(1000), chance.randrange(10_000))
    if chance.random() < SHARE_OF_ORGANISATIONS:
        name = f"{_rare(chance)} {chance.choice(LEGAL_FORMS)}"
        email = f"info@{_ascii(name.split()[0])}{number}.example"
        return Person(number, "", "", name, email, called, language)
    given = chance.choices(GIVEN, cum_weights=GIVEN_WEIGHTS)[0]
    family = _family(chance)
    local = f"{_ascii(given)}.{_ascii(family)}{number % 1000}"
    email = f"{local}@{chance.choice(DOMAINS)}"
    return Person(number, given, family, "", email, called, language)


def _family(chance: random.Random) -> str:
    listed = chance.random() < SHARE_OF_LISTED
    name = chance.choices(FAMILY, cum_weights=FAMILY_WEIGHTS)[0] if listed else _rare(chance)
    if chance.random() < SHARE_OF_DOUBLE:
        other = chance.choices(FAMILY, cum_weights=FAMILY_WEIGHTS)[0]
        return f"{chance.choice(PARTICLES)}{name}" if chance.random() < 0.2 else f"{other}-{name}"
    return name


def _rare(chance: random.Random) -> str:
    """One of some 17,000 names that a few bear."""
    parts = (chance.choice(STEMS), chance.choice(ENDS), chance.choice(TAILS), chance.choice(TAILS))
    return "".join(parts)


def _ascii(text: str) -> str:
    plain = text.lower().translate(str.maketrans("äåöøë'", "aaooe-"))
    return plain.replace(" ", "")


def order_number(number: int) -> str:
    """The number of the order of customer `number`."""
    return f"T-{2016 + number % 10}-{number:07}"
