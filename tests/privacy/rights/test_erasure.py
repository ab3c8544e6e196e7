"""The erasure of one person: what goes, what stays and why, and that nothing of them is left anywhere."""

from datetime import date, datetime
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection

from privacy.audit.models import AuditEntry
from privacy.datamap.models import Restriction
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.usable import usable
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.mail.models import Mail
from privacy.rights import erasure, holds, restriction
from privacy.rights.erasure import RowReference
from privacy.visits.models import Visit
from recruitment.applications.models import Application, Exchange
from tests import holdings as made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


@pytest.fixture
def alice(now: datetime) -> made.SamplePerson:
    return everything_about("alice", now)


@pytest.fixture
def bob(now: datetime) -> made.SamplePerson:
    return everything_about("bob", now)


def everything_about(name: str, now: datetime) -> made.SamplePerson:
    person = made.person(name, now)
    for make in made.MAKERS.values():
        make(person, now - made.RECENT)
    Visit.objects.filter(visitor=person.visitor).update(path="/")  # no person is known there
    return person


def counts(person: made.SamplePerson) -> dict[str, int]:
    return {known.label: known.about(person.subject()).count() for known in holdings()}


def staying() -> list[Holding]:
    return [known for known in holdings() if known.data.erasure_exemption]


def test_nothing_is_left_of_alice_but_what_says_why_it_stays_and_bob_is_untouched(alice, bob, now):
    before, his = counts(alice), counts(bob)
    holds.lift(holds.place(email=bob.email, reason="A claim", review_on=date(2027, 1, 1), now=now), now=now)
    outcomes = erasure.erase(alice.subject(), now=now)
    after = counts(alice)
    assert {label for label, count in after.items() if count} == {
        known.label for known in staying() if known.is_searched
    }
    going = sum(count for label, count in before.items() if label not in {known.label for known in staying()})
    assert sum(outcome.rows + outcome.dependants for outcome in outcomes) >= going
    assert not any(outcome.kept for outcome in outcomes)
    his["privacy.hold"] += 1
    his["privacy.auditentry"] += 2
    assert counts(bob) == his


def test_no_word_of_alice_is_left_in_any_column_of_any_table_file_spool_or_log(
    alice, bob, now, caplog, client, django_capture_on_commit_callbacks
):
    """Her canary stays only where the request's file and the journal say why; her files cannot be opened."""
    kept = files_of(staying())
    hers = StoredFile.objects.filter(name__contains="alice").exclude(pk__in=kept)
    paths = [storage.path_of(file.pk) for file in hers]
    assert paths
    assert all(path.exists() for path in paths)
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(alice.subject(), now=now)
    for word in (alice.canary, alice.email, str(alice.receipt), alice.session):
        tables = {table for table in tables_with(word) if table not in tables_of(staying())}
        assert tables <= {"privacy_storedfile"}, word
    assert not hers.all().exists()
    assert not any(path.exists() for path in paths)
    assert files_with(alice.canary, alice.email, str(alice.receipt)) == []
    assert alice.canary not in caplog.text
    assert alice.email not in caplog.text
    assert tables_with(bob.canary) - tables_of(staying()) != set()


def tables_of(known: list[Holding]) -> set[str]:
    return {each.model._meta.db_table for each in known}


def files_of(known: list[Holding]) -> list[UUID]:
    """The numbers of the encrypted files that belong to these holdings."""
    return [
        file.pk for each in known for row in each.model._default_manager.all() for file in each.files(row)
    ]


def tables_with(word: str) -> set[str]:
    """The tables of which any column of any row holds ``word``: the whole row is read as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = set()
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{word}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    return {table if not table.startswith("privacy_visit_") else "privacy_visit" for table in found}


def files_with(*words: str) -> list[str]:
    folders = (settings.FILES_ROOT, settings.SPOOL_ROOT, settings.ERASURE_JOURNAL.parent)
    paths = [path for folder in folders if folder.exists() for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in paths for word in words if word.encode() in path.read_bytes()]


def test_the_search_for_words_finds_what_is_there(alice):
    tables = tables_with(alice.canary)
    assert {"website_enquiry", "recruitment_application", "consent_consentevent"} <= tables


def test_one_audit_entry_with_counts_and_no_value(alice, now):
    erasure.erase(alice.subject(), now=now)
    entry = AuditEntry.objects.get(action="privacy.erasure.erased")
    assert entry.about in alice.subject().fingerprints
    assert set(entry.detail) == {"rows", "dependants", "files", "held", "exempted", "needed"}
    assert entry.detail["files"] > 0
    assert all(isinstance(value, int) for value in entry.detail.values())


def test_a_hold_keeps_everything_of_a_person(alice, now):
    holds.place(email=alice.email, reason="A claim", review_on=date(2027, 1, 1), now=now)
    before = counts(alice)
    outcomes = erasure.erase(alice.subject(), now=now)
    assert all(outcome.rows == 0 for outcome in outcomes)
    assert sum(len(outcome.held) for outcome in outcomes) > 0
    assert counts(alice) == {**before, "privacy.auditentry": before["privacy.auditentry"] + 1}


def test_what_a_hold_keeps_stays_restricted(alice, now):
    placed = restriction.restrict(alice.subject(), reason="She contests it", now=now)
    holds.place(email=alice.email, reason="A claim", review_on=date(2027, 1, 1), now=now)
    erasure.erase(alice.subject(), now=now)
    assert Restriction.objects.in_force().filter(pk=placed.pk).exists()
    assert not usable(Application.objects.all(), now).filter(email=alice.email).exists()


def test_an_excepted_row_stays_with_what_it_stands_on(alice, now):
    exchange = Exchange.objects.filter(application__email=alice.email).get()
    erasure.erase(alice.subject(), now=now, exempt=[RowReference("recruitment.exchange", str(exchange.pk))])
    assert list(Exchange.objects.filter(application__email=alice.email)) == [exchange]
    assert list(Application.objects.filter(email=alice.email)) == [exchange.application]
    assert not Mail.objects.filter(to=alice.email).exists()


def test_an_excepted_holding_stays_whole(alice, now):
    outcomes = erasure.erase(alice.subject(), now=now, exempt=[RowReference("privacy.mail")])
    assert Mail.objects.filter(to=alice.email).exists()
    kept = {outcome.holding.label: len(outcome.exempted) for outcome in outcomes if outcome.exempted}
    assert kept == {"privacy.mail": 2}  # one of them had a file


def test_a_restriction_ends_with_the_erasure_and_forgets_its_keys(alice, now):
    restriction.restrict(alice.subject(), reason="She contests it", now=now)
    erasure.erase(alice.subject(), now=now)
    assert not Restriction.objects.in_force().exists()
    assert alice.email not in str(list(Restriction.objects.values()))


def test_erasing_twice_or_somebody_unknown_changes_nothing(alice, bob, now):
    his = counts(bob)
    erasure.erase(alice.subject(), now=now)
    outcomes = erasure.erase(alice.subject(), now=now)
    assert sum(outcome.rows for outcome in outcomes) == 0
    assert counts(bob) == his


def test_what_is_still_found_afterwards_undoes_it_all(alice, now, monkeypatch):
    monkeypatch.setattr(erasure, "delete", lambda rows, **facts: erasure.DeletionCounts(0, 0, 0))
    before = counts(alice)
    with pytest.raises(erasure.NotErasedError):
        erasure.erase(alice.subject(), now=now)
    assert counts(alice) == before
