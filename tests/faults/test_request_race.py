"""Two controllers, a withdrawal and a purge at the same moment on one request: one of them decides.

Sixty times in each build; ``make audit`` runs it ten times.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

import pytest
from django.db import connection

from dsr.follow_up import follow_up
from dsr.identity import verification
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from dsr.rules.rights import Right
from dsr.rules.states import FINAL
from dsr.rules.transitions import IllegalTransitionError
from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import holdings
from privacy.mail.models import Mail
from privacy.retention import purge
from tests.dsr.factories import make_request

ROUNDS = 60
TOLD = {"ANSWERED": "request_answered", "REFUSED": "request_refused", "WITHDRAWN": "request_withdrawn"}
LATE = (IllegalTransitionError, decisions.UndecidedRightError, decisions.IdentityUncheckedError)


def _at_once(actions: dict[str, Callable[[], object]], pool: ThreadPoolExecutor) -> None:
    gate = threading.Barrier(len(actions))

    def act(actor: str, action: Callable[[], object]) -> None:
        with trail.acting(actor, "race"):
            gate.wait()
            try:
                with suppress(*LATE, purge.PurgeRunningError):
                    action()
            finally:
                connection.close()

    for done in [pool.submit(act, actor, action) for actor, action in actions.items()]:
        done.result(timeout=20)


def _ready(now: datetime, number: int) -> SubjectRequest:
    email = f"p{number}@example.org"
    subject_request = make_request(now, email=email, rights=[Right.ERASURE])
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    return subject_request


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_one_of_them_decides_and_everything_says_the_same(now, monkeypatch):
    # Of the purge, what a request is made of: the rest would take four fifths of the time, after the race.
    concerned = [known for known in holdings() if known.label.startswith("dsr.") or known.model is Mail]
    monkeypatch.setattr(purge, "holdings", lambda: concerned)
    ended: Counter[str] = Counter()
    with ThreadPoolExecutor(4) as pool:
        for number in range(ROUNDS):
            with trail.acting("system", "test"):
                subject_request = _ready(now, number)
            _at_once(
                {
                    "user:1": lambda pk=subject_request.pk: decisions.grant(pk, now=now),
                    "user:2": lambda pk=subject_request.pk: decisions.refuse(
                        pk, ground="UNFOUNDED", reason="No.", now=now
                    ),
                    "visitor": lambda pk=subject_request.pk: follow_up.withdraw(pk, now=now),
                    "system": lambda: purge.run(now=now),
                },
                pool,
            )
            subject_request.refresh_from_db()
            ended[subject_request.state] += 1
            _agrees(subject_request)
    assert sum(ended.values()) == ROUNDS
    assert set(ended) <= set(TOLD)


def _agrees(subject_request: SubjectRequest) -> None:
    """State, story, audit trail, mail and rights tell of one decision, and of the same."""
    assert subject_request.state in FINAL
    said = [event.event_type for event in subject_request.events.all() if event.event_type in TOLD]
    assert said == [subject_request.state]
    actions = AuditEntry.objects.filter(
        key=str(subject_request.pk), action__in=[f"dsr.request.{what.lower()}" for what in TOLD]
    )
    assert [entry.action for entry in actions] == [f"dsr.request.{subject_request.state.lower()}"]
    mails = Mail.objects.filter(to=subject_request.email, message__in=TOLD.values())
    assert [mail.message for mail in mails] == [TOLD[subject_request.state]]
    erasures = AuditEntry.objects.filter(
        action="privacy.erasure.erased", about=subject_request.pseudonym()
    ).count()
    assert erasures == (subject_request.state == "ANSWERED")
