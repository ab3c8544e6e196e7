"""Each right in one request: at once, decided, kept back, carried out, told."""

import json
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from consent.ledger.models import ConsentEvent
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from dsr.answer import delivery, objections
from dsr.requests.item_models import RequestItem
from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from dsr.review import decisions
from dsr.review.decisions import Decision
from dsr.rules.rights import AT_ONCE, ItemOutcome, Right
from dsr.rules.states import RequestState
from privacy.mail.models import Mail
from privacy.web.request_facts import Browser
from tests import holdings as made
from tests import prospects
from tests.dsr.admin_pages import do, offered, page_of
from tests.dsr.pages import FILLED, NEW, link_in
from tests.dsr.steps import ask, checked, outcomes, package_of
from tests.softnlabs.enquiries.factories import make_enquiry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
NO = Decision(ItemOutcome.WITHHELD, "COMPELLING", "We must defend our systems.", date(2027, 5, 4))


# The form --------------------------------------------------------------------------------------------------------


def test_several_rights_are_asked_for_together_in_plain_words(client: Client):
    page = client.get(NEW).content.decode()
    for words in ("see what you hold about me", "get no more commercial messages", "object to another use"):
        assert words in page
    client.post(NEW, {**FILLED, "rights": ["ACCESS", "OBJECTION"], "details": "The analysis of my visits"})
    assert UnconfirmedRequest.objects.get().rights == ["ACCESS", "OBJECTION"]
    assert "Access to my data, Objection to a use of my data" in Mail.objects.get().text


def test_a_right_that_is_named_twice_is_asked_for_once(client: Client):
    client.post(NEW, {**FILLED, "rights": ["ACCESS", "ERASURE", "ACCESS"]})
    assert UnconfirmedRequest.objects.get().rights == ["ACCESS", "ERASURE"]
    client.get(link_in("request_confirm"))
    client.post("/privacy/requests/confirm/")
    assert outcomes(SubjectRequest.objects.get()) == {"ACCESS": "", "ERASURE": ""}


def test_what_needs_a_word_asks_for_it_and_nothing_ticked_is_said(client: Client):
    wordless = client.post(NEW, {**FILLED, "rights": ["OBJECTION"]}).content.decode()
    assert "we cannot guess" in wordless
    assert re.search(r'value="OBJECTION"[^>]* checked', wordless)
    assert "Please tick at least one line." in client.post(NEW, {**FILLED, "rights": []}).content.decode()
    assert client.post(NEW, {**FILLED, "rights": ["EVERYTHING"]}).status_code == 200
    assert UnconfirmedRequest.objects.count() == 0


# At once ---------------------------------------------------------------------------------------------------------


def test_somebody_declares_how_to_stop_each_thing_that_is_stopped_at_once():
    assert objections.handlers().keys() == AT_ONCE


def test_an_objection_to_commercial_mail_is_done_and_answered_at_once(now):
    for email in ("alice@example.org", "bob@example.org"):
        prospects.confirmed(email=email, sentence="Yes", language="en", page="/", now=now)
    subject_request = ask(now, Right.NO_PROSPECTING)
    assert (subject_request.state, subject_request.closed_at) == (RequestState.ANSWERED, now)
    assert list(Prospect.objects.values_list("email", flat=True)) == ["bob@example.org"]
    assert prospecting.is_suppressed("alice@example.org")
    assert not prospecting.is_suppressed("bob@example.org")
    assert ConsentEvent.objects.filter(email="alice@example.org", act="REQUEST").count() == 1
    assert set(Mail.objects.values_list("message", flat=True)) == {"request_confirm", "request_answered"}
    assert "No more commercial messages: granted" in Mail.objects.get(message="request_answered").text


def test_what_is_done_at_once_does_not_wait_for_the_rest(now):
    subject_request = ask(now, Right.ACCESS, Right.NO_PROSPECTING)
    assert prospecting.is_suppressed("alice@example.org")
    assert subject_request.state == RequestState.RECEIVED
    assert outcomes(subject_request) == {"ACCESS": "", "NO_PROSPECTING": "SATISFIED"}


def test_an_objection_to_being_counted_stays_with_the_browser(client: Client, today, now):
    client.cookies["visitor"] = str(uuid4())
    answer = client.post(NEW, {**FILLED, "rights": ["NO_NAVIGATION"]})
    assert "choices" in answer.cookies
    client.get(link_in("request_confirm"))
    client.post("/privacy/requests/confirm/")
    assert SubjectRequest.objects.get().state == RequestState.ANSWERED
    for page in ("/", "/contact/"):
        assert Browser.of(client.get(page).wsgi_request).records_visits is False
    for days in (150, 300, 450):  # for as long as the browser comes back
        today.move_to(now + timedelta(days=days))
        assert Browser.of(client.get("/").wsgi_request).records_visits is False
    assert Browser.of(Client().get("/").wsgi_request).records_visits


def test_without_a_browser_the_controller_sees_to_it(now):
    subject_request = ask(now, Right.NO_NAVIGATION)
    assert (subject_request.state, outcomes(subject_request)) == (
        RequestState.RECEIVED,
        {"NO_NAVIGATION": ""},
    )


# Deciding --------------------------------------------------------------------------------------------------------


