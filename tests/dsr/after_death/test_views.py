"""Instructions after death, from the form to the record: confirmed by mail, replaced, withdrawn."""

from datetime import timedelta

import pytest
from django.test import Client

from dsr.after_death import instructions
from dsr.after_death.models import Instructions, UnconfirmedInstructions
from dsr.intake.tasks import tell_unconfirmed
from privacy.journal import entries
from privacy.mail.models import Mail
from tests.dsr.after_death.pages import FILLED, NEW, confirm
from tests.dsr.pages import link_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


def recorded(client: Client, **changes: str) -> None:
    assert client.post(NEW, {**FILLED, **changes}).url == "/privacy/instructions/sent/"
    confirm(client)


def test_nothing_is_recorded_before_the_button_behind_the_link_is_pressed(client: Client):
    client.post(NEW, FILLED)
    assert Mail.objects.get().to == "alice@example.org"
    page = client.get(link_in("instructions_confirm"), follow=True).content.decode()
    for words in ("hand a copy over to the person", "Zoé Son, born on 3 March 1990", "My letters too."):
        assert words in page
    assert Instructions.objects.count() == 0
    assert client.post("/privacy/instructions/confirm/").url == "/privacy/instructions/recorded/"
    found = Instructions.objects.get()
    assert (found.email, found.full_name(), found.wish) == ("alice@example.org", "Alice Martin", "HAND_OVER")
    assert UnconfirmedInstructions.objects.count() == 0
    copy = Mail.objects.get(message="instructions_recorded")
    assert "Zoé Son, born on 3 March 1990" in copy.text
    assert client.post("/privacy/instructions/confirm/").status_code == 410


def test_the_last_ones_count(client: Client, today):
    recorded(client)
    today.shift(60)
    recorded(client, email="bob@example.org", surname="Durand", first_name="Bob")
    today.shift(60)
    recorded(client, wish="ERASE", recipient="")
    found = Instructions.objects.get(email="alice@example.org")
    assert (found.wish, found.recipient) == ("ERASE", "")
    assert Instructions.objects.get(email="bob@example.org").wish == "HAND_OVER"


def test_they_are_withdrawn_by_the_same_form_and_stay_so_after_a_restore(client: Client, today):
    recorded(client, email="bob@example.org")
    today.shift(60)
    recorded(client)
    today.shift(60)
    assert client.post(NEW, {**FILLED, "wish": "WITHDRAW"}).status_code == 302
    client.get(link_in("instructions_confirm"))
    assert client.post("/privacy/instructions/confirm/").url == "/privacy/instructions/withdrawn/"
    assert Instructions.objects.get().email == "bob@example.org"
    assert [entry.action for entry in entries.all_lines()] == ["dsr.instructions.withdrawn"]


def test_a_form_over_the_limit_of_its_mailbox_is_kept_and_its_link_mailed_later(client: Client, today, now):
    for _each in range(7):
        assert client.post(NEW, FILLED).url == "/privacy/instructions/sent/"
    mails = Mail.objects.filter(message="instructions_confirm")
    assert (UnconfirmedInstructions.objects.count(), mails.count()) == (7, 5)
    assert instructions.mail_waiting(now=now) == 0, "the limit holds"
    later = now + timedelta(hours=2)
    today.move_to(later)
    tell_unconfirmed()
    assert mails.count() == 7
    assert "30 November 2026" in mails.latest("pk").text, "counted from the day of the form"
    assert instructions.mail_waiting(now=later) == 0
    (link,) = [word for word in mails.latest("pk").text.split() if "/confirm/" in word]
    client.get(link[link.index("/privacy") :])
    assert client.post("/privacy/instructions/confirm/").status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipient": ""}, "recipient"),
        ({"wish": ""}, "wish"),
        ({"surname": ""}, "surname"),
        ({"email": "no address"}, "email"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(client: Client, changes: dict[str, str], field: str):
    page = client.post(NEW, {**FILLED, **changes})
    assert page.context["form"].errors.keys() == {field}
    assert UnconfirmedInstructions.objects.count() == 0


def test_an_old_link_opens_nothing(client: Client, today, now):
    client.post(NEW, FILLED)
    link = link_in("instructions_confirm")
    today.move_to(now + timedelta(days=8))
    assert client.get(link, follow=True).status_code == 410


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/privacy/young-people/", "You are 15 or older: you decide alone"),
        ("/fr/privacy/young-people/", "Tu as 15 ans ou plus"),
    ],
)
def test_the_page_for_young_people_names_the_age_from_which_they_decide(
    client: Client, address: str, words: str
):
    assert words in client.get(address).content.decode()
    asked = client.get(address.replace("young-people", "requests/new")).content.decode()
    assert f'href="{address}"' in asked
