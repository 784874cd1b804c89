"""The words by which a customer is found: folded, one row each, matched from their start.

A name has one row for each place where somebody may begin to type it, with the rest of the name
behind ("virtanen aino", "aino virtanen"); a number has itself and itself from the end.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice, permutations
from typing import Any

from django.db import models
from django.db.models.expressions import OrderBy
from django.db.models.lookups import BuiltinLookup

from audit.models import Derived
from audit.prepared import Prepared, keys_of
from register.emails import spellings_of
from register.phones import e164, is_bare, numbers_in

LONGEST = 64
#: Fewer digits than these are not looked for at the end of a number.
SHORTEST_END = 4
SHORTEST_MIDDLE = 3
LEAST_OF_A_PHONE = 6
#: Shorter texts hold one phone number at most.
LEAST_OF_SEVERAL = 16
#: As many rows of one term are looked through, one by one; as many where looking along the rows of
#: each term is what is left to do.
MOST_ROWS, MOST_OF_A_RARE = 150, 800
#: As many terms are looked up in each order that they may stand in.
MOST_IN_ANY_ORDER = 3
#: Among so many of the newest words a term is looked for in the middle of them.
NEWEST_WORDS = 30_000
#: Stands before a number that is written from its end; no term of a search begins so.
FROM_THE_END = "<"
#: Stands before a word that may only be kept: nobody is found by it, but a search says that
#: somebody rests (art. 18(2); S02, S08). No term of a search begins so.
AT_REST = "~"
#: Typed before a text, it asks for what stands in the middle of any word.
ANYWHERE = "*"
OF_CUSTOMER = "customer"
#: They belong to the name after them: "von Hertzen" is found as "von hert", "vonhert" and "hert".
PARTICLES = frozenset(
    "af al av da de del della den der des di do dos du el la las le les lo los mac mc o st ten ter "
    "van vom von zu zum zur".split()
)
_APART = str.maketrans(dict.fromkeys(".,;:@+_/&|()", " "))
_ENG = re.compile(r"ŋ{1,2}g?", re.I)
_PARTS = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"[\d()+./-]+")
#: "(0)" is dialled at home alone.
_NOUGHT_ASIDE = re.compile(r"(?<=\d)\s?\(0\)")
#: What is dialled before the country's code; so short a number is another one's beginning.
_OUT_OF_FINLAND = re.compile(r"(?:00|990)(358\d*|[1-9]\d{7,})")


def _without_marks(text: str) -> str:
    marked = unicodedata.normalize("NFKD", text)
    return "".join([char for char in marked if not unicodedata.combining(char)])


# the letters of Europe, so that nearly all names are plain after one look; then what casefold and
# NFKD leave, and the apostrophes that count as letters
_PLAIN = str.maketrans(
    {
        **{chr(code): _without_marks(chr(code)) for code in range(0xC0, 0x180)},
        **{"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h"},
        **{"ı": "i", "ŋ": "n", "ŧ": "t", "ʼ": "'", "ʻ": "'", "ʹ": "'", "ʾ": "'", "ʿ": "'"},
    }
)


def fold(text: str) -> str:
    """`text` without case and accents, so that "Äijälä" is found by "aijala".

    SQLite folds ASCII only, so it is done here and both engines compare what is stored.
    """
    if text.isascii():
        return text.lower()
    plain = text.casefold().translate(_PLAIN)
    return plain if plain.isascii() else _without_marks(plain)


def tokens_of(text: str) -> list[list[str]]:
    """The words of `text`, each in its parts: "Mäki-Aro" has two, "von Hertzen" too."""
    tokens = fold(text).translate(_APART).split()
    if "".join(tokens).isalnum() and PARTICLES.isdisjoint(tokens):
        return [[token] for token in tokens]  # nearly all names
    found: list[list[str]] = []
    held: list[str] = []
    for token in tokens:
        parts = _PARTS.findall(token)
        held += parts
        if parts and not (len(parts) == 1 and parts[0] in PARTICLES):
            found.append(held)
            held = []
    return [*found, held] if held else found


def closed(text: str) -> str:
    """All of `text` in one word: "von Mäki-Aro" is "vonmakiaro"."""
    return "".join(_PARTS.findall(fold(text)))


def same_words(one: str, other: str) -> bool:
    """Whether two names are the same words, in whatever order and spelling of case."""
    return sorted(tokens_of(one)) == sorted(tokens_of(other))


def words_of(text: str, *, around: bool = False) -> set[str]:
    """Every start from which `text` is found, with what follows: "Mäki-Aro Oy" gives
    "makiaro oy", "aro oy" and "oy". `around` goes on with what stands before. Sámi names with
    "ŋ" are found by "n", as passports have it, and by "ng", as Finns write it."""
    tokens = tokens_of(text)
    words: set[str] = set()
    if not text.isascii() and _ENG.search(text):
        words |= words_of(_ENG.sub("ng", text), around=around)
    for place, parts in enumerate(tokens):
        after = [*tokens[place + 1 :], *(tokens[:place] if around else ())]
        rest = ["".join(one) for one in after]
        words |= {
            " ".join(["".join(parts[start:]), *rest])[:LONGEST].rstrip()
            for start in range(len(parts))
        }
    return words


def phone_words(phone: str) -> set[str]:
    """The number's digits from either side, so that any start and any end of it finds it; of each
    number where several stand there, and without what stands beside them."""
    is_one = len(phone) < LEAST_OF_SEVERAL and is_bare(phone)
    words = set()
    for number in [phone] if is_one else numbers_in(phone) or [phone]:
        digits = national(number)[:LONGEST]
        words |= {digits, _from_the_end(digits)} if len(digits) > SHORTEST_END else {digits}
    return words - {""}


def number_words(number: str) -> set[str]:
    """A number of an order or invoice: "T-2026-0042" is found from its start and, by its digits,
    from its end; what does not end in digits, from each of its parts."""
    parts = _PARTS.findall(fold(number))
    starts = {"".join(parts[start:])[:LONGEST] for start in range(len(parts))}
    whole = "".join(parts)[:LONGEST]
    ends = {one for one in starts - {whole} if _is_an_end(one)}
    return (starts - ends) | ({_from_the_end(whole)} if len(whole) > SHORTEST_END else set())


def email_words(email: str, names: Iterable[str] = ()) -> set[str]:
    """An address is found from its start, from its domain, and from a part of what stands before
    the @ unless that begins with one of `names`, by which the customer is found anyway. A domain
    with letters beyond ASCII is found in both its spellings."""
    local, _at, domain = email.partition("@")
    known = tuple(names)
    inner = {"".join(parts) for parts in tokens_of(local)[1:]}
    found = {one for one in inner if not one.startswith(known)}
    for spelling in spellings_of(domain):
        of_domain = ["".join(parts) for parts in tokens_of(spelling)]
        first = ["".join(parts) for parts in tokens_of(local)]
        found |= {" ".join([*first, *of_domain]), " ".join(of_domain)}
    return {one[:LONGEST].rstrip() for one in found} - {""}


def words_of_customer(
    given_name: str, family_name: str, organisation_name: str, email: str, phone: str
) -> set[str]:
    """All that a customer's own row is found by; the reference has an index of its own."""
    names = words_of(f"{given_name} {family_name}", around=True) | words_of(organisation_name)
    firsts = {word.split(" ", 1)[0] for word in names}
    return without_starts(names | email_words(email, firsts)) | phone_words(phone)


