"""Between two nights a quick look finds whatever was done to a ledger, however old the row, and names it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.datamap.periods import CALENDAR
from privacy.retention import purge
from privacy.seals import recheck, sealing, verification
from privacy.seals.models import DailySeal, Removal, Seal, SealedRow, Verification
from tests import certificates
from tests import holdings as made
from tests.privacy.seals.ledger_rows import INSERT, REMOVAL, tamper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("acting")]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OLD = "UPDATE privacy_auditentry SET actor = 'user:9' WHERE id = %s"


@pytest.fixture
def verified(entries, now) -> list[AuditEntry]:
    """Three entries of a day before, under two seals and a daily seal, verified in the night."""
    trail.record("test.again", now=now)
    sealing.seal(now=now)
    sealing.close_day(now=now + DAY)
    recheck.verify_everything(now=now + DAY)
    return entries


@pytest.fixture
def later(now) -> datetime:
    """The hour after that night."""
    return now + DAY + HOUR


def named(later: datetime) -> set[str]:
    """What a quick look finds, which is what a whole verification finds."""
    found = {str(fault) for fault in recheck.verify(now=later).faults}
    assert found == {str(fault) for fault in verification.verify().faults}
    return found


def test_what_nobody_touched_is_counted_and_not_verified_again(verified, later, monkeypatch):
    monkeypatch.setattr(verification, "verify", None)
    assert recheck.verify(now=later).rows == 4
    sealing.seal(now=later)
    trail.record("test.waits", now=later)
    verdict = recheck.verify(now=later)
    assert (verdict.rows, verdict.seals, verdict.faults) == (5, 3, []), "the verification was sealed too"


def old_row_altered(entries: list[AuditEntry], now: datetime) -> None:
    tamper(OLD, entries[0].pk)


def old_row_taken_away(entries: list[AuditEntry], now: datetime) -> None:
    tamper("DELETE FROM privacy_auditentry WHERE id = %s", entries[0].pk)


def old_row_taken_away_with_a_removal_made_by_hand(entries: list[AuditEntry], now: datetime) -> None:
    old_row_taken_away(entries, now)
    tamper(REMOVAL, [str(entries[0].pk)], "")


def old_row_taken_away_under_a_certificate_of_nothing(entries: list[AuditEntry], now: datetime) -> None:
    old_row_taken_away(entries, now)
    tamper(REMOVAL, [str(entries[0].pk)], "purge:77")


def row_put_among_the_old(entries: list[AuditEntry], now: datetime) -> None:
    tamper(INSERT, now, 3)


def row_put_in_the_place_of_another(entries: list[AuditEntry], now: datetime) -> None:
    old_row_taken_away(entries, now)
    row_put_among_the_old(entries, now)


def row_that_would_never_be_sealed(entries: list[AuditEntry], now: datetime) -> None:
    tamper(INSERT, now, 2**62)


def new_row_altered(entries: list[AuditEntry], now: datetime) -> None:
    entry = trail.record("test.since", now=now + DAY)
    sealing.seal(now=now + DAY)
    tamper(OLD, entry.pk)


def new_row_taken_away(entries: list[AuditEntry], now: datetime) -> None:
    entry = trail.record("test.since", now=now + DAY)
    sealing.seal(now=now + DAY)
    tamper("DELETE FROM privacy_auditentry WHERE id = %s", entry.pk)


def new_row_dated_long_ago(entries: list[AuditEntry], now: datetime) -> None:
    trail.record("test.since", now=now - DAY)
    sealing.seal(now=now + DAY)


def old_row_altered_with_its_hash(entries: list[AuditEntry], now: datetime) -> None:
    old_row_altered(entries, now)
    leaf = sealing.leaf_sql("privacy.auditentry", sealing.columns(AuditEntry))
    tamper(f"UPDATE privacy_sealedrow s SET leaf = {leaf} FROM privacy_auditentry r WHERE s.key = r.id::text")


def old_hash_altered(entries: list[AuditEntry], now: datetime) -> None:
    tamper("UPDATE privacy_sealedrow SET leaf = sha256('x') WHERE seal_id = 1 AND position = 1")


def new_row_altered_with_its_hash(entries: list[AuditEntry], now: datetime) -> None:
    new_row_altered(entries, now)
    leaf = sealing.leaf_sql("privacy.auditentry", sealing.columns(AuditEntry))
    tamper(f"UPDATE privacy_sealedrow s SET leaf = {leaf} FROM privacy_auditentry r WHERE s.key = r.id::text")


def rows_gone_with_their_hashes(entries: list[AuditEntry], now: datetime) -> None:
    tamper(
        "DELETE FROM privacy_auditentry; DELETE FROM privacy_sealedrow WHERE ledger = 'privacy.auditentry'"
    )


def hash_of_no_seal(entries: list[AuditEntry], now: datetime) -> None:
    tamper(
        "INSERT INTO privacy_sealedrow (seal_id, position, ledger, key, leaf)"
        " SELECT 9, position, 'no ledger', key, leaf FROM privacy_sealedrow WHERE seal_id = 1"
    )


def hash_of_another_row(entries: list[AuditEntry], now: datetime) -> None:
    new_row_altered(entries, now)
    tamper("UPDATE privacy_sealedrow SET key = 'no number' WHERE seal_id = 3")


def old_seal_altered(entries: list[AuditEntry], now: datetime) -> None:
    tamper("UPDATE privacy_seal SET at = at + interval '1 minute' WHERE number = 1")


def new_seal_altered(entries: list[AuditEntry], now: datetime) -> None:
    trail.record("test.since", now=now + DAY)
    sealing.seal(now=now + DAY)
    tamper("UPDATE privacy_seal SET at = at + interval '1 minute' WHERE number = 3")


def first_seal_taken_away(entries: list[AuditEntry], now: datetime) -> None:
    tamper("DELETE FROM privacy_seal WHERE number = 1")


def first_seal_taken_away_with_all_under_it(entries: list[AuditEntry], now: datetime) -> None:
    tamper("DELETE FROM privacy_auditentry WHERE action = 'test.done'")
    tamper("DELETE FROM privacy_sealedrow WHERE seal_id = 1")
    tamper("DELETE FROM privacy_seal WHERE number = 1")


def last_seal_made_anew(entries: list[AuditEntry], now: datetime) -> None:
    tamper("UPDATE privacy_seal SET root = repeat('0', 64) WHERE number = 2")
    digest = sealing.digest_of(Seal.objects.get(number=2))
    tamper("UPDATE privacy_seal SET sha256 = %s WHERE number = 2", digest)


def daily_seal_altered(entries: list[AuditEntry], now: datetime) -> None:
    tamper("UPDATE privacy_dailyseal SET first = 2")


def daily_seal_tied_to_another_past(entries: list[AuditEntry], now: datetime) -> None:
    tamper("UPDATE privacy_dailyseal SET previous = repeat('1', 64)")
    digest = sealing.hashlib.sha256(sealing.export(DailySeal.objects.get())).hexdigest()
    tamper("UPDATE privacy_dailyseal SET sha256 = %s", digest)


def removed_row_there_again(entries: list[AuditEntry], now: datetime) -> None:
    first = AuditEntry.objects.filter(pk=entries[0].pk)
    kept = first.values().get()
    certificates.purge(first)
    AuditEntry.objects.bulk_create([AuditEntry(**kept)])


def removed_before_its_seal_and_there_again(entries: list[AuditEntry], now: datetime) -> None:
    first = AuditEntry.objects.filter(pk=trail.record("test.since", now=now + DAY).pk)
    kept = first.values().get()
    certificates.purge(first)
    AuditEntry.objects.bulk_create([AuditEntry(**kept)])


def two_removals_of_one_row(entries: list[AuditEntry], now: datetime) -> None:
    """The second would account for another row, which went without one."""
    certificates.purge(AuditEntry.objects.filter(pk=entries[0].pk))
    tamper(REMOVAL, [str(entries[0].pk)], Removal.objects.get().certificate)
    tamper("DELETE FROM privacy_auditentry WHERE id = %s", entries[1].pk)


WAYS: list[Callable[[list[AuditEntry], datetime], None]] = [
    old_row_altered,
    old_row_taken_away,
    old_row_taken_away_with_a_removal_made_by_hand,
    old_row_taken_away_under_a_certificate_of_nothing,
    row_put_among_the_old,
    row_put_in_the_place_of_another,
    row_that_would_never_be_sealed,
    new_row_altered,
    new_row_taken_away,
    new_row_dated_long_ago,
    old_row_altered_with_its_hash,
    old_hash_altered,
    new_row_altered_with_its_hash,
    rows_gone_with_their_hashes,
    hash_of_no_seal,
    hash_of_another_row,
    old_seal_altered,
    new_seal_altered,
    first_seal_taken_away,
    first_seal_taken_away_with_all_under_it,
    last_seal_made_anew,
    daily_seal_altered,
    daily_seal_tied_to_another_past,
    removed_row_there_again,
    removed_before_its_seal_and_there_again,
    two_removals_of_one_row,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_it_is_named_at_the_next_look_and_at_each_after_it(verified, now, later, way):
    assert named(later) == set()
    way(verified, now)
    assert named(later)
    assert named(later + HOUR)


def test_what_goes_lawfully_is_not_verified_again(verified, now, later, monkeypatch):
    alice, bob = made.person("alice", now), made.person("bob", now)
    for label in ("privacy.auditentry", "consent.consentevent"):
        made.MAKERS[label](alice, now - relativedelta(years=5, days=1))
        made.MAKERS[label](bob, now)
    certificates.purge(AuditEntry.objects.filter(pk=verified[0].pk))
    monkeypatch.setattr(verification, "verify", None)
    purge.run(now=now)  # of rows that no seal has yet
    assert recheck.verify(now=later).faults == []
    sealing.seal(now=now)
    assert recheck.verify(now=later).faults == []
    assert Removal.objects.count() == 3


@pytest.mark.parametrize(
    "change",
    [
        "at = at - interval '26 hours'",
        "at = at + interval '2 hours'",
        "faults = 1",
        "cluster = 'another'",
        "upto = upto + 1000000",
        "sha256 = repeat('0', 64)",
    ],
)
def test_a_verification_that_does_not_count_is_made_anew(verified, later, change, monkeypatch):
    whole: list[int] = []
    monkeypatch.setattr(verification, "verify", lambda: whole.append(1) or verification.Verdict(rows=7))
    assert recheck.verify(now=later).rows == 4
    tamper(f"UPDATE privacy_verification SET {change}")
    assert recheck.verify(now=later).rows == 7
    tamper("DELETE FROM privacy_verification")
    assert recheck.verify(now=later).rows == 7
    assert len(whole) == 2


def test_what_was_altered_behind_the_back_of_postgresql_is_found_within_a_day(verified, later):
    """Its number of a transaction is as it was: here the verification says that it came after."""
    tamper(OLD, verified[0].pk)
    tamper("UPDATE privacy_verification SET upto = %s", sealing.position()[1])
    looks = [recheck.verify(now=later + number * recheck.TURN) for number in range(recheck.TURNS)]
    assert sum(bool(look.faults) for look in looks) == 1


def test_each_old_seal_has_its_turn_once_a_day(now):
    for head in (0, 1, 5, 72, 1000):
        turns = [recheck._turn(head, now + number * recheck.TURN) for number in range(recheck.TURNS)]
        assert sorted(seal for first, last in turns for seal in range(first, last + 1)) == list(
            range(1, head + 1)
        )


def test_everything_is_verified_once_a_night(entries, now):
    evening = now.astimezone(CALENDAR).replace(hour=22)
    assert recheck.verify_each_night(now=evening) is not None, "there was none yet"
    assert recheck.verify_each_night(now=evening + 4 * HOUR) is None
    made_at_night = recheck.verify_each_night(now=evening + 5 * HOUR)
    assert made_at_night == Verification.objects.first()
    assert recheck.verify_each_night(now=evening + 28 * HOUR) is None
    tamper("UPDATE privacy_verification SET cluster = 'another'")
    assert recheck.verify_each_night(now=evening + 28 * HOUR) is not None, "a backup was restored"


def test_what_a_night_found_is_kept(entries, now):
    certificates.purge(AuditEntry.objects.filter(pk=entries[2].pk))
    tamper(OLD, entries[0].pk)
    found = recheck.verify_everything(now=now)
    assert (found.rows, found.removed, found.faults, found.head) == (3, 1, 1, 1)
    assert found.sha256 == Seal.objects.get().sha256
    assert SealedRow.objects.count() == 3
