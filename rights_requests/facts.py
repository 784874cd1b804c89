"""The facts that an erasure waits for, as the person reads them in a letter (E04, E10)."""

from django.utils.formats import date_format
from django.utils.translation import gettext

from register.holds import Block, BlockKind


def in_letter(block: Block) -> str:
    """What keeps the data, and until when, in the active language."""
    sentence = _sentence(block.kind) % {
        "number": block.reference,
        "since": date_format(block.since, "SHORT_DATE_FORMAT") if block.since else "",
    }
    if block.until is None:
        return f"{sentence} {_end(block.kind)}".strip()
    until = date_format(block.until, "SHORT_DATE_FORMAT")
    again = gettext("We look at this again on %(day)s at the latest.") % {"day": until}
    return f"{sentence} {again}"


def _sentence(kind: BlockKind) -> str:
    return {
        BlockKind.OPEN_INVOICE: gettext("Invoice %(number)s is not paid."),
        BlockKind.COLLECTION: gettext(
            "Invoice %(number)s has been in debt collection since %(since)s."
        ),
        BlockKind.LEGAL_CLAIM: gettext("The data are needed for a legal claim."),
        BlockKind.OPEN_REQUEST: gettext(
            "Request %(number)s asks for the data, and has not been answered yet."
        ),
        BlockKind.RESTRICTED: gettext(
            "You have wanted the data kept since %(since)s (request %(number)s)."
        ),
        BlockKind.PAPER: gettext("We have papers of yours, which we shred first."),
        BlockKind.CONTACT_ROLE: gettext("You speak for an organisation that is our customer."),
    }[kind]


def _end(kind: BlockKind) -> str:
    """What ends a fact that ends on no known day."""
    return {
        BlockKind.OPEN_REQUEST: gettext("It keeps the data until it has been answered."),
        BlockKind.RESTRICTED: gettext("We keep them until you tell us that you no longer want it."),
        BlockKind.PAPER: gettext("They keep the data until they have been shredded."),
        BlockKind.CONTACT_ROLE: gettext("That lasts as long as you speak for it."),
    }.get(kind, "")
