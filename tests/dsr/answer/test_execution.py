"""Correction, erasure and restriction: decided at the desk, carried out with the answer, told to the person."""

import io
import json
import re
import zipfile
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from dsr.answer import delivery
from dsr.requests.correction_models import RequestedCorrection
from dsr.requests.item_models import Exemption
from dsr.requests.models import SubjectRequest
from dsr.review import decisions, end_objection, lift_restriction
from dsr.rules.rights import ItemOutcome, Right
from dsr.rules.states import RequestState
from privacy.datamap.registry import holdings
from privacy.datamap.usable import usable
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.mail.models import Mail
from privacy.rights import holds, restriction
from recruitment.applications.models import Application
from softnlabs.website.enquiries.models import Enquiry
from tests import holdings as made
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.pages import client_with_grant
from tests.dsr.steps import ask, checked, correct, enquiry_of, outcomes
from tests.evidence import evidence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
ARCHIVE = "recruitment.application:archive"


@pytest.fixture
def people(now) -> tuple[made.SamplePerson, made.SamplePerson]:
    """Alice and Bob, with a row in every holding of the site."""
    both = made.person("alice", now - timedelta(days=30)), made.person("bob", now - timedelta(days=30))
    for who in both:
        for label, maker in made.MAKERS.items():
            if label != "privacy.restriction":
                maker(who, now - made.RECENT)
    return both


def count(who: made.SamplePerson) -> dict[str, int]:
    return {known.label: known.about(who.subject()).count() for known in holdings()}


# Correction ------------------------------------------------------------------------------------------------------


def test_what_is_accepted_is_written_with_the_answer_and_what_is_refused_says_why(dpo_client, people, now):
    alice, bob = people
    subject_request = checked(
        ask(now, Right.RECTIFICATION, email=alice.email, details="My name is Martine."), now
    )
    assert "grant" not in offered(page_of(dpo_client, subject_request))
    row, application = enquiry_of(alice), Application.objects.filter(email=alice.email).first()
    correct(dpo_client, subject_request, row, "surname", "Martine")
    correct(
        dpo_client,
        subject_request,
        application,
        "experience",
        "Twenty years",
        is_accepted="no",
        reason="No proof of it.",
    )
    row.refresh_from_db()
    assert row.surname == alice.canary  # nothing is written before the answer
    page = page_of(dpo_client, subject_request)
    assert f"“{alice.canary}” → “Martine”" in page
    do(dpo_client, subject_request, "grant")
    assert subject_request.state == RequestState.ANSWERED
    row.refresh_from_db()
    application.refresh_from_db()
    assert row.surname == "Martine"
    assert application.experience != "Twenty years"
    assert enquiry_of(bob).surname == bob.canary
    mail = Mail.objects.get(message="request_answered")
    for text in (mail.text, mail.html):
        assert "No proof of it." in text
        assert "Martine" in text
        assert "in part only" in text


def test_one_correction_refused_beside_a_copy_brings_the_remedies(dpo_client, people, now):
    subject_request = ask(
        now, Right.RECTIFICATION, Right.ACCESS, email=people[0].email, details="My name is Martine."
    )
    checked(subject_request, now)
    row = enquiry_of(people[0])
    correct(dpo_client, subject_request, row, "surname", "Martine")
    correct(
        dpo_client,
        subject_request,
        row,
        "first_name",
        "Zoe",
        is_accepted="no",
        reason="Alice is what you signed.",
    )
    do(dpo_client, subject_request, "grant")
    delivery.build_packages(now=now)
    mail = Mail.objects.get(message="request_ready").text
    assert "in part only" in mail
    assert "cnil.fr" in mail
    page = client_with_grant(subject_request).get(f"/privacy/requests/{subject_request.pk}/").content.decode()
    assert "cnil.fr/plaintes" in page


