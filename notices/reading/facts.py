"""What the words of a notice promise, each fact with the sentence or item that says it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from notices.terms import (
    ClauseKind,
    DataCategory,
    DisclosureGround,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    Purpose,
    RecipientKind,
    Right,
    SectionKey,
    SourceKind,
)

from . import recognisers
from .glossary import place_of_whole
from .markup import LIST_MARK
from .names import companies_in, name_beside, services_in
from .paragraphs import split_segments
from .reading import Fact, ReadSection
from .recognisers import Table
from .retention import retention_of
from .said import (
    Said,
    fact_of,
    first_of_each,
    fold_case,
    language_of,
    marked_elsewhere,
    said_in,
    under,
)
from .statements import NO_COOKIES, cookies_of, statements_of, transfers_of

OWN_SECTION = {
    SectionKey.ACCESS: Right.ACCESS,
    SectionKey.PORTABILITY: Right.PORTABILITY,
    SectionKey.RECTIFICATION: Right.RECTIFICATION,
    SectionKey.RESTRICTION: Right.RESTRICTION,
    SectionKey.OBJECTION: Right.OBJECTION,
    SectionKey.COMPLAINT: Right.COMPLAINT,
}
# Each sentence is tried on every table; a notice has some two hundred.
MOST_SENTENCES = 10_000
#: Retention rules and recipients, of which a notice has a dozen; their words all stay in the text.
MOST_OF_A_KIND = 200
#: A section that names so many rights is about them, whatever its heading.
MANY_RIGHTS = 4
RIGHTS_SECTIONS = (*OWN_SECTION, SectionKey.OTHER_RIGHTS)


#: What a person demands; a complaint goes to the authority, and a prohibition needs no proof.
DEMANDED = frozenset(Right) - {Right.COMPLAINT, Right.PROHIBITION}
LEADS_IN = re.compile(r"^(?:kun|jos|mikäli|när|om|when|if)\b[^,]{3,90},\s")
#: A part of a sentence before the conjunction that leads to the next: "(sopimus) sekä ".
ENDS_IN_BRACKETS = re.compile(r"\)[\s.,;]{0,3}\w{0,6}[\s.,;]{0,3}$")


def facts_of(
    sections: Sequence[ReadSection], unplaced: Sequence[str], controller: str | None
) -> tuple[Fact, ...]:
    """All that is recognised, by kind and then in the order of the vocabulary (A2, A3)."""
    said = list(islice(said_in(sections, unplaced), MOST_SENTENCES))
    return (
        *_data(said),
        *_purposes(said, sections),
        *_sources(said),
        *_recipients(said, controller)[:MOST_OF_A_KIND],
        *_disclosures(said),
        *_rights(said, sections),
        *retention_of(said)[:MOST_OF_A_KIND],
        *transfers_of(said),
        *cookies_of(said),
        *statements_of(said),
    )


def request_languages_of(sections: Sequence[ReadSection]) -> tuple[Language, ...]:
    """The languages in which the notice invites requests (P50)."""
    text = fold_case("\n".join(s.text for s in sections if _is_about_rights(s)))
    invited = " ".join(invitation[0] for invitation in recognisers.INVITES.finditer(text))
    found = ((p.search(invited), language) for language, p in recognisers.REQUEST_LANGUAGES)
    return tuple(language for match, language in found if match)


def _data(said: list[Said]) -> list[Fact]:
    """What the list of data names (P20), then what only another heading does (P17, P39-P46)."""
    home = under(said, SectionKey.DATA_CONTENT)
    declared = list(_categories(home))
    elsewhere = [
        *_categories(under(said, SectionKey.DATA_CATEGORIES)),
        *_named(
            ClauseKind.DATA,
            recognisers.SITE_DATA,
            (
                one
                for one in under(said, SectionKey.COOKIES, SectionKey.OTHER)
                if not recognisers.NOT_COLLECTED.search(one.folded)
                and not NO_COOKIES.search(one.folded)
            ),
        ),
    ]
    if not home:
        elsewhere += _categories(one for one in said if recognisers.COLLECTS.search(one.folded))
    return first_of_each(DataCategory, [*declared, *marked_elsewhere(elsewhere)])


def _categories(said: Iterable[Said]) -> Iterator[Fact]:
    for one in said:
        lead = LEADS_IN.match(one.folded)
        is_only_lead = lead is not None and not recognisers.COLLECTS.search(lead[0])
        text = one.folded[lead.end() :] if lead and is_only_lead else one.folded
        if _names_no_data(text):
            continue
        found = set(_categories_in(text, one.section.language))
        if recognisers.CONTACT_DETAILS.search(text):
            found |= _all_or_none(recognisers.CONTACT_CATEGORIES, found)
        for category in DataCategory:
            if category in found:
                called = _called(text) if category == DataCategory.ORDERS else ""
                yield replace(fact_of(ClauseKind.DATA, category, one), called=called)


def _all_or_none(categories: Sequence[DataCategory], found: set[DataCategory]) -> set[DataCategory]:
    """What "contact details" stand for: all three, unless the same words name one of them."""
    return set(categories) if found.isdisjoint(categories) else set()


def _names_no_data(text: str) -> bool:
    """What is not collected, how long something is kept, and what only leads to a list."""
    return bool(
        recognisers.NOT_COLLECTED.search(text)
        or recognisers.TELLS_USE.search(text)
        or recognisers.OF_A_THING.search(text)
        or any(period["number"] for period in recognisers.PERIOD.finditer(text))
        or (text.endswith(":") and "," not in text)
    )


def _categories_in(text: str, language: Language) -> Iterator[DataCategory]:
    rest = text
    for category, pattern in recognisers.DATA[language]:
        rest, count = pattern.subn("|", rest)
        if count and category:
            yield category


def _called(folded: str) -> str:
    """The controller's own word for an order, where it is another one (A2: 003)."""
    for word, pattern in recognisers.ORDER_WORDS:
        if pattern.search(folded):
            return "" if word == OrderWord.ORDERS else str(word)
    return ""


