"""The proof of identity that was asked for: it comes, is looked at, and is destroyed at the decision."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape

from dsr.identity import documents as request_documents
from dsr.identity import verification
from dsr.messages.models import Author
from dsr.requests.document_models import IdentityProof
from dsr.requests.identity_models import IdentityCheck, IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.review import decisions, reminders
from dsr.rules.proofs import NOT_ACCEPTED, AcceptedProof
from dsr.rules.states import RequestState
from privacy.audit.models import AuditEntry
from privacy.files import drafts, storage, uploads
from privacy.files.models import Draft
from privacy.mail.models import Mail
from tests import actors, documents
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.factories import make_request
from tests.dsr.pages import client_with_grant
from tests.dsr.proofs import CARD, send, sent, sent_documents

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
ADDRESS = "3 rue des Lilas, 64000 Pau"


@pytest.fixture
def doubted(subject_request, now) -> SubjectRequest:
    """A request whose identity is in doubt."""
    verification.request_proof(subject_request.pk, reason="The name is another one.", now=now)
    return subject_request


def test_without_a_question_there_is_no_page_to_prove_ones_identity(subject_request):
    client, address = client_with_grant(subject_request), f"/privacy/requests/{subject_request.pk}/identity/"
    assert client.get(address).status_code == 302
    proof = {"postal_address": ADDRESS, "front": sent(documents.image(), "card.jpg")}
    assert send(client, subject_request, "identity", **proof).status_code == 302
    assert "identity/" not in client.get(f"/privacy/requests/{subject_request.pk}/").content.decode()
    assert sent_documents().count() == 0


def test_the_mail_names_each_proof_that_is_accepted_and_both_ways(doubted):
    text = " ".join(Mail.objects.get(message="request_identity").text.split())
    assert "The name is another one." in text
    assert [str(each) for each in AcceptedProof.labels if str(each) not in text] == []
    assert str(NOT_ACCEPTED) in text
    assert "The page of your request takes your proof" in text
    assert "64290 Gan" in text


def test_a_proof_in_words_is_enough(doubted, today, now):
    today.move_to(now + timedelta(days=10))
    client = client_with_grant(doubted)
    page = client.get(f"/privacy/requests/{doubted.pk}/identity/").content.decode()
    assert [each for each in AcceptedProof.labels if str(escape(each)) not in page] == []
    words = {"words": "My customer number is 4711; I wrote to you on 3 March."}
    assert client.post(f"/privacy/requests/{doubted.pk}/identity/", words).status_code == 302
    doubted.refresh_from_db()
    assert IdentityCheck.objects.get().came_on == date(2026, 12, 3)
    assert not doubted.clock().is_suspended
    assert "4711" in doubted.messages.get(author=Author.PERSON).text
    assert (IdentityProof.objects.count(), doubted.postal_address) == (0, "")


def test_a_proof_of_nothing_is_not_taken(doubted):
    client = client_with_grant(doubted)
    page = client.post(f"/privacy/requests/{doubted.pk}/identity/", {"postal_address": ADDRESS})
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"words"}
    assert IdentityCheck.objects.get().came_on is None


def test_the_clock_runs_on_from_the_day_the_proof_comes(doubted, today, now):
    today.move_to(now + timedelta(days=10))
    client = client_with_grant(doubted)
    assert "Send the proof here" in client.get(f"/privacy/requests/{doubted.pk}/").content.decode()
    sides = {
        "postal_address": "3 rue des Lilas\n64000 Pau",
        "front": sent(documents.phone_jpeg(), "front.jpg"),
        "back": sent(documents.HEIC, "IMG_0042.HEIC"),
    }
    assert send(client, doubted, "identity", **sides).status_code == 302
    doubted.refresh_from_db()
    check = IdentityCheck.objects.get()
    assert (check.came_on, check.checked_at) == (date(2026, 12, 3), None)
    # A month from 23 November, and the ten days of waiting: 2 January, a Saturday.
    assert doubted.due_on == date(2027, 1, 4)
    assert not doubted.clock().is_suspended
    assert not verification.is_checked(doubted)
    names = sorted(proof.file.name for proof in IdentityProof.objects.all())
    assert names == ["IMG_0042.jpg", "front.jpg"]
    page = client.get(f"/privacy/requests/{doubted.pk}/").content.decode()
    assert "Your proof of identity has come" in page
    assert "3 rue des Lilas<br>64000 Pau" in page
    assert "3 rue des Lilas" in client.get(f"/privacy/requests/{doubted.pk}/identity/").content.decode()


def test_a_copy_needs_no_postal_address(doubted):
    client = client_with_grant(doubted)
    assert send(client, doubted, "identity", front=sent(documents.image(), "front.jpg")).status_code == 302
    assert IdentityProof.objects.count() == 1


def test_a_good_side_is_kept_while_the_other_is_chosen_again(doubted):
    client = client_with_grant(doubted)
    sides = {"front": sent(documents.image(), "front.jpg"), "back": sent(b"no picture", "back.jpg")}
    page = send(client, doubted, "identity", **sides).content.decode()
    assert "We kept your file <strong>front.jpg</strong>" in page
    token = page.split('name="front-kept" value="')[1].split('"')[0]
    back = sent(documents.image(), "back.jpg")
    send(client, doubted, "identity", **{"front-kept": token, "back": back, "postal_address": ADDRESS})
    assert IdentityProof.objects.count() == 2
    assert Draft.objects.count() == 0


def test_a_doubt_after_the_check_asks_anew_and_nothing_is_granted_meanwhile(subject_request, now):
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    assert verification.is_checked(subject_request)
    verification.request_proof(subject_request.pk, reason="Somebody else wrote from this address.", now=now)
    assert not verification.is_checked(subject_request)
    with pytest.raises(decisions.IdentityUncheckedError):
        decisions.grant(subject_request.pk, now=now)


def test_a_second_side_that_comes_later_stops_the_clock_no_longer(doubted, now):
    request_documents.submit_proof(doubted.pk, [CARD], address=ADDRESS, now=now + timedelta(days=10))
    due = SubjectRequest.objects.get().due_on
    request_documents.submit_proof(doubted.pk, [CARD], address=ADDRESS, now=now + timedelta(days=20))
    assert IdentityCheck.objects.get().came_on == date(2026, 12, 3)
    assert SubjectRequest.objects.get().due_on == due


def test_a_copy_that_waits_beside_the_form_goes_with_the_decision(doubted, now):
    sides = {"front": sent(documents.phone_jpeg(), "front.jpg"), "back": sent(b"nothing", "back.jpg")}
    assert send(client_with_grant(doubted), doubted, "identity", **sides).status_code == 422
    drafts.keep(uploads.check(sent(documents.pdf(), "cv.pdf")), email="bob@example.org", now=now)
    assert Draft.objects.count() == 2
    verification.check(doubted.pk, method=IdentityCheckMethod.LETTER, now=now)
    assert Draft.objects.get().email == "bob@example.org"
    assert sent_documents().count() == 1


def test_a_file_that_another_form_kept_is_no_way_around_the_kinds_of_this_one(doubted, now):
    kept = drafts.keep(uploads.check(sent(documents.docx(), "cv.docx")), email="", now=now)
    token = {"front-kept": drafts.token(kept), "postal_address": ADDRESS}
    assert (
        client_with_grant(doubted).post(f"/privacy/requests/{doubted.pk}/identity/", token).status_code == 422
    )
    assert IdentityProof.objects.count() == 0


def test_only_the_controller_opens_the_proof_and_each_look_is_on_record(doubted, dpo_client, dpo, clerk, now):
    request_documents.submit_proof(doubted.pk, [CARD], address=ADDRESS, now=now)
    address = f"{QUEUE}{doubted.pk}/papers/{IdentityProof.objects.get().file_id}/"
    staff = Client()
    actors.sign_in(staff, clerk)
    assert staff.get(address).status_code == 404
    assert ADDRESS in page_of(dpo_client, doubted)
    assert "Why do you open it?" in dpo_client.get(address).text
    for refused in (
        {"why": "IDENTITY"},
        {"reason": "It is hard to read."},
        {"why": "IDENTITY", "reason": "She is a@b.fr"},
    ):
        assert dpo_client.post(address, refused).status_code == 422
    assert not AuditEntry.objects.filter(action__startswith="dsr.document").exists()
    dpo_client.post(address, {"why": "IDENTITY", "reason": "Compare the name at birth."})
    given = AuditEntry.objects.get(action=request_documents.REASON_GIVEN)
    assert (given.about, given.detail["why"]) == (doubted.pseudonym(), "IDENTITY")
    opened = dpo_client.get(address)
    assert opened.content == b"the card"
    assert opened.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in opened.headers["Cache-Control"]
    assert AuditEntry.objects.filter(action="dsr.proof.opened", about=doubted.pseudonym()).count() == 1
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        actors.sign_in(dpo_client, dpo)
        assert "Why do you open it?" in dpo_client.get(address).text
    other = make_request(now, email="bob@example.org")
    assert dpo_client.get(address.replace(str(doubted.pk), str(other.pk))).status_code == 404


@pytest.mark.parametrize(("method", "is_checked"), [("UPLOAD", True), ("INSUFFICIENT", False)])
def test_at_the_decision_the_copy_is_destroyed_and_the_check_stays(
    doubted, dpo_client, now, method, is_checked
):
    request_documents.submit_proof(doubted.pk, [CARD, CARD], address=ADDRESS, now=now)
    files = [storage.path_of(file.pk) for file in sent_documents()]
    do(dpo_client, doubted, "check-identity", method=method)
    assert (IdentityProof.objects.count(), sent_documents().count()) == (0, 0)
    check = IdentityCheck.objects.get()
    assert (check.method, check.checked_at, check.came_on) == (method, now, now.date())
    assert verification.is_checked(doubted) is is_checked
    assert ("grant" in offered(page_of(dpo_client, doubted))) is is_checked
    assert len(files) == 2


def test_an_unreadable_copy_is_asked_for_anew_and_the_clock_stands_again(doubted, today, now):
    request_documents.submit_proof(doubted.pk, [CARD], address=ADDRESS, now=now)
    today.move_to(now + timedelta(days=3))
    later = now + timedelta(days=3)
    verification.request_proof(doubted.pk, reason="The picture is too dark.", now=later)
    assert sent_documents().count() == 0
    assert doubted.clock().is_suspended
    assert list(IdentityCheck.objects.values_list("method", flat=True)) == ["INSUFFICIENT", ""]
    request_documents.submit_proof(doubted.pk, [CARD], address=ADDRESS, now=later + timedelta(days=1))
    verification.check(doubted.pk, method=IdentityCheckMethod.UPLOAD, now=later + timedelta(days=2))
    assert verification.is_checked(doubted)


@pytest.mark.parametrize("ending", ["withdraw", "refuse"])
def test_a_request_that_ends_takes_the_copies_along(doubted, now, ending):
    request_documents.submit_proof(doubted.pk, [CARD], address=ADDRESS, now=now)
    if ending == "refuse":
        decisions.refuse(doubted.pk, ground="NOT_IDENTIFIED", reason="Another name.", now=now)
    else:
        client_with_grant(doubted).post(f"/privacy/requests/{doubted.pk}/withdraw/")
    assert sent_documents().count() == 0


def test_a_request_closed_for_want_of_the_proof_is_taken_up_again_by_it(doubted, today, now):
    late = now + timedelta(days=70)
    today.move_to(late)
    assert reminders.close_unproven(now=late) == 1
    doubted.refresh_from_db()
    assert doubted.state == RequestState.CLOSED
    client = client_with_grant(doubted)
    assert "Send the proof here" in client.get(f"/privacy/requests/{doubted.pk}/").content.decode()
    send(client, doubted, "identity", postal_address=ADDRESS, front=sent(documents.image(), "card.jpg"))
    doubted.refresh_from_db()
    assert (doubted.state, doubted.closed_at) == (RequestState.RECEIVED, None)
    assert IdentityProof.objects.count() == 1
    assert doubted.due_on > late.date()


def test_too_many_copies_are_not_taken(doubted, now):
    request_documents.submit_proof(
        doubted.pk, [CARD] * request_documents.MAX_PROOFS, address=ADDRESS, now=now
    )
    with pytest.raises(request_documents.TooManyDocumentsError):
        request_documents.submit_proof(doubted.pk, [CARD], address=ADDRESS, now=now)
    with pytest.raises(request_documents.ProofNotRequestedError):
        request_documents.submit_proof(
            make_request(now, email="bob@example.org").pk, [CARD], address=ADDRESS, now=now
        )
