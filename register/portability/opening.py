"""Opening a package that somebody brought: it is hostile until it has been read to its end.

Nothing of it is unpacked to disk, and its data are read a row at a time: neither a bomb nor a
package of any size takes more memory than its longest row.
"""

import io
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from register.portability.layout import DATA, FORMAT, VERSION, meets, schema

MOST_BYTES = 256 * 1024 * 1024
#: Packed better than any data of one person.
MOST_RATIO, RATIO_COUNTS_FROM = 150, 4 * 1024 * 1024
#: The archive's list of files: some three thousand of them.
LONGEST_DIRECTORY = 256 * 1024
LONGEST_ROW, PIECE = 128 * 1024, 64 * 1024

_NAMES = re.compile(
    r"package\.json|schema\.json|index\.html|style\.css|csv/[a-z]{1,30}\.csv"
    r"|attachments/[a-z]{1,30}-[0-9a-f]{16}\.pdf|(?:csv|attachments)/"
)
_BLANKS = re.compile(r"[ \t\n\r]*")


class Fault(models.TextChoices):
    """Why a package cannot be used, in one sentence."""

    NOT_A_PACKAGE = (
        "not_a_package",
        _("This is no package of a person’s data: nothing was taken in."),
    )
    OTHER_VERSION = (
        "other_version",
        _("The package is of another version than this program reads: nothing was taken in."),
    )
    BOMB = "bomb", _("The package unpacks to more than one person’s data: nothing was taken in.")
    STRANGE_FILES = (
        "strange_files",
        _("The package has files in it that no package has: nothing was taken in."),
    )
    BROKEN = "broken", _("The data in the package are damaged: nothing was taken in.")
    AGAINST_SCHEMA = (
        "against_schema",
        _("The data in the package are not as its schema says: nothing was taken in."),
    )
    RESTRICTED = (
        "restricted",
        _(
            "The data of this person here are restricted: nothing was taken in. Lift the "
            "restriction first."
        ),
    )
    CONTRADICTION = (
        "contradiction",
        _("The data in the package contradict themselves: nothing was taken in."),
    )


