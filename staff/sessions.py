"""Sessions that a copy of the database does not open: words of a search, messages about customers
and what somebody typed are encrypted under a key that stands in the browser's cookie alone.

So no session tells of anybody who was erased since (E07, P67), and a session that is found in the
table lets nobody in.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.contrib.sessions.models import Session
from django.utils import timezone


def _digest(key: str) -> str:
    """What stands in the table in the place of the cookie's `key`."""
    return sha256(b"row of a session" + key.encode()).hexdigest()[:40]


class SessionStore(InDatabase):
    """Django's sessions in the database, sealed. The program never asks for one asynchronously."""

    def _get_session_from_db(self) -> Session | None:
        rows = Session.objects.filter(expire_date__gt=timezone.now())
        found = rows.filter(session_key=_digest(self.session_key or "")).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        return super().exists(_digest(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        # before it is encoded it has a key
        row: Any = super().create_model_instance(data)
        row.session_key = _digest(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(_digest(key))

    def encode(self, session_dict: dict[str, Any]) -> str:
        return self._seal().encrypt(super().encode(session_dict).encode()).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            opened = self._seal().decrypt(session_data)
        except InvalidToken:
            return {}
        told: dict[str, Any] = super().decode(opened.decode())
        return told

    def _seal(self) -> Fernet:
        key = sha256(b"seal of a session" + str(self.session_key).encode()).digest()
        return Fernet(urlsafe_b64encode(key))
