"""Each message is a letter too: in the same words, tagged, in the person's language, kept as it was sent."""

import html
import io
from datetime import timedelta
from itertools import pairwise

import pikepdf
import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from dsr.answer import delivery
from dsr.follow_up import follow_up
from dsr.identity import verification
from dsr.intake import submission
from dsr.lifecycle import notes
from dsr.messages.letter_models import SentLetter
from dsr.messages.models import RequestMessage
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.requests.note_models import InternalNote
from dsr.review import decisions
from dsr.review.decisions import Decision
from dsr.rules.rights import Right, UnfitGroundError
from privacy.audit.models import AuditEntry
from privacy.companies.collecting import by_controller
from privacy.files import storage
from privacy.mail.models import Mail
from privacy.retention import purge
from privacy.rights import erasure
from tests import roles
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.factories import make_form, make_request
from tests.dsr.letters import last_letter, plain, words_of
from tests.dsr.pages import NOBODY, client_with_grant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
REASON = "Too many requests, as we <wrote> & said."


def in_language(language: str, now, **changes) -> SubjectRequest:
    unconfirmed_request = submission.submit(
        make_form(**changes), collection=by_controller(), language=language, now=now
    )
    return submission.confirm(unconfirmed_request.pk, now=now)


def checked(subject_request: SubjectRequest, now) -> SubjectRequest:
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    return subject_request


def granted(subject_request: SubjectRequest, now) -> None:
    decisions.grant(checked(subject_request, now).pk, now=now)
    delivery.build_packages(now=now)


def in_part(subject_request: SubjectRequest, now) -> None:
    no = Decision("WITHHELD", "STILL_NEEDED", REASON)
    decisions.decide(subject_request.pk, right=Right.ERASURE, decision=no, now=now)
    granted(subject_request, now)


def restricted(subject_request: SubjectRequest, now) -> None:
    granted(subject_request, now)


def reopened(subject_request: SubjectRequest, now) -> None:
    verification.request_proof(subject_request.pk, reason=REASON, now=now)
    decisions.close(subject_request.pk, reason=REASON, now=now)
    decisions.reopen(subject_request.pk, now=now)


CNIL = {"en": "TSA 80715", "fr": "TSA 80715"}
COURT = {"en": "before a court", "fr": "saisir le juge"}
ACTS = {
    "request_received": ([Right.ACCESS], lambda subject_request, now: None),
    "request_identity": (
        [Right.ACCESS],
        lambda subject_request, now: verification.request_proof(subject_request.pk, reason=REASON, now=now),
    ),
    "request_extended": (
        [Right.ACCESS],
        lambda subject_request, now: decisions.extend(subject_request.pk, reason=REASON, now=now),
    ),
    "request_reopened": ([Right.ACCESS], reopened),
    "request_refused": (
        [Right.ACCESS],
        lambda subject_request, now: decisions.refuse(
            subject_request.pk, ground="EXCESSIVE", reason=REASON, now=now
        ),
    ),
    "request_answered": ([Right.RESTRICTION], granted),
    "request_ready": ([Right.ACCESS, Right.ERASURE], in_part),
    "request_withdrawn": (
        [Right.ACCESS],
        lambda subject_request, now: follow_up.withdraw(subject_request.pk, now=now),
    ),
}
REFUSES = {"request_refused", "request_extended", "request_ready"}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("message", ACTS)
def test_each_message_is_a_letter_in_the_same_words(message: str, language: str, now):
    rights, act = ACTS[message]
    subject_request = in_language(
        language, now, rights=[right.value for right in rights], details="The use of my data"
    )
    act(subject_request, now)
    subject_request.refresh_from_db()
    letter = last_letter(subject_request)
    content = storage.read(letter.file)
    text, mail = words_of(content), Mail.objects.get(message=message)
    assert letter.message == message
    assert letter.subject == mail.subject
    assert subject_request.reference in text
    assert "Alice Martin" in text
    parts = mail.text.split("\n\n")
    last = [
        each.endswith(subject_request.reference) or after.startswith("http")
        for each, after in pairwise(parts)
    ].index(True)
    body = plain(
        " ".join(parts[:last])
    )  # without the line that announces the link, or ends with the reference
    if message != "request_ready":  # whose e-mail brings the link, where the letter says that it does
        assert body.replace("* ", "") in text.replace("• ", "")
    if message in REFUSES:
        assert CNIL[language] in text
        assert COURT[language] in text
        assert REASON in text
    assert "/follow/" not in text  # a letter that lies about opens nothing
    with pikepdf.open(io.BytesIO(content)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith(language)


def test_the_part_that_is_not_granted_is_said_first(now):
    subject_request = in_language("en", now, rights=["ACCESS", "ERASURE"])
    in_part(subject_request, now)
    text = words_of(storage.read(last_letter(subject_request).file))
    assert text.index("in part only") < text.index("Access to my data")
    whole = in_language("en", now, email="bob@example.org")
    granted(whole, now)
    assert "in part only" not in words_of(storage.read(last_letter(whole).file))


# A refusal ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ground", "reason"), [("", REASON), ("EXCESSIVE", ""), ("", "")])
def test_no_refusal_leaves_without_ground_and_reasons(dpo_client, now, ground: str, reason: str):
    subject_request = make_request(now)
    assert do(dpo_client, subject_request, "refuse", ground=ground, reason=reason).status_code == 422
    assert do(dpo_client, subject_request, "refuse/preview", ground=ground, reason=reason).status_code == 422
    with pytest.raises((DatabaseError, UnfitGroundError)), transaction.atomic():
        decisions.refuse(subject_request.pk, ground=ground, reason=reason, now=now)
    subject_request.refresh_from_db()
    assert subject_request.state == "RECEIVED"
    assert [letter.message for letter in SentLetter.objects.all()] == ["request_received"]


# Read before it leaves ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("refuse", {"ground": "EXCESSIVE", "reason": REASON}),
        ("extend", {"reason": REASON}),
        ("ask-identity", {"reason": REASON}),
        ("write", {"text": REASON}),
        ("grant", {}),
    ],
)
def test_what_is_previewed_is_what_is_sent_to_the_last_byte(dpo_client, now, act: str, said: dict[str, str]):
    subject_request = checked(make_request(now), now)
    before = list(SentLetter.objects.values_list("pk", flat=True))
    shown = do(dpo_client, subject_request, f"{act}/preview", **said)
    printed = do(dpo_client, subject_request, f"{act}/letter", **said)
    assert shown.status_code == printed.status_code == 200
    assert printed.headers["Content-Type"] == "application/pdf"
    assert (subject_request.state, subject_request.extended_at) == ("RECEIVED", None)
    assert list(SentLetter.objects.values_list("pk", flat=True)) == before
    assert sum(1 for each in storage.path_of(subject_request.pk).parent.parent.glob("*/*")) == len(before)
    do(dpo_client, subject_request, act, **said)
    delivery.build_packages(now=now)
    assert storage.read(last_letter(subject_request).file) == printed.content
    mail = Mail.objects.get(message=last_letter(subject_request).message)
    page = html.unescape(shown.content.decode())
    assert [line for line in mail.text.splitlines() if line not in page and "http" not in line] == []


