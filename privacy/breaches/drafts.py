"""What is drafted from the register: the notice to the authority, and the message to persons."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext

from privacy.breaches import clock
from privacy.breaches.models import Breach, BreachNotice
from privacy.mail import letters, rendering
from privacy.mail.rendering import RenderedMessage

AUTHORITY_LANGUAGE = "fr"
LETTER = "privacy/breaches/authority.html"


def for_authority(breach: Breach, *, now: datetime) -> RenderedMessage:
    """What GDPR article 33(3) lists, in French; once it is late also the reasons, or that they are to be written."""
    notices = list(breach.notifications.all())
    facts = {
        "breach": breach,
        "entity": settings.ENTITY,
        "controller": settings.CONTROLLER,
        "is_followed": bool(notices),
        "delay_reasons": "\n".join(each.delay_reasons for each in notices if each.delay_reasons),
        "is_late": not notices and clock.is_late(breach.aware_at, now),
    }
    with translation.override(AUTHORITY_LANGUAGE):
        page = render_to_string(LETTER, facts)
        subject = gettext("Notification of a personal data breach")
    (body,) = rendering.read_blocks(page)
    return RenderedMessage(subject, page, body, footer=())


def for_authority_as_pdf(breach: Breach, *, now: datetime) -> bytes:
    to = [settings.AUTHORITY["name"], *settings.AUTHORITY["postal_address"]]
    return _letter(for_authority(breach, now=now), to=to, breach=breach, language=AUTHORITY_LANGUAGE, now=now)


def for_persons(breach: Breach, *, language: str) -> str:
    """What GDPR article 34(2) lists, to be edited: plain paragraphs."""
    with translation.override(language):
        return render_to_string("privacy/breaches/persons.txt", {"breach": breach}).strip()


def message(text: str, *, language: str, is_letter: bool = False) -> RenderedMessage:
    """The message to a person as it leaves."""
    return rendering.render("breach", {"words": text, "is_letter": is_letter}, language=language)


def letter(notice: BreachNotice, *, now: datetime) -> bytes:
    """The PDF to print and post."""
    words = message(notice.text, language=notice.language, is_letter=True)
    return _letter(words, to=notice.address_lines(), breach=notice.breach, language=notice.language, now=now)


def _letter(
    words: RenderedMessage, *, to: Sequence[str], breach: Breach, language: str, now: datetime
) -> bytes:
    with translation.override(language):
        reference = gettext("breach no. %(number)s") % {"number": breach.pk}
    return letters.render(words, to=to, reference=reference, language=language, today=timezone.localdate(now))
