from datetime import date
from typing import Any

from django import template

from rights_requests.letter_texts import HEADING
from rights_requests.letters import paragraphs_of
from rights_requests.report import page

register = template.Library()


@register.filter
def paragraphs(text: str) -> list[tuple[str, str]]:
    """The paragraphs of a letter's text, each as (heading, text) with one of the two empty."""
    parts = paragraphs_of(text)
    return [
        (part.removeprefix(HEADING), "") if part.startswith(HEADING) else ("", part)
        for part in parts
    ]


@register.filter
def as_day(text: str) -> date:
    """The day that a copy of data has as ISO text."""
    return date.fromisoformat(text)


@register.filter
def common_source(row: dict[str, Any]) -> str:
    """Where all values of a row of a copy came from; empty when they came from several places."""
    return page.common_source(row) or ""


@register.filter
def as_table(row: dict[str, Any]) -> dict[str, Any] | None:
    """The rows within a row of a copy as a table; None where they make none."""
    return page.as_table(row)


@register.filter
def alike(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows of a copy with the same values as a table."""
    return {
        "head": [one["label"] for one in rows[0]["values"]],
        "rows": [[one["value"] for one in row["values"]] for row in rows],
    }


@register.filter
def words_of_right(right: dict[str, Any]) -> list[str]:
    """What was said about one right of a request in a copy of data, in its order."""
    return page.words_of_right(right)
