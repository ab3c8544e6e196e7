"""The purge at the controller's desk, in a clerk's hands, and by the worker's tasks."""

import html
import re
from datetime import timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.datamap.purging import RowSpan
from privacy.datamap.registry import holdings
from privacy.datamap.subjects import fingerprint
from privacy.mail.models import Mail
from privacy.retention import preview, purge, tasks
from privacy.retention.models import PurgeClock, PurgeLine, PurgeRun
from privacy.rights import holds
from privacy.rights.models import Hold
from privacy.visits import partitions
from privacy.visits.models import Visit
from privacy.visits.partition_ranges import PartitionRange, begin
from tests import actors, roles
from tests import holdings as made
from tests.conftest import ALICE, BOB
from tests.visit_factories import make_visits

pytestmark = pytest.mark.django_db
DESK = "/admin/privacy/purgerun"


@pytest.fixture
def due_mail(db) -> Mail:
    written = timezone.now() - relativedelta(months=4)
    return Mail.objects.create(to=ALICE, message="test", language="en", written_at=written)


def test_the_controller_looks_runs_it_and_reads_the_certificate(dpo_client, dpo, due_mail):
    assert "preview" in dpo_client.get(f"{DESK}/").content.decode()
    page = dpo_client.get(f"{DESK}/preview/").content.decode()
    assert "1 record is past its period." in page
    assert Mail.objects.exists()

    answer = dpo_client.post(f"{DESK}/ask/", follow=True)
    assert answer.headers["Refresh"] == "2"
    assert AuditEntry.objects.get(action="privacy.purge.requested").actor == f"user:{dpo.pk}"
    tasks.run_requested_purge()
    run = PurgeRun.objects.get()
    certificate = dpo_client.get(f"{DESK}/{run.pk}/change/")
    assert "Refresh" not in certificate.headers
    assert "E-mails that we sent you" in certificate.content.decode()
    assert ALICE not in certificate.content.decode()
    assert not Mail.objects.exists()


def test_what_is_due_is_listed_without_a_word_of_it(dpo_client, due_mail):
    Mail.objects.filter(pk=due_mail.pk).update(subject="Canary", text="Canary")
    held = Mail.objects.create(to=BOB, message="test", language="en", written_at=due_mail.written_at)
    with trail.acting("system", "test"):
        holds.place(email=BOB, reason="A claim", review_on="2027-01-31", now=timezone.now())
    assert f"{DESK}/due/privacy.mail/" in dpo_client.get(f"{DESK}/preview/").content.decode()
    answer = dpo_client.get(f"{DESK}/due/privacy.mail/")
    page = answer.content.decode()
    assert {each.number: each.is_held for each in answer.context_data["page"].records} == {
        str(due_mail.pk): False,
        str(held.pk): True,
    }
    assert fingerprint(ALICE)[:12] in page
    for word in ("Canary", ALICE, BOB):
        assert word not in page


def test_where_nothing_is_due_is_said_once_and_folded(dpo_client, due_mail):
    preview = dpo_client.get(f"{DESK}/preview/")
    idle = {rule.holding.label for rule in preview.context_data["idle"]}
    assert idle == {known.label for known in holdings()} - {"privacy.mail"}
    assert f"{len(idle)} kinds of record with nothing to delete today or tomorrow" in preview.content.decode()
    assert "<details>" in preview.content.decode()


def test_what_falls_due_by_tomorrow_is_listed_apart(dpo_client):
    soon = timezone.now() - relativedelta(months=3) + timedelta(hours=5)
    coming = Mail.objects.create(to=ALICE, message="test", language="en", written_at=soon)
    assert not dpo_client.get(f"{DESK}/due/privacy.mail/").context_data["page"].records
    preview = dpo_client.get(f"{DESK}/preview/")
    assert "?tomorrow" in preview.content.decode()
    rule = next(rule for rule in preview.context_data["rules"] if rule.holding.model is Mail)
    assert (rule.count, rule.coming) == (0, 1)
    listed = dpo_client.get(f"{DESK}/due/privacy.mail/?tomorrow").context_data["page"].records
    assert [each.number for each in listed] == [str(coming.pk)]