def test_a_correction_that_does_not_fit_or_has_no_reason_is_not_taken(dpo_client, people, now):
    subject_request = ask(now, Right.RECTIFICATION, email=people[0].email)
    row = enquiry_of(people[0])
    form = page_of(dpo_client, subject_request).split(f'{subject_request.pk}/correct/"')[1]
    assert form.index('<option value=""') < form.index('<option value="website.enquiry ')
    assert correct(dpo_client, subject_request, row, "email", "no address").status_code == 422
    assert correct(dpo_client, subject_request, row, "surname", "x" * 500).status_code == 422
    refused = correct(dpo_client, subject_request, row, "telephone", "((((((")
    assert refused.status_code == 422
    assert "We could not call this number" in refused.text
    assert correct(dpo_client, subject_request, row, "postcode", "A-").status_code == 422
    assert correct(dpo_client, subject_request, row, "surname", "Y", is_accepted="no").status_code == 422
    assert correct(dpo_client, subject_request, row, "received_at", "2020-01-01").status_code == 422
    assert correct(dpo_client, subject_request, enquiry_of(people[1]), "surname", "Stolen").status_code == 422
    assert RequestedCorrection.objects.filter(item__request=subject_request).count() == 0


def test_a_corrected_number_is_written_in_the_spelling_of_all_others(dpo_client, people, now):
    subject_request = checked(ask(now, Right.RECTIFICATION, email=people[0].email, details="Call me."), now)
    row = enquiry_of(people[0])
    correct(dpo_client, subject_request, row, "telephone", "05.59.11.22.33")
    do(dpo_client, subject_request, "grant")
    row.refresh_from_db()
    assert row.telephone == "+33 5 59 11 22 33"
    assert enquiry_of(people[1]).telephone != row.telephone


def test_nobody_decides_on_a_value_that_they_have_not_seen(dpo_client, people, now):
    subject_request = checked(ask(now, Right.RECTIFICATION, email=people[0].email, details="My name."), now)
    seen = re.search(
        r'value="(website.enquiry \w+ surname [^"]*)"', page_of(dpo_client, subject_request)
    ).group(1)
    Enquiry.objects.update(surname="Written since")
    answer = do(
        dpo_client, subject_request, "correct", place=seen, wished="Martine", is_accepted="yes", reason=""
    )
    assert answer.status_code == 422
    assert "The value has changed since you opened the page" in answer.content.decode()
    assert not subject_request.items.get().corrections.exists()


def test_all_corrections_refused_is_a_refusal(dpo_client, people, now):
    subject_request = checked(ask(now, Right.RECTIFICATION, email=people[0].email), now)
    correct(
        dpo_client,
        subject_request,
        enquiry_of(people[0]),
        "surname",
        "Y",
        is_accepted="no",
        reason="It is your name.",
    )
    assert outcomes(subject_request) == {"RECTIFICATION": "WITHHELD"}
    with pytest.raises(decisions.UndecidedRightError):
        decisions.grant(subject_request.pk, now=now)


def test_the_copy_holds_what_was_corrected(dpo_client, people, now):
    subject_request = checked(ask(now, Right.ACCESS, Right.RECTIFICATION, email=people[0].email), now)
    correct(dpo_client, subject_request, enquiry_of(people[0]), "surname", "Martine")
    do(dpo_client, subject_request, "grant")
    delivery.build_packages(now=now)
    subject_request.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(storage.read(subject_request.package.file))) as archive:
        told = {each["name"]: each for each in json.loads(archive.read("data.json"))["holdings"]}
    assert told["website.enquiry"]["records"][0]["data"]["surname"] == "Martine"


# Objection -------------------------------------------------------------------------------------------------------


def stopped(dpo_client: Client, who: made.SamplePerson, now: datetime, **words: str) -> SubjectRequest:
    subject_request = checked(ask(now, Right.OBJECTION, email=who.email, details="Do not use it."), now)
    said = {"right": "OBJECTION", "outcome": "SATISFIED", "uses": "website.enquiry", **words}
    do(dpo_client, subject_request, "decide", **said)
    do(dpo_client, subject_request, "grant")
    return subject_request


