"""Who gets the data, and what is said of it in two ways (art. 13(1)(e); P12, P18, P27, P28)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from notices.checking import sayings
from notices.checking.rules.rule import ERROR, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText
from notices.terms import ClauseKind, RecipientKind, SectionKey

RECIPIENTS = SectionKey.RECIPIENTS
#: An authority that asks by law is no recipient (art. 4(9)).
NEED_NO_NAMING = {RecipientKind.AUTHORITY, RecipientKind.OWN_STAFF}


def names_recipients(notice: NoticeText) -> bool:
    """Whether the notice tells who gets data, or that nobody does."""
    section = notice.section(RECIPIENTS)
    named = any(not fact.under_other_heading for fact in notice.facts(ClauseKind.RECIPIENT))
    listed = section is not None and not section[1].empty
    return named or listed or notice.answers(sayings.RECIPIENTS) or _gives_to_somebody(notice)


def _gives_to_somebody(notice: NoticeText) -> bool:
    """Whether a sentence on disclosures says to whom: "puunostajille", "lajiliitolle"."""
    return any(
        sayings.GIVEN_TO.search(one.folded) and not sayings.DENIED.search(one.folded)
        for one in notice.under(SectionKey.DISCLOSURES)
    )


@rule("D20", ERROR, gdpr("13(1)(e)"))
def more_recipients_than_named(notice: NoticeText) -> Iterator[Flaw]:
    """The text speaks of recipients that the list of recipients lacks."""
    section = notice.section(RECIPIENTS)
    if not section or section[1].empty:
        return
    facts = notice.facts(ClauseKind.RECIPIENT)
    named = {fact.term for fact in facts if not fact.under_other_heading}
    lacking = [
        RecipientKind(fact.term)
        for fact in facts
        if fact.under_other_heading and fact.term not in NEED_NO_NAMING | named
    ]
    if lacking:
        names = ", ".join(str(kind.label) for kind in lacking)
        yield notice.at(*section).flaw(
            _("The list of recipients lacks some that the notice speaks of: %(names)s.")
            % {"names": names},
            _("Name every recipient, or every kind of them, in this list."),
            ERROR if len(lacking) > 1 else WARNING,
        )


@rule("D21", WARNING, gdpr("5(1)(a)", "13(1)(e)"))
def given_and_not_given(notice: NoticeText) -> Iterator[Flaw]:
    """“Not disclosed” here, disclosed there."""
    given = next(notice.telling(sayings.GIVEN_AFTER_ALL), None)
    if given is None:
        return
    for one in notice.telling(sayings.NOT_DISCLOSED):
        if sayings.TRANSFER.search(one.folded):
            continue
        yield one.flaw(
            _("This says that data are not given to others, but elsewhere they are."),
            _("Say in one place to whom data are given and why, and nothing else anywhere."),
        )
