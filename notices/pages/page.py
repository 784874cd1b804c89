"""A notice as a page: its first layer, its sections in one language, what the register obeys.

The sections stand in the words of the notice. The first layer and the lists are made from the
clauses, so they say what the program does.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from notices.models import Clause, Notice, Section
from notices.offering import rights_under
from notices.terms import (
    FROM_OTHERS,
    ClauseKind,
    CookieUse,
    DataCategory,
    DisclosureGround,
    Language,
    LegalBasis,
    Purpose,
    RecipientKind,
    Right,
    SectionKey,
    TransferTool,
)

Clauses = Mapping[str, Sequence[Clause]]

#: Which rights each section of rights tells about.
RIGHTS_TOLD = {
    SectionKey.ACCESS: (Right.ACCESS,),
    SectionKey.PORTABILITY: (Right.PORTABILITY,),
    SectionKey.RECTIFICATION: (Right.RECTIFICATION,),
    SectionKey.RESTRICTION: (Right.RESTRICTION,),
    SectionKey.OBJECTION: (Right.OBJECTION, Right.PROHIBITION),
    SectionKey.COMPLAINT: (Right.COMPLAINT,),
    SectionKey.OTHER_RIGHTS: (Right.ERASURE,),
}


@dataclass(frozen=True)
class ShownSection:
    """A section as a reader of one language is shown it, and the rights that it tells about."""

    section: Section
    is_translated: bool
    rights: list[Right]

    @property
    def language_name(self) -> str:
        return str(Language(self.section.language).label)


@dataclass(frozen=True)
class RightToUse:
    """A right, and where on the page it is told; without a place it is asked for at once."""

    right: Right
    anchor: str


@dataclass(frozen=True)
class FirstLayer:
    """What a reader must know before reading on (WP260): why, which rights, what may surprise."""

    purposes: list[str]
    rights: list[RightToUse]
    surprises: list[str]


@dataclass(frozen=True)
class Page:
    """What a reader of one language is shown."""

    language: str
    title: str
    title_language: str
    sections: list[ShownSection]
    clauses: dict[str, list[Clause]]
    first_layer: FirstLayer
    #: what may be objected to because of one's own situation (art. 21(1))
    by_legitimate_interest: list[str]

    @property
    def can_object(self) -> bool:
        """Whether anything but marketing, which can always be forbidden, can be objected to."""
        return any(one.right == Right.OBJECTION for one in self.first_layer.rights)

    @property
    def untranslated(self) -> list[str]:
        """The names of the languages that stand in for the reader's own."""
        shown = [one.language_name for one in self.sections if not one.is_translated]
        return list(dict.fromkeys(shown))

    @property
    def is_translated(self) -> bool:
        """Whether anything of the notice is in the reader's language."""
        return not self.sections or any(one.is_translated for one in self.sections)


def page_of(notice: Notice, language: str) -> Page:
    """The page of `notice` for a reader of `language`, which must be the active one.

    A section that has no text in that language is shown in the first language of the notice that
    has it (V05). The sections keep the order of the notice itself.
    """
    by_place: dict[int, list[Section]] = defaultdict(list)
    for section in notice.sections.all():
        by_place[section.position].append(section)
    order = [language, *notice.languages, *Language.values]
    shown = [_in_best_language(texts, order) for _place, texts in sorted(by_place.items())]
    titles = [one for one in shown if one.key == SectionKey.TITLE and one.heading]
    clauses = _clauses_by_kind(notice)
    told = _rights_told(shown, clauses)
    return Page(
        language=language,
        title=titles[0].heading if titles else "",
        title_language=titles[0].language if titles else language,
        sections=[
            ShownSection(one, one.language == language, told[one.position])
            for one in shown
            if one.key != SectionKey.TITLE
        ],
        clauses=clauses,
        first_layer=FirstLayer(
            purposes=[clause.label for clause in clauses[ClauseKind.PURPOSE]],
            rights=[RightToUse(right, _anchor_of(right, shown, told)) for right in _given(clauses)],
            surprises=surprises(clauses),
        ),
        by_legitimate_interest=[
            clause.label
            for clause in clauses[ClauseKind.PURPOSE]
            if clause.legal_basis == LegalBasis.LEGITIMATE_INTEREST
        ],
    )


def _in_best_language(texts: Iterable[Section], order: Sequence[str]) -> Section:
    """The text in the first language of `order`; one that says something before one that does
    not, for an empty translation is none."""
    return min(texts, key=lambda one: (not one.says_something, order.index(one.language)))


def _clauses_by_kind(notice: Notice) -> dict[str, list[Clause]]:
    clauses: dict[str, list[Clause]] = {kind: [] for kind in ClauseKind.values}
    for clause in notice.clauses.select_related("section"):
        clause.notice = notice
        clauses[clause.kind].append(clause)
    return clauses