def test_the_desk_chooses_among_what_rests_on_our_interest_and_concerns_the_person(dpo_client, people, now):
    page = page_of(dpo_client, ask(now, Right.OBJECTION, email=people[0].email, details="Do not use it."))
    assert re.findall(r'name="uses" value="([^"]+)"', page) == [
        ARCHIVE, "website.enquiry", "website.enquirymessage", "website.enquiryattachment",
    ]  # fmt: skip
    assert "Recruitment – Applications for a job or an internship, in the archive" in page
    assert "Visitors of the Website – Messages left on the contact form or sent to us by e-mail" in page
    assert "When you signed in, or tried to (It protects accounts against strangers.)" in page
    nobody = page_of(dpo_client, ask(now, Right.OBJECTION, email="new@example.org", details="Do not use it."))
    assert 'name="uses"' not in nobody
    assert "Nothing is held whose use could be stopped for one person." in nobody
    assert 'name="uses"' not in page_of(dpo_client, ask(now, Right.ERASURE, email=people[0].email))


def test_a_granted_objection_is_carried_out_with_the_answer_and_told(dpo_client, people, now):
    alice, bob = people
    before = count(bob)
    subject_request = stopped(dpo_client, alice, now)
    assert subject_request.state == RequestState.ANSWERED
    assert not Enquiry.objects.filter(email=alice.email).exists()
    assert Application.objects.filter(email=alice.email).exists(), "it rests on something else"
    assert count(bob) == before
    label = "Messages left on the contact form or sent to us by e-mail"
    told = f"{label} (Visitors of the Website): use stopped, records deleted."
    assert told in Mail.objects.get(message="request_answered").text
    assert told in page_of(dpo_client, subject_request)
    person = client_with_grant(subject_request).get(f"/privacy/requests/{subject_request.pk}/")
    assert told in person.content.decode()
    listed = dpo_client.get("/admin/privacy/objection/").content.decode()
    assert subject_request.reference in listed
    assert "Messages left on the contact form or sent to us by e-mail" in listed


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "Applications for a job or an internship, in the archive (Recruitment): not archived, but deleted at"
            " the end of its active phase, on",
        ),
        (
            "fr",
            "Candidatures à un emploi ou à un stage, en archive (Recrutement)\N{NO-BREAK SPACE}: pas"
            " d’archivage, mais suppression à la fin de l’utilisation courante, le",
        ),
    ],
)
def test_an_objection_to_the_archive_is_carried_out_with_the_answer_and_told(
    dpo_client, people, now, language, told
):
    alice, bob = people
    before = count(bob)
    subject_request = checked(ask(now, Right.OBJECTION, email=alice.email, details="No archive."), now)
    subject_request.language = language
    subject_request.save(update_fields=["language"])
    do(dpo_client, subject_request, "decide", right="OBJECTION", outcome="SATISFIED", uses=ARCHIVE)
    shown = page_of(dpo_client, subject_request)
    assert "To be stopped with the answer: Applications for a job or an internship, in the archive." in shown
    do(dpo_client, subject_request, "grant")
    ended = Application.objects.exclude(ends_at=None)
    assert set(ended) == set(Application.objects.filter(email=alice.email))
    assert count(bob) == before
    assert told in Mail.objects.get(message="request_answered").text
    person = client_with_grant(subject_request).get(
        f"{'/fr' if language == 'fr' else ''}/privacy/requests/{subject_request.pk}/"
    )
    assert told in person.content.decode()
    assert "Applications for a job or an internship, in the archive" in (
        dpo_client.get("/admin/privacy/objection/").content.decode()
    )
    assert set(subject_request.recipient_notifications.values_list("right", flat=True)) == {Right.OBJECTION}
    assert evidence("data.objected", now).is_kept
    do(dpo_client, subject_request, "end-objection", reason="You telephoned: keep it.")
    assert not ended.all().exists()