def test_the_list_of_what_is_due_has_pages(dpo_client, due_mail, monkeypatch):
    Mail.objects.bulk_create(
        Mail(to=BOB, message="t", language="en", written_at=due_mail.written_at) for _number in range(70)
    )
    numbers, address = [], f"{DESK}/due/privacy.mail/"
    while address:
        answer = dpo_client.get(address)
        page = answer.context_data["page"]
        numbers += [each.number for each in page.records]
        address = f"{DESK}/due/privacy.mail/?after={page.after}" if page.after else ""
        assert not page.after or "Next page" in answer.content.decode()
    assert numbers == [str(mail.pk) for mail in Mail.objects.order_by("written_at", "pk")]


@pytest.mark.parametrize("label", [known.label for known in holdings() if known.data.purged_by.is_by_row])
def test_each_rule_has_its_list(dpo_client, label, acting):
    made.MAKERS[label](made.person("alice", timezone.now()), timezone.now() - relativedelta(years=9))
    answer = dpo_client.get(f"{DESK}/due/{label}/")
    assert answer.status_code == 200
    records = answer.context_data["page"].records
    assert records or label == "website.user"
    assert not [each for each in records if len(each.number) > 36]


@pytest.mark.parametrize("label", ["privacy.visit", "no.such", "privacy"])
def test_a_rule_without_a_list_is_not_found(dpo_client, label):
    assert dpo_client.get(f"{DESK}/due/{label}/").status_code == 404


def test_the_same_in_french(dpo_client, due_mail):
    page = dpo_client.get(f"/fr{DESK}/preview/").content.decode()
    assert "1 enregistrement a dépassé sa durée." in page
    assert "3 mois" in page


def test_looking_changes_nothing_and_a_get_does_not_purge(dpo_client, due_mail):
    assert dpo_client.get(f"{DESK}/ask/").status_code == 405
    assert dpo_client.post(f"{DESK}/preview/").status_code == 405
    assert not PurgeRun.objects.exists()


def test_a_killed_purge_says_so(dpo_client):
    run = PurgeRun.objects.create(
        state=PurgeRun.State.RUNNING, requested_at=timezone.now(), started_at=timezone.now()
    )
    assert "was interrupted" in dpo_client.get(f"{DESK}/{run.pk}/change/").content.decode()
    assert "interrupted" in dpo_client.get(f"{DESK}/").content.decode()


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999", "1_2F"])
def test_an_unknown_certificate_is_not_found(dpo_client, key):
    assert dpo_client.get(f"{DESK}/{key}/change/").status_code == 404


def test_a_certificate_cannot_be_made_changed_or_deleted_by_hand(dpo_client):
    run = PurgeRun.objects.create(state=PurgeRun.State.FINISHED, requested_at=timezone.now())
    assert dpo_client.get(f"{DESK}/add/").status_code == 403
    assert dpo_client.post(f"{DESK}/{run.pk}/change/", {"state": "REQUESTED"}).status_code == 404
    assert dpo_client.post(f"{DESK}/{run.pk}/delete/", {"post": "yes"}).status_code == 404


@pytest.mark.parametrize(
    ("page", "refusal"), [("/", 403), ("/preview/", 403), ("/due/privacy.mail/", 404), ("/1/change/", 404)]
)
def test_staff_without_rights_see_nothing(client, clerk, page, refusal):
    """Of one thing they are not even told whether it is there."""
    actors.sign_in(client, clerk)
    assert client.get(DESK + page).status_code == refusal
    assert client.post(f"{DESK}/ask/").status_code == 403
    assert not PurgeRun.objects.exists()


def test_the_hourly_task_and_the_one_that_was_requested(due_mail):
    tasks.run_requested_purge()
    assert not PurgeRun.objects.exists()
    tasks.purge()
    assert PurgeRun.objects.get().state == PurgeRun.State.FINISHED


