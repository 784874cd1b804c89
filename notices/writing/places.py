"""The places of a notice: each is one section with its translations."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from notices.reading import ReadSection
from notices.terms import Language, SectionKey

ORDER = list(SectionKey)


@dataclass
class Place:
    """One section in the languages that have it; `before` says where each stood in the notice."""

    key: SectionKey
    position: int
    sections: dict[Language, ReadSection] = field(default_factory=dict)
    before: dict[Language, int] = field(default_factory=dict)


def places_of(sections: Sequence[ReadSection]) -> list[Place]:
    """The places in their order."""
    places: dict[int, Place] = {}
    for index, section in enumerate(sections):
        place = places.setdefault(section.position, Place(section.key, section.position))
        place.sections[section.language] = section
        place.before[section.language] = index
    return list(places.values())


def place_for(places: list[Place], key: SectionKey) -> Place:
    """The first place of `key`, added where it usually stands when it is missing: after the one
    that comes closest before it, whatever other matters follow that one."""
    for place in places:
        if place.key == key:
            return place
    added = Place(key, max((place.position for place in places), default=-1) + 1)
    earlier = [place for place in places if ORDER.index(place.key) < ORDER.index(key)]
    closest = max(earlier, key=lambda place: ORDER.index(place.key), default=None)
    places.insert(0 if closest is None else _after(places, closest), added)
    return added


def _after(places: Sequence[Place], closest: Place) -> int:
    index = max(index for index, place in enumerate(places) if place is closest) + 1
    while index < len(places) and places[index].key == SectionKey.OTHER:
        index += 1
    return index


def in_order(
    places: Iterable[Place], languages: Sequence[Language]
) -> Iterator[tuple[Place, Language]]:
    """Each text of each place, the languages of the notice first and in their order."""
    for place in places:
        others = [language for language in place.sections if language not in languages]
        for language in (*languages, *others):
            if language in place.sections:
                yield place, language
