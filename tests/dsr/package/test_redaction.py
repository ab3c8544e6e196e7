"""Words about other people are struck out by hand; single records are kept back or kept, each with its ground."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from dsr.answer import delivery
from dsr.package import archive, redaction, search
from dsr.package.redaction_models import Redaction, TextChangedError
from dsr.rules.rights import Right
from dsr.rules.states import RequestState
from dsr.rules.transitions import Transition
from privacy.datamap.subjects import fingerprint
from privacy.journal.models import JournalMark
from privacy.mail.models import Mail
from privacy.retention import replay
from softnlabs.website.enquiries.models import Enquiry
from tests import actors
from tests import holdings as made
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.packages import unpacked
from tests.dsr.steps import ask, checked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
WORDS = "Please call my colleague Zoé Dupont, 05 59 00 00 00,\nor me.\n"
EN, FR = (
    "[redacted: rights of other people, GDPR, articles 15(4) and 20(4)]",
    "[occulté : droits d’autres personnes, RGPD, articles 15(4) et 20(4)]",
)
KEPT = {"ground": "CLAIMS", "reason": "A dispute is open.", "until": "2027-06-30"}


@pytest.fixture
def alice(now) -> made.SamplePerson:
    who = made.person("alice", now - timedelta(days=30))
    enquiry = made.MAKERS["website.enquiry"](who, now - made.RECENT)
    Enquiry.objects.filter(pk=enquiry.pk).update(message=WORDS)
    return who


def enquiry_of(who: made.SamplePerson) -> Enquiry:
    return Enquiry.objects.filter(email=who.email).order_by("pk")[0]


def address(subject_request, row, field: str = "message") -> str:
    return f"{QUEUE}{subject_request.pk}/strike/{row._meta.label_lower}/{row.pk}/{field}/"


def redact(dpo_client: Client, subject_request, row, *chosen: int, text_hash: str = ""):
    words = {"text_hash": text_hash or fingerprint(row.message), "words": [str(number) for number in chosen]}
    return dpo_client.post(address(subject_request, row), words, follow=True)


def test_what_is_marked_is_struck_out_everywhere_and_the_original_stays(dpo_client, alice, now):
    subject_request = ask(now, Right.ACCESS, Right.PORTABILITY, email=alice.email)
    page = dpo_client.get(address(subject_request, enquiry_of(alice))).content.decode()
    assert 'value="4"><span>Zoé</span>' in page
    redact(dpo_client, subject_request, enquiry_of(alice), 4, 5, 6, 7, 8, 9, 10)
    application = made.MAKERS["recruitment.application"](alice, now - made.RECENT)
    type(application).objects.filter(pk=application.pk).update(experience=WORDS)
    chosen = {"text_hash": fingerprint(WORDS), "words": [str(number) for number in range(4, 11)]}
    dpo_client.post(address(subject_request, application, "experience"), chosen)
    assert (
        f"Please call my colleague {EN}<br>or me."
        in dpo_client.get(f"{QUEUE}{subject_request.pk}/held/").content.decode()
    )
    told = "20(4)): Messages left on the contact form or sent to us by e-mail, message."
    assert told in page_of(dpo_client, subject_request)
    again = dpo_client.get(address(subject_request, enquiry_of(alice))).content.decode()
    assert 'value="4" checked' in again
    assert 'value="3" checked' not in again
    do(dpo_client, checked(subject_request, now), "grant")
    assert delivery.build_packages(now=now) == 1
    parts = unpacked(subject_request)
    texts = (("website.enquiry", "message"), ("recruitment.application", "experience"))
    for name, (label, field) in (
        ("data.json", texts[0]),
        ("data.json", texts[1]),
        ("portable.json", texts[1]),
    ):
        told = {each["name"]: each for each in json.loads(parts[name])["holdings"]}
        record = told[label]["records"][0]
        assert record["struck_out"] == [field]
        assert record["data"][field] == f"Please call my colleague {EN}\nor me.\n"
    shown = parts["index.html"].decode()
    assert "Redacted words" in shown
    assert EN in shown
    for part in parts.values():
        for word in ("Zoé", "Dupont", "05 59"):
            assert word.encode() not in part
            assert json.dumps(word).strip('"').encode() not in part
    assert enquiry_of(alice).message == WORDS
    assert "redacted (GDPR, articles 15(4) and 20(4)): " in Mail.objects.get(message="request_ready").text


def test_the_mark_is_in_the_language_of_the_person(dpo_client, alice, now):
    subject_request = checked(ask(now, Right.ACCESS, email=alice.email), now)
    type(subject_request).objects.filter(pk=subject_request.pk).update(language="fr")
    redact(dpo_client, subject_request, enquiry_of(alice), 0)
    do(dpo_client, subject_request, "grant")
    delivery.build_packages(now=now)
    assert FR.replace(" :", "\N{NO-BREAK SPACE}:") in unpacked(subject_request)["index.html"].decode()


def test_nothing_is_struck_out_where_the_text_has_changed_since_it_was_opened(dpo_client, alice, now):
    subject_request, row = ask(now, Right.ACCESS, email=alice.email), enquiry_of(alice)
    Enquiry.objects.update(message=f"New: {WORDS}")
    answer = redact(dpo_client, subject_request, row, 4, text_hash=fingerprint(WORDS)).content.decode()
    assert "This text has changed since you opened it" in answer
    assert "<span>New:</span>" in answer
    assert Redaction.objects.count() == 0


@pytest.mark.parametrize("is_granted", [False, True])
def test_no_copy_is_made_with_marks_that_stand_elsewhere_now(dpo_client, alice, now, is_granted):
    subject_request = checked(ask(now, Right.ACCESS, email=alice.email), now)
    redact(dpo_client, subject_request, enquiry_of(alice), 4)
    if is_granted:
        do(dpo_client, subject_request, "grant")
    Enquiry.objects.update(message=f"New: {WORDS}")
    if is_granted:
        assert delivery.build_packages(now=now) == 0
        assert Mail.objects.filter(message="request_returned").count() == 1
    else:
        do(dpo_client, subject_request, "grant")
    subject_request.refresh_from_db()
    assert (subject_request.state, subject_request.setback) == (RequestState.RECEIVED, "REDACTION")
    assert "has changed since. Mark them again." in page_of(dpo_client, subject_request)
    assert (
        "has changed since. Mark them again."
        in dpo_client.get(f"{QUEUE}{subject_request.pk}/held/").content.decode()
    )
    if is_granted:  # the right was granted, the copy was not made
        with pytest.raises(TextChangedError):
            archive.compile_zip(subject_request, now=now)
    redact(dpo_client, subject_request, enquiry_of(alice), 5, 6)
    do(dpo_client, subject_request, "grant")
    assert delivery.build_packages(now=now) == 1
    assert "Zoé" not in unpacked(subject_request)["data.json"].decode()


def test_a_redaction_can_be_taken_back_and_a_record_that_is_gone_needs_none(dpo_client, alice, now):
    subject_request = checked(ask(now, Right.ACCESS, email=alice.email), now)
    redact(dpo_client, subject_request, enquiry_of(alice), 4)
    redact(dpo_client, subject_request, enquiry_of(alice))
    assert Redaction.objects.count() == 0
    redact(dpo_client, subject_request, enquiry_of(alice), 4)
    assert subject_request.events.filter(event_type=Transition.REDACT.event.code).count() == 3
    enquiry_of(alice).delete()
    do(dpo_client, subject_request, "grant")
    assert delivery.build_packages(now=now) == 1


def test_only_free_text_about_the_person_can_be_struck_out_and_only_before_the_answer(dpo_client, alice, now):
    bob = made.person("bob", now - timedelta(days=30))
    other = made.MAKERS["website.enquiry"](bob, now - made.RECENT)
    visit = made.MAKERS["privacy.visit"](alice, now - made.RECENT)
    subject_request, row = (
        ask(now, Right.ACCESS, email=alice.email),
        enquiry_of(alice),
    )
    for wrong in (
        address(subject_request, other),
        address(subject_request, row, "surname"),
        address(subject_request, row, "id"),
    ):
        assert dpo_client.get(wrong).status_code == 404
    assert (
        dpo_client.get(f"{QUEUE}{subject_request.pk}/strike/privacy.visit/{visit.number}/path/").status_code
        == 404
    )
    erasing = ask(now, Right.ERASURE, email=alice.email)
    assert dpo_client.get(address(erasing, row)).status_code == 302
    do(dpo_client, subject_request, "refuse", ground="UNFOUNDED", reason="No.")
    redact(dpo_client, subject_request, row, 4)
    assert Redaction.objects.count() == 0


def test_who_marks_a_text_that_somebody_else_has_just_marked_sees_their_marks(dpo_client, alice, now):
    subject_request, row = ask(now, Right.ACCESS, email=alice.email), enquiry_of(alice)
    opened = {"text_hash": fingerprint(row.message), "last": ""}
    dpo_client.post(address(subject_request, row), {**opened, "words": ["4"]})
    first = Redaction.objects.get()
    second = dpo_client.post(address(subject_request, row), {**opened, "words": ["5"]}).content.decode()
    assert "Somebody else has just marked words in this text" in second
    assert f'name="last" value="{first.pk}"' in second
    assert Redaction.objects.get().spans == first.spans
    dpo_client.post(address(subject_request, row), {**opened, "last": str(first.pk), "words": ["4", "5"]})
    assert Redaction.objects.get().spans != first.spans


def test_a_record_has_one_name_however_its_address_is_spelt(dpo_client, alice, now):
    subject_request, row = checked(ask(now, Right.ACCESS, email=alice.email), now), enquiry_of(alice)
    odd = address(subject_request, row).replace(f"/{row.pk}/", f"/0{row.pk}/")
    dpo_client.post(odd, {"text_hash": fingerprint(row.message), "words": ["4", "9" * 5000, "-1", "²"]})
    do(dpo_client, subject_request, "grant")
    delivery.build_packages(now=now)
    assert "Zoé" not in unpacked(subject_request)["data.json"].decode()


def test_staff_who_may_not_change_requests_strike_nothing(clerk, alice, now):
    subject_request = ask(now, Right.ACCESS, email=alice.email)
    client = Client()
    actors.sign_in(client, clerk)
    assert client.get(address(subject_request, enquiry_of(alice))).status_code == 404
    assert redact(client, subject_request, enquiry_of(alice), 4).status_code == 404
    assert Redaction.objects.count() == 0


def test_every_text_of_every_holding_can_be_struck_out(alice, now):
    for maker in made.MAKERS.values():
        maker(alice, now - made.RECENT)
    subject_request = ask(now, Right.ACCESS, email=alice.email)
    found = search.collect(subject_request.subject(), now=now)
    texts = [
        (section.information.label, record.key, line.name)
        for section in found
        for record in section.records
        for line in record.lines
        if line.is_text and line.value
    ]
    assert {"website.enquiry", "recruitment.application", "recruitment.exchange"} <= {
        each[0] for each in texts
    }
    for place in texts:
        found_text = redaction.text(subject_request, *place, now=now)
        redaction.redact(
            subject_request.pk, found=found_text, text_hash=found_text.text_hash, chosen={0}, now=now
        )
    marked = search.collect(subject_request.subject(), now=now, omissions=archive.omissions(subject_request))
    assert sum(section.redacted_texts for section in marked) == len(texts)


# Single records --------------------------------------------------------------------------------------------------


def two_enquiries(alice: made.SamplePerson, now: datetime) -> tuple[Enquiry, Enquiry]:
    second = made.MAKERS["website.enquiry"](alice, now - made.RECENT + timedelta(minutes=1))
    Enquiry.objects.filter(pk=second.pk).update(message="The second one")
    return enquiry_of(alice), second


def test_one_record_is_kept_back_from_both_copies_and_named(dpo_client, alice, now):
    first, second = (made.MAKERS["recruitment.application"](alice, now - made.RECENT) for _ in range(2))
    type(second).objects.filter(pk=second.pk).update(experience="The second one")
    subject_request = checked(ask(now, Right.ACCESS, Right.PORTABILITY, email=alice.email), now)
    place = f"recruitment.application {second.pk}"
    said = {**KEPT, "ground": "OTHERS"}
    assert (
        do(
            dpo_client, subject_request, "reserve", right="ACCESS", holding=place, ground="", reason=""
        ).status_code
        == 422
    )
    do(dpo_client, subject_request, "reserve", right="ACCESS", holding=place, **said)
    assert "no. 2 alone" in page_of(dpo_client, subject_request)
    do(dpo_client, subject_request, "grant")
    delivery.build_packages(now=now)
    parts = unpacked(subject_request)
    for name in ("data.json", "portable.json"):
        told = {each["name"]: each for each in json.loads(parts[name])["holdings"]}["recruitment.application"]
        assert [each["data"]["experience"] for each in told["records"]] == [first.experience]
        assert told["withheld"] is None
        assert [(each["ground"], each["until"]) for each in told["withheld_records"]] == [
            ("OTHERS", "2027-06-30")
        ]
    page = parts["index.html"].decode()
    assert "(one record)" in page
    assert "30 June 2027" in page
    assert all(b"The second one" not in part for part in parts.values())


def test_one_record_is_kept_from_the_erasure_and_the_answer_says_which_and_why(
    dpo_client, alice, now, django_capture_on_commit_callbacks
):
    first, second = two_enquiries(alice, now)
    application = made.MAKERS["recruitment.application"](alice, now - made.RECENT)
    subject_request = checked(ask(now, Right.ERASURE, email=alice.email), now)
    do(
        dpo_client,
        subject_request,
        "reserve",
        right="ERASURE",
        holding=f"website.enquiry {second.pk}",
        **KEPT,
    )
    preview = dpo_client.get(f"{QUEUE}{subject_request.pk}/held/").content.decode()
    assert "Withheld, no. 2 alone" in preview
    assert "Erased, with their files: 1" in preview
    mark = JournalMark.get()
    with django_capture_on_commit_callbacks(execute=True):
        do(dpo_client, subject_request, "grant")
    assert subject_request.state == RequestState.ANSWERED
    assert list(Enquiry.objects.filter(email=alice.email)) == [second]
    assert not type(application).objects.filter(pk=application.pk).exists()
    text = Mail.objects.get(message="request_answered").text
    for words in ("(one record)", "A dispute is open.", "are needed for legal claims", "30 June 2027"):
        assert words in text
    Enquiry.objects.bulk_create([first])  # a backup brings back what was erased
    JournalMark.set(mark)
    replay.run(now=now)
    assert list(Enquiry.objects.filter(email=alice.email)) == [second]


def test_what_was_kept_back_can_be_given_after_all(dpo_client, alice, now):
    subject_request = ask(now, Right.ERASURE, email=alice.email)
    place = f"website.enquiry {enquiry_of(alice).pk}"
    do(dpo_client, subject_request, "reserve", right="ERASURE", holding=place, **KEPT)
    do(dpo_client, subject_request, "reserve", right="ERASURE", holding=place, is_given="on")
    assert subject_request.items.get().exemptions.count() == 0


def test_a_record_of_somebody_else_cannot_be_kept_back(dpo_client, alice, now):
    other = made.MAKERS["website.enquiry"](made.person("bob", now - timedelta(days=30)), now - made.RECENT)
    subject_request = ask(now, Right.ACCESS, email=alice.email)
    place = f"website.enquiry {other.pk}"
    assert (
        do(dpo_client, subject_request, "reserve", right="ACCESS", holding=place, **KEPT).status_code == 422
    )
    assert "strike" not in offered(page_of(dpo_client, subject_request))
    assert date(2027, 6, 30) not in set(
        subject_request.items.get().exemptions.values_list("until", flat=True)
    )
