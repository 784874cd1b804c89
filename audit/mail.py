"""The mail server, for addresses with letters beyond ASCII before the @ too (RFC 6531)."""

import smtplib
from email import message_from_bytes, policy
from typing import Any

from django.core.mail.backends import smtp
from django.core.mail.message import sanitize_address


class EmailBackend(smtp.EmailBackend):
    """As Django's own, which would write such an address as another one that nobody has."""

    def _send(self, email_message: Any) -> bool:
        """Raises `SMTPNotSupportedError` where the server takes no such address."""
        if all(_before_at(one).isascii() for one in email_message.recipients()):
            return bool(super()._send(email_message))  # type: ignore[misc]
        message: Any = message_from_bytes(
            email_message.message().as_bytes(), policy=policy.SMTPUTF8
        )
        message.replace_header("To", ", ".join(email_message.to))
        connection: smtplib.SMTP = self.connection  # type: ignore[assignment]
        connection.sendmail(
            sanitize_address(email_message.from_email, "utf-8"),
            email_message.recipients(),
            message.as_bytes(),
            mail_options=["SMTPUTF8", "BODY=8BITMIME"],
        )
        return True


def _before_at(address: str) -> str:
    return address.rpartition("@")[0]
