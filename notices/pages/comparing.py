"""What one version of a notice changed in another: in plain words, and word by word (V02).

compared(before, after, language)    both as `Reading`s, in the active language
in_sentences(before, after)          a sentence each, for a letter
label_of(fact)                       what a page lists it as
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.models import Clause
from notices.own_words import text_of
from notices.reading import Fact, Reading, ReadSection
from notices.terms import TERMS, ClauseKind, Language, SectionKey

#: Matching takes the time of the product of both lengths. Past this many pairs of words a passage
#: is shown as taken out and put in whole.
MOST_PAIRS = 1_000_000
WORD = re.compile(r"\S+\s*|\s+")
LINE = re.compile(r".*\n|.+\Z")

ADDED = {
    ClauseKind.DATA: _("The register may now also hold"),
    ClauseKind.PURPOSE: _("New purposes"),
    ClauseKind.SOURCE: _("Data may now also come from"),
    ClauseKind.RECIPIENT: _("New recipients"),
    ClauseKind.DISCLOSURE: _("New grounds of disclosure"),
    ClauseKind.RIGHT: _("Rights now named"),
    ClauseKind.RETENTION: _("New retention periods"),
    ClauseKind.TRANSFER: _("Now said of transfers outside the EU and the EEA"),
    ClauseKind.COOKIES: _("Now said of cookies"),
    ClauseKind.STATEMENT: _("Now also stated"),
}
REMOVED = {
    ClauseKind.DATA: _("The register may no longer hold"),
    ClauseKind.PURPOSE: _("Purposes left out"),
    ClauseKind.SOURCE: _("Data no longer come from"),
    ClauseKind.RECIPIENT: _("Recipients left out"),
    ClauseKind.DISCLOSURE: _("Grounds of disclosure left out"),
    ClauseKind.RIGHT: _("Rights no longer named"),
    ClauseKind.RETENTION: _("Retention periods left out"),
    ClauseKind.TRANSFER: _("No longer said of transfers outside the EU and the EEA"),
    ClauseKind.COOKIES: _("No longer said of cookies"),
    ClauseKind.STATEMENT: _("No longer stated"),
}


#: The days that stand on a notice.
OWN_DAYS = (DRAWN_UP, UPDATED) = _("drawn up on"), _("updated on")
#: Kinds whose label does not change with the details of a clause.
NAMED = frozenset(ClauseKind) - {ClauseKind.RETENTION}


@dataclass(frozen=True)
class Listed:
    """What was added or left out, under the words that say which."""

    words: str
    items: list[str]


@dataclass(frozen=True)
class Changed:
    """What a value is called, what it was and what it is now; an empty text for none."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, was taken out or was put in: "same", "taken_out", "put_in"."""

    kind: str
    words: str

    @property
    def marked(self) -> str:
        """The words without the space behind them, which nobody wants struck through."""
        return self.words.rstrip()

    @property
    def space(self) -> str:
        return self.words[len(self.marked) :]


@dataclass(frozen=True)
class ChangedSection:
    """A section whose words differ."""

    heading: str
    language: Language
    pieces: list[Piece]


@dataclass(frozen=True)
class Comparison:
    """All that one version changed in the one before it."""

    added: list[Listed]
    removed: list[Listed]
    changed: list[Changed]
    sections: list[ChangedSection]

    @property
    def in_words(self) -> bool:
        """Whether something changed that can be said in plain words."""
        return bool(self.added or self.removed or self.changed)


def compared(before: Reading, after: Reading, language: Language) -> Comparison:
    """What `after` changes in `before`, for a reader of `language`, the active one."""
    added, removed, changed = _clauses(before, after)
    return Comparison(
        added=added,
        removed=removed,
        changed=[*_fields(before, after), *changed],
        sections=list(_sections(before, after, language)),
    )


# --- in plain words


def in_sentences(before: Reading, after: Reading) -> list[str]:
    """What `after` changes in what `before` promises and in who makes the promises, in the active
    language; without its own days, which every version changes. Not empty: the least that changes
    is the words."""
    added, removed, changed = _clauses(before, after)
    fields = [one for one in _fields(before, after) if one.what not in map(str, OWN_DAYS)]
    said = [f"{one.words}: {'; '.join(one.items)}" for one in (*added, *removed)]
    said += [_sentence(one) for one in (*changed, *fields)]
    return said or [gettext("Only the words have changed")]


