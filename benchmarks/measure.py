"""Rounds of sides in turn, and what follows from them: medians, spread, ratio, noise, verdict.

Pure but for the clock.
"""

import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.profiles import Profile

NOISY = 2.0  # largest bare figure divided by the smallest: above this, timings are meaningless
Side = Callable[[], float]


@dataclass(frozen=True)
class Measurement:
    """One line of the results: an item, one of its sides, and its figures compared with the first side's."""

    item: str
    side: str
    unit: str
    figures: list[float]
    base: float
    size: int = 0  # rows, pages or lines that it was measured with; 0 where nothing grows

    @property
    def median(self) -> float:
        return statistics.median(self.figures)

    @property
    def spread(self) -> float:
        """Range of the figures divided by the median."""
        return abs((max(self.figures) - min(self.figures)) / self.median) if self.median else 0.0

    @property
    def ratio(self) -> float:
        """The median divided by that of the item's first side."""
        return self.median / self.base if self.base else 0.0


@dataclass(frozen=True)
class Target:
    """What was promised and what was measured. Noise excuses a timing, never a fact."""

    name: str
    wanted: str
    measured: str
    is_met: bool
    is_timing: bool = True
    is_of_size: bool = False  # promised for the full size alone
    why: str = ""  # a known limit, printed when the target is missed

    def verdict(self, noise: float, profile: Profile) -> str:
        """`met` or `missed`; `small` or `noisy` where the run was too small or the machine too noisy to tell."""
        if self.is_met:
            return "met"
        if (self.is_of_size and not profile.is_full) or (self.is_timing and not profile.is_timed):
            return "small"
        return "noisy" if self.is_timing and noise > NOISY else "missed"


@dataclass
class BenchmarkResult:
    lines: list[Measurement] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)  # figures of the simplest side, for the noise index
    facts: dict[str, Any] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)  # peers that are not installed

    @property
    def noise(self) -> float:
        """The largest bare figure divided by the smallest: variation of the machine itself."""
        return max(self.bare) / min(self.bare) if self.bare and min(self.bare) > 0 else 1.0


def in_turn(
    item: str, unit: str, sides: Mapping[str, Side], *, rounds: int, size: int = 0
) -> list[Measurement]:
    """Run each side once a round, so that whatever else the machine does hits all of them alike.

    Each round begins with another side: what one leaves behind, such as pages to be written out, meets each in turn.
    """
    figures: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        names = deque(sides)
        names.rotate(-number)
        for name in names:
            figures[name].append(sides[name]())
    base = statistics.median(next(iter(figures.values())))
    return [Measurement(item, name, unit, taken, base, size) for name, taken in figures.items()]


def largest(lines: Iterable[Measurement]) -> dict[tuple[str, str], Measurement]:
    """The lines of each item's largest size, by item and side."""
    found: dict[tuple[str, str], Measurement] = {}
    for line in lines:
        known = found.get((line.item, line.side))
        if known is None or known.size <= line.size:
            found[line.item, line.side] = line
    return found


def seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of them lie."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else 0.0


def noise(outcomes: Iterable[BenchmarkResult]) -> float:
    """The worst noise index of all items."""
    return max((each.noise for each in outcomes), default=1.0)