def _purposes(said: list[Said], sections: Sequence[ReadSection]) -> list[Fact]:
    told = under(said, SectionKey.PURPOSE)
    facts = list(_named(ClauseKind.PURPOSE, recognisers.PURPOSES, told))
    based = [replace(fact, legal_basis=_own_basis(fact, sections)) for fact in facts]
    of_notice = _basis_of_all(said, {fact.legal_basis for fact in based} - {None})
    purposes = first_of_each(Purpose, [*(fact for fact in based if fact.legal_basis), *based])
    return [
        fact
        if fact.legal_basis
        else replace(fact, legal_basis=_basis_told_after(fact, told) or of_notice)
        for fact in purposes
    ]


def _own_basis(fact: Fact, sections: Sequence[ReadSection]) -> LegalBasis | None:
    """What the words that tell a purpose say of its basis."""
    language = language_of(fact, sections)
    return (
        _basis_of_sentence(fact, language)
        or _basis_of_part(fact, language)
        or _basis_of_item(fact, sections)
    )


def _basis_of_all(said: list[Said], own: set[LegalBasis | None]) -> LegalBasis | None:
    """The one basis that the notice names; what it says of one purpose is said of no other.

    Where purposes have bases of their `own`, a sentence about something that is no purpose here
    ("Kirjanpito perustuu lakiin") says nothing of the rest either.
    """
    about = under(said, SectionKey.PURPOSE, SectionKey.LEGITIMATE_INTEREST, SectionKey.CONSENT)
    bases = [
        basis
        for one in about
        if not recognisers.SAYS_BASIS_OF_REST.match(one.folded)
        if recognisers.SAYS_BASIS_OF_ALL.search(one.folded)
        or not recognisers.PURPOSES.terms(one.folded, one.section.language)
        for basis in _bases(one.words, one.section.language)
    ]
    one = _only([*bases, *_bases_under_heading(about)])
    plainly = any(recognisers.SAYS_BASIS_OF_ALL.search(one.folded) for one in about)
    return one if plainly or not own - {one} else None


