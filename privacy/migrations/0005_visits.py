from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone

from privacy import partitions

# No default partition, on purpose: it would forbid DETACH CONCURRENTLY.
CREATE = """
CREATE TABLE privacy_visit (
    at timestamp with time zone NOT NULL,
    number bigint NOT NULL,
    visitor uuid NOT NULL,
    address inet NULL,
    path varchar(300) NOT NULL,
    referrer varchar(253) NOT NULL,
    language varchar(10) NOT NULL,
    PRIMARY KEY (at, number)
) PARTITION BY RANGE (at);
CREATE INDEX privacy_visit_visitor ON privacy_visit (visitor, at);
"""


def first_partitions(apps, schema_editor):
    today = timezone.now().date()
    partitions.prepare(today + timedelta(days=number) for number in range(-1, 15))


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_draft")]

    operations = [
        migrations.CreateModel(
            name="DrainedSegment",
            fields=[
                (
                    "name",
                    models.CharField(
                        max_length=100, primary_key=True, serialize=False, verbose_name="name of the piece"
                    ),
                ),
            ],
            options={"verbose_name": "drained piece", "verbose_name_plural": "drained pieces"},
        ),
        migrations.CreateModel(
            name="RecordingObjection",
            fields=[
                (
                    "visitor",
                    models.UUIDField(
                        primary_key=True, serialize=False, verbose_name="number of the browser"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="objected at")),
            ],
            options={
                "verbose_name": "objection to being counted",
                "verbose_name_plural": "objections to being counted",
            },
        ),
        migrations.CreateModel(
            name="DailyTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("path", models.CharField(max_length=300, verbose_name="page")),
                (
                    "referrer",
                    models.CharField(blank=True, max_length=253, verbose_name="site that led here"),
                ),
                ("visits", models.PositiveBigIntegerField(verbose_name="visits")),
            ],
            options={
                "verbose_name": "total of a day",
                "verbose_name_plural": "totals of days",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "path", "referrer"), name="privacy_dailytotal_once"
                    )
                ],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, "DROP TABLE privacy_visit")],
            state_operations=[
                migrations.CreateModel(
                    name="Visit",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "at",
                                "number",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="seen at")),
                        ("number", models.BigIntegerField(verbose_name="random number")),
                        ("visitor", models.UUIDField(verbose_name="number of the browser")),
                        ("address", models.GenericIPAddressField(null=True, verbose_name="IP address")),
                        ("path", models.CharField(max_length=300, verbose_name="page")),
                        (
                            "referrer",
                            models.CharField(blank=True, max_length=253, verbose_name="site that led here"),
                        ),
                        ("language", models.CharField(max_length=10, verbose_name="language")),
                    ],
                    options={
                        "verbose_name": "visit",
                        "verbose_name_plural": "visits",
                        "indexes": [
                            models.Index(fields=["visitor", "at"], name="privacy_visit_visitor")
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(first_partitions, migrations.RunPython.noop),
    ]
