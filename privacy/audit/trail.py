"""The audit trail: who did what, on whose data, when and from where. Never a personal value.

Whoever starts something (a web request, a task, a command) opens :func:`acting`; the feature that does it calls
:func:`record` in the same transaction. An action without an actor is refused rather than silently lost.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime

from django.db import connection, models

from privacy.audit import looks
from privacy.audit.models import AuditEntry

SYSTEM = "system"


class NoActorError(RuntimeError):
    """Something was to be recorded outside :func:`acting`."""


class _Acting:
    """A context manager. Not a generator, since that is slower and every page goes through one."""

    __slots__ = ("_before", "actor", "source")

    def __init__(self, actor: Callable[[], str], source: Callable[[], str]) -> None:
        self.actor = actor
        self.source = source

    def __enter__(self) -> None:
        self._before = _acting.set(self)

    def __exit__(self, *_error: object) -> None:
        _acting.reset(self._before)


_acting: ContextVar[_Acting | None] = ContextVar("acting", default=None)


def acting(actor: str | Callable[[], str], source: str | Callable[[], str]) -> _Acting:
    """Name who acts (``user:<id>``, ``visitor``, ``system``) and from where (``web:GET <route>``, ``task:<name>``).

    What is callable is called only when something is recorded.
    """
    return _Acting(
        actor if callable(actor) else lambda: actor, source if callable(source) else lambda: source
    )


def actor() -> str:
    """Who acts now. Raises :class:`NoActorError`."""
    current = _acting.get()
    if current is None:
        raise NoActorError
    return current.actor()


def source() -> str:
    """From where. Raises :class:`NoActorError`."""
    current = _acting.get()
    if current is None:
        raise NoActorError
    return current.source()


def record(
    action: str,
    *,
    now: datetime,
    obj: models.Model | None = None,
    about: str = "",
    detail: Mapping[str, str | int | bool | None] | None = None,
    number: int | None = None,
) -> AuditEntry:
    """Add one entry: ``action`` such as ``dsr.request.refused``, on ``obj``, ``about`` a fingerprint.

    ``detail`` holds counts, names of fields and states: never what a person wrote. ``number`` is one from
    :func:`next_number`, where the entry was named before it is written. Raises :class:`NoActorError`.
    """
    current = _acting.get()
    if current is None:
        raise NoActorError(action)
    entry = AuditEntry(
        id=number,
        at=now,
        actor=current.actor(),
        source=current.source(),
        action=action,
        kind=obj._meta.label_lower if obj else "",
        key=str(obj.pk) if obj else "",
        about=about,
        detail=dict(detail or {}),
        ends_at=looks.KEEP.after(now) if looks.is_look(action) else None,
    )
    entry.save()
    return entry


def next_number() -> int:
    """A number that no other entry will have."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [AuditEntry._meta.db_table])
        return int(cursor.fetchone()[0])
