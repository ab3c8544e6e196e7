"""What rows get that were collected before forms said for which company, and under which version."""

from datetime import timedelta

import pytest
from django.db import connection

from privacy.companies import before_forms
from privacy.policy.models import PolicyVersion
from privacy.subscriptions.models import Subscription

pytestmark = pytest.mark.django_db


def test_a_row_gets_the_version_in_force_on_its_day(now):
    for number in (1, 2):
        PolicyVersion.objects.create(
            number=number, published_at=now + timedelta(days=number), sha256="0" * 64
        )
    for day in (0, 1, 1.5, 2, 9):
        Subscription.objects.create(
            email=f"{day}@example.org",
            language="en",
            confirmed_at=now + timedelta(days=day),
            notified_version=0,
            policy_version=7 if day == 9 else None,
        )
    with connection.cursor() as cursor:
        cursor.execute(before_forms.version_sql("privacy_subscription", "confirmed_at"))
    versions = Subscription.objects.order_by("confirmed_at").values_list("policy_version", flat=True)
    assert list(versions) == [None, 1, 1, 2, 7]


def test_the_company_of_the_settings_collected_them():
    assert before_forms.own_siren() == "818 145 302"
