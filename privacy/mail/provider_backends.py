"""The interfaces of providers, as this site uses them: no tracking, and a failure is an error."""

from typing import Any

from anymail.backends import mailjet, scaleway
from anymail.exceptions import AnymailRecipientsRefused
from anymail.message import AnymailStatus
from django.core.mail import EmailMessage

FAILED = {"failed", "invalid", "rejected"}
MESSAGE = "message"
"""In what a provider gives back with each report: the Message-ID under which we know the message."""


class _RefusesFailures:
    """anymail passes over a message that "failed": it would count as sent."""

    def raise_for_recipient_status(
        self, anymail_status: AnymailStatus, response: Any, payload: Any, message: EmailMessage
    ) -> None:
        if anymail_status.status and anymail_status.status <= FAILED:
            raise AnymailRecipientsRefused(
                email_message=message, payload=payload, response=response, backend=self
            )


class MailjetBackend(_RefusesFailures, mailjet.EmailBackend):  # type: ignore[misc]
    """Mailjet gives each message a Message-ID of its own; ours goes along, for its reports."""

    def build_message_payload(self, message: EmailMessage, defaults: dict[str, Any]) -> Any:
        own_id = message.extra_headers.pop("Message-ID", "")
        if own_id:
            message.metadata = {MESSAGE: own_id}  # type: ignore[attr-defined]
        try:
            return super().build_message_payload(message, defaults)
        finally:
            if own_id:
                message.extra_headers["Message-ID"] = own_id


class ScalewayBackend(_RefusesFailures, scaleway.EmailBackend):  # type: ignore[misc]
    pass
