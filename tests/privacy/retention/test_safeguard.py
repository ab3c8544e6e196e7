"""A purge that looks wrong deletes nothing until the controller confirms that one run."""

from datetime import datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import holding
from privacy.mail.models import Mail
from privacy.retention import purge, safeguard, tasks
from privacy.retention.models import PurgeRun
from privacy.security.models import SignIn
from tests import actors, policy_in_force
from tests.conftest import ALICE, BOB

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
OVER = relativedelta(months=3, days=1)


@pytest.fixture
def clock() -> datetime:
    """The real time: the database's clock cannot be moved."""
    return timezone.now()


def make_mails(count: int, written_at: datetime, to: str = ALICE) -> None:
    Mail.objects.bulk_create(
        Mail(to=to, message="test", language="en", written_at=written_at) for _number in range(count)
    )


def kinds(now: datetime) -> list[str]:
    return [suspicion.kind for suspicion in safeguard.suspicions(now=now)]


@pytest.mark.parametrize(
    ("due", "kept", "is_refused"),
    [
        (99, 0, False),
        (100, 0, True),
        (100, 299, True),
        (100, 300, False),
        (1000, 2999, True),
        (1000, 3001, False),
    ],
)
def test_an_implausible_share_of_a_holding_is_refused_and_a_handful_is_not(clock, due, kept, is_refused):
    make_mails(due, clock - OVER)
    make_mails(kept, clock, BOB)
    assert kinds(clock) == (["SHARE"] if is_refused else [])


def test_what_falls_due_in_the_time_since_the_last_purge_is_plausible(clock):
    """The worker was away for two months: two thirds of three months' mail are due, and rightly so."""
    PurgeRun.objects.create(
        state=PurgeRun.State.FINISHED,
        requested_at=clock,
        started_at=clock - relativedelta(months=2),
        ended_at=clock,
    )
    make_mails(200, clock - OVER)
    make_mails(100, clock, BOB)
    assert kinds(clock) == []


def test_the_clock_of_the_worker_far_from_that_of_the_database(clock):
    make_mails(1, clock - relativedelta(years=20))
    assert "DATABASE" in kinds(clock + timedelta(minutes=6))
    assert "DATABASE" in kinds(clock - timedelta(minutes=6))
    assert kinds(clock + timedelta(minutes=4)) == []


def test_a_clock_ten_years_ahead_deletes_nothing(clock):
    make_mails(3, clock)
    PurgeRun.objects.create(
        state=PurgeRun.State.FINISHED, requested_at=clock, started_at=clock, ended_at=clock
    )
    with pytest.raises(safeguard.PurgeRefusedError):
        safeguard.run(now=clock + relativedelta(years=10))
    assert Mail.objects.filter(to=ALICE).count() == 3


def test_a_clock_back_by_a_day_is_refused_too(clock):
    make_mails(3, clock - relativedelta(years=1))
    trail.record("test.deed", now=clock)
    assert set(kinds(clock - timedelta(days=1))) == {"DATABASE", "BACK"}


@pytest.mark.parametrize(("ahead", "found"), [(4, []), (6, ["BACK"])])
def test_a_trace_of_the_future_is_one_beyond_the_tolerance(clock, ahead, found):
    make_mails(3, clock - relativedelta(years=1))
    trail.record("test.deed", now=clock + timedelta(minutes=ahead))
    assert kinds(clock) == found


def test_a_worker_away_for_three_days_is_nothing_strange_but_a_month_of_silence_is(clock):
    make_mails(3, clock - relativedelta(years=1))
    trail.record("test.deed", now=clock - timedelta(days=3))
    assert kinds(clock) == []
    assert AuditEntry.objects.count() == 1


def test_a_month_of_silence_asks(clock):
    make_mails(3, clock - relativedelta(years=1))
    trail.record("test.deed", now=clock - timedelta(days=31))
    assert kinds(clock) == ["AHEAD"]


@pytest.fixture
def old_site(clock) -> None:
    policy_in_force.publish(now=clock - timedelta(days=100))


@pytest.mark.parametrize(("every", "found"), [(1, []), (2, []), (3, ["LEAPS"]), (6, ["LEAPS"])])
def test_a_clock_that_goes_ahead_by_a_little_again_and_again_is_seen(clock, old_site, every, found):
    make_mails(3, clock - relativedelta(years=1))
    for days in range(0, 60, every):
        trail.record("privacy.purge.completed", now=clock - timedelta(days=days))
    assert kinds(clock) == found


def test_a_young_site_and_one_whose_absence_was_confirmed_may_have_been_off(clock, old_site):
    make_mails(3, clock - relativedelta(years=1))
    trail.record("privacy.purge.completed", now=clock)
    assert kinds(clock) == ["LEAPS"]
    PurgeRun.objects.create(
        state=PurgeRun.State.FINISHED,
        requested_at=clock,
        started_at=clock,
        confirmed_at=clock,
        reason="A holiday",
    )
    assert kinds(clock) == []


def test_a_holding_that_goes_slice_by_slice_is_seen(clock):
    """A quarter of 400 may go in one run, or a handful; the same again an hour later may not."""
    make_mails(300, clock, BOB)
    for hours in (3, 2, 1):
        make_mails(60, clock - OVER)
        purge.run(now=clock - timedelta(hours=hours))
    make_mails(1, clock - OVER)
    found = safeguard.suspicions(now=clock)
    assert [(each.kind, each.due, each.total) for each in found] == [("SLICES", 181, 481)]
    PurgeRun.objects.filter(lines__count__gt=0).update(confirmed_at=clock, reason="Imported late")
    assert kinds(clock) == []


