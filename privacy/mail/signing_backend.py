"""SMTP with a DKIM signature over each message, made of the very bytes that leave."""

import smtplib
import time
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.message import utf8_charset_qp

from privacy.mail import signing


class _SignsWhatLeaves(smtplib.SMTP):
    """Signs last, so that nothing of ours changes a message behind its signature."""

    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, *args: Any, **options: Any) -> Any:
        signer = signing.signer()
        if signer is not None:
            msg = signer.sign(msg, at=int(time.time()))
        return super().sendmail(from_addr, to_addrs, msg, *args, **options)


class _SignsWhatLeavesByTLS(_SignsWhatLeaves, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's, with our signature where a key is set."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SignsWhatLeavesByTLS if self.use_ssl else _SignsWhatLeaves

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """In 7-bit text: a relay that turned 8-bit into it on the way would break the signature (RFC 6376, 5.3)."""
        for message in email_messages:
            message.encoding = message.encoding or utf8_charset_qp
        return super().send_messages(email_messages)
