"""What follows from a report, once."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta

from consent.ledger.ledger import Act
from consent.ledger.models import ConsentEvent
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect, Suppression
from consent.returns import returns
from consent.returns.reports import Kind, Report
from consent.undeliverable import undeliverable
from consent.undeliverable.models import MailReturn, StoppedAddress
from privacy.companies.models import own_company
from privacy.datamap import subjects
from privacy.mail import outbox
from privacy.mail.models import Mail
from tests import prospects
from tests.conftest import ALICE, BOB
from tests.consent.mailings.factories import make_mailing, make_prospect
from tests.consent.returns.factories import again_to, message_id, sent_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def report(kind: str, delivery=None, recipient: str = "", **facts) -> Report:
    return Report(kind, message_id(delivery) if delivery else "", recipient, **facts)


def take(found: Report, now) -> bool:
    return returns.take(found, source=MailReturn.Source.PROVIDER, now=now)


def is_writable(email: str, now) -> bool:
    found = Prospect.objects.writable(entity=own_company().siren, now=now).filter(email=email).exists()
    assert found == prospecting.may_write(email, now=now)
    return found


def test_a_mailbox_that_refuses_for_good_gets_no_more(now):
    mailing = make_mailing(now=now)
    alice, bob = (sent_to(email, now=now, mailing=mailing) for email in (ALICE, BOB))
    assert is_writable(ALICE, now)
    assert take(report(Kind.PERMANENT, alice, status="5.1.1"), now)
    assert not is_writable(ALICE, now)
    assert is_writable(BOB, now)
    alice.refresh_from_db(), bob.refresh_from_db(), mailing.refresh_from_db()
    assert (alice.bounced_at, bob.bounced_at, mailing.bounced, mailing.complained) == (now, None, 1, 0)
    assert StoppedAddress.objects.get().reason == undeliverable.Reason.PERMANENT
    # It is nobody's will: the person is a prospect as before, and on no list of those who said no.
    assert Prospect.objects.filter(email=ALICE).exists()
    assert not Suppression.objects.exists()
    assert ALICE not in str(list(MailReturn.objects.values()) + list(StoppedAddress.objects.values()))


def test_a_stop_lasts_as_long_as_a_prospect_and_ends_once_they_confirm_from_the_mailbox(now):
    take(report(Kind.PERMANENT, sent_to(ALICE, now=now)), now)
    almost = now + relativedelta(years=3) - timedelta(seconds=1)
    assert not is_writable(ALICE, almost)
    prospects.confirmed(email=ALICE, now=almost)
    assert is_writable(ALICE, almost)
    assert not StoppedAddress.objects.exists()


def test_the_same_report_counts_once_wherever_it_comes_from(now):
    alice = sent_to(ALICE, now=now)
    assert take(report(Kind.PERMANENT, alice, mark="1"), now)
    later = now + timedelta(hours=1)
    assert not take(report(Kind.PERMANENT, alice, mark="2"), later)
    assert not returns.take(
        Report(Kind.PERMANENT, message_id(alice).strip("<>"), "other@example.net"), source="DESK", now=later
    )
    assert MailReturn.objects.count() == 1
    alice.mailing.refresh_from_db()
    assert alice.mailing.bounced == 1


def test_several_that_could_not_be_delivered_stop_it_and_fewer_do_not(now):
    make_prospect(ALICE, now=now)
    for number in range(undeliverable.TEMPORARY_RETURNS):
        assert is_writable(ALICE, now)
        alice = again_to(ALICE, now=now)
        take(report(Kind.TEMPORARY, alice, status="4.2.2"), now)
        take(report(Kind.TEMPORARY, alice, status="4.2.2"), now)  # tried again: the same message
        assert MailReturn.objects.count() == number + 1
    assert not is_writable(ALICE, now)
    assert StoppedAddress.objects.get().reason == undeliverable.Reason.REPEATED
    prospects.confirmed(email=ALICE, now=now)
    take(report(Kind.TEMPORARY, again_to(ALICE, now=now)), now)
    assert is_writable(ALICE, now)  # what came back before was of a mailbox that takes mail again


def test_those_of_long_ago_do_not_count(now):
    make_prospect(ALICE, now=now)
    for number in range(undeliverable.TEMPORARY_RETURNS):
        later = now + number * (undeliverable.TEMPORARY_WITHIN / 3) + timedelta(seconds=number)
        take(report(Kind.TEMPORARY, again_to(ALICE, now=later)), later)
    assert is_writable(ALICE, later)


def test_a_complaint_is_an_objection(now):
    alice = sent_to(ALICE, now=now)
    make_prospect(BOB, now=now)
    assert take(report(Kind.COMPLAINT, alice), now)
    assert not is_writable(ALICE, now)
    assert is_writable(BOB, now)
    assert prospecting.is_suppressed(ALICE)
    assert not Prospect.objects.filter(email=ALICE).exists()
    line = ConsentEvent.objects.filter(email=ALICE).latest("id")
    assert (line.kind, line.act, line.language) == ("WITHDRAW", Act.COMPLAINT, "en")
    assert line.wording.text == "Button of the mailbox: this message is unwanted."
    alice.refresh_from_db(), alice.mailing.refresh_from_db()
    assert (alice.complained_at, alice.mailing.complained, alice.mailing.bounced) == (now, 1, 0)
    assert not StoppedAddress.objects.exists()
    assert not take(report(Kind.COMPLAINT, alice), now)
    alice.mailing.refresh_from_db()
    assert alice.mailing.complained == 1


def test_unsubscribing_through_the_provider_withdraws_too(now):
    alice = sent_to(ALICE, now=now)
    assert take(report(Kind.UNSUBSCRIBED, alice), now)
    assert prospecting.is_suppressed(ALICE)
    alice.mailing.refresh_from_db()
    assert alice.mailing.complained == 0


@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize(
    "unknown",
    [
        {
            "message_id": "<3f2b7d34-0d8f-4a45-9d41-0a4f5f0f0f0f@softnlabs.com>",
            "recipient": "nobody@example.org",
        },
        {"message_id": "<nonsense>", "recipient": "no address"},
        {"message_id": "", "recipient": ""},
    ],
)
def test_a_report_about_nobody_leaves_no_trace(now, kind, unknown):
    sent_to(BOB, now=now)
    events = ConsentEvent.objects.count()
    assert not take(Report(kind, **unknown), now)
    assert not MailReturn.objects.exists()
    assert not StoppedAddress.objects.exists()
    assert not Suppression.objects.exists()
    assert ConsentEvent.objects.count() == events


def test_without_a_message_the_address_of_a_prospect_is_enough(now):
    make_prospect(ALICE, now=now)
    assert take(report(Kind.PERMANENT, recipient="Alice@EXAMPLE.org", mark="2026-11-29"), now)
    assert not take(report(Kind.PERMANENT, recipient=ALICE, mark="2026-11-29"), now)
    assert not is_writable(ALICE, now)


def test_mail_that_a_person_asked_for_is_marked_and_the_next_one_still_leaves(now, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    make_prospect(ALICE, now=now)
    mail = Mail.objects.create(message="test", to=ALICE, language="en", written_at=now, sent_at=now)
    assert take(Report(Kind.PERMANENT, f"<{mail.pk}@softnlabs.com>", "x@example.net"), now)
    mail.refresh_from_db()
    assert mail.refused_at == now
    assert not is_writable(ALICE, now)
    answer = Mail.objects.create(message="test", to=ALICE, language="en", written_at=now, next_try_at=now)
    assert outbox.deliver(now=now) == 1
    answer.refresh_from_db()
    assert (answer.sent_at, answer.refused_at) == (now, None)


def test_the_address_of_the_report_is_the_one_that_we_wrote_to(now):
    alice = sent_to(ALICE, now=now)
    sent_to(BOB, now=now)
    take(Report(Kind.PERMANENT, message_id(alice), BOB), now)
    assert StoppedAddress.objects.get().fingerprint == subjects.fingerprint(ALICE)
    assert is_writable(BOB, now)