def test_what_a_hold_keeps_of_it_is_told_as_stored_and_the_person_alone_ends_it(dpo_client, people, now):
    alice = people[0]
    holds.place(email=alice.email, reason="Court.", review_on=date(2027, 1, 1), now=now)
    subject_request = stopped(dpo_client, alice, now)
    row = enquiry_of(alice)
    assert not usable(Enquiry.objects.filter(pk=row.pk), now).exists()
    mail = Mail.objects.get(message="request_answered").text
    assert "use stopped; what has to be kept is stored and not used." in mail
    assert do(dpo_client, subject_request, "end-objection", reason="").status_code == 422
    do(dpo_client, subject_request, "end-objection", reason="You telephoned today: use it again.")
    assert usable(Enquiry.objects.filter(pk=row.pk), now).exists()
    assert "use resumed on 23 November 2026, on request." in page_of(dpo_client, subject_request)
    assert Mail.objects.filter(message="request_message", to=alice.email).count() == 1
    assert "end-objection" not in offered(page_of(dpo_client, subject_request))
    with pytest.raises(end_objection.NoObjectionError):
        end_objection.end(subject_request.pk, reason="Again.", now=now)


def test_recipients_of_what_was_stopped_are_to_be_told(dpo_client, people, now):
    subject_request = stopped(dpo_client, people[0], now)
    assert set(subject_request.recipient_notifications.values_list("right", flat=True)) == {Right.OBJECTION}


@pytest.mark.parametrize("uses", [[], ["privacy.signin"], ["website.enquiry", "no.such"]])
def test_no_objection_is_granted_without_a_use_that_can_be_stopped(people, now, uses: list[str]):
    subject_request = ask(now, Right.OBJECTION, email=people[0].email, details="Do not use it.")
    decision = decisions.Decision(ItemOutcome.SATISFIED, uses=uses)
    with pytest.raises(decisions.NoUseError):
        decisions.decide(subject_request.pk, right=Right.OBJECTION, decision=decision, now=now)
    assert outcomes(subject_request) == {"OBJECTION": ""}


def test_nothing_is_held_cannot_be_said_where_a_use_could_be_stopped(dpo_client, people, now):
    said = {"right": "OBJECTION", "outcome": "NOTHING"}
    subject_request = ask(now, Right.OBJECTION, email=people[0].email, details="Do not use it.")
    response = do(dpo_client, subject_request, "decide", **said)
    assert response.status_code == 422
    assert "Something is held whose use can be stopped" in response.text
    with pytest.raises(decisions.NoUseError):
        decisions.decide(
            subject_request.pk, right="OBJECTION", decision=decisions.Decision("NOTHING"), now=now
        )
    nobody = ask(now, Right.OBJECTION, email="new@example.org", details="Do not use it.")
    do(dpo_client, nobody, "decide", **said)
    assert outcomes(nobody) == {"OBJECTION": "NOTHING"}


def test_a_grant_without_a_use_is_not_taken_at_the_desk_and_what_was_typed_stays(dpo_client, people, now):
    subject_request = ask(now, Right.OBJECTION, email=people[0].email, details="Do not use it.")
    words = {"right": "OBJECTION", "outcome": "SATISFIED", "reason": "Your reasons prevail."}
    response = do(dpo_client, subject_request, "decide", **words)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose what is stopped." in page
    assert "Your reasons prevail." in page


def test_what_is_decided_otherwise_afterwards_stops_nothing(dpo_client, people, now):
    alice = people[0]
    subject_request = ask(now, Right.OBJECTION, Right.ACCESS, email=alice.email, details="Do not use it.")
    checked(subject_request, now)
    do(dpo_client, subject_request, "decide", right="OBJECTION", outcome="SATISFIED", uses="website.enquiry")
    assert (
        "To be stopped with the answer: Messages left on the contact form or sent to us by e-mail."
        in page_of(dpo_client, subject_request)
    )
    do(
        dpo_client, subject_request, "decide", right="OBJECTION", outcome="WITHHELD", ground="COMPELLING",
        reason="We must.", uses="website.enquiry",
    )  # fmt: skip
    do(dpo_client, subject_request, "grant")
    delivery.build_packages(now=now)
    assert subject_request.items.get(right="OBJECTION").uses == []
    assert enquiry_of(alice)


