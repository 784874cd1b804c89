"""What a notice promises, as the choices of a few steps; and the choices, as what it promises.

values = chosen(reading, Step.DATA)            what the step asks, as the notice answers it
reading = promised(reading, Step.DATA, values) the notice, with the answers of the step

Both are pure, and each undoes the other: choices that are put back unchanged change nothing, and
what a step does not ask about stays as it was.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from notices.reading import Fact, Party, Reading, ReadSection
from notices.terms import (
    TERMS,
    WITHOUT_IDENTIFICATION,
    ClauseKind,
    CookieUse,
    DataCategory,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    Purpose,
    RecipientKind,
    RetentionStart,
    SectionKey,
    Statement,
    TransferTool,
)
from notices.writing.sections import home_of

Values: TypeAlias = dict[str, Any]

#: What the writer says by itself: no step asks about it.
NOT_ASKED = frozenset({Statement.AUTHORITY})
ADDRESS = re.compile(r"(?P<street>.*?)[,\s]*(?:FI-)?(?P<postcode>\d{5})\s+(?P<city>\D+)", re.DOTALL)


class Step(TextChoices):
    """The steps of writing a notice, in their order."""

    WHO = "who", _("Who you are")
    DATA = "data", _("Data and their sources")
    PURPOSES = "purposes", _("Purposes")
    SHARING = "sharing", _("Who else gets data")
    RETENTION = "retention", _("How long")
    RIGHTS = "rights", _("Rights and security")


@dataclass(frozen=True)
class Rule:
    """How long some data are kept; no categories means all that no other rule names."""

    start: RetentionStart
    years: int | None = None
    months: int | None = None
    categories: tuple[DataCategory, ...] = ()
    inactive_months: int | None = None


@dataclass(frozen=True)
class Transfer:
    """Data that go outside the EU and the EEA: on what ground, to whom, to which country."""

    tool: TransferTool
    name: str = ""
    country: str = ""


#: The kinds of clause that each step asks about, and the sections that say them.
KINDS: Mapping[Step, tuple[ClauseKind, ...]] = {
    Step.WHO: (),
    Step.DATA: (ClauseKind.DATA, ClauseKind.SOURCE, ClauseKind.COOKIES),
    Step.PURPOSES: (ClauseKind.PURPOSE,),
    Step.SHARING: (ClauseKind.RECIPIENT, ClauseKind.DISCLOSURE, ClauseKind.TRANSFER),
    Step.RETENTION: (ClauseKind.RETENTION,),
    Step.RIGHTS: (ClauseKind.RIGHT, ClauseKind.STATEMENT),
}
SECTIONS: Mapping[Step, tuple[SectionKey, ...]] = {
    Step.WHO: (
        SectionKey.TITLE,
        SectionKey.DRAWN_UP,
        SectionKey.CONTROLLER,
        SectionKey.CONTACT,
        SectionKey.REGISTER_NAME,
    ),
    Step.DATA: (
        SectionKey.DATA_CATEGORIES,
        SectionKey.DATA_CONTENT,
        SectionKey.SOURCES,
        SectionKey.COOKIES,
    ),
    Step.PURPOSES: (SectionKey.PURPOSE, SectionKey.LEGITIMATE_INTEREST, SectionKey.CONSENT),
    Step.SHARING: (SectionKey.RECIPIENTS, SectionKey.DISCLOSURES, SectionKey.TRANSFERS),
    Step.RETENTION: (SectionKey.RETENTION,),
    Step.RIGHTS: (
        SectionKey.SECURITY_MANUAL,
        SectionKey.SECURITY_ELECTRONIC,
        SectionKey.PROFILING,
        SectionKey.ACCESS,
        SectionKey.PORTABILITY,
        SectionKey.RECTIFICATION,
        SectionKey.RESTRICTION,
        SectionKey.OBJECTION,
        SectionKey.COMPLAINT,
        SectionKey.OTHER_RIGHTS,
    ),
}


# --- from a notice to choices


def is_done(reading: Reading, step: Step) -> bool:
    """Whether a notice already answers what `step` asks."""
    if step == Step.WHO:
        return not reading.missing()
    return any(fact.kind in KINDS[step] for fact in reading.facts)


def next_to_do(reading: Reading) -> Step | None:
    """The first step that a notice does not answer yet, or None when all is answered."""
    return next((step for step in Step if not is_done(reading, step)), None)


def chosen(reading: Reading, step: Step) -> Values:
    """What `step` asks, as the notice answers it."""
    return READERS[step](reading)


def _who(reading: Reading) -> Values:
    street, postcode, city = address_parts(reading.controller.address or "")
    return {
        "languages": reading.languages,
        "request_languages": reading.request_languages,
        "register_name": reading.register_name or "",
        "drawn_up_on": reading.drawn_up_on,
        "updated_on": reading.updated_on,
        "controller_name": reading.controller.name or "",
        "controller_street": street,
        "controller_postcode": postcode,
        "controller_city": city,
        "controller_phone": reading.controller.phone or "",
        "controller_email": reading.controller.email or "",
        "contact_name": reading.contact.name or "",
        "contact_phone": reading.contact.phone or "",
        "contact_email": reading.contact.email or "",
    }


def address_parts(address: str) -> tuple[str, str, str]:
    """Street, postcode and city of a Finnish address; one that has no postcode is all street."""
    if found := ADDRESS.fullmatch(address.strip()):
        return found["street"], found["postcode"], found["city"].strip()
    return address, "", ""


def _data(reading: Reading) -> Values:
    data = reading.facts_of(ClauseKind.DATA)
    called = [fact.called for fact in data if fact.term == DataCategory.ORDERS]
    return {
        "data": _terms(reading, ClauseKind.DATA),
        "called": next((word for word in called if word), str(OrderWord.ORDERS)),
        "sources": _terms(reading, ClauseKind.SOURCE),
        "cookies": _terms(reading, ClauseKind.COOKIES),
    }


def _purposes(reading: Reading) -> Values:
    bases: dict[str, set[LegalBasis | None]] = {}
    for fact in reading.facts_of(ClauseKind.PURPOSE):
        bases.setdefault(fact.term, set()).add(fact.legal_basis)
    return {
        "purposes": {
            # of two bases for one purpose none is the answer: whoever writes the notice chooses
            Purpose(term): next(iter(found)) if len(found) == 1 else None
            for term, found in bases.items()
        }
    }


def _sharing(reading: Reading) -> Values:
    names: dict[RecipientKind, list[str]] = {}
    for fact in reading.facts_of(ClauseKind.RECIPIENT):
        names.setdefault(RecipientKind(fact.term), []).append(fact.name)
    return {
        "recipients": {
            kind: tuple(name for name in found if name) for kind, found in names.items()
        },
        "disclosures": _terms(reading, ClauseKind.DISCLOSURE),
        "transfers": tuple(
            Transfer(TransferTool(fact.term), fact.name, fact.country)
            for fact in reading.facts_of(ClauseKind.TRANSFER)
        ),
    }


def _retention(reading: Reading) -> Values:
    return {"rules": tuple(map(_rule, reading.facts_of(ClauseKind.RETENTION)))}


def _rule(fact: Fact) -> Rule:
    return Rule(
        RetentionStart(fact.term), fact.years, fact.months, fact.categories, fact.inactive_months
    )


def _rights(reading: Reading) -> Values:
    shown = (
        fact
        for fact in reading.facts_of(ClauseKind.RIGHT)
        if fact.term not in WITHOUT_IDENTIFICATION
    )
    ways = {way for fact in shown for way in fact.ways}
    statements = _terms(reading, ClauseKind.STATEMENT)
    return {
        "rights": _terms(reading, ClauseKind.RIGHT),
        "ways": tuple(way for way in Identification if way in ways),
        "statements": tuple(term for term in statements if term not in NOT_ASKED),
    }


def _terms(reading: Reading, kind: ClauseKind) -> tuple[str, ...]:
    """The terms of a kind, each once, in the order of the vocabulary."""
    found = reading.terms_of(kind)
    return tuple(term for term in TERMS[kind] if term in found)


READERS: Mapping[Step, Callable[[Reading], Values]] = {
    Step.WHO: _who,
    Step.DATA: _data,
    Step.PURPOSES: _purposes,
    Step.SHARING: _sharing,
    Step.RETENTION: _retention,
    Step.RIGHTS: _rights,
}


# --- from choices to a notice


def promised(reading: Reading, step: Step, values: Values) -> Reading:
    """The notice with the answers of `step`, and without what they make untrue elsewhere.

    A clause that says the same as before keeps its words and its place; a new one has none yet.
    """
    return _without_orphans(reading, WRITERS[step](reading, values))


def _with_who(reading: Reading, values: Values) -> Reading:
    parts = tuple(values[f"controller_{part}"] for part in ("street", "postcode", "city"))
    address = reading.controller.address
    if parts != address_parts(address or ""):
        place = " ".join(part for part in parts[1:] if part)
        address = ", ".join(part for part in (parts[0], place) if part) or None
    spoken = {
        "languages": _in_order(reading.languages, values["languages"]),
        "request_languages": _in_order(reading.request_languages, values["request_languages"]),
        "register_name": values["register_name"] or None,
        "drawn_up_on": values["drawn_up_on"],
        "updated_on": values["updated_on"],
    }
    return replace(
        _without_languages(reading, spoken["languages"]),
        **spoken,
        controller=Party(
            name=values["controller_name"] or None,
            address=address or None,
            phone=values["controller_phone"] or None,
            email=values["controller_email"] or None,
        ),
        contact=replace(
            reading.contact,
            name=values["contact_name"] or None,
            phone=values["contact_phone"] or None,
            email=values["contact_email"] or None,
        ),
    )


def _in_order(before: Sequence[Language], ticked: Iterable[str]) -> tuple[Language, ...]:
    """The languages ticked: the first stays first, for its text is the one that counts."""
    wanted = [Language(code) for code in ticked]
    kept = [language for language in before if language in wanted]
    return (*kept, *(language for language in wanted if language not in kept))


def _without_languages(reading: Reading, languages: Collection[Language]) -> Reading:
    """Without what the program wrote in a language that is ticked no more; a text of the
    controller's own stays, and is shown again when the language is."""
    gone = set(reading.languages) - set(languages)
    left = [
        place
        for place, section in enumerate(reading.sections)
        if section.language not in gone or not section.written or section.own_words
    ]
    if len(left) == len(reading.sections):
        return reading
    places = {old: new for new, old in enumerate(left)}
    return replace(
        reading,
        sections=tuple(reading.sections[place] for place in left),
        facts=tuple(
            fact if fact.section is None else replace(fact, section=places.get(fact.section))
            for fact in reading.facts
        ),
    )


