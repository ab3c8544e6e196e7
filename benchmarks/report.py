"""The run as a table, as JSON, and as a page for the README with its plots."""

import json
from pathlib import Path
from typing import Any

from benchmarks.measure import Line, Outcome, noise
from benchmarks.profiles import Profile

HEAD = ("item", "side", "median", "spread", "against the first")
BAR, GAP, NAMES, WIDTH = 18, 6, 230, 640


def table(outcomes: list[Outcome]) -> list[str]:
    """The lines of a Markdown table: every figure."""
    rows = ["| " + " | ".join(HEAD) + " |", "| --- | --- | ---: | ---: | ---: |"]
    for line in (line for each in outcomes for line in each.lines):
        cells = (line.item, line.side, f"{_number(line.median)} {line.unit}".strip(), f"{line.spread:.0%}")
        rows.append("| " + " | ".join((*cells, f"{line.ratio:.2f}")) + " |")
    return rows


def verdicts(outcomes: list[Outcome], profile: Profile) -> list[str]:
    """The lines of a Markdown table: every target."""
    index = noise(outcomes)
    rows = ["| target | wanted | measured | verdict |", "| --- | --- | ---: | --- |"]
    for target in (target for each in outcomes for target in each.targets):
        rows.append(
            f"| {target.name} | {target.wanted} | {target.measured} | {target.verdict(index, profile)} |"
        )
    return rows


def page(outcomes: list[Outcome], profile: Profile, about: dict[str, Any], folder: Path) -> str:
    """The page; its plots are written beside it."""
    parts = ["# Benchmarks", "", *(f"* {name}: {value}" for name, value in about.items()), ""]
    parts += ["## Targets", "", *verdicts(outcomes, profile), "", "## Figures", "", *table(outcomes), ""]
    for item in dict.fromkeys(line.item for each in outcomes for line in each.lines):
        lines = [line for each in outcomes for line in each.lines if line.item == item]
        name = "".join(sign if sign.isalnum() else "-" for sign in item.lower())
        (folder / f"{name}.svg").write_text(plot(item, lines))
        parts += [f"![{item}]({name}.svg)", ""]
    return "\n".join(parts)


def plot(title: str, lines: list[Line]) -> str:
    """Bars of one item, each with its number."""
    most = max(line.median for line in lines) or 1.0
    height = (BAR + GAP) * (len(lines) + 1) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="{GAP}" y="{BAR}" font-weight="bold">{title}, {lines[0].unit}</text>'
    ]
    for number, line in enumerate(lines, start=1):
        top, length = number * (BAR + GAP), max(1, round((WIDTH - NAMES - 90) * line.median / most))
        parts.append(
            f'<text x="{GAP}" y="{top + 13}">{line.side}</text>'
            f'<rect x="{NAMES}" y="{top}" width="{length}" height="{BAR}" fill="#0d5c54"/>'
            f'<text x="{NAMES + length + GAP}" y="{top + 13}">{_number(line.median)}</text>'
        )
    return "".join(parts) + "</svg>\n"


def data(outcomes: list[Outcome], profile: Profile, about: dict[str, Any]) -> str:
    """All of it for machines."""
    index = noise(outcomes)
    lines = [
        {**vars(line), "median": line.median, "spread": line.spread, "ratio": line.ratio}
        for each in outcomes
        for line in each.lines
    ]
    targets = [
        {**vars(target), "verdict": target.verdict(index, profile)}
        for each in outcomes
        for target in each.targets
    ]
    facts = {name: fact for each in outcomes for name, fact in each.facts.items()}
    return json.dumps({"about": about, "lines": lines, "targets": targets, "facts": facts}, indent=1) + "\n"


def _number(value: float) -> str:
    """Three digits that mean something, and no powers of ten."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
