"""Paper: PDF made by typst of values, which are never markup."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any


class Pdf(bytes):
    """A document as PDF."""

    #: PDF/A-2a and PDF/UA-1; False where it has characters that no font here can show
    is_archival: bool = True


def pdf_of(layout: bytes, values: Mapping[str, Any], written_on: date) -> Pdf:
    """The document that `layout` (typst) makes of `values`, which it reads as JSON from
    `sys.inputs.sheet`; the same bytes each time. It never fails for what is written in them."""
    # only where a paper is set: seven megabytes in every other process
    import typst

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
def _fonts(*, of_machine: bool = False) -> Any:
    """Those that come with typst, so that a document looks the same on every machine."""
    import typst

    return typst.Fonts(include_system_fonts=of_machine)


def pdf_apart(layout: bytes, values: Mapping[str, Any], written_on: date) -> bytes:
    """The same as `pdf_of` for many pages one after another, in a process of its own: typst keeps
    what it laid out for the next document, and its memory comes back with its end alone."""
    asked = json.dumps([layout.decode(), values, written_on.isoformat()])
    done = subprocess.run(
        [sys.executable, "-m", "audit.paper"],
        input=asked.encode(),
        stdout=subprocess.PIPE,
        # an error of typst may show what is written
        stderr=subprocess.DEVNULL,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    return done.stdout


if __name__ == "__main__":
    _layout, _values, _written_on = json.load(sys.stdin)
    sys.stdout.buffer.write(pdf_of(_layout.encode(), _values, date.fromisoformat(_written_on)))