def _with_data(reading: Reading, values: Values) -> Reading:
    after = _with_terms(reading, ClauseKind.DATA, values["data"])
    after = _with_terms(after, ClauseKind.SOURCE, values["sources"])
    after = _with_terms(after, ClauseKind.COOKIES, values["cookies"])
    if values["called"] == _data(after)["called"]:
        return after
    return _settled(
        after,
        ClauseKind.DATA,
        [
            replace(fact, called=values["called"]) if fact.term == DataCategory.ORDERS else fact
            for fact in _bare_facts(after, ClauseKind.DATA)
        ],
    )


def _with_purposes(reading: Reading, values: Values) -> Reading:
    purposes = values["purposes"]
    if purposes == _purposes(reading)["purposes"]:
        return reading
    after = _with_terms(reading, ClauseKind.PURPOSE, purposes)
    facts = [
        replace(fact, legal_basis=purposes[Purpose(fact.term)] or fact.legal_basis)
        for fact in _bare_facts(after, ClauseKind.PURPOSE)
    ]
    # a purpose that had two bases has one now, and is said once
    return _settled(after, ClauseKind.PURPOSE, list(dict.fromkeys(facts)))


def _with_sharing(reading: Reading, values: Values) -> Reading:
    after = reading
    if values["recipients"] != _sharing(reading)["recipients"]:
        stored = {
            (fact.term, fact.name): fact
            for fact in reversed(_bare_facts(reading, ClauseKind.RECIPIENT))
        }
        recipients = [
            stored.get((kind, name)) or Fact(ClauseKind.RECIPIENT, kind, "", None, name=name)
            for kind in RecipientKind
            if kind in values["recipients"]
            for name in values["recipients"][kind] or ("",)
        ]
        after = _settled(after, ClauseKind.RECIPIENT, recipients)
    after = _with_terms(after, ClauseKind.DISCLOSURE, values["disclosures"])
    transfers = [
        Fact(ClauseKind.TRANSFER, one.tool, "", None, name=one.name, country=one.country)
        for one in values["transfers"]
    ]
    return _settled(after, ClauseKind.TRANSFER, transfers)


