"""The words by which a customer is found: folded, one row each, matched from their start."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models.lookups import BuiltinLookup

from audit.models import Derived

LONGEST = 64
SHORTEST_PHONE_PART = 4
MOST_ROWS = 1000
_PARTS = re.compile(r"[^\W_]+")
_PHONE = re.compile(r"[\d\s()+./-]+")


def fold(text: str) -> str:
    """`text` without case and accents, so that "Äijälä" is found by "aijala".

    SQLite folds ASCII only, so it is done here and both engines compare what is stored.
    """
    marked = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in marked if not unicodedata.combining(char))


def words_of(*texts: str) -> set[str]:
    """Every start from which `texts` are found: "Mäki-Aro" gives "makiaro" and "aro"."""
    words = set()
    for token in fold(" ".join(texts)).split():
        parts = _PARTS.findall(token)
        words |= {"".join(parts[start:])[:LONGEST] for start in range(len(parts))}
    return words


def phone_words(phone: str) -> set[str]:
    """The number's digits from every place on, so that any half of a number finds it."""
    digits = national(phone)
    longest = len(digits) - SHORTEST_PHONE_PART
    return {digits[start:][:LONGEST] for start in range(max(longest, 0) + 1)} - {""}


def national(phone: str) -> str:
    """The digits of a number as dialled in Finland: +358 40 and 0040 358 become 040."""
    digits = re.sub(r"\D", "", phone)
    for prefix in ("00358", "358"):
        if digits.startswith(prefix) and (prefix != "358" or "+" in phone or len(digits) > 10):
            return "0" + digits.removeprefix(prefix).removeprefix("0")
    return digits


def search_terms(text: str) -> list[str]:
    """What a typed search looks for: each term must be the start of some word."""
    if _PHONE.fullmatch(text) and (digits := national(text)):
        return [digits[:LONGEST]]
    tokens = fold(text).split()
    return ["".join(_PARTS.findall(token))[:LONGEST] for token in tokens if _PARTS.search(token)]


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
        start = str(self.rhs)
        sql = f"({column} {least} %s AND {column} {more} %s)"
        return sql, (*params, start, *params, start + "\U0010ffff")


models.CharField.register_lookup(StartsWith)


class WordQuerySet(models.QuerySet["Word"]):
    """Rebuilt with the rows that the words come from."""

    def beginning(self, term: str) -> "WordQuerySet":
        return self.filter(word__begins=term)

    def containing(self, term: str) -> "WordQuerySet":
        return self.filter(word__contains=term)

    def put(self, origin: str, words: Iterable[tuple[int, int, set[str]]]) -> None:
        """Replace the words that come from `origin` rows: (row's key, customer's key, words)."""
        found = list(words)
        self.filter(origin=origin, origin_id__in=[key for key, _, _ in found]).delete()
        self.bulk_create(
            [
                Word(origin=origin, origin_id=key, customer_id=customer, word=word)
                for key, customer, given in found
                for word in sorted(given)
            ],
            batch_size=2000,
        )


class Word(Derived):
    """A word by which a customer is found, and the row it was taken from."""

    customer = models.ForeignKey("register.Customer", models.PROTECT, related_name="words")
    word = models.CharField(max_length=LONGEST)
    origin = models.CharField(max_length=20)
    origin_id = models.BigIntegerField()

    objects = WordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                name="word_begins",
                fields=["word", "customer"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
            models.Index(name="word_origin", fields=["origin", "origin_id"]),
        ]

    def __str__(self) -> str:
        return self.word


def rows_found(origin: str, terms: Sequence[str]) -> Any:
    """Keys of the `origin` rows whose own words begin with every term; None when none do."""
    found = Word.objects.filter(origin=origin).order_by()
    for term in terms:
        keys = Word.objects.filter(origin=origin).beginning(term).values("origin_id")
        found = found.filter(origin_id__in=keys)
    keys_found = set(found.values_list("origin_id", flat=True)[:MOST_ROWS])
    return keys_found or None


def matching_customers(terms: Sequence[str], contained: bool = False) -> list[Any]:
    """One sub-query of customer keys for each term."""
    match = Word.objects.containing if contained else Word.objects.beginning
    return [match(term).values("customer_id") for term in terms]
