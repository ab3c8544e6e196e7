from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("privacy", "0014_uploads"),
    ]

    operations = [
        migrations.AddField(
            model_name="removal",
            name="certificate",
            field=models.CharField(
                blank=True, db_index=True, default="", max_length=40, verbose_name="certificate"
            ),
        ),
    ]
