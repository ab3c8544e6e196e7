"""Which form collects for which company; subscriptions say for whom, and under which version of the policy."""

import django.db.models.deletion
from django.db import migrations, models

from privacy.companies.before_forms import own_siren, version_sql


class Migration(migrations.Migration):
    dependencies = [
        ('privacy', '0004_disclosure_notice'),
    ]

    operations = [
        migrations.CreateModel(
            name='FormAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.CharField(blank=True, max_length=60, verbose_name='form')),
                ('host', models.CharField(blank=True, max_length=253, verbose_name='host name')),
                ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='form_assignments', to='privacy.entity', verbose_name='collects for')),
            ],
            options={
                'verbose_name': 'company of a form',
                'verbose_name_plural': 'companies of forms',
                'ordering': ('host', 'form'),
                'constraints': [models.UniqueConstraint(fields=('form', 'host'), name='privacy_formassignment_one_company'), models.CheckConstraint(condition=models.Q(('form', ''), ('host', ''), _negated=True), name='privacy_formassignment_names_form_or_host')],
            },
        ),
        migrations.AddField(
            model_name='subscription',
            name='entity',
            field=models.CharField(default=own_siren, max_length=11, verbose_name='collected for'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='subscription',
            name='policy_version',
            field=models.PositiveIntegerField(null=True, verbose_name='policy version in force'),
        ),
        migrations.AddField(
            model_name='subscriptionrequest',
            name='entity',
            field=models.CharField(default=own_siren, max_length=11, verbose_name='collected for'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='subscriptionrequest',
            name='policy_version',
            field=models.PositiveIntegerField(null=True, verbose_name='policy version in force'),
        ),
        migrations.RunSQL(version_sql('privacy_subscription', 'confirmed_at'), migrations.RunSQL.noop),
        migrations.RunSQL(version_sql('privacy_subscriptionrequest', 'requested_at'), migrations.RunSQL.noop),
    ]
