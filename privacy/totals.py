"""How often each page was seen and which site led there, by day, in numbers that name nobody.

A number that few browsers make up would tell of them: it is merged into "other sites" of the page, or, if that is
small too, into "other pages" of the day. The same sentence counts a day for good before its visits are dropped,
and, for whoever looks at the trends, the days whose visits live still.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

from privacy.models.navigation import DailyTotal

# Below five, somebody who knows the few that it may have been could tell who it was; statistical offices leave out
# such cells too. Browsers are counted, not views: one busy reader is no crowd.
SMALLEST_CROWD = 5
OTHER = "*"  # neither a path, which begins with a slash, nor a host
PARAMETERS: dict[str, Any] = {"crowd": SMALLEST_CROWD, "other": OTHER}
MERGED = """
WITH browsers AS MATERIALIZED (
  SELECT (at AT TIME ZONE 'UTC')::date AS day, path, referrer, visitor, count(*) AS visits
  FROM {source} GROUP BY 1, 2, 3, 4
), pairs AS MATERIALIZED (
  SELECT day, path, referrer, count(*) AS crowd, sum(visits) AS visits FROM browsers GROUP BY 1, 2, 3
), rest AS MATERIALIZED (
  SELECT day, path, count(DISTINCT visitor) AS crowd, sum(b.visits) AS visits
  FROM browsers b JOIN pairs p USING (day, path, referrer) WHERE p.crowd < %(crowd)s GROUP BY 1, 2
)
SELECT day, path, referrer, visits FROM pairs WHERE crowd >= %(crowd)s
UNION ALL
SELECT day, path, %(other)s, visits FROM rest WHERE crowd >= %(crowd)s
UNION ALL
SELECT day, %(other)s, %(other)s, sum(visits) FROM rest WHERE crowd < %(crowd)s GROUP BY day
"""


def keep(days: Collection[date], source: str) -> None:
    """Count the visits of ``days``, which are all that ``source`` holds, for good. Twice does no harm."""
    DailyTotal.objects.filter(day__in=days).delete()
    insert = f"INSERT INTO {DailyTotal._meta.db_table} (day, path, referrer, visits) "
    with connection.cursor() as cursor:
        cursor.execute(insert + MERGED.format(source=source), PARAMETERS)
