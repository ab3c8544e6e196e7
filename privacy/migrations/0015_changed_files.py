from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0014_counted_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='storedfile',
            name='changed_ns',
            field=models.BigIntegerField(null=True, verbose_name='when the disk last changed it (ns)'),
        ),
    ]