def _bases_under_heading(about: list[Said]) -> Iterator[LegalBasis]:
    """What is all that stands under "Käsittelyn oikeusperuste": "Sopimus."."""
    previous = ("", -1)
    for one in about:
        heading = previous[0] if previous[1] == one.index else one.section.heading
        previous = (one.words, one.index or 0)
        asks = recognisers.ASKS_BASIS.search(fold_case(heading)) and place_of_whole(heading)
        if asks and not recognisers.STATES_BASIS.search(one.folded):
            yield from recognisers.LEGAL_BASES.terms(one.folded, one.section.language)


def _basis_told_after(fact: Fact, told: list[Said]) -> LegalBasis | None:
    """The basis of the next sentence that is about what was said before it.

    "Hoidamme tilaukset. Käsittely perustuu sopimukseen. Markkinointi perustuu suostumukseen."
    """
    index = next((i for i, one in enumerate(told) if one.words == fact.words), len(told))
    for one in told[index + 1 :]:
        bases = _bases(one.words, one.section.language)
        if bases or one.index != fact.section:
            is_of_all = recognisers.SAYS_BASIS_OF_ALL.search(one.folded)
            purposes = recognisers.PURPOSES.terms(one.folded, one.section.language)
            of_another = _item_of(one.words, one.section)  # an item speaks of itself
            return _only(bases) if is_of_all and not purposes and not of_another else None
    return None


def _basis_of_sentence(fact: Fact, language: Language) -> LegalBasis | None:
    """The one basis of a sentence; consent told late in it is about its own part only.

    "Asiakassuhteen hoitaminen sekä suostumuksella markkinointi"
    """
    basis = _only(_bases(fact.words, language, own=True))
    if basis != LegalBasis.CONSENT:
        return basis
    parts = [fold_case(fact.words[start:end]) for start, end in split_segments(fact.words)]
    late = [part for part in parts[1:] if recognisers.BY_CONSENT.search(part)]
    about = {term for part in late for term in recognisers.PURPOSES.terms(part, language)}
    return basis if not about or fact.term in about else None


def _basis_of_part(fact: Fact, language: Language) -> LegalBasis | None:
    """What the part with the purpose says, or the brackets behind it and its neighbours:
    "varaukset, tilaukset ja laskutus (sopimus) sekä uutiskirje (suostumus)"."""
    parts = [fact.words[start:end] for start, end in split_segments(fact.words)]
    terms = recognisers.PURPOSES.terms
    first = next(
        (i for i, one in enumerate(parts) if fact.term in terms(fold_case(one), language)), None
    )
    if first is None:
        return None
    for place, part in enumerate(parts[first:]):
        if bases := _bases(part, language, own=True):
            return _only(bases) if not place or ENDS_IN_BRACKETS.search(part) else None
    return None


def _basis_of_item(fact: Fact, sections: Sequence[ReadSection]) -> LegalBasis | None:
    """What the rest of a list item says: "- Hoidamme tilaukset. Peruste on sopimus."."""
    if fact.section is None:
        return None
    section = sections[fact.section]
    return _only(_bases(_item_of(fact.words, section), section.language, own=True))


def _item_of(words: str, section: ReadSection) -> str:
    """The list item in which words stand; nothing where they stand in none."""
    items = (line for line in section.text.splitlines() if LIST_MARK.match(line))
    return next((item for item in items if words in item), "")


def _bases(words: str, language: Language, *, own: bool = False) -> list[LegalBasis]:
    folded = fold_case(words)
    states = recognisers.STATES_BASIS.search(folded)
    if not states and not (own and recognisers.STATES_ITS_BASIS.search(folded)):
        return []
    return recognisers.LEGAL_BASES.terms(folded, language)


def _only(bases: Iterable[LegalBasis]) -> LegalBasis | None:
    """One basis, or none: a purpose has exactly one (P16), and the reader does not choose."""
    found = set(bases)
    return found.pop() if len(found) == 1 else None


def _sources(said: list[Said]) -> list[Fact]:
    named = _named(ClauseKind.SOURCE, recognisers.SOURCES, under(said, SectionKey.SOURCES))
    return first_of_each(SourceKind, named)


