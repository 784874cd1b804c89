"""The clauses of a version as a document that programs read; docs/developer.md describes it."""

from typing import Any

from django.urls import reverse

from notices.models import Clause, Notice, Rendering


def as_document(notice: Notice, rendering: Rendering) -> dict[str, Any]:
    """What `notice` promises, ready for JSON; labels as they were on its page in that language.

    Absent values are null or empty, never missing.
    """
    return {
        "version": notice.version,
        "language": rendering.language,
        "title": rendering.title,
        "page": reverse("notices:version", args=[notice.version]),
        "register_name": notice.register_name or None,
        "languages": notice.languages,
        "request_languages": notice.request_languages,
        "drawn_up_on": notice.drawn_up_on,
        "updated_on": notice.updated_on,
        "in_force_from": notice.came_into_force_at,
        "in_force_until": notice.superseded_at,
        "controller": {
            "name": notice.controller_name or None,
            "address": notice.controller_address or None,
            "phone": notice.controller_phone or None,
            "email": notice.controller_email or None,
        },
        "contact": {
            "name": notice.contact_name or None,
            "phone": notice.contact_phone or None,
            "email": notice.contact_email or None,
        },
        "clauses": [
            _clause(clause, rendering.labels) for clause in notice.clauses.select_related("section")
        ],
    }


def _clause(clause: Clause, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": clause.kind,
        "term": clause.term,
        "label": labels.get(str(clause.pk)) or clause.label,
        "words": clause.words or None,
        "section": clause.section.key if clause.section else None,
        "anchor": clause.section.anchor if clause.section else None,
        "called": clause.called or None,
        "name": clause.name or None,
        "country": clause.country or None,
        "years": clause.years,
        "months": clause.months,
        "categories": clause.categories,
        "inactive_months": clause.inactive_months,
        "ways": clause.ways,
        "legal_basis": clause.legal_basis or None,
        "under_other_heading": clause.under_other_heading,
    }
