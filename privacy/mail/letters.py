"""A message as a letter: a tagged PDF in the words of its e-mail (:mod:`privacy.mail.rendering`)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from privacy.mail.rendering import RenderedMessage
from privacy.web import company_address, pdf


def render(
    message: RenderedMessage, *, to: Sequence[str], reference: str, language: str, today: date
) -> bytes:
    """``to`` holds the lines of name and address."""
    with translation.override(language):
        return pdf.render("letters/reply", _layout(message, to, reference, language, today))


def _layout(
    message: RenderedMessage, to: Sequence[str], reference: str, language: str, today: date
) -> dict[str, object]:
    """What ``letters/reply.typ`` prints, in the language in force."""
    entity, controller = settings.ENTITY, settings.CONTROLLER
    return {
        "language": language,
        "title": message.subject,
        "year": today.year,
        "month": today.month,
        "day": today.day,
        "from": [
            entity["name"],
            f"{entity['legal_form']}, SIREN {entity['siren']}",
            *company_address.lines(),
        ],
        "to": list(to),
        "dated": _("%(town)s, %(day)s") % {"town": entity["town"], "day": date_format(today, "DATE_FORMAT")},
        "reference": _("Reference: %(reference)s") % {"reference": reference},
        "blocks": [asdict(block) for block in message.body],
        "signed": [controller["name"], _("Data controller")],
        "contact": controller["email"],
        "page": _("Page"),
    }
