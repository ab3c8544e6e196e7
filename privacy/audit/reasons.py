"""Reasons: why the archive or a proof of identity is opened, written down before; then it is open for an hour.

To one person alone: whoever wrote the reason. Each kind of opening is an audit action of its own.
"""

import re
from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, TextChoices
from django.utils.translation import gettext_lazy as _

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.web.fields import TextField

OPEN_FOR = timedelta(hours=1)
LIKELY_PERSONAL = re.compile(r"\S@\S|\d(?:[\s.-]?\d){7,}")  # an e-mail address, a telephone number


class Why(TextChoices):
    PERSON = "PERSON", _("To answer the person")
    IDENTITY = "IDENTITY", _("To check who asks")
    CLAIM = "CLAIM", _("A dispute or a legal claim")
    AUTHORITY = "AUTHORITY", _("An authority or a court asks")
    CONTROL = "CONTROL", _("A control, or an alert to look into")


def validate_impersonal(text: str) -> None:
    """Validator: a reason outlives what it is about, so it names nobody."""
    if LIKELY_PERSONAL.search(text):
        raise ValidationError(_("Leave out addresses and numbers of persons: the reason stays on record."))


class ReasonForm(forms.Form):
    why = forms.ChoiceField(label=_("Why do you open it?"), choices=[("", "---------"), *Why.choices])
    reason = TextField(
        label=_("In a few words"),
        min_length=10,
        max_length=300,
        validators=[validate_impersonal],
        help_text=_("It stays on record. Name no person: whoever asks what we hold about them may read it."),
        widget=forms.Textarea({"rows": 3}),
    )


def give(
    action: str, *, why: str, reason: str, obj: Model | None = None, about: str = "", now: datetime
) -> AuditEntry:
    """Open to the current actor what ``action`` stands for, of ``obj`` if there is one. As :func:`check`."""
    check(why=why, reason=reason)
    return trail.record(action, now=now, obj=obj, about=about, detail={"why": why, "reason": reason})


def check(*, why: str, reason: str) -> None:
    """Raises ``PermissionDenied`` without a reason."""
    if not (why and reason.strip()):
        raise PermissionDenied


def is_given(action: str, *, obj: Model | None = None, now: datetime) -> bool:
    """By the current actor, within the last hour."""
    given = AuditEntry.objects.filter(action=action, actor=trail.actor(), at__gt=now - OPEN_FOR, at__lte=now)
    return given.filter(key=str(obj.pk) if obj else "").exists()
