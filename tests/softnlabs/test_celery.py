"""What runs by the clock: each entry of the schedule, run by the name that beat sends, does what it is there for."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.core import mail as sent
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from consent.cookies import observations
from consent.cookies.observation_models import CookieObservation
from consent.ledger import ledger
from consent.ledger.models import ConsentEvent
from consent.mail_preferences import preferences
from consent.mailings.models import Delivery
from consent.mailings.states import DeliveryState, MailingState
from dsr.follow_up import follow_up
from dsr.identity import verification
from dsr.intake import submission
from dsr.package.models import AccessPackage
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.review import decisions
from privacy.access import expiry
from privacy.access.models import Training
from privacy.audit import trail
from privacy.breaches import breaches
from privacy.breaches.models import BreachNotice
from privacy.companies.collecting import by_controller
from privacy.datamap.models import Restriction
from privacy.datamap.subjects import Subject, fingerprint
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.mail.models import Mail
from privacy.oversight import months
from privacy.oversight.models import LookCount, LookReport
from privacy.policy import publishing
from privacy.promises import checking
from privacy.promises.models import PromiseResult
from privacy.recipients.notice_models import DisclosureNotice
from privacy.recipients.notices import Addressee
from privacy.retention import advance_notice, purge
from privacy.retention.models import PurgeRun
from privacy.rights import holds, objection
from privacy.seals import sealing
from privacy.seals.models import DailySeal, Seal, Verification
from privacy.subscriptions.models import Subscription
from privacy.visits import partitions, recording
from privacy.visits.counting_models import DailyTotal
from privacy.visits.models import Visit
from privacy.web.models import Bucket
from softnlabs.celery import app
from softnlabs.website.enquiries.models import Enquiry
from softnlabs.website.health.models import Heartbeat
from tests import actors, roles
from tests.conftest import ALICE, BOB
from tests.consent.imports.files import bring_in, start
from tests.consent.mailings.factories import make_mailing, make_prospect, schedule
from tests.dsr.factories import make_form, make_request
from tests.privacy.factories import disclose, make_breach
from tests.privacy.quarantine import scanners
from tests.privacy.visits import spool_lines
from tests.softnlabs.enquiries.factories import make_enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
Story = Callable[[datetime], Iterator[None]]
"""Prepares the database, yields while the task runs, and asserts what it did."""


@pytest.fixture
def now() -> datetime:
    """The real time: that is what a task reads."""
    return timezone.now()


def mail(now: datetime) -> Iterator[None]:
    facts = {"message": "test", "language": "en", "subject": "Hello", "text": "Good day."}
    for email, next_try_at in ((ALICE, now), (BOB, now + timedelta(hours=1))):
        Mail.objects.create(to=email, written_at=now, next_try_at=next_try_at, **facts)
    sent.outbox = []
    yield
    assert [message.to for message in sent.outbox] == [[ALICE]]


def visits(now: datetime) -> Iterator[None]:
    recording.prepare_partitions(now=now)
    spool_lines.wait(spool_lines.line(now, path="/careers/"))
    yield
    assert Visit.objects.get().path == "/careers/"


def _make_old_and_new_mail(now: datetime) -> None:
    for email, age in ((ALICE, relativedelta(months=4)), (BOB, relativedelta())):
        Mail.objects.create(to=email, message="test", language="en", written_at=now - age)


def stops_after_a_campaign(now: datetime) -> Iterator[None]:
    mailing, hour = make_mailing(), timedelta(hours=1)
    make_prospect(ALICE, now=now - 3 * hour)
    Delivery.objects.create(
        mailing=mailing, email=ALICE, language="en", added_at=now, next_try_at=now, sent_at=now - 2 * hour,
        state=DeliveryState.SENT,
    )  # fmt: skip
    preferences.stop(ALICE, words="Stop", language="en", now=now - hour)
    yield
    mailing.refresh_from_db()
    assert mailing.unsubscribed == 1


def due_data(now: datetime) -> Iterator[None]:
    _make_old_and_new_mail(now)
    yield
    assert PurgeRun.objects.get().state == PurgeRun.State.FINISHED
    assert Mail.objects.get().to == BOB


def requested_purge(now: datetime) -> Iterator[None]:
    _make_old_and_new_mail(now)
    requested = purge.request(now=now)
    yield
    requested.refresh_from_db()
    assert requested.state == PurgeRun.State.FINISHED
    assert Mail.objects.get().to == BOB


def news(now: datetime) -> Iterator[None]:
    version = publishing.publish(now=now - timedelta(minutes=1))
    for email, number in ((ALICE, version.number - 1), (BOB, version.number)):
        Subscription.objects.create(email=email, language="en", confirmed_at=now, notified_version=number)
    yield
    assert Mail.objects.get(message="policy_news").to == ALICE


def partitions_ahead(now: datetime) -> Iterator[None]:
    with roles.owner(), connection.cursor() as cursor:
        for partition in partitions.attached():
            cursor.execute(f"DROP TABLE {partition.name}")
    yield
    days = partitions.attached_days()
    assert days[0] <= now.date()
    assert days[-1] >= now.date() + timedelta(days=14)


def totals(now: datetime) -> Iterator[None]:
    at = now - timedelta(days=2)
    partitions.prepare({at.date()})
    Visit.objects.create(at=at, number=1, visitor=uuid4(), has_cookie=True, path="/careers/", language="en")
    yield
    assert DailyTotal.objects.get().day == at.date()


def seals(now: datetime) -> Iterator[None]:
    trail.record("privacy.test.done", now=now)
    yield
    assert Seal.objects.get().rows == 1


def daily_seal(now: datetime) -> Iterator[None]:
    trail.record("privacy.test.done", now=now - timedelta(days=1))
    made = sealing.seal(now=now - timedelta(days=1))
    yield
    assert DailySeal.objects.get().head == made
    assert Mail.objects.filter(message="daily_seal").count() == 1


def verification_of_all(now: datetime) -> Iterator[None]:
    trail.record("privacy.test.done", now=now - timedelta(days=1))
    sealing.seal(now=now - timedelta(days=1))
    yield
    assert Verification.objects.get().rows == 1


def looks_report(now: datetime) -> Iterator[None]:
    month = months.first_day(now) - relativedelta(months=1)
    begin, _end = months.bounds(month)
    with trail.acting("user:7", "test"):
        trail.record("website.enquiry.viewed", now=begin, about=fingerprint(ALICE))
    yield
    assert LookReport.objects.get().month == month
    assert LookCount.objects.get().looks == 1
    ready = Mail.objects.get(message="looks_report")
    assert ready.to == settings.CONTROLLER["email"]
    assert ALICE not in ready.text


def files(now: datetime) -> Iterator[None]:
    orphan, known = (
        storage.store(b"a CV", name="cv.pdf", media_type="application/pdf", now=now) for _number in range(2)
    )
    StoredFile.objects.filter(pk=orphan.pk).delete()
    then = (now - timedelta(hours=2)).timestamp()
    for file in (orphan, known):
        os.utime(storage.path_of(file.pk), (then, then))
    yield
    assert not storage.path_of(orphan.pk).exists()
    assert storage.path_of(known.pk).exists()


def scanner(now: datetime) -> Iterator[None]:
    """What was sent is let out when the scanner has seen it."""
    file = storage.store(b"a CV", name="cv.pdf", media_type="application/pdf", now=now, is_upload=True)
    with scanners.speaking(b"stream: OK\0") as (address, received), override_settings(SCANNER=address):
        yield
        assert storage.read(StoredFile.objects.get(pk=file.pk)) == b"a CV"
    assert received == [b"a CV"]


def notice_in_advance(now: datetime) -> Iterator[None]:
    make_enquiry(received_at=now + timedelta(hours=23) - relativedelta(years=3))
    yield
    assert Mail.objects.filter(message=advance_notice.MESSAGE).count() == 1


def disclosure_notices(now: datetime) -> Iterator[None]:
    """Who was written to counts as told; of what may be told now the controller hears."""
    told = disclose(ALICE, "Court of Pau", at=now, now=now)
    Mail.objects.update(sent_at=now)
    disclose(BOB, "Court of Bordeaux", at=now, now=now - timedelta(days=8))
    yield
    assert DisclosureNotice.objects.get(told_at=now).disclosure == told
    reminder = Mail.objects.get(message="disclosures_to_tell")
    assert reminder.to == settings.CONTROLLER["email"]
    assert BOB not in reminder.text


def open_breaches(now: datetime) -> Iterator[None]:
    """Who was written to counts as told, an erased mail is written again, and the controller hears of the rest."""
    breach = make_breach(aware_at=now - timedelta(hours=49))
    people = [Addressee(ALICE), Addressee(BOB)]
    breaches.tell(breach.pk, people=people, language="en", text="A breach", now=now)
    Mail.objects.update(sent_at=now)
    Mail.objects.filter(to=BOB).delete()
    yield
    assert Mail.objects.filter(to=BOB, message="breach").exists()
    assert BreachNotice.objects.get(told_at=now).breach == breach
    assert Mail.objects.get(message="breaches_open").to == settings.CONTROLLER["email"]


def restrictions(now: datetime) -> Iterator[None]:
    restored = {"reason": "She contests it", "placed_by": "system", "placed_at": now, "keys": {}}
    placed = Restriction.objects.create(about=fingerprint(ALICE), **restored)
    for email in (ALICE, BOB):
        make_enquiry(email, received_at=now)
    yield
    placed.refresh_from_db()
    assert placed.keys["emails"] == [ALICE]


def objections(now: datetime) -> Iterator[None]:
    """What a hold kept goes once the hold has ended."""
    for email in (ALICE, BOB):
        make_enquiry(email, received_at=now)
    held = holds.place(email=ALICE, reason="Litigation", review_on=now.date(), now=now)
    objection.object_to(Subject.of_email(ALICE), ["website.enquiry"], now=now)
    holds.lift(held, now=now)
    assert Enquiry.objects.filter(email=ALICE).exists()
    yield
    assert Enquiry.objects.get().email == BOB


def limits(now: datetime) -> Iterator[None]:
    Bucket.objects.create(limit="over", about="0" * 64, full_at=now - timedelta(seconds=1))
    Bucket.objects.create(limit="counting", about="0" * 64, full_at=now + timedelta(hours=1))
    yield
    assert Bucket.objects.get().limit == "counting"


def promises(now: datetime) -> Iterator[None]:
    yield
    looked_at = PromiseResult.objects.filter(checked_at__gte=now).values_list("key", flat=True)
    assert set(looked_at) == {promise.key for promise in checking.registry()}


def cookies_seen(now: datetime) -> Iterator[None]:
    observations.reset()
    observations.record("stranger", CookieObservation.ObservationKind.RECEIVED)
    yield
    assert CookieObservation.objects.get().name == "stranger"


def mailings(now: datetime) -> Iterator[None]:
    """To nobody: what is sent goes over a connection of its own, and is tested with real servers."""
    mailing = schedule(make_mailing(now=now), now=now)
    yield
    mailing.refresh_from_db()
    assert (mailing.state, mailing.is_filled, mailing.recipients) == (MailingState.SENT, True, 0)


def listed_people(now: datetime) -> Iterator[None]:
    start(bring_in(ALICE, now=now), now=now)
    yield
    assert Mail.objects.get(message="prospect_confirm").to == ALICE


def choices(now: datetime) -> Iterator[None]:
    given_at = now - timedelta(days=200)
    for receipt, valid_until in (("1", now - timedelta(seconds=1)), ("2", now + timedelta(days=1))):
        ledger.grant(
            "visits",
            holder=ledger.Holder(receipt=uuid4()),
            purpose="VISITORS",
            context=ledger.ConsentContext(ledger.Act.CHOICE, "May we?", "en", f"/{receipt}/", given_at),
            valid_until=valid_until,
        )
    yield
    over = ConsentEvent.objects.get(kind=ledger.ConsentKind.EXPIRE)
    assert over.receipt == ConsentEvent.objects.get(page="/1/", kind=ledger.ConsentKind.GRANT).receipt


def tick(now: datetime) -> Iterator[None]:
    yield
    assert Heartbeat.objects.get(component=Heartbeat.Component.WORKER).at >= now


def packages(now: datetime) -> Iterator[None]:
    subject_request = make_request(now)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    assert AccessPackage.objects.get().built_at is None
    yield
    package = AccessPackage.objects.get()
    assert package.built_at is not None
    assert storage.read(package.file).startswith(b"PK")


def reminders(now: datetime) -> Iterator[None]:
    make_request(now - timedelta(days=40))
    make_request(now, BOB)
    yield
    assert Mail.objects.filter(message="request_overdue").count() == 1


def trainings_that_end(now: datetime) -> Iterator[None]:
    for email, days in ((ALICE, 7), (BOB, 90)):
        user = actors.train(actors.make_staff(email))
        ends = expiry.ends_at(expiry.day_of(now) + timedelta(days=days))
        Training.objects.filter(account=user.pk).update(expires_at=ends)
    yield
    assert Mail.objects.get(message="training_ends").to == ALICE
    assert Mail.objects.get(message="trainings_end").to == settings.CONTROLLER["email"]


def links(now: datetime) -> Iterator[None]:
    wanted, _other = make_request(now), make_request(now, BOB)
    follow_up.request_link(wanted.pk, now=now)
    yield
    assert Mail.objects.get(message="request_link").to == ALICE


def unconfirmed_forms(now: datetime) -> Iterator[None]:
    for email, days in ((ALICE, 5), (BOB, 4)):
        sent_at = now - timedelta(days=days)
        submission.submit(make_form(email), collection=by_controller(), language="en", now=sent_at)
    yield
    assert Mail.objects.get(message="request_unconfirmed").to == ALICE


@dataclass(frozen=True)
class Entry:
    """An entry of the schedule as it has to be: its task, every how many seconds, and what the task does."""

    task: str
    seconds: float
    story: Story
    is_due_at_start: bool = False


# Written by hand on purpose: what is taken out of the schedule is missing here.
ENTRIES = {
    "mail": Entry("privacy.mail.tasks.deliver_mail", 15, mail),
    "visits": Entry("privacy.visits.tasks.drain_visits", 5, visits),
    "purge": Entry("privacy.retention.tasks.purge", 3600, due_data, is_due_at_start=True),
    "requested purge": Entry("privacy.retention.tasks.run_requested_purge", 30, requested_purge),
    "news": Entry("privacy.subscriptions.tasks.notify_subscribers", 600, news),
    "days": Entry("privacy.visits.tasks.prepare_partitions", 60, partitions_ahead, is_due_at_start=True),
    "totals": Entry("privacy.visits.tasks.count_visits", 3600, totals, is_due_at_start=True),
    "seals": Entry("privacy.seals.tasks.seal", 30, seals),
    "daily seal": Entry("privacy.seals.tasks.close_day", 600, daily_seal, is_due_at_start=True),
    "verification": Entry("privacy.seals.tasks.verify", 600, verification_of_all, is_due_at_start=True),
    "looks report": Entry(
        "privacy.oversight.tasks.write_looks_report", 3600, looks_report, is_due_at_start=True
    ),
    "files": Entry("privacy.files.tasks.sweep_files", 1200, files),
    "scanner": Entry("privacy.quarantine.tasks.scan_uploads", 15, scanner),
    "advance notice": Entry("privacy.retention.tasks.send_advance_notice", 3600, notice_in_advance),
    "disclosure notices": Entry(
        "privacy.recipients.tasks.follow_disclosure_notices", 600, disclosure_notices
    ),
    "breaches": Entry("privacy.breaches.tasks.follow_breaches", 600, open_breaches),
    "trainings": Entry(
        "privacy.access.tasks.remind_of_trainings", 3600, trainings_that_end, is_due_at_start=True
    ),
    "restrictions": Entry("privacy.retention.tasks.reattach_restrictions", 60, restrictions),
    "objections": Entry("privacy.retention.tasks.carry_out_objections", 600, objections),
    "limits": Entry("privacy.web.tasks.delete_expired_rate_limits", 3600, limits),
    "promises": Entry("privacy.promises.tasks.check_promises", 1200, promises, is_due_at_start=True),
    "observations": Entry("consent.cookies.tasks.store_observations", 30, cookies_seen),
    "mailings": Entry("consent.mailings.tasks.send_mailings", 15, mailings),
    "stops": Entry("consent.mailings.tasks.count_stops", 3600, stops_after_a_campaign),
    "listed people": Entry("consent.imports.tasks.ask_listed_people", 60, listed_people),
    "choices": Entry("consent.preferences.tasks.expire_choices", 600, choices, is_due_at_start=True),
    "tick": Entry("softnlabs.website.health.tasks.tick", 10, tick, is_due_at_start=True),
    "packages": Entry("dsr.answer.tasks.build_packages", 120, packages),
    "reminders": Entry("dsr.review.tasks.keep_delays", 900, reminders, is_due_at_start=True),
    "unconfirmed": Entry("dsr.intake.tasks.tell_unconfirmed", 600, unconfirmed_forms),
    "links": Entry("dsr.follow_up.tasks.send_links", 30, links),
}
EACH = pytest.mark.parametrize("name", ENTRIES)


def test_the_schedule_holds_these_entries_and_no_other():
    assert set(app.conf.beat_schedule) == set(ENTRIES)


@EACH
def test_an_entry_sends_its_task_at_its_interval(name: str):
    scheduled, entry = app.conf.beat_schedule[name], ENTRIES[name]
    assert (scheduled["task"], scheduled["schedule"]) == (entry.task, entry.seconds)
    assert ("last_run_at" in scheduled) == entry.is_due_at_start


@EACH
def test_what_waited_until_the_next_one_is_dropped(name: str):
    scheduled = app.conf.beat_schedule[name]
    assert scheduled["options"]["expires"] == scheduled["schedule"]


def test_the_promises_are_checked_after_the_first_purge_and_seal_of_a_start():
    """Without the delay, each start of a site that was off for hours would report broken promises."""
    delays = {name: entry["options"].get("countdown") for name, entry in app.conf.beat_schedule.items()}
    assert {name: delay for name, delay in delays.items() if delay} == {"promises": 10}


@EACH
def test_the_task_that_is_sent_does_what_the_entry_is_there_for(name: str, now: datetime):
    app.loader.import_default_modules()  # as a worker does at its start
    with contextmanager(ENTRIES[name].story)(now):
        app.tasks[app.conf.beat_schedule[name]["task"]].apply(throw=True)
