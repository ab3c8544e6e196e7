"""The page of the policy shows how each of its sentences is kept."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.test import Client

from privacy.policy import publishing
from privacy.promises import checking
from privacy.promises.checking import Evidence, Promise
from tests.privacy.conftest import write_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "root")]
HOSTING = "Here we **stay**. {promise: hosting.sample} Ask us. {right: erasure}\n\nWe wait. {information}"


class Sample:
    """A promise whose check a test can let fail."""

    def __init__(self) -> None:
        self.is_kept = True

    def promises(self) -> list[Promise]:
        return [
            Promise("hosting.sample", "hosting", "We stay here.", "moves", lambda _run: self.found()),
            *(
                Promise(
                    f"hosting.{name}",
                    "hosting",
                    f"{name} stays.",
                    "moves",
                    lambda _run: self.found(),
                    group="hosting.all",
                )
                for name in ("alpha", "beta")
            ),
        ]

    def found(self) -> Evidence:
        return Evidence(self.is_kept, 0 if self.is_kept else 3, among=1234)


@pytest.fixture
def sample(monkeypatch, root, now: datetime) -> Sample:
    made = Sample()
    monkeypatch.setattr(apps.get_app_config("recruitment"), "promises", (made.promises,))
    write_policy(root, 2, hosting=HOSTING, cookies="They stay. {promise: hosting.all}")
    publishing.publish(now=now)
    with time_machine.travel(now, tick=False):
        yield made


def page(address: str = "/privacy/") -> str:
    return re.sub(r"\s+", " ", Client().get(address).content.decode())


def clause(html: str, key: str) -> str:
    return html.split(f'aria-labelledby="{key}"')[1].split("</section>", maxsplit=1)[0]


def check(now: datetime) -> None:
    checking.check(now=now, only=["hosting.sample", "hosting.alpha", "hosting.beta"])


def test_a_clause_opens_the_promises_behind_its_sentences(sample, now):
    check(now)
    said = clause(page(), "hosting")
    assert '<span id="hosting-1">Here we <strong>stay</strong>.</span>' in said
    how = said.split('<details class="kept" id="kept-hosting">')[1]
    for part in (
        'href="#hosting-1">Here we stay.</a>',
        "We stay here.",
        "Moves: 0 of 1,234",
        "checked: 23 Nov 2026, 11:00",
    ):
        assert part in how
    assert 'href="/privacy/requests/new/">Erasure (GDPR, article 17)</a>' in how
    assert "1 sentence here explains something, and promises nothing." in how
    assert "{" not in said


def test_in_french_too(sample, now):
    check(now)
    said = clause(page("/fr/privacy/"), "hosting")
    for part in (
        "Comment c’est tenu",
        "0 sur 1 234",
        'href="/fr/privacy/requests/new/"',
        "n’engage à rien",
        "vérifié",
    ):
        assert part in said.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_a_broken_promise_marks_the_sentence_itself(sample, now):
    sample.is_kept = False
    check(now)
    said = clause(page(), "hosting")
    mark = '<a class="badge bad" href="#kept-hosting">not kept at the moment</a>'
    assert f'<span id="hosting-1" class="broken">Here we <strong>stay</strong>. {mark}</span>' in said
    assert said.count("not kept at the moment") == 1
    assert '<details class="kept" id="kept-hosting" open>' in said
    assert "1 sentence is not kept" in said
    assert "Moves: 3 of 1,234" in said


def test_promises_made_alike_are_counted_and_the_broken_ones_named(sample, now):
    check(now)
    assert "2 checks passed" in clause(page(), "cookies")
    assert "checked: 23 Nov 2026, 11:00" in clause(page(), "cookies")
    sample.is_kept = False
    checking.check(now=now + timedelta(seconds=1), only=["hosting.beta"])
    said = clause(page(), "cookies")
    assert "1 of 2 checks passed" in said
    assert "beta stays." in said
    assert "alpha stays." not in said
    assert 'id="cookies-1" class="broken"' in said


def test_what_was_not_checked_is_said_and_marks_nothing(sample, now):
    said = clause(page(), "hosting")
    assert 'class="broken"' not in said
    assert "not checked" in said
    check(now - timedelta(hours=2))
    assert "not checked" in clause(page(), "hosting")


def test_a_clause_that_promises_nothing_has_no_such_part(sample):
    assert "How this is kept" not in clause(page(), "storage")


def test_an_older_version_shows_its_text_alone(sample, now, root):
    write_policy(root, 3, hosting="Elsewhere. {promise: hosting.sample, hosting.all}")
    publishing.publish(now=now)
    assert "How this is kept" not in page("/privacy/versions/2/")
    assert '<span id="hosting-1">' in page("/privacy/versions/2/")
    assert "How this is kept" in page("/privacy/")


def test_a_right_that_a_later_release_no_longer_serves_is_left_out(sample, monkeypatch):
    monkeypatch.setattr(apps.get_app_config("dsr"), "served_rights", {})
    assert "Here we stay." in clause(page(), "hosting")


def test_a_promise_without_its_check_is_no_explanation(sample, now, monkeypatch):
    assert "no longer has" not in clause(page(), "hosting")
    monkeypatch.setattr(apps.get_app_config("recruitment"), "promises", ())
    for key, anchor in (("hosting", "hosting-1"), ("cookies", "cookies-1")):
        said = clause(page(), key)
        assert f'<dt><a href="#{anchor}">' in said
        assert "This release no longer has what the sentence was published with." in said
    assert "1 sentence here explains something, and promises nothing." in clause(page(), "hosting")
    assert "explain" not in clause(page(), "cookies")


def test_the_page_asks_the_database_no_more_for_more_promises(sample, now, django_assert_max_num_queries):
    check(now)
    Client().get("/privacy/")
    with django_assert_max_num_queries(8):
        Client().get("/privacy/")


def test_the_json_carries_the_sentences(sample, now):
    check(now)
    said = {
        each["key"]: each["sentences"] for each in Client().get("/privacy/promises.json").json()["promises"]
    }
    assert said["hosting.sample"][0] == {"anchor": "hosting-1", "text": "Here we stay."}
    assert [each["text"] for each in said["hosting.beta"]] == ["All is kept.", "They stay."]
    assert {key for key, sentences in said.items() if not sentences} == set()
