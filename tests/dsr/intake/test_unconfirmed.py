"""Forms that nobody confirmed: none is dropped unsaid, one reminder each, and no flood of a mailbox."""

from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from dsr.intake import submission, unconfirmed
from dsr.requests.models import UNCONFIRMED_KEEP, UNCONFIRMED_REMIND_AFTER, UnconfirmedRequest
from privacy.companies.collecting import by_controller
from privacy.mail.models import Mail
from privacy.retention import purge
from tests import actors
from tests.conftest import ALICE, BOB
from tests.dsr.factories import make_form
from tests.dsr.mandates import submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
INSTANT = timedelta(microseconds=1)
LIST = "/admin/dsr/unconfirmedrequest/"


def send(email: str, now: datetime, *, may_mail: bool = True, language: str = "en") -> UnconfirmedRequest:
    return submission.submit(
        make_form(email), collection=by_controller(), may_mail=may_mail, language=language, now=now
    )


def told() -> "QuerySet[Mail]":
    return Mail.objects.filter(message="request_unconfirmed").order_by("pk")


def test_one_reminder_two_days_before_and_no_second_one(now):
    alice, due = send(ALICE, now, language="fr"), UNCONFIRMED_REMIND_AFTER.after(now)
    assert unconfirmed.tell(now=due - INSTANT) == 0
    assert unconfirmed.tell(now=due) == 1
    mail = told().get()
    assert (mail.to, mail.language) == (ALICE, "fr")
    assert "30 novembre 2026" in mail.text.replace("\u00a0", " ")
    assert unconfirmed.tell(now=due + timedelta(hours=25)) == 0
    alice.refresh_from_db()
    assert alice.reminded_at == due


def test_its_link_confirms_and_what_is_confirmed_is_not_reminded_of(client: Client, now, time_machine):
    time_machine.move_to(now, tick=False)
    alice, bob = send(ALICE, now), send(BOB, now)
    submission.confirm(bob.pk, now=now)
    later = UNCONFIRMED_REMIND_AFTER.after(now)
    time_machine.move_to(later, tick=False)
    unconfirmed.tell(now=later)
    (link,) = [word for word in told().get().text.split() if "/confirm/" in word]
    client.get(link.removeprefix("http://localhost:8000"))
    client.post(client.get(link[link.index("/privacy") :]).url)
    assert not UnconfirmedRequest.objects.filter(pk=alice.pk).exists()


def test_a_form_over_the_limit_is_mailed_later_once_a_day_in_one_message(now):
    waiting = [send(ALICE, now + timedelta(minutes=number), may_mail=False) for number in range(12)]
    assert not Mail.objects.exists()
    assert unconfirmed.tell(now=now + timedelta(hours=1)) == 1
    mail = told().get()
    assert mail.text.count("/confirm/") == unconfirmed.LISTED
    assert "2 more forms" in mail.text
    assert set(UnconfirmedRequest.objects.values_list("link_sent_at", flat=True)) == {
        now + timedelta(hours=1)
    }
    send(ALICE, now + timedelta(hours=2), may_mail=False)
    assert unconfirmed.tell(now=now + timedelta(hours=3)) == 0
    assert unconfirmed.tell(now=now + timedelta(hours=25)) == 1
    assert told().count() == 2
    assert all(form.link_sent_at is None for form in waiting)


def test_whoever_is_flooded_still_hears_of_every_form_and_others_are_not_kept_from_theirs(now):
    for minutes in range(40):
        send(ALICE, now + timedelta(minutes=minutes), may_mail=False)
    send(BOB, now, may_mail=False)
    for hours in range(1, 7 * 24, 3):
        unconfirmed.tell(now=now + timedelta(hours=hours))
    assert not UnconfirmedRequest.objects.filter(link_sent_at=None).exists()
    assert not UnconfirmedRequest.objects.filter(reminded_at=None).exists()
    assert told().filter(to=ALICE).count() <= 7
    assert told().filter(to=BOB).count() == 2


def test_the_one_who_asks_for_another_is_told_and_not_the_other(now):
    submitted(now)
    unconfirmed.tell(now=UNCONFIRMED_REMIND_AFTER.after(now))
    assert told().get().to == "zoe@example.net"


def test_whoever_is_signed_in_gets_no_link_and_no_reminder(now):
    submission.submit(make_form(), collection=by_controller(), is_signed_in=True, language="en", now=now)
    assert unconfirmed.tell(now=now + timedelta(days=6)) == 0


@pytest.mark.django_db(transaction=True)
def test_the_lapse_leaves_a_count_that_names_nobody(now):
    send(ALICE, now)
    later = UNCONFIRMED_KEEP.after(now)
    purge.run(now=later)
    assert not UnconfirmedRequest.objects.exists()
    assert unconfirmed.count_lapsed(now=later) == 1
    assert unconfirmed.count_lapsed(now=later + timedelta(days=367)) == 0


def test_they_are_a_list_at_the_desk(dpo_client, clerk):
    now = timezone.now()
    send(ALICE, now - timedelta(days=6))
    gone = send(BOB, now - timedelta(days=8))
    page = dpo_client.get(LIST).text
    assert "A. M." in page
    assert "Erased unconfirmed within twelve months: 0" in page
    assert dpo_client.get(f"{LIST}{gone.pk}/change/").status_code == 404
    shown = UnconfirmedRequest.objects.get(email=ALICE)
    assert ALICE in dpo_client.get(f"{LIST}{shown.pk}/change/").text
    assert "e-mail" in dpo_client.get(f"/fr{LIST}{shown.pk}/change/").text
    client = Client()
    actors.sign_in(client, clerk)
    assert client.get(LIST).status_code == 403
