"""Requests say for which company they were collected, and under which version of the policy."""

from django.db import migrations, models

from privacy.companies.before_forms import own_siren, version_sql


class Migration(migrations.Migration):
    dependencies = [
        ('dsr', '0001_initial'),
        ('privacy', '0005_form_assignment'),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name='entity',
                field=models.CharField(default=own_siren, max_length=11, verbose_name='collected for'),
                preserve_default=False,
            )
            for model in ('unconfirmedrequest', 'subjectrequest')
        ),
        *(
            migrations.AddField(
                model_name=model,
                name='policy_version',
                field=models.PositiveIntegerField(null=True, verbose_name='policy version in force'),
            )
            for model in ('unconfirmedrequest', 'subjectrequest')
        ),
        migrations.RunSQL(version_sql('dsr_unconfirmedrequest', 'received_at'), migrations.RunSQL.noop),
        migrations.RunSQL(version_sql('dsr_subjectrequest', 'received_at'), migrations.RunSQL.noop),
        # A letter may have come before the first version, and been entered after it.
        migrations.RunSQL(version_sql('dsr_subjectrequest', 'confirmed_at'), migrations.RunSQL.noop),
    ]
