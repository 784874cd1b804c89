"""Rows of a list that stand below each other where a page is narrow."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.filter
def labelled(cells: Iterable[Any], headers: Iterable[Mapping[str, Any]]) -> Iterator[SafeString]:
    """The cells that the admin has made, each with its column's heading for `table.by-row`; the
    first, which names the row, needs none."""
    for place, (cell, header) in enumerate(zip(cells, headers, strict=False)):
        label = format_html(' data-heading="{}"', capfirst(str(header["text"])))
        # made of escaped parts, each beginning with its own tag; what nobody has vouched for is
        # escaped as it is
        tag = cell[:3] if place and isinstance(cell, SafeString) else ""
        yield mark_safe(f"{tag}{label}{cell[3:]}") if tag in ("<td", "<th") else cell  # noqa: S308
