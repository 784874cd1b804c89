"""The section on how long the data are kept (13(2)(a); P31, T15, D32)."""

from collections.abc import Iterator

from django.conf import settings

from notices.reading import Fact
from notices.terms import ClauseKind, DataCategory, RetentionStart

from .blocks import Block, Said, items, paragraph
from .pen import Pen
from .texts import capitalised

#: How long vouchers are kept at least (T15).
MONTHS_OF_VOUCHERS = 72


def retention(pen: Pen) -> Iterator[Block]:
    """13(2)(a), P31, D32: each rule with its data and its start; what the law makes us keep."""
    rules = sorted(filter(months_of, pen.of(ClauseKind.RETENTION)), key=lambda one: _rank(pen, one))
    ending = next((one for one in rules if one.term == RetentionStart.RELATIONSHIP_END), None)
    for fact in rules:
        end = _end_of_relationship(pen) if fact is ending else ()
        yield paragraph(_rule(pen, fact), *end)
    if not any(map(_is_of_vouchers, rules)):
        yield paragraph(pen.say("retention.vouchers"), pen.say("retention.vouchers_law"))
    yield paragraph(pen.say("retention.law_intro"))
    kept = ("requests", "limits", "prohibitions", "history", "identification")
    length = pen.texts.length(settings.REQUEST_YEARS * 12)
    yield items(pen.say(f"retention.law_{what}", length=length) for what in kept)
    yield paragraph(pen.say("retention.blocked"))


def months_of(fact: Fact) -> int:
    """How long a rule or a cookie lasts, in months."""
    return (fact.years or 0) * 12 + (fact.months or 0)


def _rank(pen: Pen, fact: Fact) -> int:
    """The rules for some data first, then the one for all others, then bookkeeping's."""
    if _is_of_vouchers(fact):
        return 2
    return 0 if fact.categories or _kept_by_start(pen, fact) else 1


def _is_of_vouchers(fact: Fact) -> bool:
    """Whether a rule is bookkeeping's own, which is at least as long as the law demands (T15)."""
    return (
        fact.term == RetentionStart.FINANCIAL_YEAR_END
        and set(fact.categories) <= {DataCategory.BILLING}
        and months_of(fact) >= MONTHS_OF_VOUCHERS
    )


def _kept_by_start(pen: Pen, fact: Fact) -> str:
    """What a rule that names no data is about, where another one is about all the others."""
    rules = pen.of(ClauseKind.RETENTION, RetentionStart.RELATIONSHIP_END)
    if all(one.categories for one in rules):
        return ""
    if fact.term == RetentionStart.ORDER:
        return pen.order["kept"]
    return pen.texts("kept.invoices") if fact.term == RetentionStart.INVOICE else ""


def _rule(pen: Pen, fact: Fact) -> Said:
    if _is_of_vouchers(fact) and months_of(fact) == MONTHS_OF_VOUCHERS:
        law = pen.say("retention.vouchers_law")
        return Said(f"{pen.say('retention.vouchers').words} {law.words}", (fact,))
    length = pen.texts.length(months_of(fact))
    said = pen.say(f"retention.{fact.term}", [fact], data=_kept(pen, fact), length=length)
    return Said(capitalised(said.words), said.facts)


def _kept(pen: Pen, fact: Fact) -> str:
    """The data that a rule is about, as the object of "we keep"."""
    if _is_of_vouchers(fact):
        return pen.texts("kept.vouchers")
    if fact.categories:
        named = [category for category in DataCategory if category in fact.categories]
        return pen.texts.listed(pen.say(f"kept.{category}").words for category in named)
    others = any(_rank(pen, one) == 0 for one in pen.of(ClauseKind.RETENTION))
    everything = pen.texts("kept.the_rest" if others else "kept.everything")
    return _kept_by_start(pen, fact) or everything


def _end_of_relationship(pen: Pen) -> Iterator[Said]:
    """An objective end, never only the customer's word (D01r, A4)."""
    yield pen.say("retention.end")
    if months := max(fact.inactive_months or 0 for fact in pen.of(ClauseKind.RETENTION)):
        yield pen.say("retention.inactive", length=pen.texts.length(months, "_gone"))
