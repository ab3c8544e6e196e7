"""Who said stop after the backup that was restored is heard again."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from consent.ledger import ledger
from consent.ledger.ledger import Act, ConsentContext, Holder
from consent.ledger.models import ConsentEvent
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect, Suppression
from privacy.audit.models import AuditEntry
from privacy.datamap.declarations import Purpose
from privacy.datamap.models import Objection, Restriction
from privacy.datamap.subjects import Subject, fingerprint, pseudonym
from privacy.datamap.usable import usable
from privacy.journal import entries
from privacy.mail.models import Mail
from privacy.retention import purge, replay, tasks
from privacy.rights import erasure, holds, objection, restriction
from privacy.rights.models import Hold
from privacy.subscriptions import subscriptions
from privacy.subscriptions.models import Subscription
from privacy.visits import recording
from privacy.visits.counting_models import RecordingObjection
from privacy.visits.models import Visit
from privacy.web import signed_links
from softnlabs.website.enquiries.models import Enquiry
from tests import holdings as made
from tests import prospects
from tests.conftest import ALICE, BOB
from tests.faults.backups import backup, everything_about, held, restore

HOUR = timedelta(hours=1)
pytestmark = [
    pytest.mark.fault,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("acting", "journal_read_on_each_page"),
]


def say_stop(person: made.SamplePerson, at: datetime) -> None:
    """By every way there is: prospecting, news of the policy, being counted, a choice, article 18."""
    context = ConsentContext(Act.CHOICE, "Measure?", "en", "/", at)
    prospecting.withdraw(email=person.email, act=Act.LINK, words="Stop", language="en", page="/", now=at)
    for subscription in Subscription.objects.filter(email=person.email):
        subscriptions.unsubscribe(
            signed_links.sign(subscriptions.UNSUBSCRIBE, str(subscription.pk), until=at + HOUR), now=at
        )
    recording.stop_recording(person.visitor, now=at)
    recording.stop_recording(person.visitor, now=at)
    ledger.withdraw(
        "measure", holder=Holder(receipt=person.receipt), purpose=Purpose.VISITORS, context=context
    )
    restriction.restrict(person.subject(), reason="She contests it", now=at)


def who_may_be_written_to(now: datetime) -> tuple[set[str], set[str], set[str]]:
    """By commercial mail, by news of the policy; and whose yes to being measured stands."""
    lines = ConsentEvent.objects.order_by("id").values_list("receipt", "topic", "kind")
    last = {receipt: kind for receipt, topic, kind in lines if topic == "measure"}
    return (
        {email for email in (ALICE, BOB) if prospecting.may_write(email, now=now)},
        set(usable(Subscription.objects.all(), now).values_list("email", flat=True)),
        {str(receipt) for receipt, kind in last.items() if kind == "GRANT"},
    )


def test_who_said_stop_after_the_backup_is_not_written_to_again(tmp_path):
    now = timezone.now()
    alice, bob = everything_about("alice"), everything_about("bob")
    RecordingObjection.objects.all().delete()
    Suppression.objects.all().delete()
    for person in (alice, bob):
        said = ConsentContext(Act.BOX, "Yes", "en", "/", now)
        prospects.confirmed(email=person.email, sentence="Yes", language="en", page="/", now=now)
        ledger.grant("measure", holder=Holder(receipt=person.receipt), purpose=Purpose.VISITORS, context=said)
    everybody = ({ALICE, BOB}, {ALICE, BOB}, {str(alice.receipt), str(bob.receipt)})
    assert who_may_be_written_to(now) == everybody
    dump = backup(tmp_path)
    say_stop(alice, now)
    text = settings.ERASURE_JOURNAL.read_text()
    for word in (alice.email, str(alice.visitor), str(alice.receipt), "contests"):
        assert word not in text

    restore(dump)
    assert who_may_be_written_to(timezone.now()) == everybody
    assert entries.is_restored()
    call_command("replay_erasures")
    only_bob = ({BOB}, {BOB}, {str(bob.receipt)})
    assert who_may_be_written_to(timezone.now()) == only_bob
    assert Suppression.objects.filter(fingerprint=fingerprint(ALICE)).exists()
    assert not Prospect.objects.filter(email=ALICE).exists()
    assert list(RecordingObjection.objects.values_list("visitor", flat=True)) == [alice.visitor]
    withdrawals = ConsentEvent.objects.filter(kind="WITHDRAW")
    assert {(event.topic, event.act) for event in withdrawals} == {
        ("prospecting", "LINK"),
        ("measure", "CHOICE"),
    }
    assert {event.happened_at for event in withdrawals} == {now}
    assert held(alice) == held(bob) - {"consent.prospect", "privacy.subscription", "privacy.visit"}
    placed = Restriction.objects.in_force().get(placed_at=now)
    assert ALICE in placed.keys["emails"]
    assert not usable(Enquiry.objects.all(), timezone.now()).filter(email=ALICE).exists()
    assert not entries.is_restored()
    lines = ConsentEvent.objects.count()
    call_command("replay_erasures")
    assert ConsentEvent.objects.count() == lines


def asked_by_mail(now: datetime) -> dict[str, str]:
    """By address, the token of the link in the question whether Alice and Bob want commercial mail."""
    tokens = {}
    for email in (ALICE, BOB):
        asked = prospecting.ask(email=email, sentence="Yes", language="en", page="/", now=now)
        assert asked
        tokens[email] = signed_links.sign(prospecting.CONFIRM, str(asked.record), until=now + HOUR)
    return tokens


@pytest.mark.parametrize("is_listed", [False, True])
def test_an_old_question_lists_nobody_who_was_erased_after_the_backup(tmp_path, is_listed):
    now = timezone.now()
    for email in (ALICE, BOB) if is_listed else ():
        prospects.confirmed(email=email, now=now)
    tokens = asked_by_mail(now)
    dump = backup(tmp_path)
    prospecting.confirm(tokens[ALICE], now=timezone.now())
    erasure.erase(Subject.of_email(ALICE), now=timezone.now())
    restore(dump)
    assert ConsentEvent.objects.askings().filter(email=ALICE).exists()
    call_command("replay_erasures")
    assert set(ConsentEvent.objects.values_list("email", flat=True)) == {BOB}
    assert set(Prospect.objects.values_list("email", flat=True)) == ({BOB} if is_listed else set())
    with pytest.raises(signed_links.BadLinkError):
        prospecting.confirm(tokens[ALICE], now=timezone.now())
    assert prospecting.confirm(tokens[BOB], now=timezone.now()).is_new
    assert Prospect.objects.get().email == BOB


def test_an_old_question_does_not_end_a_stop_that_was_said_after_the_backup(tmp_path):
    tokens = asked_by_mail(timezone.now())
    dump = backup(tmp_path)
    prospecting.confirm(tokens[ALICE], now=timezone.now())
    prospecting.withdraw(email=ALICE, act=Act.LINK, words="Stop", language="en", page="/", now=timezone.now())
    restore(dump)
    assert not prospecting.is_suppressed(ALICE)
    call_command("replay_erasures")
    assert prospecting.is_suppressed(ALICE)
    with pytest.raises(prospecting.StoppedSinceError):
        prospecting.confirm(tokens[ALICE], now=timezone.now())
    assert prospecting.confirm(tokens[BOB], now=timezone.now()).is_new
    assert [each.email for each in Prospect.objects.all()] == [BOB]


def test_what_waits_in_the_spool_of_who_objected_does_not_come_in_after_a_restore(tmp_path, client):
    recording.prepare_partitions(now=timezone.now())
    dump = backup(tmp_path)
    client.get("/")
    visitor = UUID(client.cookies[recording.cookie_name()].value)
    recording.stop_recording(visitor, now=timezone.now())
    restore(dump)
    call_command("replay_erasures")
    assert RecordingObjection.objects.get().visitor == visitor
    assert recording.drain(now=timezone.now()) == 0


def old_mail(now: datetime) -> list[str]:
    return list(
        Mail.objects.filter(written_at__lt=now - relativedelta(months=3)).values_list("to", flat=True)
    )


def test_what_was_lifted_after_the_backup_is_lifted_and_a_hold_of_since_is_respected(tmp_path):
    now = timezone.now()
    alice, bob = everything_about("alice"), everything_about("bob")
    for person in (alice, bob):
        Mail.objects.create(
            to=person.email, message="test", language="en", written_at=now - relativedelta(months=4)
        )
    lifted = holds.place(email=ALICE, reason="Litigation", review_on=now.date(), now=now)
    restricted = restriction.restrict(alice.subject(), reason="She contests it", now=now)
    dump = backup(tmp_path)
    holds.lift(lifted, now=now)
    restriction.lift(restricted, now=now)
    holds.place(email=BOB, reason="Litigation", review_on=now.date(), now=now)
    purge.run(now=now)
    assert old_mail(now) == [BOB]
    restore(dump)
    call_command("replay_erasures")
    standing = Hold.objects.in_force().filter(about__in=[fingerprint(ALICE), fingerprint(BOB)])
    assert fingerprint(BOB) in standing.values_list("about", flat=True)
    assert not Hold.objects.in_force().filter(pk=lifted.pk).exists()
    assert not Restriction.objects.in_force().filter(pk=restricted.pk).exists()
    assert old_mail(now) == [BOB]


def test_a_restriction_of_somebody_whom_the_backup_does_not_know_holds_when_they_come_back(tmp_path):
    now = timezone.now()
    dump = backup(tmp_path)
    alice, bob = made.person("alice", now), made.person("bob", now)
    restriction.restrict(alice.subject(), reason="She contests it", now=now)
    restore(dump)
    call_command("replay_erasures")
    placed = Restriction.objects.in_force().get()
    assert placed.keys == {}
    tasks.reattach_restrictions()
    assert not AuditEntry.objects.filter(action="privacy.restriction.keys_attached").exists()
    for email in (ALICE, BOB):
        made.enquiry(replace(alice if email == ALICE else bob, email=email), now)
    assert usable(Enquiry.objects.all(), now).count() == 2
    tasks.reattach_restrictions()
    assert usable(Enquiry.objects.all(), now).get().email == BOB
    placed.refresh_from_db()
    assert placed.keys["emails"] == [ALICE]
    tasks.reattach_restrictions()
    assert AuditEntry.objects.get(action="privacy.restriction.keys_attached").about == placed.about


def test_what_was_lifted_binds_nobody(now):
    alice = made.person("alice", now)
    placed = restriction.restrict(alice.subject(), reason="She contests it", now=now)
    restriction.lift(placed, now=now)
    assert replay.reattach_restrictions(now=now) == 0
    restriction.attach_keys(
        placed, alice.subject(), now=now
    )  # it was lifted after somebody found it standing
    placed.refresh_from_db()
    assert placed.keys == {}


def test_an_erasure_ends_the_restriction_that_was_placed_before_it(tmp_path):
    alice = everything_about("alice")
    dump = backup(tmp_path)
    placed = restriction.restrict(alice.subject(), reason="She contests it", now=timezone.now())
    erasure.erase(alice.subject(), now=timezone.now())
    restore(dump)
    call_command("replay_erasures")
    assert held(alice) == set()
    assert not Restriction.objects.in_force().filter(about=placed.about).exists()


def test_an_action_of_a_later_release_is_not_passed_over(tmp_path):
    alice = everything_about("alice")
    dump = backup(tmp_path)
    entries.note("test.unheard_of", [fingerprint(ALICE)], now=timezone.now())
    erasure.erase(alice.subject(), now=timezone.now())
    restore(dump)
    with pytest.raises(CommandError, match=r"test\.unheard_of"):
        call_command("replay_erasures")
    assert entries.is_restored()
    assert held(alice) != set(), "all or nothing"


def test_a_use_that_was_objected_to_after_the_backup_is_stopped_again_and_one_that_was_ended_goes_on(
    tmp_path,
):
    now = timezone.now()
    alice, bob = everything_about("alice"), everything_about("bob")
    on_hold = holds.place(email=ALICE, reason="Litigation", review_on=now.date(), now=now)
    dump = backup(tmp_path)
    objection.object_to(alice.subject(), ["website.enquiry"], reference="ABCD-EFGH", now=now)
    objection.object_to(bob.subject(), ["website.enquiry"], now=now)
    (ended,) = objection.object_to(bob.subject(), ["recruitment.application"], now=now)
    objection.end(ended, now=now)
    text = settings.ERASURE_JOURNAL.read_text()
    assert not any(word in text for word in (ALICE, BOB))
    restore(dump)
    assert usable(Enquiry.objects.all(), now).count() == 2
    call_command("replay_erasures")
    assert Enquiry.objects.get().email == ALICE, "on hold, so only stored"
    assert not usable(Enquiry.objects.all(), now).exists()
    placed = Objection.objects.in_force().get(reference="ABCD-EFGH")
    assert (placed.about, placed.objected_at) == (fingerprint(ALICE), now)
    assert not Objection.objects.in_force().filter(holding="recruitment.application").exists()
    holds.lift(on_hold, now=now)
    tasks.carry_out_objections()
    assert not Enquiry.objects.exists()


def test_lines_of_before_the_receipts_had_a_name_of_their_own_are_done_again(tmp_path):
    """Browsers and receipts stood under one name; an erasure took the visits of the browsers along."""
    now = timezone.now()
    recording.prepare_partitions(now=now)
    alice, bob = made.person("alice", now), made.person("bob", now)
    for person in (alice, bob):
        made.visit(person, now - HOUR)
        said = ConsentContext(Act.BOX, "Yes", "en", "/", now - HOUR)
        ledger.grant("measure", holder=Holder(receipt=person.receipt), purpose=Purpose.VISITORS, context=said)
    dump = backup(tmp_path)
    receipt, number = (pseudonym("visitors", each) for each in (alice.receipt, alice.visitor))
    facts = {"topic": "measure", "act": Act.CHOICE, "until": now.isoformat()}
    entries.note("consent.withdrawn", [receipt], now=now, **facts)
    entries.note_erasure([number], kept=[], now=now)
    restore(dump)
    call_command("replay_erasures")
    withdrawn = ConsentEvent.objects.filter(kind="WITHDRAW")
    assert list(withdrawn.values_list("receipt", flat=True)) == [alice.receipt]
    assert list(Visit.objects.values_list("visitor", flat=True)) == [bob.visitor]
