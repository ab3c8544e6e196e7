"""What an action would send, exactly: it is carried out, its messages are read, and all of it is rolled back."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from dsr.answer import execution
from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.messages.letter_models import SentLetter
from dsr.package import archive, redaction
from dsr.package.models import AccessPackage
from dsr.requests.mandate_models import reader_of
from dsr.rules.transitions import Transition
from privacy.files import storage
from privacy.mail.models import Mail

# The links of a mail open the person's pages: the desk must not see them.
KEYS = re.compile(r"(/(?:follow|download)/)[^/\s]+/")


class NothingSentError(Exception):
    """This action sends nothing."""


@dataclass(frozen=True)
class MessagePreview:
    """The text of the e-mail (empty for somebody answered by post), and the letter."""

    subject: str
    mail: str
    name: str
    letter: bytes


def preview_message(request_id: UUID, action: Callable[[], None], *, now: datetime) -> MessagePreview:
    """What the person would get if ``action`` ran now. Raises NothingSentError, and what the action raises."""
    written = SentLetter.objects.filter(request=request_id)
    with transaction.atomic():
        before = set(written.values_list("pk", flat=True))
        action()
        _answer_without_copy(request_id, now)
        letter = written.exclude(pk__in=before).select_related("file").last()
        found = _read(letter, now) if letter else None
        transaction.set_rollback(True)
    if letter is None or found is None:
        raise NothingSentError
    storage.path_of(letter.file_id).unlink(missing_ok=True)
    return found


def _answer_without_copy(request_id: UUID, now: datetime) -> None:
    """A granted request is answered once its package is built; the letter is the same without it."""
    package = AccessPackage.objects.waiting().filter(request=request_id).select_related("request").first()
    if package:
        execution.correct(package.request, now=now)
        redaction.redact_corrections(package.request)
        package.ends_at = archive.ends_at(package.request, now=now)
        with transitions.apply(request_id, Transition.ANSWER, now=now) as request:
            execution.carry_out(request, now=now)
            emails.ready(package, now=now)


def _read(letter: SentLetter, now: datetime) -> MessagePreview:
    mails = Mail.objects.filter(message=letter.message, to=reader_of(letter.request).email, written_at=now)
    mail = None if letter.by_post else mails.last()
    text = KEYS.sub(r"\1…/", mail.text) if mail else ""
    return MessagePreview(letter.subject, text, letter.file.name, storage.read_unscanned(letter.file))
