from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0013_longest_lock'),
    ]

    operations = [
        migrations.AddField(
            model_name='storedfile',
            name='changed_ns',
            field=models.BigIntegerField(null=True, verbose_name='when the disk last changed it (ns)'),
        ),
    ]
