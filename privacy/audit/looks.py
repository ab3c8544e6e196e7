"""Looks at data: the part of the audit trail that is a journal of access, and is kept for less long than the rest.

CNIL, recommendation 2021-122: a year in use, and two more only for a written control.
"""

from privacy import plugins
from privacy.datamap.periods import Period

IN_USE = Period(years=1)
KEEP = Period(years=3)
SUFFIXES = (".viewed", ".searched")  # of every kind of record; exports are named one by one


def is_look(action: str) -> bool:
    """Whether an entry only says that data were looked at; the others prove what was done with them."""
    return action.endswith(SUFFIXES) or any(action in config.looks for config in plugins.installed())
