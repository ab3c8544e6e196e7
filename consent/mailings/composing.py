"""An e-mail campaign as a mail: composed once in each language, then addressed to one person after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.safestring import mark_safe

from consent.mail_preferences import links
from consent.mailings import clicks, writing
from consent.mailings.models import Mailing
from privacy.audit import trail
from privacy.companies.models import Entity, own_company
from privacy.mail import outbox, rendering
from privacy.mail.rendering import RenderedMessage
from privacy.web import signed_links

PREFERENCES, UNSUBSCRIBE = "__preferences__", "__unsubscribe__"
"""Stand in the mail until it is known who gets it, as :data:`clicks.PERSON` does."""


@dataclass(frozen=True)
class AddressedMail:
    """What one person gets. ``unsubscribe`` is the address for the headers of RFC 8058."""

    subject: str
    html: str
    text: str
    unsubscribe: str


@dataclass(frozen=True)
class ComposedMail:
    """What everybody gets who reads this language; who that is, is not in it yet."""

    language: str
    subject: str
    html: str
    text: str

    def address(self, email: str) -> AddressedMail:
        """``email`` is normalised."""
        unsubscribe = links.unsubscribe(email, language=self.language)
        marks = {
            PREFERENCES: links.preferences(email, language=self.language),
            UNSUBSCRIBE: unsubscribe,
            clicks.PERSON: links.token(email),
        }
        return AddressedMail(self.subject, _filled(self.html, marks), _filled(self.text, marks), unsubscribe)


def compose(mailing: Mailing, *, language: str) -> ComposedMail:
    facts = _facts(mailing, language, addresses=clicks.wrap(mailing, language))
    rendered = rendering.render("mailing", facts, language=language)
    return ComposedMail(language, rendered.subject, rendered.html, rendered.text())


def preview(mailing: Mailing, *, language: str) -> RenderedMessage:
    """The mail with the links that were written: looking at it counts nothing, and it stops nobody's mail."""
    own = signed_links.absolute("/")
    return rendering.render(
        "mailing", _facts(mailing, language, preferences=own, unsubscribe=own), language=language
    )


def send_test(mailing: Mailing, *, language: str, to: str, now: datetime) -> None:
    """To whoever is signed in, at their own address: to nobody else."""
    facts = _facts(
        mailing,
        language,
        preferences=links.preferences(to, language=language),
        unsubscribe=links.unsubscribe(to, language=language),
    )
    with transaction.atomic():
        outbox.send("mailing", to=to, language=language, context={**facts, "is_test": True}, now=now)
        trail.record("consent.mailing.tested", now=now, obj=mailing, detail={"language": language})


def _facts(
    mailing: Mailing,
    language: str,
    *,
    preferences: str = PREFERENCES,
    unsubscribe: str = UNSUBSCRIBE,
    addresses: Mapping[str, str] | None = None,
) -> dict[str, object]:
    words = writing.to_html(mailing.body(language), site=signed_links.absolute(""), addresses=addresses or {})
    return {
        "subject": mailing.subject(language),
        "words": mark_safe(words),  # noqa: S308 - Markdown with HTML switched off
        "company": _company(mailing.entity),
        "preferences": preferences,
        "unsubscribe": unsubscribe,
    }


def _company(number: str) -> str:
    own = own_company()
    found = own if number == own.siren else Entity.objects.filter(siren=number).first()
    return found.name if found else number


def _filled(words: str, marks: Mapping[str, str]) -> str:
    for mark, value in marks.items():
        words = words.replace(mark, value)
    return words
