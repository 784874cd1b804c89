"""Mail to addresses with letters beyond ASCII before the @ too (RFC 6531), which Django writes as
other addresses that nobody has."""

import smtplib
from copy import copy
from email import message_from_bytes, policy
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.message import sanitize_address


def is_plain(mail: EmailMessage) -> bool:
    """Whether every mail server takes the addresses of `mail`."""
    return all(address.rpartition("@")[0].isascii() for address in mail.recipients())


class Mail(EmailMessage):
    """A mail in which its addresses stand as they are."""

    def message(self) -> Any:  # type: ignore[override]
        if is_plain(self):
            return super().message()
        to_nobody = copy(self)
        to_nobody.to = []
        head_and_body = EmailMessage.message(to_nobody).as_bytes()
        message: Any = message_from_bytes(head_and_body, policy=policy.SMTPUTF8)
        message["To"] = ", ".join(self.to)
        return message


class EmailBackend(smtp.EmailBackend):
    """As Django's own; sends any other `Mail` as such."""

    def _send(self, email_message: Any) -> bool:
        """Raises `SMTPNotSupportedError` where the server takes no such address."""
        if is_plain(email_message):
            return bool(super()._send(email_message))  # type: ignore[misc]
        connection: smtplib.SMTP = self.connection  # type: ignore[assignment]
        connection.sendmail(
            sanitize_address(email_message.from_email, "utf-8"),
            email_message.recipients(),
            email_message.message().as_bytes(),
            mail_options=["SMTPUTF8", "BODY=8BITMIME"],
        )
        return True
