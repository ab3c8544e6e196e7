"""A processor gets what was declared for it: nothing else, of nobody else, without trace never."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.datamap import registry
from privacy.datamap.declarations import Category, Purpose
from privacy.datamap.registry import holding, holdings
from privacy.datamap.subjects import fingerprint
from privacy.recipients import processors
from privacy.recipients.models import Transmission
from privacy.rights import restriction
from privacy.subscriptions.models import Subscription
from recruitment.applications.models import Application
from softnlabs.website.enquiries.models import Enquiry
from tests import actors
from tests.conftest import ALICE
from tests.holdings import MAKERS, RECENT, person
from tests.privacy.factories import make_processor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
NEVER_SENT = {"consent.delivery"}  # an address of it leaves with its e-mail alone


@pytest.mark.parametrize("label", [known.label for known in holdings()])
def test_a_processor_of_addresses_gets_addresses_alone(label, now):
    known = next(known for known in holdings() if known.label == label)
    alice = person("alice", now - timedelta(hours=1))
    MAKERS[label](alice, now - RECENT)
    processor = make_processor()
    expected = {name for name, datum in known.data.fields.items() if datum.category == Category.EMAIL}
    try:
        taken = processors.export(processor, known, reason="Test", now=now)
    except processors.NothingDeclaredError:
        assert label in NEVER_SENT or not {name for name in expected if not known.data.fields[name].shown_as}
        return
    assert taken.rows
    assert label not in NEVER_SENT
    assert all(set(row) <= expected for row in taken.rows)
    for text in (taken.as_json(), taken.as_csv()):
        assert alice.canary not in text
    assert {value for row in taken.rows for value in row.values()} <= {alice.email, ""}


@pytest.mark.parametrize("label", [known.label for known in holdings()])
def test_with_every_category_nothing_leaves_that_was_not_declared(label, now):
    known = next(known for known in holdings() if known.label == label)
    fields = processors.fields_for(make_processor(categories=list(Category.values)), known)
    assert set(fields) <= set(known.data.fields)
    assert not set(fields) & set(known.file_fields())
    assert not [name for name in fields if known.data.fields[name].shown_as]


def test_a_purpose_that_it_does_not_serve_is_closed_to_it(now):
    MAKERS["website.enquiry"](person("alice", now), now - RECENT)
    with pytest.raises(processors.NothingDeclaredError):
        processors.export(make_processor(purposes=["PROSPECTS"]), holding(Enquiry), reason="Test", now=now)
    assert not Transmission.objects.exists()


@pytest.mark.parametrize(
    ("contract_on", "until", "may"),
    [
        ("2026-11-23", None, True),
        ("2026-11-24", None, False),
        ("2026-01-01", "2026-11-23", True),
        ("2026-01-01", "2026-11-22", False),
    ],
)
def test_only_under_contract(now, contract_on, until, may):
    MAKERS["website.enquiry"](person("alice", now), now - RECENT)
    processor = make_processor(contract_on=contract_on, until=until)
    if may:
        assert processors.export(processor, holding(Enquiry), reason="Test", now=now).rows
        return
    with pytest.raises(processors.NotUnderContractError):
        processors.export(processor, holding(Enquiry), reason="Test", now=now)


def test_what_is_past_its_period_or_in_the_archive_stays_here(now):
    alice, bob, carol = (person(name, now) for name in ("alice", "bob", "carol"))
    MAKERS["recruitment.application"](alice, now - RECENT)
    MAKERS["recruitment.application"](bob, now.replace(year=now.year - 3))
    MAKERS["recruitment.application"](carol, now.replace(year=now.year - 6))
    taken = processors.export(make_processor(), holding(Application), reason="Test", now=now)
    assert taken.rows == [{"email": alice.email}]


@pytest.mark.parametrize("label", [known.label for known in holdings()])
def test_whoever_is_under_restriction_stays_here(label, now):
    known = next(known for known in holdings() if known.label == label)
    processor = make_processor(categories=list(Category.values))
    if not processors.fields_for(processor, known):
        return  # nothing of it may go to anybody
    alice, bob = person("alice", now - timedelta(hours=1)), person("bob", now - timedelta(hours=1))
    for who in (alice, bob):
        MAKERS[label](who, now - RECENT)
    alices = known.about(alice.subject())
    assert processors._in_use(known, now).filter(pk__in=alices.values("pk")).exists()
    restriction.restrict(alice.subject(), reason="Test", now=now)
    taken = processors.export(processor, known, reason="Test", now=now)
    assert taken.rows
    assert not processors._in_use(known, now).filter(pk__in=alices.values("pk")).exists()
    for key in (alice.canary, alice.email, fingerprint(alice.email), str(alice.visitor)):
        assert key not in taken.as_json()


def test_each_person_can_be_told_who_has_their_data(now):
    alice = person("alice", now)
    MAKERS["website.enquiry"](alice, now - RECENT)
    MAKERS["website.enquiry"](alice, now - RECENT)
    MAKERS["website.enquiry"](person("bob", now), now - RECENT)
    processor = make_processor()
    processors.export(processor, holding(Enquiry), reason="Test", now=now)
    told = holding(Transmission)
    (line,) = told.about(alice.subject())
    shown = {name: str(value) for name, _label, value in told.export(line)}
    assert (shown["processor"], shown["categories"]) == ("Sender", "e-mail address")
    assert line.about == fingerprint(alice.email)
    assert Transmission.objects.count() == 2
    entry = AuditEntry.objects.get(action="privacy.processor.exported")
    assert (entry.detail["rows"], entry.detail["people"]) == (3, 2)
    assert alice.email not in str(entry.detail)


def test_the_reason_stays_beside_the_export_and_the_journal_knows_its_hash_alone(now):
    MAKERS["website.enquiry"](person("alice", now), now - RECENT)
    reason = "Because Alice Lasserre (alice@example.org) asked for it"
    processors.export(make_processor(), holding(Enquiry), reason=reason, now=now)
    assert Transmission.objects.get().reason == reason
    for entry in AuditEntry.objects.all():
        assert "Lasserre" not in str(entry.detail)
        assert "example.org" not in str(entry.detail)
    entry = AuditEntry.objects.get(action="privacy.processor.exported")
    assert entry.detail["reason_sha256"] == hashlib.sha256(reason.encode()).hexdigest()


def test_an_export_about_nobody_we_know_keeps_its_reason_too(now):
    taken = processors.export(make_processor(), holding(Enquiry), reason="Nothing yet", now=now)
    assert taken.rows == []
    line = Transmission.objects.get()
    assert (line.about, line.reason) == ("", "Nothing yet")


def test_the_person_is_not_shown_the_words_of_the_reason(now):
    alice = person("alice", now)
    MAKERS["website.enquiry"](alice, now - RECENT)
    processors.export(make_processor(), holding(Enquiry), reason="With Bob of accounting", now=now)
    told = holding(Transmission)
    assert "Bob" not in str(
        [value for line in told.about(alice.subject()) for *_, value in told.export(line)]
    )


def test_too_many_rows_are_refused_and_leave_no_trace_of_a_sending(now, monkeypatch):
    monkeypatch.setattr(processors, "MOST_ROWS", 1)
    for name in ("alice", "bob"):
        MAKERS["website.enquiry"](person(name, now), now - RECENT)
    with pytest.raises(processors.TooManyRowsError):
        processors.export(make_processor(), holding(Enquiry), reason="Test", now=now)
    assert not Transmission.objects.exists()


def test_no_formula_leaves_in_a_spreadsheet(now):
    alice = person("alice", now)
    MAKERS["website.enquiry"](alice, now - RECENT)
    Enquiry.objects.update(surname='=HYPERLINK("http://evil.example","x")')
    processor = make_processor(categories=["SURNAME"])
    taken = processors.export(processor, holding(Enquiry), reason="Test", now=now)
    assert "\"'=HYPERLINK" in taken.as_csv()
    assert json.loads(taken.as_json())["rows"][0]["surname"].startswith("=HYPERLINK")


def test_an_export_says_which_files_are_not_in_it(now):
    MAKERS["recruitment.application"](person("alice", now), now - RECENT)
    given = ("SURNAME", "EXPERIENCE")
    taken = processors.export(make_processor(categories=given), holding(Application), reason="Test", now=now)
    assert taken.files == ("cv",)
    assert json.loads(taken.as_json())["files_not_included"] == ["cv"]
    head, row = taken.as_csv().splitlines()
    assert head.rstrip().endswith('"cv"') or head.endswith("cv")
    assert "file, not included" in row
    assert AuditEntry.objects.get(action="privacy.processor.exported").detail["files_not_included"] == "cv"
    without = processors.files_for(make_processor(name="Other", categories=["SURNAME"]), holding(Application))
    assert without == ()


def test_the_desk_hands_the_file_over_and_records_it(dpo_client: Client, dpo):
    Subscription.objects.create(
        email=ALICE, language="fr", confirmed_at="2026-11-01T10:00Z", notified_version=1
    )
    processor = make_processor()
    address = f"/admin/privacy/processor/{processor.pk}/export/"
    page = dpo_client.get(address)
    assert page.status_code == 200
    assert "privacy.subscription" in page.content.decode()
    assert not Transmission.objects.exists()
    asked = {"holding": "privacy.subscription", "reason": "Sending of the news", "shape": "json"}
    file = dpo_client.post(address, asked)
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["Cache-Control"].startswith("no-store")
    assert json.loads(file.content)["rows"] == [{"email": ALICE}]
    assert Transmission.objects.get().decided_by == f"user:{dpo.pk}"
    assert dpo_client.post(address, {**asked, "reason": ""}).status_code == 200
    assert dpo_client.post(address, {**asked, "holding": "website.user_groups"}).status_code == 200
    assert Transmission.objects.count() == 1


def test_the_page_of_a_transmission_speaks_in_words(dpo_client: Client, dpo, now):
    MAKERS["website.enquiry"](person("alice", now), now - RECENT)
    with trail.acting(f"user:{dpo.pk}", "test"):
        processors.export(make_processor(), holding(Enquiry), reason="Sending of letters", now=timezone.now())
    sent = Transmission.objects.get()
    for address in ("", f"{sent.pk}/change/"):
        page = dpo_client.get(f"/admin/privacy/transmission/{address}").content.decode()
        assert f"account {dpo.pk}" in page
        assert "enquiry" in page
        assert "e-mail address" in page
        assert not [code for code in (f"user:{dpo.pk}", "website.enquiry", "EMAIL") if code in page]
    assert "Sending of letters" in page


def test_the_export_needs_its_own_permission(client: Client, clerk):
    actors.sign_in(client, clerk)
    assert client.get(f"/admin/privacy/processor/{make_processor().pk}/export/").status_code == 404


def test_there_is_no_other_export_at_the_desk():
    actions = {
        name
        for model_admin in admin.site._registry.values()
        for action in model_admin.actions or ()
        if "export" in (name := action if isinstance(action, str) else action.__name__)
    }
    assert actions == set()


def test_a_field_with_a_purpose_of_its_own_goes_by_that(now, monkeypatch):
    declared = Enquiry.personal_data
    other = next(purpose for purpose in Purpose if purpose != declared.purpose)
    own = {**declared.fields, "email": replace(declared.fields["email"], purpose=other)}
    monkeypatch.setattr(Enquiry, "personal_data", replace(declared, fields=own))
    registry.holdings.cache_clear()
    try:
        known = holding(Enquiry)
        given = ["EMAIL", "SURNAME"]
        main = make_processor(purposes=[declared.purpose], categories=given)
        apart = make_processor(name="Other", purposes=[other], categories=given)
        assert processors.fields_for(main, known) == ("surname",)
        assert processors.fields_for(apart, known) == ("email",)
    finally:
        monkeypatch.undo()
        registry.holdings.cache_clear()