def test_a_hold_is_placed_by_address_seen_by_pseudonym_and_lifted(dpo_client, dpo, due_mail):
    facts = {"email": ALICE.upper(), "reason": "A claim of 2026", "review_on": "2027-01-31"}
    assert dpo_client.post("/admin/privacy/hold/add/", facts).status_code == 302
    placed = Hold.objects.get()
    assert placed.placed_by == f"user:{dpo.pk}"
    page = dpo_client.get(f"/admin/privacy/hold/{placed.pk}/change/").content.decode()
    assert placed.about in page
    assert ALICE not in page
    again = dpo_client.post("/admin/privacy/hold/add/", facts)
    assert "There is already a hold on this person." in again.content.decode()
    dpo_client.post("/admin/privacy/hold/", {"action": "lift", "_selected_action": [placed.pk]})
    placed.refresh_from_db()
    assert placed.lifted_at
    actions = AuditEntry.objects.filter(action__in=["privacy.hold.placed", "privacy.hold.lifted"]).order_by(
        "id"
    )
    assert list(actions.values_list("action", flat=True)) == [
        "privacy.hold.placed",
        "privacy.hold.lifted",
    ]


def test_a_hold_needs_a_reason_and_an_address(dpo_client):
    page = dpo_client.post("/admin/privacy/hold/add/", {"email": "nobody", "reason": "", "review_on": "soon"})
    assert page.status_code == 200
    assert not Hold.objects.exists()


def test_two_purges_never_run_at_once(db):
    assert not purge.is_running()
    with purge.exclusive():
        assert purge.is_running()
    assert not purge.is_running()


# What is past its period, what goes early, and the next run -----------------------------------------------------


@pytest.fixture
def week(db) -> PartitionRange:
    """Of visits: its first one is just past its period, three others are not."""
    day = partitions.first_kept(timezone.now()) - timedelta(days=1)
    week = PartitionRange(day, day + timedelta(days=7))
    with roles.owner(), connection.cursor() as cursor:
        for partition in partitions.attached():
            cursor.execute(f"DROP TABLE {partition.name}")
        cursor.execute(
            f"CREATE TABLE {week.name} PARTITION OF privacy_visit FOR VALUES FROM (%s) TO (%s)",
            [begin(week.first).isoformat(), begin(week.end).isoformat()],
        )
    for days in (0, 3, 4, 6):
        make_visits(begin(week.first) + timedelta(days=days), "/", browsers=1)
    return week


def words(page: HttpResponse) -> str:
    """What the page says, without its markup."""
    text = re.sub(r"<[^>]+>", " ", html.unescape(page.content.decode()))
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("", 0, "No record is past its period."),
        ("", 1, "1 record is past its period. Nobody can see it any more."),
        ("", 2, "2 records are past their periods. Nobody can see them any more."),
        ("/fr", 0, "Aucun enregistrement n’a dépassé sa durée."),
        ("/fr", 1, "1 enregistrement a dépassé sa durée. Plus personne ne peut le voir."),
        ("/fr", 2, "2 enregistrements ont dépassé leur durée. Plus personne ne peut les voir."),
    ],
)
def test_nobody_can_see_them_is_said_of_those_past_their_period(dpo_client, language, number, said):
    written = timezone.now() - relativedelta(months=4)
    for _number in range(number):
        Mail.objects.create(to=ALICE, message="test", language="en", written_at=written)
    shown = words(dpo_client.get(f"{language}{DESK}/preview/"))
    assert said in shown
    assert ("Nobody can see" in shown or "Plus personne" in shown) == bool(number)
    assert "early, with" not in shown
    assert "en avance, avec" not in shown


def test_what_goes_early_is_said_apart_and_can_be_seen_until_then(dpo_client, week):
    answer = dpo_client.get(f"{DESK}/preview/")
    assert "1 record is past its period. Nobody can see it any more." in words(answer)
    assert "3 records are still within their periods and go early" in words(answer)
    assert "Until then they can be seen." in words(answer)
    rule = next(rule for rule in answer.context_data["rules"] if rule.holding.model is Visit)
    assert (rule.expired.count, rule.early.count) == (1, 3)
    french = words(dpo_client.get(f"/fr{DESK}/preview/"))
    assert "3 enregistrements n’ont pas encore atteint la fin de leur durée et partent en avance" in french
    assert Visit.objects.live(timezone.now()).count() == 3


