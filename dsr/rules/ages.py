"""From which age somebody decides alone on their data in an online service (act 78-17, article 45)."""

from datetime import date

from dsr.rules.deadlines import months_after

AGE_ALONE = 15


def decides_alone(born_on: date, on: date) -> bool:
    """From their fifteenth birthday on. Whoever was born on 29 February has it on the 28th in other years."""
    return on >= months_after(born_on, 12 * AGE_ALONE)
