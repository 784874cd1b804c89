"""Paper: PDF made by typst of values, which are never markup."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import typst


class Pdf(bytes):
    """A document as PDF."""

    #: PDF/A-2a and PDF/UA-1; False where it has characters that no font here can show
    is_archival: bool = True


def pdf_of(layout: bytes, values: Mapping[str, Any], written_on: date) -> Pdf:
    """The document that `layout` (typst) makes of `values`, which it reads as JSON from
    `sys.inputs.sheet`; the same bytes each time. It never fails for what is written in them."""
    inputs = {"sheet": json.dumps(values)}
    timestamp = datetime.combine(written_on, time(tzinfo=UTC))
    try:
        # for the archive and for readers who listen; refuses what its fonts cannot show
        return Pdf(
            typst.compile(
                layout,
                font_paths=_fonts(),
                sys_inputs=inputs,
                pdf_standards=["a-2a", "ua-1"],
                timestamp=timestamp,
            )
        )
    except typst.TypstError:
        fonts = _fonts(of_machine=True)
        plain = Pdf(typst.compile(layout, font_paths=fonts, sys_inputs=inputs, timestamp=timestamp))
        plain.is_archival = False
        return plain


@cache
def _fonts(*, of_machine: bool = False) -> typst.Fonts:
    """Those that come with typst, so that a document looks the same on every machine."""
    return typst.Fonts(include_system_fonts=of_machine)
