"""Two of the staff enter, decide on and send the same disclosure at the same moment: its person is told once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection

from privacy.audit import trail
from privacy.mail import outbox
from privacy.mail.models import Mail
from privacy.recipients import disclosures, notices
from privacy.recipients.models import Disclosure
from privacy.recipients.notice_models import DisclosureNotice
from privacy.recipients.notices import Addressee
from tests.conftest import ALICE
from tests.privacy.factories import TOLD, disclose, facts

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
ROUNDS = 20
LATE = (disclosures.AlreadyEnteredError, notices.AlreadyToldError)


def _at_once(*actions: Callable[[], object]) -> None:
    gate = threading.Barrier(len(actions))

    def act(number: int, action: Callable[[], object]) -> None:
        with trail.acting(f"user:{number}", "race"):
            gate.wait()
            try:
                with suppress(*LATE):
                    action()
            finally:
                connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        for done in [pool.submit(act, number, action) for number, action in enumerate(actions, start=1)]:
            done.result(timeout=20)


def test_two_who_enter_the_same_at_once_enter_it_once(now):
    def enter(about):
        return lambda: disclosures.disclose([Addressee(ALICE)], facts=about, plan=TOLD, now=now)

    for number in range(ROUNDS):
        about = facts(at=now, recipient=f"Court no. {number}")
        _at_once(*[enter(about)] * 3)
        assert Disclosure.objects.filter(recipient=about.recipient).count() == 1
    assert Mail.objects.count() == ROUNDS


def test_one_mail_leaves_whoever_decides_while_it_is_sent(now, mailoutbox):
    for number in range(ROUNDS):
        with trail.acting("system", "test"):
            row = disclose(ALICE, f"Court no. {number}", at=now, now=now)

        def decide(pk=row.pk):
            notices.decide(pk, whom=Addressee(ALICE), plan=TOLD, now=now)

        _at_once(decide, decide, lambda: outbox.deliver(now=now))
        outbox.deliver(now=now)
        with trail.acting("system", "test"):
            notices.note_departures(now=now)
        assert DisclosureNotice.objects.get(disclosure=row).is_told
        assert len(mailoutbox) == number + 1
