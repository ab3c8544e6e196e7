"""How fast campaigns leave, for each provider and in all: token buckets in PostgreSQL, shared by all workers.

A bucket is stored as one instant: that from which its next e-mail may leave, were no burst allowed.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from consent.mailings.models import ProviderPace

BURST = timedelta(seconds=2)
"""Of how much time the e-mails may leave at once after a rest."""
ALL = ""
KEPT = timedelta(hours=1)


def grant(next_at: datetime | None, wanted: int, *, rate: float, now: datetime) -> tuple[int, datetime]:
    """How many of the `wanted` may leave now, at `rate` a second, and the bucket after that. Pure."""
    one, earliest = timedelta(seconds=1 / rate), now - max(BURST, timedelta(seconds=1 / rate))
    begin = max(next_at or earliest, earliest)
    granted = max(0, min(wanted, int((now - begin) / one)))
    return granted, begin + granted * one


def take(wanted: Mapping[str, int], *, now: datetime) -> dict[str, int]:
    """How many e-mails may leave now for each provider, of those `wanted`. Call it inside a transaction."""
    buckets = _locked([ALL, *wanted])
    granted: Counter[str] = Counter()
    left, _next = grant(
        buckets[ALL].next_at, sum(wanted.values()), rate=settings.MAILINGS_PER_SECOND, now=now
    )
    for provider, number in wanted.items():
        bucket, rate = buckets[provider], settings.MAILINGS_PER_SECOND_OF_PROVIDER
        granted[provider], bucket.next_at = grant(bucket.next_at, min(number, left), rate=rate, now=now)
        left -= granted[provider]
    _taken, buckets[ALL].next_at = grant(
        buckets[ALL].next_at, granted.total(), rate=settings.MAILINGS_PER_SECOND, now=now
    )
    ProviderPace.objects.bulk_update(buckets.values(), ["next_at"])
    return dict(granted)


def exhausted(now: datetime) -> QuerySet[ProviderPace]:
    """The providers for which nothing may leave now."""
    pause = timedelta(seconds=1 / settings.MAILINGS_PER_SECOND_OF_PROVIDER)
    return ProviderPace.objects.exclude(provider=ALL).filter(next_at__gt=now - pause)


def forget(*, now: datetime) -> None:
    """A bucket that nobody used for an hour is full again, as if it were not there."""
    ProviderPace.objects.filter(next_at__lte=now - KEPT).delete()


def _locked(providers: list[str]) -> dict[str, ProviderPace]:
    """In one order, so that two workers do not wait for each other."""
    long_ago = datetime.fromtimestamp(0).astimezone()
    new = [ProviderPace(provider=each, next_at=long_ago) for each in sorted(set(providers))]
    ProviderPace.objects.bulk_create(new, ignore_conflicts=True)
    found = ProviderPace.objects.select_for_update().filter(provider__in=providers).order_by("provider")
    return {bucket.provider: bucket for bucket in found}
