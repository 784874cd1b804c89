"""What every section needs to be written: the notice, its language, and its words."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from notices.reading import Fact, Reading
from notices.terms import (
    ClauseKind,
    CookieUse,
    DataCategory,
    Identification,
    Language,
    LegalBasis,
    OrderWord,
    Purpose,
    Right,
)

from .blocks import Said
from .texts import Texts, filled_in


@dataclass(frozen=True)
class Pen:
    """Writes one notice in one language."""

    reading: Reading
    language: Language

    @cached_property
    def texts(self) -> Texts:
        return Texts(self.language)

    @cached_property
    def order(self) -> dict[str, str]:
        """The forms of the controller's own word for an order."""
        called = self._called
        known = called if called in OrderWord.values else OrderWord.ORDERS
        names = ("many", "the_many", "of_many", "kept", "label", "from_day", "one")
        forms = {name: self.texts(f"order.{known}.{name}") for name in names}
        if called and called != known and self.language == Language.FINNISH:
            forms["many"] = filled_in(called)
        return forms

    @property
    def _called(self) -> str:
        called = (f.called for f in self.of(ClauseKind.DATA) if f.term == DataCategory.ORDERS)
        return next(filter(None, called), "")

    def of(self, kind: ClauseKind, *terms: str) -> list[Fact]:
        """The facts of a kind, or those of some of its terms."""
        return [fact for fact in self.reading.facts_of(kind) if not terms or fact.term in terms]

    def promises(self, kind: ClauseKind, *terms: str) -> bool:
        return self.reading.promises(kind, *terms)

    def say(self, key: str, facts: Iterable[Fact] = (), **values: str | None) -> Said:
        """The sentence `key`, which says `facts`."""
        known = {name: filled_in(value or "") for name, value in values.items()}
        return Said(self.texts(key, **self.order, **known), tuple(facts))

    def say_if(self, value: str | None, key: str, name: str) -> Said | None:
        """The sentence `key` with `value` as `name`, where there is one."""
        known = filled_in(value or "")
        return Said(self.texts(key, **{name: known})) if known else None

    def say_named(self, section: str, fact: Fact, name: str = "") -> Said:
        """What a fact says, with the name where the notice gives one, and with a country that is
        outside the EU and the EEA; `name` is the sentence where it is not called as the term."""
        key = f"{section}.{name or fact.term}"
        if not filled_in(fact.name) or not self.texts.has(f"{key}_named"):
            return self.say(key, [fact])
        abroad = self.texts.has(f"country.{fact.country}")
        place = f" ({self.texts.country(fact.country)})" if abroad else ""
        return self.say(f"{key}_named", [fact], name=fact.name + place)

    # what several sections need to know

    @property
    def email(self) -> str | None:
        """Where requests are sent."""
        return self.reading.contact.email or self.reading.controller.email

    @property
    def phone(self) -> str | None:
        return self.reading.contact.phone or self.reading.controller.phone

    def resting_on(self, *bases: LegalBasis) -> list[Fact]:
        """The purposes with one of these bases (P16)."""
        return [fact for fact in self.of(ClauseKind.PURPOSE) if fact.legal_basis in bases]

    @property
    def all_bases_known(self) -> bool:
        purposes = self.of(ClauseKind.PURPOSE)
        return bool(purposes) and all(fact.legal_basis for fact in purposes)

    @property
    def consent_cookies(self) -> list[Fact]:
        """917/2014 s. 205: what is stored only with consent (K01)."""
        return self.of(ClauseKind.COOKIES, CookieUse.ANALYTICS, CookieUse.MARKETING)

    @property
    def has_contacts(self) -> bool:
        """Whether the register holds the contact persons of organisations, with whom the
        controller has no contract (D40)."""
        return self.promises(ClauseKind.DATA, DataCategory.ORGANISATION) and bool(
            self.resting_on(LegalBasis.CONTRACT)
        )

    @property
    def profiles(self) -> list[Fact]:
        """The purposes that choose people by their data (D15)."""
        return self.of(ClauseKind.PURPOSE, Purpose.PERSONALISED_CONTENT, Purpose.AD_TARGETING)

    def right(self, *rights: Right) -> list[Fact]:
        return self.of(ClauseKind.RIGHT, *rights)

    def ways(self, right: Right) -> tuple[Identification, ...]:
        """What is enough to show who asks, in the order of the vocabulary."""
        named = {way for fact in self.right(right) for way in fact.ways}
        return tuple(way for way in Identification if way in named)
