"""Correction, erasure and restriction: decided at the desk, carried out with the answer, told to the person."""

import io
import json
import re
import zipfile
from datetime import date, datetime, timedelta

import pytest

from dsr.answer import delivery
from dsr.requests.correction_models import Correction
from dsr.requests.item_models import Outcome, Reserve
from dsr.requests.models import SubjectRequest
from dsr.review import decisions, lift_restriction
from dsr.rules.rights import Kind
from dsr.rules.states import State
from privacy.datamap.registry import holdings
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.mail.models import Mail
from privacy.rights import holds, restriction
from recruitment.applications.models import Application
from softnlabs.website.enquiries.models import Enquiry
from tests import holdings as made
from tests.dsr.admin_pages import QUEUE, do, offered, page_of
from tests.dsr.pages import admitted
from tests.dsr.steps import ask, checked, correct, enquiry_of, outcomes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


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
    asked = checked(ask(now, Kind.RECTIFICATION, email=alice.email, wish="My name is Martine."), now)
    assert "grant" not in offered(page_of(dpo_client, asked))
    row, application = enquiry_of(alice), Application.objects.filter(email=alice.email).first()
    correct(dpo_client, asked, row, "surname", "Martine")
    correct(
        dpo_client,
        asked,
        application,
        "experience",
        "Twenty years",
        is_accepted="no",
        reason="No proof of it.",
    )
    row.refresh_from_db()
    assert row.surname == alice.canary  # nothing is written before the answer
    page = page_of(dpo_client, asked)
    assert f"“{alice.canary}” → “Martine”" in page
    do(dpo_client, asked, "grant")
    assert asked.state == State.ANSWERED
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
    asked = ask(now, Kind.RECTIFICATION, Kind.ACCESS, email=people[0].email, wish="My name is Martine.")
    checked(asked, now)
    row = enquiry_of(people[0])
    correct(dpo_client, asked, row, "surname", "Martine")
    correct(dpo_client, asked, row, "first_name", "Zoe", is_accepted="no", reason="Alice is what you signed.")
    do(dpo_client, asked, "grant")
    delivery.build_packages(now=now)
    mail = Mail.objects.get(message="request_ready").text
    assert "in part only" in mail
    assert "cnil.fr" in mail
    page = admitted(asked).get(f"/privacy/requests/{asked.pk}/").content.decode()
    assert "cnil.fr/plaintes" in page


def test_a_correction_that_does_not_fit_or_has_no_reason_is_not_taken(dpo_client, people, now):
    asked = ask(now, Kind.RECTIFICATION, email=people[0].email)
    row = enquiry_of(people[0])
    form = page_of(dpo_client, asked).split(f'{asked.pk}/correct/"')[1]
    assert form.index('<option value=""') < form.index('<option value="website.enquiry ')
    assert correct(dpo_client, asked, row, "email", "no address").status_code == 422
    assert correct(dpo_client, asked, row, "surname", "x" * 500).status_code == 422
    assert correct(dpo_client, asked, row, "surname", "Y", is_accepted="no").status_code == 422
    assert correct(dpo_client, asked, row, "received_at", "2020-01-01").status_code == 422
    assert correct(dpo_client, asked, enquiry_of(people[1]), "surname", "Stolen").status_code == 422
    assert Correction.objects.filter(item__request=asked).count() == 0


def test_nobody_decides_on_a_value_that_they_have_not_seen(dpo_client, people, now):
    asked = checked(ask(now, Kind.RECTIFICATION, email=people[0].email, wish="My name."), now)
    seen = re.search(r'value="(website.enquiry \w+ surname [^"]*)"', page_of(dpo_client, asked)).group(1)
    Enquiry.objects.update(surname="Written since")
    answer = do(dpo_client, asked, "correct", place=seen, wished="Martine", is_accepted="yes", reason="")
    assert answer.status_code == 422
    assert "The value has changed since you opened the page" in answer.content.decode()
    assert not asked.items.get().corrections.exists()


def test_all_corrections_refused_is_a_refusal(dpo_client, people, now):
    asked = checked(ask(now, Kind.RECTIFICATION, email=people[0].email), now)
    correct(
        dpo_client, asked, enquiry_of(people[0]), "surname", "Y", is_accepted="no", reason="It is your name."
    )
    assert outcomes(asked) == {"RECTIFICATION": "WITHHELD"}
    with pytest.raises(decisions.Undecided):
        decisions.grant(asked.pk, now=now)


