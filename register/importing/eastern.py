"""Which old encodings have the letters of the countries east of here, and when a file is in one.

One byte is a letter in each of them: "ø" here is "ř" there. A file is taken for one of theirs only
where a language of theirs explains more of its letters than any of ours.
"""

from collections import Counter

#: The byte before, the byte beyond ASCII, the byte after.
Places = Counter[tuple[int, int, int]]

#: In whatever language: the names of our own customers stand in every list.
_OURS = "äöüé"
#: Finnish, Swedish, Danish and Norwegian; Icelandic; those of the west and the south.
_WESTERN = (
    "åæøšžàè",
    "åáðíóúýþæ",
    "ßàâáãçèêëìíîïñòóôõùúûœÿ",
)
#: Polish; Czech and Slovak; Hungarian; of the south. Estonian; Latvian; Lithuanian.
EASTERN = {
    "cp1250": (
        "ąćęłńóśźż",
        "áčďěíňóřšťúůýžľô",
        "áíóúőű",
        "čćđšž",
    ),
    "cp1257": (
        "õšž",
        "āčēģīķļņšūž",
        "ąčęėįšųūž",
    ),
}
#: Stand beside letters in every language.
_NEUTRAL = frozenset("’‘´`–-“”„»«·")
#: So much of a text must its language explain, and so much of it must be letters of its own.
_MOST, _OWN = 0.97, 0.1


def eastern_of(seen: Places, western: str) -> tuple[str, bool]:
    """The eastern encoding of a text with the letters `seen`, which reads best as `western` of
    ours: empty where it is ours; and whether a language of theirs explains it as well."""
    ours = max(_explained(seen, western, letters) for letters in _WESTERN)
    best, found = ours, ""
    is_unsure = False
    for name, languages in EASTERN.items():
        for letters in languages:
            share = _explained(seen, name, letters)
            if share < max(_MOST, ours) or _own_share(seen, name, western) < _OWN:
                continue
            is_unsure = is_unsure or share == ours
            if share > best:
                best, found = share, name
    return found, is_unsure and not found


def _explained(seen: Places, encoding: str, letters: str) -> float:
    """How much of what stands in a word or beside one is a letter of the language."""
    known = frozenset((_OURS + letters) + (_OURS + letters).upper())
    inside = good = 0
    for (before, byte, after), count in seen.items():
        letter = _decoded(byte, encoding)
        if letter.isalpha() or (letter not in _NEUTRAL and _stands_in_word(before, after)):
            inside += count
            good += count if letter in known and not _is_odd(letter, before) else 0
    return good / inside if inside else 1.0


def _is_odd(letter: str, before: int) -> bool:
    """A capital after a small letter: "£ódŸ"."""
    return letter.isupper() and chr(before).isascii() and chr(before).islower()


def _stands_in_word(before: int, after: int) -> bool:
    return any(byte > 127 or chr(byte).isalpha() for byte in (before, after))


def _own_share(seen: Places, name: str, western: str) -> float:
    """How many of the letters are others in this encoding than in ours."""
    own = sum(
        count for (_b, byte, _a), count in seen.items()
        if _decoded(byte, name) != _decoded(byte, western)
    )  # fmt: skip
    return own / (seen.total() or 1)


def _decoded(byte: int, encoding: str) -> str:
    return bytes([byte]).decode(encoding, "replace")
