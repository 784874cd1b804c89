"""What goes to the log: which error and where, never the values of a person (art. 32)."""

import logging
import re
import traceback
from types import TracebackType

#: Addresses whose last part opens something.
SECRET_PART = re.compile(r"(/(?:invitation|key|proof|status|report|transfer|sent|read)/)[^\s/]+")


class NoPersonalData(logging.Formatter):
    """Tells an exception by its kind and its place: its text may quote a name or a number."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRET_PART.sub(r"\1…", super().format(record))

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        kind, _error, place = ei
        frames = "".join(traceback.format_tb(place))
        return f"{frames}{kind.__module__}.{kind.__qualname__}" if kind else ""
