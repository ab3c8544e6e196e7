"""The policy of the project, published quickly: its files are read and checked once for all tests of a process."""

from datetime import datetime
from functools import cache
from pathlib import Path
from unittest import mock

from privacy.policy import publishing
from privacy.policy.publishing import PolicyDraft

_read = publishing.read


@cache
def _read_once(folder: Path) -> list[PolicyDraft]:
    return _read(folder)


def publish(*, now: datetime) -> None:
    """For tests of something else, on a site whose facts are those that it begins with."""
    with mock.patch.object(publishing, "read", _read_once):
        publishing.publish_first(now=now)