def test_a_preview_gives_no_key_away(dpo_client, now):
    subject_request = make_request(now)
    page = do(dpo_client, subject_request, "write/preview", text="Hello").content.decode()
    assert "/follow/…/" in page
    token = Mail.objects.filter(message="request_message").count()
    assert token == 0


def test_a_preview_of_what_is_no_longer_possible_says_so(dpo_client, now):
    subject_request = make_request(now)
    response = dpo_client.post(f"{QUEUE}{subject_request.pk}/grant/preview/", follow=True)
    assert "This is not possible (any more)" in response.content.decode()


# Kept and handed over ----------------------------------------------------------------------------------------------


def test_a_letter_is_fetched_on_the_page_of_the_request_and_by_nobody_else(now, today):
    subject_request, other = make_request(now), make_request(now, email="bob@example.org")
    address = f"/privacy/requests/{subject_request.pk}/letters/{last_letter(subject_request).pk}/"
    for stranger in (Client(), client_with_grant(other)):
        assert stranger.get(address).status_code == 403
    assert Client().get(f"/privacy/requests/{NOBODY}/letters/1/").status_code == 403
    today.shift(60)
    client = client_with_grant(subject_request)
    assert address in client.get(f"/privacy/requests/{subject_request.pk}/").content.decode()
    response = client.get(address)
    assert response.content == storage.read(last_letter(subject_request).file)
    assert response.headers["Content-Disposition"].startswith("attachment")
    theirs = f"/privacy/requests/{subject_request.pk}/letters/{last_letter(other).pk}/"
    assert client.get(theirs).status_code == 404


def test_a_letter_is_read_again_at_the_desk_on_record(dpo_client, now):
    subject_request = make_request(now)
    letter = last_letter(subject_request)
    address = f"{QUEUE}{subject_request.pk}/letters/{letter.pk}/"
    assert address in page_of(dpo_client, subject_request)
    assert dpo_client.get(address).content.startswith(b"%PDF")
    assert AuditEntry.objects.filter(action="dsr.letter.viewed", key=str(letter.pk)).count() == 1


def test_on_the_disk_a_letter_is_noise(now):
    subject_request = make_request(now, surname="Canary")
    assert b"%PDF" not in storage.path_of(last_letter(subject_request).file_id).read_bytes()


def test_correspondence_cannot_be_deleted_before_its_five_years_are_over(now):
    subject_request = make_request(now)
    decisions.write(subject_request.pk, text="Hello", now=now)
    notes.add(subject_request.pk, text="Called twice.", now=now)
    decisions.refuse(subject_request.pk, ground="UNFOUNDED", reason=REASON, now=now)
    for rows in (SubjectRequest, RequestMessage, SentLetter, InternalNote):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), roles.owner():
            rows.objects.all().delete()
    erasure.erase(subject_request.subject(), now=now)
    almost = now.replace(year=2031) - timedelta(seconds=1)
    purge.run(now=almost)
    assert SentLetter.objects.filter(request=subject_request).count() == 3
    purge.run(now=now.replace(year=2031) + timedelta(seconds=1))
    assert SubjectRequest.objects.count() == SentLetter.objects.count() == InternalNote.objects.count() == 0


# Notes -------------------------------------------------------------------------------------------------------------


def test_a_note_stays_inside_with_its_author_and_is_never_rewritten(dpo_client, dpo, now):
    subject_request = make_request(now)
    do(dpo_client, subject_request, "note", text="The caller knew the file number.")
    note = InternalNote.objects.get()
    assert (note.author, note.written_at) == (f"user:{dpo.pk}", now)
    assert "The caller knew" in page_of(dpo_client, subject_request)
    theirs = (
        client_with_grant(subject_request).get(f"/privacy/requests/{subject_request.pk}/").content.decode()
    )
    assert "The caller knew" not in theirs
    assert "note" not in theirs.lower().split()
    with pytest.raises(DatabaseError), transaction.atomic():
        InternalNote.objects.update(text="")
    decisions.refuse(subject_request.pk, ground="UNFOUNDED", reason=REASON, now=now)
    assert "note" in offered(page_of(dpo_client, subject_request))