def _sentence(one: Changed) -> str:
    told = {"what": capfirst(one.what), "before": one.before, "after": one.after}
    if not one.before:
        return gettext("%(what)s: now %(after)s") % told
    if not one.after:
        return gettext("%(what)s: no longer %(before)s") % told
    return gettext("%(what)s: before %(before)s, now %(after)s") % told


def _fields(before: Reading, after: Reading) -> list[Changed]:
    values = zip(_values(before), _values(after), strict=True)
    return [Changed(str(what), old, new) for (what, old), (_same, new) in values if old != new]


def _values(reading: Reading) -> list[tuple[Any, str]]:
    controller, contact = reading.controller, reading.contact
    return [
        (_("name of the register"), reading.register_name or ""),
        (_("controller"), controller.name or ""),
        (_("controller's address"), controller.address or ""),
        (_("controller's phone"), controller.phone or ""),
        (_("controller's e-mail"), controller.email or ""),
        (_("contact person"), contact.name or ""),
        (_("contact person's phone"), contact.phone or ""),
        (_("contact person's e-mail"), contact.email or ""),
        (_("languages"), _labels(reading.languages)),
        (_("languages of requests"), _labels(reading.request_languages)),
        (DRAWN_UP, _day(reading.drawn_up_on)),
        (UPDATED, _day(reading.updated_on)),
    ]


def _day(day: date | None) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else ""


def _labels(terms: Iterable[Any]) -> str:
    return ", ".join(str(term.label) for term in terms)


def _clauses(before: Reading, after: Reading) -> tuple[list[Listed], list[Listed], list[Changed]]:
    added, removed, changed = [], [], []
    for kind in ClauseKind:
        old, new = _by_subject(before, kind), _by_subject(after, kind)
        if gone := [label for subject, label in _subjects(old) if subject not in new]:
            removed.append(Listed(str(REMOVED[kind]), gone))
        if come := [label for subject, label in _subjects(new) if subject not in old]:
            added.append(Listed(str(ADDED[kind]), come))
        for subject, label in _subjects(new):
            was, now = _what_differs(old.get(subject, []), new[subject])
            if subject in old and was != now:
                changed.append(Changed(label if kind in NAMED else str(kind.label), was, now))
    return added, removed, changed


def _by_subject(reading: Reading, kind: ClauseKind) -> dict[Any, list[Fact]]:
    """The facts of one kind by what they are about: the same subject may change in its details."""
    found: dict[Any, list[Fact]] = defaultdict(list)
    for fact in reading.facts_of(kind):
        found[(fact.term, fact.name, tuple(sorted(fact.categories)))].append(fact)
    return dict(found)


def _subjects(facts: Mapping[Any, Sequence[Fact]]) -> Iterator[tuple[Any, str]]:
    for subject, said in facts.items():
        yield subject, "; ".join(dict.fromkeys(map(label_of, said)))


def label_of(fact: Fact) -> str:
    """The fact in the words of the vocabulary, as a page lists it."""
    label = str(TERMS[fact.kind](fact.term).label)
    if fact.kind == ClauseKind.RETENTION:
        length = Clause(years=fact.years, months=fact.months).length
        rule = gettext("%(length)s from %(start)s") % {"length": length, "start": label}
        return f"{_labels(fact.categories)}: {rule}" if fact.categories else rule
    return f"{fact.name} ({label})" if fact.name else label


def _what_differs(old: Sequence[Fact], new: Sequence[Fact]) -> tuple[str, str]:
    """What the facts of one subject said of it and say now, without what they both say."""
    was, now = (
        dict.fromkeys(part for fact in facts for part in _details(fact)) for facts in (old, new)
    )
    return (
        ", ".join(part for part in was if part not in now),
        ", ".join(part for part in now if part not in was),
    )


