"""Against what protects accounts."""

from datetime import timedelta

from django.http import HttpRequest

from softnlabs.website.accounts import staff_factor
from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.session_models import AccountSession
from tests import actors
from tests.sabotage.stage import Stage


def desk_without_second_factor(stage: Stage) -> None:
    actors.make_staff("clerk@example.org")
    stage.monkeypatch.setattr(staff_factor, "missing", _nothing)


def session_without_end(stage: Stage) -> None:
    _session(stage, ends_at=stage.now + timedelta(days=30))


def session_that_is_never_locked(stage: Stage) -> None:
    _session(stage, used_at=stage.now - timedelta(hours=3))
    stage.monkeypatch.setattr(AccountSession, "is_idle", lambda _row, _now: False)
    stage.settings.IDLE_AT_DESK = timedelta(minutes=30)


def _session(stage: Stage, **facts: object) -> None:
    times = {"started_at": stage.now, "used_at": stage.now, "ends_at": stage.now + timedelta(hours=1)}
    AccountSession.objects.create(
        account=actors.make_staff("clerk@example.org"), is_of_staff=True, **(times | facts)
    )


def _nothing(_request: HttpRequest, _user: User) -> None:
    return None
