from django.db import migrations, models

from privacy.audit.ledger import ProtectTable


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0006_bucket_about"),
    ]

    operations = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True, verbose_name="verified at")),
                ("cluster", models.CharField(max_length=20, verbose_name="database system")),
                ("upto", models.BigIntegerField(verbose_name="transactions before")),
                ("head", models.PositiveBigIntegerField(verbose_name="last seal")),
                (
                    "sha256",
                    models.CharField(blank=True, max_length=64, verbose_name="digest of the last seal"),
                ),
                ("rows", models.PositiveBigIntegerField(verbose_name="rows")),
                ("removed", models.PositiveBigIntegerField(verbose_name="removed lawfully")),
                ("faults", models.PositiveBigIntegerField(verbose_name="faults found")),
            ],
            options={
                "verbose_name": "verification of all ledgers",
                "verbose_name_plural": "verifications of all ledgers",
                "ordering": ("-at", "-id"),
            },
        ),
        ProtectTable("privacy_verification"),
    ]
