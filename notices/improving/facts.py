"""Changing what a notice promises, fact by fact; the words follow when they are written."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from notices.reading import Fact, Reading
from notices.terms import TERMS, ClauseKind, RecipientKind, RetentionStart

#: What tells one fact of a term from another.
WHO = frozenset({"name", "country"})


def with_facts(reading: Reading, kind: ClauseKind, terms: Iterable[str], **said: Any) -> Reading:
    """`reading` that promises all of `terms`; `said` changes those that it promised already. Of
    several facts of one term each keeps who it is about: one answer does not name them all."""
    terms = list(terms)
    known = Counter(fact.term for fact in reading.facts_of(kind))
    shared = {name: value for name, value in said.items() if name not in WHO}
    facts = [
        replace(fact, **(said if known[fact.term] == 1 else shared))
        if fact.kind == kind and fact.term in terms
        else fact
        for fact in reading.facts
    ]
    vocabulary = TERMS[kind]
    facts += [Fact(kind, vocabulary(term), "", None, **said) for term in terms if term not in known]
    return replace(reading, facts=tuple(facts))


def without_facts(reading: Reading, kind: ClauseKind, terms: Collection[str]) -> Reading:
    """`reading` that promises none of `terms`."""
    kept = [fact for fact in reading.facts if fact.kind != kind or fact.term not in terms]
    return replace(reading, facts=tuple(kept))


def with_only(
    reading: Reading, kind: ClauseKind, terms: Collection[str], among: Iterable[str] | None = None
) -> Reading:
    """`reading` that promises `terms` and nothing else of that kind (or of `among`)."""
    others = set(among or TERMS[kind].values) - set(terms)
    return with_facts(without_facts(reading, kind, others), kind, terms)


def retention_fact(
    start: RetentionStart, *, years: int | None = None, months: int | None = None, **said: Any
) -> Fact:
    """A retention rule that no words say yet."""
    return Fact(ClauseKind.RETENTION, start, "", None, years=years, months=months, **said)


def recipient_named(reading: Reading, kind: RecipientKind) -> str:
    """What the notice calls a recipient; empty where it names the kind alone."""
    return next((f.name for f in reading.facts_of(ClauseKind.RECIPIENT) if f.term == kind), "")
