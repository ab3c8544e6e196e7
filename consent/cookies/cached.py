"""A value read from the database, kept in the process and checked again from time to time."""

import logging
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from django.db import DatabaseError

log = logging.getLogger(__name__)
T = TypeVar("T")
REFRESH_AFTER: Final = 30.0
"""Seconds after which a process checks whether another one changed the value."""


class Cached(Generic[T]):
    """`reload()` reads at once. An unchanged value keeps its identity, so that caches keyed on it stay valid."""

    def __init__(self, read: Callable[[], T], *, is_same: Callable[[T, T], bool], fallback: T) -> None:
        """`fallback` is used while the database is unreachable and nothing was read before."""
        self._read = read
        self._is_same = is_same
        self._fallback = fallback
        self._known: tuple[T, float] | None = None

    def current(self) -> T:
        known = self._known
        if known is not None and time.monotonic() - known[1] < REFRESH_AFTER:
            return known[0]
        try:
            return self.reload()
        except DatabaseError:
            log.exception("the last value read is used until the database is back")
            if known is None:
                return self._fallback
            self._known = (known[0], time.monotonic())
            return known[0]

    def reload(self) -> T:
        value, known = self._read(), self._known
        if known is not None and self._is_same(known[0], value):
            value = known[0]
        self._known = (value, time.monotonic())
        return value

    def invalidate(self) -> None:
        """Read again at the next use."""
        self._known = None