def _recipients(said: list[Said], controller: str | None) -> list[Fact]:
    kind = ClauseKind.RECIPIENT
    implied = under(
        said,
        SectionKey.DISCLOSURES,
        SectionKey.PURPOSE,
        SectionKey.SOURCES,
        SectionKey.COOKIES,
        SectionKey.OTHER,
    )
    given = [
        one
        for one in [
            *under(said, SectionKey.DISCLOSURES),
            *(
                one
                for one in under(said, SectionKey.OTHER)
                if recognisers.SPEAKS_OF_RECIPIENTS.search(one.folded)
            ),
        ]
        if not recognisers.DENIES_DISCLOSURE.search(one.folded)
        or recognisers.MAKES_EXCEPTION.search(one.folded)
    ]
    named = [
        *_recipients_in(under(said, SectionKey.RECIPIENTS), controller),
        *marked_elsewhere(_recipients_in(given, controller)),
        *marked_elsewhere(_named(kind, recognisers.IMPLIED_RECIPIENTS, implied)),
    ]
    return _each_name(named)


def _recipients_in(said: Iterable[Said], controller: str | None) -> Iterator[Fact]:
    """The recipients of each sentence; a firm belongs to the part that names it."""
    for one in said:
        terms = recognisers.RECIPIENTS.terms(one.folded, one.section.language)
        names = [(name, at) for name, at in companies_in(one.words) if name != controller]
        services = _services_in(one, names)
        known = {name for _kind, name in services}
        found = [
            (term, name)
            for term in terms
            for name in _names_of(term, one, names, terms)
            if name not in known
        ]
        found += services
        named = {term for term, name in found if name}
        for term, name in found:
            if name or term not in named:
                yield replace(fact_of(ClauseKind.RECIPIENT, term, one), name=name)


def _services_in(one: Said, names: list[tuple[str, int]]) -> list[tuple[RecipientKind, str]]:
    """Well-known services, each in the full name of its firm where the sentence gives that."""
    firms = [firm for firm, _at in names]
    return list(
        dict.fromkeys(
            (kind, next((firm for firm in firms if name in firm), name))
            for kind, name in services_in(one.words)
        )
    )


def _names_of(
    term: RecipientKind, one: Said, names: list[tuple[str, int]], terms: list[RecipientKind]
) -> list[str]:
    """The names in the parts that speak of `term`, and in those after that speak of nobody."""
    found: list[str] = []
    speaks: list[RecipientKind] = []
    for start, end in split_segments(one.words):
        part = one.words[start:end]
        speaks = recognisers.RECIPIENTS.terms(fold_case(part), one.section.language) or speaks
        if term in speaks:
            inside = [name for name, at in names if start <= at < end]
            beside = name_beside(part.strip(" ,;"))
            found += inside or ([beside] if beside else [])
    if not found and len(names) == 1 and len(terms) == 1:
        found = [names[0][0]]
    return found or [""]


def _each_name(facts: Iterable[Fact]) -> list[Fact]:
    """Each recipient once: a kind without a name only where none of that kind has one."""
    found: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        found.setdefault((fact.term, fact.name), fact)
    named = {term for term, name in found if name}
    return [
        fact
        for kind in RecipientKind
        for (term, name), fact in found.items()
        if term == kind and (name or term not in named)
    ]


def _disclosures(said: list[Said]) -> list[Fact]:
    kind, table = ClauseKind.DISCLOSURE, recognisers.DISCLOSURES
    elsewhere = [
        one
        for one in under(said, SectionKey.SOURCES, SectionKey.OTHER)
        if recognisers.SPEAKS_OF_DISCLOSURE.search(one.folded)
    ]
    named = [
        *_named(kind, table, under(said, SectionKey.DISCLOSURES)),
        *marked_elsewhere(_named(kind, table, elsewhere)),
    ]
    return first_of_each(DisclosureGround, named)