def as_at_rest(words: Iterable[str]) -> set[str]:
    """`words` as they stand while what they say may only be kept."""
    return {f"{AT_REST}{word}"[:LONGEST] for word in words}


def without_starts(words: Iterable[str]) -> set[str]:
    """`words` without those that stand, whole, at the start of another."""
    kept: list[str] = []
    # a space is the least of their characters, so that whatever goes on from a word follows it
    for word in sorted(words):
        if kept and word.startswith(f"{kept[-1]} "):
            kept.pop()
        kept.append(word)
    return set(kept)


def national(phone: str) -> str:
    """The digits of a number as dialled in Finland: +358 40 and 0040 358 become 040. One abroad has
    its country's code and what follows: +46 (0)8 and 0046 8 become 468."""
    digits = re.sub(r"\D", "", _NOUGHT_ASIDE.sub("", phone))
    if found := _OUT_OF_FINLAND.fullmatch(digits):
        phone, digits = "+", found[1]
    if digits.startswith("358") and ("+" in phone or len(digits) > 10):
        return "0" + digits.removeprefix("358").removeprefix("0")
    return digits


def dialled(phone: str) -> str:
    """The same of every spelling of a number: E.164, or the digits of what is no valid one."""
    return e164(phone) or national(phone)


def _from_the_end(number: str) -> str:
    return f"{FROM_THE_END}{number[::-1]}"[:LONGEST]


def _is_an_end(term: str) -> bool:
    return term.isdigit() and len(term) >= SHORTEST_END


