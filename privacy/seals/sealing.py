"""Seals: rows of a ledger cannot be changed, added to the past or deleted without its being found out.

Every half minute the worker seals the rows of the transactions that have all ended by then (so that none is missed,
however long it took): a Merkle root over their salted hashes, chained to the seal before. Writers of rows wait for
none of it. The hashes stay when a row is lawfully erased, and then reveal nothing of it. Each day's seals are one
document, whose digest is mailed to the controller, so that not even the owner of the database can rewrite the past.
:mod:`privacy.seals.verification` checks it all.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Max, Min, Sum

from privacy.audit.ledger import AppendOnlyModel
from privacy.datamap.periods import CALENDAR
from privacy.mail import outbox
from privacy.seals import merkle
from privacy.seals.models import DailySeal, Seal, SealedRow

LOCK = 0x7365616C  # "seal": any number that nothing else here uses
NOTHING_BEFORE = "0" * 64
FORMAT = "daily-seal/1"
HIDDEN = ("ledger_xid", "ledger_salt")
PIECE, LENGTH = 4096, 32  # hashes fetched at once, and the bytes of one

# OFFSET 0 makes PostgreSQL look each row up by its key. A join would compare each new row with each sealed one while
# the statistics know of few: at first, and whenever much was written in a short time.
INSERT = """
INSERT INTO {leaves} (seal_id, position, ledger, key, leaf)
SELECT %s, %s + row_number() OVER (ORDER BY r.ledger_xid, r.{key}), %s, r.{key}::text, {leaf}
FROM {table} r
WHERE {window}
  AND NOT EXISTS (SELECT 1 FROM {leaves} s WHERE s.ledger = %s AND s.key = r.{key}::text OFFSET 0)
"""
FETCH = f"""
SELECT string_agg(leaf, ''::bytea ORDER BY position) FROM {SealedRow._meta.db_table}
WHERE seal_id = %s AND position > %s AND position <= %s
"""  # noqa: S608


def ledgers() -> list[type[AppendOnlyModel]]:
    """Every table whose rows are sealed, in the order of the installed apps."""
    return [model for model in apps.get_models() if issubclass(model, AppendOnlyModel) and model.is_sealed]


def columns(model: type[models.Model]) -> list[str]:
    """The columns that the hash of a row covers: all of them."""
    return [*(str(field.column) for field in model._meta.concrete_fields), *HIDDEN]


def leaf_sql(label: str, names: Iterable[str], *, row: str = "r") -> str:
    """The SQL of a row's hash: :func:`privacy.seals.merkle.leaf` of its content."""
    return f"sha256('\\x00'::bytea || convert_to({content_sql(label, names, row=row)}, 'UTF8'))"


def content_sql(label: str, names: Iterable[str], *, row: str = "r") -> str:
    """The SQL of what is hashed of a row: its values as JSON. The caller sets the time zone to UTC."""
    values = ", ".join(f'{row}."{name}"' for name in names)
    return f"jsonb_build_array('{label}', {values})::text"


def head() -> Seal | None:
    """The last seal."""
    return Seal.objects.first()


def seal(*, now: datetime) -> Seal | None:
    """Seal what was written since the last seal; ``None`` when there is nothing, or somebody else seals now."""
    with transaction.atomic():
        cluster, upto = position()
        if not _is_mine():
            return None
        last = head()
        is_new_epoch = last is not None and (last.cluster != cluster or upto < last.upto)
        made = Seal(number=last.number + 1 if last else 1, at=now, cluster=cluster, upto=upto)
        made.epoch = (last.epoch if last else 0) + (last is None or is_new_epoch)
        made.columns = _take_leaves(made, None if last is None or is_new_epoch else last.upto)
        if not made.columns and not is_new_epoch:
            return None
        made.root = merkle.root(_leaves(made)).hex()
        made.previous = last.sha256 if last else NOTHING_BEFORE
        made.sha256 = digest_of(made)
        made.save(force_insert=True)
    return made


def digest_of(made: Seal) -> str:
    """The digest that the next seal contains as ``previous``."""
    names = ("number", "epoch", "cluster", "upto", "rows", "columns", "root", "previous")
    return digest({"at": instant(made.at), **{name: getattr(made, name) for name in names}})


