"""Consents and prospects say for which company they were collected.

Lines of the ledger refuse any change, so the column comes with its value. Their seals stay true: each says which
columns it covers.
"""

from django.db import migrations, models

from privacy.companies.before_forms import own_siren, version_sql


class Migration(migrations.Migration):
    dependencies = [
        ('consent', '0001_initial'),
        ('privacy', '0005_form_assignment'),
    ]

    operations = [
        migrations.AddField(
            model_name='consentevent',
            name='entity',
            field=models.CharField(default=own_siren, max_length=11, verbose_name='collected for'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='prospect',
            name='entity',
            field=models.CharField(default=own_siren, max_length=11, verbose_name='collected for'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='prospect',
            name='policy_version',
            field=models.PositiveIntegerField(null=True, verbose_name='policy version in force'),
        ),
        migrations.RunSQL(version_sql('consent_prospect', 'agreed_at'), migrations.RunSQL.noop),
    ]