class UnusablePackage(Exception):
    """A package that cannot be taken in; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


#: What the reading of a damaged archive or text raises.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RecursionError,
    ValueError,
)


@contextmanager
def open_package(path: Path) -> Iterator["Package"]:
    """The package at `path`, read through and found in order. Raises `UnusablePackage`, and
    OSError where there is no readable file."""
    with path.open("rb") as file, _archive_in(file) as archive:
        yield Package(archive)


def _archive_in(file: BinaryIO) -> zipfile.ZipFile:
    # what the end of the file says is what zipfile would read; a ZIP64 or a comment is not ours
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 42))
    end = file.read()[-42:].rjust(42)
    if end[20:24] != b"PK\x05\x06" or end[:4] == b"PK\x06\x07":
        raise UnusablePackage(Fault.NOT_A_PACKAGE)
    if int.from_bytes(end[32:36], "little") > LONGEST_DIRECTORY:
        raise UnusablePackage(Fault.BOMB)
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as error:
        raise UnusablePackage(Fault.NOT_A_PACKAGE) from error
    _look_through(archive.infolist())
    return archive


def _look_through(files: list[zipfile.ZipInfo]) -> None:
    names = {one.filename for one in files}
    if DATA not in names:
        raise UnusablePackage(Fault.NOT_A_PACKAGE)
    for one in files:
        mode = stat.S_IFMT(one.external_attr >> 16)
        # zipfile cuts a name at a NUL: what it was called is asked as well
        if not (
            _NAMES.fullmatch(one.orig_filename)
            and mode in (0, stat.S_IFREG, stat.S_IFDIR)
            and not one.flag_bits & 1
            and one.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        ):
            raise UnusablePackage(Fault.STRANGE_FILES)
        most = MOST_BYTES if one.filename == DATA else _most_of_paper()
        is_read = one.filename == DATA or one.filename.startswith("attachments/")
        if (is_read and one.file_size > most) or (
            one.file_size > RATIO_COUNTS_FROM and one.file_size > one.compress_size * MOST_RATIO
        ):
            raise UnusablePackage(Fault.BOMB)
    if len(names) < len(files):
        # two files of one name: what is checked might not be what is read
        raise UnusablePackage(Fault.STRANGE_FILES)


def _most_of_paper() -> int:
    return int(settings.ATTACHMENT_MAX_MB) * 1024 * 1024


class Package:
    """One person's data, in order as far as the schema can tell."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Reads the data through. Raises `UnusablePackage`."""
        self._archive = archive
        self.head: dict[str, Any] = {}
        self.counts: dict[str, int] = {}
        rules = schema()
        for name, value in self._members():
            rule = rules["properties"].get(name)
            if rule is None or name in self.head or name in self.counts:
                raise UnusablePackage(Fault.AGAINST_SCHEMA)
            if name == "version" and type(value) is int and value != VERSION:
                raise UnusablePackage(Fault.OTHER_VERSION)
            if name == "format" and value != FORMAT:
                raise UnusablePackage(Fault.NOT_A_PACKAGE)
            if not isinstance(value, Iterator):
                self.head[name] = value
                _demand(meets(value, rule, rules["$defs"]))
                continue
            _demand(rule.get("type") == "array")
            self.counts[name] = 0
            for row in value:
                self.counts[name] += 1
                _demand(meets(row, rule["items"], rules["$defs"]))
        _demand(self.head.keys() | self.counts.keys() == set(rules["required"]))

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of the list `name`, read anew."""
        if not self.counts[name]:
            return
        for other, value in self._members():
            if other == name:
                yield from value
                return
            if isinstance(value, Iterator):
                for _row in value:
                    pass

    def paper(self, name: str) -> bytes:
        """The content of a file; empty when it is not there or damaged."""
        try:
            with self._archive.open(name) as file:
                return file.read(_most_of_paper() + 1)
        except (KeyError, *_DAMAGE):
            return b""

    def _members(self) -> Iterator[tuple[str, Any]]:
        with _damage_told(), self._archive.open(DATA) as file:
            for name, value in _Text(file).members():
                yield name, _guarded(value) if isinstance(value, Iterator) else value


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise UnusablePackage(Fault.BROKEN) from error


def _guarded(rows: Iterator[Any]) -> Iterator[Any]:
    with _damage_told():
        yield from rows


def _demand(is_so: bool) -> None:
    if not is_so:
        raise UnusablePackage(Fault.AGAINST_SCHEMA)


def _refuse(_text: str) -> NoReturn:
    raise ValueError("no such number in a package")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name occurs twice")
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once,
    parse_float=_refuse,
    parse_constant=_refuse,
    parse_int=lambda text: int(text) if len(text) < 10 else _refuse(text),
)


class _Text:
    """An object of JSON, read a piece at a time: each array in it an element at a time."""

    def __init__(self, file: Any) -> None:
        self._file = io.TextIOWrapper(file, encoding="utf-8")
        self._text, self._at = "", 0

    def members(self) -> Iterator[tuple[str, Any]]:
        """Each name with its value, or with an iterator over an array, to be used up at once.
        Raises ValueError where it is no JSON."""
        self._take("{")
        while True:
            name = self._value()
            self._take(":")
            yield str(name), self._items() if self._next() == "[" else self._value()
            if self._take(",}") == "}":
                break
        if self._next(may_end=True):
            raise ValueError("something follows the end")

    def _items(self) -> Iterator[Any]:
        self._take("[")
        if self._next() == "]":
            self._take("]")
            return
        yield self._value()
        while self._take(",]") == ",":
            yield self._value()

    def _value(self) -> Any:
        self._next()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                end = len(self._text)
            # a value that ends where the piece ends may go on in the next
            if end < len(self._text):
                self._at = end
                return value
            if len(self._text) - self._at > LONGEST_ROW or not self._more():
                raise ValueError("no value, or none of a person")

    def _next(self, *, may_end: bool = False) -> str:
        while True:
            self._at = _BLANKS.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                if may_end:
                    return ""
                raise ValueError("it ends too early")

    def _take(self, signs: str) -> str:
        if (sign := self._next()) not in signs:
            raise ValueError("another sign is due here")
        self._at += 1
        return sign

    def _more(self) -> bool:
        piece = self._file.read(PIECE)
        self._text, self._at = self._text[self._at :] + piece, 0
        return bool(piece)
