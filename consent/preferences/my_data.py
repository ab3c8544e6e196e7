"""The consents of whoever is signed in: ``my_data`` in :mod:`privacy.plugins`."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from consent.choices import guard
from consent.cookies import registry
from consent.ledger.models import ConsentEvent
from consent.preferences import form_consents, preferences
from consent.preferences.forms import MailAgreementForm
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from consent.wording import wording
from privacy.companies import collecting
from privacy.datamap.subjects import Subject
from privacy.seals import inclusion

LINES = 10


@dataclass(frozen=True)
class MailConsent:
    """Whether commercial messages may be sent to one address, and by which company."""

    email: str
    prospect: Prospect | None

    @property
    def is_on(self) -> bool:
        return self.prospect is not None


def consents(request: HttpRequest, person: Subject, *, now: datetime) -> SafeString:
    register, evaluated = registry.current(), guard.evaluated(request)
    lines = list(form_consents.of_account(request, now=now)[: LINES + 1])
    seals = inclusion.sealed(ConsentEvent, [event.pk for event in lines[:LINES]])
    facts = {
        "mail": [_mail(email, now) for email in sorted(person.emails)],
        "form": MailAgreementForm(collection=collecting.by_controller()),
        "rows": preferences.rows(register, evaluated, moment=now.timestamp()),
        "prompt": wording.prompt_for(register),
        "lines": [(event, seals.get(event.pk)) for event in lines[:LINES]],
        "has_more_lines": len(lines) > LINES,
        "mail_said": request.GET.get("mail"),
        "is_kept": "kept" in request.GET,
    }
    return render_to_string("consent/preferences/my_data.html", facts, request)


def _mail(email: str, now: datetime) -> MailConsent:
    """A yes to an earlier text about this purpose counts no longer, and is not shown as one."""
    listed = prospecting.listed(email, now=now)
    return MailConsent(email, None if prospecting.is_suppressed(email) else listed)