def _rights(said: list[Said], sections: Sequence[ReadSection]) -> list[Fact]:
    """The rights that the notice names, each with the ways that it calls enough (P48-P67)."""
    home = [one for one in said if _is_about_rights(one.section)]
    elsewhere = [
        one
        for one in under(
            said,
            SectionKey.PURPOSE,
            SectionKey.SOURCES,
            SectionKey.DISCLOSURES,
            SectionKey.RETENTION,
            SectionKey.OTHER,
        )
        if not _is_about_rights(one.section)
    ]
    named = list(_named(ClauseKind.RIGHT, recognisers.RIGHTS, home))
    by_own_heading = [fact for fact in named if _is_at_home(fact, sections)]
    facts = first_of_each(
        Right,
        [
            *by_own_heading,
            *named,
            *_by_heading(sections),
            *marked_elsewhere(_named(ClauseKind.RIGHT, recognisers.RIGHTS, elsewhere)),
        ],
    )
    told = [(one, _rights_told(one)) for one in home]
    ways = {
        fact.term: _ways([one for one, rights in told if fact.term in rights])
        if fact.term in DEMANDED
        else ()
        for fact in facts
    }
    if any(recognisers.SAME_WAYS.search(one.folded) for one in home):
        same = ways.get(Right.ACCESS, ())
        ways = {term: own or (same if term in DEMANDED else ()) for term, own in ways.items()}
    return [replace(fact, ways=ways[fact.term]) for fact in facts]


def _is_about_rights(section: ReadSection) -> bool:
    """Whether a section stands among the rights, or its heading names one of them."""
    if section.key in RIGHTS_SECTIONS:
        return True
    if section.key != SectionKey.OTHER:
        return False
    named = _rights_in(section.text, section.language)
    return bool(_rights_of(section)) or len(named) >= MANY_RIGHTS


def _is_at_home(fact: Fact, sections: Sequence[ReadSection]) -> bool:
    return fact.section is not None and OWN_SECTION.get(sections[fact.section].key) == fact.term


def _by_heading(sections: Sequence[ReadSection]) -> Iterator[Fact]:
    """A heading names its right even where the text below speaks of others (D12)."""
    for index, section in enumerate(sections):
        if _is_about_rights(section) and not section.empty:
            for right in _rights_of(section):
                yield Fact(ClauseKind.RIGHT, right, section.heading, index)


def _ways(said: list[Said]) -> tuple[Identification, ...]:
    about = [
        one
        for one in said
        if not recognisers.ABOUT_REFUSAL.search(one.folded)
        and not recognisers.NOT_ASKED.search(one.folded)
        and not recognisers.ABOUT_PROHIBITION.search(one.folded)
    ]
    ways = {
        way for one in about for way in recognisers.WAYS.terms(one.folded, one.section.language)
    }
    if _written_is_enough(about, ways):
        ways.add(Identification.WRITTEN)
    return tuple(way for way in Identification if way in ways)


def _rights_told(one: Said) -> Sequence[Right]:
    """The rights that a sentence is about requests for: by its heading or by its own words.

    What a section about several rights says of requests is said of all that it names.
    """
    language = one.section.language
    return (
        _rights_of(one.section)
        or recognisers.RIGHTS.terms(one.folded, language)
        or _rights_in(one.section.text, language)
    )


# the sentences of a section come one after another
@lru_cache(maxsize=8)
def _rights_in(text: str, language: Language) -> tuple[Right, ...]:
    return tuple(recognisers.RIGHTS.terms(fold_case(text), language))


def _rights_of(section: ReadSection) -> list[Right]:
    """The right a section is about; a heading may name two of them."""
    by_heading = _rights_in(section.heading, section.language)
    own = OWN_SECTION.get(section.key)
    return [*by_heading, own] if own else list(by_heading)


def _written_is_enough(about: list[Said], ways: set[Identification]) -> bool:
    """Where nothing more is asked, or the other way is only another choice (003, P55)."""
    written = [
        one for one in about if recognisers.WRITTEN[one.section.language].matches(one.folded)
    ]
    if any(recognisers.ASKS_WHO.search(one.folded) for one in about):
        return False
    if ways & {Identification.SIGNATURE, Identification.PROVEN_EMAIL}:
        return False
    if ways:
        return any(
            recognisers.OR_ELSE.search(one.folded)
            and recognisers.WAYS.terms(one.folded, one.section.language)
            for one in written
        )
    return bool(written)


def _named(kind: ClauseKind, table: Table[str], said: Iterable[Said]) -> Iterator[Fact]:
    for one in said:
        for term in table.terms(one.folded, one.section.language):
            yield fact_of(kind, term, one)
