"""Visits in crowds, for the tests of what is counted of them."""

from datetime import datetime
from uuid import uuid4

from privacy.visits.models import Visit


def make_visits(
    at: datetime, path: str, referrer: str = "", *, browsers: int, views: int = 1, has_cookie: bool = True
) -> None:
    facts = {"at": at, "path": path, "referrer": referrer, "language": "en", "has_cookie": has_cookie}
    Visit.objects.bulk_create(
        Visit(number=uuid4().int >> 65, visitor=who, **facts)
        for who in [uuid4() for _browser in range(browsers)]
        for _view in range(views)
    )
