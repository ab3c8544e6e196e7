"""Records of security are kept apart from visits: the number by which a browser is known stands in none of them."""

from typing import Final

from django.db import connection

from privacy.security.models import SecurityEvent, SignIn

# With or without its dashes, as a word: pseudonyms are longer.
NUMBER: Final = r"\m[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\M"
ROWS: Final = " UNION ALL ".join(
    f"SELECT row_::text AS whole FROM {model._meta.db_table} row_"  # noqa: S608
    for model in (SignIn, SecurityEvent)
)
COUNT: Final = f"SELECT count(*) FILTER (WHERE whole ~* %s), count(*) FROM ({ROWS}) records"  # noqa: S608


def count_records_with_a_number() -> tuple[int, int]:
    """How many records hold one, and how many there are. Whole rows: a column that is added one day is seen too."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [NUMBER])
        found, seen = cursor.fetchone()
    return found, seen
