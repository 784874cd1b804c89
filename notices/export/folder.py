"""Files into a folder in which other files may be: each one is whole at any moment."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

#: The names of the files that we have written, so that nobody else's is taken for ours.
LIST = "made-by-seloste.txt"
STAGE = ".seloste-new"


class ForeignFiles(Exception):
    """The folder has files of these names that we have not written; carries the names."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def write_into(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files`, by name, into `folder` in place of those that were written before.

    Whoever reads a file meanwhile, or after a kill, finds the old one or the new one; a second run
    finishes what the first began. Raises `ForeignFiles` before anything has changed, or OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ours = _written_before(folder)
    if foreign := sorted(name for name in {*files} - ours if os.path.lexists(folder / name)):
        raise ForeignFiles(foreign)
    stage = folder / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    try:
        for name, content in files.items():
            (stage / name).write_bytes(content)
        # before the first of them appears: what a kill leaves behind is known as ours
        _put(stage, folder, LIST, ours | {*files})
        for name in files:
            (stage / name).replace(folder / name)
        for name in ours - {*files}:
            (folder / name).unlink(missing_ok=True)
        _put(stage, folder, LIST, {*files})
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _written_before(folder: Path) -> set[str]:
    listed = folder / LIST
    names = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    # a line that somebody added leads nowhere else
    return {name for name in names if Path(name).name == name and (folder / name).is_file()}


def _put(stage: Path, folder: Path, name: str, lines: set[str]) -> None:
    text = "".join(f"{line}\n" for line in sorted(lines))
    (stage / name).write_text(text, encoding="utf-8")
    (stage / name).replace(folder / name)