def _rights_told(shown: Iterable[Section], clauses: Clauses) -> dict[int, list[Right]]:
    """The rights that the section at each place tells about, of those that the notice gives, in
    the order of the vocabulary."""
    promised: dict[int, set[str]] = defaultdict(set)
    for clause in clauses[ClauseKind.RIGHT]:
        if clause.section:
            promised[clause.section.position].add(clause.term)
    given = _given(clauses)
    told: dict[int, list[Right]] = {}
    for one in shown:
        usual = RIGHTS_TOLD.get(SectionKey(one.key))
        found = {*usual, *promised[one.position]} if usual else set()
        told[one.position] = [right for right in given if right in found]
    return told


def _given(clauses: Clauses) -> list[Right]:
    return rights_under([one for found in clauses.values() for one in found])


def _anchor_of(right: Right, shown: Iterable[Section], told: Mapping[int, list[Right]]) -> str:
    anchors = [one.anchor for one in shown if right in told[one.position]]
    return anchors[0] if anchors else ""


# --- what may surprise


def surprises(clauses: Clauses) -> list[str]:
    """What a customer would not expect of a register, in sentences of the active language.

    The processing with the most effect on people, and what reaches past an order and its invoice
    (WP260; recitals 39 and 60).
    """
    found = [
        _sources_beyond_the_person(clauses),
        *_uses(clauses),
        *_disclosures(clauses),
        _transfers(clauses),
        *_unusual_data(clauses),
        _cookies(clauses),
        _longest_retention(clauses),
    ]
    return [sentence for sentence in found if sentence]


def _has(clauses: Clauses, kind: ClauseKind, *terms: str) -> bool:
    return any(clause.term in terms for clause in clauses[kind])


def _labels(clauses: Clauses, kind: ClauseKind, terms: Iterable[str]) -> str:
    wanted = set(terms)
    labels = [clause.label for clause in clauses[kind] if clause.term in wanted]
    return ", ".join(dict.fromkeys(labels))


def _sources_beyond_the_person(clauses: Clauses) -> str:
    sources = _labels(clauses, ClauseKind.SOURCE, FROM_OTHERS)
    told = gettext("Some data do not come from you. Other sources: %(sources)s.")
    return sources and told % {"sources": sources}


def _uses(clauses: Clauses) -> Iterable[str]:
    if _has(clauses, ClauseKind.PURPOSE, Purpose.PERSONALISED_CONTENT):
        yield gettext("We choose content for you by what we know about you (profiling).")
    if _has(clauses, ClauseKind.PURPOSE, Purpose.AD_TARGETING):
        yield gettext("We target our own advertising by your data.")
    if _has(clauses, ClauseKind.PURPOSE, Purpose.PUBLICATION):
        yield gettext("We may put you on lists, such as mailing labels. You may forbid it.")


def _disclosures(clauses: Clauses) -> Iterable[str]:
    applies = _has(clauses, ClauseKind.DISCLOSURE, DisclosureGround.CREDIT_APPLICATION)
    decides = _has(clauses, ClauseKind.DISCLOSURE, DisclosureGround.CREDIT_DECISION)
    if decides or (not applies and _has(clauses, ClauseKind.RECIPIENT, RecipientKind.CREDIT)):
        yield gettext("Your data may be given out for a decision on credit.")
    elif applies:
        yield gettext("If you apply for credit, your application goes to whoever grants it.")
    if _has(clauses, ClauseKind.DISCLOSURE, DisclosureGround.COLLECTION) or _has(
        clauses, ClauseKind.RECIPIENT, RecipientKind.COLLECTION_AGENCY
    ):
        yield gettext("An unpaid invoice and the data needed for it may go to debt collection.")


def _transfers(clauses: Clauses) -> str:
    tools = [tool for tool in TransferTool if tool != TransferTool.NONE]
    where = _labels(clauses, ClauseKind.TRANSFER, tools)
    told = gettext("Data may go outside the EU and the EEA: %(where)s.")
    return where and told % {"where": where}


def _unusual_data(clauses: Clauses) -> Iterable[str]:
    if _has(clauses, ClauseKind.DATA, DataCategory.IP_ADDRESS):
        yield gettext("We store IP numbers.")
    if _has(clauses, ClauseKind.DATA, DataCategory.DEMOGRAPHICS):
        yield gettext("We hold data on age, sex and interests.")


def _cookies(clauses: Clauses) -> str:
    uses = _labels(clauses, ClauseKind.COOKIES, (CookieUse.ANALYTICS, CookieUse.MARKETING))
    return uses and gettext("Cookies on our web site: %(uses)s.") % {"uses": uses}


def _longest_retention(clauses: Clauses) -> str:
    # vouchers count from an end of their own: years alone do not tell which rule is the longer
    of_vouchers: list[Clause] = []
    others: list[Clause] = []
    for rule in clauses[ClauseKind.RETENTION]:
        (of_vouchers if rule.is_of_vouchers else others).append(rule)
    longest = [max(rules, key=_months).label for rules in (others, of_vouchers) if rules]
    told = gettext("The longest time that data are kept: %(rule)s.")
    return told % {"rule": "; ".join(longest)} if longest else ""


def _months(rule: Clause) -> int:
    return 12 * (rule.years or 0) + (rule.months or 0)
