"""A click counts for the campaign, and for nobody."""

import logging
from datetime import timedelta

import pytest
import time_machine
from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consent.mail_preferences import links
from consent.mailings import clicks
from consent.mailings.models import Mailing
from consent.mailings.states import MailingState
from consent.prospecting.models import Prospect
from privacy.web import signed_links
from tests.conftest import ALICE, BOB
from tests.consent.mailings.factories import LINK, OTHER_LINK, make_mailing, make_prospect

pytestmark = pytest.mark.django_db
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def mailing(now) -> Mailing:
    return make_mailing(state=MailingState.SENDING, scheduled_at=now)


@pytest.fixture
def browser() -> Client:
    return Client(headers={"User-Agent": FIREFOX})


def address(mailing: Mailing, *, link: str = LINK, language: str = "en", email: str = ALICE) -> str:
    whole = clicks.wrap(mailing, language)[link]
    return whole.replace(clicks.PERSON, links.token(email)).removeprefix(signed_links.absolute(""))


def clicked(mailing: Mailing) -> int:
    mailing.refresh_from_db()
    return mailing.clicked


def test_each_link_to_a_page_leads_over_ours_and_an_address_stays(mailing, browser):
    assert set(clicks.wrap(mailing, "en")) == {LINK, OTHER_LINK}
    assert set(clicks.wrap(mailing, "fr")) == {OTHER_LINK}
    for link, language in ((LINK, "en"), (OTHER_LINK, "en"), (OTHER_LINK, "fr")):
        answer = browser.get(address(mailing, link=link, language=language))
        assert (answer.status_code, answer.headers["Location"]) == (302, link)


def test_it_counts_for_the_campaign_and_moves_the_last_contact_of_the_person(mailing, browser, now):
    before = now - timedelta(days=400)
    for email in (ALICE, BOB):
        make_prospect(email, now=before)
    browser.get(address(mailing))
    assert clicked(mailing) == 1
    assert Prospect.objects.get(email=ALICE).last_contact_at > now - timedelta(minutes=1)
    assert Prospect.objects.get(email=BOB).last_contact_at == before


def test_nothing_else_is_left(mailing, browser, now, caplog):
    """Neither a row nor a changed one, and no line that names the person or their token."""
    make_prospect(ALICE, now=now - timedelta(days=400))
    where = address(mailing)
    before = {model: model._base_manager.count() for model in apps.get_models()}
    with caplog.at_level(logging.DEBUG), CaptureQueriesContext(connection) as queries:
        browser.get(where)
    assert {model: model._base_manager.count() for model in apps.get_models()} == before
    written = [
        query["sql"] for query in queries if not query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))
    ]
    assert [sql.split()[1] for sql in written] == ['"consent_mailing"', '"consent_prospect"']
    logged = "\n".join(line.getMessage() for line in caplog.records if line.name != "django.db.backends")
    assert links.token(ALICE) not in logged
    assert ALICE not in logged


def test_no_cookie_is_set_and_the_page_learns_nothing(mailing, browser):
    answer = browser.get(address(mailing))
    assert not answer.cookies
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "headers",
    [{"User-Agent": GOOGLE}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}],
)
def test_robots_and_who_looks_ahead_do_not_count(mailing, now, headers):
    make_prospect(ALICE, now=now - timedelta(days=400))
    answer = Client(headers={"User-Agent": FIREFOX, **headers}).get(address(mailing))
    assert answer.headers["Location"] == LINK
    assert clicked(mailing) == 0
    assert Prospect.objects.get().last_contact_at == now - timedelta(days=400)


def test_head_does_not_count_and_nothing_is_posted(mailing, browser):
    assert browser.head(address(mailing)).headers["Location"] == LINK
    assert browser.post(address(mailing)).status_code == 405
    assert clicked(mailing) == 0


def test_who_is_gone_is_led_on_and_not_listed_again(mailing, browser):
    assert browser.get(address(mailing)).headers["Location"] == LINK
    assert clicked(mailing) == 1
    assert not Prospect.objects.exists()


def test_a_token_that_was_cut_still_leads_on(mailing, browser):
    where = address(mailing).replace(links.token(ALICE), links.token(ALICE)[:-3])
    assert browser.get(where).headers["Location"] == LINK
    assert browser.get(address(mailing).replace(links.token(ALICE), "é")).headers["Location"] == LINK


def test_it_works_after_years_and_with_a_new_key(mailing, browser, settings, now):
    where = address(mailing)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of the site, which is long enough"
    make_prospect(ALICE, now=now)
    with time_machine.travel(now + relativedelta(years=2), tick=False):
        assert browser.get(where).headers["Location"] == LINK
    assert Prospect.objects.get().last_contact_at > now + relativedelta(years=1)


@pytest.mark.parametrize("change", ["0-", "9", "other"])
def test_it_leads_nowhere_else(mailing, browser, change):
    """An altered number, and a token made with another salt."""
    where = address(mailing)
    token = where.split("/")[2]
    forged = {"0-": token.replace("-0.", "-1."), "9": f"{mailing.pk + 1}{token[len(str(mailing.pk)) :]}"}
    altered = forged.get(change) or clicks.signing.Signer(sep=".", salt="other").sign(f"{mailing.pk}-en-0")
    assert browser.get(where.replace(token, altered)).status_code == 404
    assert clicked(mailing) == 0


def test_the_text_of_another_campaign_gives_no_target(mailing, browser):
    """Each address names its own campaign: one that is gone leads nowhere."""
    where = address(mailing)
    mailing.delete()
    assert browser.get(where).status_code == 404


def test_a_draft_counts_nothing(now, browser):
    mailing = make_mailing()
    browser.get(address(mailing))
    assert clicked(mailing) == 0
