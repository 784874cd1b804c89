"""The supervisory authority, named on the page and in every refusal (P60, P64, D03)."""

from dataclasses import dataclass
from datetime import date

CHECKED_ON = date(2026, 11, 21)


@dataclass(frozen=True)
class Authority:
    """Where a data subject can complain, as it is written in one language."""

    name: str
    visiting_address: str
    postal_address: str
    phone: str
    email: str
    website: str
    #: when somebody last compared all this with the authority's own pages
    checked_on: date = CHECKED_ON

    def is_stale(self, today: date) -> bool:
        """Whether it was checked more than twelve months before `today` (V10)."""
        checked = self.checked_on
        return (today.year - 1, today.month, today.day) > (checked.year, checked.month, checked.day)


AUTHORITIES = {
    "fi": Authority(
        name="Tietosuojavaltuutetun toimisto",
        visiting_address="Lintulahdenkuja 4, 00530 Helsinki",
        postal_address="PL 800, 00531 Helsinki",
        phone="029 566 6700",
        email="tietosuoja@om.fi",
        website="https://tietosuoja.fi",
    ),
    "sv": Authority(
        name="Dataombudsmannens byrå",
        visiting_address="Fågelviksgränden 4, 00530 Helsingfors",
        postal_address="PB 800, 00531 Helsingfors",
        phone="029 566 6700",
        email="tietosuoja@om.fi",
        website="https://tietosuoja.fi/sv",
    ),
    "en": Authority(
        name="Office of the Data Protection Ombudsman",
        visiting_address="Lintulahdenkuja 4, 00530 Helsinki, Finland",
        postal_address="P.O. Box 800, 00531 Helsinki, Finland",
        phone="+358 29 566 6700",
        email="tietosuoja@om.fi",
        website="https://tietosuoja.fi/en",
    ),
}


def authority(language: str) -> Authority:
    """The Finnish Data Protection Ombudsman as written in `language`; in Finnish for a language
    that it does not use."""
    return AUTHORITIES.get(language, AUTHORITIES["fi"])
