"""The address of the company is said in one way, with its street, on whatever prints it."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as site
from django.test import Client

from dsr.intake import letter_form
from privacy.breaches import drafts
from privacy.mail import letters, rendering
from privacy.policy import placeholders
from privacy.web import company_address
from tests.house.messages import facts, messages
from tests.privacy.factories import make_breach

TYPED = "1 rue d’Ossau & fils"
ON_ONE_LINE = f"{TYPED}, 64290 Gan, France"


@pytest.fixture(autouse=True)
def street(settings) -> None:
    settings.ENTITY = {**settings.ENTITY, "street": TYPED}


def test_what_the_settings_leave_out_is_left_out(settings):
    settings.ENTITY = {**settings.ENTITY, "street": ""}
    assert company_address.lines() == ["64290 Gan", "France"]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("message", messages())
def test_each_mail_ends_with_it(message: str, language: str):
    rendered = rendering.render(message, facts(message), language=language)
    assert ON_ONE_LINE in rendered.text().rpartition("\n--\n")[2]
    assert "rue d’Ossau &amp; fils" in rendered.html


def test_whoever_has_to_prove_who_they_are_learns_where_to_write():
    body = rendering.render("request_identity", facts("request_identity"), language="en").text()
    assert f"SoftNLabs, {ON_ONE_LINE}" in body.rpartition("\n--\n")[0]


@pytest.mark.django_db
def test_the_notice_to_the_authority_has_it(now):
    assert ON_ONE_LINE in drafts.for_authority(make_breach(aware_at=now), now=now).text()


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/", "/fr/"])
def test_the_foot_of_each_page_has_it(client: Client, page: str):
    assert "1 rue d’Ossau &amp; fils, 64290 Gan, France</p>" in client.get(page).content.decode()


@pytest.mark.django_db
def test_the_policy_and_both_letters_have_it(monkeypatch):
    printed = []
    monkeypatch.setattr(letters.pdf, "render", lambda name, data: printed.append(data) or b"")
    message = rendering.render("request_message", facts("request_message"), language="en")
    letters.render(message, to=["Alice"], reference="ABCD", language="en", today=date(2026, 11, 23))
    letter_form.letter("en")
    assert placeholders.in_language("en")["entity.address"] == ON_ONE_LINE
    reply, form = printed
    assert reply["from"][-3:] == form["to"][-3:] == [TYPED, "64290 Gan", "France"]


def test_no_template_writes_it_out():
    found = [path for path in Path(site.BASE_DIR).glob("*/**/*.html") if ".venv" not in path.parts]
    assert len(found) > 100
    assert [path.name for path in found if ".postcode }} {{" in path.read_text()] == []
