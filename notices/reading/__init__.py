"""Reading an existing notice: bytes in, its words and its promises out, nothing dropped.

reading = read(path.read_bytes())
reading.sections, reading.facts, reading.unplaced, reading.missing()
"""

from notices.terms import SectionKey

from . import toml
from .dates import drawn_up_and_updated
from .decoding import MAX_BYTES, decode
from .errors import UnknownKey, UnreadableNotice
from .facts import facts_of, request_languages_of
from .layout import sections_of
from .paragraphs import split_items
from .parties import party
from .reading import Fact, Party, Reading, ReadSection

__all__ = [
    "MAX_BYTES",
    "Fact",
    "Party",
    "ReadSection",
    "Reading",
    "UnknownKey",
    "UnreadableNotice",
    "read",
    "split_items",
]

LONGEST_NAME = 200


def read(raw: bytes) -> Reading:
    """Read a notice in any of the forms that small companies publish, or our own TOML.

    Raises UnreadableNotice with a stable code when the bytes are no notice.
    """
    text = decode(raw)
    if toml.is_ours(text):
        return toml.read(text)
    sections, unplaced = sections_of(text)
    drawn_up_on, updated_on = drawn_up_and_updated(_words_on_dates(sections, unplaced))
    return Reading(
        register_name=_register_name(sections),
        languages=tuple(dict.fromkeys(section.language for section in sections)),
        drawn_up_on=drawn_up_on,
        updated_on=updated_on,
        controller=party(_text(sections, SectionKey.CONTROLLER)),
        contact=_without_address(party(_text(sections, SectionKey.CONTACT))),
        request_languages=request_languages_of(sections),
        facts=facts_of(sections),
        sections=tuple(sections),
        unplaced=tuple(unplaced),
    )


def _text(sections: list[ReadSection], key: SectionKey) -> str:
    """The words under a heading, in the language that comes first in the file."""
    return next((section.text for section in sections if section.key == key), "")


def _register_name(sections: list[ReadSection]) -> str | None:
    """The first line of its heading; a whole paragraph there is no name."""
    name = next(iter(_text(sections, SectionKey.REGISTER_NAME).splitlines()), "")
    return name if 0 < len(name) <= LONGEST_NAME else None


def _words_on_dates(sections: list[ReadSection], unplaced: list[str]) -> str:
    """What the notice says of its own age; without that heading, what comes before any."""
    for section in sections:
        if section.key == SectionKey.DRAWN_UP:
            return f"{section.heading} {section.text}"
    return "\n".join(unplaced)


def _without_address(contact: Party) -> Party:
    return Party(contact.name, None, contact.phone, contact.email)
