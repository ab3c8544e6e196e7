"""What the tests of faults share."""

import pytest

from privacy import journal


@pytest.fixture
def no_memory_of_the_last_look(monkeypatch) -> None:
    """Each page looks at the journal anew."""
    monkeypatch.setattr(journal, "LOOK_AGAIN_SECONDS", 0)
