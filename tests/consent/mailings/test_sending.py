"""What leaves, to whom, and with which headers, by a real SMTP server."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from benchmarks import mail_sink
from consent.ledger.ledger import Act
from consent.mail_preferences import links
from consent.mailings import claims, mailings, sending
from consent.mailings.line import Line
from consent.mailings.models import Delivery, Mailing
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from consent.undeliverable import undeliverable
from dsr.rules.rights import Right
from privacy.audit import trail
from privacy.datamap.models import Objection
from privacy.datamap.subjects import Subject, fingerprint
from privacy.rights import erasure, restriction
from tests import prospects
from tests.conftest import ALICE, BOB
from tests.consent.mailings.factories import make_mailing, make_prospect, schedule
from tests.dsr import steps

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.MAILINGS_PER_SECOND = settings.MAILINGS_PER_SECOND_OF_PROVIDER = 100_000.0
    with mail_sink.running(tmp_path / "taken") as sink:
        settings.EMAIL_PORT = sink.port
        yield sink


def run(seconds: float = sending.LONGEST_RUN) -> bool:
    with trail.acting("system", "test"):
        return sending.run(now=timezone.now(), seconds=seconds)


def test_everybody_who_agreed_gets_it_once(sink):
    now = timezone.now()
    for address in (ALICE, BOB):
        make_prospect(address, now=now)
    mailing = schedule(make_mailing(now=now), now=now)
    assert run() is False
    mailing.refresh_from_db()
    assert sink.taken() == {ALICE: 1, BOB: 1}
    assert (mailing.state, mailing.recipients, mailing.sent) == ("SENT", 2, 2)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"SENT"}
    run()
    assert sink.taken() == {ALICE: 1, BOB: 1}


def test_two_who_claim_at_once_get_different_ones(settings):
    """The first has not committed its claim yet; the second neither waits nor takes the same."""
    settings.MAILINGS_PER_SECOND = settings.MAILINGS_PER_SECOND_OF_PROVIDER = 100_000.0
    now = timezone.now()
    for number in range(claims.AT_ONCE + 5):
        make_prospect(f"person{number}@provider{number}.example", now=now)
    mailing = schedule(make_mailing(now=now), now=now)
    with trail.acting("system", "test"):
        mailings.start_due(now=now)
    claims.fill(mailing.pk, now=now)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        first = set(
            Delivery.objects.sendable(now).select_for_update().values_list("pk", flat=True)[: claims.AT_ONCE]
        )
        second = {each.pk for each in pool.submit(claimed, mailing, now).result(timeout=5)}
    assert len(second) == 5
    assert not first & second


def claimed(mailing: Mailing, now: datetime) -> list[Delivery]:
    """Over connections of their own."""
    try:
        with Line(1) as line:
            return claims.take(mailing, claims.Permission(mailing, line, now=now), line, now=now)
    finally:
        connection.close()


def withdraw(email: str, now: datetime) -> None:
    prospecting.withdraw(email=email, act=Act.MY_DATA, words="Stop", language="en", page="/", now=now)


def ask_alone(email: str, now: datetime) -> None:
    Prospect.objects.filter(email=email).delete()
    prospecting.ask(email=email, sentence="Write to me", language="en", page="/", now=now)


def stand_objection(email: str, now: datetime) -> None:
    Objection.objects.create(
        about=fingerprint(email), holding="consent.prospect", keys={"emails": [email]}, objected_at=now,
        placed_by="user:1",
    )  # fmt: skip


def change(**values: object) -> Callable[[str, datetime], object]:
    return lambda email, _now: Prospect.objects.filter(email=email).update(**values)


def silent(email: str, now: datetime) -> None:
    change(last_contact_at=now - relativedelta(years=3, seconds=1))(email, now)


WHO_GET_NONE: dict[str, Callable[[str, datetime], object]] = {
    "objected by a request": lambda email, now: steps.ask(now, Right.NO_PROSPECTING, email=email),
    "objected by a link": lambda email, _now: Client().post(
        f"/privacy/mail/{links.token(email)}/unsubscribe/"
    ),
    "objected on record": stand_objection,
    "withdrew": withdraw,
    "suppressed": lambda email, now: prospecting.suppress(email, now=now),
    "suppressed in capitals": lambda email, now: prospecting.suppress(email.upper(), now=now),
    "restricted": lambda email, now: restriction.restrict(Subject.of_email(email), reason="asked", now=now),
    "erased": lambda email, now: erasure.erase(Subject.of_email(email), now=now),
    "never confirmed": change(confirmed_at=None),
    "asked alone": ask_alone,
    "silent for three years": silent,
    "agreed to another text": lambda email, now: prospects.confirmed(
        email=email, policy_version="1", now=now
    ),
    "agreed for another company": change(entity="732 829 320"),
    "mailbox takes no mail": lambda email, now: undeliverable.stop(
        email, reason=undeliverable.Reason.PERMANENT, now=now
    ),
    "reads another language": change(language="fr"),
    "does not want the topic": change(declined_topics=["privacy"]),
}


@pytest.mark.parametrize("is_filled", [False, True], ids=["before it is filled", "once it is filled"])
def test_who_may_not_be_written_to_gets_none(sink, acting, is_filled):
    now = timezone.now()
    addresses = {why: f"{why.replace(' ', '-')}@example.org" for why in WHO_GET_NONE}
    for email in (BOB, *addresses.values()):
        make_prospect(email, now=now)
    mailing = schedule(make_mailing(now=now, topic="privacy", languages=["en"]), now=now)
    if is_filled:
        mailings.start_due(now=now)
        assert claims.fill(mailing.pk, now=now) == 1 + len(WHO_GET_NONE)
    for why, stop in WHO_GET_NONE.items():
        stop(addresses[why], now)
    run()
    assert sink.taken() == {BOB: 1}
    mailing.refresh_from_db()
    assert (mailing.state, mailing.sent) == ("SENT", 1)


def test_the_pace_is_kept(sink, settings):
    """A bucket of two seconds at first, then as many as the time allows."""
    now = timezone.now()
    for number in range(9):
        make_prospect(f"person{number}@example.org", now=now)
    schedule(make_mailing(now=now), now=now)
    settings.MAILINGS_PER_SECOND_OF_PROVIDER = 0.5
    run(seconds=1)
    assert sink.taken().total() == 1
