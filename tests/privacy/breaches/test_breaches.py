"""Notifying the authority, telling persons, closing the file; Bob is told nothing of Alice."""

from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db import DatabaseError, IntegrityError, transaction

from privacy.audit.models import AuditEntry
from privacy.breaches import breaches
from privacy.breaches.breaches import Need, SentNotification, TellResult
from privacy.breaches.models import Breach, BreachNotice, BreachNotification, Exemption, Means, Risk
from privacy.datamap.subjects import Subject
from privacy.mail.models import Mail
from privacy.recipients.notices import Addressee
from privacy.retention import purge
from privacy.rights import erasure, restriction
from tests import roles
from tests.conftest import ALICE, BOB
from tests.privacy.factories import make_breach

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
HIGH = {"risk": Risk.HIGH, "risk_reasons": "Passwords"}


def sent(at, **changes) -> SentNotification:
    return SentNotification(**{"sent_at": at, "is_complete": True, "text": "A notice", **changes})


def tell(breach: Breach, *emails: str, now) -> TellResult:
    people = [Addressee(email) for email in emails]
    return breaches.tell(breach.pk, people=people, language="en", text="A message went wrong.", now=now)


def actions() -> list[str]:
    found = AuditEntry.objects.filter(action__startswith="privacy.breach.").order_by("pk")
    return [entry.action.rpartition(".")[2] for entry in found]


@pytest.mark.parametrize(
    ("facts", "needs"),
    [
        ({}, [Need.ASSESS, Need.NOTIFY]),
        ({"risk": Risk.NONE, "risk_reasons": "A key nobody has"}, []),
        ({"risk": Risk.RISK, "risk_reasons": "Addresses"}, [Need.NOTIFY]),
        (HIGH, [Need.NOTIFY, Need.TELL]),
        (
            {**HIGH, "exemption": Exemption.AVERTED, "exemption_reason": "Passwords were reset."},
            [Need.NOTIFY],
        ),
        ({**HIGH, "exemption": Exemption.AVERTED, "exemption_reason": " "}, [Need.NOTIFY, Need.TELL]),
    ],
)
def test_what_a_file_lacks(now, facts, needs):
    assert breaches.needs(make_breach(aware_at=now, **facts)) == needs


def test_a_notice_in_time_needs_no_reasons_and_what_it_said_is_kept(now):
    breach = make_breach(aware_at=now - timedelta(hours=72))
    noted = breaches.note_notification(breach.pk, sent=sent(now, text="Ce qui s’est passé"), now=now)
    assert (noted.text, noted.delay_reasons) == ("Ce qui s’est passé", "")
    assert AuditEntry.objects.get(action="privacy.breach.authority_notified").detail["sha256"]


def test_a_late_notice_says_why(now):
    breach = make_breach(aware_at=now - timedelta(hours=72, microseconds=1))
    with pytest.raises(breaches.MissingReasonsError):
        breaches.note_notification(breach.pk, sent=sent(now, delay_reasons=" "), now=now)
    breaches.note_notification(breach.pk, sent=sent(now, delay_reasons="The office was closed."), now=now)
    assert BreachNotification.objects.get().delay_reasons == "The office was closed."


def test_a_notice_comes_in_phases_and_only_the_first_has_to_be_in_time(now):
    breach = make_breach(aware_at=now - timedelta(days=9), risk=Risk.RISK, risk_reasons="Addresses")
    first = sent(now - timedelta(days=8), is_complete=False)
    breaches.note_notification(breach.pk, sent=first, now=now)
    assert breaches.needs(breach) == [Need.COMPLETE]
    breaches.note_notification(breach.pk, sent=sent(now), now=now)
    assert breaches.needs(Breach.objects.get()) == []
    assert not Breach.objects.notified_late_without_reasons().exists()


def test_reasons_may_follow_where_it_turns_out_later_that_we_had_been_aware_before(now):
    breach = make_breach(aware_at=now - timedelta(hours=80))
    BreachNotification.objects.create(
        breach=breach, sent_at=now, is_complete=True, text="x", recorded_at=now, recorded_by="user:1"
    )
    assert Breach.objects.notified_late_without_reasons().get() == breach
    second = sent(now + timedelta(hours=1), delay_reasons="Nobody read the message.")
    breaches.note_notification(breach.pk, sent=second, now=now + timedelta(hours=1))
    assert not Breach.objects.notified_late_without_reasons().exists()


@pytest.mark.parametrize("at", [timedelta(hours=-3), timedelta(microseconds=1)])
def test_a_notice_is_not_sent_before_we_knew_nor_in_the_future(now, at):
    breach = make_breach(aware_at=now - timedelta(hours=2))
    with pytest.raises(breaches.SendingDateError):
        breaches.note_notification(breach.pk, sent=sent(now + at), now=now)
    assert not BreachNotification.objects.exists()


def test_each_person_gets_an_own_message_and_gets_it_once(now):
    breach = make_breach(aware_at=now, **HIGH)
    assert tell(breach, ALICE, ALICE, now=now) == TellResult(1, 0)
    assert tell(breach, ALICE, BOB, now=now) == TellResult(1, 1)
    assert sorted(mail.to for mail in Mail.objects.all()) == [ALICE, BOB]
    assert not Mail.objects.filter(to=ALICE, text__contains=BOB).exists()
    assert actions() == ["notice_made", "notice_made"]


def test_the_same_person_may_be_told_of_another_breach(now):
    for _each in range(2):
        tell(make_breach(aware_at=now, **HIGH), ALICE, now=now)
    assert Mail.objects.filter(to=ALICE).count() == 2


