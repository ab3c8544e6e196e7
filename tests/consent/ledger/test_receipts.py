"""A restriction of before keeps the receipts among its numbers, and no number of visits."""

from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from privacy.datamap.models import Restriction
from privacy.rights import restriction
from tests import holdings as made

migration = import_module("consent.migrations.0005_receipts")


@pytest.mark.django_db
@pytest.mark.usefixtures("acting")
def test_of_the_numbers_under_one_name_the_receipts_stay(now):
    alice, bob = made.person("alice", now), made.person("bob", now)
    made.consent_event(alice, now)
    for who in (alice, bob):
        restriction.restrict(who.subject(), reason="She contests it", now=now)
    for placed, numbers in zip(
        Restriction.objects.order_by("pk"), ([alice.receipt, alice.visitor], [uuid4()]), strict=True
    ):
        placed.keys = {"emails": placed.keys["emails"], "visitors": list(map(str, numbers))}
        placed.save()
    with connection.schema_editor() as editor:
        migration.keep_receipts(apps, editor)
    first, second = Restriction.objects.order_by("pk").values_list("keys", flat=True)
    assert first == {"emails": [alice.email], "receipts": [str(alice.receipt)]}
    assert second == {"emails": [bob.email]}