def _with_retention(reading: Reading, values: Values) -> Reading:
    rules = [
        Fact(
            ClauseKind.RETENTION,
            rule.start,
            "",
            None,
            years=rule.years,
            months=rule.months,
            categories=rule.categories,
            inactive_months=rule.inactive_months,
        )
        for rule in values["rules"]
    ]
    return _settled(reading, ClauseKind.RETENTION, rules)


def _with_rights(reading: Reading, values: Values) -> Reading:
    before = _rights(reading)["ways"]
    ways = tuple(way for way in Identification if way in values["ways"])
    after = _with_terms(reading, ClauseKind.RIGHT, values["rights"])
    if ways != before or reading.terms_of(ClauseKind.RIGHT) != after.terms_of(ClauseKind.RIGHT):
        known = set(reading.terms_of(ClauseKind.RIGHT)) if ways == before else set()
        facts = [
            fact
            if fact.term in WITHOUT_IDENTIFICATION or fact.term in known
            else replace(fact, ways=ways)
            for fact in _bare_facts(after, ClauseKind.RIGHT)
        ]
        after = _settled(after, ClauseKind.RIGHT, facts)
    kept = [term for term in NOT_ASKED if reading.promises(ClauseKind.STATEMENT, term)]
    return _with_terms(after, ClauseKind.STATEMENT, [*values["statements"], *kept])


