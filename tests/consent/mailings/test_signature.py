"""Without a signature no campaign leaves, and the desk says why."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from consent.mailings import mailings, sending
from consent.mailings.states import MailingState
from privacy.access.groups import StaffGroup
from softnlabs import secrets
from tests import actors
from tests.conftest import ALICE
from tests.consent.mailings.factories import make_mailing, make_prospect, schedule

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _in_production(settings) -> None:
    settings.LOCAL_MODE = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def mailing():
    make_prospect(ALICE, now=timezone.now())
    return make_mailing(now=timezone.now())


@pytest.fixture
def seller() -> Client:
    client = Client()
    actors.sign_in(client, actors.make_member("seller@example.org", StaffGroup.SALES))
    return client


@pytest.mark.usefixtures("acting")
def test_what_was_scheduled_waits_until_somebody_signs(mailing, settings):
    now = timezone.now()
    schedule(mailing, now=now)
    assert not sending.run(now=now)
    mailing.refresh_from_db()
    assert (mailing.state, mail.outbox) == (MailingState.SCHEDULED, [])
    settings.DKIM_PRIVATE_KEY, settings.DKIM_SELECTOR = secrets.fresh_mail_key(), "mail"
    sending.run(now=now)
    assert [message.to for message in mail.outbox] == [[ALICE]]


def test_the_desk_says_why_and_schedules_nothing(mailing, seller, settings):
    address = f"/admin/consent/mailing/{mailing.pk}/start/"
    assert "E-mails are not signed (DKIM)" in seller.get(address).text
    assert "E-mails are not signed (DKIM)" in seller.post(address).text
    mailing.refresh_from_db()
    assert mailing.state == MailingState.DRAFT
    settings.MAIL_RELAY_SIGNS = True
    assert "E-mails are not signed" not in seller.get(address).text


@pytest.mark.usefixtures("acting")
def test_a_paused_campaign_goes_on_only_once_somebody_signs(mailing, seller, settings):
    now, address = timezone.now(), f"/admin/consent/mailing/{mailing.pk}/resume/"
    schedule(mailing, now=now)
    mailings.start_due(now=now)
    mailings.pause(mailing.pk, now=now)
    for state, relay_signs in ((MailingState.PAUSED, False), (MailingState.SENDING, True)):
        settings.MAIL_RELAY_SIGNS = relay_signs
        assert ("E-mails are not signed (DKIM)" in seller.post(address, follow=True).text) is not relay_signs
        mailing.refresh_from_db()
        assert mailing.state == state
