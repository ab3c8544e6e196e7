"""Recording a page view in a real web server: an empty page and a real one, with and without, next to peers.

CPU time is that of all processes: the side's web server, PostgreSQL, Redis and the worker that ingests the visits,
until the last visit is stored. What the latter three use while idle is measured before and subtracted from every side:
a heartbeat is not the price of a page. A bare page passes through the same middleware of Django as the real one, and
has the same template. The sides take turns of at most 2,000 pages, and each turn is compared with the bare one of the
same round, so that other load on the machine affects both alike.

At the end more pages are requested and the web servers killed (-9) at once: every page that was answered has to be
recorded. The size is the number of pages of a round.
"""

import operator
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from benchmarks import data, testbed, web, worker
from benchmarks.measure import BenchmarkResult, Measurement, Target, in_turn, largest
from benchmarks.profiles import Profile
from privacy.files import spool
from privacy.visits import recording

EMPTY, PAGE, AGAINST_PACKAGE, MICROSECONDS = 0.88, 0.90, 3.0, 70.0
RECORDED = ["empty, recorded", "page, everything on"]
SIDES = ["empty, bare", "empty, recorded", "empty, synchronous insert", "page, bare", "page, everything on"]
PEER = "empty, django-request"
RATE, USED = "recording", "recording, processor of all processes"
WARM_UP = 40
# Pages. Shorter turns would leave more segments of the spool to ingest than a second of production does.
TURN = 2_000
IDLE_SECONDS = 3.0
WHY = (
    "this page has the guard, the banner (a third more HTML) and six more headers in addition to its recording, which"
    " alone has to meet the same limit above; guard and banner have a limit of their own (60 us, see choices)."
)


