"""The benchmarks: their rules, their page, and their smallest run on servers of its own."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from django.conf import settings

from benchmarks import __main__ as bench
from benchmarks import measure, plots, report, testbed, web
from benchmarks.items import recording
from benchmarks.measure import BenchmarkResult, Measurement, Target
from benchmarks.profiles import PROFILES

TINY, SMALL, FULL = (PROFILES[name] for name in ("tiny", "small", "full"))
TIMED = {"recording", "drain", "ledger", "purge", "person", "package", "choices", "promises", "mailings"}
ABOUT = {
    "profile": "small",
    "at": "2026-11-23T14:39+00:00",
    "commit": "abc",
    "load": "0.1",
    "what": "What is measured.",
}


def target(*, is_met: bool = False, **facts: bool) -> Target:
    return Target("t", "1", "2", is_met, **facts)


@pytest.mark.parametrize(
    ("promise", "noise", "profile", "said"),
    [
        (target(is_met=True), 9.0, TINY, "met"),
        (target(), 2.0, SMALL, "missed"),
        (target(), 2.1, SMALL, "noisy"),
        (target(), 1.0, TINY, "small"),
        (target(is_of_size=True), 1.0, SMALL, "small"),
        (target(is_of_size=True), 1.0, FULL, "missed"),
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
    bare, other = measure.in_turn("item", "s", sides, rounds=3, size=7)
    assert order == list("abbaab")
    assert bare.figures == [1.0, 4.0, 5.0]
    assert other.figures == [2.0, 3.0, 6.0]
    assert (bare.median, bare.ratio, bare.size) == (4.0, 1.0, 7)
    assert (other.median, other.ratio) == (3.0, pytest.approx(3 / 4))
    assert bare.spread == pytest.approx(4 / 4)


def test_the_noise_index_is_the_largest_bare_figure_against_the_smallest():
    assert BenchmarkResult(bare=[2.0, 5.0, 3.0]).noise == 2.5
    assert BenchmarkResult().noise == 1.0
    assert (
        measure.noise([BenchmarkResult(bare=[1.0, 1.2]), BenchmarkResult(bare=[2.0, 5.0]), BenchmarkResult()])
        == 2.5
    )


def test_each_profile_but_the_tiny_one_has_five_rounds_and_three_sizes():
    for profile in PROFILES.values():
        assert (profile.rounds, profile.grows) == ((2, False) if profile is TINY else (5, True))
    assert SMALL.sizes(1_000) == [10, 100, 1_000]
    assert TINY.sizes(1_000) == [1_000]


def test_targets_are_about_the_largest_size():
    lines = [Measurement("i", "s", "", [float(size)], 1.0, size) for size in (1, 100, 10)]
    assert measure.largest(lines)["i", "s"].size == 100


@pytest.mark.parametrize("name", ["fsync", "synchronous_commit", "full_page_writes"])
def test_nothing_is_measured_on_a_cluster_that_is_not_durable(monkeypatch, name):
    def never(*_words: str, **_options: object) -> None:
        raise AssertionError

    monkeypatch.setattr(bench, "call_command", never)
    monkeypatch.setattr(bench, "_setting", lambda asked: "off" if asked == name else "on")
    with pytest.raises(testbed.NotDurableError, match=name):
        bench._prepare()
    testbed.check_durable(dict.fromkeys(testbed.MUST_BE_ON, "on"))


def made_up(bare: list[float], *, size: int = 0, is_met: bool = False) -> BenchmarkResult:
    lines = [
        Measurement("an item", side, "s", [figure * factor for figure in bare], 2.0, rows)
        for rows in ({size // 100, size // 10, size} if size else {0})
        for side, factor in (("bare", 1.0), ("ours", 0.5))
    ]
    promise = Target("faster", "twice", "2.0", is_met, why="A day costs the same.")
    return BenchmarkResult(
        lines=lines, targets=[promise], bare=bare, left_out=["peer, which is not installed."]
    )


def test_the_page_is_made_of_the_figures_alone(tmp_path):
    found = {"some_item": report.item(made_up([1.0, 2.0]), SMALL, ABOUT)}
    page = report.page(found, tmp_path, "Somebody remarked this.\n")
    assert "| some_item | faster | twice | 2.0 | missed |" in page
    assert "* **faster** (missed): A day costs the same." in page
    assert "| an item | bare | 1.5 s | 67% | 0.75 |" in page
    assert "noise index: 2.00" in page
    assert "Left out: peer, which is not installed." in page
    assert "What is measured." in page
    assert "How to read it: " in page
    assert "Profile small; at 2026-11-23T14:39+00:00; commit abc; load 0.1; noise index 2.00." in page
    assert page.rstrip().endswith("## Remarks\n\nSomebody remarked this.")
    assert "![an item](an-item.svg)" in page
    assert (tmp_path / "an-item.svg").exists()


def test_a_met_target_needs_no_reason_and_no_remarks_no_heading(tmp_path):
    page = report.page({"i": report.item(made_up([1.0], is_met=True), SMALL, ABOUT)}, tmp_path)
    assert "A day costs" not in page
    assert "Remarks" not in page


def test_an_item_that_grew_shows_its_largest_size_and_a_plot_of_all(tmp_path):
    page = report.page({"i": report.item(made_up([1.0], size=5_000), SMALL, ABOUT)}, tmp_path)
    assert "| an item | 50 | 500 | 5,000 |" in page
    assert page.count("| an item | ours |") == 1
    assert "![an item, by size](an-item-growth.svg)" in page


@pytest.mark.parametrize("draw", [plots.bars, plots.growth])
def test_a_plot_says_its_figures_and_suits_light_and_dark(draw):
    lines = report.item(made_up([1.0, 3.0], size=5_000), SMALL, ABOUT)["lines"]
    lines[0]["side"] = lines[2]["side"] = lines[4]["side"] = "<bare>"
    picture = draw("an item", lines)
    words = [each.text for each in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert any("<bare>" in word for word in words)
    assert any("2" in word for word in words)
    assert "prefers-color-scheme:dark" in picture


def test_a_plot_survives_figures_that_hardly_differ_or_are_none():
    lines = [
        {"side": side, "unit": "", "median": value, "figures": [value], "size": size}
        for side, value in (("none", 0.0), ("less", -1.0), ("some", 5.0))
        for size in (1, 10)
    ]
    ElementTree.fromstring(plots.growth("item", lines))
    ElementTree.fromstring(plots.bars("item", lines))


def test_next_to_nothing_is_said_as_nothing():
    shares = [
        Measurement("disk", "ours", "", [1.0], 1.0),
        Measurement("disk", "theirs", "", [-0.000124], 1.0),
    ]
    rows = [
        vars(line) | {"median": line.median, "spread": line.spread, "ratio": line.ratio} for line in shares
    ]
    assert report.figures(rows)[-1] == "| disk | theirs | 0 | 0% | 0.00 |"


def test_an_item_that_is_not_there_is_refused_by_name(capsys):
    with pytest.raises(SystemExit):
        bench.main(["purg"])
    assert "there is no item purg; there are recording, choices, " in capsys.readouterr().err


def test_an_item_run_alone_may_join_the_page_that_is_there(tmp_path, capsys):
    quick, slow = (
        report.item(made_up([bare]), SMALL, ABOUT | {"load": load}) for bare, load in ((1.0, "0"), (2.0, "9"))
    )
    bench._write({"drain": quick, "ledger": quick}, tmp_path, is_added=False)
    bench._write({"drain": slow}, tmp_path, is_added=True)
    found = json.loads((tmp_path / "benchmarks.json").read_text())
    assert [found[name]["about"]["load"] for name in ("drain", "ledger")] == ["9", "0"]
    bench._write({"drain": slow}, tmp_path, is_added=False)
    assert list(json.loads((tmp_path / "benchmarks.json").read_text())) == ["drain"]
    assert "written to" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "is_whole"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npag", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n", False),
        (b"HTTP/1.1 200 OK\r\nContent-", False),
    ],
)
def test_whoever_asks_reads_whole_answers(answer, is_whole):
    assert web._is_whole(answer) is is_whole


def test_processor_time_is_that_of_a_process_and_its_children():
    used = "import time\nwhile time.process_time() < 0.05: pass"
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {used!r}])"
    script = f"{child}\n{used}\nprint(flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        assert web.cpu_of(process.pid) >= 0.09
        process.kill()


def test_a_page_is_held_against_the_bare_one_of_the_same_turn():
    rates, used = (recording.RATE, recording.USED)
    figures = {
        (rates, "empty, bare"): [1000.0, 5000.0, 2000.0],
        (rates, "empty, recorded"): [900.0, 4600.0, 1780.0],
        (rates, "page, bare"): [100.0, 500.0, 200.0],
        (rates, "page, everything on"): [91.0, 400.0, 190.0],
        (rates, recording.PEER): [300.0, 1000.0, 600.0],
        (used, "empty, bare"): [900.0, 100.0, 400.0],
        (used, "empty, recorded"): [960.0, 150.0, 480.0],
        (used, "page, bare"): [900.0, 100.0, 400.0],
        (used, "page, everything on"): [971.0, 171.0, 400.0],
    }
    lines = [Measurement(item, side, "", taken, 0) for (item, side), taken in figures.items()]
    measured = [target.measured for target in recording._targets(lines, 0)]
    assert measured == ["0.90", "0.91", "60 us", "71 us", "0", "3.0"]


def test_the_noise_is_that_of_rounds_not_of_single_turns():
    assert recording._by_round([1.0, 2.0, 9.0, 3.0, 3.0, 4.0], 2) == [2.0, 3.0]
    assert recording._by_round([1.0, 2.0], 2) == [1.0, 2.0]


@pytest.mark.fault
@pytest.mark.long
def test_the_smallest_run_loses_nothing_and_leaves_nothing_unsealed(tmp_path):
    """On a bed of its own: the servers of the tests answer before the disk has the data."""
    hidden = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SOFTNLABS_VAR"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-m", "benchmarks", "--profile", "tiny", "--out", str(tmp_path)]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((tmp_path / "benchmarks.json").read_text())
    assert list(found) == list(bench.ITEMS)
    facts = {name: fact for each in found.values() for name, fact in each["facts"].items()}
    assert facts["visits_drained"] == facts["pages_recorded"] > facts["after_kill_9"] > 0
    assert facts["unsealed"] == facts["records_missing"] == facts["visits_missing"] == 0
    assert facts["entries"] > 0
    assert (facts["reads_of_a_warm_page"], facts["reads_of_a_warm_page_by_the_package"] > 0) == (0, True)
    targets = [target for each in found.values() for target in each["targets"]]
    counted = {target["verdict"] for target in targets if not (target["is_timing"] or target["is_of_size"])}
    assert counted == {"met"}
    assert {name for name, each in found.items() if each["noise"] > 1} >= TIMED
    assert (tmp_path / "README.md").read_text().startswith("# Benchmarks")
