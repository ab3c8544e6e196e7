"""The register of disclosures at the desk: entered with one of three ways, previewed, never changed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.datamap.subjects import fingerprint
from privacy.mail import outbox
from privacy.mail.models import Mail
from privacy.recipients import notices
from privacy.recipients.models import Disclosure
from privacy.recipients.notice_models import DisclosureNotice, Way
from privacy.recipients.notices import NoticePlan
from tests import actors
from tests.conftest import ALICE, BOB
from tests.privacy.factories import disclose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
ADD = "/admin/privacy/disclosure/add/"
REASON = "The investigating judge ordered secrecy on 20 November."
NOT = {"way": "NOT", "silence": "KNOWN", "reason": REASON}
LATER = {"way": "LATER", "silence": "INVESTIGATION", "until": "2999-01-01", "reason": REASON}
FACTS = {
    "email": "Alice@Example.org",
    "recipient": "Court of Pau",
    "ground": "LAW",
    "provision": "Order 12/2026",
    "categories": ["EMAIL", "MESSAGES"],
    "at_0": "2026-11-02",
    "at_1": "09:00",
    "is_about_client": "no",
    "language": "en",
    "way": "NOW",
}


def errors(client, address: str, data: dict[str, object]) -> list[str]:
    answer = client.post(address, data)
    assert answer.status_code == 200
    for value in data.values():
        if isinstance(value, str) and len(value) > 12:
            assert value.replace("'", "&#x27;") in answer.content.decode()  # nothing typed is lost
    return list(answer.context["form"].errors)


def recipients(client, told: str) -> set[str]:
    """Of the disclosures that the list shows under a filter."""
    shown = client.get(f"/admin/privacy/disclosure/?told={told}").context["cl"].result_list
    return {row.recipient for row in shown}


def send(client, address: str, data: dict[str, object]):
    """Press the button, read the notice, press once more."""
    shown = client.post(address, data)
    assert not Mail.objects.exists()
    assert "Court of Pau" in shown.context["found"].text
    return client.post(address, {**data, "previewed": shown.context["form"]["previewed"].value()})


def test_what_is_sent_was_read_before_and_nothing_else_leaves(dpo_client, dpo):
    shown = dpo_client.post(ADD, FACTS)
    assert not Disclosure.objects.exists()
    previewed = shown.context["form"]["previewed"].value()
    dpo_client.post(ADD, {**FACTS, "explanation": "Another text.", "previewed": previewed})
    assert not Disclosure.objects.exists()
    assert dpo_client.post(ADD, {**FACTS, "previewed": previewed}).status_code == 302
    mail = Mail.objects.get()
    assert mail.to == ALICE
    assert shown.context["found"].text == mail.text


def test_a_disclosure_keeps_the_pseudonym_alone_and_cannot_be_changed(dpo_client, dpo):
    assert send(dpo_client, ADD, FACTS).status_code == 302
    line = Disclosure.objects.get()
    assert (line.about, line.decided_by) == (fingerprint(ALICE), f"user:{dpo.pk}")
    assert line.categories == ["EMAIL", "MESSAGES"]
    assert ALICE not in str(line.__dict__).lower()
    entry = AuditEntry.objects.get(action="privacy.disclosure.entered")
    assert entry.about == fingerprint(ALICE)
    address = f"/admin/privacy/disclosure/{line.pk}"
    assert "Court of Pau" in dpo_client.get(f"{address}/change/").content.decode()
    assert dpo_client.post(f"{address}/change/", FACTS).status_code == 404
    assert dpo_client.post(f"{address}/delete/", {"post": "yes"}).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"at_0": "2999-01-01"}, "at"),
        ({"categories": []}, "categories"),
        ({"ground": ""}, "ground"),
        ({"provision": ""}, "provision"),
        ({"way": ""}, "way"),
        ({"email": ""}, "email"),
        ({"email": "alice@example.org\nnonsense"}, "email"),
        ({"name": "Alice Martin"}, "name"),
        ({"email": "", "name": "Alice Martin"}, "postal_address"),
        ({"is_about_client": ""}, "is_about_client"),
        ({**LATER, "until": ""}, "until"),
        ({**LATER, "until": "2026-01-01"}, "until"),
        ({**LATER, "silence": "KNOWN"}, "silence"),
        ({**LATER, "silence": ""}, "silence"),
        ({**LATER, "reason": "secret"}, "reason"),
        ({**NOT, "silence": ""}, "silence"),
        ({**NOT, "reason": "no"}, "reason"),
        ({"ground": "TERMS", "is_about_client": "yes", "authorisation": REASON}, "authorised_on"),
        ({"ground": "PROTECTION", "is_about_client": "yes", "authorised_on": "2026-11-01"}, "authorisation"),
        ({"ground": "AUTHORISED", "authorised_on": "2026-11-03", "authorisation": REASON}, "authorised_on"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(dpo_client, wrong, field):
    assert errors(dpo_client, ADD, {**FACTS, **wrong}) == [field]
    assert not Disclosure.objects.exists()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(("plan", "state"), [(LATER, "may not be told until"), (NOT, "not told:")])
def test_who_is_not_told_now_gets_no_mail_and_the_list_says_so(dpo_client, plan, state):
    assert dpo_client.post(ADD, {**FACTS, **plan}).status_code == 302
    assert not Mail.objects.exists()
    assert state in dpo_client.get("/admin/privacy/disclosure/").content.decode()


def test_a_list_of_people_is_entered_at_once(dpo_client):
    assert send(dpo_client, ADD, {**FACTS, "email": f"{ALICE}\n{BOB}\n{ALICE}"}).status_code == 302
    assert {mail.to for mail in Mail.objects.all()} == {ALICE, BOB}
    assert Disclosure.objects.count() == 2


def test_the_same_is_not_entered_twice(dpo_client):
    send(dpo_client, ADD, FACTS)
    Mail.objects.all().delete()
    assert send(dpo_client, ADD, FACTS).context["form"].non_field_errors()
    assert not Mail.objects.exists()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_letter_is_printed_posted_and_comes_back(dpo_client, language):
    whom = {"email": "", "name": "Alice Martin", "postal_address": "3 rue des Lilas", "language": language}
    send(dpo_client, ADD, {**FACTS, **whom})
    address = f"/admin/privacy/disclosure/{Disclosure.objects.get().pk}"
    letter = dpo_client.get(f"{address}/letter/")
    assert letter.content.startswith(b"%PDF")
    dpo_client.post(f"{address}/posted/", {"day": "2026-01-01"})
    assert DisclosureNotice.objects.get().told_at is None
    dpo_client.post(f"{address}/posted/", {"day": timezone.localdate().isoformat()})
    assert DisclosureNotice.objects.get().is_told
    assert dpo_client.get(f"{address}/letter/").status_code == 404
    dpo_client.post(f"{address}/returned/")
    assert DisclosureNotice.objects.get().is_waiting
    assert dpo_client.get(f"{address}/letter/").status_code == 404  # nobody knows where to any more


def test_an_old_disclosure_is_decided_on_and_bob_is_not_told(dpo_client):
    now = timezone.now()
    disclose(ALICE, "Court of Pau", at=now, now=now)
    DisclosureNotice.objects.all().delete()
    Mail.objects.all().delete()
    address = f"/admin/privacy/disclosure/{Disclosure.objects.get().pk}/notice/"
    data = {"way": "NOW", "language": "fr", "email": BOB}
    assert "is_same_person" in send(dpo_client, address, data).context["form"].errors
    assert not Mail.objects.exists()
    assert send(dpo_client, address, {**data, "email": ALICE}).status_code == 302
    assert (Mail.objects.get().to, Mail.objects.get().language) == (ALICE, "fr")


def test_the_first_page_counts_who_waits_and_the_list_finds_them(dpo_client):
    now = timezone.now()
    assert "to be told of a disclosure" not in dpo_client.get("/admin/").content.decode()
    today = timezone.localdate(now)
    plan = {"silence": "FORBIDDEN", "reason": REASON}
    for name, days in (("Late", -9), ("Now", -1), ("Later", 9)):
        until = today + timedelta(days=days)
        disclose(ALICE, name, at=now, now=now, plan=NoticePlan(Way.LATER, "en", until=until, **plan))
    disclose(ALICE, "Silent", at=now, now=now, plan=NoticePlan(Way.NOT, "en", **plan))
    disclose(ALICE, "Told", at=now, now=now)
    outbox.deliver(now=now)
    notices.note_departures(now=now)
    page = dpo_client.get("/admin/").content.decode()
    for words in ("3 persons wait to be told", "Past their date: 1", "May be told now: 2"):
        assert words in page
    found = {told: recipients(dpo_client, told) for told in ("waiting", "now", "told", "not")}
    assert found == {
        "waiting": {"Late", "Now", "Later"}, "now": {"Late", "Now"}, "told": {"Told"}, "not": {"Silent"},
    }  # fmt: skip


def test_the_register_is_downloaded_with_what_became_of_each_notice(dpo_client):
    now = timezone.now()
    plan = NoticePlan(Way.NOT, "en", silence="KNOWN", reason=REASON)
    disclose(ALICE, "=Court", at=now, now=now, plan=plan)
    text = dpo_client.get("/admin/privacy/disclosure/register.csv").content.decode()
    for words in (REASON, "'=Court", "Order 12", "the person knows already", "Ground for not telling"):
        assert words in text
    assert ALICE not in text
    assert AuditEntry.objects.filter(action="privacy.disclosure.exported").exists()


def test_the_panel_and_the_ways_are_for_those_with_the_right(client, clerk):
    now = timezone.now()
    row = disclose(ALICE, "Court of Pau", at=now, now=now)
    actors.sign_in(client, clerk)
    assert "to be told of a disclosure" not in client.get("/admin/").content.decode()
    for address in ("add/", "register.csv"):
        assert client.get(f"/admin/privacy/disclosure/{address}").status_code == 403
    for address in ("notice/", "letter/"):
        assert client.get(f"/admin/privacy/disclosure/{row.pk}/{address}").status_code == 404
