"""All e-mail leaves from here.

:func:`send` writes a row in the transaction that causes the message; :func:`deliver` sends what the rows say. When
Redis or the mail server is away nothing is lost: the row waits and is tried again, later each time. A mailbox that
refuses a message for good is not asked again: the row says so, and keeps its text.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from uuid import UUID

from anymail.exceptions import AnymailInvalidAddress, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import Error, connection, transaction
from django.db.models import F

from privacy.files import storage
from privacy.files.uploads import CheckedDocument
from privacy.mail import rendering, task_queue
from privacy.mail.models import Mail, MailAttachment
from privacy.web import locks

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
MOST_DOUBLINGS = 10  # by then the longest pause is reached; more would be no number of minutes any more
# "Not now" of a mailbox that is full, or of a server that does not know ours yet (RFC 5321: four to five days).
NOT_NOW_FOR = timedelta(days=4)
PERMANENT = 500  # replies from here on are for good
# Seconds after which a run begins no other message. A mail server that is slow takes ten for each: the worker has other
# work, and the next run goes on.
LONGEST_RUN = 10.0
log = logging.getLogger(__name__)


def send(
    message: str,
    *,
    to: str,
    language: str,
    context: Mapping[str, object],
    now: datetime,
    headers: Mapping[str, str] | None = None,
    attachments: Sequence[CheckedDocument] = (),
) -> Mail:
    """Write ``emails/<message>.html`` to ``to`` (normalised), in ``language``.

    Call it inside the transaction that the message is about. Of each attachment a copy is kept until the message has
    left; raises :class:`OSError` when the disk refuses it.
    """
    rendered = rendering.render(message, context, language=language)
    mail = Mail(
        message=message,
        to=to,
        language=language,
        subject=rendered.subject[:200],
        text=rendered.text(),
        html=rendered.html,
        headers=dict(headers or {}),
        written_at=now,
        next_try_at=now,
    )
    mail.save()
    for document in attachments:
        _attach(mail, document, now)
    task_queue.enqueue("privacy.mail.tasks.deliver_mail")
    return mail


def _attach(mail: Mail, document: CheckedDocument, now: datetime) -> None:
    """Where there is a scanner for viruses, the message waits until it has seen the file."""
    file = storage.store(
        document.content, name=document.name, media_type=document.media_type, now=now, is_upload=True
    )
    MailAttachment.objects.create(mail=mail, file=file)


def deliver_alone(*, now: datetime) -> int:
    """:func:`deliver`, unless another run is at work: a slow server would keep each process of the worker busy."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [locks.MAIL])
        if not cursor.fetchone()[0]:
            return 0
    try:
        return deliver(now=now)
    finally:
        with suppress(Error), connection.cursor() as cursor:  # a lost connection has lost its lock
            cursor.execute("SELECT pg_advisory_unlock(%s)", [locks.MAIL])


def deliver(*, now: datetime, limit: int = 100) -> int:
    """Send what is due, one transaction a message; returns how many left. Begins no message after ten seconds."""
    left, end = 0, time.monotonic() + LONGEST_RUN
    for _attempt in range(limit):
        outcome = _deliver_next(now) if time.monotonic() < end else None
        if outcome is None:
            break
        left += outcome
    return left


def _deliver_next(now: datetime) -> bool | None:
    """Whether the next message left; ``None`` when none waits."""
    with transaction.atomic():
        waiting = Mail.objects.live(now).filter(sent_at=None, next_try_at__lte=now).order_by("next_try_at")
        mail = waiting.select_for_update(skip_locked=True).first()
        if mail is None:
            return None
        try:
            _email_message(mail).send()
        except Exception as error:  # whatever is wrong with one message must not keep back the others
            (_give_up if _is_refused(mail, error, now) else _postpone)(mail, now, error)
            return False
        Mail.objects.filter(pk=mail.pk).update(
            sent_at=now, next_try_at=None, text="", html="", error="", tries=F("tries") + 1
        )
        _destroy_attachments(mail)
    return True


def _destroy_attachments(mail: Mail) -> None:
    files = list(mail.attachments.values_list("file_id", flat=True))
    mail.attachments.all().delete()
    storage.destroy(files)


def find(message_id: str, *, now: datetime) -> Mail | None:
    """The message that left under this Message-ID, with or without its angle brackets; ``None`` for another's."""
    try:
        number = UUID(message_id.strip().strip("<>").partition("@")[0])
    except ValueError:
        return None
    found: Mail | None = Mail.objects.live(now).filter(pk=number).first()
    return found


def mark_returned(mail: Mail, *, now: datetime) -> None:
    """It left, and came back: the mailbox refused it after all."""
    Mail.objects.filter(pk=mail.pk, refused_at=None).update(refused_at=now)


def _is_refused(mail: Mail, error: Exception, now: datetime) -> bool:
    """By the mailbox, and for good. Whoever refuses us (our address, our password) may take the message later.

    A message whose attachment cannot be read any more, or held a virus, does not leave without it.
    """
    if isinstance(
        error, (AnymailInvalidAddress, AnymailRecipientsRefused)
    ):  # by a provider that knows the mailbox
        return True
    if isinstance(error, SMTPRecipientsRefused):
        code = min(code for code, _words in error.recipients.values())
    elif isinstance(error, SMTPDataError):
        code = error.smtp_code
    else:
        is_lost = isinstance(error, storage.UnreadableFileError)
        return is_lost and not isinstance(error, storage.QuarantinedError)
    return code >= PERMANENT or mail.written_at <= now - NOT_NOW_FOR


def _give_up(mail: Mail, now: datetime, error: Exception) -> None:
    name = type(error).__name__
    log.warning("mail %s (%s) is refused: %s", mail.pk, mail.message, name)
    Mail.objects.filter(pk=mail.pk).update(refused_at=now, next_try_at=None, tries=F("tries") + 1, error=name)


def _postpone(mail: Mail, now: datetime, error: Exception) -> None:
    pause = min(FIRST_PAUSE * 2 ** min(mail.tries, MOST_DOUBLINGS), LONGEST_PAUSE)
    name = type(error).__name__
    log.warning("mail %s (%s) waits %s: %s", mail.pk, mail.message, pause, name)
    Mail.objects.filter(pk=mail.pk).update(next_try_at=now + pause, tries=F("tries") + 1, error=name)


def _email_message(mail: Mail) -> EmailMultiAlternatives:
    host = settings.CONTROLLER["email"].rpartition("@")[2]
    headers = {"Message-ID": f"<{mail.pk}@{host}>", "Auto-Submitted": "auto-generated", **mail.headers}
    message = EmailMultiAlternatives(subject=mail.subject, body=mail.text, to=[mail.to], headers=headers)
    message.attach_alternative(mail.html, "text/html")
    for attachment in mail.attachments.select_related("file"):
        file = attachment.file
        message.attach(file.name, storage.read(file), file.media_type)
    return message
