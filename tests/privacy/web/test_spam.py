"""Forms that programs fill in are shown once more; what a person typed is never lost."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.core.signing import TimestampSigner
from django.test import Client

from privacy import plugins
from privacy.web import spam
from tests.house.collecting_forms import FORMS

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("key", FORMS)
LATER = 10.0


@pytest.fixture(autouse=True)
def _guarded(settings) -> None:
    settings.FORM_LEAST_AGE = timedelta(seconds=3)


@pytest.fixture
def moved(monkeypatch) -> Any:
    """Move the clock of the stamps."""
    seconds = [1_800_000_000.0]
    monkeypatch.setattr("django.core.signing.time.time", lambda: seconds[0])
    return seconds


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def sent(client: Client, key: str, page: str, **more: str) -> Any:
    form = FORMS[key]
    files = (
        {}
        if "cv-kept" in page and hidden(page, "cv-kept")
        else {name: make() for name, make in form.files.items()}
    )
    names = ("collected_for", "shown_at", "cv-kept")
    facts = {name: value for name in names if (value := hidden(page, name))}
    return client.post(form.address, {**form.typed, **facts, **files, **more})


def rows(key: str) -> int:
    return sum(apps.get_model(label).objects.count() for label in plugins.forms()[key].holdings)


@EACH
def test_a_form_at_the_pace_of_a_person_passes(client: Client, key, moved):
    page = client.get(FORMS[key].address).text
    moved[0] += LATER
    assert sent(client, key, page).status_code == 302


@EACH
@pytest.mark.parametrize("how", ["quick", "old", "none", "forged", "honeypot"])
def test_otherwise_it_is_shown_once_more_with_what_was_typed_and_then_passes(client: Client, key, moved, how):
    page = client.get(FORMS[key].address).text
    before = rows(key)
    moved[0] += {"quick": 1.0, "old": 90_000.0}.get(how, LATER)
    more = {
        "none": {"shown_at": ""},
        "forged": {"shown_at": TimestampSigner(salt="else").sign("first")},
        "honeypot": {"homepage": "https://spam.example"},
    }.get(how, {})
    again = sent(client, key, page, **more)
    assert again.status_code == 200
    assert "press the button once more" in again.text
    assert "spam.example" not in again.text
    assert rows(key) == before
    form = again.context["form"]
    for name, typed in FORMS[key].typed.items():
        assert form[name].value() in (typed, [typed], typed == "on")
    assert sent(client, key, again.text).status_code == 302


@EACH
@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_nobody_sees_the_field_that_catches_programs(client: Client, key, prefix):
    page = client.get(prefix + FORMS[key].address).text
    box = re.search(r'<div hidden aria-hidden="true">.*?</div>', page, re.DOTALL)
    assert box
    assert all(word in box[0] for word in ('name="homepage"', 'tabindex="-1"', 'autocomplete="off"'))
    assert page.count('name="homepage"') == 1


def test_a_stamp_from_a_form_shown_again_ends_too(client: Client, moved):
    client.get("/contact/")
    stamp = spam.SIGNER.sign(spam.AGAIN)
    moved[0] += 90_000
    assert client.post("/contact/", {**FORMS["website.contact"].typed, "shown_at": stamp}).status_code == 200


def test_a_mistake_is_named_alone(client: Client, moved):
    """Who has something to correct presses again anyway."""
    page = client.post("/contact/", {"surname": "Martin"}).text
    assert "once more" not in page
