"""How one message after the other is handed to a mail server, in steps between which the database can be told.

Over SMTP a message is not the server's before the line with a dot that ends it (RFC 5321, section 4.1.1.4): all up to
there can be done, and undone by closing the connection, before anybody has got anything.
"""

import smtplib
import socket
import time
from contextlib import suppress
from email.utils import parseaddr
from typing import Protocol

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend

from consent.mailings.messages import Message
from privacy.mail import signing

OK, FORWARDED, DATA, CLOSING = 250, 251, 354, 421
DOT = b".\r\n"
PERMANENT = 500  # replies from here on are for good


class NotTakenError(Exception):
    """The server does not take this message. `code`: its reply. `is_final`: the mailbox does not want it, ever."""

    def __init__(self, code: int = 0, *, is_final: bool = False) -> None:
        super().__init__(code)
        self.code, self.is_final = code, is_final


class ServerLostError(Exception):
    """The server is away, or went away before it had the whole message: it has taken nothing."""


class NoAnswerError(Exception):
    """The server had the whole message, and went away without saying whether it took it."""


class Transport(Protocol):
    def offer(self, message: Message) -> None:
        """All up to the final dot. Raises `NotTakenError` and `ServerLostError`."""

    def hand_over(self) -> None:
        """The final dot. From here on nothing can be undone."""

    def answer(self) -> None:
        """Wait for what the server says. Raises `NotTakenError` and `NoAnswerError`."""

    def drop(self) -> None:
        """What was offered goes to nobody."""

    def close(self) -> None: ...


class SmtpTransport:
    """One connection for many messages, opened again when it was lost."""

    def __init__(self, backend: smtp.EmailBackend) -> None:
        self._backend = backend

    def offer(self, message: Message) -> None:
        try:
            connection = self._opened()
            self._say(connection.mail(parseaddr(message.sender)[1]), OK)
            self._say(connection.rcpt(message.to), OK, is_of_mailbox=True)
            self._say(connection.docmd("DATA"), DATA, is_of_mailbox=True)
            connection.send(_stuffed(_signed(message)))
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise ServerLostError from error

    def hand_over(self) -> None:
        with suppress(smtplib.SMTPException, OSError):  # `answer` finds out
            self._connection().send(DOT)

    def answer(self) -> None:
        try:
            reply = self._connection().getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise NoAnswerError from error
        self._say(reply, OK, is_of_mailbox=True)

    def drop(self) -> None:
        """Without a word: there is none for it inside a message."""
        if self._backend.connection is not None:
            self._backend.connection.close()
            self._backend.connection = None

    def close(self) -> None:
        with suppress(smtplib.SMTPException, OSError):
            self._backend.close()

    def _opened(self) -> smtplib.SMTP:
        if self._backend.open():
            connection = self._connection()
            # A message leaves in two pieces. The kernel would keep the second one back for 40 ms.
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # type: ignore[union-attr]
            connection.ehlo_or_helo_if_needed()
        return self._connection()

    def _connection(self) -> smtplib.SMTP:
        if self._backend.connection is None:
            raise smtplib.SMTPServerDisconnected
        found: smtplib.SMTP = self._backend.connection
        return found

    def _say(self, reply: tuple[int, bytes], wanted: int, *, is_of_mailbox: bool = False) -> None:
        """Raise what a reply means. Who refuses us, and not the mailbox, may take the message later."""
        code, _words = reply
        if code == wanted or (wanted, code) == (OK, FORWARDED):
            return
        if code == CLOSING:
            self.drop()
        else:
            self._reset()
        raise NotTakenError(code, is_final=is_of_mailbox and code >= PERMANENT)

    def _reset(self) -> None:
        try:
            self._connection().rset()
        except (smtplib.SMTPException, OSError):
            self.drop()


class BackendTransport:
    """Any other backend of Django, such as a provider's interface: it has no moment before the last."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self._backend = backend
        self._message: EmailMultiAlternatives | None = None

    def offer(self, message: Message) -> None:
        mail = EmailMultiAlternatives(
            subject=message.mail.subject,
            body=message.mail.text,
            from_email=message.sender,
            to=[message.to],
            headers=message.headers,
            connection=self._backend,
        )
        mail.attach_alternative(message.mail.html, "text/html")
        self._message = mail

    def hand_over(self) -> None: ...

    def answer(self) -> None:
        assert self._message is not None
        try:
            self._message.send()
        except AnymailRecipientsRefused as error:
            raise NotTakenError(is_final=True) from error
        except AnymailAPIError as error:
            if error.status_code is None:  # it may have come to the provider all the same
                raise NoAnswerError from error
            raise NotTakenError(error.status_code) from error
        except Exception as error:  # whatever a backend raises says nothing of how far the message came
            raise NoAnswerError from error

    def drop(self) -> None:
        self._message = None

    def close(self) -> None: ...


def opened() -> Transport:
    """By the backend of the settings."""
    backend = get_connection()
    return SmtpTransport(backend) if isinstance(backend, smtp.EmailBackend) else BackendTransport(backend)


def _signed(message: Message) -> bytes:
    """By this site where it has a key for that; else by the relay."""
    signer, content = signing.signer(), message.as_bytes()
    return signer.sign(content, at=int(time.time())) if signer else content


def _stuffed(content: bytes) -> bytes:
    """No line of it is the final dot (RFC 5321, section 4.5.2)."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed
