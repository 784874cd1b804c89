"""Private files: scans, letters and packages, which no address leads to (P32, art. 32)."""

import secrets
from typing import Any, NoReturn

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage

from audit.encryption import decrypt, encrypt


class NoAddress(Exception):
    """A private file was asked for its address; it is read by whoever may, and never linked."""


class PrivateStorage(FileSystemStorage):
    """Encrypted files of random names in `private` of the data folder, for its owner only.

    A name tells nothing, so whatever name is given is dropped: "aino-virtanen.pdf" is a leak.
    """

    def __init__(self) -> None:
        super().__init__(
            location=settings.DATA_DIR / "private",
            file_permissions_mode=0o600,
            directory_permissions_mode=0o700,
        )

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return secrets.token_hex(16)

    def _save(self, name: str, content: File[Any]) -> str:
        encrypted = encrypt(b"".join(content.chunks()))
        return str(super()._save(name, ContentFile(encrypted)))  # type: ignore[misc]

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        with super()._open(name, "rb") as file:  # type: ignore[misc]
            return ContentFile(decrypt(file.read()), name)

    def url(self, name: str | None) -> NoReturn:
        raise NoAddress
