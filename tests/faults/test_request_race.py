"""Two controllers, a withdrawal and a purge at the same moment on one request, 200 times: one of them decides."""

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
from dsr.requests.identity_models import How
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from dsr.rules.rights import Kind
from dsr.rules.states import FINAL, IllegalMove
from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import holdings
from privacy.mail.models import Mail
from privacy.retention import purge
from tests.dsr.factories import make_request

ROUNDS = 200
TOLD = {"ANSWERED": "request_answered", "REFUSED": "request_refused", "WITHDRAWN": "request_withdrawn"}
LATE = (IllegalMove, decisions.Undecided, decisions.IdentityUnchecked)


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
    asked = make_request(now, email=email, kinds=[Kind.ERASURE])
    verification.check(asked.pk, how=How.EMAIL, now=now)
    return asked


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
                asked = _ready(now, number)
            _at_once(
                {
                    "user:1": lambda pk=asked.pk: decisions.grant(pk, now=now),
                    "user:2": lambda pk=asked.pk: decisions.refuse(
                        pk, ground="UNFOUNDED", reason="No.", now=now
                    ),
                    "visitor": lambda pk=asked.pk: follow_up.withdraw(pk, now=now),
                    "system": lambda: purge.run(now=now),
                },
                pool,
            )
            asked.refresh_from_db()
            ended[asked.state] += 1
            _agrees(asked)
    assert sum(ended.values()) == ROUNDS
    assert set(ended) <= set(TOLD)


def _agrees(asked: SubjectRequest) -> None:
    """State, story, audit trail, mail and rights tell of one decision, and of the same."""
    assert asked.state in FINAL
    said = [event.what for event in asked.events.all() if event.what in TOLD]
    assert said == [asked.state]
    actions = AuditEntry.objects.filter(
        key=str(asked.pk), action__in=[f"dsr.request.{what.lower()}" for what in TOLD]
    )
    assert [entry.action for entry in actions] == [f"dsr.request.{asked.state.lower()}"]
    mails = Mail.objects.filter(to=asked.email, message__in=TOLD.values())
    assert [mail.message for mail in mails] == [TOLD[asked.state]]
    erasures = AuditEntry.objects.filter(action="privacy.erasure.erased", about=asked.pseudonym()).count()
    assert erasures == (asked.state == "ANSWERED")
