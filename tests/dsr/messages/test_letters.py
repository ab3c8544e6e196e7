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
from dsr.requests.identity_models import How
from dsr.requests.models import SubjectRequest
from dsr.requests.note_models import InternalNote
from dsr.review import decisions
from dsr.review.decisions import Decision
from dsr.rules.rights import Kind
from privacy.audit.models import AuditEntry
from privacy.files import storage
from privacy.mail.models import Mail
from privacy.retention import purge
from privacy.rights import erasure
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.factories import make_form, make_request
from tests.dsr.letters import last_letter, plain, words_of
from tests.dsr.pages import NOBODY, admitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
REASON = "Too many requests, as we <wrote> & said."


def in_language(language: str, now, **changes) -> SubjectRequest:
    filing = submission.file(make_form(**changes), language=language, now=now)
    return submission.confirm(filing.pk, visitors=set(), now=now)


def checked(asked: SubjectRequest, now) -> SubjectRequest:
    verification.check(asked.pk, how=How.EMAIL, now=now)
    return asked


def granted(asked: SubjectRequest, now) -> None:
    decisions.grant(checked(asked, now).pk, now=now)
    delivery.build_packages(now=now)


def in_part(asked: SubjectRequest, now) -> None:
    no = Decision("WITHHELD", "STILL_NEEDED", REASON)
    decisions.decide(asked.pk, kind=Kind.ERASURE, decision=no, now=now)
    granted(asked, now)


def restricted(asked: SubjectRequest, now) -> None:
    granted(asked, now)


def reopened(asked: SubjectRequest, now) -> None:
    verification.ask(asked.pk, reason=REASON, now=now)
    decisions.close(asked.pk, reason=REASON, now=now)
    decisions.reopen(asked.pk, now=now)


CNIL = {"en": "TSA 80715", "fr": "TSA 80715"}
COURT = {"en": "before a court", "fr": "saisir le juge"}
DEEDS = {
    "request_received": ([Kind.ACCESS], lambda asked, now: None),
    "request_identity": (
        [Kind.ACCESS],
        lambda asked, now: verification.ask(asked.pk, reason=REASON, now=now),
    ),
    "request_extended": (
        [Kind.ACCESS],
        lambda asked, now: decisions.extend(asked.pk, reason=REASON, now=now),
    ),
    "request_reopened": ([Kind.ACCESS], reopened),
    "request_refused": (
        [Kind.ACCESS],
        lambda asked, now: decisions.refuse(asked.pk, ground="EXCESSIVE", reason=REASON, now=now),
    ),
    "request_answered": ([Kind.RESTRICTION], granted),
    "request_ready": ([Kind.ACCESS, Kind.ERASURE], in_part),
    "request_withdrawn": ([Kind.ACCESS], lambda asked, now: follow_up.withdraw(asked.pk, now=now)),
}
REFUSES = {"request_refused", "request_extended", "request_ready"}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("message", DEEDS)
def test_each_message_is_a_letter_in_the_same_words(message: str, language: str, now):
    kinds, deed = DEEDS[message]
    asked = in_language(language, now, kinds=[kind.value for kind in kinds], wish="The use of my data")
    deed(asked, now)
    asked.refresh_from_db()
    letter = last_letter(asked)
    content = storage.read(letter.file)
    text, mail = words_of(content), Mail.objects.get(message=message)
    assert letter.message == message
    assert letter.subject == mail.subject
    assert asked.reference in text
    assert "Alice Martin" in text
    parts = mail.text.split("\n\n")
    last = [
        each.endswith(asked.reference) or after.startswith("http") for each, after in pairwise(parts)
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
    asked = in_language("en", now, kinds=["ACCESS", "ERASURE"])
    in_part(asked, now)
    text = words_of(storage.read(last_letter(asked).file))
    assert text.index("in part only") < text.index("Access to my data")
    whole = in_language("en", now, email="bob@example.org")
    granted(whole, now)
    assert "in part only" not in words_of(storage.read(last_letter(whole).file))


# A refusal ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ground", "reason"), [("", REASON), ("EXCESSIVE", ""), ("", "")])
def test_no_refusal_leaves_without_ground_and_reasons(dpo_client, now, ground: str, reason: str):
    asked = make_request(now)
    assert do(dpo_client, asked, "refuse", ground=ground, reason=reason).status_code == 422
    assert do(dpo_client, asked, "refuse/preview", ground=ground, reason=reason).status_code == 422
    with pytest.raises(DatabaseError), transaction.atomic():
        decisions.refuse(asked.pk, ground=ground, reason=reason, now=now)
    asked.refresh_from_db()
    assert asked.state == "RECEIVED"
    assert [letter.message for letter in SentLetter.objects.all()] == ["request_received"]


# Read before it leaves ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("refuse", {"ground": "EXCESSIVE", "reason": REASON}),
        ("extend", {"reason": REASON}),
        ("ask-identity", {"reason": REASON}),
        ("write", {"text": REASON}),
        ("grant", {}),
    ],
)
def test_what_is_previewed_is_what_is_sent_to_the_last_byte(dpo_client, now, deed: str, said: dict[str, str]):
    asked = checked(make_request(now), now)
    before = list(SentLetter.objects.values_list("pk", flat=True))
    shown = do(dpo_client, asked, f"{deed}/preview", **said)
    printed = do(dpo_client, asked, f"{deed}/letter", **said)
    assert shown.status_code == printed.status_code == 200
    assert printed.headers["Content-Type"] == "application/pdf"
    assert (asked.state, asked.extended_at) == ("RECEIVED", None)
    assert list(SentLetter.objects.values_list("pk", flat=True)) == before
    assert sum(1 for each in storage.path_of(asked.pk).parent.parent.glob("*/*")) == len(before)
    do(dpo_client, asked, deed, **said)
    delivery.build_packages(now=now)
    assert storage.read(last_letter(asked).file) == printed.content
    mail = Mail.objects.get(message=last_letter(asked).message)
    page = html.unescape(shown.content.decode())
    assert [line for line in mail.text.splitlines() if line not in page and "http" not in line] == []


