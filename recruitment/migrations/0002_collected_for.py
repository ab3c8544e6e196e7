"""The company is shown by its name, under a shorter label."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('recruitment', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='application',
            name='entity',
            field=models.CharField(max_length=11, verbose_name='collected for'),
        ),
        migrations.AlterField(
            model_name='application',
            name='policy_version',
            field=models.PositiveIntegerField(null=True, verbose_name='policy version in force'),
        ),
    ]
