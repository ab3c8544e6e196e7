"""The public pages of requests, by their addresses."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dsr import following, identity, letters, review, tasks
from dsr.limits import MESSAGES_OF_CLIENT
from dsr.models import Filing, LinkWish, RequestMessage, SubjectRequest
from dsr.models.checks import How
from dsr.models.packages import PACKAGE_KEEP
from dsr.states import State
from privacy import links
from privacy.models import Mail
from tests.dsr.factories import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
NEW = "/privacy/requests/new/"
FILLED = {
    "for_whom": "self",
    "kinds": "ACCESS",
    "first_name": "Alice",
    "surname": "Martin",
    "email": "Alice@Example.org",
    "wish": "",
}
NOBODY = UUID(int=9)


@pytest.fixture(autouse=True)
def today(now: datetime):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


def link_in(message: str) -> str:
    """The path of the link in the newest mail of this kind."""
    text = Mail.objects.filter(message=message).latest("written_at", "pk").text
    found = re.search(r"https?://[^/\s]+(/\S*/(?:confirm|follow|download)/\S+/)", text)
    assert found
    return found[1]


def confirmed(client: Client, **answers: str) -> SubjectRequest:
    client.post(NEW, FILLED)
    client.get(link_in("request_confirm"))
    client.post("/privacy/requests/confirm/", {"browser": "no", **answers})
    return SubjectRequest.objects.get()


def admitted(asked: SubjectRequest) -> Client:
    """A browser that came by a mailed link."""
    following.wish_link(asked.pk, now=timezone.now())
    tasks.send_links()
    client = Client()
    client.get(link_in("request_link"))
    client.post("/privacy/requests/follow/")
    return client


def plain(body: bytes) -> str:
    """A page without what differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body.decode())


# Filing ------------------------------------------------------------------------------------------------------


def test_the_form_is_kept_and_a_link_is_mailed(client: Client):
    response = client.post(NEW, {**FILLED, "wish": "The messages of May"})
    assert (response.status_code, response.url) == (302, "/privacy/requests/sent/")
    filing = Filing.objects.get()
    assert (filing.email, filing.wish, filing.language) == ("alice@example.org", "The messages of May", "en")
    assert Mail.objects.get().to == "alice@example.org"


