"""Requests about a person who has died: their instructions first, then article 85; and requests for a child."""

import io
import zipfile
from datetime import date

import pytest
from django.test import Client

from consent.prospecting import prospecting
from dsr.after_death import instructions
from dsr.answer import delivery
from dsr.identity import mandates, verification
from dsr.requests.mandate_models import Capacity, Mandate
from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from dsr.review import decisions
from dsr.rules.states import RequestState
from privacy.datamap.subjects import Subject
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.journal.entries import JournalEntry
from privacy.mail.models import Mail
from tests.dsr import factories
from tests.dsr.admin_pages import do, offered, page_of
from tests.dsr.by_post import ENTER, filled
from tests.dsr.letters import words_of
from tests.dsr.mandates import mandate_file, mandated
from tests.dsr.pages import FILLED, NEW, client_with_grant, link_in
from tests.evidence import evidence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
ZOE = {"by_first_name": "Zoé", "by_surname": "Son", "by_email": "zoe@example.net"}


def heirs_request(now, **changes) -> SubjectRequest:
    """Checked, but for the instructions."""
    request = mandated(now, capacity=Capacity.HEIR, **changes)
    verification.check(request.pk, method="EMAIL", now=now)
    mandates.check(request.pk, now=now)
    return request


# The form --------------------------------------------------------------------------------------------------------


def test_an_heir_asks_with_the_death_certificate_and_gets_the_answer(client: Client):
    sent = {**FILLED, **ZOE, "for_whom": "deceased", "answers_to": "PERSON", "mandate": mandate_file()}
    page = client.post(NEW, sent)
    assert page.context["form"].errors.keys() == {"death_certificate"}
    sent |= {"mandate": mandate_file(), "death_certificate": mandate_file(name="certificate.pdf")}
    assert client.post(NEW, sent).status_code == 302
    mandate = Mandate.objects.get()
    assert (mandate.capacity, mandate.answers_to) == ("HEIR", "REPRESENTATIVE")
    assert mandate.death_certificate.name == "certificate.pdf"
    client.get(link_in("request_confirm"))
    client.post("/privacy/requests/confirm/")
    assert "has died" in Mail.objects.get(message="request_mandated").text
    assert Mail.objects.get(message="request_received").to == "zoe@example.net"


@pytest.mark.parametrize("right", ["PORTABILITY", "RESTRICTION", "NO_NAVIGATION"])
def test_heirs_cannot_ask_for_what_article_85_does_not_give(client: Client, right: str):
    files = {"mandate": mandate_file(), "death_certificate": mandate_file()}
    page = client.post(
        NEW, {**FILLED, **ZOE, "for_whom": "deceased", "rights": right, "details": "x", **files}
    )
    assert page.context["form"].errors.keys() == {"rights"}
    assert UnconfirmedRequest.objects.count() == 0


def test_a_parent_asks_for_a_child_and_no_birthday_is_asked(client: Client):
    page = client.get(NEW).content.decode()
    assert "Those of my child, who is under fifteen" in page
    assert "birth" not in "".join(name for name in client.get(NEW).context["form"].fields)
    client.post(NEW, {**FILLED, **ZOE, "for_whom": "child", "mandate": mandate_file()})
    mandate = Mandate.objects.get()
    assert (mandate.capacity, mandate.death_certificate, mandate.answers_to) == (
        "PARENT",
        None,
        "REPRESENTATIVE",
    )


@pytest.mark.parametrize(
    ("first_name", "surname"),
    [("", "Suharto"), ("Kumar s/o Rajan", "Rajan"), ("Anne", "St.Clair"), ("Md.Karim", "Prof.Dupont")],
)
def test_names_that_are_no_addresses_are_taken(client: Client, first_name: str, surname: str):
    client.post(NEW, {**FILLED, "first_name": first_name, "surname": surname})
    assert UnconfirmedRequest.objects.get().full_name() == f"{first_name} {surname}".strip()
    assert surname in Mail.objects.get().text


@pytest.mark.parametrize("name", ["evil.com", "St.evil.com", "https://x", "a/b", "www evil", "me@x"])
def test_names_that_are_addresses_are_not(client: Client, name: str):
    client.post(NEW, {**FILLED, "first_name": name})
    assert UnconfirmedRequest.objects.count() == 0


# Instructions first ----------------------------------------------------------------------------------------------


