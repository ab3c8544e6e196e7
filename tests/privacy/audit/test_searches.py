"""Searched words travel by POST, stay in the session for some minutes, and stand in no address."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from privacy.audit import looks, searches
from privacy.audit.models import AuditEntry
from privacy.datamap.subjects import fingerprint
from tests import actors
from tests.conftest import ALICE, BOB
from tests.desk_searches import search
from tests.softnlabs.enquiries.factories import make_enquiry

pytestmark = pytest.mark.django_db
LIST = "/admin/website/enquiry/"


@pytest.fixture
def rows(now):
    return [make_enquiry(email, received_at=now, language="en") for email in (ALICE, BOB)]


def shown(page) -> set[int]:
    return {row.pk for row in page.context_data["cl"].result_list}


def test_the_words_are_in_no_address_and_the_list_is_still_filtered_and_turned(dpo_client, rows):
    alice, _bob = rows
    sent = dpo_client.post(LIST, {"q": ALICE}, query_params={"language__exact": "en", "p": "3"})
    where = sent.headers["Location"]
    assert where.startswith(f"{LIST}?language__exact=en&found=")
    page = dpo_client.get(where)
    assert shown(page) == {alice.pk}
    links = [part.split('"')[0] for part in page.text.split('href="')[1:]]
    assert [link for link in links if "alice" in link.lower()] == []
    key = where.partition("found=")[2]
    assert any(f"found={key}" in link and "o=" in link for link in links)  # the order of the same search
    assert shown(dpo_client.get(f"{LIST}?found={key}&language__exact=fr")) == set()


def test_an_old_address_with_words_searches_nothing_and_loses_them(dpo_client, rows):
    answer = dpo_client.get(f"{LIST}?q={ALICE}&language__exact=en")
    assert answer.headers["Location"] == f"{LIST}?language__exact=en"
    page = dpo_client.get(answer.headers["Location"])
    assert shown(page) == {row.pk for row in rows}
    assert "Addresses no longer hold searched words" in page.text


def test_a_search_is_forgotten_some_minutes_after_its_last_use(dpo_client, rows):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        where = dpo_client.post(LIST, {"q": ALICE}).headers["Location"]
        for later in (9, 18):  # each use lets it go on
            clock.move_to(start + timedelta(minutes=later), tick=False)
            assert len(shown(dpo_client.get(where))) == 1
        clock.move_to(start + timedelta(minutes=18) + searches.KEPT_FOR, tick=False)
        gone = dpo_client.get(where)
        assert gone.headers["Location"] == LIST
        assert "This search has ended" in dpo_client.get(LIST).text
        assert dpo_client.session[searches.SESSION_KEY] == {}


def test_a_search_belongs_to_one_list_and_one_session_and_ends_with_it(dpo_client, dpo, rows):
    where = dpo_client.post(LIST, {"q": ALICE}).headers["Location"]
    elsewhere = where.replace(LIST, "/admin/privacy/mail/")
    assert dpo_client.get(elsewhere).headers["Location"] == "/admin/privacy/mail/"
    other = Client()
    actors.sign_in(other, dpo)
    assert other.get(where).headers["Location"] == LIST
    dpo_client.post("/admin/logout/")
    actors.sign_in(dpo_client, dpo)
    assert dpo_client.get(where).headers["Location"] == LIST


def test_a_search_is_on_record_once_without_its_words(dpo_client, dpo, rows):
    search(dpo_client, LIST, "no such surname")
    where = dpo_client.post(LIST, {"q": ALICE.upper()}).headers["Location"]
    for _time in range(3):
        dpo_client.get(where)
    by_name, by_address = AuditEntry.objects.filter(action="website.enquiry.searched").order_by("pk")
    assert (by_name.actor, by_name.about, by_name.detail) == (f"user:{dpo.pk}", "", {"found": 0})
    assert (by_address.about, by_address.detail) == (fingerprint(ALICE), {"found": 1})
    assert "alice" not in str(by_address.__dict__).lower()
    assert looks.is_look("website.enquiry.searched")


@pytest.mark.parametrize("words", ["", "   ", "\0"])
def test_no_words_are_no_search(dpo_client, rows, words):
    assert dpo_client.post(LIST, {"q": words}).headers["Location"] == LIST
    assert not AuditEntry.objects.exists()


def test_who_may_not_see_a_list_cannot_search_it(client, clerk, rows):
    actors.sign_in(client, clerk)
    assert client.post(LIST, {"q": ALICE}).status_code == 403
    assert searches.SESSION_KEY not in client.session


def test_only_some_searches_are_kept(dpo_client, rows):
    for number in range(searches.MOST + 3):
        dpo_client.post(LIST, {"q": f"word {number}"})
    assert len(dpo_client.session[searches.SESSION_KEY]) == searches.MOST
