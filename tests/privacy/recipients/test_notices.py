"""Whoever's data were disclosed is told now, later, or not, with the reason; Bob is told nothing of Alice."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.datamap.subjects import Subject
from privacy.mail import outbox
from privacy.mail.models import Mail
from privacy.recipients import disclosures, notices
from privacy.recipients.models import Disclosure
from privacy.recipients.notice_models import FORBIDS_ACCESS, DisclosureNotice, Silence, Way
from privacy.recipients.notices import Addressee, NoticePlan
from privacy.rights import erasure, restriction
from tests.conftest import ALICE, BOB
from tests.dsr.letters import words_of
from tests.privacy.factories import TOLD, disclose, facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
REASON = "The investigating judge ordered secrecy on 20 November 2026."
PLANS = {
    Way.NOW: TOLD,
    Way.LATER: NoticePlan(Way.LATER, "en", until=date(2026, 12, 31), silence="INVESTIGATION", reason=REASON),
    Way.NOT: NoticePlan(Way.NOT, "en", silence="KNOWN", reason="She handed the file over herself."),
}
WORDS = {
    "en": (
        "Hello,",
        "Court of Pau",
        "surname",
        "Order 12",
        "CNIL",
        "get a copy",
        "estelle.gelet@softnlabs.com",
    ),
    "fr": ("Bonjour", "Court of Pau", "nom", "Order 12", "CNIL", "une copie", "estelle.gelet@softnlabs.com"),
}


def actions() -> list[str]:
    found = AuditEntry.objects.filter(action__startswith="privacy.disclosure.").order_by("pk")
    return [entry.action.rpartition(".")[2] for entry in found]


@pytest.mark.parametrize(
    ("way", "action", "mails", "due_on", "address"),
    [
        (Way.NOW, "notice_made", 1, date(2026, 11, 30), ALICE),
        (Way.LATER, "postponed", 0, date(2027, 1, 7), ALICE),
        (Way.NOT, "not_informed", 0, None, ""),
    ],
)
def test_one_of_three_ways_is_written_down(now, way, action, mails, due_on, address):
    row = disclose(ALICE, "Court of Pau", at=now, now=now, plan=PLANS[way])
    notice = DisclosureNotice.objects.get()
    assert (notice.disclosure, notice.way, notice.due_on, notice.email) == (row, way, due_on, address)
    assert notice.reason == PLANS[way].reason
    assert actions() == ["entered", action]
    assert [mail.to for mail in Mail.objects.all()] == [ALICE] * mails


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_mail_says_what_to_whom_when_why_and_which_rights(now, language):
    plan = NoticePlan(Way.NOW, language, explanation="A <b>judge</b> asked\nfor it.")
    disclose(ALICE, "Court of Pau", at=now, now=now, plan=plan)
    mail = Mail.objects.get()
    assert [word for word in WORDS[language] if word not in mail.text] == []
    assert [word for word in WORDS[language] if word not in mail.html] == []
    assert "&lt;b&gt;judge" in mail.html
    assert "A <b>judge</b> asked\nfor it." in mail.text
    assert {"en": "23 November 2026", "fr": "23 novembre 2026"}[language] in mail.text
    assert BOB not in mail.text


@pytest.mark.parametrize(
    ("ground", "object_to", "withdraw"),
    [("LAW", 0, 0), ("TERMS", 1, 0), ("PROTECTION", 1, 0), ("CLAIM", 1, 0), ("AUTHORISED", 0, 1)],
)
def test_only_rights_that_exist_are_named(now, ground, object_to, withdraw):
    authorised = {"authorised_on": now.date(), "authorisation": "Her letter."} if withdraw else {}
    disclose(ALICE, "Court of Pau", at=now, now=now, ground=ground, **authorised)
    text = Mail.objects.get().text
    assert ("object to this use" in text, "withdraw it" in text) == (bool(object_to), bool(withdraw))


def test_several_people_each_have_a_row_and_a_notice_that_names_nobody_else(now):
    people = [Addressee(ALICE), Addressee(BOB)]
    rows = disclosures.disclose(people, facts=facts(at=now), plan=TOLD, now=now)
    assert len({row.about for row in rows}) == 2
    assert sorted(mail.to for mail in Mail.objects.all()) == sorted([ALICE, BOB])
    assert not Mail.objects.filter(to=ALICE, text__contains=BOB).exists()
    assert not Mail.objects.filter(to=BOB, text__contains=ALICE).exists()


def test_the_same_disclosure_is_entered_and_told_once(now):
    disclose(ALICE, "Court of Pau", at=now, now=now)
    with pytest.raises(disclosures.AlreadyEnteredError):
        disclosures.disclose([Addressee(BOB), Addressee(ALICE)], facts=facts(at=now), plan=TOLD, now=now)
    assert (Disclosure.objects.count(), Mail.objects.count()) == (1, 1)


def test_the_same_recipient_may_get_data_again_another_day(now):
    for days in (2, 0):
        disclose(ALICE, "Court of Pau", at=now - timedelta(days=days), now=now)
    assert (Disclosure.objects.count(), Mail.objects.count()) == (2, 2)


def test_nothing_stands_where_something_fails(now, monkeypatch):
    monkeypatch.setattr(outbox, "send", lambda *args, **facts: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        disclose(ALICE, "Court of Pau", at=now, now=now)
    assert not Disclosure.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_person_is_told_once_the_mail_has_left_and_their_address_goes(now):
    row = disclose(ALICE, "Court of Pau", at=now, now=now)
    assert notices.note_departures(now=now) == 0
    outbox.deliver(now=now)
    assert notices.note_departures(now=now) == 1
    notice = DisclosureNotice.objects.get()
    assert (notice.told_at, notice.email) == (now, "")
    assert actions()[-1] == "informed"
    with pytest.raises(notices.AlreadyToldError):
        notices.decide(row.pk, whom=Addressee(ALICE), plan=TOLD, now=now)
    assert Mail.objects.count() == 1


def test_deciding_anew_takes_back_a_mail_that_waits_but_not_one_that_has_left(now):
    row = disclose(ALICE, "Court of Pau", at=now, now=now)
    notices.decide(row.pk, whom=Addressee(ALICE), plan=PLANS[Way.LATER], now=now)
    assert not Mail.objects.exists()
    notices.decide(row.pk, whom=Addressee(ALICE), plan=TOLD, now=now)
    assert DisclosureNotice.objects.get().reason == REASON  # why it was not told earlier stays on record
    outbox.deliver(now=now)
    with pytest.raises(notices.AlreadyToldError):
        notices.decide(row.pk, whom=Addressee(ALICE), plan=PLANS[Way.LATER], now=now)
    assert Mail.objects.count() == 1


def test_bob_is_not_told_of_what_was_alices(now):
    row = disclose(ALICE, "Court of Pau", at=now, now=now, plan=PLANS[Way.LATER])
    with pytest.raises(notices.OtherPersonError):
        notices.decide(row.pk, whom=Addressee(BOB), plan=TOLD, now=now)
    assert not Mail.objects.exists()
    other = "alice@example.com"
    notices.decide(row.pk, whom=Addressee(other), plan=TOLD, is_same_person=True, now=now)
    assert Mail.objects.get().to == other


def test_silence_needs_no_address(now):
    row = disclose(ALICE, "Court of Pau", at=now, now=now, plan=PLANS[Way.LATER])
    notices.decide(row.pk, whom=Addressee(), plan=PLANS[Way.NOT], now=now)
    notice = DisclosureNotice.objects.get()
    assert (notice.way, notice.email, notice.until) == (Way.NOT, "", None)
    assert not Mail.objects.exists()


def test_restricted_and_erased_people_are_told_all_the_same(now):
    row = disclose(ALICE, "Court of Pau", at=now, now=now, plan=PLANS[Way.LATER])
    restriction.restrict(Subject.of_email(ALICE), reason="Test", now=now)
    erasure.erase(Subject.of_email(ALICE), now=now)
    kept = DisclosureNotice.objects.get()
    notices.decide(row.pk, whom=Addressee(kept.email), plan=TOLD, now=now)
    assert outbox.deliver(now=now) == 1


def test_a_mail_that_cannot_leave_leaves_the_person_untold(now, settings):
    settings.EMAIL_BACKEND = "nowhere.Backend"
    disclose(ALICE, "Court of Pau", at=now, now=now)
    outbox.deliver(now=now)
    notices.note_departures(now=now)
    today = timezone.localdate(now)
    assert DisclosureNotice.objects.to_tell(today).count() == 1
    assert DisclosureNotice.objects.late(today + timedelta(days=8)).count() == 1


def test_what_came_back_is_to_be_told_again(now):
    row = disclose(ALICE, "Court of Pau", at=now, now=now)
    with pytest.raises(notices.NotToldError):
        notices.came_back(row.pk, now=now)
    outbox.deliver(now=now)
    notices.note_departures(now=now)
    notices.came_back(row.pk, now=now)
    assert DisclosureNotice.objects.waiting().get().due_on == date(2026, 11, 30)
    notices.decide(row.pk, whom=Addressee(ALICE), plan=TOLD, now=now)
    assert Mail.objects.count() == 2


@pytest.mark.parametrize("language", ["en", "fr"])
def test_who_has_no_mailbox_gets_a_letter_and_counts_as_told_once_it_is_posted(now, language):
    whom = Addressee(name="Alice Martin", postal_address="3 rue des Lilas\n64290 Gan")
    plan = NoticePlan(Way.NOW, language)
    (row,) = disclosures.disclose([whom], facts=facts(at=now), plan=plan, now=now)
    notice = DisclosureNotice.objects.get()
    letter = words_of(notices.letter(notice, now=now))
    heading = {"en": "given data about you", "fr": "communiqué des données vous concernant"}[language]
    for words in ("Alice Martin", "3 rue des Lilas", "Court of Pau", "CNIL", heading, f"{row.pk}"):
        assert words in letter
    assert not Mail.objects.exists()
    today = timezone.localdate(now)
    for day in (today - timedelta(days=1), today + timedelta(days=1)):
        with pytest.raises(notices.PostingDateError):
            notices.mark_posted(row.pk, day=day, now=now)
    notices.mark_posted(row.pk, day=today, now=now)
    notice.refresh_from_db()
    assert (notice.told_at, notice.name, notice.postal_address) == (now, "", "")
    with pytest.raises(notices.NotPostedError):
        notices.mark_posted(row.pk, day=today, now=now)


@pytest.mark.parametrize(
    ("days", "reminded"),  # the law forbids it until day 20; the person is to be told by day 27
    [(12, []), (13, [13]), (14, [14]), (20, [20]), (21, [21]), (27, [27]), (28, [28])],
)
def test_the_controller_hears_when_something_waits(now, days, reminded):
    plan = NoticePlan(
        Way.LATER, "en", until=now.date() + timedelta(days=20), silence="FORBIDDEN", reason=REASON
    )
    disclose(ALICE, "Court of Pau", at=now, now=now, plan=plan)
    later = now + timedelta(days=days)
    assert notices.remind(now=later) == len(reminded)
    assert notices.remind(now=later) == 0
    for mail in Mail.objects.all():
        assert mail.to == "estelle.gelet@softnlabs.com"
        assert ALICE not in mail.text
        assert "Pau" not in mail.text


def test_each_stage_has_its_reminder_and_what_is_late_one_each_day(now):
    plan = NoticePlan(
        Way.LATER, "en", until=now.date() + timedelta(days=20), silence="FORBIDDEN", reason=REASON
    )
    disclose(ALICE, "Court of Pau", at=now, now=now, plan=plan)
    days = [day for day in range(40) if notices.remind(now=now + timedelta(days=day))]
    assert days == [13, 21, *range(28, 40)]


@pytest.mark.parametrize("silence", Silence)
@pytest.mark.parametrize("way", [Way.LATER, Way.NOT])
def test_what_is_secret_is_secret_until_the_date_and_never_for_another_ground(now, silence, way):
    until = date(2026, 11, 25)
    plan = NoticePlan(way, "en", until=until if way == Way.LATER else None, silence=silence, reason=REASON)
    disclose(ALICE, "Court of Pau", at=now, now=now, plan=plan)
    for day in (until, until + timedelta(days=1)):
        is_secret = day <= until if way == Way.LATER else silence in FORBIDS_ACCESS
        assert DisclosureNotice.objects.secret(day).exists() is is_secret
        assert DisclosureNotice.objects.get().is_secret(day) is is_secret


@pytest.mark.parametrize(
    ("ground", "is_about_client", "is_allowed"),
    [
        ("LAW", True, True), ("CLAIM", True, True), ("TERMS", True, False), ("PROTECTION", True, False),
        ("AUTHORISED", True, False), ("AUTHORISED", False, False), ("TERMS", False, True), ("PROTECTION", False, True),
    ],
)  # fmt: skip
def test_nothing_about_a_client_leaves_without_their_authorisation(now, ground, is_about_client, is_allowed):
    about = {"ground": ground, "is_about_client": is_about_client}
    proof = {"authorised_on": now.date(), "authorisation": "Their letter of 2 November."}
    if not is_allowed:
        late = {**proof, "authorised_on": now.date() + timedelta(days=1)}
        with pytest.raises(disclosures.UnauthorisedError):
            disclose(ALICE, "A partner", at=now, now=now, **about, **late)
    for part in ({}, {"authorised_on": now.date()}, {"authorisation": proof["authorisation"]}):
        if is_allowed:
            continue
        with pytest.raises(disclosures.UnauthorisedError):
            disclose(ALICE, "A partner", at=now, now=now, **about, **part)
        row = facts(at=now, **about, **part).row("a" * 64)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
    assert disclose(ALICE, "A partner", at=now, now=now, **about, **({} if is_allowed else proof)).pk


@pytest.mark.parametrize(("way", "is_named"), [(Way.NOT, True), (Way.LATER, False)])
def test_an_erasure_does_not_name_among_what_stays_what_is_secret(now, way, is_named):
    disclose(ALICE, "Court of Pau", at=now, now=now, plan=PLANS[way])
    said = [
        title for titles in erasure.staying(Subject.of_email(ALICE), now=now).values() for title in titles
    ]
    assert ("Disclosures of your data" in said) is is_named
    assert ("Whether you were told of a disclosure" in said) is is_named
