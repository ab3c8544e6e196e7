"""Something read from the database and kept in the process, looked at again after a while."""

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")
FRESH_FOR: Final = 30.0
"""Seconds after which a process looks whether another one changed what it holds."""


class Held(Generic[T]):
    """`current()` costs a comparison; `reload()` reads now and keeps the old object when nothing changed."""

    def __init__(self, read: Callable[[], T], *, is_same: Callable[[T, T], bool]) -> None:
        self._read = read
        self._is_same = is_same
        self._known: tuple[T, float] | None = None

    def current(self) -> T:
        known = self._known
        if known is not None and time.monotonic() - known[1] < FRESH_FOR:
            return known[0]
        return self.reload()

    def reload(self) -> T:
        value, known = self._read(), self._known
        if known is not None and self._is_same(known[0], value):
            value = known[0]
        self._known = (value, time.monotonic())
        return value

    def forget(self) -> None:
        """Look again at the next use."""
        self._known = None