def close_day(*, now: datetime) -> DailySeal | None:
    """Put the seals made before today (in Paris) and in no daily seal yet into one, and mail it to the controller.

    ``None`` when that was done already today, or when there never was a seal.
    """
    today = now.astimezone(CALENDAR).date()
    with transaction.atomic():
        last = DailySeal.objects.first()
        day = today - timedelta(days=1)
        if not _is_mine() or (last is not None and last.day >= day):
            return None
        made = _daily(day, last)
        if made is not None:
            made.save()
            _mail(made, now)
    return made


def document(daily: DailySeal) -> dict[str, object]:
    """The daily seal as it is exported: enough to find out later, without this database, what was changed in it."""
    made = Seal.objects.filter(number__gte=daily.first, number__lte=daily.head_id).order_by("number")
    names = ("number", "epoch", "rows", "root", "previous", "sha256")
    return {
        "format": FORMAT,
        "entity": str(settings.ENTITY["siren"]),
        "day": daily.day.isoformat(),
        "previous": daily.previous,
        "seals": [{"at": instant(each.at), **{name: getattr(each, name) for name in names}} for each in made],
    }


def export(daily: DailySeal) -> bytes:
    """The document as a file; ``sha256sum`` of it is the digest."""
    return canonical(document(daily))


def instant(at: datetime) -> str:
    """ISO 8601 in UTC: one spelling for one instant."""
    return at.astimezone(UTC).isoformat()


def canonical(content: object) -> bytes:
    """JSON with one spelling for one content."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(content: object) -> str:
    """The SHA-256 of :func:`canonical`, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def position() -> tuple[str, int]:
    """The identifier of the database system, and the number below which every transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier::text, pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            " FROM pg_control_system()"
        )
        cluster, upto = cursor.fetchone()
    return cluster, upto


def _is_mine() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _take_leaves(made: Seal, since: int | None) -> dict[str, list[str]]:
    """Hash the rows that transactions from ``since`` on wrote; in a new epoch, every row without a hash."""
    covered: dict[str, list[str]] = {}
    made.rows = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', 'UTC', true)")
        for model in ledgers():
            label, names = model._meta.label_lower, columns(model)
            cursor.execute(_insert(model, is_windowed=since is not None), _arguments(made, label, since))
            if cursor.rowcount:
                covered[label] = names
                made.rows += cursor.rowcount
    return covered


def _leaves(made: Seal) -> Iterator[bytes]:
    """The hashes under this seal, in order."""
    with connection.cursor() as cursor:
        for done in range(0, made.rows, PIECE):
            cursor.execute(FETCH, [made.number, done, done + PIECE])
            piece = bytes(cursor.fetchone()[0])
            yield from (piece[at : at + LENGTH] for at in range(0, len(piece), LENGTH))


def _insert(model: type[models.Model], *, is_windowed: bool) -> str:
    assert model._meta.pk is not None
    return INSERT.format(
        leaves=SealedRow._meta.db_table,
        table=model._meta.db_table,
        key=model._meta.pk.column,
        leaf=leaf_sql(model._meta.label_lower, columns(model)),
        window="r.ledger_xid >= %s AND r.ledger_xid < %s" if is_windowed else "true",
    )


def _arguments(made: Seal, label: str, since: int | None) -> list[int | str]:
    window = [] if since is None else [since, made.upto]
    return [made.number, made.rows, label, *window, label]


def _daily(day: date, last: DailySeal | None) -> DailySeal | None:
    begin_today = datetime.combine(day + timedelta(days=1), time(), CALENDAR)
    new = Seal.objects.filter(number__gt=last.head_id if last else 0, at__lt=begin_today)
    facts = new.aggregate(first=Min("number"), head_id=Max("number"), rows=Sum("rows"))
    if facts["first"] is None:
        return None
    made = DailySeal(day=day, previous=last.sha256 if last else NOTHING_BEFORE, **facts)
    made.sha256 = hashlib.sha256(export(made)).hexdigest()
    return made


def _mail(made: DailySeal, now: datetime) -> None:
    facts = {"daily": made, "head": made.head}
    language = settings.LANGUAGE_CODE
    outbox.send("daily_seal", to=settings.CONTROLLER["email"], language=language, context=facts, now=now)
