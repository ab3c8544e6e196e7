"""Each message about a request also as a letter: a tagged PDF in the same words, kept in the request's file as sent.

The words stand in ``letters/<message>.txt``, once for the e-mail and the letter. Whoever is not reached by
e-mail gets the letter by post.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsr.lifecycle import transitions
from dsr.messages.letter_models import SentLetter
from dsr.requests.mandate_models import reader_of
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from dsr.rules.states import Transition
from privacy.audit import trail
from privacy.files import storage
from privacy.web import pdf

BULLET = "* "


class NothingToPostError(Exception):
    """This letter goes by e-mail, or was posted already."""


class PostingDateError(ValueError):
    """A letter is not posted before it is written, nor in the future."""


def store(message: str, request: SubjectRequest, facts: Mapping[str, Any], *, now: datetime) -> SentLetter:
    """Write the letter of ``message`` in the person's language and keep it, encrypted, with the request."""
    context = {
        **facts,
        "subject_request": request,
        "reader": reader_of(request),
        "entity": settings.ENTITY,
        "controller": settings.CONTROLLER,
        "by_post": request.by_post,
    }
    with translation.override(request.language):
        subject = " ".join(render_to_string(f"emails/{message}.subject.txt", context).split())
        text = render_to_string(f"letters/{message}.txt", context)
        content = pdf.render("letters/reply", _layout(request, subject, text, paris_day(now)))
    name = f"{request.reference} {paris_day(now):%Y-%m-%d}.pdf"
    letter = SentLetter(
        request=request,
        message=message,
        subject=subject[:200],
        file=storage.store(content, name=name, media_type="application/pdf", now=now),
        written_at=now,
        by_post=request.by_post,
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


def blocks(text: str) -> Iterator[dict[str, Any]]:
    """The words of a letter as paragraphs and lists, for the press. A blank line parts them."""
    for piece in text.replace("\r\n", "\n").strip().split("\n\n"):
        lines = [line.strip() for line in piece.split("\n") if line.strip()]
        if lines and lines[0].startswith(BULLET):
            yield {
                "items": [each.split("\n") for each in "\n".join(lines)[len(BULLET) :].split(f"\n{BULLET}")]
            }
        elif lines:
            yield {"lines": lines}


def _layout(request: SubjectRequest, subject: str, text: str, today: date) -> dict[str, Any]:
    """All that stands on the sheet, in the language in force."""
    entity, controller = settings.ENTITY, settings.CONTROLLER
    reader = reader_of(request)
    known = request.postal_address if reader is request else ""
    address = [line for line in known.splitlines() if line.strip()]
    return {
        "language": request.language,
        "title": subject,
        "year": today.year,
        "month": today.month,
        "day": today.day,
        "from": [
            entity["name"],
            f"{entity['legal_form']}, SIREN {entity['siren']}",
            f"{entity['postcode']} {entity['town']}, {entity['country']}",
        ],
        "to": [reader.full_name(), *(address or [reader.email])],
        "dated": _("%(town)s, %(day)s") % {"town": entity["town"], "day": date_format(today, "DATE_FORMAT")},
        "reference": _("Reference: %(reference)s") % {"reference": request.reference},
        "blocks": list(blocks(text)),
        "signed": [controller["name"], _("Data controller")],
        "contact": controller["email"],
        "page": _("Page"),
    }
