"""Measure everything, each item next to its peers in the same run, on servers started for it.

    python -m benchmarks [--profile small] [--no-growth] [--add] [--out var/benchmarks] [item ...]

Exit code 1 when a target was missed: a timing counts only if the machine was quiet enough, a fact always.
"""

import argparse
import importlib
import inspect
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import django
from django.core.management import call_command

from benchmarks import report, testbed
from benchmarks.profiles import PROFILES, Profile
from softnlabs import translations

ITEMS = (
    "recording",
    "choices",
    "first_page",
    "drain",
    "ledger",
    "purge",
    "granularity",
    "applications",
    "person",
    "package",
    "promises",
    "mailings",
)
REMARKS = testbed.ROOT / "docs/benchmarks/remarks.md"


def main(arguments: list[str] | None = None) -> int:
    """Run, print and write the page. Returns the exit code."""
    asked = _parser().parse_args(arguments)
    out = Path(asked.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    profile = PROFILES[asked.profile]
    if asked.growth is not None:
        profile = replace(profile, grows=asked.growth)
    translations.compile_stale(testbed.ROOT)
    with testbed.running(testbed.ROOT / f"var/bench-{os.getpid()}"):
        _prepare()
        found = {name: _measure(name, profile) for name in asked.items or ITEMS}
    _write(found, out, is_added=asked.add)
    return int(any(target["verdict"] == "missed" for each in found.values() for target in each["targets"]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "items", nargs="*", type=_item, metavar="item", help=f"default: all of {', '.join(ITEMS)}"
    )
    parser.add_argument("--profile", choices=PROFILES, default="small")
    parser.add_argument(
        "--growth",
        action=argparse.BooleanOptionalAction,
        help="measure at three sizes (default: as the profile says)",
    )
    parser.add_argument("--add", action="store_true", help="keep the other items of an existing page")
    parser.add_argument("--out", default=str(testbed.ROOT / "var/benchmarks"))
    return parser


def _item(name: str) -> str:
    if name not in ITEMS:
        raise argparse.ArgumentTypeError(f"there is no item {name}; there are {', '.join(ITEMS)}")
    return name


def _prepare() -> None:
    django.setup()
    testbed.check_durable({name: _setting(name) for name in testbed.MUST_BE_ON})
    call_command("migrate", verbosity=0)
    # What is measured is purged long before its time.
    functions = importlib.import_module("privacy.database.functions")
    functions.bound_cut_offs("1000 years")
    functions.bound_ends("1000 years")
    call_command("load_content", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def _measure(name: str, profile: Profile) -> report.Found:
    sys.stdout.write(f"{name} ... ")
    sys.stdout.flush()
    module, about, began = (
        importlib.import_module(f"benchmarks.items.{name}"),
        _about(profile),
        time.monotonic(),
    )
    outcome = module.measure(profile)
    about |= {"seconds": round(time.monotonic() - began), "what": _what(module)}
    sys.stdout.write(f"{about['seconds']} s, noise index {outcome.noise:.2f}\n")
    return report.item(outcome, profile, about)


def _what(module: ModuleType) -> str:
    """The module's docstring, each paragraph on one line."""
    return (
        inspect.cleandoc(module.__doc__ or "").replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n")
    )


def _write(found: dict[str, report.Found], out: Path, *, is_added: bool) -> None:
    known = out / "benchmarks.json"
    if is_added and known.exists():
        found = {**json.loads(known.read_text()), **found}
    found = {name: found[name] for name in ITEMS if name in found}
    known.write_text(json.dumps(found, indent=1) + "\n")
    remarks = REMARKS.read_text() if REMARKS.exists() else ""
    (out / "README.md").write_text(report.page(found, out, remarks))
    lines = [line for each in found.values() for line in report.figures(each["lines"])[2:]]
    sys.stdout.write("\n".join(("", *report.verdicts(found), "", *lines, f"\nwritten to {out}", "")))


def _about(profile: Profile) -> dict[str, Any]:
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607
        cwd=testbed.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    python, postgres = sys.version.split()[0], _setting("server_version")
    return {
        "profile": profile.name,
        "sizes": ", ".join(f"{name} {value}" for name, value in vars(profile).items() if name != "name"),
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "commit": described.stdout.strip(),
        "machine": f"{os.cpu_count()} processors, {os.uname().machine}",
        "load": f"{os.getloadavg()[0]:.1f}",
        "versions": f"Python {python}, Django {django.__version__}, PostgreSQL {postgres}",
        "seed": importlib.import_module("benchmarks.data").SEED,
    }


def _setting(name: str) -> str:
    found: str = importlib.import_module("benchmarks.data").run(f"SHOW {name}")
    return found


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nstopped: its servers and their data are gone, and nothing was written")
