"""A tick asks; only the mailbox agrees."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.ledger.models import ConsentEvent
from consent.mail_preferences import links
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from privacy.datamap.subjects import Subject
from privacy.mail.models import Mail
from privacy.rights import erasure
from tests import prospects
from tests.consent.mail_preferences.pages import confirm, link_in_question
from tests.recruitment.factories import TYPED as APPLICATION
from tests.recruitment.factories import cv_file
from tests.softnlabs.enquiries.factories import TYPED

pytestmark = pytest.mark.django_db
ALICE, BOB = "alice@example.org", "bob@example.org"


def tick(client, email: str = ALICE, page: str = "/contact/"):
    return client.post(page, {**TYPED, "email": email, "opt_in": "on"})


def lines(email: str = ALICE) -> list[str]:
    return list(ConsentEvent.objects.filter(email=email).order_by("id").values_list("kind", flat=True))


def test_a_tick_with_somebody_elses_address_makes_no_prospect(client):
    tick(client)
    assert not Prospect.objects.exists()
    assert lines() == ["ASK"]


def test_opening_the_link_never_acts(client):
    tick(client)
    link = link_in_question()
    for ask in (client.get, client.head, client.options):
        ask(link)
        ask("/privacy/mail/confirm/")
    assert not Prospect.objects.exists()
    assert lines() == ["ASK"]


@pytest.mark.parametrize(("page", "words"), [
    ("/contact/", "Your agreement is confirmed"), ("/fr/contact/", "Votre accord est confirmé"),
])  # fmt: skip
def test_the_button_lists_with_the_very_words(client, page, words):
    tick(client, page=page)
    assert words in confirm(client).text
    asked, given = ConsentEvent.objects.order_by("id")
    assert (given.kind, given.act) == ("GRANT", "LINK")
    for name in ("wording_id", "language", "entity", "policy_version", "page", "email"):
        assert getattr(given, name) == getattr(asked, name), name
    assert Prospect.objects.get().confirmed_at == given.happened_at


def test_pressing_twice_is_friendly_and_adds_nothing(client):
    tick(client)
    first, second = confirm(client), confirm(client)
    assert (first.status_code, second.status_code) == (200, 200)
    assert lines() == ["ASK", "GRANT"]


def test_after_seven_days_the_link_is_over(client, time_machine):
    tick(client)
    link = link_in_question()
    time_machine.move_to(timezone.now() + timedelta(days=7, seconds=1))
    assert confirm(client, link).status_code == 410
    assert not Prospect.objects.exists()


def test_who_stopped_after_the_question_is_not_listed_by_it(client, now):
    tick(client)
    token = links.token(ALICE)
    client.post(f"/privacy/mail/{token}/unsubscribe/")
    assert confirm(client).status_code == 410
    assert not Prospect.objects.exists()
    assert prospecting.is_suppressed(ALICE)


def test_the_box_is_asked_about_anew_after_a_stop(client):
    token = links.token(ALICE)
    client.post(f"/privacy/mail/{token}/unsubscribe/")
    tick(client)
    assert prospecting.is_suppressed(ALICE)
    confirm(client)
    assert not prospecting.is_suppressed(ALICE)
    assert prospecting.may_write(ALICE, now=timezone.now())


def apply(client, email: str):
    facts = {**APPLICATION, "cv": cv_file(), "opt_in": "on", "email": email}
    return client.post("/careers/apply/", facts)


def ask_for_link(client, email: str):
    return client.post("/privacy/mail/", {"email": email}, headers={"sec-fetch-site": "same-origin"})


@pytest.mark.parametrize(("send", "messages"), [
    (tick, ("enquiry_received", "prospect_confirm")),
    (apply, ("application_received", "prospect_confirm")),
    (ask_for_link, ("mail_preferences_link",)),
])  # fmt: skip
def test_known_unknown_and_suppressed_addresses_get_the_same(client, now, send, messages):
    """The same screen, the same headers, the same mails, the same queries."""
    prospects.confirmed(email="known@example.org", now=now)
    prospecting.suppress("stopped@example.org", now=now)
    prospects.confirmed(email="both@example.org", now=now)
    prospecting.suppress("both@example.org", now=now)
    send(client, "warm-up@example.org")
    seen = set()
    for name in ("nobody", "known", "stopped", "both"):
        browser = Client()
        with CaptureQueriesContext(connection) as queries:
            answer = send(browser, f"{name}@example.org")
        headers = tuple(sorted(answer.headers))
        page = browser.get(answer.url).text
        mails = Mail.objects.filter(to=f"{name}@example.org").order_by("pk")
        texts = tuple(mail.message for mail in mails)
        shapes = tuple(query["sql"].split("WHERE")[0][:60] for query in queries if "INSERT" in query["sql"])
        seen.add(
            (answer.status_code, answer.url, headers, page, tuple(sorted(texts)), len(queries), len(shapes))
        )
    assert len(seen) == 1
    ((status, _url, _headers, _page, texts, _queries, _inserts),) = seen
    assert (status, texts) == (302, messages)


def test_the_thanks_say_that_a_second_mail_asks(client):
    assert "A second e-mail asks you to confirm" in client.get(tick(client).url).text


def test_without_a_tick_the_thanks_speak_of_no_question(client):
    answer = client.post("/contact/", TYPED)
    assert "asks you to confirm" not in client.get(answer.url).text
    assert not Mail.objects.filter(message="prospect_confirm").exists()
    assert "asks you to confirm" not in Mail.objects.get(message="enquiry_received").text


def test_the_acknowledgement_says_what_was_asked(client):
    tick(client)
    assert "asks you to confirm" in Mail.objects.get(message="enquiry_received").text


def test_a_mailbox_is_not_flooded_with_questions(now):
    facts = {"sentence": "I agree.", "language": "en", "page": "/", "now": now}
    for spelling in ("a.lice@gmail.com", "alice@gmail.com", "alice+x@gmail.com"):
        assert prospecting.ask(email=spelling, **facts)
    assert prospecting.ask(email="al.ice@gmail.com", **facts) is None
    assert Mail.objects.count() == ConsentEvent.objects.count() == 3


def test_an_unconfirmed_asking_is_exported_and_erased(client, acting):
    for email in (ALICE, BOB):
        tick(client, email)
    erasure.erase(Subject.of_email(ALICE), now=timezone.now())
    assert (lines(ALICE), lines(BOB)) == ([], ["ASK"])


def test_the_link_of_an_erased_person_makes_nothing_anew(client, acting):
    tick(client)
    opened, link = Client(), link_in_question()
    opened.get(link)  # the token stands in the session by then
    erasure.erase(Subject.of_email(ALICE), now=timezone.now())
    assert opened.post("/privacy/mail/confirm/").status_code == 410
    assert confirm(client, link).status_code == 410
    assert not Prospect.objects.exists()
    assert lines() == []


def test_who_was_listed_before_questions_were_mailed_is_not_written_to(now, dpo_client):
    Prospect.objects.create(
        email=ALICE, language="en", agreed_at=now, last_contact_at=now, entity="818 145 302"
    )
    prospects.confirmed(email=BOB, now=now)
    assert [each.email for each in Prospect.objects.writable(entity="818 145 302", now=now)] == [BOB]


def test_a_yes_that_no_mailbox_confirmed_is_not_enough(now):
    for email in (ALICE, BOB):
        prospects.confirmed(email=email, now=now)
    assert prospecting.may_write(ALICE, now=now)
    Prospect.objects.filter(email=ALICE).update(confirmed_at=None)
    assert not prospecting.may_write(ALICE, now=now)
    assert prospecting.may_write(BOB, now=now)


def test_the_question_of_a_list_names_its_source(now):
    asked = prospecting.ask(
        email=ALICE, sentence="I agree.", language="en", page="", now=now, source="Fair of Pau, 3 May 2026"
    )
    assert asked.act == "IMPORT"
    assert "Fair of Pau, 3 May 2026" in Mail.objects.get().text
