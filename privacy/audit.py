"""The audit trail: who did what, on whose data, when and by which gesture. Never a personal value.

Whoever starts something (a web request, a task, a command) opens :func:`acting`; the feature that does it calls
:func:`record` in the same transaction. A deed without an actor is refused rather than silently lost.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from privacy.models.audit import AuditEntry

SYSTEM = "system"


class NobodyActing(RuntimeError):
    """Something was to be recorded, but no actor had been named."""


@dataclass(frozen=True)
class _Acting:
    actor: Callable[[], str]
    gesture: str


_acting: ContextVar[_Acting | None] = ContextVar("acting", default=None)


@contextmanager
def acting(actor: str | Callable[[], str], gesture: str) -> Iterator[None]:
    """Name who acts (``user:<id>``, ``visitor``, ``system``) and how (``web:<url name>``, ``task:<name>``).

    A callable actor is asked only when something is recorded.
    """
    token = _acting.set(_Acting(actor if callable(actor) else lambda: actor, gesture))
    try:
        yield
    finally:
        _acting.reset(token)


def actor() -> str:
    """Who acts now. Raises :class:`NobodyActing`."""
    current = _acting.get()
    if current is None:
        raise NobodyActing
    return current.actor()


def gesture() -> str:
    """By which gesture. Raises :class:`NobodyActing`."""
    current = _acting.get()
    if current is None:
        raise NobodyActing
    return current.gesture


def record(
    verb: str,
    *,
    now: datetime,
    obj: models.Model | None = None,
    about: str = "",
    detail: Mapping[str, str | int | bool | None] | None = None,
) -> AuditEntry:
    """Add one entry: ``verb`` such as ``dsr.request.refused``, done to ``obj``, ``about`` a fingerprint.

    ``detail`` holds counts, names of fields and states: never what a person wrote. Raises :class:`NobodyActing`.
    """
    current = _acting.get()
    if current is None:
        raise NobodyActing(verb)
    entry = AuditEntry(
        at=now,
        actor=current.actor(),
        gesture=current.gesture,
        verb=verb,
        kind=obj._meta.label_lower if obj else "",
        key=str(obj.pk) if obj else "",
        about=about,
        detail=dict(detail or {}),
    )
    entry.save()
    return entry
