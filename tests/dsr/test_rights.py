"""Each right in one request: at once, decided, kept back, carried out, told."""

import io
import json
import re
import zipfile
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from consent import prospecting
from consent.models import ConsentEvent, Prospect
from dsr import fulfilment, identity, objections, review, sections
from dsr.kinds import AT_ONCE, Kind
from dsr.models import Filing, Outcome, RequestItem, SubjectRequest
from dsr.models.checks import How
from dsr.review import Decision
from dsr.states import State
from privacy import audit, storage
from privacy.datamap import Basis, holdings
from privacy.models import Mail
from tests import holdings as made
from tests.dsr.factories import make_request
from tests.dsr.test_desk import QUEUE, do, offered, page_of
from tests.dsr.test_pages import FILLED, NEW, link_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
FORMATS = FormatChecker(["date"])
FORMATS.checks("date-time", raises=ValueError)(lambda text: text is None or datetime.fromisoformat(text))
NO = Decision(Outcome.WITHHELD, "COMPELLING", "We must defend our systems.", date(2027, 5, 4))


@pytest.fixture(autouse=True)
def today(now: datetime):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def alice(now) -> made.Person:
    return made.person("alice", now - timedelta(days=30))


@pytest.fixture
def bob(now) -> made.Person:
    return made.person("bob", now - timedelta(days=30))


def ask(now: datetime, *kinds: Kind, email: str = "alice@example.org", **more) -> SubjectRequest:
    return make_request(now, email=email, kinds=[kind.value for kind in kinds], **more)


def checked(asked: SubjectRequest, now: datetime) -> SubjectRequest:
    identity.check(asked.pk, how=How.EMAIL, now=now)
    return asked


def outcomes(asked: SubjectRequest) -> dict[str, str]:
    return dict(asked.items.values_list("kind", "outcome"))


def package_of(asked: SubjectRequest, now: datetime) -> dict[str, bytes]:
    review.grant(checked(asked, now).pk, now=now)
    fulfilment.build_packages(now=now)
    asked.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(storage.read(asked.package.file))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# The form --------------------------------------------------------------------------------------------------------


def test_several_rights_are_asked_for_together_in_plain_words(client: Client):
    page = client.get(NEW).content.decode()
    for words in ("see what you hold about me", "get no more commercial messages", "object to another use"):
        assert words in page
    client.post(NEW, {**FILLED, "kinds": ["ACCESS", "OBJECTION"], "wish": "The analysis of my visits"})
    assert Filing.objects.get().kinds == ["ACCESS", "OBJECTION"]
    assert "Access to my data, Objection to a use of my data" in Mail.objects.get().text


def test_a_right_that_is_named_twice_is_asked_for_once(client: Client):
    client.post(NEW, {**FILLED, "kinds": ["ACCESS", "ERASURE", "ACCESS"]})
    assert Filing.objects.get().kinds == ["ACCESS", "ERASURE"]
    client.get(link_in("request_confirm"))
    client.post("/privacy/requests/confirm/", {"browser": "no"})
    assert outcomes(SubjectRequest.objects.get()) == {"ACCESS": "", "ERASURE": ""}


def test_what_needs_a_word_asks_for_it_and_nothing_ticked_is_said(client: Client):
    wordless = client.post(NEW, {**FILLED, "kinds": ["OBJECTION"]}).content.decode()
    assert "we cannot guess" in wordless
    assert re.search(r'value="OBJECTION"[^>]* checked', wordless)
    assert "Please tick at least one line." in client.post(NEW, {**FILLED, "kinds": []}).content.decode()
    assert client.post(NEW, {**FILLED, "kinds": ["EVERYTHING"]}).status_code == 200
    assert Filing.objects.count() == 0


# At once ---------------------------------------------------------------------------------------------------------


def test_somebody_declares_how_to_stop_each_thing_that_is_stopped_at_once():
    assert objections.declarations().keys() == AT_ONCE


def test_an_objection_to_commercial_mail_is_done_and_answered_at_once(now):
    for email in ("alice@example.org", "bob@example.org"):
        prospecting.opt_in(email=email, sentence="Yes", language="en", page="/", now=now)
    asked = ask(now, Kind.NO_PROSPECTING)
    assert (asked.state, asked.closed_at) == (State.ANSWERED, now)
    assert list(Prospect.objects.values_list("email", flat=True)) == ["bob@example.org"]
    assert prospecting.is_suppressed("alice@example.org")
    assert not prospecting.is_suppressed("bob@example.org")
    assert ConsentEvent.objects.filter(email="alice@example.org", act="REQUEST").count() == 1
    assert set(Mail.objects.values_list("message", flat=True)) == {"request_confirm", "request_answered"}
    assert "No more commercial messages: granted" in Mail.objects.get(message="request_answered").text


