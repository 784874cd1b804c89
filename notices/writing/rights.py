"""The sections on rights (arts 12, 15-22, 77, 79): what each person has, asked or not."""

from collections.abc import Iterator

from notices.authority import authority
from notices.reading import Reading
from notices.terms import ClauseKind, DataCategory, Identification, LegalBasis, Right, Statement

from .blocks import Block, Said, items, paragraph
from .pen import Pen


def access(pen: Pen) -> Iterator[Block]:
    """Art. 15; and how any request is made, shown to be one's own, answered (art. 12; D24)."""
    reading = pen.reading
    yield paragraph(pen.say("access.right", pen.right(Right.ACCESS)), pen.say("access.what"))
    yield paragraph(pen.say("request.intro"))
    yield items(
        (
            pen.say("request.form"),
            pen.say_if(pen.email, "request.email", "email"),
            pen.say_if(pen.phone, "request.phone", "phone"),
            pen.say_if(reading.controller.address, "request.letter", "address"),
        )
    )
    yield paragraph(pen.say("request.free"), _languages(pen, reading))
    yield from _ways(pen)
    yield paragraph(pen.say("request.not_required"), pen.say("request.doubt"))
    yield paragraph(
        pen.say("request.answer"), pen.say("request.free_of_charge"), pen.say("request.reasons")
    )
    yield paragraph(pen.say("request.same"))


def _languages(pen: Pen, reading: Reading) -> Said | None:
    if not reading.request_languages:
        return None
    asked = dict.fromkeys(reading.request_languages)
    spoken = pen.texts.listed((pen.texts(f"language.{code}") for code in asked), "or")
    return pen.say("request.languages", languages=spoken)


def _ways(pen: Pen) -> Iterator[Block]:
    ways = pen.ways(Right.ACCESS)
    if ways == (Identification.WRITTEN,):
        yield paragraph(pen.say("way_short.only_written"))
    elif ways:
        yield paragraph(pen.say("request.ways"))
        yield items(pen.say(f"way.{way}") for way in ways)


def _enough(pen: Pen, right: Right) -> Said | None:
    """A5: sufficient ways, in one sentence."""
    ways = pen.ways(right)
    if not ways:
        return None
    if ways == (Identification.WRITTEN,):
        return pen.say("way_short.only_written")
    said = pen.texts.listed((pen.texts(f"way_short.{way}") for way in ways), "or")
    return pen.say("way_short.sentence", ways=said)


def portability(pen: Pen) -> Iterator[Block]:
    """Art. 20: only what was provided, on contract or consent, by automated means (O01)."""
    bases = (LegalBasis.CONTRACT, LegalBasis.CONSENT)
    only = [basis for basis in bases if pen.resting_on(basis)]
    yield paragraph(
        pen.say("portability.right", pen.right(Right.PORTABILITY)),
        pen.say(f"portability.{only[0] if len(only) == 1 else 'both'}"),
        pen.say("portability.how"),
        _enough(pen, Right.PORTABILITY),
    )
    if pen.has_contacts or pen.resting_on(LegalBasis.LEGITIMATE_INTEREST):
        yield paragraph(pen.say("portability.legitimate_interest"))


def rectification(pen: Pen) -> Iterator[Block]:
    """Arts 16, 19; P54-P60."""
    yield paragraph(
        pen.say("rectification.right", pen.right(Right.RECTIFICATION)),
        pen.say("rectification.how"),
        _enough(pen, Right.RECTIFICATION),
    )
    yield paragraph(pen.say("rectification.told"))


def restriction(pen: Pen) -> Iterator[Block]:
    """Art. 18: four grounds and no other (S01), and what it means (S02, S05)."""
    yield paragraph(pen.say("restriction.right", pen.right(Right.RESTRICTION)))
    grounds = ("accuracy", "unlawful", "claim", "objection")
    yield items(pen.say(f"restriction.{ground}") for ground in grounds)
    yield paragraph(
        pen.say("restriction.meaning"),
        pen.say("restriction.told"),
        _enough(pen, Right.RESTRICTION),
    )


def objection(pen: Pen) -> Iterator[Block]:
    """Art. 21: marketing first and by itself (21(4), M03), then the particular situation."""
    yield paragraph(
        pen.say("objection.prohibition", pen.right(Right.PROHIBITION)),
        pen.say("objection.at_once"),
    )
    yield paragraph(
        pen.say("objection.right", pen.right(Right.OBJECTION)),
        pen.say("objection.how"),
        _enough(pen, Right.OBJECTION),
    )


def complaint(pen: Pen) -> Iterator[Block]:
    """Art. 77 (D42), with the authority's own contact details (P64, D03)."""
    named = authority(pen.language)
    yield paragraph(
        pen.say("complaint.right", pen.right(Right.COMPLAINT)),
        pen.say("complaint.where"),
        pen.say("complaint.authority", pen.of(ClauseKind.STATEMENT, Statement.AUTHORITY)),
    )
    parts = ("visiting_address", "postal_address", "phone", "email", "website")
    details = (pen.say(f"complaint.{part}", **{part: getattr(named, part)}) for part in parts)
    yield items((Said(named.name), *details))


def other_rights(pen: Pen) -> Iterator[Block]:
    """Art. 17 and what prevents it (P30), anonymisation (P66), what a prohibition covers (P52),
    and the way to court (art. 79)."""
    yield paragraph(
        pen.say("erasure.right", pen.right(Right.ERASURE)),
        pen.say("erasure.blocks"),
        _enough(pen, Right.ERASURE),
    )
    if anonymisation := pen.right(Right.ANONYMISATION):
        has_orders = pen.promises(ClauseKind.DATA, DataCategory.ORDERS)
        yield paragraph(
            pen.say("anonymisation.right", anonymisation),
            pen.say("anonymisation.orders") if has_orders else None,
            pen.say("anonymisation.blocks"),
        )
    yield paragraph(pen.say("prohibition.scopes"))
    yield paragraph(pen.say("remedy.court"))