WRITERS: Mapping[Step, Callable[[Reading, Values], Reading]] = {
    Step.WHO: _with_who,
    Step.DATA: _with_data,
    Step.PURPOSES: _with_purposes,
    Step.SHARING: _with_sharing,
    Step.RETENTION: _with_retention,
    Step.RIGHTS: _with_rights,
}


def _bare(fact: Fact) -> Fact:
    """What the program obeys of a fact, without the words that say it."""
    return replace(fact, words="", section=None, under_other_heading=False)


def _bare_facts(reading: Reading, kind: ClauseKind) -> list[Fact]:
    return [_bare(fact) for fact in reading.facts_of(kind)]


def _with_terms(reading: Reading, kind: ClauseKind, terms: Collection[str]) -> Reading:
    """Exactly `terms` of a kind: those that stand there stay as they are, new ones stand in the
    order of the vocabulary."""
    order = TERMS[kind].values
    facts = [fact for fact in _bare_facts(reading, kind) if fact.term in terms]
    for term in sorted(set(terms) - {fact.term for fact in facts}, key=order.index):
        later = (
            place for place, fact in enumerate(facts) if order.index(fact.term) > order.index(term)
        )
        facts.insert(next(later, len(facts)), Fact(kind, TERMS[kind](term), "", None))
    return _settled(reading, kind, facts)


def _settled(reading: Reading, kind: ClauseKind, wanted: Sequence[Fact]) -> Reading:
    """The facts of a kind, as `wanted` says them; one that says the same keeps its words."""
    before = reading.facts_of(kind)
    if list(map(_bare, before)) == list(wanted):
        return reading
    unused = list(before)
    facts = []
    for fact in wanted:
        same = next((one for one in unused if _bare(one) == fact), None)
        if same is not None:
            unused.remove(same)
        facts.append(same or fact)
    first = next(
        (place for place, fact in enumerate(reading.facts) if fact.kind == kind),
        len(reading.facts),
    )
    others = [fact for fact in reading.facts if fact.kind != kind]
    place = sum(fact.kind != kind for fact in reading.facts[:first])
    return replace(reading, facts=(*others[:place], *facts, *others[place:]))


