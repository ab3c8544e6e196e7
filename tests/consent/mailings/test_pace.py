from datetime import timedelta

import pytest
from django.utils import timezone

from consent.mailings import pace
from consent.mailings.models import ProviderPace

NOW = timezone.now()


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_after_a_rest_a_burst_may_leave_and_then_as_many_as_the_rate_says():
    granted, bucket = pace.grant(None, 100, rate=5, now=NOW)
    assert granted == 10
    assert pace.grant(bucket, 100, rate=5, now=NOW)[0] == 0
    assert pace.grant(bucket, 100, rate=5, now=NOW + seconds(1))[0] == 5
    assert pace.grant(bucket, 3, rate=5, now=NOW + seconds(1))[0] == 3
    assert pace.grant(bucket, 100, rate=5, now=NOW + seconds(3600))[0] == 10  # a long rest saves up no more


def test_slower_than_one_a_second_is_possible():
    granted, bucket = pace.grant(None, 9, rate=0.1, now=NOW)
    assert granted == 1
    assert pace.grant(bucket, 9, rate=0.1, now=NOW + seconds(9))[0] == 0
    assert pace.grant(bucket, 9, rate=0.1, now=NOW + seconds(10))[0] == 1


@pytest.mark.django_db
def test_one_provider_does_not_take_the_pace_of_another_and_all_have_one_together(settings):
    settings.MAILINGS_PER_SECOND, settings.MAILINGS_PER_SECOND_OF_PROVIDER = 8, 5
    assert pace.take({"a.example": 50}, now=NOW) == {"a.example": 10}
    assert pace.take({"a.example": 50, "b.example": 50}, now=NOW) == {"a.example": 0, "b.example": 6}
    assert pace.take({"c.example": 50}, now=NOW) == {"c.example": 0}
    assert "a.example" in pace.exhausted(NOW).values_list("provider", flat=True)
    assert not pace.exhausted(NOW + seconds(1)).exists()


@pytest.mark.django_db
def test_a_bucket_that_nobody_uses_is_forgotten():
    pace.take({"a.example": 1}, now=NOW)
    pace.forget(now=NOW + pace.KEPT + seconds(5))
    assert not ProviderPace.objects.exists()
