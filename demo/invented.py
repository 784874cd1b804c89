"""Invented customers of an invented bicycle workshop: the same seed gives the same ones on any day,
but for dates and numbers that follow them. So each demo tells the same stories of the same people.

Nobody here exists. The surnames are compounds made up for this file, e-mail ends in `.example`
(RFC 2606), IP numbers are from the documentation ranges (RFC 5737), phone numbers are of the form
020 000 xxxx, and the streets are invented, in real cities. Plain values only, no database.
"""

import random
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import product
from typing import TypeVar

T = TypeVar("T")

SEED = 2026
PEOPLE, ORGANISATIONS, CONTACT_PERSONS = 190, 60, 50
YEARS_BACK = 5
PAYMENT_DAYS = 14

# --- what is invented ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Address:
    street: str
    postcode: str
    city: str


@dataclass(frozen=True)
class Source:
    """Where the data came from; `kind` is a term of `notices.terms.SourceKind`."""

    kind: str
    name: str
    collected_on: date


@dataclass(frozen=True)
class OrderLine:
    description: str
    quantity: int
    unit_price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class Invoice:
    number: str
    invoiced_on: date
    due_on: date
    amount: Decimal
    paid_on: date | None = None
    collection_started_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.paid_on is None

    def is_overdue(self, today: date) -> bool:
        return self.is_open and self.due_on < today


@dataclass(frozen=True)
class Order:
    number: str
    ordered_on: date
    lines: tuple[OrderLine, ...]
    invoice: Invoice | None = None

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True)
class Person:
    """A private customer. The IP number is that of the web form, so only registration gives one."""

    given_name: str
    family_name: str
    language: str
    email: str
    phone: str
    address: Address
    source: Source
    ip_address: str | None
    ip_seen_on: date | None
    orders: tuple[Order, ...]
    #: forty bits, of which the reference is made
    drawn: int = 0


@dataclass(frozen=True)
class Organisation:
    name: str
    language: str
    email: str
    phone: str
    address: Address
    source: Source
    orders: tuple[Order, ...]
    drawn: int = 0


@dataclass(frozen=True)
class ContactPerson:
    """Someone who acts for an organisation; `organisation` is its name, unique among these."""

    given_name: str
    family_name: str
    language: str
    organisation: str
    role: str
    started_on: date
    ended_on: date | None
    email: str
    phone: str
    source: Source
    drawn: int = 0


# --- what it is made of -------------------------------------------------------------------------

GIVEN_NAMES = {
    "fi": (
        *("Aino", "Eero", "Elina", "Hannele", "Heikki", "Helmi", "Ilona", "Juhani", "Kaisa"),
        *("Kalle", "Leena", "Marja", "Matti", "Mikko", "Oona", "Pekka", "Päivi", "Riikka"),
        *("Saara", "Sami", "Tapio", "Tuula", "Veikko", "Väinö", "Yrjö"),
    ),
    "sv": ("Alva", "Börje", "Ebba", "Göran", "Håkan", "Linnéa", "Maj-Britt", "Nils", "Åsa"),
    "en": ("Alice", "Colin", "Fiona", "George", "Harriet", "Olive", "Simon"),
}
FAMILY_NAMES = {
    "fi": tuple(
        first + second
        for first in ("Halla", "Hanki", "Kaisla", "Kuura", "Pihka", "Rusko", "Sysi", "Tyrni")
        for second in ("kajo", "keidas", "portti", "taival", "tyven")
    ),
    "sv": tuple(
        first + second
        for first in ("Dim", "Ljung", "Rim", "Tran", "Ö")
        for second in ("grynna", "klobb", "skata")
    ),
    "en": ("Bramblewick", "Fernhollow", "Larkmere", "Quillbrook", "Thistlecombe"),
}
LANGUAGES = ("fi", "sv", "en")
SHARES = (80, 15, 5)

