"""What leaves, to whom, and with which headers, by a real SMTP server."""

import pytest
from django.utils import timezone

from benchmarks import mail_sink
from consent.mailings import sending
from consent.mailings.models import Delivery
from privacy.audit import trail
from tests.conftest import ALICE, BOB
from tests.consent.mailings.factories import make_mailing, make_prospect, schedule

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.MAILINGS_PER_SECOND = settings.MAILINGS_PER_SECOND_OF_PROVIDER = 100_000.0
    with mail_sink.running(tmp_path / "taken") as sink:
        settings.EMAIL_PORT = sink.port
        yield sink


def run() -> bool:
    with trail.acting("system", "test"):
        return sending.run(now=timezone.now())


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