def test_the_copy_holds_what_was_corrected(dpo_client, people, now):
    asked = checked(ask(now, Kind.ACCESS, Kind.RECTIFICATION, email=people[0].email), now)
    correct(dpo_client, asked, enquiry_of(people[0]), "surname", "Martine")
    do(dpo_client, asked, "grant")
    delivery.build_packages(now=now)
    asked.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(storage.read(asked.package.file))) as archive:
        told = {each["name"]: each for each in json.loads(archive.read("data.json"))["holdings"]}
    assert told["website.enquiry"]["records"][0]["data"]["surname"] == "Martine"


# Erasure ---------------------------------------------------------------------------------------------------------


def test_the_erasure_is_shown_before_and_done_with_the_answer(dpo_client, people, now):
    alice, bob = people
    before, files = count(bob), StoredFile.objects.count()
    asked = checked(ask(now, Kind.ERASURE, email=alice.email, visitors={alice.visitor}), now)
    preview = dpo_client.get(f"{QUEUE}{asked.pk}/held/").content.decode()
    assert "What the erasure does" in preview
    assert "Erased, with its files" in preview
    do(dpo_client, asked, "grant")
    assert outcomes(asked) == {"ERASURE": "SATISFIED"}
    left = {
        known.label
        for known in holdings()
        if not known.data.erasure_exemption and known.about(asked.subject()).exists()
    }
    assert left == {"privacy.mail"}  # the answer itself
    assert set(Mail.objects.filter(to=alice.email).values_list("message", flat=True)) == {"request_answered"}
    assert count(bob) == before
    assert StoredFile.objects.count() < files
    assert SubjectRequest.objects.filter(pk=asked.pk).exists()


def test_what_is_kept_back_from_an_erasure_stays_and_is_told(dpo_client, people, now):
    alice = people[0]
    asked = checked(ask(now, Kind.ERASURE, email=alice.email), now)
    do(
        dpo_client, asked, "reserve", kind="ERASURE", holding="website.enquiry", ground="CLAIMS",
        reason="A dispute is open.", until="2027-06-30",
    )  # fmt: skip
    assert "they are needed for legal claims" in dpo_client.get(f"{QUEUE}{asked.pk}/held/").content.decode()
    do(dpo_client, asked, "grant")
    assert enquiry_of(alice)
    assert not Application.objects.filter(email=alice.email).exists()
    assert "A dispute is open." in Mail.objects.get(message="request_answered").text


def test_a_right_that_is_withheld_is_not_carried_out(dpo_client, people, now):
    alice = people[0]
    asked = checked(
        ask(now, Kind.ERASURE, Kind.RESTRICTION, Kind.NO_PROSPECTING, email=alice.email, wish="All."), now
    )
    for kind in (Kind.ERASURE, Kind.RESTRICTION):
        do(
            dpo_client,
            asked,
            "decide",
            kind=kind,
            outcome="WITHHELD",
            ground="CLAIMS",
            reason="A dispute is open.",
        )
    before = Enquiry.objects.filter(email=alice.email).count()
    do(dpo_client, asked, "grant")
    assert asked.state == State.ANSWERED
    assert Enquiry.objects.filter(email=alice.email).count() == before
    assert restriction.in_force(asked.subject()) == []
    assert not asked.items.filter(kind__in=[Kind.ERASURE, Kind.RESTRICTION], done_at__isnull=False).exists()


def test_what_a_hold_keeps_is_told_with_a_ground(people, now):
    alice = people[0]
    holds.place(email=alice.email, reason="Court.", review_on=date(2027, 1, 1), now=now)
    asked = checked(ask(now, Kind.ERASURE, email=alice.email), now)
    decisions.grant(asked.pk, now=now)
    assert enquiry_of(alice)
    assert "website.enquiry" in set(
        Reserve.objects.filter(item__request=asked).values_list("holding", flat=True)
    )
    text = Mail.objects.get(message="request_answered").text
    assert "A legal hold" in text
    assert "Court." not in text
    assert "nothing is held" not in text


