"""Which rights a notice gives, as they follow from what its purposes rest on (P16; A4)."""

import re
from collections.abc import Iterable

from notices.checking import sayings
from notices.models import Clause, Notice
from notices.reading.said import fold_case
from notices.terms import ClauseKind, LegalBasis, Purpose, Right

#: What portable data are processed on (art. 20(1)(a)).
PORTABLE = frozenset({LegalBasis.CONSENT, LegalBasis.CONTRACT})


def rights_under(clauses: Iterable[Clause]) -> list[Right]:
    """The rights that a notice with these `clauses` gives, in the order of the vocabulary.

    A purpose whose basis the notice does not name takes nobody's right away: what it may rest on
    gives the right (A4). Marketing can be forbidden under every notice: any purpose can become a
    list of addresses (art. 21(2); P65).
    """
    known = list(clauses)
    bases = _bases(known)
    given = {
        Right.PORTABILITY: bool(bases & PORTABLE) or not all(bases),
        Right.OBJECTION: bool(_objectionable(known)) or not all(bases),
        Right.WITHDRAWAL: LegalBasis.CONSENT in bases,
        Right.ANONYMISATION: any(
            one.kind == ClauseKind.RIGHT and one.term == Right.ANONYMISATION for one in known
        ),
    }
    return [right for right in Right if given.get(right, True)]


def objectionable(notice: Notice) -> list[Purpose]:
    """The purposes of `notice` to which article 21(1) lets people object: those that rest on a
    legitimate interest, or on nothing that it names. To advertising article 21(2) applies: that is
    forbidden and not weighed (M01, M02)."""
    return _objectionable(notice.clauses.all())


def _objectionable(clauses: Iterable[Clause]) -> list[Purpose]:
    weighed = {
        one.term
        for one in clauses
        if one.kind == ClauseKind.PURPOSE
        and one.legal_basis in ("", LegalBasis.LEGITIMATE_INTEREST)
    }
    return [one for one in Purpose if one in weighed and one != Purpose.AD_TARGETING]


def _bases(clauses: Iterable[Clause]) -> set[str]:
    """What the purposes rest on, "" for what is not named; "" alone where there is no purpose."""
    return {one.legal_basis for one in clauses if one.kind == ClauseKind.PURPOSE} or {""}


#: "We keep the data of a contact person for as long as the task lasts", in three languages.
KEPT_IN_ROLE = re.compile(
    r"yhteyshenkilö[^.\n]{0,120}(?:säilyt|pidä|tarvit)[^.\n]{0,80}(?:kauan|ajan|aikana)"
    r"|kontaktperson[^.\n]{0,120}(?:behåll|bevara|spara|behöv)[^.\n]{0,80}(?:så länge|under|medan)"
    r"|contact person[^.\n]{0,120}(?:\bkeep|\bkept|\bneed)[^.\n]{0,80}(?:as long as|while|during)"
)


def keeps_contact_people(notice: Notice) -> bool:
    """Whether the words of `notice` promise that data of an organisation's contact person stay for
    as long as that role lasts (P63), also where they say so too absolutely (D25, A4)."""
    return any(
        pattern.search(fold_case(section.text))
        for section in notice.sections.all()
        for pattern in (sayings.BARRED, KEPT_IN_ROLE)
    )
