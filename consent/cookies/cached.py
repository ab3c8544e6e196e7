"""Something read from the database and kept in the process, looked at again after a while."""

import logging
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from django.db import DatabaseError

log = logging.getLogger(__name__)
T = TypeVar("T")
REFRESH_AFTER: Final = 30.0
"""Seconds after which a process looks whether another one changed what it holds."""


class Cached(Generic[T]):
    """`current()` costs a comparison; `reload()` reads now and keeps the old object when nothing changed."""

    def __init__(self, read: Callable[[], T], *, is_same: Callable[[T, T], bool], fallback: T) -> None:
        """`fallback` stands in while nothing was ever read, because the database is away."""
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
            log.exception("what was read before is kept until the database is back")
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
        """Look again at the next use."""
        self._known = None
