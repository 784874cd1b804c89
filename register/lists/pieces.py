"""The pieces of a file: short enough to be encrypted one by one, so that no file is held whole."""

import zipfile
from collections.abc import Iterable, Iterator
from typing import TypeAlias

#: The name of a document and its next bytes.
Pieces: TypeAlias = Iterator[tuple[str, bytes]]
A_PIECE = 512 * 1024


class Sink:
    """Where a file is written that is taken away while it grows."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._size = 0

    def write(self, content: bytes) -> int:
        self._held.append(bytes(content))
        self._size += len(content)
        return len(content)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def taken(self, *, least: int = 0) -> Iterator[bytes]:
        """What was written since the last time, unless it is less than `least`."""
        if self._size and self._size >= least:
            content = b"".join(self._held)
            self._held.clear()
            self._size = 0
            yield content


def zipped(documents: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """An archive of `documents` (name, pieces), as it is made; they are packed already."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for name, pieces in documents:
            with archive.open(name, "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)
                    yield from sink.taken(least=A_PIECE)
    yield from sink.taken()