def test_what_is_done_at_once_does_not_wait_for_the_rest(now):
    asked = ask(now, Kind.ACCESS, Kind.NO_PROSPECTING)
    assert prospecting.is_suppressed("alice@example.org")
    assert asked.state == State.RECEIVED
    assert outcomes(asked) == {"ACCESS": "", "NO_PROSPECTING": "SATISFIED"}


def test_an_objection_to_being_counted_stays_with_the_browser(client: Client, today, now):
    client.cookies["visitor"] = str(uuid4())
    client.post(NEW, {**FILLED, "kinds": ["NO_NAVIGATION"]})
    client.get(link_in("request_confirm"))
    answer = client.post("/privacy/requests/confirm/", {"browser": "no"})
    assert SubjectRequest.objects.get().state == State.ANSWERED
    assert "choices" in answer.cookies
    for page in ("/", "/contact/"):
        assert not client.get(page).wsgi_request.records_visits
    for days in (150, 300, 450):  # for as long as the browser comes back
        today.move_to(now + timedelta(days=days))
        assert not client.get("/").wsgi_request.records_visits
    assert Client().get("/").wsgi_request.records_visits


def test_without_a_browser_the_controller_sees_to_it(now):
    asked = ask(now, Kind.NO_NAVIGATION)
    assert (asked.state, outcomes(asked)) == (State.RECEIVED, {"NO_NAVIGATION": ""})


# Deciding --------------------------------------------------------------------------------------------------------


def test_an_objection_to_another_use_is_weighed_before_anything_is_sent(desk, now):
    asked = checked(ask(now, Kind.OBJECTION, wish="Stop the statistics."), now)
    assert "grant" not in offered(page_of(desk, asked))
    with pytest.raises(review.Undecided):
        review.grant(asked.pk, now=now)
    do(
        desk,
        asked,
        "decide",
        kind="OBJECTION",
        outcome="SATISFIED",
        reason="We took you out of the statistics.",
    )
    assert Mail.objects.filter(message="request_answered").count() == 0
    do(desk, asked, "grant")
    assert asked.state == State.ANSWERED
    text = Mail.objects.get(message="request_answered").text
    assert "We took you out of the statistics." in text
    assert "CNIL" in text


def test_a_refusal_of_one_right_needs_ground_and_reason_and_the_rest_is_granted(desk, now):
    asked = checked(ask(now, Kind.ACCESS, Kind.OBJECTION), now)
    for words in ({"ground": "", "reason": "Because"}, {"ground": "COMPELLING", "reason": ""}):
        assert do(desk, asked, "decide", kind="OBJECTION", outcome="WITHHELD", **words).status_code == 422
    assert outcomes(asked)["OBJECTION"] == ""
    do(desk, asked, "decide", kind="OBJECTION", outcome="WITHHELD", ground="COMPELLING", reason="We must.")
    do(desk, asked, "grant")
    fulfilment.build_packages(now=now)
    mail = Mail.objects.get(message="request_ready")
    for text in (mail.text, mail.html):
        for words in ("compelling legitimate grounds", "We must.", "CNIL", "court"):
            assert words.casefold() in text.casefold()
    assert outcomes(asked) == {"ACCESS": "SATISFIED", "OBJECTION": "WITHHELD"}


def test_a_yes_to_what_nothing_does_by_itself_says_what_was_done(desk, now):
    asked = checked(ask(now, Kind.OBJECTION), now)
    assert do(desk, asked, "decide", kind="OBJECTION", outcome="SATISFIED", reason="").status_code == 422


def test_an_answer_that_refuses_everything_is_a_refusal(now):
    asked = checked(ask(now, Kind.OBJECTION), now)
    review.decide(asked.pk, kind="OBJECTION", decision=NO, now=now)
    with pytest.raises(review.Undecided):
        review.grant(asked.pk, now=now)
    review.refuse(asked.pk, ground="COMPELLING", reason="We must.", now=now)
    item = RequestItem.objects.get()
    assert (item.reason, item.until) == ("We must defend our systems.", date(2027, 5, 4))


