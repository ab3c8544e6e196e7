"""Each address answers each role, under each method, with exactly the status that ``answers.txt`` says.

The objects asked for exist (see ``address_samples.py``), and for each kind there is one that does not. A new address
fails here until its rows are written; the failure says what it answers now, for whoever adds it to judge.
"""

import copy
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from dsr.follow_up import session_grants
from dsr.messages import emails
from tests import actors, sample_site
from tests.house.address_samples import AddressSamples, SampleAddress
from tests.house.addresses import addresses

TABLE = Path(__file__).with_name("answers.txt")
OF_GROUPS = Path(__file__).with_name("answers_of_groups.txt")
ROLES = ("anonymous", "person", "client", "clerk", "recruiter", "controller")
READ_AND_WRITE = ("get", "post")
OTHER_METHODS = ("head", "options")
NOWHERE = ("put", "patch", "delete", "trace")  # 405 at every address, so the table need not say it
# One of each other shipped group, and a superuser without a training. What they are answered where a clerk, who may do
# nothing, is answered otherwise stands in a table of its own: it is all that they may see and do.
GROUPS = ("sales", "support", "security", "service company", "untrained")
ASKED_BY_OTHER_METHODS = ("anonymous", "clerk", "controller")  # nobody, who may nothing, who may everything
# A number, or the random key of a picture, which may happen to hold no digit.
OF_AN_OBJECT = re.compile(r"\d|^[a-z]{12}$")
Answers = dict[tuple[str, str], int]  # the status by method and address
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def written(role: str) -> Answers:
    """What the table says of one role."""
    answers: Answers = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            address, methods, *statuses = line.split()
            status = statuses[ROLES.index(role)]
            for method in methods.split(","):
                if method in READ_AND_WRITE or role in ASKED_BY_OTHER_METHODS:
                    assert (method, address) not in answers, f"{address} stands there twice for {method}"
                    answers[method, address] = int(status)
    return answers


def written_of_group(role: str) -> Answers:
    """As a clerk, except for what the table of groups says."""
    answers, found = written("clerk"), False
    for line in OF_GROUPS.read_text().splitlines():
        if line.startswith("["):
            found = line == f"[{role}]"
        elif found and line and not line.startswith("#"):
            address, methods, status = line.split()
            for method in methods.split(","):
                assert answers[method, address] != int(status), f"{address} says what is true of a clerk"
                answers[method, address] = int(status)
    return {row: status for row, status in answers.items() if row[0] in READ_AND_WRITE}


def _answered_alike() -> set[tuple[str, str]]:
    """What nobody, staff who may nothing and the controller are answered alike."""
    nobody, clerk, controller = (written(role) for role in ASKED_BY_OTHER_METHODS)
    return {row for row, status in nobody.items() if status == clerk.get(row) == controller.get(row)}


ALIKE = _answered_alike()


def _browser(role: str, site: sample_site.SampleSite) -> Client:
    """A browser of that role. ``person`` came by the mailed links of the requests, and has no account."""
    client = Client(raise_request_exception=False)
    if role in site.staff:
        actors.sign_in(client, site.staff[role])
    elif role == "person":
        session = client.session
        for request in (*site.requests.values(), site.rows["dsr.sentletter"].request):
            session_grants.grant(session, emails.FOLLOW, request.pk, now=timezone.now())
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def _asked(samples: AddressSamples, role: str) -> Iterator[tuple[str, SampleAddress]]:
    """Reading and writing; an audit asks for each object of an address, a build for the first one."""
    last = None if "ALL_OBJECTS" in os.environ else 1
    for route in addresses():
        yield from _asked_of(list(samples.of(route))[:last], role)


def _asked_of(of_route: list[SampleAddress], role: str) -> Iterator[tuple[str, SampleAddress]]:
    """Reading and writing for each object of an address; for the first one the other methods too."""
    for number, address in enumerate(of_route):
        with_others = number == 0 and role in ASKED_BY_OTHER_METHODS
        methods = (*READ_AND_WRITE, *OTHER_METHODS) if with_others else READ_AND_WRITE
        yield from ((method, address) for method in methods)


def _answer(client: Client, method: str, address: SampleAddress) -> int:
    return _response(client, method, address).status_code


def _response(client: Client, method: str, address: SampleAddress) -> HttpResponse:
    """What the request did is undone."""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        response = getattr(client, method)(address.asked)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def _unnamed(text: str, address: SampleAddress) -> str:
    """Without the object that was asked for, as an address, as a part of one, or as the key of its history."""
    for asked in (address.asked, quote(address.asked, safe="")):
        text = re.sub(rf"{re.escape(asked)}(?!\w)", lambda _found: address.written, text)
    parts = address.asked.split("/")
    for before, part, name in zip(parts, parts[1:], address.written.split("/")[1:], strict=False):
        if "{" in name and OF_AN_OBJECT.search(part):  # the name of an app stands in other addresses too
            place = rf"(?:(?<=/{re.escape(before)}/)|(?<=key=))"
            text = re.sub(rf"{place}{re.escape(part)}(?=$|[/\"&])", name, text)
    return text