def test_the_desk_sees_the_instructions_and_answers_nothing_before_it_wrote_down_what_they_say(
    dpo_client, now, alice, bob
):
    factories.instructions(alice, now)
    factories.instructions(bob, now)
    request = heirs_request(now, email=alice.email)
    page = page_of(dpo_client, request)
    assert "Recorded under this address" in page
    assert alice.canary in page
    assert bob.canary not in page
    assert "article 85" in page
    assert "instructions" in offered(page)
    assert not {"grant", "refuse"} & offered(page)
    for answer in (
        lambda: decisions.grant(request.pk, now=now),
        lambda: decisions.refuse(request.pk, ground="NO_MANDATE", reason="x", now=now),
    ):
        with pytest.raises(decisions.InstructionsUnreadError):
            answer()
    assert do(dpo_client, request, "instructions", finding="NONE", words="x").status_code == 422
    with pytest.raises(instructions.InstructionsFoundError):
        instructions.look_up(request.pk, finding="NONE", words="x", now=now)
    do(dpo_client, request, "instructions", finding="FOLLOWED", words="They want it erased.")
    page = page_of(dpo_client, request)
    assert "They want it erased." in page
    assert {"grant", "refuse"} <= offered(page)


def test_the_same_name_under_another_address_is_shown_and_compared(dpo_client, now, alice):
    found = factories.instructions(alice, now)
    type(found).objects.update(surname="MARTIN", first_name="alice", email="alice@example.net")
    page = page_of(dpo_client, heirs_request(now))
    assert "Recorded under the same name, and another address" in page


@pytest.mark.parametrize(
    ("first_name", "surname", "is_shown"),
    [
        ("Aline", "Étchevérry", True),
        ("ALINE", "Etcheverry", True),
        ("Etcheverry", "Aline", True),
        ("Aline", "Etcheverry-Dupont", True),
        ("", "Aline", False),
        ("Paul", "Etcheverry", False),
    ],
)
def test_the_same_person_in_another_spelling_is_shown(
    dpo_client, now, alice, first_name: str, surname: str, is_shown: bool
):
    found = factories.instructions(alice, now)
    type(found).objects.update(surname=surname, first_name=first_name, email="aline@example.net")
    page = page_of(dpo_client, heirs_request(now, surname="Etcheverry", first_name="Aline"))
    assert ("Recorded under the same name, and another address" in page) is is_shown
    assert "search all instructions" in page


def test_whoever_is_only_said_to_be_dead_keeps_their_instructions(now, alice):
    """Their period begins when the death was shown and the request is answered."""
    found = factories.instructions(alice, now)
    type(found).objects.update(used_at=None)
    request = mandated(now, capacity=Capacity.HEIR, email=alice.email)
    instructions.look_up(request.pk, finding="EXCLUDED", words="They say no.", now=now)
    decisions.refuse(request.pk, ground="NO_MANDATE", reason="This is no certificate.", now=now)
    found.refresh_from_db()
    assert found.used_at is None
    shown = heirs_request(now, email=alice.email)
    instructions.look_up(shown.pk, finding="EXCLUDED", words="They say no.", now=now)
    decisions.refuse(shown.pk, ground="INSTRUCTIONS", reason="They say no.", now=now)
    found.refresh_from_db()
    assert found.used_at == now


def test_what_an_heir_reads_says_whose_data_it_is(now):
    request = heirs_request(now)
    instructions.look_up(request.pk, finding="NONE", words="Invoices only.", now=now)
    decisions.grant(request.pk, now=now)
    delivery.build_packages(now=now)
    about = "This message is about the data of Alice Martin: below, “my data” and “your data” mean theirs."
    to_heir = Mail.objects.filter(to="zoe@example.net")
    assert {mail.message for mail in to_heir} >= {"request_confirm", "request_received", "request_ready"}
    assert all(about in mail.text for mail in to_heir)
    assert about not in Mail.objects.get(message="request_mandated").text
    request.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(storage.read(request.package.file))) as package:
        page = package.read("index.html").decode()
    assert "<h1>The data of Alice Martin at SoftNLabs</h1>" in page
    assert "Made for Zoé Son on" in page
    assert "“you” and “your” mean Alice Martin" in page


def test_an_heir_sends_both_documents_again_after_the_request_was_closed(now, today):
    request = mandated(now, capacity=Capacity.HEIR)
    verification.request_proof(request.pk, reason="Two are called so.", now=now)
    decisions.close(request.pk, reason="No proof came.", now=now)
    decisions.reopen(request.pk, now=now)
    request.refresh_from_db()
    assert "mandate" not in Mail.objects.get(message="request_reopened").text
    client, address = client_with_grant(request), f"/privacy/requests/{request.pk}/mandate/"
    page = client.get(f"/privacy/requests/{request.pk}/").text + client.get(address).text
    assert "We need your documents once more" in page
    assert "Send the mandate" not in page
    assert client.post(address, {"mandate": mandate_file()}).status_code == 422
    both = {"mandate": mandate_file(), "death_certificate": mandate_file(name="certificate.pdf")}
    assert client.post(address, both).status_code == 302
    mandate = Mandate.objects.get()
    assert mandate.file
    assert mandate.death_certificate.name == "certificate.pdf"


