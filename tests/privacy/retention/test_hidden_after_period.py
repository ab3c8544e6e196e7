"""What is past its period is readable nowhere, though no purge has run for a week: a walk through every page."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from dateutil.relativedelta import relativedelta
from django.contrib import admin
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import override

from consent.ledger.models import ConsentTerm
from dsr.package.archive import compile_zip
from dsr.requests.models import SubjectRequest
from dsr.rules.states import RequestState
from privacy.datamap.registry import Holding, holdings
from softnlabs.website.accounts.models import User
from tests import actors, desk_searches
from tests import holdings as made
from tests.dsr.factories import plain_request
from tests.house.addresses import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
WEEK = timedelta(days=7)
IN_USE = {"website.user", "mfa.authenticator"}  # her account, and what ends with it
PAGES_OF_A_RECORD = tuple(f"<path:object_id>/{page}" for page in ("", "change/", "history/", "delete/"))


@pytest.fixture
def alice(now) -> made.SamplePerson:
    """Everything about her ended a week ago at least; nobody purged."""
    person = made.person("alice", now)
    for label, make in made.MAKERS.items():
        if label not in IN_USE:
            known = next(known for known in holdings() if known.label == label)
            make(person, since_so_that_it_ended(known, now - WEEK))
    long_ago = now - relativedelta(
        years=9
    )  # requests under records with a shorter period end later, or not at all
    SubjectRequest.objects.filter(closed_at=None).update(state=RequestState.WITHDRAWN, closed_at=long_ago)
    SubjectRequest.objects.update(closed_at=long_ago)
    ConsentTerm.objects.update(ended_at=long_ago)  # the proof of a yes is kept for longer than the prospect
    User.objects.filter(pk=person.account).update(first_name="Alice", last_login=now)
    return person


def since_so_that_it_ended(known: Holding, at: datetime) -> datetime:
    since = at - timedelta(days=31)
    while known.data.keep.period.after(since) > at:
        since -= timedelta(days=31)
    return since


@pytest.fixture
def at_the_desk(dpo, now) -> Iterator[Client]:
    with time_machine.travel(now, tick=False):
        client = Client()
        actors.sign_in(client, dpo)
        yield client


def rows_of(person: made.SamplePerson) -> Iterator[tuple[Holding, object]]:
    for known in holdings():
        if known.label not in IN_USE:
            yield from ((known, row.pk) for row in known.about(person.subject()))


def test_there_is_something_past_its_period_in_every_holding(alice, now):
    empty = {known.label for known in holdings()} - {known.label for known, _key in rows_of(alice)}
    of_browsers = {"privacy.visit", "privacy.recordingobjection"}  # no person is looked up in them
    assert empty == IN_USE | of_browsers
    live = {
        known.label for known in holdings() if known.live(now, among=known.about(alice.subject())).exists()
    }
    assert live == {"website.user"}  # without a second step, which would end with it


def test_no_public_page_and_no_page_of_the_desk_shows_it(alice, at_the_desk, now):
    public = [address for address in walk(alice) if not address.startswith(("/admin/", "/fr/admin/"))]
    for client, asked in ((at_the_desk, walk(alice)), (Client(), public)):
        for number, address in enumerate(asked):
            if number % 200 == 0:
                # Shows the messages that wait in the session, which would else grow with each redirect.
                assert alice.canary.encode() not in client.get("/admin/").content
            answer = client.get(address)
            if address.startswith(("/mail/", "/fr/mail/")):
                continue  # the mailbox of the local mode is the outside world
            said = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert alice.canary.encode() not in said, address


def walk(alice: made.SamplePerson) -> Iterator[str]:
    """Every address of the site with the keys of what is past, and every list of the desk."""
    rows = [(known.model, str(key)) for known, key in rows_of(alice)]
    keys = {key for _model, key in rows}
    for route in addresses():
        if route.endswith(PAGES_OF_A_RECORD):
            continue  # Django's own pages of one record come below, each with the records of its model
        if "<" not in route and "(?P" not in route:
            yield route.replace("^", "").replace("$", "")
            continue
        if route.startswith("/fr/"):
            continue  # the same view with the same rows: what has no key is asked for in both languages
        yield from filter(leads_somewhere, (fill(route, key) for key in keys))
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for key in (key for owner, key in rows if owner is model):
            yield from (reverse(f"{name}_{page}", args=[key]) for page in ("change", "history", "delete"))


def leads_somewhere(address: str) -> bool:
    """Whether a view answers there; a number where the route wants a word is the one page of what does not exist."""
    try:
        with override("fr" if address.startswith("/fr/") else "en"):
            resolve(address)
    except Resolver404:
        return False
    return True


def fill(route: str, key: str) -> str:
    parts = [key if part.startswith("<") else part for part in route.split("/")]
    return "/".join(parts).replace("^", "").replace("$", "").split("(?P")[0]


def test_no_change_page_of_the_desk_opens_it(alice, at_the_desk):
    registered = set(admin.site._registry)
    opened = [
        known.label
        for known, key in rows_of(alice)
        if known.model in registered
        and at_the_desk.get(reverse(f"admin:{known.label.replace('.', '_')}_change", args=[key])).status_code
        == 200
    ]
    assert opened == []


def test_no_list_of_the_desk_counts_it(alice, at_the_desk, now):
    counted = []
    for known in holdings():
        if known.model in admin.site._registry and known.label != "website.user":
            answer = at_the_desk.get(reverse(f"admin:{known.label.replace('.', '_')}_changelist"))
            rows = answer.context_data["cl"].queryset if answer.context_data else []
            counted += [known.label for row in rows if known.expires_at(row) and known.expires_at(row) <= now]
    assert counted == []


def test_no_search_of_the_desk_finds_it(alice, at_the_desk):
    searched = [model._meta for model, page in admin.site._registry.items() if page.search_fields]
    assert searched
    for opts in searched:
        for word in (alice.canary[:-1], alice.email):  # not the whole word: the page says what was looked for
            address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
            assert alice.canary not in desk_searches.search(at_the_desk, address, word).text, (address, word)


def test_no_package_holds_it(alice, now):
    asked = plain_request(alice.email, "Alice", now)
    with zipfile.ZipFile(io.BytesIO(compile_zip(asked, now=now).content)) as package:
        said = {name: package.read(name) for name in package.namelist()}
    assert [name for name, content in said.items() if b"Alice" in content]
    assert [name for name, content in said.items() if alice.canary.encode() in content] == []
