"""Recording a page view, in a real web server: an empty page and a real one, with and without, beside peers."""

import time
from datetime import UTC, datetime

from benchmarks import data, web
from benchmarks.measure import Line, Outcome, Target, in_turn
from benchmarks.profiles import Profile
from privacy import navigation, spool

EMPTY, PAGE, AGAINST_PACKAGE, MICROSECONDS = 0.88, 0.90, 3.0, 70.0
SIDES = ["empty, bare", "empty, recorded", "empty, synchronous insert", "page, bare", "page, everything on"]
PEER = "empty, django-request"
WARM_UP = 40


def measure(profile: Profile) -> Outcome:
    """Pages per second and processor time per page; and that a kill -9 of the web server loses nothing."""
    now = datetime.now(UTC)
    navigation.prepare_partitions(now=now)
    cpu: dict[str, list[float]] = {}
    shown = 0
    with web.serving(SIDES + [PEER] * web.has_django_request()) as sites:
        for site in sites.values():
            site.pages(WARM_UP)
        time.sleep(2 * spool.HELD_SECONDS)  # until each process has finished the piece of the warming up
        navigation.drain(now=now)
        data.run("TRUNCATE privacy_visit")

        def rate(site: web.Site) -> float:
            nonlocal shown
            began, used = time.perf_counter(), site.cpu()
            pages = site.pages(profile.pages)
            took = time.perf_counter() - began
            cpu.setdefault(site.side, []).append((site.cpu() - used) / max(1, pages) * 1e6)
            shown += pages if site.side in {"empty, recorded", "page, everything on"} else 0
            return pages / took

        runs = {side: (lambda site=site: rate(site)) for side, site in sites.items()}
        lines = in_turn("recording", "pages/s", runs, rounds=profile.rounds)
    data.run("DELETE FROM privacy_visit")  # those of the synchronous peer
    drained = _drained(shown)
    lines = _against_their_own(lines)
    lines += _against_their_own(
        [Line("recording, web processor", side, "us/page", cpu[side], 0) for side in cpu]
    )
    return Outcome(
        lines=lines,
        bare=lines[0].figures,
        facts={"pages_recorded": shown, "visits_drained_after_kill_9": drained},
        targets=_targets(lines, shown - drained),
    )


def _drained(wanted: int) -> int:
    """What comes in once every killed process is gone: the kernel takes a moment to let go of their files."""
    drained, end = 0, time.monotonic() + 10
    while drained < wanted and time.monotonic() < end:
        drained += navigation.drain(now=datetime.now(UTC))
        time.sleep(0.1)
    return drained


def _against_their_own(lines: list[Line]) -> list[Line]:
    """An empty page against the empty bare one, a real page against the real bare one."""
    bare = {line.side.partition(",")[0]: line.median for line in lines if line.side.endswith("bare")}
    return [
        Line(line.item, line.side, line.unit, line.figures, bare[line.side.partition(",")[0]])
        for line in lines
    ]


def _targets(lines: list[Line], lost: int) -> list[Target]:
    by = {(line.item, line.side): line for line in lines}
    empty, page = by["recording", "empty, recorded"].ratio, by["recording", "page, everything on"].ratio
    used = {side: line.median for (item, side), line in by.items() if item != "recording"}
    more = used["empty, recorded"] - used["empty, bare"]
    targets = [
        Target("recorded empty view against bare", f"at least {EMPTY}", f"{empty:.2f}", empty >= EMPTY),
        Target("page with everything on against bare", f"at least {PAGE}", f"{page:.2f}", page >= PAGE),
        Target(
            "processor per recorded page (web)",
            f"{MICROSECONDS:.0f} us",
            f"{more:.0f} us",
            more <= MICROSECONDS,
        ),
        Target("visits lost at kill -9 of the web server", "0", str(lost), lost == 0, is_timing=False),
    ]
    if peer := by.get(("recording", PEER)):
        times = by["recording", "empty, recorded"].median / peer.median
        wanted = f"{AGAINST_PACKAGE:.0f} times"
        targets.append(Target("against django-request", wanted, f"{times:.1f}", times >= AGAINST_PACKAGE))
    return targets