def test_without_instructions_heirs_get_what_the_estate_needs_and_the_papers_go(now):
    request = heirs_request(now)
    instructions.look_up(request.pk, finding="NONE", words="Invoices only.", now=now)
    decisions.grant(request.pk, now=now)
    delivery.build_packages(now=now)
    request.refresh_from_db()
    assert request.state == RequestState.ANSWERED
    assert Mail.objects.get(message="request_ready").to == "zoe@example.net"
    mandate = Mandate.objects.get()
    assert (mandate.file, mandate.death_certificate) == (None, None)
    assert not StoredFile.objects.filter(name="mandate.jpg").exists()
    assert evidence("data.instructions", now).is_kept
    assert evidence("data.instructions", now).among == 1


def test_what_the_person_excluded_is_refused_and_not_granted(now, alice):
    factories.instructions(alice, now)
    request = heirs_request(now, email=alice.email)
    instructions.look_up(request.pk, finding="EXCLUDED", words="Nobody is to see them.", now=now)
    with pytest.raises(decisions.InstructionsUnreadError):
        decisions.grant(request.pk, now=now)
    decisions.refuse(request.pk, ground="INSTRUCTIONS", reason="So the person wished.", now=now)
    assert Mail.objects.get(message="request_refused").to == "zoe@example.net"


def test_messages_to_a_dead_person_stop_with_the_check_and_the_answer_waits_for_the_instructions(now):
    request = heirs_request(now, rights=["NO_PROSPECTING"])
    assert prospecting.is_suppressed("alice@example.org")
    request.refresh_from_db()
    assert request.state == RequestState.RECEIVED
    instructions.look_up(request.pk, finding="NONE", words="-", now=now)
    decisions.grant(request.pk, now=now)
    request.refresh_from_db()
    assert request.state == RequestState.ANSWERED


def test_only_a_request_about_a_dead_person_has_instructions(now):
    request = mandated(now)
    with pytest.raises(instructions.NotOfDeadError):
        instructions.look_up(request.pk, finding="NONE", words="-", now=now)


def test_what_was_withdrawn_is_withdrawn_again_after_a_restore_and_what_came_later_stays(now, alice, bob):
    factories.instructions(alice, now)
    factories.instructions(bob, now)
    both = Subject(emails=frozenset({alice.email}))
    later = JournalEntry(1, now, "dsr.instructions.withdrawn", {})
    assert instructions.replay_withdrawal(later, both, now=now) == 1
    assert instructions.Instructions.objects.get().email == bob.email


# Children --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born_on", "is_checked"), [("2011-11-24", True), ("2011-11-23", False), ("", False)]
)
def test_the_desk_compares_the_age_of_a_child_and_does_not_keep_it(dpo_client, now, born_on, is_checked):
    request = mandated(now, capacity=Capacity.PARENT)
    assert "Date of birth of the child" in page_of(dpo_client, request)
    response = do(dpo_client, request, "check-mandate", born_on=born_on)
    assert response.status_code == (302 if is_checked else 422)
    assert mandates.is_checked(request) is is_checked
    assert "as your parent" in Mail.objects.get(message="request_mandated").text


def test_a_child_of_fifteen_is_asked_for_by_nobody_else(now):
    request = mandated(now, capacity=Capacity.PARENT)
    for born_on in (None, date(2011, 11, 23)):
        with pytest.raises(mandates.ChildDecidesAloneError):
            mandates.check(request.pk, born_on=born_on, now=now)


# By letter -------------------------------------------------------------------------------------------------------

WRITER = {
    "capacity": "HEIR",
    "by_first_name": "Zoé",
    "by_surname": "Son",
    "by_email": "",
    "email": "alice@example.org",
    "rights": ["ACCESS", "NO_PROSPECTING"],
}


def test_an_heirs_letter_waits_for_the_instructions_too_and_is_answered_by_post(dpo_client, now):
    sent = filled(**WRITER, document=mandate_file())
    assert dpo_client.post(ENTER, sent).status_code == 302
    request = SubjectRequest.objects.get()
    mandate = Mandate.objects.get()
    assert (mandate.request, mandate.capacity, mandate.representative.full_name()) == (
        request,
        "HEIR",
        "Zoé Son",
    )
    assert not prospecting.is_suppressed("alice@example.org")
    assert Mail.objects.filter(message="request_mandated", to="alice@example.org").count() == 1
    assert "le décès de la personne" in Mail.objects.get(message="request_mandated").text
    assert not {"grant", "refuse"} & offered(page_of(dpo_client, request))
    letter = storage.read(request.sent_letters.get(message="request_received").file)
    words = words_of(letter)
    assert "Zoé Son" in words
    assert "3 rue des Écoles" in words


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"by_surname": ""}, {"by_surname", "document"}),
        ({"answer": "email"}, {"by_email", "document"}),
        ({"rights": ["PORTABILITY"]}, {"rights", "document"}),
    ],
)
def test_what_an_heirs_letter_needs_is_said_beside_its_field(dpo_client, changes, fields):
    page = dpo_client.post(ENTER, filled(**{**WRITER, **changes}))
    assert page.context["form"].errors.keys() == fields
    assert SubjectRequest.objects.count() == 0
