"""Keys of the installation that nobody gave: made once, kept in a folder only its owner reads."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def new_key() -> str:
    """A key that signs or digests."""
    return secrets.token_urlsafe(64)


def new_encryption_key() -> str:
    """A key as Fernet wants it: 32 bytes, spelt in base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def kept_key(folder: Path, name: str, make: Callable[[], str] = new_key) -> str:
    """The key called `name`, made by `make` and written (0600) at the first call.

    Two processes that start together agree: the file appears whole by an atomic link, and the
    one that comes second reads what the first wrote.
    """
    path = folder / name
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{name}.{os.getpid()}"
        with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
