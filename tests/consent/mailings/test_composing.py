"""The mail of a campaign, for everybody and for one person."""

import pytest

from consent.mail_preferences import links
from consent.mailings import clicks, composing
from consent.mailings.models import Mailing
from privacy.companies.models import Entity
from privacy.mail.models import Mail
from tests.conftest import ALICE, BOB
from tests.consent.mailings.factories import LINK, make_mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing() -> Mailing:
    return make_mailing()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nobody_is_in_it_before_it_is_addressed(mailing, language):
    composed = composing.compose(mailing, language=language)
    marks = (composing.PREFERENCES, composing.UNSUBSCRIBE, clicks.PERSON)
    assert all(mark in words for words in (composed.html, composed.text) for mark in marks)
    mail = composed.address(ALICE)
    assert not any(mark in words for words in (mail.html, mail.text) for mark in marks)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_gets_their_own_addresses(mailing, language):
    composed = composing.compose(mailing, language=language)
    for email in (ALICE, BOB):
        mail = composed.address(email)
        own = [links.preferences(email, language=language), links.unsubscribe(email, language=language)]
        assert all(f'href="{address}"' in mail.html and address in mail.text for address in own)
        assert mail.unsubscribe == own[1]
        assert f"/{links.token(email)}/" in mail.html
    assert links.token(ALICE) not in composed.address(BOB).html
    assert ALICE not in composed.address(ALICE).html


def test_links_lead_over_ours_in_html_and_text_and_no_picture_watches(mailing):
    mail = composing.compose(mailing, language="en").address(ALICE)
    assert LINK not in mail.text
    assert LINK.replace("&", "&amp;") not in mail.html
    assert mail.html.count("/news/") == mail.text.count("/news/") == 2
    assert "mailto:c@example.org" in mail.html
    assert "<img" not in mail.html


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "You receive this message because"), ("fr", "Vous recevez ce message parce")],
)
def test_who_writes_and_why_stand_in_each_mail(mailing, language, words):
    Mailing.objects.update(body_en="Nothing else", body_fr="Rien d’autre")
    mailing.refresh_from_db()
    mail = composing.compose(mailing, language=language).address(ALICE)
    for shown in (mail.html, mail.text):
        assert words in shown
        assert "SIREN 818 145 302" in shown


def test_the_company_that_the_person_agreed_to_is_named(mailing, now):
    Entity.objects.create(name="Other company", siren="732 829 320", since=now.date())
    Mailing.objects.update(entity="732 829 320")
    mailing.refresh_from_db()
    assert "commercial e-mails from Other company" in composing.compose(mailing, language="en").text


def test_a_test_says_that_it_is_one_and_has_real_links(mailing, now, acting):
    composing.send_test(mailing, language="en", to=ALICE, now=now)
    mail = Mail.objects.get()
    assert mail.subject == "Test: News of May"
    assert "You sent this test to yourself." in mail.text
    assert links.unsubscribe(ALICE, language="en") in mail.html
    assert LINK in mail.text
