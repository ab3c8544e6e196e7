"""Lines written before there were terms are kept from the day of this migration."""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def first_term(apps, schema_editor):
    apps.get_model("consent", "ConsentTerm").objects.create(pk=0, ended_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("consent", "0004_sealable")]
    operations = [
        migrations.CreateModel(
            name="ConsentTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "ended_at",
                    models.DateTimeField(db_index=True, null=True, verbose_name="end of the choice"),
                ),
            ],
            options={"verbose_name": "term of a choice", "verbose_name_plural": "terms of choices"},
        ),
        migrations.RunPython(first_term, migrations.RunPython.noop),
        migrations.AddField(
            model_name="consentevent",
            name="term",
            field=models.ForeignKey(
                default=0,
                on_delete=django.db.models.deletion.PROTECT,
                to="consent.consentterm",
                verbose_name="term of a choice",
            ),
            preserve_default=False,
        ),
    ]
