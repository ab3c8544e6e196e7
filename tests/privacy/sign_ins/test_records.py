"""Sign-ins are written down, each with its outcome; addresses are for security staff, and each look is on record."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.datamap.subjects import Subject, fingerprint
from privacy.rights import restriction
from privacy.sign_ins import records
from privacy.sign_ins.models import SignIn
from privacy.visits import partitions, recording
from privacy.visits.counting_models import PERIOD
from privacy.visits.models import Visit
from softnlabs.website.accounts.models import User
from tests.conftest import ALICE, BOB

pytestmark = pytest.mark.django_db
PHRASE = "a long enough phrase"
PAGE = "/admin/privacy/signin/"


@pytest.fixture
def alice() -> User:
    return User.objects.create_user(ALICE, PHRASE)


@pytest.fixture
def guard(client: Client, clerk: User) -> Client:
    """Staff who may see sign-ins, but no address."""
    clerk.user_permissions.add(Permission.objects.get(codename="view_signin"))
    client.force_login(clerk)
    SignIn.objects.all().delete()
    return client


@pytest.mark.parametrize("page", ["/account/sign-in/", "/admin/login/"])
def test_who_is_let_in_and_who_is_not_is_written_down(client: Client, dpo: User, page: str) -> None:
    facts = {"username": " Controller@EXAMPLE.org", "password": "wrong"}
    client.post(page, facts, REMOTE_ADDR="192.0.2.7")
    client.post(page, facts | {"password": PHRASE}, REMOTE_ADDR="192.0.2.7")
    let_in, refused = SignIn.objects.all()
    assert (refused.is_accepted, refused.account) == (False, None)
    assert (let_in.is_accepted, let_in.account) == (True, dpo.pk)
    assert {let_in.about, refused.about} == {fingerprint(dpo.email)}
    assert {let_in.address, refused.address} == {"192.0.2.7"}


def test_what_was_typed_is_not_kept(client: Client) -> None:
    for typed in ("my password by mistake", BOB, "\0", "a" * 5000):
        client.post("/account/sign-in/", {"username": typed, "password": "x"})
    kept = set(SignIn.objects.values_list("about", flat=True))
    assert kept == {"", fingerprint(BOB)}


def test_a_program_that_tries_without_a_request_is_written_down_too(alice: User) -> None:
    assert authenticate(username=ALICE, password="wrong") is None
    assert SignIn.objects.get().address is None


def test_a_person_finds_their_attempts_and_nobody_elses(client: Client, alice: User) -> None:
    for typed in (ALICE, BOB):
        client.post("/account/sign-in/", {"username": typed, "password": "wrong"})
    found = SignIn.objects.about(Subject.of_email(ALICE))
    assert found.get().about == fingerprint(ALICE)


def test_an_address_is_shown_to_security_staff_alone(guard: Client, clerk: User) -> None:
    row = SignIn.objects.create(at=timezone.now(), address="192.0.2.77", is_accepted=False)
    detail = f"{PAGE}{row.pk}/change/"
    assert "192.0.2.77" not in guard.get(detail).text + guard.get(PAGE).text
    assert guard.get(f"{PAGE}address/").status_code == 403
    assert guard.post(f"{PAGE}address/", {"address": "192.0.2.77"}).status_code == 403
    assert not AuditEntry.objects.filter(action="privacy.signin.address_looked_up").exists()
    clerk.user_permissions.add(Permission.objects.get(codename="see_address"))
    assert "192.0.2.77" in guard.get(detail).text
    assert AuditEntry.objects.filter(action="privacy.signin.viewed", key=str(row.pk)).count() == 2


@pytest.mark.parametrize("filtered", ["address=192.0.2.77", "address__startswith=192.0", "address__isnull=0"])
def test_no_filter_of_the_list_tells_an_address(guard: Client, dpo_client: Client, filtered: str) -> None:
    """Neither to who may not see one, nor to who may: that look would not be on record."""
    for client in (guard, dpo_client):
        for address in ("192.0.2.77", "198.51.100.1"):
            SignIn.objects.create(at=timezone.now(), address=address, account=4711, is_accepted=False)
        pages = [client.get(f"{PAGE}?{one}", follow=True) for one in (filtered, "address=203.0.113.5")]
        assert [page.redirect_chain[0][0] for page in pages] == [f"{PAGE}?e=1"] * 2
    assert guard.get(f"{PAGE}?account=4711").text.count("4711") >= 4


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_a_look_up_finds_what_an_address_did_and_is_on_record(
    dpo_client: Client, dpo: User, prefix: str
) -> None:
    now = timezone.now()
    recording.prepare_partitions(now=now)
    for address, path in (("192.0.2.9", "/contact/"), ("192.0.2.10", "/careers/")):
        Visit.objects.create(
            at=now, number=uuid4().int >> 65, visitor=uuid4(), address=address, path=path, language="en"
        )
        SignIn.objects.create(at=now, address=address, account=4711, is_accepted=True)
    SignIn.objects.create(at=now - timedelta(days=200), address="192.0.2.9", account=815, is_accepted=True)
    page = dpo_client.post(f"{prefix}{PAGE}address/", {"address": "192.0.2.9"}).text
    assert "/contact/" in page
    assert "4711" in page
    assert page.count(f"{timezone.localtime(now):%H:%M:%S}") == 2
    assert "(Europe/Paris)" in page
    assert "<td>815</td>" not in page
    assert "<td>/careers/</td>" not in page
    entry = AuditEntry.objects.get(action="privacy.signin.address_looked_up")
    assert entry.actor == f"user:{dpo.pk}"
    assert entry.detail == {"address": fingerprint("192.0.2.9"), "visits": 1, "sign_ins": 1}


def test_security_staff_find_nothing_of_whom_is_restricted_or_objected(
    dpo_client: Client, guard: Client, clerk: User, acting: None
) -> None:
    now, here = timezone.now(), "192.0.2.9"
    recording.prepare_partitions(now=now)
    objecting, other = uuid4(), uuid4()
    for number, visitor in enumerate((objecting, other)):
        Visit.objects.create(
            at=now, number=number, visitor=visitor, address=here, path=f"/{visitor}/", language="en"
        )
    SignIn.objects.create(at=now, address=here, account=4711, about=fingerprint(ALICE), is_accepted=True)
    subject = Subject(emails=frozenset({ALICE}), accounts=frozenset({4711}))
    restriction.restrict(subject, reason="contested", now=now)
    recording.stop_recording(objecting, now=now)
    clerk.user_permissions.add(Permission.objects.get(codename="see_address"))
    page = guard.post(f"{PAGE}address/", {"address": here}).text
    assert "left out" in page
    assert f"/{other}/" in page
    assert [word for word in (f"/{objecting}/", "<td>4711</td>") if word in page] == []
    page = dpo_client.post(f"{PAGE}address/", {"address": here}).text
    assert "left out" not in page
    assert [word for word in (f"/{objecting}/", "<td>4711</td>") if word not in page] == []


@pytest.mark.parametrize("sees_restricted", [True, False])
def test_a_look_up_finds_nothing_a_second_too_old(
    now: datetime, acting: None, *, sees_restricted: bool
) -> None:
    """Though no purge has run since."""
    here, end = "192.0.2.9", PERIOD.after(now)
    recording.prepare_partitions(now=now)
    Visit.objects.create(at=now, number=1, visitor=uuid4(), address=here, path="/", language="en")
    SignIn.objects.create(at=now, address=here, is_accepted=True)
    for at, count in ((end - timedelta(seconds=1), 1), (end, 0), (end + timedelta(seconds=1), 0)):
        seen = records.look_up(here, sees_restricted=sees_restricted, now=at)
        assert (len(seen.visits), len(seen.sign_ins)) == (count, count)


def test_what_is_no_address_is_said_and_looks_up_nothing(dpo_client: Client) -> None:
    assert "Enter a valid" in dpo_client.post(f"{PAGE}address/", {"address": "x' OR 1=1"}).text
    assert not AuditEntry.objects.filter(action="privacy.signin.address_looked_up").exists()


def place_of(at: datetime) -> str:
    """The name of the table that visits of this instant go to."""
    return next(span.name for span in partitions.attached() if at.date() in span.days)


@pytest.mark.usefixtures("acting")
def test_the_planner_answers_each_question_by_its_index(now) -> None:
    recording.prepare_partitions(now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO privacy_visit SELECT %s + i * interval '1 second', i, gen_random_uuid(),"
            " ('10.0.' || i / 250 %% 250 || '.' || i %% 250)::inet, '/', '', 'en' FROM generate_series(1, 20000) i",
            [now],
        )
        cursor.execute("ANALYZE privacy_visit")
    recent = Visit.objects.live(now).filter(at__gt=now - timedelta(days=1), at__lt=now + timedelta(days=1))
    by_address = recent.filter(address="10.0.0.7").explain()
    by_person = recent.filter(visitor__in=[uuid4()]).explain()
    assert "address" in by_address
    assert "Index" in by_address
    assert "visitor" in by_person
    assert "Index" in by_person
    later = Visit.objects.filter(at__gt=now + timedelta(days=8), at__lt=now + timedelta(days=9)).explain()
    assert place_of(now) not in later
    assert place_of(now + timedelta(days=8)) in later
    assert records.look_up("10.0.0.7", sees_restricted=True, now=now + timedelta(days=1)).visits
