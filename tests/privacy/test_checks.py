"""Which system checks stop a start: each one that is written is registered too."""

import inspect

import pytest
from django.core.checks import Tags
from django.core.checks.registry import registry

from privacy import checks

ASK_THE_DATABASE = {"check_policy", "check_journal", "check_rights", "check_file_keys"}


def test_every_check_is_run_and_what_asks_the_database_only_where_there_is_one():
    """Django runs a check with the tag ``database`` only when it is told which database: `migrate` does."""
    written = {name: check for name, check in vars(checks).items() if name.startswith("check_")}
    assert len(written) > 4
    assert [
        name
        for name, check in written.items()
        if check not in registry.get_checks(include_deployment_checks=True)
    ] == []
    tagged = {name for name, check in written.items() if Tags.database in getattr(check, "tags", ())}
    asking = {name for name, check in written.items() if "databases" in inspect.signature(check).parameters}
    assert tagged == asking == ASK_THE_DATABASE


@pytest.mark.parametrize(
    ("scanner", "ids"),
    [("", []), ("unix:/run/clamav/clamd.ctl", []), ("/run/clamav/clamd.ctl", ["privacy.E015"])],
)
def test_a_scanner_that_nobody_could_ask_stops_the_start(settings, scanner, ids):
    settings.SCANNER = scanner
    assert [error.id for error in checks.check_scanner(None)] == ids
