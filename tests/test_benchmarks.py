"""The benchmarks: their rules, and their smallest run on servers of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from benchmarks import bed, measure, report
from benchmarks.measure import Line, Outcome, Target
from benchmarks.profiles import PROFILES

TINY, SMALL, FULL = (PROFILES[name] for name in ("tiny", "small", "full"))


def target(*, is_met: bool = False, **facts: bool) -> Target:
    return Target("t", "1", "2", is_met, **facts)


@pytest.mark.parametrize(
    ("promise", "noise", "profile", "said"),
    [
        (target(is_met=True), 9.0, TINY, "met"),
        (target(), 2.0, SMALL, "missed"),
        (target(), 2.1, SMALL, "noisy"),
        (target(), 1.0, TINY, "small"),
        (target(is_timing=False), 9.0, TINY, "missed"),
        (target(is_timing=False), 9.0, FULL, "missed"),
        (target(is_timing=False, is_of_size=True), 9.0, SMALL, "small"),
        (target(is_timing=False, is_of_size=True), 9.0, FULL, "missed"),
    ],
)
def test_noise_excuses_a_time_and_never_a_fact(promise, noise, profile, said):
    assert promise.verdict(noise, profile) == said


def test_sides_take_turns():
    order: list[str] = []
    sides = {name: lambda name=name: order.append(name) or float(len(order)) for name in "ab"}
    bare, other = measure.in_turn("item", "s", sides, rounds=3)
    assert order == list("ababab")
    assert (bare.median, bare.ratio) == (3.0, 1.0)
    assert (other.median, other.ratio) == (4.0, pytest.approx(4 / 3))
    assert bare.spread == pytest.approx(4 / 3)


def test_the_noise_index_is_the_worst_of_the_bare_figures():
    assert measure.noise([Outcome(bare=[1.0, 1.2]), Outcome(bare=[2.0, 5.0]), Outcome()]) == 2.5
    assert measure.noise([]) == 1.0


@pytest.mark.parametrize("name", bed.MUST_BE_ON)
def test_nothing_is_measured_on_a_cluster_that_is_not_durable(name):
    on = dict.fromkeys(bed.MUST_BE_ON, "on")
    bed.refuse_unless_durable(on)
    with pytest.raises(bed.NotDurable, match=name):
        bed.refuse_unless_durable(on | {name: "off"})


def test_the_page_has_its_plots(tmp_path):
    outcome = Outcome(lines=[Line("an item", "bare", "s", [1.0, 2.0], 1.5)], targets=[target()])
    page = report.page([outcome], SMALL, {"seed": 1}, tmp_path)
    assert "| an item | bare | 1.5 s | 67% | 1.00 |" in page
    assert "![an item](an-item.svg)" in page
    assert (tmp_path / "an-item.svg").read_text().startswith("<svg")


@pytest.mark.fault
def test_the_smallest_run_loses_nothing_and_leaves_nothing_unsealed(tmp_path):
    """On a bed of its own: the servers of the tests answer before the disk has the data."""
    hidden = {"DATABASE_URL", "REDIS_URL", "SOFTNLABS_VAR"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-m", "benchmarks", "--profile", "tiny", "--out", str(tmp_path)]
    done = subprocess.run(
        [*command, "recording", "drain", "ledger", "choices", "first_page"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((tmp_path / "benchmarks.json").read_text())
    facts = found["facts"]
    assert facts["visits_drained_after_kill_9"] == facts["pages_recorded"] > 0
    assert facts["unsealed"] == 0
    assert facts["entries"] > 0
    assert (facts["reads_of_a_warm_page"], facts["reads_of_a_warm_page_by_the_package"] > 0) == (0, True)
    assert {target["verdict"] for target in found["targets"] if not target["is_timing"]} == {"met"}
    assert "# Benchmarks" in (Path(tmp_path) / "README.md").read_text()
