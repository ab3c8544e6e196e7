"""Draws docs/architecture.svg from the contracts in pyproject.toml.

    python docs/draw.py

The picture shows what import-linter checks and nothing else: which app may know which, and the order of the packages
inside each app. A test compares the file with this, so it is drawn anew whenever a contract changes.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "architecture.svg"
WIDTH, GAP, PAD, HEAD = 1000, 30, 14, 36  # of the picture; between panels; inside a panel; of its title
ROW, LETTER, NUMBER = 24, 7.25, 26  # height of a layer; width of a letter; room for the number of a layer
# The modules through which Django and Celery find an app: they list what the packages hold.
LISTS = {"apps", "urls", "admin", "tasks", "models", "management", "migrations", "well_known"}
STYLE = """
svg { --paper: #ffffff; --panel: #eef3f0; --chip: #ffffff; --ink: #1c2b24; --soft: #52625a; --line: #7d8f86; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #12181a; --panel: #1d2624; --chip: #2e3b38; --ink: #e8efeb; --soft: #a9b8b0; --line: #75877e; }
}
.paper { fill: var(--paper); } .panel { fill: var(--panel); stroke: var(--line); } .chip { fill: var(--chip); }
text { fill: var(--ink); font: 12px ui-monospace, Menlo, Consolas, monospace; }
.name { font: 600 16px system-ui, sans-serif; } .says { fill: var(--soft); font: 13px system-ui, sans-serif; }
.soft { fill: var(--soft); } .arrow { stroke: var(--line); stroke-width: 2; marker-end: url(#head); }
.head { fill: var(--line); }
"""
HEADS = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="5" markerHeight="5" orient="auto">'
    '<path class="head" d="M0 0L8 4L0 8z"/></marker></defs>'
)  # fmt: skip
Layers = list[list[str]]


@dataclass(frozen=True)
class Panel:
    """One app: its layers, in some columns, each read from top to bottom."""

    name: str
    says: str
    layers: Layers
    x: int
    y: int
    width: int
    columns: int

    @property
    def height(self) -> int:
        return HEAD + max(sum(map(len, column)) for column in self._columns()) * ROW + PAD

    @property
    def end(self) -> int:
        return self.y + self.height

    def drawn(self) -> Iterator[str]:
        size = f'x="{self.x}" y="{self.y}" width="{self.width}" height="{self.height}"'
        yield f'<rect class="panel" {size} rx="8"/>'
        yield f'<text x="{self.x + PAD}" y="{self.y + 24}"><tspan class="name">{self.name}</tspan>'
        yield f'<tspan class="says" dx="8">{self.says}</tspan></text>'
        number = 0
        for place, column in enumerate(self._columns()):
            x, y = self.x + PAD + place * self._wide(), self.y + HEAD
            for rows in column:
                number += 1
                yield f'<text class="soft" x="{x}" y="{y + 16}">{number}</text>'
                for row in rows:
                    yield from _chips(row, x + NUMBER, y)
                    y += ROW

    def _wide(self) -> int:
        return (self.width - 2 * PAD) // self.columns

    def _columns(self) -> list[list[Layers]]:
        """The layers of each column, each broken into rows that fit."""
        size = -(-len(self.layers) // self.columns)
        broken = [_rows(names, self._wide() - NUMBER) for names in self.layers]
        return [broken[start : start + size] for start in range(0, len(broken), size)]


def orders() -> dict[str, Layers]:
    """The layers of each app, from the one that knows most to the one that knows least, without the lists."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return {
        contract["containers"][0]: [names for layer in contract["layers"] if (names := _packages(layer))]
        for contract in contracts
        if "containers" in contract
    }


def picture() -> str:
    """The whole drawing as SVG."""
    known = orders()
    half = (WIDTH - 3 * GAP) // 2
    left, right, whole = GAP, 2 * GAP + half, WIDTH - 2 * GAP
    top = Panel("softnlabs", "project, website, accounts", known["softnlabs.website"], left, GAP, whole, 3)
    dsr = Panel("dsr", "requests of data subjects", known["dsr"], left, top.end + GAP, half, 2)
    jobs = Panel("recruitment", "offers, applications", known["recruitment"], right, dsr.y, half, 3)
    consent = Panel(
        "consent", "choices, notices, prospecting", known["consent"], right, jobs.end + GAP, half, 1
    )
    base = max(dsr.end, consent.end) + GAP
    privacy = Panel(
        "privacy", "data map, policy, retention, evidence", known["privacy"], left, base, whole, 3
    )
    middles = left + half // 2, right + half // 2
    arrows = (
        (middles[0], top.end, dsr.y),
        (middles[1], top.end, jobs.y),
        (middles[1], jobs.end, consent.y),
        (middles[0], dsr.end, base),
        (middles[1], consent.end, base),
    )
    height = privacy.end + GAP
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
            "<title>Which app and which package may know which: imports go down only</title>",
            f"<style>{STYLE}</style>",
            HEADS,
            f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
            *(f'<path class="arrow" d="M{x} {begin}V{end - 5}"/>' for x, begin, end in arrows),
            *(line for panel in (top, dsr, jobs, consent, privacy) for line in panel.drawn()),
            "</svg>",
            "",
        ]
    )


def _packages(layer: str) -> list[str]:
    return [name for name in layer.split(" | ") if name not in LISTS]


def _width(name: str) -> float:
    return round(len(name) * LETTER + 14, 1)


def _rows(names: list[str], room: float) -> Layers:
    """The names in as many rows as they need."""
    rows: Layers = [[]]
    for name in names:
        if rows[-1] and sum(_width(each) + 6 for each in [*rows[-1], name]) > room:
            rows.append([])
        rows[-1].append(name)
    return rows


def _chips(names: list[str], x: float, y: int) -> Iterator[str]:
    for name in names:
        yield f'<rect class="chip" x="{x:g}" y="{y + 1}" width="{_width(name):g}" height="{ROW - 4}" rx="4"/>'
        yield f'<text x="{x + 7:g}" y="{y + 15}">{name}</text>'
        x += _width(name) + 6


if __name__ == "__main__":
    PICTURE.write_text(picture())
