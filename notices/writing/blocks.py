"""What a section is made of: sentences that know which facts they say, in paragraphs and lists."""

from collections.abc import Iterable
from dataclasses import dataclass

from notices.reading import Fact
from notices.reading.paragraphs import sentences


@dataclass(frozen=True)
class Said:
    """A sentence, perhaps with its explanation, and the facts that it says."""

    words: str
    facts: tuple[Fact, ...] = ()

    @property
    def promise(self) -> str:
        """The first sentence: the one that says the facts."""
        return next(sentences(self.words), self.words)


@dataclass(frozen=True)
class Block:
    """A paragraph, or a list."""

    said: tuple[Said, ...]
    listed: bool = False

    @property
    def text(self) -> str:
        """The block as `Section.blocks` reads it."""
        words = dict.fromkeys(one.words for one in self.said)
        if self.listed:
            return "\n".join(f"- {item}" for item in words)
        return " ".join(words)


def paragraph(*said: Said | None) -> Block:
    """The sentences that there are, one after another."""
    return Block(tuple(filter(None, said)))


def items(said: Iterable[Said | None]) -> Block:
    """The sentences that there are, as a list."""
    return Block(tuple(filter(None, said)), listed=True)


def text_of(blocks: Iterable[Block]) -> str:
    """Blocks as the text of a section, an empty line between them."""
    return "\n\n".join(filter(None, (block.text for block in blocks)))