def test_an_objection_to_another_use_is_weighed_before_anything_is_sent(dpo_client, now):
    make_enquiry("alice@example.org", received_at=now)
    subject_request = checked(ask(now, Right.OBJECTION, details="Do not use what I wrote."), now)
    assert "grant" not in offered(page_of(dpo_client, subject_request))
    with pytest.raises(decisions.UndecidedRightError):
        decisions.grant(subject_request.pk, now=now)
    do(
        dpo_client,
        subject_request,
        "decide",
        right="OBJECTION",
        outcome="SATISFIED",
        uses="website.enquiry",
        reason="Your reasons prevail.",
    )
    assert Mail.objects.filter(message="request_answered").count() == 0
    do(dpo_client, subject_request, "grant")
    assert subject_request.state == RequestState.ANSWERED
    text = Mail.objects.get(message="request_answered").text
    assert "Your reasons prevail." in text
    assert "CNIL" in text


def test_a_refusal_of_one_right_needs_ground_and_reason_and_the_rest_is_granted(dpo_client, now):
    subject_request = checked(ask(now, Right.ACCESS, Right.OBJECTION), now)
    for words in ({"ground": "", "reason": "Because"}, {"ground": "COMPELLING", "reason": ""}):
        assert (
            do(
                dpo_client, subject_request, "decide", right="OBJECTION", outcome="WITHHELD", **words
            ).status_code
            == 422
        )
    assert outcomes(subject_request)["OBJECTION"] == ""
    do(
        dpo_client,
        subject_request,
        "decide",
        right="OBJECTION",
        outcome="WITHHELD",
        ground="COMPELLING",
        reason="We must.",
    )
    do(dpo_client, subject_request, "grant")
    delivery.build_packages(now=now)
    mail = Mail.objects.get(message="request_ready")
    for text in (mail.text, mail.html):
        for words in ("compelling legitimate grounds", "We must.", "CNIL", "court"):
            assert words.casefold() in text.casefold()
    assert outcomes(subject_request) == {"ACCESS": "SATISFIED", "OBJECTION": "WITHHELD"}


def test_a_yes_to_what_nothing_does_by_itself_says_what_was_done(dpo_client, now):
    subject_request = checked(ask(now, Right.OBJECTION), now)
    assert (
        do(
            dpo_client, subject_request, "decide", right="OBJECTION", outcome="SATISFIED", reason=""
        ).status_code
        == 422
    )


def test_an_answer_that_refuses_everything_is_a_refusal(now):
    subject_request = checked(ask(now, Right.OBJECTION), now)
    decisions.decide(subject_request.pk, right="OBJECTION", decision=NO, now=now)
    with pytest.raises(decisions.UndecidedRightError):
        decisions.grant(subject_request.pk, now=now)
    decisions.refuse(subject_request.pk, ground="COMPELLING", reason="We must.", now=now)
    item = RequestItem.objects.get()
    assert (item.reason, item.until) == ("We must defend our systems.", date(2027, 5, 4))


def test_what_was_granted_in_part_is_not_refused_as_a_whole(dpo_client, now):
    subject_request = ask(now, Right.ACCESS, Right.NO_PROSPECTING)
    assert "refuse" not in offered(page_of(dpo_client, subject_request))
    with pytest.raises(decisions.UndecidedRightError):
        decisions.refuse(subject_request.pk, ground="UNFOUNDED", reason="No.", now=now)
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.RECEIVED


def test_what_is_done_cannot_be_decided_anew(dpo_client, now):
    subject_request = ask(now, Right.ACCESS, Right.NO_PROSPECTING)
    with pytest.raises(RequestItem.DoesNotExist):
        decisions.decide(subject_request.pk, right="NO_PROSPECTING", decision=NO, now=now)
    assert (
        do(dpo_client, subject_request, "decide", right="NO_PROSPECTING", outcome="NOTHING").status_code
        == 422
    )


def test_the_database_knows_no_right_withheld_without_ground(now):
    subject_request = ask(now, Right.ACCESS)
    for changes in ({"ground": ""}, {"ground": "OTHERS", "reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            subject_request.items.update(outcome="WITHHELD", decided_at=now, **changes)


def test_the_person_reads_what_became_of_each_right(client: Client, now):
    client.post(f"/fr{NEW}", {**FILLED, "rights": ["NO_PROSPECTING"]})
    client.get(link_in("request_confirm"))
    page = client.post("/fr/privacy/requests/confirm/", follow=True).content.decode()
    assert "Plus de messages commerciaux" in page
    assert "accordé" in page
    assert "Réponse donnée" in page or "La suite donnée" in page


# Keeping back ----------------------------------------------------------------------------------------------------


def test_what_is_kept_back_from_a_copy_is_named_with_its_ground(dpo_client, alice, bob, now):
    for who in (alice, bob):
        made.MAKERS["website.enquiry"](who, now - made.RECENT)
        made.MAKERS["recruitment.application"](who, now - made.RECENT)
    subject_request = ask(now, Right.ACCESS, email=alice.email)
    do(
        dpo_client, subject_request, "reserve", right="ACCESS", holding="website.enquiry", ground="OTHERS",
        reason="It names a colleague.", until="2027-01-31",
    )  # fmt: skip
    parts = package_of(subject_request, now)
    found = {section["name"]: section for section in json.loads(parts["data.json"])["holdings"]}
    assert found["website.enquiry"]["records"] == []
    assert found["website.enquiry"]["withheld"]["until"] == "2027-01-31"
    assert found["recruitment.application"]["records"]
    page = parts["index.html"].decode()
    assert "It names a colleague." in page
    assert "31 January 2027" in page
    assert "It names a colleague." in Mail.objects.get(message="request_ready").text


def test_only_what_is_held_can_be_kept_back(dpo_client, alice, now):
    made.MAKERS["website.enquiry"](alice, now - made.RECENT)
    subject_request = ask(now, Right.ACCESS, email=alice.email)
    withheld = {"right": "ACCESS", "holding": "recruitment.application", "ground": "OTHERS", "reason": "x"}
    assert do(dpo_client, subject_request, "reserve", **withheld).status_code == 422