def measure(profile: Profile) -> BenchmarkResult:
    """Pages per second, CPU time for each page, and whether a kill -9 of the web server loses visits."""
    recording.prepare_partitions(now=datetime.now(UTC))
    has_peer = web.has_django_request()
    with web.serving(SIDES + [PEER] * has_peer) as sites, web.working("ingest") as hand:
        run = RecordingRun(hand, profile.pages)
        run.warm_up(sites)
        lines: list[Measurement] = []
        for size in profile.sizes(profile.pages):
            run.ingest()
            turns = -(-size // TURN)
            sides = {
                side: partial(run.rate, site, size // turns, is_counted=size == run.largest)
                for side, site in sites.items()
            }
            lines += in_turn(RATE, "pages/s", sides, rounds=profile.rounds * turns, size=size)
        shown = sum(sites[side].pages(profile.pages) for side in RECORDED)
    drained = worker.ingest(shown)
    lines = _against_their_own(lines)
    used = [Measurement(USED, side, "us/page", run.used[side], 0) for side in sites]
    lines += _against_their_own(used)
    lost = run.shown - run.taken + shown - drained
    return BenchmarkResult(
        lines=lines,
        bare=_by_round(largest(lines)[RATE, SIDES[0]].figures, profile.rounds),
        facts={
            "pages_recorded": run.shown + shown,
            "visits_drained": run.taken + drained,
            "after_kill_9": drained,
        },
        targets=_targets(lines, lost),
        left_out=[] if has_peer else ["django-request, which is not installed (make bench installs it)."],
    )


@dataclass
class RecordingRun:
    """The servers, asked in turn, and the worker that ingests after each turn."""

    hand: "subprocess.Popen[str]"
    largest: int
    shown: int = 0
    taken: int = 0
    idle: float = 0.0  # CPU seconds per second without requests
    used: dict[str, list[float]] = field(default_factory=dict)

    def warm_up(self, sites: dict[str, web.BenchmarkSite]) -> None:
        for site in sites.values():
            site.pages(WARM_UP)
        time.sleep(2 * spool.SEGMENT_SECONDS)  # until each process has finished its segment of the warm-up
        recording.drain(now=datetime.now(UTC))
        self.ingest()
        data.run("TRUNCATE privacy_visit")
        used = web.cpu_of(self.hand.pid, *testbed.pids())
        time.sleep(IDLE_SECONDS)
        self.idle = (web.cpu_of(self.hand.pid, *testbed.pids()) - used) / IDLE_SECONDS

    def rate(self, site: web.BenchmarkSite, size: int, *, is_counted: bool) -> float:
        """Pages per second. The CPU time of each, until the last visit is stored, is noted when `is_counted`."""
        processes = (site.process.pid, self.hand.pid, *testbed.pids())
        used, began = web.cpu_of(*processes), time.perf_counter()
        pages = site.pages(size)
        took = time.perf_counter() - began
        self.shown += pages * (site.side in RECORDED)
        if is_counted:
            self.ingest()
            by_itself = self.idle * (time.perf_counter() - began)
            each = (web.cpu_of(*processes) - used - by_itself) / max(1, pages) * 1e6
            self.used.setdefault(site.side, []).append(each)
        return pages / took

    def ingest(self) -> None:
        """Let the worker ingest the visits that are not stored yet."""
        assert self.hand.stdin
        assert self.hand.stdout
        self.hand.stdin.write(f"{self.shown - self.taken}\n")
        self.hand.stdin.flush()
        self.taken += int(self.hand.stdout.readline())


def _against_their_own(lines: list[Measurement]) -> list[Measurement]:
    """Compares an empty page with the bare empty one, and a real page with the bare real one, of the same size."""
    bare = {
        (line.side.partition(",")[0], line.size): line.median for line in lines if line.side.endswith("bare")
    }
    return [
        Measurement(
            line.item,
            line.side,
            line.unit,
            line.figures,
            bare[line.side.partition(",")[0], line.size],
            line.size,
        )
        for line in lines
    ]


def _targets(lines: list[Measurement], lost: int) -> list[Target]:
    by = largest(lines)
    empty = _in_pairs(operator.truediv, by[RATE, RECORDED[0]], by[RATE, "empty, bare"])
    page = _in_pairs(operator.truediv, by[RATE, RECORDED[1]], by[RATE, "page, bare"])
    targets = [
        Target("recorded empty view against bare", f"at least {EMPTY}", f"{empty:.2f}", empty >= EMPTY),
        Target("page with everything on against bare", f"at least {PAGE}", f"{page:.2f}", page >= PAGE),
        _more("processor per recorded page, all processes", by[USED, RECORDED[0]], by[USED, "empty, bare"]),
        _more(
            "processor per page with everything on, all processes",
            by[USED, RECORDED[1]],
            by[USED, "page, bare"],
            WHY,
        ),
        Target("visits lost, kill -9 of the web server included", "0", str(lost), lost == 0, is_timing=False),
    ]
    if peer := by.get((RATE, PEER)):
        times = _in_pairs(operator.truediv, by[RATE, RECORDED[0]], peer)
        wanted = f"{AGAINST_PACKAGE:.0f} times"
        targets.append(Target("against django-request", wanted, f"{times:.1f}", times >= AGAINST_PACKAGE))
    return targets


def _in_pairs(how: Callable[[float, float], float], ours: Measurement, other: Measurement) -> float:
    """The median over the turns, each compared with the other side's turn of the same round."""
    return statistics.median(map(how, ours.figures, other.figures))


def _by_round(figures: list[float], rounds: int) -> list[float]:
    """The median of each round: single turns differ more, and would overstate the noise of the machine."""
    turns = len(figures) // rounds
    return [statistics.median(figures[start : start + turns]) for start in range(0, len(figures), turns)]


def _more(name: str, ours: Measurement, bare: Measurement, why: str = "") -> Target:
    more = _in_pairs(operator.sub, ours, bare)
    return Target(
        name, f"at most {MICROSECONDS:.0f} us more", f"{more:.0f} us", more <= MICROSECONDS, why=why
    )
