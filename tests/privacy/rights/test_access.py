"""The two commands: the map for anybody with a shell, a person's data for an authorised operator, on record."""

import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.datamap import stores
from privacy.datamap.registry import holdings
from privacy.datamap.subjects import fingerprint
from privacy.recipients.notice_models import Way
from privacy.recipients.notices import NoticePlan
from softnlabs.website.accounts.models import User
from tests.conftest import ALICE, BOB
from tests.holdings import MAKERS, RECENT, person
from tests.privacy.factories import disclose

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"


def run(name: str, *args: str, **options: object) -> str:
    said = StringIO()
    call_command(name, *args, stdout=said, **options)
    return said.getvalue()


def look(
    monkeypatch,
    email=ALICE,
    operator="controller@example.org",
    password=PASSWORD,
    reason="Letter of 3 November",
):
    monkeypatch.setattr("getpass.getpass", lambda prompt: password)
    return run("subject", email, operator=operator, reason=reason)


def test_the_map_names_every_holding_and_every_personal_field():
    said = run("datamap")
    for holding in holdings():
        assert holding.label in said
        assert all(name in said for name in holding.data.fields)


def test_the_map_for_programs_says_all_that_is_declared():
    told = {entry["holding"]: entry for entry in json.loads(run("datamap", json=True, language="fr"))}
    assert told.keys() == {holding.label for holding in holdings()}
    application = told["recruitment.application"]
    assert application["title"] == "Candidatures à un emploi ou à un stage" or application["title"]
    assert application["keep"] == {"since": "last_contact_at", "period": "P5Y", "active": "P2Y"}
    email = next(field for field in application["fields"] if field["name"] == "email")
    assert (email["category"], email["rectifiable"], email["provided"]) == ("EMAIL", True, True)
    for holding in holdings():
        assert [field["name"] for field in told[holding.label]["fields"]] == list(holding.data.fields)


@pytest.mark.usefixtures("acting", "dpo")
@pytest.mark.parametrize(
    "label", ["website.enquiry", "recruitment.application", "privacy.mail", "privacy.draft"]
)
def test_all_that_is_held_is_shown_and_nothing_of_anybody_else(monkeypatch, label, time_machine, now):
    time_machine.move_to(now, tick=False)
    alice, bob = person("alice", now), person("bob", now)
    for who in (alice, bob):
        MAKERS[label](who, now - RECENT)
    said = look(monkeypatch, email="Alice@Example.org")
    assert alice.canary in said
    assert "bob" not in said
    searched = [known for known in holdings() if known.is_searched]
    outside = [store for store in stores.personal() if not store.data.found_on]
    assert said.count("nothing held") == len(searched) + len(outside) - 2  # her account is the other
    entry = AuditEntry.objects.get(action="privacy.subject.viewed")
    assert entry.about == fingerprint(ALICE)
    assert entry.detail == {"reason": "Letter of 3 November", label: 1, "website.user": 1}
    assert entry.actor.startswith("user:")


@pytest.mark.usefixtures("acting", "dpo")
def test_what_a_law_forbids_to_tell_is_marked(monkeypatch, now, time_machine):
    """The operator may see it; whoever hands the list on has to know what must not be in it."""
    time_machine.move_to(now, tick=False)
    person("alice", now)
    secret = NoticePlan(Way.NOT, "en", silence="FORBIDDEN", reason="The judge of Pau ordered it.")
    disclose(ALICE, "Police of Pau", at=now, now=now, plan=secret)
    disclose(ALICE, "Court of Pau", at=now, now=now)
    said = look(monkeypatch)
    heads = re.findall(r"  \d+, until (.+)\n(?:    .*\n)*?    given to: (.+)", said)
    assert {recipient: "SECRET" in head for head, recipient in heads} == {
        "Police of Pau": True,
        "Court of Pau": False,
    }


@pytest.mark.usefixtures("acting", "dpo")
def test_what_is_past_its_period_is_shown_to_nobody(monkeypatch, now, time_machine):
    time_machine.move_to(now, tick=False)
    alice = person("alice", now)
    MAKERS["website.enquiry"](alice, now.replace(year=now.year - 3) - timedelta(seconds=1))
    User.objects.filter(pk=alice.account).delete()
    assert alice.canary not in look(monkeypatch)


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "wrong"},
        {"operator": "clerk@example.org"},
        {"operator": "nobody@example.org"},
        {"reason": " "},
        {"reason": f"Asked by {BOB.upper()}", "email": BOB},
        {"reason": "For Mrs LASSERRE", "email": ALICE},
        {"reason": "Call of +33 5.59.12.34.56 today", "email": ALICE},
        {"email": "no address"},
    ],
)
def test_nobody_looks_without_right_or_reason(monkeypatch, dpo, clerk, wrong):
    made = MAKERS["website.enquiry"](person("alice", timezone.now()), timezone.now())
    type(made).objects.update(surname="De Lasserre", telephone="+33559123456")
    with pytest.raises(CommandError):
        look(monkeypatch, **wrong)
    assert not AuditEntry.objects.exists()
