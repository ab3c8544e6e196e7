"""Each message about a request also as a letter: a tagged PDF in the same words, kept in the request's file as sent.

E-mail and letter have one template. Whoever is not reached by e-mail gets the letter by post.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from dsr.lifecycle import transitions
from dsr.messages.letter_models import SentLetter
from dsr.requests.mandate_models import reader_of
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from dsr.rules.transitions import Transition
from privacy.audit import trail
from privacy.files import storage
from privacy.mail import letters as printing
from privacy.mail import rendering


class NothingToPostError(Exception):
    """This letter goes by e-mail, or was posted already."""


class PostingDateError(ValueError):
    """A letter is not posted before it is written, nor in the future."""


def store(
    message: str,
    request: SubjectRequest,
    facts: Mapping[str, object],
    *,
    posted_on: date | None = None,
    now: datetime,
) -> SentLetter:
    """Write the letter of ``message`` in the person's language and keep it, encrypted, with the request.

    ``posted_on`` is the day on which it was put in the post, for one that was previewed, printed and posted before.
    """
    day = posted_on or paris_day(now)
    context = {
        **facts,
        "subject_request": request,
        "reader": reader_of(request),
        "is_letter": True,
        "by_post": request.by_post,
    }
    rendered = rendering.render(message, context, language=request.language)
    content = printing.render(
        rendered,
        to=_address(request),
        reference=request.reference,
        language=request.language,
        today=day,
    )
    name = f"{request.reference} {day:%Y-%m-%d}.pdf"
    letter = SentLetter(
        request=request,
        message=message,
        subject=rendered.subject[:200],
        file=storage.store(content, name=name, media_type="application/pdf", now=now),
        written_at=now,
        by_post=request.by_post,
        posted_on=posted_on,
        posted_by=trail.actor() if posted_on else "",
    )
    letter.save()
    return letter


def mark_posted(request_id: UUID, *, letter: int, day: date, now: datetime) -> None:
    """Write down that a letter was put in the post. Raises :class:`NothingToPostError`, :class:`PostingDateError`."""
    with transitions.apply(request_id, Transition.MARK_POSTED, now=now) as request:
        waiting = request.sent_letters.to_post().filter(pk=letter)
        written_at = waiting.values_list("written_at", flat=True).first()
        if written_at is None:
            raise NothingToPostError
        if not paris_day(written_at) <= day <= paris_day(now):
            raise PostingDateError
        waiting.update(posted_on=day, posted_by=trail.actor())


def _address(request: SubjectRequest) -> list[str]:
    reader = reader_of(request)
    known = request.postal_address if reader is request or request.by_post else ""
    address = [line for line in known.splitlines() if line.strip()]
    return [reader.full_name(), *(address or [reader.email])]
