"""The visits of the browser that sends the form: copied then, shown in the answer alone, and gone with it."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from dsr.answer import delivery
from dsr.identity import verification
from dsr.package import visits_copy
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.models import UNCONFIRMED_KEEP, SubjectRequest, UnconfirmedRequest
from dsr.requests.visit_models import VisitsCopy
from dsr.review import decisions
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.retention import purge
from privacy.visits import recording
from privacy.visits.models import Visit
from tests import actors
from tests import holdings as made
from tests.dsr.admin_pages import QUEUE
from tests.dsr.packages import unpacked
from tests.dsr.pages import FILLED, NEW, confirmed, link_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


@pytest.fixture
def alice(now) -> made.SamplePerson:
    alice = made.person("alice", now)
    made.visit(alice, now - timedelta(days=1) + timedelta(seconds=7, microseconds=5))
    made.visit(made.person("bob", now), now - timedelta(days=1))
    return alice


@pytest.fixture
def browser(alice) -> Client:
    client = Client()
    client.cookies[recording.cookie_name()] = str(alice.visitor)
    return client


def answered(subject_request: SubjectRequest, now) -> dict[str, bytes]:
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    assert delivery.build_packages(now=now) == 1
    return unpacked(subject_request)


def visits_in(content: bytes) -> list[dict[str, object]]:
    sections = {each["name"]: each for each in json.loads(content)["holdings"]}
    return [record["data"] for record in sections["privacy.visit"]["records"]]


def test_the_box_is_offered_unticked_where_the_browser_has_a_number(browser: Client):
    assert 'name="visits"' not in Client().get(NEW).content.decode()
    page = browser.get(NEW).content.decode()
    assert 'type="checkbox" name="visits"' in page
    assert "checked" not in page.split('name="visits"')[1].split(">")[0]
    assert 'name="visits"' not in browser.get(NEW, HTTP_SEC_GPC="1").content.decode()


def test_the_answer_has_them_without_the_number_whichever_browser_confirms(browser: Client, alice, now):
    browser.post(NEW, {**FILLED, "visits": "on"})
    another = Client()
    another.get(link_in("request_confirm"))
    assert "the visits of the browser" in another.get("/privacy/requests/confirm/").content.decode()
    another.post("/privacy/requests/confirm/")
    subject_request = SubjectRequest.objects.get()
    parts = answered(subject_request, now)
    assert [visit["path"] for visit in visits_in(parts["data.json"])] == ["/canary-alice/"]
    assert "/canary-alice/" in parts["index.html"].decode()
    for content in parts.values():
        assert str(alice.visitor).encode() not in content
        assert b"canary-bob" not in content
    assert not VisitsCopy.objects.exists()  # the answer has taken them over


def test_they_are_no_part_of_what_is_taken_elsewhere(browser: Client, now):
    """They rest on our legitimate interest (GDPR 20(1))."""
    parts = answered(confirmed(browser, rights=["ACCESS", "PORTABILITY"], visits="on"), now)
    assert [visit["path"] for visit in visits_in(parts["data.json"])] == ["/canary-alice/"]
    assert "/canary-alice/" not in parts["portable.json"].decode()


def test_without_the_box_no_visit_is_anywhere_in_it(browser: Client, now):
    parts = answered(confirmed(browser), now)
    assert "privacy.visit" not in {each["name"] for each in json.loads(parts["data.json"])["holdings"]}
    assert "What a browser finds by itself" in parts["index.html"].decode()
    assert "/privacy/choices/" in parts["index.html"].decode()


def test_the_copy_is_encrypted_and_has_no_number(browser: Client, alice):
    browser.post(NEW, {**FILLED, "visits": "on"})
    file = VisitsCopy.objects.get().file
    assert str(alice.visitor).encode() not in storage.read(file)
    (facts,) = json.loads(storage.read(file))
    at = Visit.objects.get(visitor=alice.visitor).at
    assert facts["at"] == at.replace(second=0, microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert b"canary-alice" not in storage.path_of(file.pk).read_bytes()


def test_it_goes_with_the_form_that_nobody_confirms(browser: Client, now, django_capture_on_commit_callbacks):
    browser.post(NEW, {**FILLED, "visits": "on"})
    path = storage.path_of(VisitsCopy.objects.get().file_id)
    with django_capture_on_commit_callbacks(execute=True):
        purge.run(now=UNCONFIRMED_KEEP.after(now))
    assert not UnconfirmedRequest.objects.exists()
    assert not VisitsCopy.objects.exists()
    assert not path.exists()


def test_it_goes_when_the_request_is_closed(browser: Client, now):
    subject_request = confirmed(browser, visits="on")
    decisions.refuse(subject_request.pk, ground="UNFOUNDED", reason="No.", now=now)
    assert not VisitsCopy.objects.exists()
    assert not StoredFile.objects.filter(name="visits.json").exists()


def test_each_visit_is_left_out_once_its_own_period_is_over(browser: Client, alice, now, today):
    made.visit(alice, now - timedelta(days=170))
    Visit.objects.filter(at__lt=now - timedelta(days=100)).update(path="/old/")
    subject_request = confirmed(browser, visits="on")
    later = now + timedelta(days=25)
    for at, paths in ((now, ["/canary-alice/", "/old/"]), (later, ["/canary-alice/"])):
        section = visits_copy.section(subject_request, now=at)
        assert section is not None
        lines = [{line.name: line.value for line in record.lines} for record in section.records]
        assert [line["path"] for line in lines] == paths
        assert all(record.deleted_at and record.deleted_at > at for record in section.records)


def test_the_desk_sees_no_visit(browser: Client, dpo_client: Client, now):
    subject_request = confirmed(browser, visits="on")
    page = dpo_client.get(f"{QUEUE}{subject_request.pk}/change/").content.decode()
    assert "The answer also holds the visits" in page
    assert "/canary-alice/" not in dpo_client.get(f"{QUEUE}{subject_request.pk}/held/").content.decode()


@pytest.mark.parametrize("right", ["ERASURE", "PORTABILITY"])
def test_the_box_alone_asks_for_nothing(browser: Client, right: str):
    page = browser.post(NEW, {**FILLED, "rights": right, "visits": "on"}).content.decode()
    assert "To receive them, also tick the line above" in page
    assert not UnconfirmedRequest.objects.exists()


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_a_disk_that_refuses_the_copy_is_said_and_nothing_is_sent(
    browser: Client, django_user_model, monkeypatch, *, is_signed_in
):
    def fail(*_arguments: object, **_facts: object) -> None:
        raise OSError

    if is_signed_in:
        actors.sign_in(browser, django_user_model.objects.get(email__iexact=FILLED["email"]))
    monkeypatch.setattr(storage, "store", fail)
    answer = browser.post(NEW, {**FILLED, "rights": ["ACCESS", "NO_NAVIGATION"], "visits": "on"})
    assert answer.status_code == 503
    assert Visit.objects.filter(path="/canary-alice/").exists(), "nothing was stopped either"
    assert FILLED["surname"] in answer.content.decode()
    assert not UnconfirmedRequest.objects.exists()