# --- what one choice means for another


def rests_on_consent(reading: Reading) -> bool:
    """Whether a purpose or a cookie needs the consent of the person (art. 6(1)(a); 917/2014
    s. 205)."""
    return any(
        fact.legal_basis == LegalBasis.CONSENT for fact in reading.facts_of(ClauseKind.PURPOSE)
    ) or reading.promises(ClauseKind.COOKIES, CookieUse.ANALYTICS, CookieUse.MARKETING)


def _without_orphans(before: Reading, after: Reading) -> Reading:
    """Without what the change made untrue: a period for data that are kept no more, and "no
    consent" where a purpose now needs it."""
    gone = set(before.terms_of(ClauseKind.DATA)) - set(after.terms_of(ClauseKind.DATA))
    facts = [fact for one in after.facts if (fact := _without_data(one, gone))]
    if rests_on_consent(after) and not rests_on_consent(before):
        facts = [fact for fact in facts if fact.term != Statement.NO_CONSENT]
    return after if facts == list(after.facts) else replace(after, facts=tuple(facts))


def _without_data(fact: Fact, gone: Collection[str]) -> Fact | None:
    categories = tuple(category for category in fact.categories if category not in gone)
    if categories == fact.categories:
        return fact
    # a rule that named its data never becomes one for all the others
    return replace(_bare(fact), categories=categories) if categories else None


def given_up(before: Reading, after: Reading, step: Step) -> list[Fact]:
    """Clauses that the answers of `step` made untrue, though the step does not ask about them."""
    asked = set(KINDS[step])
    left = list(map(_bare, after.facts))
    return [fact for fact in before.facts if fact.kind not in asked and _bare(fact) not in left]


# --- the text beside the clauses


def is_own_text(section: ReadSection) -> bool:
    """Whether the controller wrote a section, so that the program leaves it alone."""
    return not section.written and not section.empty


def own_keys(reading: Reading) -> frozenset[SectionKey]:
    """The sections that stand in the controller's own text, in one language or more."""
    return frozenset(section.key for section in reading.sections if is_own_text(section))


def is_written(reading: Reading) -> bool:
    """Whether the program writes this notice: then a section that is missing is written too."""
    return any(section.written for section in reading.sections) or not reading.sections


def keys_to_write(reading: Reading, ticked: Iterable[SectionKey] = ()) -> frozenset[SectionKey]:
    """The sections that follow the clauses: of the steps that are answered, all but the
    controller's own; and those that were ticked."""
    answered = {key for step in Step if is_done(reading, step) for key in SECTIONS[step]}
    if is_written(reading):
        following = answered
    else:
        following = {section.key for section in reading.sections if section.written}
    return frozenset((following - own_keys(reading)) | set(ticked))


def differing(before: Reading, after: Reading) -> list[SectionKey]:
    """Sections in the controller's own text whose clauses are no longer the same as `before`."""
    own = own_keys(after)
    gone = _places(set(before.facts) - set(after.facts), before)
    come = _places(set(after.facts) - set(before.facts), after)
    changed = gone | come
    if before.controller != after.controller:
        changed.add(SectionKey.CONTROLLER)
    if before.contact != after.contact:
        changed.add(SectionKey.CONTACT)
    if before.register_name != after.register_name:
        changed.add(SectionKey.REGISTER_NAME)
    return [key for key in SectionKey if key in changed & own]


def _places(facts: Iterable[Fact], reading: Reading) -> set[SectionKey]:
    return {place_of(fact, reading) for fact in facts}


def place_of(fact: Fact, reading: Reading) -> SectionKey:
    """The section that says a fact; for one that stands nowhere yet, the section that should."""
    return home_of(fact) if fact.section is None else reading.sections[fact.section].key


def unsaid(reading: Reading) -> list[Fact]:
    """What the program obeys although no section of the notice says it."""
    return [fact for fact in reading.facts if fact.section is None]
