"""Why data are processed, and on what legal basis (art. 13(1)(c)-(d), 13(2)(c), 13(2)(e))."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from notices.checking import sayings
from notices.checking.rules.rule import ERROR, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText, absent, spoken
from notices.reading import ReadSection
from notices.terms import (
    ClauseKind,
    CookieUse,
    LegalBasis,
    Purpose,
    SectionKey,
    SourceKind,
    Statement,
)

PURPOSE, INTEREST = SectionKey.PURPOSE, SectionKey.LEGITIMATE_INTEREST


@rule("13(1)(c)", ERROR, gdpr("13(1)(c)"))
def no_purpose(notice: NoticeText) -> Iterator[Flaw]:
    """Nothing says what the data are for."""
    if not notice.facts(ClauseKind.PURPOSE) and not notice.answers(sayings.PURPOSE):
        yield absent(
            PURPOSE,
            _("The notice does not say what the data are used for."),
            _("List each purpose, such as handling orders, with its legal basis."),
        )


@rule("D06", ERROR, gdpr("13(1)(c)", "13(1)(d)"))
def no_legal_basis(notice: NoticeText) -> Iterator[Flaw]:
    """No legal basis anywhere (A6)."""
    if not _bases(notice) and not _says_basis(notice):
        yield absent(
            PURPOSE,
            _("The notice does not say on what legal basis the data are processed."),
            _("Say for each purpose whether it rests on a contract, consent, a legal obligation or "
              "legitimate interest."),
        )  # fmt: skip


def _bases(notice: NoticeText) -> set[LegalBasis]:
    return {f.legal_basis for f in notice.facts(ClauseKind.PURPOSE) if f.legal_basis}


def _says_basis(notice: NoticeText) -> bool:
    """Said in a sentence, or as a word under a heading that asks for the basis."""
    if notice.answers(sayings.BASIS):
        return True
    return any(
        sayings.ABOUT_BASIS.search(section.heading.casefold())
        and sayings.BASIS_WORD.search(section.text.casefold())
        for _place, section in notice.sections
    )


@rule("P16", WARNING, gdpr("6(1)", "13(1)(c)"))
def purposes_without_basis(notice: NoticeText) -> Iterator[Flaw]:
    """Each purpose has exactly one basis, of which the rights that apply depend."""
    facts = notice.facts(ClauseKind.PURPOSE)
    without = [
        Purpose(fact.term)
        for fact in facts
        if not fact.legal_basis and not sayings.BASIS.search(notice.line_of(fact))
    ]
    if without and (_bases(notice) or _says_basis(notice)):
        names = ", ".join(str(purpose.label) for purpose in without)
        yield absent(
            PURPOSE,
            _("It is not said on which legal basis these rest: %(purposes)s.")
            % {"purposes": names},
            _("Write the legal basis after each purpose."),
        )


@rule("D13", ERROR, gdpr("6(1)", "13(1)(d)"))
def interest_that_is_none(notice: NoticeText) -> Iterator[Flaw]:
    """“Legitimate interest” answered with a contract, or with a word beside a contract."""
    section = notice.section(INTEREST)
    if not section or section[1].empty:
        return
    text = notice.text_of(INTEREST)
    if sayings.INTEREST_WORD.search(text):
        return
    if sayings.CONTRACT_OR_CONSENT.search(text):
        message = _("The heading asks for a legitimate interest, but the answer is another basis.")
    elif _rests_on_contract_only(notice):
        message = _("This names a legitimate interest, but elsewhere the basis is only a contract.")
    else:
        return
    yield notice.at(*section).flaw(
        message,
        _("Choose one basis for each purpose, and describe the interest where it is that basis."),
    )


def _rests_on_contract_only(notice: NoticeText) -> bool:
    others = "\n".join(
        one.folded for one in notice.own if not one.section or one.section.key != INTEREST
    )
    return bool(
        sayings.CONTRACT_OR_CONSENT.search(others)
        and not sayings.LEGITIMATE_INTEREST.search(others)
        and LegalBasis.LEGITIMATE_INTEREST not in _bases(notice)
    )


@rule("13(1)(d)", WARNING, gdpr("13(1)(d)"))
def interest_untold(notice: NoticeText) -> Iterator[Flaw]:
    """Legitimate interest is a basis, but of what interest?"""
    section = notice.section(INTEREST)
    told = section is not None and not section[1].empty
    if told or not notice.answers(sayings.LEGITIMATE_INTEREST):
        return
    if LegalBasis.LEGITIMATE_INTEREST in _bases(notice):
        return  # tied to a purpose, which tells what the interest is in
    if not notice.answers(sayings.INTEREST_TOLD) and not _interest_explained(notice):
        yield absent(
            INTEREST,
            _("The processing rests on legitimate interest, but the interest is not described."),
            _("Say what the interest is, such as keeping in touch with your customers."),
        )


def _interest_explained(notice: NoticeText) -> bool:
    """Whether a line that names legitimate interest says more than the name."""
    return any(
        sayings.LEGITIMATE_INTEREST.search(line) and len(line.split()) >= EXPLAINS
        for line in notice.body.splitlines()
    )


EXPLAINS = 12


@rule("D40", ERROR, gdpr("6(1)(b)", "6(1)(f)", "13(1)(d)"))
def contact_people_have_no_contract(notice: NoticeText) -> Iterator[Flaw]:
    """The contract is with the organisation, not with its contact person."""
    if LegalBasis.LEGITIMATE_INTEREST in _bases(notice):
        return
    if notice.answers(sayings.LEGITIMATE_INTEREST):
        return
    for one in notice.telling(sayings.CONTACT_PEOPLE):
        yield one.flaw(
            _("The contract is with the organisation, so it is no basis for the data of its "
              "contact people."),
            _("Name legitimate interest as the basis for contact people, and say what it is."),
        )  # fmt: skip
        return


@rule("D17", ERROR, gdpr("13(2)(e)"))
def giving_data_asked(notice: NoticeText) -> Iterator[Flaw]:
    """A heading asks whether the data must be given; nothing answers."""
    if _says_about_giving(notice):
        return
    for one in notice.find(sayings.ASKS_ABOUT_GIVING, notice.headings):
        yield one.flaw(
            _("The heading asks whether the data must be given, but the text does not answer."),
            _giving_advice(),
        )
        return


@rule("13(2)(e)", ERROR, gdpr("13(2)(e)"))
def giving_data_untold(notice: NoticeText) -> Iterator[Flaw]:
    """Nothing says whether the data must be given."""
    asked = any(sayings.ASKS_ABOUT_GIVING.search(one.folded) for one in notice.headings)
    if not asked and not _says_about_giving(notice):
        yield absent(
            PURPOSE,
            _("The notice does not say whether the data must be given, and what follows if not."),
            _giving_advice(),
        )


def _giving_advice() -> str:
    return _("Say which data a law or a contract demands, and what happens without them.")


def _says_about_giving(notice: NoticeText) -> bool:
    return notice.answers(sayings.GIVING_DATA) or notice.promises(
        ClauseKind.STATEMENT,
        Statement.NEEDED_FOR_CONTRACT,
        Statement.GIVEN_FREELY,
        Statement.DEMANDED_BY_LAW,
    )


@rule("D14", ERROR, gdpr("6(1)(a)", "7"))
def consent_answered_wrongly(notice: NoticeText) -> Iterator[Flaw]:
    """“Consent” empty, or answered with a contract, while something here needs consent."""
    section = notice.section(SectionKey.CONSENT)
    if not section:
        return
    needed = needs_consent(notice)
    if section[1].empty:
        yield notice.at(*section).flaw(
            _("Nothing stands under the heading on consent."),
            _consent_advice(),
            ERROR if needed else WARNING,
        )
    elif needed and _denies_consent(notice):
        yield notice.at(*section).flaw(
            _("The notice says that no consent is needed, but its cookies or its electronic "
              "marketing need it."),
            _consent_advice(),
        )  # fmt: skip


def _consent_advice() -> str:
    return _("Say what rests on consent and how to withdraw it, or that nothing does.")


def _denies_consent(notice: NoticeText) -> bool:
    text = notice.text_of(SectionKey.CONSENT)
    return bool(sayings.NO_CONSENT.search(text)) and not sayings.WITHDRAWAL.search(text)


def needs_consent(notice: NoticeText) -> bool:
    """Whether something in the notice may be done with consent only (917/2014 s. 200, 205)."""
    return bool(
        uses_more_than_necessary(notice)
        or any(
            sayings.E_MARKETING.search(one.folded) and not sayings.NOT_USED.search(one.folded)
            for one in notice.own
        )
        or LegalBasis.CONSENT in _bases(notice)
        or _names_consent_as_basis(notice)
    )


def _names_consent_as_basis(notice: NoticeText) -> bool:
    """Whether a section that tells the basis lists consent: "- henkilön suostumus"."""
    return bool(sayings.BASIS.search(notice.text_of(PURPOSE))) and any(
        sayings.CONSENT_AS_BASIS.search(one.folded) and not sayings.DENIED.search(one.folded)
        for one in notice.under(PURPOSE)
    )


def uses_more_than_necessary(notice: NoticeText) -> bool:
    """Whether the site uses cookies that it could do without."""
    if notice.promises(ClauseKind.COOKIES, CookieUse.ANALYTICS, CookieUse.MARKETING):
        return True
    return any(
        sayings.BEYOND_NECESSARY.search(one.folded) and not sayings.NOT_USED.search(one.folded)
        for one in notice.own
    )


@rule("13(2)(c)", ERROR, gdpr("13(2)(c)", "7(3)"))
def withdrawal_untold(notice: NoticeText) -> Iterator[Flaw]:
    """Consent is needed, but nothing tells how to take it back."""
    if not (needs_consent(notice) or _cookies_are_a_source(notice)):
        return
    if not notice.answers(sayings.WITHDRAWAL):
        yield absent(
            SectionKey.CONSENT,
            _("The notice does not say that consent can be withdrawn at any time."),
            _("Write that consent can be withdrawn at any time, how, and that it is as easy as "
              "giving it."),
        )  # fmt: skip


def _cookies_are_a_source(notice: NoticeText) -> bool:
    sources = notice.facts(ClauseKind.SOURCE)
    return any(
        fact.term == SourceKind.COOKIES and sayings.COOKIES.search(fact.words.casefold())
        for fact in sources
    ) and not notice.promises(ClauseKind.COOKIES, CookieUse.NECESSARY, CookieUse.NONE)


@rule("V01-empty", WARNING, gdpr("12(1)"))
def nothing_under_a_heading(notice: NoticeText) -> Iterator[Flaw]:
    """A heading with nothing under it, where no other rule speaks of it (A1)."""
    sections = notice.reading.sections
    for place, section in enumerate(sections):
        if _stands_over_others(sections[place : place + 2]):
            continue
        if spoken(section).empty and section.heading and section.key not in OWN_RULE:
            yield notice.at(place, section).flaw(
                _("Nothing stands under this heading."),
                _("Write what belongs here, or that it does not apply and why."),
            )


def _stands_over_others(pair: Sequence[ReadSection]) -> bool:
    """Whether a heading is one over others: "Protection: A. Paper", "Your rights: Access"."""
    first, last = pair[0], pair[-1]
    if first.language != last.language or spoken(last).empty:
        return False
    return any(first.key == over and last.key in under for over, under in PARTS.items())


PARTS = {
    SectionKey.SECURITY_ELECTRONIC: (SectionKey.SECURITY_MANUAL, SectionKey.OTHER),
    SectionKey.SECURITY_MANUAL: (SectionKey.SECURITY_ELECTRONIC, SectionKey.OTHER),
    SectionKey.OTHER_RIGHTS: (
        SectionKey.ACCESS,
        SectionKey.RECTIFICATION,
        SectionKey.PORTABILITY,
        SectionKey.RESTRICTION,
        SectionKey.OBJECTION,
        SectionKey.COMPLAINT,
    ),
}
#: An unknown heading over nothing may be one over other headings.
OWN_RULE = {
    SectionKey.TITLE,
    SectionKey.OTHER,
    SectionKey.CONSENT,
    SectionKey.PROFILING,
    SectionKey.COOKIES,
}