def test_known_and_unknown_addresses_get_the_same_answer(now):
    make_request(now, email="alice@example.org")
    warm = Client()  # fills the caches of the process, which have nothing to do with the address
    warm.get(warm.post(NEW, {**FILLED, "email": "first@example.org"}).url)
    answers = []
    for email in ("alice@example.org", "zelda@example.org"):
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            posted = client.post(NEW, {**FILLED, "email": email})
            page = client.get(posted.url)
        headers = {name: value for name, value in page.headers.items() if name != "Set-Cookie"}
        answers.append(
            (posted.status_code, posted.url, posted.content, sorted(posted.cookies), dict(posted.headers),
             page.status_code, plain(page.content), sorted(page.cookies), headers, len(queries))
        )  # fmt: skip
    assert answers[0] == answers[1]


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(client: Client):
    response = client.post(
        NEW, {"first_name": "Ali\0ce", "surname": "", "email": "alice@", "wish": "<b>May</b>"}
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert "This does not look like an e-mail address" in page
    assert "This field is required." in page
    assert 'value="alice@"' in page
    assert "&lt;b&gt;May&lt;/b&gt;" in page
    assert Filing.objects.count() == 0


@pytest.mark.parametrize("field", ["first_name", "surname", "by_first_name", "by_surname"])
@pytest.mark.parametrize("name", ["http://evil.example", "Win at evil.example", "www evil", "a@b", "//x"])
def test_nobody_has_us_mail_their_advertisement_to_somebody_else(client: Client, name: str, field: str):
    page = client.post(NEW, {**FILLED, field: name}).content.decode()
    assert "A name holds no address of a page or a mailbox." in page
    assert Mail.objects.count() == 0


@pytest.mark.parametrize("name", ["J. R. O’Neill-Müller", "de l'Épée", "Ng", "Martin Jr.", "Ana M.a"])
def test_names_are_taken_as_people_write_them(client: Client, name: str):
    assert client.post(NEW, {**FILLED, "surname": name}).status_code == 302


def test_the_form_in_french(client: Client):
    page = client.get("/fr/privacy/requests/new/").content.decode()
    assert "Envoyer ma demande" in page
    client.post("/fr/privacy/requests/new/", FILLED)
    assert Filing.objects.get().language == "fr"
    assert link_in("request_confirm").startswith("/fr/privacy/requests/confirm/")
    assert "Confirmer" in Mail.objects.get().html


# Confirming --------------------------------------------------------------------------------------------------


def test_opening_the_link_confirms_nothing_and_the_button_does(client: Client):
    client.post(NEW, FILLED)
    opened = client.get(link_in("request_confirm"))
    assert (opened.status_code, opened.url) == (302, "/privacy/requests/confirm/")
    page = client.get(opened.url).content.decode()
    assert "alice@example.org" in page
    assert SubjectRequest.objects.count() == 0
    pressed = client.post(opened.url, {"browser": "no"})
    asked = SubjectRequest.objects.get()
    assert pressed.url == f"/privacy/requests/{asked.pk}/"
    page = client.get(pressed.url).content.decode()
    assert asked.reference in page
    assert "23 December 2026" in page


def test_the_visits_of_a_browser_are_asked_for_only_when_it_is_the_persons_own(client: Client):
    visitor = uuid4()
    client.cookies["visitor"] = str(visitor)
    client.post(NEW, FILLED)
    client.get(link_in("request_confirm"))
    silent = client.post("/privacy/requests/confirm/", {})
    assert silent.status_code == 200
    assert SubjectRequest.objects.count() == 0
    client.post("/privacy/requests/confirm/", {"browser": "yes"})
    assert visitor in SubjectRequest.objects.get().visitors


def test_a_shared_browser_is_left_out(client: Client):
    client.cookies["visitor"] = str(uuid4())
    assert confirmed(client, browser="no").visitors == []


def test_a_link_used_twice_leads_to_the_request(client: Client):
    client.post(NEW, FILLED)
    link = link_in("request_confirm")
    client.get(link)
    client.post("/privacy/requests/confirm/", {"browser": "no"})
    again = Client()
    again.get(link)
    asked = SubjectRequest.objects.get()
    assert again.get("/privacy/requests/confirm/").url == f"/privacy/requests/{asked.pk}/"
    assert asked.reference not in again.get(f"/privacy/requests/{asked.pk}/").content.decode()


DOORS = {"confirm": letters.CONFIRM, "follow": letters.FOLLOW, "download": letters.PACKAGE}


@pytest.mark.parametrize("kind", DOORS)
def test_a_forged_or_expired_link_shows_a_page_that_helps(client: Client, now, kind: str):
    key = str(uuid4())
    old = links.sign(DOORS[kind], key if kind == "confirm" else [key, 0], until=now - timedelta(seconds=1))
    over = client.get(f"/privacy/requests/{kind}/{old}/").url
    assert over == ("/privacy/requests/confirm/" if kind == "confirm" else f"/privacy/requests/{key}/")
    assert kind == "confirm" or "Mail me a new link" in client.get(over).content.decode()
    for token in ("forged", old[:-4], links.sign("other", str(uuid4()), until=now + timedelta(days=1))):
        opened = client.get(f"/privacy/requests/{kind}/{token}/")
        page = client.get(opened.url)
        assert page.status_code == 410
        assert "This link does not open anything" in page.content.decode()
    assert "session" not in client.cookies


@pytest.mark.parametrize("kind", DOORS)
@pytest.mark.parametrize("door", DOORS)
def test_a_link_for_one_purpose_opens_no_other_door(client: Client, now, kind: str, door: str):
    key = str(make_request(now).pk)
    value = key if kind == "confirm" else [key, 0]
    token = links.sign(DOORS[kind], value, until=now + timedelta(days=1))
    opened = client.get(f"/privacy/requests/{door}/{token}/").url
    answers = {client.get(opened).status_code, client.post(opened).status_code}
    assert (answers == {410}) == (kind != door)


def test_the_link_lasts_as_long_as_the_filing(client: Client, today, now):
    client.post(NEW, FILLED)
    link = link_in("request_confirm")
    today.move_to(now + timedelta(days=6, hours=23))
    assert client.get(client.get(link).url).status_code == 200
    today.move_to(now + timedelta(days=7, seconds=1))
    assert client.post("/privacy/requests/confirm/", {"browser": "no"}).status_code == 410
    assert SubjectRequest.objects.count() == 0


# Following ---------------------------------------------------------------------------------------------------


def test_without_a_pass_a_request_looks_like_none(client: Client, now):
    asked = make_request(now)
    pages = []
    for pk in (asked.pk, NOBODY):
        with CaptureQueriesContext(connection) as queries:
            response = Client().get(f"/privacy/requests/{pk}/")
        body = plain(response.content).replace(str(pk), "")
        pages.append((response.status_code, body, sorted(response.cookies), len(queries)))
    assert pages[0] == pages[1]
    assert pages[0][0] == 403


def test_a_new_link_is_asked_for_alike_and_mailed_only_to_the_owner(client: Client, now):
    asked = make_request(now)
    answers = []
    for pk in (asked.pk, NOBODY):
        with CaptureQueriesContext(connection) as queries:
            response = Client().post(f"/privacy/requests/{pk}/link/")
        answers.append((response.status_code, response.url, response.content, len(queries)))
    assert answers[0] == answers[1]
    assert LinkWish.objects.count() == 2
    Mail.objects.all().delete()
    following.send_links(now=now)
    assert [mail.to for mail in Mail.objects.all()] == ["alice@example.org"]


def test_a_mailed_link_opens_the_request_once_for_some_hours(now, today):
    asked = make_request(now)
    client = admitted(asked)
    address = f"/privacy/requests/{asked.pk}/"
    assert asked.reference in client.get(address).content.decode()
    again = Client()
    again.get(link_in("request_link"))
    again.post("/privacy/requests/follow/")
    assert again.get(address).status_code == 403
    today.move_to(now + timedelta(hours=12, seconds=1))
    assert client.get(address).status_code == 403


def test_a_pass_opens_nothing_that_is_past_its_five_years(now, today):
    asked = make_request(now)
    review.refuse(asked.pk, ground="UNFOUNDED", reason="No.", now=now)
    client, address = admitted(asked), f"/privacy/requests/{asked.pk}/"
    assert client.get(address).status_code == 200
    SubjectRequest.objects.update(
        closed_at=now.replace(year=2021)
    )  # five years to the second, and not purged yet
    for page in (address, f"{address}letter.pdf", f"{address}withdraw/", f"{address}document/"):
        assert client.get(page).status_code == 403
    assert client.post(f"{address}message/", {"text": "Hello"}).status_code == 403


def test_a_pass_opens_one_request_only(now):
    mine, other = make_request(now), make_request(now, email="bob@example.org", first_name="Bob")
    client = admitted(mine)
    for part in ("", "withdraw/", "package/"):
        response = client.get(f"/privacy/requests/{other.pk}/{part}")
        assert response.status_code == 403
        assert "Bob" not in response.content.decode()
    assert client.post(f"/privacy/requests/{other.pk}/message/", {"text": "Hello"}).status_code == 403
    assert client.post(f"/privacy/requests/{other.pk}/withdraw/").status_code == 403
    other.refresh_from_db()
    assert other.state == State.RECEIVED
    assert RequestMessage.objects.count() == 0


def test_writing_to_the_controller(now):
    asked = make_request(now)
    client = admitted(asked)
    client.post(f"/privacy/requests/{asked.pk}/message/", {"text": "And <i>May</i>?"})
    assert "And &lt;i&gt;May&lt;/i&gt;?" in client.get(f"/privacy/requests/{asked.pk}/").content.decode()
    assert Mail.objects.filter(message="request_desk", to__contains="softnlabs").count() == 2
    empty = client.post(f"/privacy/requests/{asked.pk}/message/", {"text": ""})
    assert empty.status_code == 422


def test_a_message_that_comes_after_the_decision_is_not_lost_from_sight(now):
    asked = make_request(now)
    client = admitted(asked)
    review.refuse(asked.pk, ground="UNFOUNDED", reason="No.", now=now)
    response = client.post(f"/privacy/requests/{asked.pk}/message/", {"text": "My long message"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "This request has just been decided" in page
    assert "My long message" in page
    assert "Send my message" not in page
    assert RequestMessage.objects.filter(text="My long message").count() == 0


def test_withdrawing_takes_a_second_page(now):
    asked = make_request(now)
    client, address = admitted(asked), f"/privacy/requests/{asked.pk}/"
    assert asked.reference in client.get(f"{address}withdraw/").content.decode()
    asked.refresh_from_db()
    assert asked.state == State.RECEIVED
    client.post(f"{address}withdraw/")
    asked.refresh_from_db()
    assert asked.state == State.WITHDRAWN
    assert "You have withdrawn this request" in client.get(address).content.decode()
    assert client.get(f"{address}withdraw/").status_code == 302


def test_a_refusal_is_told_with_its_ground_and_the_ways_out(now):
    asked = make_request(now)
    review.refuse(asked.pk, ground="EXCESSIVE", reason="Ten this month.", now=now)
    page = admitted(asked).get(f"/privacy/requests/{asked.pk}/").content.decode()
    for words in ("excessive", "Ten this month.", "CNIL", "court"):
        assert words in page


# Fetching ----------------------------------------------------------------------------------------------------


@pytest.fixture
def answered(now: datetime) -> SubjectRequest:
    asked = make_request(now)
    identity.check(asked.pk, how=How.EMAIL, now=now)
    review.grant(asked.pk, now=now)
    tasks.build_packages()
    return asked


def test_the_mailed_link_and_the_code_open_the_answer(answered):
    client, address = Client(), f"/privacy/requests/{answered.pk}/package/"
    assert client.get(address).status_code == 403
    opened = client.get(link_in("request_ready"))
    assert "Go on" in client.get(opened.url).content.decode()
    assert client.get(address).status_code == 403
    assert client.post(opened.url).url == address
    wrong = client.post(address, {"code": "0000-0000-0000"})
    assert "This is not the code" in wrong.content.decode()
    zipped = client.post(address, {"code": answered.package.code})
    assert zipped.headers["Content-Type"] == "application/zip"
    assert zipped.content.startswith(b"PK")


def test_the_link_to_the_answer_does_not_show_the_code(answered):
    client = Client()
    client.post(client.get(link_in("request_ready")).url)
    page = client.get(f"/privacy/requests/{answered.pk}/")
    assert page.status_code == 403
    assert answered.package.code not in page.content.decode()
    assert (
        answered.package.code in admitted(answered).get(f"/privacy/requests/{answered.pk}/").content.decode()
    )


def test_the_link_to_the_answer_works_once(answered):
    Client().get(link_in("request_ready"))
    for _ in range(2):
        client = Client()
        client.post(client.get(link_in("request_ready")).url)
    assert client.get(f"/privacy/requests/{answered.pk}/package/").status_code == 403


def test_past_its_days_the_answer_is_gone_and_the_pages_say_so(answered, now, today):
    today.move_to(PACKAGE_KEEP.after(now))
    client = admitted(answered)
    assert "has been destroyed" in client.get(f"/privacy/requests/{answered.pk}/").content.decode()
    gone = client.post(f"/privacy/requests/{answered.pk}/package/", {"code": answered.package.code})
    assert gone.status_code == 410


def test_pages_of_a_request_are_kept_by_no_cache(now):
    asked = make_request(now)
    response = admitted(asked).get(f"/privacy/requests/{asked.pk}/")
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_no_page_holds_inline_script_or_style():
    for path in [*Path("templates/dsr").rglob("*.html"), *Path("templates/admin/dsr").rglob("*.html")]:
        text = path.read_text()
        assert "style=" not in text, path
        assert not re.search(r"<script(?! src=)", text), path
        assert "onclick" not in text, path


# How often ---------------------------------------------------------------------------------------------------


def test_one_mailbox_is_not_flooded_and_the_page_does_not_tell(client: Client):
    answers = []
    for _ in range(7):
        posted = client.post(NEW, FILLED)
        answers.append((posted.status_code, posted.url))
    assert set(answers) == {(302, "/privacy/requests/sent/")}
    assert Filing.objects.count() == Mail.objects.filter(to="alice@example.org").count() == 5
    client.post(NEW, {**FILLED, "email": "bob@example.org"})
    assert Mail.objects.filter(to="bob@example.org").count() == 1


def test_too_often_from_one_network_is_said_and_another_one_is_served(client: Client):
    for number in range(20):
        client.post(NEW, {**FILLED, "email": f"p{number}@example.org"})
    refused = client.post(NEW, FILLED)
    assert refused.status_code == 429
    assert "Nothing was sent this time" in refused.content.decode()
    assert Mail.objects.filter(to="alice@example.org").count() == 0
    assert client.post(NEW, FILLED, REMOTE_ADDR="192.0.2.9").status_code == 302
    assert Mail.objects.filter(to="alice@example.org").count() == 1


def test_the_controller_is_not_flooded_and_no_word_is_lost(now):
    asked = make_request(now)
    client = admitted(asked)
    for _number in range(MESSAGES_OF_CLIENT.times):
        assert client.post(f"/privacy/requests/{asked.pk}/message/", {"text": "Hello"}).status_code == 302
    once_more = client.post(f"/privacy/requests/{asked.pk}/message/", {"text": "What I meant was"})
    assert once_more.status_code == 422
    assert "send this message in an hour" in once_more.content.decode()
    assert "What I meant was" in once_more.content.decode()
    assert asked.messages.count() == MESSAGES_OF_CLIENT.times


def test_new_links_are_limited_alike_for_what_exists_and_what_does_not(now):
    asked = make_request(now)
    for pk in (asked.pk, NOBODY):
        network = f"192.0.2.{pk.int % 200}"
        answers = [Client(REMOTE_ADDR=network).post(f"/privacy/requests/{pk}/link/") for _ in range(21)]
        assert [answer.status_code for answer in answers] == [302] * 20 + [429]
        assert LinkWish.objects.filter(request_id=pk).count() == 5


def test_the_controller_is_written_to_in_her_own_language(now, settings):
    make_request(now)
    assert "attend" in Mail.objects.get(message="request_desk").subject
    Mail.objects.all().delete()
    settings.CONTROLLER = {**settings.CONTROLLER, "language": "en"}
    make_request(now, email="bob@example.org")
    assert Mail.objects.get(message="request_desk").subject == "A request waits at the desk"