STREETS = {
    "fi": ("Kampikuja", "Ketjupolku", "Ohjaamontie", "Pinnaraitti", "Satulatie", "Vanneranta"),
    "sv": ("Ekergränden", "Kedjestigen", "Sadelvägen", "Tramparstråket"),
}
CITIES = (
    ("06100", "Porvoo", "Borgå"),
    ("06400", "Porvoo", "Borgå"),
    ("04130", "Sipoo", "Sibbo"),
    ("07900", "Loviisa", "Lovisa"),
    ("00500", "Helsinki", "Helsingfors"),
    ("01300", "Vantaa", "Vanda"),
    ("10600", "Raasepori", "Raseborg"),
    ("20100", "Turku", "Åbo"),
    ("33100", "Tampere", "Tammerfors"),
)
MAIL_DOMAINS = ("kirje.example", "kotiposti.example", "posti.example", "viesti.example")
IP_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")

ORGANISATION_PATTERNS = {
    "fi": ("Kahvila {}", "Lähettipalvelu {} Oy", "Matkailutila {} Ky", "Pyöräilijät {} ry"),
    "sv": ("Café {}", "Föreningen {} rf"),
}
ROLES = {
    "fi": ("hallituksen jäsen", "hankinta-asiamies", "kalustovastaava", "toimistosihteeri"),
    "sv": ("inköpare", "kanslisekreterare", "styrelsemedlem"),
    "en": ("fleet coordinator", "office assistant"),
}
SOURCES = (
    ("registration", "Asiakkaaksi rekisteröityminen verkossa", 50),
    ("purchase", "Myymälä, Kettinkikuja 4", 35),
    ("customer_notice", "Asiakkaan puhelinsoitto", 15),
)
EMPLOYER_NOTICE = "Organisaation ilmoitus"

GOODS = (
    ("Vuosihuolto", "89.00"),
    ("Keväthuolto", "59.00"),
    ("Renkaan paikkaus", "19.00"),
    ("Ketjun vaihto, työ", "25.00"),
    ("Vaihteiden säätö", "32.50"),
    ("Sisärengas 28 tuumaa", "9.90"),
    ("Nastarengas 28 tuumaa", "54.90"),
    ("Jarrupalat, pari", "12.50"),
    ("Ketju, 9-vaihteinen", "27.90"),
    ("Ajovalo, ladattava", "39.90"),
    ("Lokasuojasarja", "34.00"),
    ("Lukko, rengasmalli", "44.50"),
    ("Satula", "49.00"),
    ("Tavarateline", "36.00"),
    ("Käytetty polkupyörä, kunnostettu", "245.00"),
    ("Kaupunkipyörä, 7-vaihteinen", "649.00"),
)


def _shuffled(chance: random.Random, every: Iterable[T]) -> list[T]:
    found = list(every)
    chance.shuffle(found)
    return found


