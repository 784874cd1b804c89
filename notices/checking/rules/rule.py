"""What a rule is: an id, a weight and a law, put once to the function that looks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from notices.checking.finding import Finding, Severity
from notices.checking.text import Flaw, NoticeText

Law = Callable[[], str]
Look = Callable[[NoticeText], Iterable[Flaw]]

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True)
class Rule:
    """One thing to look for; `severity` is what a flaw weighs that says nothing else itself."""

    id: str
    severity: Severity
    law: Law
    look: Look

    def findings(self, notice: NoticeText) -> Iterator[Finding]:
        """What the rule finds in a notice, in the active language."""
        for flaw in self.look(notice):
            yield Finding(
                id=self.id,
                severity=Severity(flaw.severity or self.severity),
                section=flaw.section,
                words=flaw.words,
                message=flaw.message,
                advice=flaw.advice,
                law=self.law(),
                place=flaw.place,
                language=flaw.language,
            )


def rule(id: str, severity: Severity, law: Law) -> Callable[[Look], Rule]:
    """Makes a rule of the function that looks."""
    return lambda look: Rule(id, severity, law, look)


def gdpr(*articles: str) -> Law:
    """Articles of the General Data Protection Regulation, as the active language cites them."""
    if len(articles) == 1:
        return lambda: gettext("GDPR, article %(article)s") % {"article": articles[0]}
    return lambda: gettext("GDPR, articles %(articles)s") % {"articles": ", ".join(articles)}


def identity_code_law() -> str:
    """Who may process personal identity codes, and what for."""
    return gettext("Data Protection Act (1050/2018), section 29")


def cookie_law() -> str:
    """What a web site may store on the visitor's device (K01)."""
    return gettext("Act on Electronic Communications Services (917/2014), section 205")
