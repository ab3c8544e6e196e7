"""Plots as SVG without a plotting library: readable in light and dark mode, with every value also in digits."""

import math
from collections.abc import Iterable
from html import escape
from typing import Any

Row = dict[str, Any]
BAR, GAP, NAMES, WIDTH = 18, 6, 250, 720
LEFT, RIGHT, TOP, HEIGHT = 70, 470, 34, 250
COLOURS = 7
STYLE = """<style>
text{font:12px system-ui,sans-serif;fill:#1f2328}.b{font-weight:600}.q{fill:#59636e}.g{stroke:#d1d9e0;fill:none}
.paper{fill:#fff}.bar{fill:#0d6e63}.more{stroke:#1f2328;stroke-width:1.5}
.c0{--c:#0d6e63}.c1{--c:#b3470b}.c2{--c:#5a4fcf}.c3{--c:#a8326e}.c4{--c:#5b6b00}.c5{--c:#0a66c2}.c6{--c:#6b4a2b}
.l{fill:none;stroke:var(--c);stroke-width:2}.d{fill:var(--c)}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.q{fill:#9198a1}.g{stroke:#3d444d}.paper{fill:#0d1117}
.bar{fill:#3fb6a8}.more{stroke:#f0f6fc}
.c0{--c:#3fb6a8}.c1{--c:#f0883e}.c2{--c:#a89cff}.c3{--c:#f778ba}.c4{--c:#b9c93a}.c5{--c:#58a6ff}.c6{--c:#c69c6d}}
</style>"""


def number(value: float) -> str:
    """Three significant digits without exponents; 0 below half a thousandth."""
    if abs(value) < 0.0005:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def bars(title: str, lines: list[Row]) -> str:
    """The sides of one item, each with its median and its range."""
    most = max(max(line["figures"]) for line in lines) or 1.0
    scale = (WIDTH - NAMES - 90) / most
    parts = []
    for place, line in enumerate(lines, start=1):
        top, length = place * (BAR + GAP) + GAP, max(1, round(scale * max(0.0, line["median"])))
        low, high = (NAMES + round(scale * max(0.0, end)) for end in _ends(line))
        middle, after = top + BAR // 2, max(NAMES + length, high) + GAP
        parts.append(
            f'<text x="{GAP}" y="{top + 13}">{escape(line["side"])}</text>'
            f'<rect class="bar" x="{NAMES}" y="{top}" width="{length}" height="{BAR}"/>'
            f'<path class="more" d="M{low} {middle}H{high}M{low} {middle - 4}v8M{high} {middle - 4}v8"/>'
            f'<text x="{after}" y="{top + 13}">{number(line["median"])}</text>'
        )
    return _picture(
        f"{title}, {lines[0]['unit']}".rstrip(", "), parts, (BAR + GAP) * (len(lines) + 1) + 2 * GAP
    )


def growth(title: str, lines: list[Row]) -> str:
    """The medians of each side at every size, on logarithmic axes."""
    lines = [line for line in lines if line["median"] > 0]
    across = _axis([line["size"] for line in lines], LEFT, RIGHT)
    up = _axis([line["median"] for line in lines], TOP + HEIGHT, TOP)
    sides = list(dict.fromkeys(line["side"] for line in lines))
    labels = _apart({side: up(_last(lines, side)["median"]) for side in sides})
    parts = [_grid(lines, across, up)]
    for place, side in enumerate(sides):
        points = [(across(line["size"]), up(line["median"])) for line in lines if line["side"] == side]
        drawn = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        dots = "".join(f'<circle class="d" cx="{x:.0f}" cy="{y:.0f}" r="3.5"/>' for x, y in points)
        said = f"{side}: {number(_last(lines, side)['median'])}"
        parts.append(
            f'<g class="c{place % COLOURS}"><polyline class="l" points="{drawn}"/>{dots}'
            f'<path class="l" stroke-dasharray="2 3" d="M{points[-1][0] + 5:.0f} {points[-1][1]:.0f}'
            f'L{RIGHT + 18} {labels[side]:.0f}"/></g>'
            f'<text x="{RIGHT + 22}" y="{labels[side] + 4:.0f}">{escape(said)}</text>'
        )
    return _picture(f"{title}, {lines[0]['unit']}, by size".replace(", ,", ","), parts, TOP + HEIGHT + 34)


def _picture(title: str, parts: Iterable[str], height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">'
        f'{STYLE}<rect class="paper" width="100%" height="100%"/>'
        f'<text class="b" x="{GAP}" y="{BAR}">{escape(title)}</text>{"".join(parts)}</svg>\n'
    )


def _ends(line: Row) -> tuple[float, float]:
    return min(line["figures"]), max(line["figures"])


def _last(lines: list[Row], side: str) -> Row:
    return [line for line in lines if line["side"] == side][-1]


class _axis:  # noqa: N801 - used as a function
    """Maps a value to a coordinate between two, logarithmically."""

    def __init__(self, values: list[float], start: int, end: int) -> None:
        self.low, self.high = math.log10(min(values)), math.log10(max(values))
        if self.high - self.low < 0.3:  # small differences must not look large
            self.low, self.high = self.low - 0.5, self.high + 0.5
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(math.ceil(self.low), math.floor(self.high) + 1)]


def _grid(lines: list[Row], across: _axis, up: _axis) -> str:
    sizes = sorted({line["size"] for line in lines})
    parts = [
        f'<path class="g" d="M{across(size):.0f} {TOP}v{HEIGHT}"/><text class="q" text-anchor="middle" '
        f'x="{across(size):.0f}" y="{TOP + HEIGHT + 20}">{size:,}</text>'
        for size in sizes
    ]
    parts += [
        f'<path class="g" d="M{LEFT} {up(tick):.0f}H{RIGHT}"/><text class="q" text-anchor="end" '
        f'x="{LEFT - 8}" y="{up(tick) + 4:.0f}">{number(tick)}</text>'
        for tick in up.ticks()
    ]
    return "".join(parts)


def _apart(wanted: dict[str, float]) -> dict[str, float]:
    """Moves labels at least one line apart, in the order of their lines."""
    placed, last = {}, TOP - 16.0
    for side, place in sorted(wanted.items(), key=lambda each: each[1]):
        last = placed[side] = max(place, last + 16)
    over = max(0.0, last - (TOP + HEIGHT + 10))
    return {side: place - over for side, place in placed.items()}
