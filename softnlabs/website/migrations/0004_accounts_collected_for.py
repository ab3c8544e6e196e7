"""Accounts say for which company they were made, and under which version of the policy."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('website', '0003_single_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='entity',
            field=models.CharField(default='818 145 302', max_length=11, verbose_name='collected for'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='user',
            name='policy_version',
            field=models.PositiveIntegerField(null=True, verbose_name='policy version in force'),
        ),
    ]