def test_what_was_granted_in_part_is_not_refused_as_a_whole(desk, now):
    asked = ask(now, Kind.ACCESS, Kind.NO_PROSPECTING)
    assert "refuse" not in offered(page_of(desk, asked))
    with pytest.raises(review.Undecided):
        review.refuse(asked.pk, ground="UNFOUNDED", reason="No.", now=now)
    asked.refresh_from_db()
    assert asked.state == State.RECEIVED


def test_what_is_done_cannot_be_decided_anew(desk, now):
    asked = ask(now, Kind.ACCESS, Kind.NO_PROSPECTING)
    with pytest.raises(RequestItem.DoesNotExist):
        review.decide(asked.pk, kind="NO_PROSPECTING", decision=NO, now=now)
    assert do(desk, asked, "decide", kind="NO_PROSPECTING", outcome="NOTHING").status_code == 422


def test_the_database_knows_no_right_withheld_without_ground(now):
    asked = ask(now, Kind.ACCESS)
    for changes in ({"ground": ""}, {"ground": "OTHERS", "reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            asked.items.update(outcome="WITHHELD", decided_at=now, **changes)


def test_the_person_reads_what_became_of_each_right(client: Client, now):
    client.post(f"/fr{NEW}", {**FILLED, "kinds": ["NO_PROSPECTING"]})
    client.get(link_in("request_confirm"))
    page = client.post("/fr/privacy/requests/confirm/", {"browser": "no"}, follow=True).content.decode()
    assert "Plus de messages commerciaux" in page
    assert "accordé" in page
    assert "Réponse donnée" in page or "La suite donnée" in page


# Keeping back ----------------------------------------------------------------------------------------------------


def test_what_is_kept_back_from_a_copy_is_named_with_its_ground(desk, alice, bob, now):
    for who in (alice, bob):
        made.MAKERS["website.enquiry"](who, now - made.RECENT)
        made.MAKERS["recruitment.application"](who, now - made.RECENT)
    asked = ask(now, Kind.ACCESS, email=alice.email)
    do(
        desk, asked, "reserve", kind="ACCESS", holding="website.enquiry", ground="OTHERS",
        reason="It names a colleague.", until="2027-01-31",
    )  # fmt: skip
    parts = package_of(asked, now)
    found = {section["name"]: section for section in json.loads(parts["data.json"])["holdings"]}
    assert found["website.enquiry"]["records"] == []
    assert found["website.enquiry"]["withheld"]["until"] == "2027-01-31"
    assert found["recruitment.application"]["records"]
    page = parts["index.html"].decode()
    assert "It names a colleague." in page
    assert "31 January 2027" in page
    assert "It names a colleague." in Mail.objects.get(message="request_ready").text


def test_only_what_is_held_can_be_kept_back(desk, alice, now):
    made.MAKERS["website.enquiry"](alice, now - made.RECENT)
    asked = ask(now, Kind.ACCESS, email=alice.email)
    assert do(
        desk, asked, "reserve", kind="ACCESS", holding="recruitment.application", ground="OTHERS", reason="x"
    ).status_code == 422  # fmt: skip


# Portability -----------------------------------------------------------------------------------------------------


def test_portable_is_what_the_person_gave_on_consent_or_contract(alice, bob, now):
    for who in (alice, bob):
        for maker in made.MAKERS.values():
            maker(who, now - made.RECENT)
    parts = package_of(ask(now, Kind.PORTABILITY, email=alice.email, visitors={alice.visitor}), now)
    assert "data.json" not in parts
    known = {holding.label: holding.data for holding in holdings()}
    told = json.loads(parts["portable.json"])["holdings"]
    assert "recruitment.application" in {section["name"] for section in told if section["records"]}
    for section in told:
        data = known[section["name"]]
        for name in {name for record in section["records"] for name in record["data"]}:
            assert data.fields[name].provided
            assert (data.fields[name].basis or data.basis) in {Basis.CONSENT, Basis.CONTRACT}
    assert any(name.endswith(".pdf") for name in parts)
    assert b"canary-alice" in parts["portable.json"]
    assert all(b"canary-bob" not in part and b"bob@example.org" not in part for part in parts.values())


def test_every_field_that_may_be_taken_elsewhere_is_taken(alice, now):
    for maker in made.MAKERS.values():
        maker(alice, now - made.RECENT)
    parts = package_of(ask(now, Kind.ACCESS, Kind.PORTABILITY, email=alice.email), now)
    whole = {each["name"]: each for each in json.loads(parts["data.json"])["holdings"]}
    taken = {each["name"]: each for each in json.loads(parts["portable.json"])["holdings"]}
    for holding in holdings():
        for number, record in enumerate(whole[holding.label]["records"]):
            wanted = {
                name: value
                for name, value in record["data"].items()
                if name in sections.portable_fields(holding)
            }
            assert not wanted or taken[holding.label]["records"][number]["data"] == wanted


def test_what_a_computer_gets_has_the_published_shape(client: Client, alice, now):
    for maker in made.MAKERS.values():
        maker(alice, now - made.RECENT)
    asked = ask(now, Kind.ACCESS, Kind.PORTABILITY, email=alice.email, visitors={alice.visitor})
    kept = Decision(Outcome.WITHHELD, "OTHERS", "Names others.", date(2027, 1, 1))
    review.reserve(asked.pk, kind="ACCESS", holding="website.enquiry", decision=kept, now=now)
    parts = package_of(asked, now)
    for name in ("data.json", "portable.json"):
        data = json.loads(parts[name])
        answer = client.get(data["$schema"])
        assert answer.headers["Content-Type"] == "application/schema+json"
        schema = json.loads(answer.content)
        Draft202012Validator.check_schema(schema)
        check = Draft202012Validator(schema, format_checker=FORMATS)
        check.validate(data)
        holding = next(each for each in data["holdings"] if each["records"])
        holding["records"] = [{"data": {}, "struck_out": [], "files": [7], "deleted_at": "soon"}]
        place = f"$.holdings[{data['holdings'].index(holding)}].records[0]"
        found = check.iter_errors({**data, "more": 1})
        assert {(each.json_path, each.validator) for each in found} == {
            ("$", "additionalProperties"),
            (f"{place}.files[0]", "type"),
            (f"{place}.deleted_at", "format"),
        }


# Organising ------------------------------------------------------------------------------------------------------


def test_a_request_is_assigned_with_a_target_and_found_by_it(desk, dpo, now):
    mine, other = ask(now, Kind.ACCESS), ask(now, Kind.PORTABILITY, email="bob@example.org")
    do(desk, mine, "organise", assignee=f"user:{dpo.pk}", target_on="2026-12-01")
    assert (mine.assignee, mine.target_on) == (f"user:{dpo.pk}", date(2026, 12, 1))
    assert f'<td class="field-assigned">{dpo.email}</td>' in desk.get(QUEUE).content.decode()
    assert f"Assigned to: {dpo.email}" in page_of(desk, mine)
    for query, found in {
        f"assignee=user:{dpo.pk}": mine,
        "assignee=nobody": other,
        "kind=PORTABILITY": other,
    }.items():
        page = desk.get(f"{QUEUE}?{query}").content.decode()
        assert found.reference in page, query
        assert ({mine, other} - {found}).pop().reference not in page, query
    late = do(desk, mine, "organise", assignee="", target_on="2026-12-31")
    assert late.status_code == 422


def test_what_is_due_within_some_days_is_found(desk, now):
    near, far = ask(now - timedelta(days=27), Kind.ACCESS), ask(now, Kind.ACCESS, email="bob@example.org")
    page = desk.get(f"{QUEUE}?within=7").content.decode()
    assert near.reference in page
    assert far.reference not in page


def test_with_four_eyes_who_prepares_does_not_approve(desk, dpo, now, settings):
    settings.REQUESTS_FOUR_EYES = True
    asked = checked(ask(now, Kind.ACCESS), now)
    assert {"grant", "refuse"} & offered(page_of(desk, asked)) == set()
    do(desk, asked, "prepare")
    for deed in ("grant", "refuse"):
        do(desk, asked, deed, ground="UNFOUNDED", reason="No.")
        assert asked.state == State.RECEIVED
    second = get_user_model().objects.create_superuser("second@example.org", "a long enough phrase")
    other = Client()
    other.force_login(second)
    do(other, asked, "decide", kind="ACCESS", outcome="NOTHING", reason="")
    assert asked.prepared_by == ""  # what was changed has to be submitted again
    with audit.acting(f"user:{dpo.pk}", "test"):
        review.prepare(asked.pk, now=now)
    assert "a second person sends it" in page_of(desk, asked)
    do(other, asked, "grant")
    assert asked.state == State.ANSWERED
    assert f"Prepared by account {dpo.pk}, approved by account {second.pk}." in page_of(desk, asked)
