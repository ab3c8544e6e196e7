from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dsr", "0007_clocks")]

    operations = [
        migrations.AddField(
            model_name="unconfirmedinstructions",
            name="link_sent_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="link mailed at"),
        ),
    ]
