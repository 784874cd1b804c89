"""Where a first notice starts: what a typical sole trader does with customers' data."""

from collections.abc import Iterable

from notices.reading import Fact, Party, Reading
from notices.terms import (
    WITHOUT_IDENTIFICATION,
    ClauseKind,
    CookieUse,
    DataCategory,
    Identification,
    Language,
    LegalBasis,
    Purpose,
    RecipientKind,
    RetentionStart,
    Right,
    SourceKind,
    Statement,
    TransferTool,
)

WAYS = (Identification.SIGNATURE, Identification.PROVEN_EMAIL, Identification.IN_PERSON)
TERMS: tuple[tuple[ClauseKind, tuple[str, ...]], ...] = (
    (
        ClauseKind.DATA,
        (
            DataCategory.NAME,
            DataCategory.EMAIL,
            DataCategory.POSTAL_ADDRESS,
            DataCategory.PHONE,
            DataCategory.ORDERS,
        ),
    ),
    (
        ClauseKind.SOURCE,
        (SourceKind.REGISTRATION, SourceKind.CUSTOMER_NOTICE, SourceKind.PURCHASE),
    ),
    (ClauseKind.RECIPIENT, (RecipientKind.OWN_STAFF, RecipientKind.ACCOUNTING)),
    (ClauseKind.TRANSFER, (TransferTool.NONE,)),
    (ClauseKind.COOKIES, (CookieUse.NONE,)),
    (
        ClauseKind.STATEMENT,
        (
            Statement.AUTHORITY,
            Statement.NO_OFFICER,
            Statement.NO_AUTOMATED_DECISIONS,
            Statement.NEEDED_FOR_CONTRACT,
            Statement.NO_CONSENT,
            Statement.NO_PUBLIC_SOURCES,
            Statement.UNDERTAKINGS,
            Statement.PERSONAL_ACCOUNTS,
            Statement.NO_PAPER,
        ),
    ),
)
#: P16: one basis each.
PURPOSES = (
    (Purpose.MAINTAIN, LegalBasis.LEGITIMATE_INTEREST),
    (Purpose.ORDERS, LegalBasis.CONTRACT),
    (Purpose.RELATIONSHIP, LegalBasis.CONTRACT),
)


def starting_point(languages: Iterable[Language]) -> Reading:
    """What a typical sole trader promises, in no words yet; who the controller is, is missing."""
    spoken = tuple(map(Language, languages))
    return Reading(
        register_name=None,
        languages=spoken,
        drawn_up_on=None,
        updated_on=None,
        controller=Party(),
        contact=Party(),
        request_languages=spoken,
        facts=tuple(usual_facts()),
        sections=(),
    )


def usual_facts() -> list[Fact]:
    """The clauses of a typical sole trader, by kind and in the order of the vocabulary.

    Data go three years after the relationship, an order three years after it was made: a debt
    prescribes in three (E05). Vouchers need no rule: bookkeeping keeps them by law (T15).
    """
    plain = {kind: [Fact(kind, term, "", None) for term in terms] for kind, terms in TERMS}
    plain[ClauseKind.PURPOSE] = [
        Fact(ClauseKind.PURPOSE, purpose, "", None, legal_basis=basis)
        for purpose, basis in PURPOSES
    ]
    plain[ClauseKind.RIGHT] = [
        Fact(
            ClauseKind.RIGHT, right, "", None, ways=() if right in WITHOUT_IDENTIFICATION else WAYS
        )
        for right in Right
        # that a consent can be taken back is told with the purposes that rest on it
        if right != Right.WITHDRAWAL
    ]
    plain[ClauseKind.RETENTION] = [
        _rule(RetentionStart.RELATIONSHIP_END, years=3, inactive_months=24),
        _rule(RetentionStart.ORDER, years=3, categories=(DataCategory.ORDERS,)),
    ]
    return [fact for kind in ClauseKind for fact in plain.get(kind, [])]


def _rule(
    start: RetentionStart,
    *,
    years: int,
    categories: tuple[DataCategory, ...] = (),
    inactive_months: int | None = None,
) -> Fact:
    return Fact(
        ClauseKind.RETENTION,
        start,
        "",
        None,
        years=years,
        categories=categories,
        inactive_months=inactive_months,
    )
