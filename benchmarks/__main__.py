"""Measure everything, each item beside its peers in the same run, on servers made for it.

    python -m benchmarks [--profile small] [--out var/benchmarks] [item ...]

Exits with 1 when a target was missed: a timing only if the machine was quiet enough, a fact always.
"""

import argparse
import importlib
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from benchmarks import bed, measure, report
from benchmarks.profiles import PROFILES, Profile
from softnlabs import translations

ITEMS = (
    "recording",
    "drain",
    "purge",
    "applications",
    "person",
    "package",
    "ledger",
    "choices",
    "first_page",
)
SEED = 0.5


def main(arguments: list[str] | None = None) -> int:
    """Run, print, write; 0 when nothing was missed."""
    asked = _parser().parse_args(arguments)
    out = Path(asked.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    translations.compile_stale(bed.ROOT / "locale")
    with bed.made(bed.ROOT / f"var/bench-{os.getpid()}"):
        _prepare()
        profile = PROFILES[asked.profile]
        outcomes = [_measure(name, profile) for name in asked.items or ITEMS]
        about = _about(profile, outcomes)
    (out / "benchmarks.json").write_text(report.data(outcomes, profile, about))
    (out / "README.md").write_text(report.page(outcomes, profile, about, out))
    sys.stdout.write("\n".join((*report.table(outcomes), "", *report.verdicts(outcomes, profile), "")))
    sys.stdout.write(f"\nnoise index {about['noise index']}; written to {out}\n")
    index = measure.noise(outcomes)
    return int(
        any(target.verdict(index, profile) == "missed" for each in outcomes for target in each.targets)
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("items", nargs="*", choices=[*ITEMS, []])
    parser.add_argument("--profile", choices=PROFILES, default="small")
    parser.add_argument("--out", default=str(bed.ROOT / "var/benchmarks"))
    return parser


def _prepare() -> None:
    django.setup()
    bed.refuse_unless_durable({name: _setting(name) for name in bed.MUST_BE_ON})
    call_command("migrate", verbosity=0)
    call_command("load_content", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def _measure(name: str, profile: Profile) -> measure.Outcome:
    sys.stdout.write(f"{name} ...\n")
    sys.stdout.flush()
    found: measure.Outcome = importlib.import_module(f"benchmarks.items.{name}").measure(profile)
    return found


def _about(profile: Profile, outcomes: list[measure.Outcome]) -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607
        cwd=bed.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    postgres = _setting("server_version")
    return {
        "profile": f"{profile.name} {vars(profile)}",
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "commit": commit.stdout.strip(),
        "machine": f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {os.uname().machine}",
        "versions": f"Python {sys.version.split()[0]}, Django {django.__version__}, PostgreSQL {postgres}",
        "seed": SEED,
        "noise index": f"{measure.noise(outcomes):.2f}",
    }


def _setting(name: str) -> str:
    found: str = importlib.import_module("benchmarks.data").run(f"SHOW {name}")
    return found


if __name__ == "__main__":
    sys.exit(main())
