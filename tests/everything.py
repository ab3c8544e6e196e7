"""What ``make test`` runs: every check, each with its name, beside the tests.

    python -m tests.everything

The checks run one after the other while pytest runs on all processors, each part of it with servers of its own.
A file stays whole, so what its tests share is made once.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests import servers

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
CHECKS = {
    "ruff check": [str(BIN / "ruff"), "check", "."],
    "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
    "imports": [str(BIN / "lint-imports")],
    "templates": [
        str(BIN / "djlint"),
        "templates",
        "privacy",
        "consent",
        "dsr",
        "recruitment",
        "softnlabs",
        "--lint",
    ],
    "django": [*MANAGE, "check", "--fail-level", "WARNING"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "types": [str(BIN / "mypy")],
    "unused": [sys.executable, "-m", "tests.unused"],
    "parts list": [sys.executable, "-m", "tests.sbom", "var/sbom.cdx.json"],
}
PYTEST = [sys.executable, "-m", "pytest"]
# One more than processors, since journeys wait for the worker of their site. Each part has PostgreSQL, Redis and
# perhaps a site and a browser: more than eight would need too much memory.
PROCESSES = min((os.cpu_count() or 2) + 1, 8)
PARTS = ["-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder"]


@dataclass(frozen=True)
class Result:
    """How one check went."""

    name: str
    code: int
    seconds: float
    said: str


def main() -> int:
    """Run everything; 0 when nothing was found."""
    servers.prepare()
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=1) as beside:
        checking = beside.submit(lambda: [_check(name, command) for name, command in CHECKS.items()])
        # Servers that somebody named are shared by all parts, and what tests ask of a whole cluster is not.
        parts = PARTS if servers.are_ours() else []
        tests = subprocess.run([*PYTEST, *parts, *sys.argv[1:]], check=False)
        results = checking.result()
    for result in results:
        if result.code:
            sys.stdout.write(f"\n{'=' * 20} {result.name} {'=' * 20}\n{result.said}\n")
    sys.stdout.write("\n")
    for result in results:
        state = "found something" if result.code else "ok"
        sys.stdout.write(f"{result.name:<12} {state:<16} {result.seconds:5.1f} s\n")
    took = time.monotonic() - started
    sys.stdout.write(f"{'pytest':<12} {'failed' if tests.returncode else 'ok':<16} {took:5.1f} s\n")
    return int(bool(tests.returncode or any(result.code for result in results)))


def _check(name: str, command: list[str]) -> Result:
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    return Result(name, done.returncode, time.monotonic() - started, done.stdout + done.stderr)


if __name__ == "__main__":
    sys.exit(main())
