"""Profiles: how many rounds and rows each item is measured with."""

from dataclasses import dataclass

STEPS = (100, 10, 1)  # growth: a hundredth of the size, a tenth of it, and the size itself


@dataclass(frozen=True)
class Profile:
    name: str
    rounds: int
    pages: int  # requests of one round
    drained: int  # lines of one drain
    purged: int  # visits over a year, half of them due
    searched: int  # visits among which one person is looked for
    entries: int  # ledger rows of one round, over eight writers
    reader_seconds: float
    applications: int  # due applications with their files; as many files beside the promises
    mailed: int  # recipients of one campaign
    sealed: int  # ledger rows beside the promises
    grows: bool = True  # each item at a hundredth and a tenth of its size too

    @property
    def is_timed(self) -> bool:
        """Whether it is large enough for timings to mean something."""
        return self.name != "tiny"

    @property
    def is_full(self) -> bool:
        """Whether it is as large as the targets assume."""
        return self.name == "full"

    def sizes(self, largest: int) -> list[int]:
        """The sizes to measure an item at, smallest first; only `largest` where nothing grows."""
        return [max(1, largest // step) for step in STEPS] if self.grows else [largest]


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("tiny", 2, 40, 500, 2_000, 2_000, 80, 0.5, 120, 100, 400, grows=False),
        Profile("small", 5, 1_000, 50_000, 100_000, 100_000, 8_000, 5, 2_000, 5_000, 10_000),
        Profile("medium", 5, 3_000, 200_000, 1_000_000, 1_000_000, 16_000, 5, 20_000, 20_000, 100_000),
        Profile("full", 5, 10_000, 1_000_000, 10_000_000, 10_000_000, 40_000, 5, 100_000, 50_000, 1_000_000),
    )
}