def search_terms(text: str) -> list[str]:
    """What a typed search looks for: each term must be the start of some word. Digits that stand
    together are one number, however they are spaced."""
    terms: list[str] = []
    for are_digits, typed in groupby(fold(text).split(), lambda one: bool(_DIGITS.fullmatch(one))):
        together = " ".join(typed)
        if are_digits:
            terms.append(national(together))
        else:
            terms += ["".join(parts) for parts in tokens_of(together)]
    return [term[:LONGEST] for term in terms if term]


def readings(text: str) -> Iterator[list[str]]:
    """What `text` may mean, the likeliest first; the next is tried where one finds nobody."""
    given: list[list[str]] = []
    apart = [part[:LONGEST] for part in _PARTS.findall(fold(text))]
    together = closed(text)[:LONGEST]
    # however a number is spelt, and with the country's code before it
    as_number = [[together]] if any(char.isdigit() for char in together) else []
    if together.isdigit() and (dialled := national(f"+{together}")) != together:
        as_number.append([dialled])
    if len(text.split()) == 1 and len(tokens_of(text)) > 1:
        # an address, or a number with dots and strokes
        whole = " ".join("".join(parts) for parts in tokens_of(text))
        first = [[whole[:LONGEST].rstrip()], *as_number]
    else:
        first = []
    for terms in [*first, search_terms(text), apart, *as_number]:
        if terms and terms not in given:
            given.append(terms)
            yield terms


class StartsWith(BuiltinLookup[str]):
    """`word__begins`: a prefix match that an ordinary b-tree answers on both engines.

    LIKE with ESCAPE keeps SQLite from its index, and PostgreSQL's collations order a range
    otherwise than by code point: hence a range here, and the pattern operators there.
    """

    lookup_name = "begins"
    prepare_rhs = True

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        least, more = ("~>=~", "~<~") if connection.vendor == "postgresql" else (">=", "<")
        column, params = self.process_lhs(compiler, connection)
        start, given = self.process_rhs(compiler, connection)
        sql = f"({column} {least} {start} AND {column} {more} ({start} || %s))"
        return sql, (*params, *given, *params, *given, "\U0010ffff")


models.CharField.register_lookup(StartsWith)


class ByCodePoint(OrderBy):
    """The order of the index of words, which PostgreSQL otherwise would sort for."""

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        # Django looks for the word ASC to find where the expression ends
        return self.as_sql(compiler, connection, template="%(expression)s USING ~<~ /* ASC */")


class WordQuerySet(models.QuerySet["Word"]):
    """Rebuilt with the rows that the words come from."""

    def beginning(self, start: str) -> "WordQuerySet":
        return self.filter(word__begins=start)

    def read_forwards(self) -> "WordQuerySet":
        """Those that say something of who is in use, as people write it."""
        return self.exclude(word__begins=FROM_THE_END).exclude(word__begins=AT_REST)

    def are_at_rest(self) -> bool:
        """Whether any data of anybody in part may only be kept."""
        return bool(_rows_beginning(AT_REST, limit=1))

    def in_order(self) -> "WordQuerySet":
        """Whole words before those that go on; of the same words the newest customer first."""
        return self.order_by(ByCodePoint(models.F("word")), "-customer_id")

    def put(self, origin: str, words: Iterable[tuple[int, int, set[str]]]) -> None:
        """Let these be the words that come from `origin` rows: (row's key, customer's key, words).
        What stays is not written again."""
        found = list(words)
        keys = [key for key, _, _ in found]
        of = {"customer__in": keys} if origin == OF_CUSTOMER else {"origin_id__in": keys}
        stored = self.filter(origin=origin, **of)
        columns = ("customer_id", "origin_id", "word")
        wanted = {tuple(map(row.get, columns)): row for row in rows_of(origin, found)}
        known = stored.values_list("pk", *columns)
        gone = [pk for pk, *word in known if wanted.pop(tuple(word), None) is None]
        if gone:
            self.filter(pk__among=keys_of(gone)).delete()
        self.bulk_create([Word(**row) for row in wanted.values()], batch_size=2000)


