"""Visits without an IP address, which know whether their browser sent its number; totals that count the others apart."""

from django.db import migrations, models

from privacy.visits import partitions
from privacy.visits.partition_ranges import TABLE

# Who never sent a number back has each number once. Days that still have their visits are counted again with that.
HAS_COOKIE = f"""
UPDATE {TABLE} SET has_cookie = false
WHERE visitor IN (SELECT visitor FROM {TABLE} GROUP BY visitor HAVING count(*) = 1);
DELETE FROM privacy_countedday WHERE NOT is_gone
"""


def change_tables(apps, schema_editor):
    """Also those that a purge has taken off and could not drop yet."""
    for partition in partitions.half_detached():
        schema_editor.execute(f"ALTER TABLE {TABLE} DETACH PARTITION {partition.name} FINALIZE")
    for table in (TABLE, *(partition.name for partition in partitions.detached())):
        schema_editor.execute(
            f"ALTER TABLE {table} DROP COLUMN address, ADD COLUMN has_cookie boolean NOT NULL DEFAULT true"
        )
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN has_cookie DROP DEFAULT")


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0007_verification"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(change_tables), migrations.RunSQL(HAS_COOKIE)],
            state_operations=[
                migrations.RemoveIndex(model_name="visit", name="privacy_visit_address"),
                migrations.RemoveField(model_name="visit", name="address"),
                migrations.AddField(
                    model_name="visit",
                    name="has_cookie",
                    field=models.BooleanField(verbose_name="number sent by the browser"),
                    preserve_default=False,
                ),
            ],
        ),
        migrations.AddField(
            model_name="dailytotal",
            name="has_cookie",
            field=models.BooleanField(default=True, verbose_name="by browsers that keep the cookie"),
        ),
        migrations.RemoveConstraint(model_name="dailytotal", name="privacy_dailytotal_once"),
        migrations.AddConstraint(
            model_name="dailytotal",
            constraint=models.UniqueConstraint(
                fields=("day", "path", "referrer", "has_cookie"), name="privacy_dailytotal_once"
            ),
        ),
    ]
