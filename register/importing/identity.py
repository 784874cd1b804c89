"""Whether two names can be one customer's, of who share an e-mail address or phone number."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from register.models.words import closed, fold, same_words

from .names import is_legal_form

#: About somebody else who is reached in the same way: never merged.
OTHER_KIND, OTHER_NAME = "other_kind", "other_name"
OTHERS = (OTHER_KIND, OTHER_NAME)
#: The columns of a name, of customers and of staged rows.
NAMES = ("given_name", "family_name", "organisation_name")
_WORD = re.compile(r"[^\W_]+")


class Named(NamedTuple):
    """The parts of a name, as they stand in `NAMES`."""

    given: str
    family: str
    organisation: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Named":
        return cls(*(row[name] or "" for name in NAMES))

    @property
    def key(self) -> tuple[bool, str]:
        """The same of names that are spelt alike."""
        return _key(self)


@lru_cache(8192)
def _key(name: Named) -> tuple[bool, str]:
    return bool(name.organisation), closed("".join(name))


def other_than(one: Named, known: Named, *, by_email: bool) -> str:
    """Why `one` cannot be `known`, as a code; empty where it can. Who has no name can be anybody.

    People marry: with `by_email`, who has the same given name may have another family name. Behind
    one phone number that is somebody else.
    """
    if one == known or not any(one) or not any(known) or one.key == known.key:
        return ""
    if bool(one.organisation) != bool(known.organisation):
        return OTHER_KIND
    if one.organisation:
        is_same = _is_one_organisation(one.organisation, known.organisation)
    else:
        is_same = _is_one_person(one, known, by_email)
    return "" if is_same else OTHER_NAME


def _is_one_organisation(one: str, other: str) -> bool:
    """ "Koe" and "Koe Oy" are one; "Koe Oy" and "Koe Ky", or "Koe Puutarha Oy", are two."""
    shorter, longer = sorted([fold(one).split(), fold(other).split()], key=len)
    rest = longer[len(shorter) :]
    return closed(" ".join(longer[: len(shorter)])) == closed(" ".join(shorter)) and all(
        map(is_legal_form, rest)
    )


def _is_one_person(one: Named, other: Named, by_email: bool) -> bool:
    if same_words(f"{one.given} {one.family}", f"{other.given} {other.family}"):
        return True
    # an initial, or one of several, is the same person's
    given, longer = sorted([one.given, other.given], key=lambda name: len(closed(name)))
    if not closed(longer).startswith(closed(given)) and not shortens(given, longer):
        return False
    if _is_one_family(one.family, other.family):
        return True
    return by_email and len((_WORD.findall(fold(given)) or [""])[0]) > 1


def _is_one_family(one: str, other: str) -> bool:
    """ "Äijälä", "Äijälä-Elo" and "Ä." can be one person's, as an empty one can."""
    shorter, longer = sorted([_WORD.findall(fold(one)), _WORD.findall(fold(other))], key=len)
    return all(any(_is_one_word(word, its) for its in longer) for word in shorter)


def _is_one_word(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


def shortens(one: str, known: str) -> bool:
    """Whether `one` says less of a name than `known`: "A." of "Aino", "Anna M." of "Anna Maria"."""
    words, its = _WORD.findall(fold(one)), _WORD.findall(fold(known))
    return (
        0 < len(words) <= len(its)
        and words != its
        and all(word == full or word == full[0] for word, full in zip(words, its, strict=False))
        and any(len(word) == 1 < len(full) for word, full in zip(words, its, strict=False))
    )
