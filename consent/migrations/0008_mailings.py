# E-mail campaigns and their deliveries

import consent.mailings.models
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0007_confirmed_prospects'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProviderPace',
            fields=[
                ('provider', models.CharField(max_length=254, primary_key=True, serialize=False, verbose_name='provider')),
                ('next_at', models.DateTimeField(verbose_name='next e-mail from')),
            ],
            options={
                'verbose_name': 'pace of a provider',
                'verbose_name_plural': 'paces of providers',
            },
        ),
        migrations.CreateModel(
            name='Mailing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entity', models.CharField(default=consent.mailings.models._own_siren, max_length=11, verbose_name='sent for')),
                ('subject_en', models.CharField(max_length=150, verbose_name='subject in English')),
                ('subject_fr', models.CharField(max_length=150, verbose_name='subject in French')),
                ('body_en', models.TextField(max_length=20000, verbose_name='text in English')),
                ('body_fr', models.TextField(max_length=20000, verbose_name='text in French')),
                ('topic', models.CharField(blank=True, choices=[('careers', 'Careers and internships'), ('privacy', 'Protection of personal data'), ('systems', 'Systems and hosting'), ('software', 'Business software'), ('advice', 'Advice and audits')], help_text='Empty: for everybody who agreed to be written to.', max_length=32, verbose_name='topic')),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('en', 'English'), ('fr', 'Français')], max_length=8), default=consent.mailings.models._all_languages, size=None, verbose_name='languages')),
                ('state', models.CharField(choices=[('DRAFT', 'Draft'), ('SCHEDULED', 'Scheduled'), ('SENDING', 'Being sent'), ('PAUSED', 'Paused'), ('CANCELLED', 'Cancelled'), ('SENT', 'Sent')], default='DRAFT', max_length=10, verbose_name='state')),
                ('written_by', models.CharField(max_length=40, verbose_name='written by')),
                ('written_at', models.DateTimeField(verbose_name='written at')),
                ('scheduled_at', models.DateTimeField(blank=True, null=True, verbose_name='to be sent from')),
                ('started_by', models.CharField(blank=True, max_length=40, verbose_name='scheduled by')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('is_filled', models.BooleanField(default=False, verbose_name='the addresses are chosen')),
                ('recipients', models.PositiveIntegerField(default=0, verbose_name='addresses')),
                ('sent', models.PositiveIntegerField(default=0, verbose_name='sent')),
                ('skipped', models.PositiveIntegerField(default=0, verbose_name='left out')),
                ('refused', models.PositiveIntegerField(default=0, verbose_name='refused')),
                ('uncertain', models.PositiveIntegerField(default=0, verbose_name='uncertain')),
                ('bounced', models.PositiveIntegerField(default=0, verbose_name='bounced')),
                ('complained', models.PositiveIntegerField(default=0, verbose_name='reported as unwanted')),
                ('unsubscribed', models.PositiveIntegerField(default=0, verbose_name='unsubscribed')),
                ('clicked', models.PositiveIntegerField(default=0, verbose_name='clicks')),
            ],
            options={
                'verbose_name': 'e-mail campaign',
                'verbose_name_plural': 'e-mail campaigns',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state', 'DRAFT'), ('scheduled_at__isnull', False), _connector='OR'), name='consent_mailing_scheduled_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['CANCELLED', 'SENT'])), models.Q(models.Q(('state__in', ['CANCELLED', 'SENT']), _negated=True), ('ended_at', None)), _connector='OR'), name='consent_mailing_ended_has_date')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('provider', models.CharField(max_length=254, verbose_name='provider')),
                ('state', models.CharField(choices=[('WAITING', 'Waiting'), ('CLAIMED', 'About to be sent'), ('IN_FLIGHT', 'Being handed over'), ('SENT', 'Sent'), ('SKIPPED', 'Left out: may not be written to any more'), ('REFUSED', 'Refused by the mailbox'), ('UNCERTAIN', 'Uncertain: cut off while it was handed over')], default='WAITING', max_length=10, verbose_name='state')),
                ('added_at', models.DateTimeField(db_index=True, verbose_name='prepared at')),
                ('next_try_at', models.DateTimeField(verbose_name='next try at')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('claimed_by', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='line')),
                ('claimed_at', models.DateTimeField(blank=True, null=True, verbose_name='claimed at')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('bounced_at', models.DateTimeField(blank=True, null=True, verbose_name='came back at')),
                ('complained_at', models.DateTimeField(blank=True, null=True, verbose_name='reported as unwanted at')),
                ('reply', models.CharField(blank=True, max_length=3, verbose_name='reply of the mail server')),
                ('mailing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='consent.mailing', verbose_name='e-mail campaign')),
            ],
            options={
                'verbose_name': 'e-mail of a campaign',
                'verbose_name_plural': 'e-mails of campaigns',
                'ordering': ['-added_at'],
                'indexes': [models.Index(condition=models.Q(('state', 'WAITING')), fields=['mailing', 'next_try_at'], name='consent_delivery_waiting'), models.Index(condition=models.Q(('state__in', ['CLAIMED', 'IN_FLIGHT'])), fields=['claimed_by'], name='consent_delivery_claimed'), models.Index(fields=['email'], name='consent_delivery_email')],
                'constraints': [models.UniqueConstraint(fields=('mailing', 'email'), name='consent_delivery_one_an_address'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'SENT')), models.Q(models.Q(('state', 'SENT'), _negated=True), ('sent_at', None)), _connector='OR'), name='consent_delivery_sent_has_date')],
            },
        ),
    ]