def test_of_somebody_unknown_nothing_is_held(now):
    asked = checked(ask(now, Kind.ERASURE, email="zelda@example.org"), now)
    Mail.objects.all().delete()
    decisions.grant(asked.pk, now=now)
    assert outcomes(asked) == {"ERASURE": "NOTHING"}
    assert "nothing is held" in Mail.objects.get().text


def test_a_copy_asked_for_together_with_the_erasure_is_made_before_and_can_be_fetched(people, now):
    alice = people[0]
    asked = checked(ask(now, Kind.ACCESS, Kind.ERASURE, email=alice.email), now)
    decisions.grant(asked.pk, now=now)
    assert enquiry_of(alice)
    delivery.build_packages(now=now)
    assert not Enquiry.objects.filter(email=alice.email).exists()
    asked.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(storage.read(asked.package.file))) as archive:
        assert b"canary-alice" in archive.read("data.json")


# Restriction -----------------------------------------------------------------------------------------------------


def test_a_restriction_stands_with_the_answer_and_ends_only_after_the_person_was_told(
    dpo_client, dpo, people, now, today
):
    alice, bob = people
    asked = checked(ask(now, Kind.RESTRICTION, email=alice.email, wish="I contest it."), now)
    do(dpo_client, asked, "grant")
    assert restriction.in_force(asked.subject())
    assert not restriction.in_force(bob.subject())
    assert offered(page_of(dpo_client, asked)) == {"announce", "note", "tell"}
    closed_at = asked.closed_at
    early = do(dpo_client, asked, "announce", day=str(now.date()), reason="Checked.")
    assert early.context["form"].errors.keys() == {"day"}
    assert "Checked." in early.content.decode()
    assert asked.lifts_on is None
    do(dpo_client, asked, "announce", day="2026-11-30", reason="Checked.")
    page = admitted(asked).get(f"/privacy/requests/{asked.pk}/").content.decode()
    assert '<time datetime="2026-11-30">' in page
    assert (asked.lifts_on, asked.closed_at) == (date(2026, 11, 30), closed_at)
    mail = Mail.objects.get(message="request_lifting")
    assert "30 November 2026" in mail.text
    assert "Checked." in mail.text
    assert lift_restriction.lift_due(now=datetime(2026, 11, 29, 22, 59, tzinfo=now.tzinfo)) == 0
    assert restriction.in_force(asked.subject())
    assert lift_restriction.lift_due(now=datetime(2026, 11, 29, 23, 0, tzinfo=now.tzinfo)) == 1
    assert restriction.in_force(asked.subject()) == []
    assert lift_restriction.lift_due(now=datetime(2026, 12, 1, tzinfo=now.tzinfo)) == 0
    assert offered(page_of(dpo_client, asked)) == {"note", "tell"}


def test_no_button_lifts_a_restriction_without_a_word_to_the_person(dpo_client, people, now):
    asked = checked(ask(now, Kind.RESTRICTION, email=people[0].email, wish="I contest it."), now)
    do(dpo_client, asked, "grant")
    (standing,) = restriction.in_force(asked.subject())
    page = "/admin/privacy/restriction/"
    assert "lift" not in dpo_client.get(page).content.decode().partition("<table")[0].lower()
    dpo_client.post(page, {"action": "lift", "_selected_action": [standing.pk]})
    dpo_client.post(f"{page}{standing.pk}/change/", {"lifted_at": str(now), "_save": "Save"})
    assert restriction.in_force(asked.subject()) == [standing]


def test_everything_at_once_is_decided_and_told_together(dpo_client, people, now):
    alice = people[0]
    kinds = [kind for kind in Kind if kind != Kind.NO_NAVIGATION]
    asked = checked(ask(now, *kinds, email=alice.email, wish="All of it."), now)
    correct(dpo_client, asked, enquiry_of(alice), "surname", "Martine")
    do(dpo_client, asked, "decide", kind="OBJECTION", outcome="SATISFIED", reason="Stopped.")
    do(dpo_client, asked, "grant")
    delivery.build_packages(now=now)
    asked.refresh_from_db()
    assert asked.state == State.ANSWERED
    assert set(outcomes(asked).values()) == {Outcome.SATISFIED}
    assert not Enquiry.objects.filter(email=alice.email).exists()
