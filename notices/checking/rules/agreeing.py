"""Whether the controller's own text says what the clauses say (V01, art. 5(1)(a)).

The register obeys the clauses, and people read the text. What was read agrees with its clauses, and
the program writes its own sections anew whenever they change; somebody who changes the clauses, or
the text, by hand can part the two.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notices.checking.agreement import told_otherwise
from notices.checking.rules.rule import ERROR, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText
from notices.reading import Fact
from notices.terms import TERMS, ClauseKind

#: What people rely on most; of the rest a difference is told, and stops nobody.
WEIGHTY = frozenset(ClauseKind) - {ClauseKind.SOURCE, ClauseKind.COOKIES, ClauseKind.STATEMENT}


@rule("V01-words", ERROR, gdpr("5(1)(a)"))
def text_against_clauses(notice: NoticeText) -> Iterator[Flaw]:
    """A section in the controller's own text that promises what no clause holds."""
    for facts in told_otherwise(notice.reading).values():
        if facts[0].section in notice.asides:
            continue
        yield notice.said_by(facts[0]).flaw(
            _("The text says: %(what)s. The clauses, which the register obeys, say otherwise.")
            % {"what": ", ".join(dict.fromkeys(map(what_of, facts)))},
            _("Choose which of them is true: the text is written anew, or the clauses follow it."),
            ERROR if any(fact.kind in WEIGHTY for fact in facts) else WARNING,
        )


def what_of(fact: Fact) -> str:
    """A promise in words: its kind, and a retention rule with its length."""
    term = str(TERMS[fact.kind](fact.term).label)
    if fact.kind == ClauseKind.RETENTION:
        term = _("%(length)s from %(start)s") % {"length": _length(fact), "start": term}
    elif fact.ways:
        term = f"{term} ({', '.join(str(way.label) for way in fact.ways)})"
    elif fact.name:
        term = f"{fact.name} ({term})"
    return f"{fact.kind.label}: {term}"


def _length(fact: Fact) -> str:
    years, months = fact.years or 0, fact.months or 0
    parts = [
        ngettext("%(count)s year", "%(count)s years", years) % {"count": years},
        ngettext("%(count)s month", "%(count)s months", months) % {"count": months},
    ]
    return " ".join(part for part, count in zip(parts, (years, months), strict=True) if count)