def _details(fact: Fact) -> list[str]:
    """What a fact says of its subject, in words."""
    months = gettext("%(months)s months without contact end the relationship")
    parts = [
        label_of(fact) if fact.kind == ClauseKind.RETENTION else "",
        str(fact.legal_basis.label) if fact.legal_basis else "",
        fact.country,
        *(str(way.label) for way in fact.ways),
        months % {"months": fact.inactive_months} if fact.inactive_months else "",
        fact.called,
    ]
    return [part for part in parts if part]


# --- word by word


def _sections(before: Reading, after: Reading, language: Language) -> Iterator[ChangedSection]:
    old, new = _texts(before), _texts(after)
    for place in _in_order(list(old), list(new)):
        was, now = _in_one_language(old.get(place, {}), new.get(place, {}), language)
        if (shown := now or was) is None:
            continue
        with_heading = not (was and now and was.heading == now.heading)
        pieces = difference(_words_of(was, with_heading), _words_of(now, with_heading))
        if any(piece.kind != "same" for piece in pieces):
            heading = shown.heading or str(shown.key.label)
            yield ChangedSection(heading, shown.language, pieces)


def _texts(reading: Reading) -> dict[tuple[SectionKey, int], dict[Language, ReadSection]]:
    """The sections by subject, the nth of a subject by itself, in all its languages."""
    places: dict[int, dict[Language, ReadSection]] = defaultdict(dict)
    for section in reading.sections:
        places[section.position][section.language] = section
    seen: dict[SectionKey, int] = defaultdict(int)
    texts = {}
    for said in places.values():
        key = next(iter(said.values())).key
        seen[key] += 1
        texts[key, seen[key]] = said
    return texts


def _in_order(old: list[Any], new: list[Any]) -> list[Any]:
    """The places of the new version, each that is gone behind the one that it followed."""
    order = list(new)
    for index, place in enumerate(old):
        if place not in new:
            order.insert(order.index(old[index - 1]) + 1 if index else 0, place)
    return order


def _in_one_language(
    old: Mapping[Language, ReadSection], new: Mapping[Language, ReadSection], language: Language
) -> tuple[ReadSection | None, ReadSection | None]:
    """Both texts in the reader's language; else in the first that has both, or one of them."""
    chosen = max([language, *Language], key=lambda one: (one in old) + (one in new))
    return old.get(chosen), new.get(chosen)


def _words_of(section: ReadSection | None, with_heading: bool) -> str:
    if section is None:
        return ""
    own = text_of(section.own_words) if section.own_words else ""
    parts = (section.heading if with_heading else "", section.text, own)
    return "\n".join(part.strip() for part in parts if part.strip())


def difference(before: str, after: str) -> list[Piece]:
    """`before` and `after` word by word, in time that grows with their length only."""
    # a last word without a space behind it would run into the one that was taken out there
    return _joined(_matched(f"{before.strip()}\n", f"{after.strip()}\n", (LINE, WORD)))


def _matched(before: str, after: str, grains: Sequence[re.Pattern[str]]) -> Iterator[Piece]:
    """The runs of the two texts: those of a coarse grain first, what differs by a finer one."""
    if not before.strip() or not after.strip() or not grains:
        yield from _replaced(before, after)
        return
    grain, *finer = grains
    old, new = grain.findall(before), grain.findall(after)
    if len(old) * len(new) > MOST_PAIRS:
        yield from _replaced(before, after)
        return
    matcher = SequenceMatcher(None, [one.rstrip() for one in old], [one.rstrip() for one in new])
    for what, i, j, k, m in matcher.get_opcodes():
        was, now = "".join(old[i:j]), "".join(new[k:m])
        if what == "equal":
            yield Piece("same", now)
        else:
            yield from _matched(was, now, finer)


def _replaced(before: str, after: str) -> Iterator[Piece]:
    if before.split() == after.split():
        yield Piece("same", after)
        return
    for kind, words in (("taken_out", before), ("put_in", after)):
        if words.strip():
            yield Piece(kind, words)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Runs of one kind as one."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].kind == piece.kind:
            joined[-1] = Piece(piece.kind, joined[-1].words + piece.words)
        else:
            joined.append(piece)
    return joined
