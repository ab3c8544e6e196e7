"""What the tests of faults share."""

import pytest

from privacy.journal import entries


@pytest.fixture
def journal_read_on_each_page(monkeypatch) -> None:
    """Each page looks at the journal anew."""
    monkeypatch.setattr(entries, "RECHECK_SECONDS", 0)
