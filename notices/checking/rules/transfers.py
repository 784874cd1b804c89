"""Transfers outside the EU and the EEA (art. 13(1)(f), 44-49; P29)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from notices.checking import known, sayings
from notices.checking.rules.rule import ERROR, WARNING, gdpr, rule
from notices.checking.text import Flaw, NoticeText, Said, absent
from notices.terms import ClauseKind, SectionKey, TransferTool

TOOLS = (TransferTool.ADEQUACY, TransferTool.STANDARD_CLAUSES, TransferTool.EXCEPTION)


def names_tool(notice: NoticeText) -> bool:
    """Whether the notice says on what its transfers rest (art. 45-49)."""
    return notice.answers(sayings.SAFEGUARD) or notice.promises(ClauseKind.TRANSFER, *TOOLS)


@rule("D16", ERROR, gdpr("13(1)(f)", "44"))
def services_from_outside(notice: NoticeText) -> Iterator[Flaw]:
    """A service whose provider is outside the EU, and no word of what the transfer rests on."""
    if names_tool(notice):
        return
    used = [one for one in notice.sentences if not sayings.NOT_USED.search(one.folded)]
    for one in _first_of_each(notice, used):
        yield one.flaw(
            _("“%(service)s” sends data outside the EU, but the notice names neither the country "
              "nor the safeguards.") % {"service": one.words},
            _("Leave the service out, or name it as a recipient with its country and safeguards."),
        )  # fmt: skip


def _first_of_each(notice: NoticeText, used: list[Said]) -> Iterator[Said]:
    seen = set()
    for one in notice.find(known.SERVICES_OUTSIDE, used):
        if one.folded not in seen:
            seen.add(one.folded)
            yield one


@rule("D22", WARNING, gdpr("13(1)(f)", "44"))
def open_ended_transfer(notice: NoticeText) -> Iterator[Flaw]:
    """“Not transferred unless necessary”: no country, no tool."""
    if names_tool(notice):
        return
    for one in notice.telling(sayings.TRANSFER, notice.sentences):
        if sayings.UNLESS.search(one.folded):
            yield one.flaw(
                _("This leaves open whether data are transferred outside the EU, where to, and on "
                  "what safeguards."),
                _("Say that no data are transferred, or name the country and the safeguards."),
            )  # fmt: skip


@rule("13(1)(f)", WARNING, gdpr("13(1)(f)"))
def transfers_untold(notice: NoticeText) -> Iterator[Flaw]:
    """Not a word on transfers."""
    if not notice.answers(sayings.OUTSIDE_EU) and not notice.facts(ClauseKind.TRANSFER):
        yield absent(
            SectionKey.TRANSFERS,
            _("The notice does not say whether data are transferred outside the EU and the EEA."),
            _("Say that no data are transferred, or name the country and the safeguards."),
        )
