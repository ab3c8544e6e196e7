"""The states of a request. How it moves between them stands in `transitions`.

Overdue, extended and suspended are facts of dates (see `deadlines`), not states.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestState(TextChoices):
    RECEIVED = "RECEIVED", _("Received")
    GRANTED = "GRANTED", _("Granted, answer in preparation")
    ANSWERED = "ANSWERED", _("Answered")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    CLOSED = "CLOSED", _("Closed without answer")


OPEN = frozenset({RequestState.RECEIVED, RequestState.GRANTED})
FINAL = frozenset(RequestState) - OPEN
