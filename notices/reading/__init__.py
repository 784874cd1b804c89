"""Reading an existing notice: bytes in, its words and its promises out, nothing dropped.

reading = read(path.read_bytes())
reading.sections, reading.facts, reading.unplaced, reading.missing()
"""

import re
from dataclasses import replace
from datetime import date
from itertools import takewhile

from notices.terms import SectionKey

from . import toml
from .dates import dated_sentences, drawn_up_and_updated
from .decoding import MAX_BYTES, decode, refuse_too_much
from .errors import UnknownKey, UnreadableNotice
from .facts import facts_of, request_languages_of
from .glossary import fold
from .layout import layout_of
from .markdown import without_signs
from .markup import lines_of
from .names import companies_in
from .paragraphs import sentences, split_items
from .parties import CONTACT_IN_CONTROLLER, HAS_ADDRESS, LEAD_OF_CONTROLLER, NOBODY, party
from .reading import Fact, Party, Reading, ReadSection, paired

__all__ = [
    "MAX_BYTES",
    "Fact",
    "Party",
    "ReadSection",
    "Reading",
    "UnknownKey",
    "UnreadableNotice",
    "paired",
    "read",
    "split_items",
    "words_of_lines",
]

LONGEST_NAME = 200
SAYS_ITS_NAME = re.compile(
    r"(?:rekisterin nimi on|registrets namn är|the name of the (?:register|data file) is)\s+", re.I
)


def read(raw: bytes) -> Reading:
    """Read a notice in any of the forms that small companies publish, or our own TOML.

    Raises UnreadableNotice with a stable code when the bytes are no notice.
    """
    text = decode(raw)
    if toml.is_ours(text):
        return toml.read(text)
    layout = layout_of(text)
    sections, unplaced = paired(layout.sections), layout.unplaced
    refuse_too_much([section.text for section in sections], unplaced)
    drawn_up_on, updated_on = _dates(sections, unplaced)
    controller = _controller(sections, unplaced)
    return Reading(
        register_name=_register_name(sections),
        languages=tuple(dict.fromkeys(section.language for section in sections)),
        drawn_up_on=drawn_up_on,
        updated_on=updated_on,
        controller=controller,
        contact=_contact(sections, unplaced),
        request_languages=request_languages_of(sections),
        facts=facts_of(sections, unplaced, controller.name),
        sections=tuple(sections),
        unplaced=tuple(unplaced),
        markup=layout.markup,
    )


def words_of_lines(lines: str) -> str:
    """The bare words of some lines of a file, for comparison with what was read of them."""
    return fold(" ".join(line.text for line in without_signs(lines_of(lines, wrapped=False))))


def _text(sections: list[ReadSection], key: SectionKey) -> str:
    """The words under a heading, in the language that comes first in the file."""
    return next((section.text for section in sections if section.key == key), "")


def _register_name(sections: list[ReadSection]) -> str | None:
    """The first line of its heading; a whole paragraph there is no name."""
    name = next(iter(_text(sections, SectionKey.REGISTER_NAME).splitlines()), "")
    name = SAYS_ITS_NAME.sub("", name).removesuffix(".")
    return name if 0 < len(name) <= LONGEST_NAME else None


def _dates(sections: list[ReadSection], unplaced: list[str]) -> tuple[date | None, date | None]:
    """What the notice says of its own age under that heading, and what it says elsewhere."""
    own = [f"{one.heading} {one.text}" for one in sections if one.key == SectionKey.DRAWN_UP][:1]
    drawn_up, updated = drawn_up_and_updated("\n".join(own))
    said = [
        sentence
        for text in [*unplaced, *(section.text for section in sections)]
        for sentence in sentences(text)
    ]
    other_drawn_up, other_updated = drawn_up_and_updated(dated_sentences(said))
    return drawn_up or (None if updated else other_drawn_up), updated or other_updated


def _controller(sections: list[ReadSection], unplaced: list[str]) -> Party:
    """Who stands under that heading; else who a sentence says it is: "Rekisterinpitäjä on"."""
    found = party(_without_contact(_text(sections, SectionKey.CONTROLLER)))
    other = _told(sections, unplaced, LEAD_OF_CONTROLLER)
    if found == other == Party():
        return _introduced(sections, unplaced)
    if found.name is None or found.name == other.name:
        return Party(*(mine or its for mine, its in zip(_parts(found), _parts(other), strict=True)))
    return found


def _told(sections: list[ReadSection], unplaced: list[str], lead: re.Pattern[str]) -> Party:
    """Who a sentence under no such heading says it is."""
    lines = [*unplaced, *(section.text for section in sections if section.key == SectionKey.OTHER)]
    for line in (line for text in lines for line in text.splitlines()):
        said = list(sentences(line))
        for place, sentence in enumerate(said):
            if lead.match(sentence):
                more = party(_without_contact(" ".join(said[place:])))
                return replace(party(sentence), phone=more.phone, email=more.email)
    return Party()


def _introduced(sections: list[ReadSection], unplaced: list[str]) -> Party:
    """The one firm with an address that a notice without such a heading begins with."""
    before = takewhile(lambda one: one.key in (SectionKey.TITLE, SectionKey.OTHER), sections)
    lines = [*unplaced, *(one.text for one in before if one.key == SectionKey.OTHER)]
    said = (sentence for text in lines for sentence in sentences(text))
    told = [party(one) for one in said if len(companies_in(one)) == 1 and HAS_ADDRESS.search(one)]
    return told[0] if len({one.name for one in told}) == 1 else Party()


def _parts(one: Party) -> tuple[str | None, ...]:
    return one.name, one.address, one.phone, one.email


def _without_contact(text: str) -> str:
    """The controller's words up to where they name the contact person."""
    start = CONTACT_IN_CONTROLLER.search(text)
    return text[: start.start()] if start and start.start() else text


def _contact(sections: list[ReadSection], unplaced: list[str]) -> Party:
    """The contact person, where no such heading stands from among the controller's words."""
    for section in sections:
        if section.key == SectionKey.CONTACT and not NOBODY.match(section.text):
            found = party(section.text)
            return Party(found.name, None, found.phone, found.email)
    for text in (_text(sections, SectionKey.CONTACT), _text(sections, SectionKey.CONTROLLER)):
        if start := CONTACT_IN_CONTROLLER.search(text):
            found = party("\n".join(sentences(text[start.end() :])))
            break
    else:
        found = _told(sections, unplaced, CONTACT_IN_CONTROLLER)
    return Party(found.name, None, found.phone, found.email)
