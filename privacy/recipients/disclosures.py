"""Disclosures: data about a person given to an authority, or to defend a right (clause 7 of the policy)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from privacy.audit import trail
from privacy.recipients import notices
from privacy.recipients.models import NEED_NO_AUTHORISATION, Disclosure
from privacy.recipients.notices import Addressee, NoticePlan
from privacy.web import locks


class AlreadyEnteredError(Exception):
    """The same person, recipient and instant stand in the register already."""


class UnauthorisedError(Exception):
    """Information about a client, without their authorisation and without a law, an authority or a claim."""


@dataclass(frozen=True)
class DisclosureFacts:
    """What was given to whom, when, and on which ground, with the authorisation where it needs one."""

    recipient: str
    ground: str
    provision: str
    categories: Sequence[str]
    at: datetime
    is_about_client: bool = False
    authorised_on: date | None = None
    authorisation: str = ""

    @property
    def needs_authorisation(self) -> bool:
        is_enough = self.ground in NEED_NO_AUTHORISATION
        return self.ground == Disclosure.Ground.AUTHORISED or (self.is_about_client and not is_enough)

    @property
    def is_authorised(self) -> bool:
        """An authorisation counts from its day on."""
        day = self.authorised_on
        return day is not None and day <= timezone.localdate(self.at) and bool(self.authorisation.strip())

    def row(self, about: str) -> Disclosure:
        """Not saved yet."""
        return Disclosure(
            about=about,
            recipient=self.recipient,
            ground=self.ground,
            provision=self.provision,
            categories=list(self.categories),
            at=self.at,
            is_about_client=self.is_about_client,
            authorised_on=self.authorised_on,
            authorisation=self.authorisation,
        )


def disclose(
    people: Sequence[Addressee], *, facts: DisclosureFacts, plan: NoticePlan, now: datetime
) -> list[Disclosure]:
    """Register a disclosure, a row for each of `people`, and tell each of them as `plan` says: all or none.

    Of an address only the pseudonym stays, once its person is told. Raises :class:`AlreadyEnteredError` and
    :class:`UnauthorisedError`.
    """
    if facts.needs_authorisation and not facts.is_authorised:
        raise UnauthorisedError
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locks.DISCLOSURES])
        same = Q(about__in=[each.pseudonym() for each in people], recipient=facts.recipient, at=facts.at)
        if Disclosure.objects.filter(same).exists():
            raise AlreadyEnteredError
        return [_enter(whom, facts, plan, now) for whom in people]


def _enter(whom: Addressee, facts: DisclosureFacts, plan: NoticePlan, now: datetime) -> Disclosure:
    entered = facts.row(whom.pseudonym())
    entered.decided_by = trail.actor()
    entered.save()
    trail.record(
        "privacy.disclosure.entered",
        now=now,
        obj=entered,
        about=entered.about,
        detail={"ground": facts.ground},
    )
    notices.begin(entered, whom=whom, plan=plan, now=now)
    return entered
