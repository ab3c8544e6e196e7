"""What the tests of faults share."""

import pytest

from privacy.journal import entries


@pytest.fixture
def no_memory_of_the_last_look(monkeypatch) -> None:
    """Each page looks at the journal anew."""
    monkeypatch.setattr(entries, "LOOK_AGAIN_SECONDS", 0)