def test_a_person_counts_as_told_once_the_mail_has_left_and_their_address_goes(now):
    breach = make_breach(aware_at=now, **HIGH)
    tell(breach, ALICE, BOB, now=now)
    Mail.objects.filter(to=ALICE).update(sent_at=now + timedelta(minutes=1))
    assert breaches.note_departures(now=now + timedelta(minutes=2)) == 1
    told = BreachNotice.objects.exclude(told_at=None).get()
    assert (told.email, told.told_at) == ("", now + timedelta(minutes=1))
    assert BreachNotice.objects.get(told_at=None).email == BOB
    assert Need.TELL in breaches.needs(breach)


def test_a_letter_counts_as_told_once_it_is_posted(now):
    breach = make_breach(aware_at=now, **HIGH)
    carol = Addressee(name="Carol Doe", postal_address="1 rue X\n64000 Pau")
    breaches.tell(breach.pk, people=[carol], language="fr", text="Une lettre", now=now)
    notice = BreachNotice.objects.get()
    assert (notice.means, notice.waits_for_post) == (Means.LETTER, True)
    assert not Mail.objects.exists()
    breaches.mark_told(breach.pk, notice.pk, now=now)
    with pytest.raises(breaches.NotWaitingError):
        breaches.mark_told(breach.pk, notice.pk, now=now)
    assert BreachNotice.objects.get().name == ""
    assert Need.TELL not in breaches.needs(breach)


def test_a_notice_of_another_breach_is_not_marked(now):
    one, other = make_breach(aware_at=now, **HIGH), make_breach(aware_at=now, **HIGH)
    tell(one, ALICE, now=now)
    with pytest.raises(breaches.NotWaitingError):
        breaches.mark_told(other.pk, BreachNotice.objects.get().pk, now=now)


def test_restriction_and_erasure_stop_no_notice(now):
    breach = make_breach(aware_at=now, **HIGH)
    restriction.restrict(Subject.of_email(ALICE), reason="She contests it", now=now)
    tell(breach, ALICE, now=now)
    erasure.erase(Subject.of_email(ALICE), now=now)
    assert BreachNotice.objects.get().about
    assert Breach.objects.get() == breach


def test_a_mail_that_was_erased_before_it_left_is_written_again_once(now):
    breach = make_breach(aware_at=now, **HIGH)
    tell(breach, ALICE, BOB, now=now)
    erasure.erase(Subject.of_email(ALICE), now=now)
    assert [mail.to for mail in Mail.objects.all()] == [BOB]
    assert [breaches.write_again(now=now), breaches.write_again(now=now)] == [1, 0]
    mail = Mail.objects.get(to=ALICE)
    assert "A message went wrong." in mail.text
    Mail.objects.update(sent_at=now)
    assert breaches.note_departures(now=now) == 2
    Mail.objects.all().delete()
    assert breaches.write_again(now=now) == 0


def test_nothing_is_written_again_in_a_closed_file_or_to_a_letter(now):
    breach = make_breach(aware_at=now, **HIGH)
    carol = Addressee(name="Carol Doe", postal_address="1 rue X")
    breaches.tell(breach.pk, people=[carol, Addressee(ALICE)], language="fr", text="x", now=now)
    Mail.objects.all().delete()
    Breach.objects.update(closed_at=now)
    assert breaches.write_again(now=now) == 0


def test_a_file_is_closed_when_nothing_is_left_to_do_and_then_nothing_is_added(now):
    breach = make_breach(aware_at=now, **HIGH)
    with pytest.raises(breaches.NotDoneError):
        breaches.close(breach.pk, now=now)
    breaches.note_notification(breach.pk, sent=sent(now), now=now)
    tell(breach, ALICE, now=now)
    breaches.mark_told(breach.pk, BreachNotice.objects.get().pk, now=now)
    breaches.close(breach.pk, now=now)
    for late in (
        lambda: tell(breach, BOB, now=now),
        lambda: breaches.note_notification(breach.pk, sent=sent(now), now=now),
        lambda: breaches.close(breach.pk, now=now),
    ):
        with pytest.raises(breaches.ClosedError):
            late()
    breaches.reopen(breach.pk, now=now)
    assert Breach.objects.get().is_open
    assert actions()[-2:] == ["closed", "reopened"]


def test_an_open_file_is_never_purged_and_a_closed_one_after_five_years_with_all_of_it(now):
    old = now - relativedelta(years=6)
    still_open = make_breach(aware_at=old)
    closed = make_breach(aware_at=old, closed_at=now - relativedelta(years=5) + timedelta(seconds=1))
    gone = make_breach(aware_at=old, closed_at=now - relativedelta(years=5))
    for breach in (closed, gone):
        BreachNotification.objects.create(
            breach=breach, sent_at=old, is_complete=True, text="x", recorded_at=old, recorded_by="user:1"
        )
    purge.run(now=now)
    assert set(Breach.objects.all()) == {still_open, closed}
    assert BreachNotification.objects.get().breach == closed


@pytest.mark.parametrize("table", ["privacy_breach", "privacy_breachnotification", "privacy_breachnotice"])
def test_nobody_deletes_by_hand(now, table):
    breach = make_breach(aware_at=now, **HIGH)
    tell(breach, ALICE, now=now)
    breaches.note_notification(breach.pk, sent=sent(now), now=now)
    model = {each._meta.db_table: each for each in (Breach, BreachNotification, BreachNotice)}[table]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), roles.owner():
        model.objects.all()._raw_delete("default")


@pytest.mark.parametrize(
    "facts",
    [
        {"kinds": []},
        {"risk": Risk.RISK},
        {"exemption": Exemption.EFFORT},
    ],
)
def test_the_database_refuses_what_says_nothing(now, facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_breach(aware_at=now, **facts)