# Erasure ---------------------------------------------------------------------------------------------------------


def test_the_erasure_is_shown_before_and_done_with_the_answer(dpo_client, people, now):
    alice, bob = people
    before, files = count(bob), StoredFile.objects.count()
    subject_request = checked(ask(now, Right.ERASURE, email=alice.email), now)
    preview = dpo_client.get(f"{QUEUE}{subject_request.pk}/held/").content.decode()
    assert "What the erasure does" in preview
    assert "Erased, with its files" in preview
    do(dpo_client, subject_request, "grant")
    assert outcomes(subject_request) == {"ERASURE": "SATISFIED"}
    left = {
        known.label
        for known in holdings()
        if not known.data.erasure_exemption and known.about(subject_request.subject()).exists()
    }
    assert left == {"privacy.mail"}  # the answer itself
    assert set(Mail.objects.filter(to=alice.email).values_list("message", flat=True)) == {"request_answered"}
    assert count(bob) == before
    assert StoredFile.objects.count() < files
    assert SubjectRequest.objects.filter(pk=subject_request.pk).exists()


def test_what_is_kept_back_from_an_erasure_stays_and_is_told(dpo_client, people, now):
    alice = people[0]
    subject_request = checked(ask(now, Right.ERASURE, email=alice.email), now)
    do(
        dpo_client, subject_request, "reserve", right="ERASURE", holding="website.enquiry", ground="CLAIMS",
        reason="A dispute is open.", until="2027-06-30",
    )  # fmt: skip
    assert (
        "they are needed for legal claims"
        in dpo_client.get(f"{QUEUE}{subject_request.pk}/held/").content.decode()
    )
    do(dpo_client, subject_request, "grant")
    assert enquiry_of(alice)
    assert not Application.objects.filter(email=alice.email).exists()
    assert "A dispute is open." in Mail.objects.get(message="request_answered").text


def test_a_right_that_is_withheld_is_not_carried_out(dpo_client, people, now):
    alice = people[0]
    subject_request = checked(
        ask(now, Right.ERASURE, Right.RESTRICTION, Right.NO_PROSPECTING, email=alice.email, details="All."),
        now,
    )
    for right, ground in ((Right.ERASURE, "CLAIMS"), (Right.RESTRICTION, "NOT_RESTRICTABLE")):
        do(
            dpo_client,
            subject_request,
            "decide",
            right=right,
            outcome="WITHHELD",
            ground=ground,
            reason="A dispute is open.",
        )
    before = Enquiry.objects.filter(email=alice.email).count()
    do(dpo_client, subject_request, "grant")
    assert subject_request.state == RequestState.ANSWERED
    assert Enquiry.objects.filter(email=alice.email).count() == before
    assert restriction.in_force(subject_request.subject()) == []
    assert not subject_request.items.filter(
        right__in=[Right.ERASURE, Right.RESTRICTION], done_at__isnull=False
    ).exists()


def test_what_a_hold_keeps_is_told_with_a_ground(people, now):
    alice = people[0]
    holds.place(email=alice.email, reason="Court.", review_on=date(2027, 1, 1), now=now)
    subject_request = checked(ask(now, Right.ERASURE, email=alice.email), now)
    decisions.grant(subject_request.pk, now=now)
    assert enquiry_of(alice)
    assert "website.enquiry" in set(
        Exemption.objects.filter(item__request=subject_request).values_list("holding", flat=True)
    )
    text = Mail.objects.get(message="request_answered").text
    assert "A legal hold" in text
    assert "Court." not in text
    assert "nothing is held" not in text


def test_of_somebody_unknown_nothing_is_held(now):
    subject_request = checked(ask(now, Right.ERASURE, email="zelda@example.org"), now)
    Mail.objects.all().delete()
    decisions.grant(subject_request.pk, now=now)
    assert outcomes(subject_request) == {"ERASURE": "NOTHING"}
    assert "nothing is held" in Mail.objects.get().text


