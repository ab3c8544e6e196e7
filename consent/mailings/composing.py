"""An e-mail campaign as a mail: composed once in each language, then addressed to one person after the other."""

from dataclasses import dataclass

from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

from consent.mailings.models import Mailing
from privacy.companies.models import Entity, own_company
from privacy.datamap import subjects
from privacy.mail import rendering
from privacy.web import signed_links

PREFERENCES, UNSUBSCRIBE = "__preferences__", "__unsubscribe__"
"""Stand in the mail until it is known who gets it."""
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


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
        preferences = signed_links.absolute(f"/privacy/mail/{subjects.fingerprint(email)}/")
        unsubscribe = f"{preferences}unsubscribe/"
        html, text = (
            words.replace(PREFERENCES, preferences).replace(UNSUBSCRIBE, unsubscribe)
            for words in (self.html, self.text)
        )
        return AddressedMail(self.subject, html, text, unsubscribe)


def compose(mailing: Mailing, *, language: str) -> ComposedMail:
    facts = {
        "subject": mailing.subject(language),
        "words": mark_safe(_MARKDOWN.render(mailing.body(language))),  # noqa: S308 - HTML is switched off
        "company": _company(mailing.entity),
        "preferences": PREFERENCES,
        "unsubscribe": UNSUBSCRIBE,
    }
    rendered = rendering.render("mailing", facts, language=language)
    return ComposedMail(language, rendered.subject, rendered.html, rendered.text())


def _company(number: str) -> str:
    own = own_company()
    found = own if number == own.siren else Entity.objects.filter(siren=number).first()
    return found.name if found else number
