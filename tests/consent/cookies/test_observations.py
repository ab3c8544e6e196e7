"""Cookies seen beside cookies declared: counted off the page, shown at the desk, told to monitors."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from consent.choices import enforcement
from consent.cookies import observations, registry
from consent.cookies.observation_models import CookieObservation
from consent.cookies.observations import ObservationKind
from tests import actors
from tests.consent.conftest import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_process() -> None:
    observations.reset()


def seen() -> dict[tuple[str, str], int]:
    return {(row.name, row.kind): row.times for row in CookieObservation.objects.all()}


def test_what_leaves_and_what_is_brought_along_is_counted_without_a_query(visitor: Visitor, now):
    registry.current()
    visitor.cookies["stranger"] = "a value that nobody may keep"
    visitor.submit("/privacy/choices/refuse/")
    assert seen() == {}
    observations.drain(now=now)
    assert seen() == {("choices", "SET"): 1, ("stranger", "RECEIVED"): 1}


def test_counts_are_handed_over_once_a_minute_and_none_is_lost_between(monkeypatch, now):
    moment = [1000.0]
    monkeypatch.setattr(observations.time, "monotonic", lambda: moment[0])
    for _time in range(5):
        observations.record("seen", ObservationKind.SET)
    assert observations.drain(now=now) == 1
    moment[0] += observations.REPORT_INTERVAL
    observations.record("seen", ObservationKind.SET)
    assert observations.drain(now=now) == 5
    assert seen() == {("seen", "SET"): 6}
    assert observations.drain(now=now) == 0


def test_a_sender_who_makes_names_up_fills_no_table(now):
    register = registry.current()
    for number in range(500):
        observations.record_received([f"made-up-{number}", "x" * 65, "tab\there", "é"], register)
    observations.drain(now=now)
    assert CookieObservation.objects.count() == observations.MAX_UNKNOWN_NAMES


def test_a_disk_that_is_full_stops_no_page(monkeypatch, caplog):
    def full(_line: bytes) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(observations.spool(), "append", full)
    observations.record("seen", ObservationKind.SET)
    assert "refused an observation" in caplog.text


def stopped(name: str, **morsel: int) -> None:
    response = HttpResponse()
    response.set_cookie(name, "value", **morsel)  # type: ignore[arg-type]
    register = registry.current()
    allowed = register.necessary_groups | {"campaigns"}
    enforcement.strip(response, register, allowed, now=timezone.now())


def test_the_report_puts_faults_first_then_what_was_never_set(now):
    stopped("spy")
    stopped("counted", max_age=10**9)
    stopped("csrf")
    observations.drain(now=now)
    lines = observations.report(registry.reload())
    assert (
        [line.name for line in lines if line.is_fault]
        == ["counted", "spy"]
        == [line.name for line in lines][:2]
    )
    assert [line.name for line in lines if line.is_never_set] == [
        "choices",
        "device",
        "seen",
        "session",
        "topics",
        "visitor",
    ]
    assert lines[-1].name == "csrf"


def test_monitors_are_told(now):
    out = StringIO()
    call_command("cookie_report", stdout=out)
    assert "never set" in out.getvalue()
    stopped("spy")
    with pytest.raises(CommandError, match="1 cookies"):
        call_command("cookie_report", stdout=out)
    assert "spy                      undeclared  FAULT" in out.getvalue()


def test_the_desk_shows_it_in_red(dpo_client: Client, clerk, now):
    stopped("spy")
    observations.drain(now=now)
    page = dpo_client.get("/admin/consent/cookieobservation/").content.decode()
    assert '<span class="badge bad">fault: undeclared, stopped</span>' in page
    assert '<span class="badge bad">declared, never set</span>' in page
    assert page.index("<code>spy</code>") < page.index("<code>session</code>")
    other = Client()
    actors.sign_in(other, clerk)
    assert other.get("/admin/consent/cookieobservation/").status_code in {302, 403}


@pytest.mark.parametrize(
    "address", ["/", "/contact/", "/fr/privacy/data/", "/privacy/choices/", "/nothing/here/"]
)
def test_no_shared_cache_may_keep_a_page(visitor: Visitor, address: str):
    response = visitor.get(address)
    assert "private" in response.headers["Cache-Control"]
    assert {"cookie", "sec-gpc"} <= {name.strip().lower() for name in response.headers["Vary"].split(",")}
