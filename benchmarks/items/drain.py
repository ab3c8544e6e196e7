"""Loading visits: the drain of the spool next to a raw COPY of the same lines into the same table.

The size is the number of lines.
"""

from datetime import UTC, datetime
from uuid import uuid4

from benchmarks import data
from benchmarks.measure import BenchmarkResult, Measurement, Target, in_turn, seconds
from benchmarks.profiles import Profile
from privacy.visits import recording

WANTED = 0.75


def measure(profile: Profile) -> BenchmarkResult:
    """Lines per second of both, and whether every line was loaded exactly once."""
    now = datetime.now(UTC)
    recording.prepare_partitions(now=now)
    recording.drain(now=now)  # visits that other items left in the spool
    lines: list[Measurement] = []
    lost = 0
    for size in profile.sizes(profile.drained):
        run = DrainRun([_line(now) for _visit in range(size)], now)
        sides = {"raw COPY": run.raw, "spool and drain": run.drained}
        lines += in_turn("drain", "lines/s", sides, rounds=profile.rounds, size=size)
        lost += sum(abs(size - number) for number in run.found)
    ratio = lines[-1].ratio
    return BenchmarkResult(
        lines=lines,
        bare=lines[-2].figures,
        targets=[
            Target("drain against raw COPY", f"at least {WANTED}", f"{ratio:.2f}", ratio >= WANTED),
            Target("visits lost or doubled by the drain", "0", str(lost), lost == 0, is_timing=False),
        ],
    )


class DrainRun:
    def __init__(self, lines: list[bytes], now: datetime) -> None:
        self.lines, self.now, self.whole = lines, now, b"\n".join(lines) + b"\n"
        self.found: list[int] = []

    def raw(self) -> float:
        data.run("TRUNCATE privacy_visit")
        return len(self.lines) / seconds(lambda: data.copy("privacy_visit", self.whole))

    def drained(self) -> float:
        data.run("TRUNCATE privacy_visit")
        for line in self.lines:
            recording.spool().append(line)
        rate = len(self.lines) / seconds(lambda: recording.drain(now=self.now))
        self.found.append(int(data.run("SELECT count(DISTINCT number) FROM privacy_visit")))
        return rate


def _line(now: datetime) -> bytes:
    columns = (now.isoformat(), uuid4().int >> 65, uuid4(), "t", "/contact/", "", "en")
    return "\t".join(map(str, columns)).encode()
