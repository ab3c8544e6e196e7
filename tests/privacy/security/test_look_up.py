"""What one address did: for security staff alone, each look on record, and no visit among it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.datamap.subjects import Subject, fingerprint
from privacy.rights import restriction
from privacy.security import look_up
from privacy.security.models import PERIOD, SecurityEvent, SignIn
from privacy.visits import recording
from privacy.visits.models import Visit
from softnlabs.website.accounts.models import User
from tests import actors
from tests.conftest import ALICE, BOB

pytestmark = pytest.mark.django_db
SIGN_INS, EVENTS = "/admin/privacy/signin/", "/admin/privacy/securityevent/"
LOOK_UP = f"{SIGN_INS}address/"
HERE, ELSEWHERE = "192.0.2.9", "192.0.2.10"
SEEN = ("view_signin", "view_securityevent")


def grant(user: User, *names: str) -> None:
    actors.train(user)
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))


@pytest.fixture
def guard(client: Client, clerk: User) -> Client:
    """Security staff, without any other permission."""
    grant(clerk, *SEEN, "see_address")
    actors.sign_in(client, clerk)
    SignIn.objects.all().delete()
    return client


def sign_in(at: datetime, *, account: int | None = None, address: str = HERE) -> SignIn:
    return SignIn.objects.create(
        at=at, account=account, about=fingerprint(ALICE), address=address, is_accepted=True
    )


def event(at: datetime, *, account: int | None = None, address: str = HERE) -> SecurityEvent:
    return SecurityEvent.objects.create(
        at=at, kind="REFUSED", page="/secret/<token>/", status=410, account=account, address=address
    )


@pytest.mark.parametrize(("page", "make"), [(SIGN_INS, sign_in), (EVENTS, event)])
def test_an_address_is_shown_to_whoever_may_see_addresses_alone(
    client: Client, clerk: User, page: str, make: Callable[..., Model]
) -> None:
    row = make(timezone.now(), address="192.0.2.77")
    actors.sign_in(client, clerk)
    detail = f"{page}{row.pk}/change/"
    assert [client.get(each).status_code for each in (page, detail, LOOK_UP)] == [403, 404, 403]
    grant(clerk, *SEEN)
    assert "192.0.2.77" not in client.get(detail).text + client.get(page).text
    assert client.get(LOOK_UP).status_code == 403
    assert client.post(LOOK_UP, {"address": "192.0.2.77"}).status_code == 403
    assert not AuditEntry.objects.filter(action="privacy.signin.address_looked_up").exists()
    grant(clerk, "see_address")
    assert "192.0.2.77" in client.get(detail).text
    assert "192.0.2.77" not in client.get(page).text
    assert AuditEntry.objects.filter(action=f"{row._meta.label_lower}.viewed", key=str(row.pk)).count() == 2


@pytest.mark.parametrize("filtered", ["address=192.0.2.77", "address__startswith=192.0", "address__isnull=0"])
@pytest.mark.parametrize("page", [SIGN_INS, EVENTS])
def test_no_filter_of_the_list_tells_an_address(dpo_client: Client, page: str, filtered: str) -> None:
    """Not even to who may see one: that look would not be on record."""
    for address in ("192.0.2.77", "198.51.100.1"):
        sign_in(timezone.now(), account=4711, address=address)
        event(timezone.now(), account=4711, address=address)
    pages = [dpo_client.get(f"{page}?{one}", follow=True) for one in (filtered, "address=203.0.113.5")]
    assert [each.redirect_chain[0][0] for each in pages] == [f"{page}?e=1"] * 2
    assert dpo_client.get(f"{page}?account=4711").text.count("4711") >= 4


@pytest.mark.parametrize(
    ("prefix", "words"),
    [("", ("request refused", "link expired")), ("/fr", ("requête refusée", "lien expiré"))],
)
def test_a_look_up_finds_what_an_address_did_and_is_on_record(
    dpo_client: Client, dpo: User, prefix: str, words: tuple[str, ...]
) -> None:
    now = timezone.now()
    for make in (sign_in, event):
        make(now, account=4711)
        make(now, account=1234567, address=ELSEWHERE)
        make(now - timedelta(days=200), account=815)
    page = dpo_client.post(f"{prefix}{LOOK_UP}", {"address": HERE}).text
    assert page.count("<td>4711</td>") == 2
    assert page.count(f"{timezone.localtime(now):%H:%M:%S}") == 2
    assert "(Europe/Paris)" in page
    assert "/secret/&lt;token&gt;/" in page
    assert [word for word in words if word not in page] == []
    assert "<td>815</td>" not in page
    assert "1234567" not in page
    entry = AuditEntry.objects.get(action="privacy.signin.address_looked_up")
    assert entry.actor == f"user:{dpo.pk}"
    assert entry.detail == {"address": fingerprint(HERE), "sign_ins": 1, "events": 1}


def test_a_look_up_shows_no_visit(dpo_client: Client) -> None:
    now = timezone.now()
    recording.prepare_partitions(now=now)
    Visit.objects.create(
        at=now, number=1, visitor=uuid4(), has_cookie=True, path="/seen-by-somebody/", language="en"
    )
    sign_in(now)
    page = dpo_client.post(LOOK_UP, {"address": HERE}).text
    assert "/seen-by-somebody/" not in page
    assert "Page views" not in page


def test_security_staff_find_nothing_of_whom_is_restricted(
    dpo_client: Client, guard: Client, acting: None
) -> None:
    now = timezone.now()
    for make in (sign_in, event):
        make(now, account=4711)
    SignIn.objects.create(at=now, address=HERE, account=42, about=fingerprint(BOB), is_accepted=True)
    event(now, account=42)
    subject = Subject(emails=frozenset({ALICE}), accounts=frozenset({4711}))
    restriction.restrict(subject, reason="contested", now=now)
    page = guard.post(LOOK_UP, {"address": HERE}).text
    assert "left out" in page
    assert (page.count("<td>42</td>"), page.count("<td>4711</td>")) == (2, 0)
    page = dpo_client.post(LOOK_UP, {"address": HERE}).text
    assert "left out" not in page
    assert (page.count("<td>42</td>"), page.count("<td>4711</td>")) == (2, 2)


@pytest.mark.parametrize("sees_restricted", [True, False])
def test_a_look_up_finds_nothing_a_second_too_old(
    now: datetime, acting: None, *, sees_restricted: bool
) -> None:
    """Though no purge has run since."""
    end = PERIOD.after(now)
    for make in (sign_in, event):
        make(now)
    for at, count in ((end - timedelta(seconds=1), 1), (end, 0), (end + timedelta(seconds=1), 0)):
        seen = look_up.look_up(HERE, sees_restricted=sees_restricted, now=at)
        assert (len(seen.sign_ins), len(seen.events)) == (count, count)


def test_what_is_no_address_is_said_and_looks_up_nothing(dpo_client: Client) -> None:
    assert "Enter a valid" in dpo_client.post(LOOK_UP, {"address": "x' OR 1=1"}).text
    assert not AuditEntry.objects.filter(action="privacy.signin.address_looked_up").exists()


def test_the_planner_finds_an_address_by_its_index(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO privacy_securityevent (at, kind, page, "limit", times, address)'
            " SELECT %s + i * interval '1 second', 'FORM', '/', '', 1,"
            " ('10.0.' || i / 250 %% 250 || '.' || i %% 250)::inet FROM generate_series(1, 20000) i",
            [now],
        )
        cursor.execute("ANALYZE privacy_securityevent")
    plan = SecurityEvent.objects.live(now).filter(address="10.0.0.7").explain()
    assert "Index" in plan
    assert "address" in plan