def test_the_certificate_says_both_numbers_with_their_dates(dpo_client, week, acting):
    instants = sorted(Visit.objects.values_list("at", flat=True))
    run = purge.run(now=timezone.now())
    line = run.lines.get(holding="privacy.visit")
    assert line.expired == RowSpan(1, instants[0], instants[0])
    assert line.gone_early == RowSpan(3, instants[1], instants[3])
    shown = words(dpo_client.get(f"{DESK}/{run.pk}/change/"))
    assert "Past their period Gone early Linked records" in shown
    assert "their period still ran" in shown
    dates = [date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") for at in instants]
    assert f"Pages you saw 6 months 4 1 {dates[0]} 3 {dates[1]} – {dates[3]} 0" in shown
    assert "Partis en avance" in words(dpo_client.get(f"/fr{DESK}/{run.pk}/change/"))


def test_a_certificate_from_before_says_that_it_was_not_recorded(dpo_client):
    at = timezone.now()
    run = PurgeRun.objects.create(state=PurgeRun.State.FINISHED, requested_at=at)
    facts = {"since": "at", "period": "P6M", "cut_off": at, "count": 4, "oldest": at, "newest": at}
    line = PurgeLine.objects.create(run=run, holding="privacy.visit", **facts)
    assert (line.expired, line.gone_early) == (None, None)
    shown = words(dpo_client.get(f"{DESK}/{run.pk}/change/"))
    assert (
        f"6 months 4 {date_format(timezone.localtime(at), 'SHORT_DATETIME_FORMAT')} not recorded 0" in shown
    )
    assert "their period still ran" not in shown
    assert "non relevé" in words(dpo_client.get(f"/fr{DESK}/{run.pk}/change/"))


def test_what_is_kept_is_not_counted_as_going(dpo_client, due_mail):
    Mail.objects.create(to=BOB, message="test", language="en", written_at=due_mail.written_at)
    with trail.acting("system", "test"):
        holds.place(email=BOB, reason="A claim", review_on="2027-01-31", now=timezone.now())
    answer = dpo_client.get(f"{DESK}/preview/")
    rule = next(rule for rule in answer.context_data["rules"] if rule.holding.model is Mail)
    assert (rule.expired.count, rule.kept) == (1, 1)
    assert "2 records are past their periods" in words(answer)
    assert "1 of them stays" in words(answer)


def test_linked_records_are_counted_as_the_purge_counts_them(acting):
    now = timezone.now()
    alice = made.person("alice", now - relativedelta(years=20))
    made.MAKERS["admin.logentry"](alice, now)
    made.MAKERS["website.user"](alice, now - relativedelta(years=9))
    rules = preview.with_kept(preview.by_rule(now=now))
    said = next(rule for rule in rules if rule.holding.label == "website.user")
    line = purge.run(now=now).lines.get(holding="website.user")
    assert said.linked == line.dependants == 1


@pytest.mark.parametrize("page", ["/", "/preview/"])
def test_the_next_purge_is_announced_only_if_it_will_come(dpo_client, page):
    shown = words(dpo_client.get(DESK + page))
    assert "No purge runs by itself: the scheduler (beat) has never been seen." in shown
    assert "No purge has run yet." in shown
    now = timezone.now()
    PurgeClock.note(seen_at=now, sent_at=now - timedelta(minutes=2))
    due = date_format(timezone.localtime(now + timedelta(minutes=58)), "DATETIME_FORMAT")
    assert f"The next purge runs on {due}." in words(dpo_client.get(DESK + page))
    assert "La prochaine purge aura lieu le" in words(dpo_client.get(f"/fr{DESK}{page}"))


def test_the_command_says_both_numbers_and_the_next_run(week, capsys):
    call_command("purge", dry_run=True)
    said = capsys.readouterr().out
    (visits,) = [line.split() for line in said.splitlines() if "privacy.visit" in line]
    assert visits[:5] == ["1", "3", "0", "0", "privacy.visit"]
    assert "No purge runs by itself" in said
    assert Visit.objects.count() == 4
    call_command("purge")
    (visits,) = [line.split() for line in capsys.readouterr().out.splitlines() if "privacy.visit" in line]
    assert visits[:5] == ["1", "3", "0", "0", "privacy.visit"]
