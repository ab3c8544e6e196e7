"""A request comes in: a form is filed, its address is confirmed, the request stands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.forms.models import model_to_dict
from django.http import HttpRequest

from dsr.answer import delivery, objections
from dsr.identity import mandates
from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.requests.event_models import Happening
from dsr.requests.item_models import RequestItem
from dsr.requests.mandate_models import mandate_of
from dsr.requests.models import Filing, SubjectRequest
from dsr.rules.deadlines import Clock, paris_day
from privacy.audit import trail
from privacy.datamap import subjects


class NothingToConfirm(Exception):
    """The filing is gone: confirmed before, or its days are over."""


@dataclass(frozen=True)
class Form:
    """What the public form hands over, checked."""

    kinds: list[str]
    surname: str
    first_name: str
    email: str
    wish: str


def file(
    form: Form,
    *,
    acting: mandates.Acting | None = None,
    is_at_hand: bool = False,
    language: str,
    now: datetime,
) -> Filing:
    """Keep the form and mail the link that confirms it. Whether the address is known is never looked at.

    ``acting`` is who asks for somebody else. No link is mailed to somebody who ``is_at_hand``: signed in under that
    very address. Raises :class:`drafts.DraftGoneError` and :class:`OSError` for a mandate that cannot be kept.
    """
    with transaction.atomic():
        filing = Filing(**vars(form), language=language, received_at=now)
        filing.save()
        if acting:
            mandates.keep(filing, acting, now=now)
        if not is_at_hand:
            emails.confirm(filing, now=now)
        trail.record("dsr.filing.received", now=now, obj=filing, about=subjects.fingerprint(filing.email))
    return filing


def confirm(
    filing_id: UUID, *, visitors: Collection[UUID], browser: HttpRequest | None = None, now: datetime
) -> SubjectRequest:
    """Make the filing a request. The clock counts from the day the form was sent, not from this one.

    ``visitors`` are the keys of the browser that confirms, if its data are to be part of the answer; ``browser`` is
    what objects when recording is objected to. What can be done at once is done, unless a mandate is to be checked
    before: then the browser is somebody else's, too.
    Raises :class:`NothingToConfirm`; a second click finds nothing more.
    """
    with transaction.atomic():
        filing = Filing.objects.live(now).select_for_update().filter(pk=filing_id).first()
        if filing is None:
            raise NothingToConfirm
        is_mandated = mandate_of(filing) is not None
        request = _request(filing, () if is_mandated else visitors, now)
        mandates.hand_over(filing, request)
        filing.delete()
        transitions.record(request, Happening.RECEIVED, now=filing.received_at)
        transitions.record(request, Happening.CONFIRMED, now=now)
        for kind in request.kinds:
            item = RequestItem(request=request, kind=kind)
            item.save() if is_mandated else objections.settle(item, browser, now=now)
        if is_mandated:
            emails.mandated(request, now=now)
        if request.items.undecided().exists():
            emails.received(request, now=now)
        else:
            delivery.answer_at_once(request.pk, now=now)
            request.refresh_from_db()
    return request


def _request(filing: Filing, visitors: Collection[UUID], now: datetime) -> SubjectRequest:
    asked = model_to_dict(filing, fields=["kinds", "surname", "first_name", "email", "wish", "language"])
    request = SubjectRequest(
        id=filing.id,
        received_at=filing.received_at,
        confirmed_at=now,
        due_on=Clock(paris_day(filing.received_at)).due_on(paris_day(now)),
        visitors=sorted(visitors),
        **asked,
    )
    request.save(force_insert=True)
    return request