def test_a_copy_asked_for_together_with_the_erasure_is_made_before_and_can_be_fetched(people, now):
    alice = people[0]
    subject_request = checked(ask(now, Right.ACCESS, Right.ERASURE, email=alice.email), now)
    decisions.grant(subject_request.pk, now=now)
    assert enquiry_of(alice)
    delivery.build_packages(now=now)
    assert not Enquiry.objects.filter(email=alice.email).exists()
    subject_request.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(storage.read(subject_request.package.file))) as archive:
        assert b"canary-alice" in archive.read("data.json")


# Restriction -----------------------------------------------------------------------------------------------------


def test_a_restriction_stands_with_the_answer_and_ends_only_after_the_person_was_told(
    dpo_client, dpo, people, now, today
):
    alice, bob = people
    subject_request = checked(ask(now, Right.RESTRICTION, email=alice.email, details="I contest it."), now)
    do(dpo_client, subject_request, "grant")
    assert restriction.in_force(subject_request.subject())
    assert not restriction.in_force(bob.subject())
    assert offered(page_of(dpo_client, subject_request)) == {"announce", "note", "tell"}
    closed_at = subject_request.closed_at
    early = do(dpo_client, subject_request, "announce", day=str(now.date()), reason="Checked.")
    assert early.context["form"].errors.keys() == {"day"}
    assert "Checked." in early.content.decode()
    assert subject_request.lifts_on is None
    do(dpo_client, subject_request, "announce", day="2026-11-30", reason="Checked.")
    page = client_with_grant(subject_request).get(f"/privacy/requests/{subject_request.pk}/").content.decode()
    assert '<time datetime="2026-11-30">' in page
    assert (subject_request.lifts_on, subject_request.closed_at) == (date(2026, 11, 30), closed_at)
    mail = Mail.objects.get(message="request_lifting")
    assert "30 November 2026" in mail.text
    assert "Checked." in mail.text
    assert lift_restriction.lift_due(now=datetime(2026, 11, 29, 22, 59, tzinfo=now.tzinfo)) == 0
    assert restriction.in_force(subject_request.subject())
    assert lift_restriction.lift_due(now=datetime(2026, 11, 29, 23, 0, tzinfo=now.tzinfo)) == 1
    assert restriction.in_force(subject_request.subject()) == []
    assert lift_restriction.lift_due(now=datetime(2026, 12, 1, tzinfo=now.tzinfo)) == 0
    assert offered(page_of(dpo_client, subject_request)) == {"note", "tell"}


def test_no_button_lifts_a_restriction_without_a_word_to_the_person(dpo_client, people, now):
    subject_request = checked(
        ask(now, Right.RESTRICTION, email=people[0].email, details="I contest it."), now
    )
    do(dpo_client, subject_request, "grant")
    (standing,) = restriction.in_force(subject_request.subject())
    page = "/admin/privacy/restriction/"
    assert "lift" not in dpo_client.get(page).content.decode().partition("<table")[0].lower()
    dpo_client.post(page, {"action": "lift", "_selected_action": [standing.pk]})
    dpo_client.post(f"{page}{standing.pk}/change/", {"lifted_at": str(now), "_save": "Save"})
    assert restriction.in_force(subject_request.subject()) == [standing]


def test_everything_at_once_is_decided_and_told_together(dpo_client, people, now):
    alice = people[0]
    rights = [right for right in Right if right != Right.NO_NAVIGATION]
    subject_request = checked(ask(now, *rights, email=alice.email, details="All of it."), now)
    correct(dpo_client, subject_request, enquiry_of(alice), "surname", "Martine")
    do(dpo_client, subject_request, "decide", right="OBJECTION", outcome="SATISFIED", uses="website.enquiry")
    do(dpo_client, subject_request, "grant")
    delivery.build_packages(now=now)
    subject_request.refresh_from_db()
    assert subject_request.state == RequestState.ANSWERED
    assert set(outcomes(subject_request).values()) == {ItemOutcome.SATISFIED}
    assert not Enquiry.objects.filter(email=alice.email).exists()