class Word(Derived):
    """A word by which a customer is found, and the row it was taken from."""

    # words are written before the customers that many of them belong to are seen
    customer = models.ForeignKey(
        "register.Customer", models.PROTECT, related_name="words", db_constraint=False
    )
    #: empty where it is the customer's own row
    origin_id = models.BigIntegerField(null=True)
    word = models.CharField(max_length=LONGEST)
    origin = models.CharField(max_length=20)

    objects = WordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                name="word_begins",
                fields=["word", "-customer"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
            models.Index(
                name="word_origin",
                fields=["origin_id", "origin"],
                condition=models.Q(origin_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.word


def rows_of(origin: str, found: Iterable[tuple[int, int, set[str]]]) -> Iterator[dict[str, Any]]:
    """The rows of `found` (row's key, customer's key, words), by column."""
    for key, customer, words in found:
        origin_id = None if origin == OF_CUSTOMER else key
        for word in sorted(words):
            yield {
                "customer_id": customer,
                "word": word,
                "origin": origin,
                "origin_id": origin_id,
            }


#: Customers who fit, by key, and how many of the terms are no whole word of theirs.
Found = dict[int, int]


def starts_of(term: str) -> list[str]:
    """What words begin with where `term` is found: digits may also end a number."""
    if not _is_an_end(term):
        return [term]
    # a number abroad is stored with its country and typed with a nought instead
    bare = term.lstrip("0")
    return [term, _from_the_end(bare if len(bare) >= LEAST_OF_A_PHONE else term)]


@Prepared
def _rows_beginning(start: str, *, limit: int) -> "models.QuerySet[Word, Any]":
    return Word.objects.beginning(start).in_order().values_list("customer_id", "word")[:limit]


@Prepared
def _rows_of(keys: Any, start: str) -> "models.QuerySet[Word, Any]":
    rows = Word.objects.filter(customer__pk__among=keys).beginning(start)
    return rows.order_by().values_list("customer_id", "word")


@Prepared
def _rows_of_names(
    first: str, *others: str, is_whole: bool, limit: int
) -> "models.QuerySet[Word, Any]":
    """The rows that begin with `first` in which each of `others` begins a word, or the second part
    of a double name."""
    rows = Word.objects.beginning(first)
    for other in others:
        follows = models.Q(word__contains=f" {other}")
        if is_whole:
            follows |= models.Q(word__begins=f"{first}{other}")
        rows = rows.filter(follows)
    return rows.in_order().values_list("customer_id", "word")[:limit]


def _beginning(term: str, most: int) -> tuple[Found, bool]:
    """Those of whom a word begins with `term`, and whether that is all of them."""
    found: Found = {}
    is_all = True
    for start in starts_of(term):
        taken = _rows_beginning(start, limit=most + 1)
        is_all = is_all and len(taken) <= most
        for key, word in taken:
            goes_on = word != start and not word.startswith(f"{start} ")
            found[key] = min(found.get(key, 1), int(goes_on))
    return found, is_all


def _among(keys: Iterable[int], term: str) -> Found:
    """Those of `keys` of whom a word begins with `term`."""
    found: Found = {}
    for start in starts_of(term):
        for key, word in _rows_of(keys_of(keys), start):
            goes_on = word != start and not word.startswith(f"{start} ")
            found[key] = min(found.get(key, 1), int(goes_on))
    return found


def customers_fitting(terms: Sequence[str], most: int) -> Found:
    """Customers of whom every term begins some word: all of them, or `most` and one."""
    if len(terms) == 1:
        # somebody may have two words of the kind
        found, _is_all = _beginning(terms[0], most + most // 4)
        return dict(islice(found.items(), most + 1))
    driver: Found | None = None
    whole: set[str] = set()
    others = sorted(terms, key=len, reverse=True)
    for term in list(others):
        found, is_all = _beginning(term, MOST_ROWS)
        if is_all:
            # few enough to ask each of them for the other terms
            driver = found
            others.remove(term)
            break
        # whole words come before those that go on
        whole |= {term} if not min(found.values()) else set()
    if driver is None:
        return _of_frequent(terms, whole, most)
    return _fitting_too(driver, others)


def _fitting_too(found: Found, terms: Iterable[str]) -> Found:
    """Those of `found` of whom each of `terms` begins some word."""
    for term in terms:
        if not found:
            break
        more = _among(found, term)
        found = {key: found[key] + more[key] for key in more}
    return found


def _of_frequent(terms: Sequence[str], whole: set[str], most: int) -> Found:
    """The same where each term begins words of very many, and those in `whole` are words of some.
    A name has all its words in each of its rows, so those that begin with the terms, as typed or in
    another order, are looked up first, then one look along the rows of a term finds the others.
    Where the longest term is rare, its customers are asked instead of looking along the rows of the
    rest. Only when all that finds nobody are rows of different origins compared."""
    found: Found = {}
    longest, *others = sorted(terms, key=len, reverse=True)
    looks = chain(_in_each_order(terms, whole, most), _along_rows([longest], terms, whole, most))
    if _gather(found, looks, terms, most):
        return found
    of_longest, is_all = _beginning(longest, MOST_OF_A_RARE)
    if is_all:
        return _fitting_too(of_longest, others)
    if _gather(found, _along_rows(others, terms, whole, most), terms, most) or found:
        return found
    keys = [Word.objects.beginning(term).order_by().values_list("customer_id") for term in terms]
    fitting = keys[0].intersection(*keys[1:])[: most + 1]
    return {key: len(terms) for (key,) in fitting}


def _found_in(rows: Iterable[tuple[Any, ...]], terms: Sequence[str]) -> Found:
    """Those of `rows` in which each of `terms` begins a word."""
    found: Found = {}
    for key, word in rows:
        typed = set(word.split(" "))
        fewer = sum(term not in typed for term in terms)
        found[key] = min(found.get(key, len(terms)), fewer)
    return found


def _gather(
    found: Found, looks: Iterable[list[tuple[Any, ...]]], terms: Sequence[str], most: int
) -> bool:
    """Add those in the rows of `looks` to `found`, and stop where there are more than `most`: tells
    whether there are."""
    for rows in looks:
        for key, fewer in _found_in(rows, terms).items():
            found[key] = min(found.get(key, len(terms)), fewer)
        if len(found) > most:
            return True
    return False


def _in_each_order(
    terms: Sequence[str], whole: set[str], most: int
) -> Iterator[list[tuple[Any, ...]]]:
    """The first rows that begin with `terms`, apart or as parts of a double name, in each order."""
    orders = permutations(terms) if len(terms) <= MOST_IN_ANY_ORDER else [tuple(terms)]
    possible = [order for order in orders if whole.issuperset(order[:-1])]
    # an address often begins as the name of its owner does: hence twice as many
    for start in dict.fromkeys(between.join(one) for between in (" ", "") for one in possible):
        yield _rows_beginning(start, limit=2 * most + 1)


def _along_rows(
    firsts: Iterable[str], terms: Sequence[str], whole: set[str], most: int
) -> Iterator[list[tuple[Any, ...]]]:
    """Enough of the rows of each of `firsts` in which each of `terms` begins a word, or a part of a
    double name."""
    for first in firsts:
        others = list(terms)
        others.remove(first)
        yield _rows_of_names(first, *others, is_whole=first in whole, limit=most + 1)


def customers_holding(terms: Sequence[str], most: int, *, in_all: bool = False) -> Found:
    """Customers of whom every term stands anywhere in a word: in one of the newest words, unless
    somebody asks for a look at all, which takes as long as there are many."""
    newest = Word.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None or min(map(len, terms)) < SHORTEST_MIDDLE:
        return {}
    words = Word.objects.read_forwards().order_by()
    if not in_all:
        words = words.filter(pk__gt=newest - NEWEST_WORDS)
    longest, *others = sorted(terms, key=len, reverse=True)
    rows = words.filter(word__contains=longest)
    for term in others:
        its = Word.objects.read_forwards().filter(word__contains=term)
        rows = rows.filter(models.Exists(its.filter(customer=models.OuterRef("customer"))))
    # to ask for each once, the database would go through all words by customer
    keys = rows.values_list("customer_id", flat=True)[: 2 * most + 1]
    return dict.fromkeys(islice(dict.fromkeys(keys), most + 1), len(terms))


def customers_at_rest(terms: Sequence[str], most: int) -> list[int]:
    """Customers of whom every term begins some word, and one of the terms only words that may only
    be kept: at most so many, the newest first."""
    met = {
        key
        for term in terms
        for start in starts_of(term)
        for key, _word in _rows_beginning(f"{AT_REST}{start}", limit=most)
    }
    hidden: set[int] = set()
    for term in terms:
        if not met:
            break
        used = _among(met, term).keys()
        kept = {
            key
            for start in starts_of(term)
            for key, _word in _rows_of(keys_of(met), f"{AT_REST}{start}")
        }
        hidden |= kept - used
        met &= used | kept
    return sorted(met & hidden, reverse=True)[:most]


def rows_found(origin: str, terms: Sequence[str]) -> Any:
    """Keys of the `origin` rows whose own number begins or ends with the one term; None when
    none does."""
    if len(terms) != 1 or not any(char.isdigit() for char in terms[0]):
        return None
    found: set[int] = set()
    for start in starts_of(terms[0]):
        rows = Word.objects.beginning(start).in_order().values_list("origin", "origin_id")
        found |= {key for kind, key in rows[: MOST_ROWS + 1] if kind == origin and key}
    return found or None
