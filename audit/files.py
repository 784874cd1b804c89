"""Files that people bring: what they are, told by their content; kept private; gone when they go.

A model that keeps one names the column in `private_file`. The file is stored before its row, and
removed after it: what a kill in between leaves is encrypted, has a random name and no row, and is
removed by `remove_file` or by the daily job.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from audit.models import FileToRemove
from audit.tasks import Record, does, later
from audit.texts import one_line

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)

#: A file without a row is younger than this while its row is being stored.
BEING_STORED = timedelta(days=1)
#: A file is for the disk: no browser shows it here, whatever is in it.
DOWNLOAD_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'"


class PaperType(models.TextChoices):
    """The kinds of file that are taken, known by their first bytes."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"


#: What each kind of file begins with, whatever its name says.
BEGINNINGS = {
    PaperType.PDF: b"%PDF-",
    PaperType.JPEG: b"\xff\xd8\xff",
    PaperType.PNG: b"\x89PNG\r\n\x1a\n",
}
ENDINGS = {PaperType.PDF: "pdf", PaperType.JPEG: "jpg", PaperType.PNG: "png"}


def type_of(file: "UploadedFile[Any]") -> PaperType | None:
    """What `file` is by its first bytes."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    for kind, beginning in BEGINNINGS.items():
        if start.startswith(beginning):
            return kind
    return None


def digest_of(file: "UploadedFile[Any]") -> str:
    """A digest of the content of `file`."""
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def shown_name(name: str) -> str:
    """The name that somebody gave a file, fit to be shown as text; it is never a name on disk."""
    last = one_line(name.replace("\\", "/")).rsplit("/", 1)[-1].strip()
    return last[:200]


def keep(content: Any) -> str:
    """Store `content`, encrypted, under a random name, which is given."""
    return str(storages["private"].save("file", content))


def download(name: str, kind: PaperType, called: str) -> HttpResponse:
    """The private file `name`, decrypted, to be saved as `called` and not shown."""
    with storages["private"].open(name) as file:
        response = HttpResponse(file.read(), content_type=kind.value)
    return to_save(response, f"{called}.{ENDINGS[kind]}")


def to_save(response: ResponseT, called: str) -> ResponseT:
    """The same response, as a file for the disk that no browser shows here."""
    response["Content-Disposition"] = f'attachment; filename="{called}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response


# --- removing


def remove_files(names: Iterable[str]) -> None:
    for name in names:
        storages["private"].delete(name)


def remove_after_commit(names: Iterable[str], *, now: datetime) -> None:
    """Remove the files `names` once the transaction has been committed; what fails then, or is
    killed, is tried again by a task. Needs a transaction."""
    going = FileToRemove.objects.bulk_create([FileToRemove(name=name) for name in names])
    for one in going:
        later("remove_file", one.pk, now=now)
    transaction.on_commit(lambda: _remove(going), robust=True)


def _remove(going: Iterable[FileToRemove]) -> None:
    for one in going:
        remove_files([one.name])
        one.delete()


@does("remove_file")
def remove_file(subject: int | None, *, now: datetime) -> Record | None:
    """What `remove_after_commit` did not come to."""
    one = FileToRemove.objects.filter(pk=subject or 0).first()
    if one is None:
        return None
    remove_files([one.name])
    return one.delete


def files_without_a_row(*, before: datetime) -> list[str]:
    """What an act that was killed half-way has left in the private storage."""
    storage: Any = storages["private"]
    if not storage.exists(""):
        return []
    _folders, names = storage.listdir("")
    known: set[str] = set()
    for model in apps.get_models():
        if column := getattr(model, "private_file", ""):
            rows = model._base_manager.exclude(**{column: ""})
            known |= set(rows.values_list(column, flat=True))
    return [
        name for name in names if name not in known and storage.get_modified_time(name) < before
    ]
