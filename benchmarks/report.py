"""The results as JSON, as tables, and as a page with plots, all made from the figures.

Remarks on the figures are in a file of their own, which is appended unchanged.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import plots
from benchmarks.measure import BenchmarkResult
from benchmarks.plots import Row, number
from benchmarks.profiles import Profile

Found = dict[str, Any]
WORDS = {
    "met": "as promised",
    "missed": "not as promised",
    "noisy": "a time that was not as promised, on a machine whose bare figures differed by more than a factor of two",
    "small": "not as promised, by a run smaller than what the promise is about",
}

READING = """\
How to read it: each figure is the median of rounds in which all sides of an item take turns. *Spread* is the distance
between the least and the greatest round, as a share of the median. *Against the first* is the median divided by that
of the first side. Of what is counted by the second (pages/s, lines/s, entries/s) and of disk given back more is better;
of all else (seconds, microseconds "us", bytes, MB of PostgreSQL's write-ahead log) less is. In a plot the bar is the
median, and the line across it reaches from the least round to the greatest. Of the inserts one in a hundred takes
longer than their *p99*."""


def item(outcome: BenchmarkResult, profile: Profile, about: dict[str, Any]) -> Found:
    """One item as JSON: figures, targets with their verdicts, and circumstances."""
    return {
        "about": about,
        "noise": outcome.noise,
        "lines": [
            {**asdict(line), "median": line.median, "spread": line.spread, "ratio": line.ratio}
            for line in outcome.lines
        ],
        "targets": [
            {**asdict(target), "verdict": target.verdict(outcome.noise, profile)}
            for target in outcome.targets
        ],
        "facts": outcome.facts,
        "left_out": outcome.left_out,
    }


def verdicts(found: dict[str, Found]) -> list[str]:
    """A Markdown table of every target."""
    rows = ["| item | target | wanted | measured | verdict |", "| --- | --- | --- | ---: | --- |"]
    for name, each in found.items():
        for target in each["targets"]:
            cells = (name, target["name"], target["wanted"], target["measured"], target["verdict"])
            rows.append("| " + " | ".join(cells) + " |")
    return rows


def figures(lines: list[Row]) -> list[str]:
    """A Markdown table of every figure at the largest size."""
    rows = ["| item | side | median | spread | against the first |", "| --- | --- | ---: | ---: | ---: |"]
    for line in _largest(lines):
        median, ratio = f"{number(line['median'])} {line['unit']}".strip(), round(line["ratio"], 2) + 0.0
        rows.append(f"| {line['item']} | {line['side']} | {median} | {line['spread']:.0%} | {ratio:.2f} |")
    return rows


def page(found: dict[str, Found], folder: Path, remarks: str = "") -> str:
    """The page in Markdown. Writes its plots next to it."""
    parts = ["# Benchmarks", "", *_circumstances(found), "", "## Targets", "", *verdicts(found), ""]
    said = {target["verdict"] for each in found.values() for target in each["targets"]}
    parts += ["; ".join(f"*{word}*: {meaning}" for word, meaning in WORDS.items() if word in said) + ".", ""]
    parts += [*_reasons(found), READING, ""]
    for name, each in found.items():
        parts += [f"## {name.replace('_', ' ').capitalize()}", "", each["about"].get("what", ""), ""]
        parts += [_circumstance(each), "", *figures(each["lines"]), ""]
        parts += _plots(each["lines"], folder)
        parts += [f"Left out: {words}\n" for words in each["left_out"]]
    return "\n".join(parts + (["## Remarks", "", remarks.strip(), ""] if remarks.strip() else []))


def _circumstances(found: dict[str, Found]) -> list[str]:
    """What is the same for all items, once; and the worst noise index."""
    every = [each["about"] for each in found.values()]
    same = {
        name: value for name, value in every[0].items() if all(about.get(name) == value for about in every)
    }
    noise = max(each["noise"] for each in found.values())
    shown = [f"* {name}: {value}" for name, value in same.items() if name != "what"]
    return [*shown, f"* noise index: {noise:.2f} (the worst item's largest bare figure against its smallest)"]


def _circumstance(each: Found) -> str:
    about, names = each["about"], ("profile", "at", "commit", "load", "seconds")
    said = [f"{name} {about[name]}" for name in names if name in about]
    words = "; ".join([*said, f"noise index {each['noise']:.2f}"])
    return f"{words[:1].upper()}{words[1:]}."


def _reasons(found: dict[str, Found]) -> list[str]:
    """Why a target was missed, where the limit is known."""
    short = [
        target
        for each in found.values()
        for target in each["targets"]
        if target["verdict"] != "met" and target["why"]
    ]
    return [f"* **{target['name']}** ({target['verdict']}): {target['why']}" for target in short] + [
        ""
    ] * bool(short)


def _plots(lines: list[Row], folder: Path) -> list[str]:
    parts: list[str] = []
    for title in dict.fromkeys(line["item"] for line in lines):
        mine = [line for line in lines if line["item"] == title]
        name = "".join(sign if sign.isalnum() else "-" for sign in title.lower())
        (folder / f"{name}.svg").write_text(plots.bars(title, _largest(mine)))
        parts += [f"![{title}]({name}.svg)", ""]
        if len({line["size"] for line in mine}) > 1:
            (folder / f"{name}-growth.svg").write_text(plots.growth(title, mine))
            parts += [*_growth(mine), "", f"![{title}, by size]({name}-growth.svg)", ""]
    return parts


def _growth(lines: list[Row]) -> list[str]:
    """A Markdown table of the medians of one item at every size."""
    sizes = sorted({line["size"] for line in lines})
    rows = ["| " + " | ".join((lines[0]["item"], *(f"{size:,}" for size in sizes))) + " |"]
    rows.append("| --- |" + " ---: |" * len(sizes))
    for side in dict.fromkeys(line["side"] for line in lines):
        medians = {line["size"]: number(line["median"]) for line in lines if line["side"] == side}
        rows.append("| " + " | ".join((side, *(medians.get(size, "") for size in sizes))) + " |")
    return rows


def _largest(lines: list[Row]) -> list[Row]:
    most = {line["item"]: 0 for line in lines}
    for line in lines:
        most[line["item"]] = max(most[line["item"]], line["size"])
    return [line for line in lines if line["size"] == most[line["item"]]]
