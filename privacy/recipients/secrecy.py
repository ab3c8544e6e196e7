"""What a person must not learn of, not even by asking for access, while a law forbids it (GDPR, article 23).

A disclosure whose notice waits for a date of the law, or is withheld on a ground that also limits the right of access,
is left out with its notice and with the entries of the audit trail about it.
"""

from datetime import datetime

from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.recipients.models import Disclosure
from privacy.recipients.notice_models import DisclosureNotice


def forbidden_rows(label: str, *, now: datetime) -> Q | None:
    """See :class:`privacy.plugins.ForbiddenRows`."""
    secret = DisclosureNotice.objects.secret(timezone.localdate(now))
    if label == Disclosure._meta.label_lower:
        return Q(pk__in=secret.values("disclosure"))
    if label == DisclosureNotice._meta.label_lower:
        return Q(pk__in=secret.values("pk"))
    if label == AuditEntry._meta.label_lower:
        keys = secret.annotate(key=Cast("disclosure", CharField())).values("key")
        return Q(kind=Disclosure._meta.label_lower, key__in=keys)
    return None