class _AddressBook:
    """Names, addresses and numbers, each of them given out once."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._names = {
            language: _shuffled(chance, product(GIVEN_NAMES[language], FAMILY_NAMES[language]))
            for language in LANGUAGES
        }
        self._organisation_names = {
            language: _shuffled(
                chance, (p.format(n) for p in patterns for n in FAMILY_NAMES[language])
            )
            for language, patterns in ORGANISATION_PATTERNS.items()
        }
        self._phones = _shuffled(chance, range(1000, 10000))
        self._ips = _shuffled(chance, product(IP_NETWORKS, range(1, 255)))

    def names(self, count: int) -> Iterable[tuple[str, str, str]]:
        for language in self._chance.choices(LANGUAGES, SHARES, k=count):
            yield (*self._names[language].pop(), language)

    def organisation_names(self, count: int) -> Iterable[tuple[str, str]]:
        for language in self._chance.choices(("fi", "sv"), (85, 15), k=count):
            yield self._organisation_names[language].pop(), language

    def phone(self) -> str:
        return f"020 000 {self._phones.pop()}"

    def ip_address(self) -> str:
        network, host = self._ips.pop()
        return f"{network}.{host}"

    def address(self, language: str) -> Address:
        swedish = language == "sv"
        street = self._chance.choice(STREETS["sv" if swedish else "fi"])
        postcode, finnish_city, swedish_city = self._chance.choice(CITIES)
        return Address(
            street=f"{street} {self._chance.randint(1, 60)}",
            postcode=postcode,
            city=swedish_city if swedish else finnish_city,
        )


# --- the register -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Invented:
    people: tuple[Person, ...]
    organisations: tuple[Organisation, ...]
    contact_persons: tuple[ContactPerson, ...]


def people(today: date, seed: int = SEED) -> list[Person]:
    return list(invented(today, seed).people)


def organisations(today: date, seed: int = SEED) -> list[Organisation]:
    return list(invented(today, seed).organisations)


def contact_persons(today: date, seed: int = SEED) -> list[ContactPerson]:
    return list(invented(today, seed).contact_persons)


@cache
def invented(today: date, seed: int = SEED) -> Invented:
    """Everybody, with numbered orders: numbers follow the dates, across all customers."""
    chance = random.Random(seed)  # noqa: S311 (invented data, not a secret)
    address_book = _AddressBook(chance)
    persons = _people(chance, address_book, today)
    firms = _organisations(chance, address_book, today)
    contacts = _contact_persons(chance, address_book, firms, today)

    baskets = [person.orders for person in persons] + [firm.orders for firm in firms]
    orders = iter(_settled(_numbered(baskets), chance, today))

    def bits() -> int:
        return chance.getrandbits(40)

    return Invented(
        people=tuple(replace(one, orders=next(orders), drawn=bits()) for one in persons),
        organisations=tuple(replace(one, orders=next(orders), drawn=bits()) for one in firms),
        contact_persons=tuple(replace(one, drawn=bits()) for one in contacts),
    )


def _people(chance: random.Random, book: _AddressBook, today: date) -> list[Person]:
    found = []
    for given_name, family_name, language in book.names(PEOPLE):
        source = _source(chance, today)
        ip_seen_on = None
        if source.kind == "registration" and chance.random() < 0.6:
            # A few days past the six months of the notice, so that the sweep has work to do.
            ip_seen_on = max(source.collected_on, today - timedelta(days=chance.randrange(1, 210)))
        found.append(
            Person(
                given_name=given_name,
                family_name=family_name,
                language=language,
                email=_email(f"{given_name}.{family_name}", chance.choice(MAIL_DOMAINS)),
                phone=book.phone(),
                address=book.address(language),
                source=source,
                ip_address=book.ip_address() if ip_seen_on else None,
                ip_seen_on=ip_seen_on,
                orders=_orders(chance, source, today),
            )
        )
    return found


def _organisations(chance: random.Random, book: _AddressBook, today: date) -> list[Organisation]:
    found = []
    for name, language in book.organisation_names(ORGANISATIONS):
        source = _source(chance, today)
        found.append(
            Organisation(
                name=name,
                language=language,
                email=_email("toimisto", organisation_domain(name)),
                phone=book.phone(),
                address=book.address(language),
                source=source,
                orders=_orders(chance, source, today),
            )
        )
    return found


def _contact_persons(
    chance: random.Random, book: _AddressBook, firms: list[Organisation], today: date
) -> list[ContactPerson]:
    found = []
    for given_name, family_name, language in book.names(CONTACT_PERSONS):
        firm = chance.choice(firms)
        started_on = _between(chance, firm.source.collected_on, today)
        ended = chance.random() < 0.25
        found.append(
            ContactPerson(
                given_name=given_name,
                family_name=family_name,
                language=language,
                organisation=firm.name,
                role=chance.choice(ROLES[language]),
                started_on=started_on,
                ended_on=_between(chance, started_on, today) if ended else None,
                email=_email(f"{given_name}.{family_name}", organisation_domain(firm.name)),
                phone=book.phone(),
                source=Source("customer_notice", EMPLOYER_NOTICE, started_on),
            )
        )
    return found


# --- orders and invoices ------------------------------------------------------------------------


def _orders(chance: random.Random, source: Source, today: date) -> tuple[Order, ...]:
    """Up to six orders, not numbered yet; one that came by a purchase has at least that one."""
    days = [_between(chance, source.collected_on, today) for _ in range(chance.randint(0, 6))]
    if source.kind == "purchase":
        days = [source.collected_on, *days[:5]]
    return tuple(_order(chance, day, today) for day in sorted(days))


def _order(chance: random.Random, ordered_on: date, today: date) -> Order:
    lines = tuple(
        OrderLine(goods, chance.choice((1, 1, 1, 2)), Decimal(price))
        for goods, price in chance.sample(GOODS, chance.randint(1, 4))
    )
    order = Order("", ordered_on, lines)
    invoiced_on = ordered_on + timedelta(days=chance.randint(0, 7))
    if chance.random() < 0.2 or invoiced_on > today:
        return order
    due_on = invoiced_on + timedelta(days=PAYMENT_DAYS)
    paid_on = invoiced_on + timedelta(days=chance.randint(0, PAYMENT_DAYS + 3))
    return replace(
        order,
        invoice=Invoice("", invoiced_on, due_on, order.amount, min(paid_on, today)),
    )


def _numbered(baskets: list[tuple[Order, ...]]) -> list[tuple[Order, ...]]:
    """Give each order its "T-2026-0123" and each invoice its "L-2026-0123", by date."""
    places = [(i, j) for i, basket in enumerate(baskets) for j in range(len(basket))]
    order_numbers = _numbers("T", places, lambda p: baskets[p[0]][p[1]].ordered_on)
    invoice_days = {
        (i, j): invoice.invoiced_on
        for i, j in places
        if (invoice := baskets[i][j].invoice) is not None
    }
    invoice_numbers = _numbers("L", invoice_days, lambda p: invoice_days[p])

    def numbered(place: tuple[int, int], order: Order) -> Order:
        invoice = order.invoice and replace(order.invoice, number=invoice_numbers[place])
        return replace(order, number=order_numbers[place], invoice=invoice)

    return [
        tuple(numbered((i, j), order) for j, order in enumerate(basket))
        for i, basket in enumerate(baskets)
    ]


def _numbers(
    letter: str,
    places: Iterable[tuple[int, int]],
    day_of: Callable[[tuple[int, int]], date],
) -> dict[tuple[int, int], str]:
    last: dict[int, int] = {}
    numbers = {}
    for place in sorted(places, key=lambda p: (day_of(p), p)):
        year = day_of(place).year
        last[year] = last.get(year, 0) + 1
        numbers[place] = f"{letter}-{year}-{last[year]:04}"
    return numbers


def _settled(
    baskets: list[tuple[Order, ...]], chance: random.Random, today: date
) -> list[tuple[Order, ...]]:
    """Most invoices are paid; leave some open, six overdue, and exactly one in collection."""
    invoices = sorted(
        (order.invoice for basket in baskets for order in basket if order.invoice),
        key=lambda invoice: invoice.number,
    )
    recent = today - timedelta(days=60)
    old = today - timedelta(days=180)
    unpaid = {i.number: i for i in invoices if i.due_on >= today and chance.random() < 0.7}
    unpaid |= {i.number: i for i in [i for i in invoices if recent < i.due_on < today][-6:]}
    largest = max((i for i in invoices if old < i.due_on <= recent), key=lambda i: i.amount)
    unpaid[largest.number] = replace(
        largest, collection_started_on=largest.due_on + timedelta(days=45)
    )

    def settled(order: Order) -> Order:
        if order.invoice is None:
            return order
        invoice = unpaid.get(order.invoice.number)
        return replace(order, invoice=replace(invoice, paid_on=None)) if invoice else order

    return [tuple(settled(order) for order in basket) for basket in baskets]


# --- small pieces -------------------------------------------------------------------------------


def _source(chance: random.Random, today: date) -> Source:
    kind, name, _ = chance.choices(SOURCES, [weight for *_, weight in SOURCES])[0]
    earliest = today - timedelta(days=YEARS_BACK * 365)
    return Source(kind, name, _between(chance, earliest, today - timedelta(days=1)))


def _between(chance: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=chance.randint(0, (last - first).days))


def _email(local: str, domain: str) -> str:
    return f"{ascii_letters(local)}@{domain}"


def organisation_domain(name: str) -> str:
    return f"{ascii_letters(name).replace(' ', '-')}.example"


def ascii_letters(text: str) -> str:
    """Lower case without diacritics: "Åsa Ödegrynna" is "asa odegrynna"."""
    marked = unicodedata.normalize("NFKD", text.casefold())
    return marked.encode("ascii", "ignore").decode("ascii")
