"""Each contact moves the clock; two phases; the CV goes with its row."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from privacy.audit import reasons
from privacy.audit.models import AuditEntry
from privacy.companies.collecting import by_controller
from privacy.datamap.models import Objection
from privacy.datamap.objectable import Use
from privacy.datamap.periods import CALENDAR
from privacy.datamap.registry import holding
from privacy.datamap.subjects import Subject
from privacy.files import storage
from privacy.files.uploads import CheckedDocument
from privacy.journal import entries
from privacy.mail.models import Mail
from privacy.retention import purge
from privacy.rights import holds, objection, rectification
from privacy.web import rate_limits
from recruitment.applications import applications
from recruitment.applications.models import ACTIVE_PERIOD, Application, ArchiveOpening, Exchange
from recruitment.offers.models import Offer
from tests.conftest import ALICE, BOB
from tests.recruitment.factories import TYPED, make_application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
INSTANT = timedelta(microseconds=1)
ARCHIVE = "recruitment.application:archive"


def object_to_archive(now: datetime) -> Objection:
    (placed,) = objection.object_to(Subject.of_email(ALICE), [ARCHIVE], now=now)
    return placed


def objectable_of(email: str, now: datetime) -> list[Use]:
    found = objection.concerning(Subject.of_email(email), now=now)
    return [each for each in found if each.is_objectable and each.known.model is Application]


@pytest.mark.parametrize(
    ("last_contact", "archived_on", "gone_on"),
    [
        (datetime(2024, 2, 29, 11, tzinfo=UTC), (2026, 2, 28), (2029, 2, 28)),
        (datetime(2026, 8, 31, 11, tzinfo=UTC), (2028, 8, 31), (2031, 8, 31)),
    ],
)
def test_active_then_archived_then_gone(last_contact, archived_on, gone_on):
    summer = last_contact.month == 8
    active_until, kept_until = (
        datetime(*day, 13 if summer else 12, tzinfo=CALENDAR) for day in (archived_on, gone_on)
    )
    make_application(at=last_contact)
    phases = [
        (active_until - INSTANT, 1, 0, 0),
        (active_until, 0, 1, 0),
        (kept_until - INSTANT, 0, 1, 0),
        (kept_until, 0, 0, 1),
    ]
    for now, active, archived, due in phases:
        counts = [
            Application.objects.active(now).count(),
            Application.objects.archived(now).count(),
            Application.objects.due(now).count(),
        ]
        assert counts == [active, archived, due], now


def test_a_reply_is_mailed_kept_and_moves_the_clock(now):
    application = make_application(at=now - timedelta(days=700))
    applications.reply(application, subject="Hello", text="First.\n\n<b>Second</b> & third", now=now)
    application.refresh_from_db()
    assert application.last_contact_at == now
    exchange = Exchange.objects.get()
    assert (exchange.direction, exchange.at, exchange.subject) == ("OUT", now, "Hello")
    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == (ALICE, "Hello")
    assert "<b>Second</b> & third" in mail.text
    assert "&lt;b&gt;Second" in mail.html
    assert AuditEntry.objects.get().action == "recruitment.application.answered"


def test_a_message_that_came_moves_the_clock_of_this_applicant_alone(now):
    before = now - timedelta(days=700)
    alice, bob = make_application(at=before), make_application(BOB, at=before)
    applications.note_message(alice, text="Still looking.", now=now)
    alice.refresh_from_db()
    bob.refresh_from_db()
    assert (alice.last_contact_at, bob.last_contact_at) == (now, before)
    assert not Mail.objects.exists()


def test_the_clock_never_goes_back(now):
    application = make_application(at=now)
    application.note_contact(now=now - timedelta(days=1))
    application.refresh_from_db()
    assert application.last_contact_at == now


@pytest.mark.parametrize(("language", "hello"), [("en", "Hello Alice,"), ("fr", "Bonjour Alice,")])
@pytest.mark.parametrize("template", ["invitation", "question", "refusal"])
def test_a_reply_begins_in_the_applicant_s_language(template, language, hello):
    subject, text = applications.draft_reply(make_application(language=language), template)
    assert subject
    assert text.startswith(hello)


def test_the_archive_opens_with_a_reason_for_one_person_and_an_hour(now):
    alice = make_application(at=now - timedelta(days=800))
    bob = make_application(BOB, at=now - timedelta(days=800))

    def reach(actor: str, at: datetime) -> list[Application]:
        return list(Application.objects.accessible_to(actor, since=at - reasons.OPEN_FOR, now=at))

    assert reach("system", now) == []
    with pytest.raises(PermissionDenied):
        applications.open_archived(alice, why="CLAIM", reason="  ", now=now)
    applications.open_archived(alice, why="CLAIM", reason="She asked for her file.", now=now)
    assert reach("system", now) == [alice]
    assert bob not in reach("system", now)
    assert reach("user:2", now) == []
    assert reach("system", now + timedelta(hours=1)) == []
    assert ArchiveOpening.objects.get().reason == "She asked for her file."
    assert "She asked" not in str(AuditEntry.objects.values())


@pytest.mark.django_db(transaction=True)
def test_five_years_after_the_last_contact_the_purge_takes_all_of_it_and_nothing_of_bob(now):
    alice, bob = make_application(at=now), make_application(BOB, at=now)
    applications.note_message(bob, text="Still looking.", now=now + timedelta(days=1))
    applications.note_message(alice, text="Thank you.", now=now)
    applications.open_archived(alice, why="CLAIM", reason="She asked for her file.", now=now)
    end = Application.personal_data.keep.period.after(now)
    purge.run(now=end - INSTANT)
    assert Application.objects.count() == 2
    purge.run(now=end)
    assert list(Application.objects.all()) == [bob]
    assert [exchange.application for exchange in Exchange.objects.all()] == [bob]
    assert not ArchiveOpening.objects.exists()
    assert not storage.path_of(alice.cv_id).exists()
    assert storage.read(bob.cv) == b"a CV of bob@example.org"


def test_the_starting_offers_are_loaded_once():
    call_command("load_content", verbosity=0)
    Offer.objects.filter(slug="python-developer").update(title_en="Changed by hand")
    call_command("load_content", verbosity=0)
    assert Offer.objects.count() == 2
    assert Offer.objects.get(slug="python-developer").title_en == "Changed by hand"


def test_the_form_cannot_be_used_to_flood_a_mailbox(now):
    cv, page = (
        CheckedDocument("cv.pdf", "application/pdf", b"a CV"),
        applications.SubmissionContext("/careers/apply/", "en", by_controller()),
    )
    for _number in range(7):
        applications.apply(TYPED, cv=cv, offer=None, submission=page, now=now)  # type: ignore[arg-type]
    assert Application.objects.count() == 7
    assert Mail.objects.filter(to=ALICE).count() == rate_limits.ACKNOWLEDGEMENTS.times


def contacts() -> list[datetime]:
    return list(Application.objects.order_by("pk").values_list("last_contact_at", flat=True))


def test_a_contact_counts_for_all_applications_of_the_person_and_for_nobody_else(now):
    before = now - timedelta(days=900)
    alice, _other, _bob = (make_application(email, at=before) for email in (ALICE, ALICE, BOB))
    applications.reply(alice, subject="Hello", text="We found it.", now=now)
    assert contacts() == [now, now, before]
    assert Application.objects.active(now).count() == 2  # the archived one of the two is in use again


def test_another_application_is_a_contact_too(now):
    make_application(at=now - timedelta(days=900))
    cv = CheckedDocument("cv.pdf", "application/pdf", b"a CV")
    page = applications.SubmissionContext("/careers/apply/", "en", by_controller())
    applications.apply(TYPED, cv=cv, offer=None, submission=page, now=now)  # type: ignore[arg-type]
    assert contacts() == [now, now]


def test_what_was_past_its_period_stays_so(now):
    gone, alice = make_application(at=now - timedelta(days=6 * 366)), make_application(at=now)
    applications.note_message(alice, text="Hello", now=now + INSTANT)
    assert contacts() == [gone.last_contact_at, now + INSTANT]


def test_a_noted_contact_counts_from_its_own_day_in_paris(now):
    alice = make_application(at=now - timedelta(days=30))
    day = (now - timedelta(days=3)).date()
    exchange = applications.note_message(alice, text="She called.", on=day, now=now)
    assert exchange.at == datetime(day.year, day.month, day.day, tzinfo=CALENDAR)
    assert contacts() == [exchange.at]
    applications.note_message(alice, text="Before.", on=day - timedelta(days=9), now=now)
    assert contacts() == [exchange.at]  # never backwards
    assert applications.note_message(alice, text="Today.", on=now.date(), now=now).at == now
    came = applications.note_message(alice, text="That day.", on=alice.received_at.date(), now=now)
    assert came.at == alice.received_at


@pytest.mark.parametrize("days", [-31, 1])
def test_no_contact_is_noted_before_the_application_nor_ahead(now, days):
    alice = make_application(at=now - timedelta(days=30))
    with pytest.raises(applications.ContactDayError):
        applications.note_message(alice, text="Hm.", on=(now + timedelta(days=days)).date(), now=now)
    assert not Exchange.objects.exists()


def test_a_corrected_address_brings_the_contacts_of_its_person(now):
    mistyped, right = (
        make_application("alcie@example.org", at=now - timedelta(days=9)),
        make_application(at=now),
    )
    bob = make_application(BOB, at=now - timedelta(days=9))
    wanted = rectification.FieldCorrection("recruitment.application", str(mistyped.pk), "email", ALICE)
    rectification.rectify(Subject.of_email("alcie@example.org"), [wanted], now=now)
    assert contacts() == [now, right.last_contact_at, bob.last_contact_at]


@pytest.mark.django_db(transaction=True)
def test_an_objection_ends_the_archive_and_spares_what_is_in_use(now):
    _archived, bob = (make_application(email, at=now - timedelta(days=800)) for email in (ALICE, BOB))
    in_use = make_application(at=now)
    object_to_archive(now)
    assert set(Application.objects.all()) == {in_use, bob}
    end = ACTIVE_PERIOD.after(now)
    assert holding(Application).expires_at(Application.objects.get(pk=in_use.pk)) == end
    objection.carry_out(now=end - INSTANT)
    purge.run(now=end - INSTANT)
    assert set(Application.objects.all()) == {in_use, bob}
    purge.run(now=end)
    assert list(Application.objects.all()) == [bob]
    assert Application.objects.get().ends_at is None


def test_an_objection_to_the_archive_is_offered_to_whoever_applied_and_not_twice(now):
    make_application(at=now)
    assert [each.label for each in objectable_of(ALICE, now)] == [ARCHIVE]
    assert objectable_of(BOB, now) == []
    object_to_archive(now)
    assert objectable_of(ALICE, now) == []


def test_what_is_needed_of_the_archive_stays_out_of_sight_and_goes_when_released(now):
    held = holds.place(email=ALICE, reason="Litigation", review_on=now.date(), now=now)
    row = make_application(at=now - timedelta(days=800))
    placed = object_to_archive(now)
    assert list(Application.objects.all()) == [row]
    assert not Application.objects.archived(now).exists()
    assert placed.archive_ends_at() is None
    later = now + timedelta(days=1)
    holds.lift(held, now=later)
    assert objection.left_behind(now=later) == 0
    assert objection.left_behind(now=later + timedelta(hours=2)) == 1
    objection.carry_out(now=later)
    assert not Application.objects.exists()
    placed.refresh_from_db()
    assert placed.keys == {}


def test_an_archive_that_does_not_end_is_left_behind(now):
    make_application(at=now)
    object_to_archive(now)
    assert objection.left_behind(now=now) == 0
    Application.objects.update(ends_at=None)
    assert objection.left_behind(now=now) == 1
    objection.carry_out(now=now)
    assert objection.left_behind(now=now) == 0
    assert Application.objects.get().ends_at == ACTIVE_PERIOD.after(now)


def test_when_the_last_objection_ends_the_archive_is_kept_again(now):
    alice, bob = make_application(at=now), make_application(BOB, at=now)
    first, second = object_to_archive(now), object_to_archive(now)
    other = objection.object_to(Subject.of_email(BOB), [ARCHIVE], now=now)
    objection.end(first, now=now)
    assert not Application.objects.filter(ends_at=None).exists()
    objection.end(second, now=now)
    assert list(Application.objects.filter(ends_at=None)) == [alice]
    assert other[0].archive_ends_at() == Application.objects.get(pk=bob.pk).ends_at


def test_what_is_sent_after_an_objection_is_archived_as_ever(now):
    object_to_archive(now)
    make_application(at=now + INSTANT)
    objection.carry_out(now=now + INSTANT)
    assert Application.objects.get().ends_at is None


def test_after_an_objection_a_contact_still_moves_the_end(now):
    alice = make_application(at=now - timedelta(days=700))
    object_to_archive(now)
    applications.reply(alice, subject="Hello", text="When?", now=now)
    alice.refresh_from_db()
    assert (alice.last_contact_at, alice.ends_at) == (now, ACTIVE_PERIOD.after(now))


@pytest.mark.parametrize("template", ["question", "invitation", "refusal"])
def test_whoever_has_a_single_name_is_addressed_by_it(template: str):
    application = make_application(first_name="", surname="Suharto")
    assert applications.draft_reply(application, template)[1].startswith("Hello Suharto,")
    assert str(application).startswith("S. ")


def test_an_objection_is_carried_out_again_after_a_restore(now):
    alice, bob = (make_application(email, at=now - timedelta(days=700)) for email in (ALICE, BOB))
    object_to_archive(now)
    Application.objects.update(ends_at=None)  # an older database
    Objection.objects.all().delete()
    later = make_application(at=now + INSTANT)
    (line,) = entries.all_lines()
    objection.replay_objection(line, Subject.of_email(ALICE), now=now + INSTANT)
    assert set(Application.objects.filter(ends_at=None)) == {later, bob}
    ended = Objection.objects.get()
    objection.end(ended, now=now + INSTANT)
    Application.objects.filter(pk=alice.pk).update(ends_at=ACTIVE_PERIOD.after(alice.last_contact_at))
    Objection.objects.update(ended_at=None, keys={"emails": [ALICE]})
    objection.replay_end(entries.all_lines()[-1], Subject.of_email(ALICE), now=now + INSTANT)
    assert not Application.objects.exclude(ends_at=None).exists()
