"""What ``make audit`` runs: what takes too long for each run of the build.

    python -m tests.audit            everything
    python -m tests.audit faults     one part of it

A fault that a system survives nine times and not the tenth is not survived: each runs ten times in a row.
"""

import os
import subprocess
import sys
from collections.abc import Callable

from tests.audit import scanners

TIMES = 10
PYTEST = [sys.executable, "-m", "pytest", "--quiet"]


def faults() -> int:
    """The first code that is not 0: what comes after a failure would only hide it."""
    for number in range(1, TIMES + 1):
        sys.stdout.write(f"faults, {number} of {TIMES}\n")
        sys.stdout.flush()
        if code := subprocess.run([*PYTEST, "-m", "fault"], check=False).returncode:
            return code
    return 0


def times() -> int:
    """Whether answers tell by their time which addresses have an account."""
    return subprocess.run([*PYTEST, "-s", "tests/audit/answer_times.py"], check=False).returncode


def mailings() -> int:
    """A whole campaign, killed three times."""
    environment = {**os.environ, "MAILING_RECIPIENTS": "50000"}
    command = [*PYTEST, "-s", "tests/faults/test_mailings.py", "-k", "three_times"]
    return subprocess.run(command, check=False, env=environment).returncode


def addresses() -> int:
    """Each group asks for each object; a build asks for one of each address."""
    command = [*PYTEST, "tests/house/test_addresses.py", "-k", "each_group"]
    return subprocess.run(command, check=False, env={**os.environ, "ALL_OBJECTS": "1"}).returncode


def long() -> int:
    """Tests that the build leaves out."""
    return subprocess.run([*PYTEST, "-m", "long"], check=False).returncode


PARTS: dict[str, Callable[[], int]] = {
    "faults": faults,
    "long": long,
    "times": times,
    "mailings": mailings,
    "addresses": addresses,
    "scanners": scanners.run,
}


def main() -> int:
    """0 when no part found anything."""
    results = {name: PARTS[name]() for name in sys.argv[1:] or PARTS}
    for name, code in results.items():
        sys.stdout.write(f"{name:<12} {'found something' if code else 'ok'}\n")
    return int(any(results.values()))


if __name__ == "__main__":
    sys.exit(main())
