"""Taking visits in: the spool's drain beside a raw COPY of the same lines into the same table."""

from datetime import UTC, datetime
from uuid import uuid4

from benchmarks import data
from benchmarks.measure import Outcome, Target, in_turn, seconds
from benchmarks.profiles import Profile
from privacy import navigation

WANTED = 0.75


def measure(profile: Profile) -> Outcome:
    """Lines per second of both, and whether every line came in, once."""
    now = datetime.now(UTC)
    navigation.prepare_partitions(now=now)
    lines = [_line(now) for _visit in range(profile.drained)]
    whole = b"\n".join(lines) + b"\n"
    found: list[int] = []

    def raw() -> float:
        data.run("TRUNCATE privacy_visit")
        return profile.drained / seconds(lambda: data.copy("privacy_visit", whole))

    def drained() -> float:
        data.run("TRUNCATE privacy_visit")
        for line in lines:
            navigation.spool().append(line)
        rate = profile.drained / seconds(lambda: navigation.drain(now=now))
        found.append(int(data.run("SELECT count(DISTINCT number) FROM privacy_visit")))
        return rate

    taken = in_turn("drain", "lines/s", {"raw COPY": raw, "spool and drain": drained}, rounds=profile.rounds)
    lost = sum(profile.drained - number for number in found)
    ratio = taken[1].ratio
    return Outcome(
        lines=taken,
        bare=taken[0].figures,
        targets=[
            Target("drain against raw COPY", f"at least {WANTED}", f"{ratio:.2f}", ratio >= WANTED),
            Target("visits lost or doubled by the drain", "0", str(lost), lost == 0, is_timing=False),
        ],
    )


def _line(now: datetime) -> bytes:
    columns = (now.isoformat(), uuid4().int >> 65, uuid4(), "192.0.2.1", "/contact/", "", "en")
    return "\t".join(map(str, columns)).encode()
