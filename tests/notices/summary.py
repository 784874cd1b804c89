"""A reading in a few lines, so that a person can compare it with the notice at a glance."""

from notices.terms import ClauseKind


def summary(reading):
    """The facts of a reading, line by line: "purpose: orders/contract; statistics"."""
    lines = {
        "languages": " ".join(reading.languages),
        "dates": f"{reading.drawn_up_on or '-'} {reading.updated_on or '-'}",
        "controller": party(reading.controller),
        "contact": party(reading.contact),
        "register": reading.register_name or "-",
        "requests": " ".join(reading.request_languages) or "-",
        "sections": " ".join(section.key for section in reading.sections),
        "unplaced": len(reading.unplaced),
    }
    for kind in ClauseKind:
        if facts := reading.facts_of(kind):
            lines[kind] = "; ".join(map(told, facts))
    return {key: str(line) for key, line in lines.items()}


def party(one):
    return " | ".join(part or "-" for part in (one.name, one.address, one.phone, one.email))


def told(fact):
    """A fact in one word: "recipient*" stands under another heading."""
    parts = [
        f"{fact.term}{'*' if fact.under_other_heading else ''}",
        fact.called,
        fact.name,
        fact.country,
        fact.years and f"{fact.years}y",
        fact.months and f"{fact.months}m",
        "+".join(fact.categories),
        fact.inactive_months and f"inactive {fact.inactive_months}m",
        "+".join(fact.ways),
        fact.legal_basis,
    ]
    return "/".join(str(part) for part in parts if part)
