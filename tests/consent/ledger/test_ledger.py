"""The ledger: it only grows, it says everything, and the visitor can prove it alone."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from consent import starting_content
from consent.cookies import choices_cookie
from consent.ledger import ledger, topics
from consent.ledger.models import ConsentEvent, ConsentTerm, Wording
from privacy.audit.ledger import AppendOnlyError
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import holding
from privacy.datamap.subjects import Subject, fingerprint
from privacy.seals import sealing
from tests import certificates, roles
from tests.consent.conftest import CONSENT_GROUPS, Visitor

pytestmark = pytest.mark.django_db
ALICE, BOB = "alice@example.org", "bob@example.org"


def context(now: datetime, **more) -> ledger.ConsentContext:
    return ledger.ConsentContext(ledger.Act.CHOICE, "May we?", "en", "/", now, **more)


def yes(
    now: datetime, *, receipt: UUID | None = None, email: str = "", until: datetime | None = None
) -> ConsentEvent:
    return ledger.grant(
        "personal",
        holder=ledger.Holder(receipt, email),
        purpose="PERSONALISATION",
        context=context(now),
        valid_until=until,
    )


@pytest.mark.parametrize("table", ["consent_consentevent", "consent_wording"])
@pytest.mark.parametrize(
    "attempt", ["UPDATE {} SET language = 'xx'", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_it_survives_every_attempt(table: str, attempt: str, now: datetime):
    yes(now, email=ALICE)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would do before the attempt
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        roles.owner(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attempt.format(table))
    assert (ConsentEvent.objects.count(), Wording.objects.count()) == (1, 1)


def test_a_line_is_not_saved_twice(now: datetime):
    with pytest.raises(AppendOnlyError):
        yes(now, email=ALICE).save()


def test_a_line_is_about_one_browser_or_one_address(now: datetime):
    for holder in (ledger.Holder(), ledger.Holder(uuid4(), ALICE)):
        with pytest.raises(DatabaseError, match="one_subject"), transaction.atomic():
            ledger.grant("personal", holder=holder, purpose="VISITORS", context=context(now))


def test_the_same_words_are_archived_once(now: datetime):
    yes(now, email=ALICE)
    yes(now + timedelta(days=1), email=BOB)
    assert Wording.objects.get().first_shown_at == now


def test_a_yes_that_lapsed_is_closed_once_on_the_day_it_lapsed(now: datetime):
    until = now + timedelta(days=10)
    receipt, other = uuid4(), uuid4()
    yes(now, receipt=receipt, until=until)
    yes(now, receipt=other, until=until)
    ledger.withdraw("personal", holder=ledger.Holder(other), purpose="PERSONALISATION", context=context(now))
    ledger.refuse(  # about another matter: it does not close the first
        "campaigns", holder=ledger.Holder(receipt), purpose="VISITORS", context=context(now)
    )
    yes(now, email=ALICE)
    assert ledger.expire_due(now=until - timedelta(seconds=1)) == 0
    noticed = until + timedelta(minutes=7)  # the worker comes by every ten
    assert ledger.expire_due(now=noticed) == 1
    assert ledger.expire_due(now=until + timedelta(days=1)) == 0
    event = ConsentEvent.objects.get(kind="EXPIRE")
    assert (event.receipt, event.act, event.happened_at) == (receipt, "CLOCK", until)


def test_only_the_persons_own_lines_are_found(now: datetime):
    receipt = uuid4()
    mine = [yes(now, email=ALICE), yes(now, receipt=receipt)]
    yes(now, email=BOB)
    yes(now, receipt=uuid4())
    subject = Subject(emails=frozenset({ALICE}), receipts=frozenset({receipt}))
    assert set(ConsentEvent.objects.about(subject)) == set(mine)


def test_the_access_package_holds_the_very_words(now: datetime):
    said = {name: value for name, _label, value in holding(ConsentEvent).export(yes(now, email=ALICE))}
    assert said["wording"] == "May we?"
    assert said["kind"] == "given"


def test_the_proof_of_a_browser_that_never_chose_is_empty(visitor: Visitor, now: datetime):
    yes(now, email=ALICE)  # a line without a receipt is somebody's, and not of each browser without one
    assert visitor.get("/privacy/choices/proof.json").json()["records"] == []


def test_the_proof_claims_no_consent_where_none_is_asked(visitor: Visitor):
    visitor.submit("/privacy/choices/visits/object/")
    visitor.submit("/privacy/choices/save/", personal="on")
    purposes = [
        record["pii_processing"]["purposes"][0]
        for record in visitor.get("/privacy/choices/proof.json").json()["records"]
    ]
    assert {purpose["purpose"]: purpose["lawful_basis"] for purpose in purposes} == {
        "visits": "legitimate_interest"
    } | dict.fromkeys(CONSENT_GROUPS, "consent")


def test_the_visitor_proves_it_alone(visitor: Visitor):
    bob = Visitor()
    bob.submit("/privacy/choices/refuse/")
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC), tick=False):
        visitor.submit("/privacy/choices/save/", next="/careers/", personal="on")
        document = visitor.get("/privacy/choices/proof.json").json()
    assert len(document["records"]) == len(CONSENT_GROUPS)
    record = next(
        record
        for record in document["records"]
        if record["pii_processing"]["purposes"][0]["purpose"] == "personal"
    )
    parts = {"record_header", "pii_processing", "party_identification", "event", "receipt", "seal"}
    assert record.keys() == parts
    assert record["record_header"]["schema_version"] == "ISO/IEC TS 27560:2023"
    assert record["event"] == {
        "event_time": "2026-11-23T10:00:00+00:00",
        "validity_duration": "2027-05-23T09:00:00+00:00",
        "entity_id": record["receipt"]["receipt_id"],
        "event_type": "CHOICE",
        "event_state": "given",
        "browser_signal": None,
    }
    assert record["receipt"]["page"] == "/careers/"
    words = visitor.get(f"/privacy/choices/words/{record['pii_processing']['privacy_notice_sha256']}/")
    assert hashlib.sha256(words.content).hexdigest() == record["pii_processing"]["privacy_notice_sha256"]
    assert "Remembers the sections you read" in words.content.decode()
    assert str(
        ConsentEvent.objects.exclude(receipt=record["receipt"]["receipt_id"]).first().record
    ) not in str(document)


def joined(leaf: str, path: list[dict[str, str]]) -> str:
    """What the page tells the visitor to compute."""
    node = bytes.fromhex(leaf)
    for step in path:
        other = bytes.fromhex(step["sha256"])
        left, right = (other, node) if step["side"] == "left" else (node, other)
        node = hashlib.sha256(b"\x01" + left + right).digest()
    return node.hex()


@pytest.mark.django_db(transaction=True)
def test_the_visitor_proves_that_it_is_sealed():
    """As the page says: content to leaf, leaf to root, and the root is the one that the seal keeps."""
    starting_content.declare()
    bob, visitor = Visitor(), Visitor()
    bob.submit("/privacy/choices/refuse/")
    visitor.submit("/privacy/choices/save/", personal="on")
    assert [r["seal"] for r in visitor.get("/privacy/choices/proof.json").json()["records"]] == [None] * 3
    assert "within minutes" in visitor.get("/privacy/choices/").content.decode()
    made = sealing.seal(now=datetime.now(UTC))
    assert made is not None
    records = visitor.get("/privacy/choices/proof.json").json()["records"]
    for record in records:
        under = record["seal"]
        assert hashlib.sha256(b"\x00" + under["content"].encode()).hexdigest() == under["leaf"]
        assert joined(under["leaf"], under["path"]) == under["root"] == made.root
        assert under["path"]
        assert (under["number"], under["sha256"]) == (made.number, made.sha256)
        assert record["record_header"]["record_id"] in under["content"]
        assert bob.cookies["choices"].value.split(".")[1] not in under["content"].replace("-", "")
    assert f"No. {made.number}" in visitor.get("/privacy/choices/").content.decode()


def test_nothing_is_shown_past_its_period(visitor: Visitor):
    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC), tick=False):
        visitor.submit("/privacy/choices/refuse/")
    event = ConsentEvent.objects.first()
    end = datetime(2032, 5, 23, 9, tzinfo=UTC)  # six months, then five years
    assert ledger.events_of_browser(event.receipt, now=end - timedelta(seconds=1)).count() == 3
    assert ledger.events_of_browser(event.receipt, now=end).count() == 0


def test_a_proof_outlives_what_it_proves(now: datetime):
    """A yes that runs for seven years is still proved five years after it was taken back."""
    given = yes(now, email=ALICE)
    withdrawn_at = now.replace(year=2033)
    assert list(ConsentEvent.objects.live(withdrawn_at)) == [given]
    ledger.withdraw(
        "personal",
        holder=ledger.Holder(email=ALICE),
        purpose="PERSONALISATION",
        context=context(withdrawn_at),
    )
    end = now.replace(year=2038)
    assert ConsentEvent.objects.live(end - timedelta(seconds=1)).count() == 2
    assert ConsentEvent.objects.due(end).count() == 2
    again = yes(withdrawn_at + timedelta(days=1), email=ALICE)
    assert ConsentEvent.objects.due(end).count() == 0
    assert again.term_id == given.term_id


def test_each_matter_has_a_term_of_its_own(now: datetime):
    receipt = uuid4()
    lines = [yes(now, email=ALICE), yes(now, email=BOB), yes(now, receipt=receipt), yes(now, receipt=uuid4())]
    assert len({line.term_id for line in lines}) == 4
    assert lines[0].term.ended_at is None
    assert lines[2].term.ended_at == choices_cookie.VALIDITY.after(now)


@pytest.mark.usefixtures("acting")
def test_a_term_goes_with_its_last_line(now: datetime):
    yes(now, email=ALICE)
    ledger.delete_unused_terms()
    assert ConsentTerm.objects.update(ended_at=now) == 1  # what goes on is no purge's
    certificates.purge(ConsentEvent.objects.all())
    ledger.delete_unused_terms()
    assert ConsentTerm.objects.count() == 0


def test_words_nobody_archived_are_not_found(visitor: Visitor):
    assert visitor.get(f"/privacy/choices/words/{'0' * 64}/").status_code == 404


@pytest.mark.parametrize(
    "target", ["http://[", "//[", "/a\0b", "https://example.org/x", "javascript:x", "nothing"]
)
def test_no_address_to_go_back_to_can_lose_an_answer(visitor: Visitor, target: str):
    assert visitor.submit("/privacy/choices/refuse/", next=target).status_code == 302
    assert {(event.kind, event.page) for event in ConsentEvent.objects.all()} == {
        ("REFUSE", "/privacy/choices/refuse/")
    }


def test_the_ledger_names_the_preferences_page(visitor: Visitor):
    visitor.submit("/fr/privacy/choices/save/", personal="on")
    assert {event.page for event in ConsentEvent.objects.all()} == {"/fr/privacy/choices/"}


def test_the_ledger_names_the_page_and_never_whose_it_was(visitor: Visitor):
    whose = "/fr/privacy/requests/00000000-0000-0000-0000-000000000007/?a"
    assert visitor.submit("/fr/privacy/choices/refuse/", next=whose).headers["Location"] == whose
    assert {event.page for event in ConsentEvent.objects.all()} == {"/fr/privacy/requests/<pk>/"}


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Information chosen for you"), ("fr", "Informations choisies pour vous")]
)
def test_a_line_says_what_it_is_about_in_words(dpo_client, now: datetime, language: str, words: str):
    event = yes(now, email=ALICE)
    with translation.override(language):
        told = {name: value for name, _label, value in holding(ConsentEvent).export(event)}
        assert told["topic"] == words
    before = "" if language == "en" else "/fr"
    assert dpo_client.get(f"{before}/admin/consent/consentevent/").content.decode().count(words) == 2
    page = dpo_client.get(f"{before}/admin/consent/consentevent/{event.pk}/change/").content.decode()
    assert words in page
    assert AuditEntry.objects.get(action="consent.consentevent.viewed").about == fingerprint(ALICE)


@pytest.mark.parametrize(("topic", "words"), [("prospecting", "Commercial e-mail"), ("of-old", "of-old")])
def test_what_is_no_group_has_words_too(topic: str, words: str):
    assert topics.label(topic) == words