def test_a_preview_gives_no_key_away(dpo_client, now):
    asked = make_request(now)
    page = do(dpo_client, asked, "write/preview", text="Hello").content.decode()
    assert "/follow/…/" in page
    token = Mail.objects.filter(message="request_message").count()
    assert token == 0


def test_a_preview_of_what_is_no_longer_possible_says_so(dpo_client, now):
    asked = make_request(now)
    response = dpo_client.post(f"{QUEUE}{asked.pk}/grant/preview/", follow=True)
    assert "This is not possible (any more)" in response.content.decode()


# Kept and handed over ----------------------------------------------------------------------------------------------


def test_a_letter_is_fetched_on_the_page_of_the_request_and_by_nobody_else(now, today):
    asked, other = make_request(now), make_request(now, email="bob@example.org")
    address = f"/privacy/requests/{asked.pk}/letters/{last_letter(asked).pk}/"
    for stranger in (Client(), admitted(other)):
        assert stranger.get(address).status_code == 403
    assert Client().get(f"/privacy/requests/{NOBODY}/letters/1/").status_code == 403
    today.shift(60)
    client = admitted(asked)
    assert address in client.get(f"/privacy/requests/{asked.pk}/").content.decode()
    response = client.get(address)
    assert response.content == storage.read(last_letter(asked).file)
    assert response.headers["Content-Disposition"].startswith("attachment")
    theirs = f"/privacy/requests/{asked.pk}/letters/{last_letter(other).pk}/"
    assert client.get(theirs).status_code == 404


def test_a_letter_is_read_again_at_the_desk_on_record(dpo_client, now):
    asked = make_request(now)
    letter = last_letter(asked)
    address = f"{QUEUE}{asked.pk}/letters/{letter.pk}/"
    assert address in page_of(dpo_client, asked)
    assert dpo_client.get(address).content.startswith(b"%PDF")
    assert AuditEntry.objects.filter(action="dsr.letter.viewed", key=str(letter.pk)).count() == 1


def test_on_the_disk_a_letter_is_noise(now):
    asked = make_request(now, surname="Canary")
    assert b"%PDF" not in storage.path_of(last_letter(asked).file_id).read_bytes()


def test_correspondence_cannot_be_deleted_before_its_five_years_are_over(now):
    asked = make_request(now)
    decisions.write(asked.pk, text="Hello", now=now)
    notes.add(asked.pk, text="Called twice.", now=now)
    decisions.refuse(asked.pk, ground="UNFOUNDED", reason=REASON, now=now)
    for rows in (SubjectRequest, RequestMessage, SentLetter, InternalNote):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.objects.all().delete()
    erasure.erase(asked.subject(), now=now)
    almost = now.replace(year=2031) - timedelta(seconds=1)
    purge.run(now=almost)
    assert SentLetter.objects.filter(request=asked).count() == 3
    purge.run(now=now.replace(year=2031) + timedelta(seconds=1))
    assert SubjectRequest.objects.count() == SentLetter.objects.count() == InternalNote.objects.count() == 0


# Notes -------------------------------------------------------------------------------------------------------------


def test_a_note_stays_inside_with_its_author_and_is_never_rewritten(dpo_client, dpo, now):
    asked = make_request(now)
    do(dpo_client, asked, "note", text="The caller knew the file number.")
    note = InternalNote.objects.get()
    assert (note.author, note.written_at) == (f"user:{dpo.pk}", now)
    assert "The caller knew" in page_of(dpo_client, asked)
    theirs = admitted(asked).get(f"/privacy/requests/{asked.pk}/").content.decode()
    assert "The caller knew" not in theirs
    assert "note" not in theirs.lower().split()
    with pytest.raises(DatabaseError), transaction.atomic():
        InternalNote.objects.update(text="")
    decisions.refuse(asked.pk, ground="UNFOUNDED", reason=REASON, now=now)
    assert "note" in offered(page_of(dpo_client, asked))
