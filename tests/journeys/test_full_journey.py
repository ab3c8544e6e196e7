"""The whole way, once, in each language: from a visitor's choice to a purge."""

from pathlib import Path

import pytest
from django.utils import translation

from privacy.visits.models import Visit
from recruitment.applications.models import Application
from tests.journeys import old_data, story
from tests.journeys.conftest import People
from tests.journeys.story import BrowserUser
from tests.site import Site

LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])
OPTIONAL = {"interests", "seen", "measure"}


@pytest.fixture
def controller(people: People, controller_state: str, language: str) -> BrowserUser:
    """The controller, signed in with the password that she chose at the first start."""
    return BrowserUser(people.arrive(storage_state=controller_state), language, "Controller")


@LANGUAGES
def test_from_a_choice_to_an_answer(people: People, controller: BrowserUser, language: str, tmp_path: Path):
    alice = BrowserUser(people.arrive(locale=language), language, "Alice")
    bob = BrowserUser(people.arrive(locale=language), language, "Bob")

    story.chooses(bob, "Refuse all")
    story.writes(bob, f"canary-bob-{language}")
    assert not bob.cookie_names() & OPTIONAL

    story.chooses(alice, "Accept all")
    story.reads_the_policy(alice)
    story.writes(alice, f"canary-alice-{language}")
    story.confirms_commercial_mail(alice)
    story.applies(alice, f"canary-cv-{language}", tmp_path)
    request_page, reference = story.asks(alice)

    story.grants(controller, reference, alice.email)

    with story.fetches(alice, request_page, tmp_path) as package:
        found = story.held(package)
        everything = b"".join(package.read(name) for name in package.namelist())
        cvs = [name for name in package.namelist() if name.endswith(f"canary-cv-{language}.pdf")]
    assert len(cvs) == 1
    for holding in ("website.enquiry", "recruitment.application", "privacy.visit", "consent.consentevent"):
        assert found[holding], holding
    assert f"canary-alice-{language}".encode() in everything
    assert b"canary-bob" not in everything
    assert bob.email.encode() not in everything


@LANGUAGES
def test_what_is_past_its_period_goes_and_the_certificate_says_so(
    controller: BrowserUser, site: Site, language: str
):
    site.manage("shell", "-c", f"from tests.journeys import old_data; old_data.make({language!r})")
    certificate = story.purges(controller).locator("#content-main table").inner_text()
    with translation.override(language):
        for label in (Application.personal_data.label, Visit.personal_data.label):
            assert str(label) in certificate
    left = site.manage("shell", "-c", "from tests.journeys import old_data; old_data.show()").splitlines()
    assert f"{language}.{old_data.YOUNG}" in left
    assert f"{language}.{old_data.OLD}" not in left
    assert f"/young/{language}/" in left
    assert f"/old/{language}/" not in left
    assert left[-1] == "files True"