def test_nothing_is_suspicious_when_nothing_would_go(clock):
    trail.record("test.deed", now=clock - timedelta(days=31))
    assert kinds(clock) == []


@pytest.fixture
def refused(clock) -> PurgeRun:
    make_mails(150, clock - OVER)
    tasks.purge()
    return PurgeRun.objects.get()


def test_refused_it_deletes_nothing_hides_everything_and_tells_the_controller_once(refused, settings, clock):
    tasks.purge()
    tasks.purge()
    run = PurgeRun.objects.get()
    assert (run.state, run.started_at) == (PurgeRun.State.REFUSED, None)
    assert Mail.objects.filter(to=ALICE).count() == 150
    assert not holding(Mail).live(clock).filter(to=ALICE).exists()
    letter = Mail.objects.get(message="purge_refused")
    assert letter.to == settings.CONTROLLER["email"]
    assert f"/admin/privacy/purgerun/{run.pk}/change/" in letter.text
    assert ALICE not in letter.text
    assert AuditEntry.objects.filter(action="privacy.purge.refused").count() == 1


def test_the_controller_confirms_with_a_reason_that_one_run(refused, dpo_client, dpo):
    page = f"/admin/privacy/purgerun/{refused.pk}"
    shown = dpo_client.get(f"{page}/change/").content.decode()
    assert "150 of 150 records would go" in shown
    assert "Confirm and purge" in shown
    answer = dpo_client.post(f"{page}/confirm/", {"reason": "  "}, follow=True)
    assert "Write why this purge is right" in answer.content.decode()
    tasks.purge()
    assert Mail.objects.filter(to=ALICE).count() == 150
    dpo_client.post(f"{page}/confirm/", {"reason": "The newsletter of spring was imported late."})
    tasks.run_requested_purge()
    refused.refresh_from_db()
    assert (refused.state, refused.confirmed_by) == (PurgeRun.State.FINISHED, f"user:{dpo.pk}")
    assert not Mail.objects.filter(to=ALICE).exists()
    assert "imported late" in dpo_client.get(f"{page}/change/").content.decode()
    assert AuditEntry.objects.get(action="privacy.purge.confirmed").actor == f"user:{dpo.pk}"


def test_the_next_run_asks_again(refused, clock):
    safeguard.confirm(refused, reason="Once", now=clock)
    tasks.purge()
    make_mails(150, clock - OVER)
    tasks.purge()
    assert Mail.objects.filter(to=ALICE).count() == 150
    assert PurgeRun.objects.filter(state=PurgeRun.State.REFUSED).count() == 1


def test_confirming_one_thing_does_not_cover_another(refused, clock, now):
    safeguard.confirm(refused, reason="Once", now=clock)
    trail.record("test.deed", now=clock + timedelta(hours=1))
    with pytest.raises(safeguard.PurgeRefusedError):
        safeguard.run(now=clock)
    assert Mail.objects.filter(to=ALICE).count() == 150


def test_confirming_one_holding_does_not_cover_another(refused, clock):
    safeguard.confirm(refused, reason="Once", now=clock)
    long_ago = clock - relativedelta(years=1)
    SignIn.objects.bulk_create(SignIn(at=long_ago, is_accepted=True) for _number in range(150))
    with pytest.raises(safeguard.PurgeRefusedError):
        safeguard.run(now=clock)
    assert (Mail.objects.filter(to=ALICE).count(), SignIn.objects.count()) == (150, 150)


def test_a_run_that_was_confirmed_and_killed_goes_on(refused, clock):
    safeguard.confirm(refused, reason="Once", now=clock)
    refused.refresh_from_db()
    refused.start(clock, None)
    tasks.purge()
    assert not Mail.objects.filter(to=ALICE).exists()
    states = set(PurgeRun.objects.values_list("state", flat=True))
    assert states == {PurgeRun.State.INTERRUPTED, PurgeRun.State.FINISHED}


def test_what_looked_wrong_and_passed_runs_by_itself(refused, clock):
    make_mails(1000, clock, BOB)
    tasks.purge()
    refused.refresh_from_db()
    assert refused.state == PurgeRun.State.FINISHED
    assert not Mail.objects.filter(to=ALICE).exists()


def test_asking_for_a_purge_that_is_refused_shows_why(refused, dpo_client):
    answer = dpo_client.post("/admin/privacy/purgerun/ask/", follow=True)
    assert "nothing was deleted" in answer.content.decode()
    assert "Refresh" not in answer.headers


@pytest.mark.parametrize("who", ["nobody", "clerk"])
def test_nobody_else_confirms(refused, client, clerk, who):
    if who == "clerk":
        actors.sign_in(client, clerk)
    client.post(f"/admin/privacy/purgerun/{refused.pk}/confirm/", {"reason": "Because"})
    refused.refresh_from_db()
    assert refused.state == PurgeRun.State.REFUSED


def test_without_a_reason_nothing_is_confirmed(refused, clock):
    with pytest.raises(safeguard.NoRefusedPurgeError):
        safeguard.confirm(refused, reason=" \n", now=clock)
    assert PurgeRun.objects.get().state == PurgeRun.State.REFUSED


def test_only_what_is_refused_is_confirmed(clock):
    run = PurgeRun.objects.create(state=PurgeRun.State.FINISHED, requested_at=clock)
    with pytest.raises(safeguard.NoRefusedPurgeError):
        safeguard.confirm(run, reason="Because", now=clock)
    assert purge.state_of(run) == PurgeRun.State.FINISHED