def _seen(response: HttpResponse, address: SampleAddress) -> tuple[int, str, str]:
    """All that whoever asks learns: status, where it leads, body; without the object itself and what is random."""
    body = "" if response.streaming else response.content.decode(errors="replace")
    body = re.sub('name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    where = response.headers.get("Location", "")
    body, where = (_unnamed(text, address) for text in (body, where))
    unnamed = (re.sub(r"\{\w+\}", "{}", text) for text in (where, body))
    return response.status_code, *unnamed


@pytest.fixture
def now() -> Iterator[datetime]:
    """The clock stands: an answer does not depend on how long the walk takes."""
    with time_machine.travel(timezone.now(), tick=False):
        yield timezone.now()
    sample_site.forget()


REFUSED, MAY_SEE_NOTHING = {403, 404}, {"anonymous", "person", "client", "clerk"}
SIGNS_OUT = ("/sign-out/", "/logout/")
NO_CACHE_AT_LEAST = {
    "client": 1_000,
    "controller": 1_000,
    "person": 500,
    "anonymous": 500,
}  # addresses and methods


def _is_for_one_person(role: str, method: str, address: SampleAddress) -> bool:
    """Behind a sign-in or a mailed link, opened with a token, or with what was typed in it."""
    match role:
        case "client" | "controller":
            return method in READ_AND_WRITE and not address.asked.endswith(SIGNS_OUT)
        case "person":
            return method == "get"
        case "anonymous":
            return method == "post" or (method == "get" and "token" in address.written)
    return False


@pytest.mark.parametrize("role", ROLES)
def test_each_address_answers_as_it_is_written(role: str, now: datetime):
    """One walk for all three, since it is long.

    What is forbidden answers as what does not exist. Else numbers could be tried out: who has an application here,
    which requests there are. What is made for one person is in no cache.
    """
    site = sample_site.fill(now=now)
    samples, client = AddressSamples(site, now=now), _browser(role, site)
    found: Answers = {}
    differing: list[str] = []
    stored: list[tuple[str, str]] = []
    compared = for_one_person = 0
    for route in addresses():
        is_closed = role in MAY_SEE_NOTHING and route.startswith("/admin/")
        of_route = list(samples.of(route))
        has_unknown = len(of_route) > 1 and "unknown" in of_route[-1].written
        seen: dict[tuple[str, str], tuple[int, str, str]] = {}
        for method, each in _asked_of(of_route, role):
            response = _response(client, method, each)
            found[method, each.written] = response.status_code
            if each is of_route[0] and _is_for_one_person(role, method, each):
                for_one_person += 1
                if "no-store" not in response.headers.get("Cache-Control", ""):
                    stored.append((method, each.written))
            is_refused = is_closed or response.status_code in REFUSED
            if method in READ_AND_WRITE and has_unknown and (is_refused or each is of_route[-1]):
                seen[method, each.written] = _seen(response, each)
        for method in READ_AND_WRITE:
            nothing = seen.pop((method, of_route[-1].written), None)
            known = {key: what for key, what in seen.items() if key[0] == method}
            compared += len(known)
            differing += [f"{key}: {what[:2]}, {nothing}" for key, what in known.items() if what != nothing]
    _is_as_written(found, written(role), role)
    assert compared
    assert for_one_person >= NO_CACHE_AT_LEAST.get(role, 0)
    assert stored == []
    assert not differing, "\n".join(differing)


def _is_as_written(found: Answers, said: Answers, role: str) -> None:
    """The failure prints the lines that would be true today, for whoever changes something to judge."""
    wrong = [
        f"{address} {method} {role}: {found.get((method, address))}, written {said.get((method, address))}"
        for method, address in sorted(found.keys() | said.keys(), key=lambda key: key[::-1])
        if found.get((method, address)) != said.get((method, address))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", GROUPS)
def test_each_group_may_what_is_written_of_it_and_no_more(role: str, now: datetime):
    """Where nobody, staff who may nothing and the controller are answered alike, no group is asked."""
    site = sample_site.fill(now=now)
    samples, client = AddressSamples(site, now=now), _browser(role, site)
    asked = [(method, each) for method, each in _asked(samples, role) if (method, each.written) not in ALIKE]
    rows = {(method, each.written) for method, each in asked}
    said = written_of_group(role)
    assert len(rows) == len(asked) > 600
    found = {(method, each.written): _answer(client, method, each) for method, each in asked}
    _is_as_written(found, {row: status for row, status in said.items() if row in rows}, role)


def test_no_address_is_meant_to_fail():
    assert [row for role in ROLES for row in written(role).items() if row[1] >= 500] == []


@pytest.mark.parametrize("role", ASKED_BY_OTHER_METHODS)
def test_no_address_knows_a_method_of_another_kind(role: str, now: datetime):
    site = sample_site.fill(now=now)
    samples, client = AddressSamples(site, now=now), _browser(role, site)
    first = [next(samples.of(route)) for route in addresses()]
    wrong = [
        (method, each.written) for each in first for method in NOWHERE if _answer(client, method, each) != 405
    ]
    assert wrong == []
