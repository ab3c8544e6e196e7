"""Restrictions in force keep the receipts of choices among the numbers of browsers, and no number of visits.

Both stood under one name. A receipt is one that the ledger knows.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_receipts(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    events = apps.get_model("consent", "ConsentEvent").objects
    for restriction in apps.get_model("privacy", "Restriction").objects.filter(keys__has_key="visitors"):
        numbers = restriction.keys.pop("visitors")
        known = events.filter(receipt__in=numbers).order_by().values_list("receipt", flat=True).distinct()
        if receipts := sorted(map(str, known)):
            restriction.keys["receipts"] = receipts
        restriction.save(update_fields=["keys"])


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0004_count_of_visits"),
        ("privacy", "0007_verification"),
    ]

    operations = [migrations.RunPython(keep_receipts, migrations.RunPython.noop)]
