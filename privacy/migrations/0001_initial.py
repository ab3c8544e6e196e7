from datetime import timedelta

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import privacy.companies.european_union
import privacy.companies.siren
import uuid
from django.utils import timezone
from django.db import migrations, models

from privacy.audit.ledger import ProtectTable
from privacy.visits import partitions


# No default partition, on purpose: it would forbid DETACH CONCURRENTLY.
CREATE_VISITS = """
CREATE TABLE privacy_visit (
    at timestamp with time zone NOT NULL,
    number bigint NOT NULL,
    visitor uuid NOT NULL,
    address inet NULL,
    path varchar(300) NOT NULL,
    referrer varchar(253) NOT NULL,
    language varchar(10) NOT NULL,
    PRIMARY KEY (at, number)
) PARTITION BY RANGE (at);
CREATE INDEX privacy_visit_visitor ON privacy_visit (visitor, at);
CREATE INDEX privacy_visit_address ON privacy_visit (address);
"""


def make_first_partitions(apps, schema_editor):
    today = timezone.now().date()
    partitions.prepare(today + timedelta(days=number) for number in range(-1, 15))


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='done at')),
                ('actor', models.CharField(max_length=40, verbose_name='done by')),
                ('source', models.CharField(max_length=100, verbose_name='source')),
                ('action', models.CharField(max_length=100, verbose_name='what was done')),
                ('kind', models.CharField(blank=True, max_length=100, verbose_name='kind of record')),
                ('key', models.CharField(blank=True, max_length=64, verbose_name='number of the record')),
                ('about', models.CharField(blank=True, db_index=True, max_length=64, verbose_name='pseudonym of the person')),
                ('detail', models.JSONField(default=dict, verbose_name='details')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'ordering': ('-at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='Bucket',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='keyed hash')),
                ('full_at', models.DateTimeField(db_index=True, verbose_name='full again at')),
            ],
            options={
                'verbose_name': 'rate limit',
                'verbose_name_plural': 'rate limits',
            },
        ),
        migrations.CreateModel(
            name='CountedDay',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False, verbose_name='day')),
                ('visits', models.PositiveBigIntegerField(verbose_name='visits')),
                ('oldest', models.DateTimeField(null=True, verbose_name='oldest visit')),
                ('newest', models.DateTimeField(null=True, verbose_name='newest visit')),
                ('is_gone', models.BooleanField(default=False, verbose_name='its visits are gone')),
            ],
            options={
                'verbose_name': 'counted day',
                'verbose_name_plural': 'counted days',
            },
        ),
        migrations.CreateModel(
            name='DrainedSegment',
            fields=[
                ('name', models.CharField(max_length=100, primary_key=True, serialize=False, verbose_name='name of the file')),
            ],
            options={
                'verbose_name': 'ingested spool file',
                'verbose_name_plural': 'ingested spool files',
            },
        ),
        migrations.CreateModel(
            name='JournalMark',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField(verbose_name='last line carried out')),
            ],
            options={
                'verbose_name': 'mark of the journal of erasures',
                'verbose_name_plural': 'marks of the journal of erasures',
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('message', models.CharField(max_length=60, verbose_name='message')),
                ('to', models.EmailField(max_length=254, verbose_name='sent to')),
                ('language', models.CharField(max_length=5, verbose_name='language')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='subject')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('html', models.TextField(blank=True, verbose_name='text as HTML')),
                ('headers', models.JSONField(default=dict, verbose_name='headers')),
                ('written_at', models.DateTimeField(verbose_name='written at')),
                ('next_try_at', models.DateTimeField(db_index=True, null=True, verbose_name='next try at')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent at')),
                ('error', models.CharField(blank=True, max_length=100, verbose_name='last error')),
            ],
            options={
                'verbose_name': 'e-mail',
                'verbose_name_plural': 'e-mails',
                'ordering': ('-written_at',),
            },
        ),
        migrations.CreateModel(
            name='PolicyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True, verbose_name='number')),
                ('published_at', models.DateTimeField(verbose_name='published at')),
                ('sha256', models.CharField(max_length=64, verbose_name='digest')),
            ],
            options={
                'verbose_name': 'policy version',
                'verbose_name_plural': 'policy versions',
                'ordering': ('-number',),
            },
        ),
        migrations.CreateModel(
            name='RecordingObjection',
            fields=[
                ('visitor', models.UUIDField(primary_key=True, serialize=False, verbose_name='number of the browser')),
                ('at', models.DateTimeField(verbose_name='objected at')),
            ],
            options={
                'verbose_name': 'objection to being counted',
                'verbose_name_plural': 'objections to being counted',
            },
        ),
        migrations.CreateModel(
            name='Removal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='removed at')),
                ('ledger', models.CharField(db_index=True, max_length=100, verbose_name='ledger')),
                ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), size=None, verbose_name='numbers of the records')),
                ('actor', models.CharField(max_length=40, verbose_name='done by')),
                ('source', models.CharField(max_length=100, verbose_name='source')),
            ],
            options={
                'verbose_name': 'removal from a ledger',
                'verbose_name_plural': 'removals from ledgers',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name='number')),
                ('at', models.DateTimeField(db_index=True, verbose_name='sealed at')),
                ('epoch', models.PositiveIntegerField(verbose_name='epoch')),
                ('cluster', models.CharField(max_length=20, verbose_name='database system')),
                ('upto', models.BigIntegerField(verbose_name='transactions before')),
                ('rows', models.PositiveBigIntegerField(verbose_name='rows')),
                ('columns', models.JSONField(verbose_name='columns that the hashes cover')),
                ('root', models.CharField(max_length=64, verbose_name='Merkle root')),
                ('previous', models.CharField(max_length=64, verbose_name='digest of the seal before')),
                ('sha256', models.CharField(max_length=64, verbose_name='digest')),
            ],
            options={
                'verbose_name': 'seal',
                'verbose_name_plural': 'seals',
                'ordering': ('-number',),
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='tried at')),
                ('account', models.BigIntegerField(blank=True, db_index=True, null=True, verbose_name='number of the account')),
                ('about', models.CharField(blank=True, db_index=True, max_length=64, verbose_name='pseudonym of the person')),
                ('address', models.GenericIPAddressField(db_index=True, null=True, verbose_name='IP address')),
                ('is_accepted', models.BooleanField(verbose_name='let in')),
            ],
            options={
                'verbose_name': 'sign-in',
                'verbose_name_plural': 'sign-ins',
                'ordering': ('-at', '-id'),
                'permissions': [('see_address', 'Can see IP addresses, for security')],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255, verbose_name='file name')),
                ('media_type', models.CharField(max_length=100, verbose_name='type')),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('wrapped_key', models.BinaryField()),
                ('stored_at', models.DateTimeField(verbose_name='stored at')),
                ('changed_ns', models.BigIntegerField(null=True, verbose_name='when the disk last changed it (ns)')),
            ],
            options={
                'verbose_name': 'stored file',
                'verbose_name_plural': 'stored files',
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français')], max_length=5, verbose_name='language')),
                ('confirmed_at', models.DateTimeField(db_index=True, verbose_name='confirmed at')),
                ('notified_version', models.PositiveIntegerField(db_index=True, verbose_name='last version notified')),
            ],
            options={
                'verbose_name': 'subscription',
                'verbose_name_plural': 'subscriptions',
                'ordering': ('confirmed_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='SubscriptionRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français')], max_length=5, verbose_name='language')),
                ('requested_at', models.DateTimeField(db_index=True, verbose_name='asked at')),
            ],
            options={
                'verbose_name': 'unconfirmed subscription',
                'verbose_name_plural': 'unconfirmed subscriptions',
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('BUSINESS', 'Business relations'), ('PERSONALISATION', 'Personalised services'), ('VISITORS', 'Visitors of the Website'), ('PROSPECTS', 'Prospects'), ('RECRUITMENT', 'Recruitment')], max_length=20, unique=True, verbose_name='purpose')),
                ('reference', models.CharField(max_length=20, unique=True, verbose_name='reference')),
                ('created_on', models.DateField(verbose_name='created on')),
                ('updated_on', models.DateField(verbose_name='updated on')),
                ('joint_controller', models.CharField(blank=True, max_length=200, verbose_name='joint controller')),
                ('department', models.CharField(choices=[('CONTROLLER', 'the data controller'), ('CUSTOMER_SERVICE', 'customer service'), ('HUMAN_RESOURCES', 'human resources'), ('MARKETING', 'marketing'), ('SECURITY', 'computer security'), ('HOST', 'our host, in the European Union')], max_length=20, verbose_name='department')),
                ('persons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('VISITORS', 'visitors of the Website'), ('CLIENTS', 'clients and their staff'), ('ENQUIRERS', 'people who write to us'), ('PROSPECTS', 'prospects'), ('APPLICANTS', 'applicants for a job or an internship'), ('STAFF', 'our staff'), ('SUBJECTS', 'people who exercise their rights')], max_length=20), size=None, verbose_name='categories of persons')),
                ('sensitive', models.CharField(blank=True, help_text='Leave empty when there are none.', max_length=300, verbose_name='sensitive data')),
                ('measures', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('CONNECTIONS', 'encrypted connections'), ('FILES', 'files encrypted one by one, each with its own key'), ('NEED', 'access on a need-to-know basis'), ('JOURNAL', "a journal of each look at a person's record, which cannot be altered unnoticed"), ('PSEUDONYMS', 'pseudonyms in all that outlives an erasure'), ('PURGE', 'automatic deletion at the end of each period'), ('TRAINING', 'staff trained in confidentiality'), ('COPIES', 'backup copies, and a test of restoring them'), ('PREMISES', 'locked premises')], max_length=20), size=None, verbose_name='security measures')),
                ('more_measures', models.TextField(blank=True, max_length=2000, verbose_name='further measures')),
                ('automated', models.CharField(blank=True, help_text='Leave empty when there are none.', max_length=300, verbose_name='automated decisions')),
                ('impact', models.CharField(choices=[('NOT_NEEDED', 'not needed'), ('PLANNED', 'planned'), ('DONE', 'done')], max_length=20, verbose_name='impact assessment')),
                ('impact_note', models.CharField(blank=True, max_length=300, verbose_name='why, or where to find it')),
                ('reviewed_on', models.DateField(blank=True, null=True, verbose_name='last review')),
                ('next_review_on', models.DateField(verbose_name='next review')),
            ],
            options={
                'verbose_name': 'processing activity',
                'verbose_name_plural': 'register of processing activities',
                'ordering': ('reference',),
                'constraints': [models.CheckConstraint(condition=models.Q(('reviewed_on', None), ('next_review_on__gt', models.F('reviewed_on')), _connector='OR'), name='privacy_activity_next_review_after_the_last'), models.CheckConstraint(condition=models.Q(('persons__len__gt', 0)), name='privacy_activity_concerns_somebody')],
            },
        ),
        migrations.CreateModel(
            name='DailyTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('path', models.CharField(max_length=300, verbose_name='page')),
                ('referrer', models.CharField(blank=True, max_length=253, verbose_name='site that led here')),
                ('visits', models.PositiveBigIntegerField(verbose_name='visits')),
            ],
            options={
                'verbose_name': 'total of a day',
                'verbose_name_plural': 'totals of days',
                'constraints': [models.UniqueConstraint(fields=('day', 'path', 'referrer'), name='privacy_dailytotal_once')],
            },
        ),
        migrations.CreateModel(
            name='Disclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(db_index=True, max_length=64, verbose_name='pseudonym of the person')),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('SURNAME', 'surname'), ('FIRST_NAME', 'first name'), ('POSTCODE', 'postcode'), ('EMAIL', 'e-mail address'), ('TELEPHONE', 'telephone number'), ('IP_ADDRESS', 'IP address'), ('LOGIN', 'login details'), ('NAVIGATION', 'navigation data'), ('QUALIFICATIONS', 'qualifications'), ('EXPERIENCE', 'experience'), ('POSTAL_ADDRESS', 'postal address'), ('IDENTITY_PROOF', 'proof of identity'), ('MESSAGES', 'messages exchanged'), ('CHOICES', 'consents and choices'), ('REQUESTS', 'requests to exercise rights')], max_length=20), size=None, verbose_name='data concerned')),
                ('at', models.DateTimeField(db_index=True, verbose_name='given at')),
                ('decided_by', models.CharField(max_length=40, verbose_name='decided by')),
                ('recipient', models.CharField(max_length=200, verbose_name='given to')),
                ('ground', models.CharField(choices=[('LAW', 'a law, or an authority entitled to them, demands them'), ('TERMS', 'to apply the terms of our contracts'), ('PROTECTION', 'to protect our company'), ('CLAIM', 'to establish or defend a claim')], max_length=20, verbose_name='ground')),
                ('provision', models.CharField(max_length=300, verbose_name='legal text, order or case')),
            ],
            options={
                'verbose_name': 'disclosure',
                'verbose_name_plural': 'disclosures',
                'ordering': ('-at', '-id'),
                'permissions': [('look_up_person', 'Can look up all that is held about a person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('categories__len__gt', 0)), name='privacy_disclosure_of_something')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(db_index=True, max_length=64, verbose_name='pseudonym of the person')),
                ('reason', models.TextField(verbose_name='legal reason')),
                ('placed_by', models.CharField(max_length=40, verbose_name='placed by')),
                ('placed_at', models.DateTimeField(verbose_name='placed at')),
                ('review_on', models.DateField(verbose_name='to be reviewed on')),
                ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='lifted at')),
            ],
            options={
                'verbose_name': 'hold',
                'verbose_name_plural': 'holds',
                'ordering': ('review_on', 'id'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('about',), name='privacy_hold_one_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Processor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('task', models.CharField(max_length=200, verbose_name='task')),
                ('country', models.CharField(max_length=2, validators=[privacy.companies.european_union.validate_member_state], verbose_name='country')),
                ('purposes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('BUSINESS', 'Business relations'), ('PERSONALISATION', 'Personalised services'), ('VISITORS', 'Visitors of the Website'), ('PROSPECTS', 'Prospects'), ('RECRUITMENT', 'Recruitment')], max_length=20), size=None, verbose_name='purposes that it serves')),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('SURNAME', 'surname'), ('FIRST_NAME', 'first name'), ('POSTCODE', 'postcode'), ('EMAIL', 'e-mail address'), ('TELEPHONE', 'telephone number'), ('IP_ADDRESS', 'IP address'), ('LOGIN', 'login details'), ('NAVIGATION', 'navigation data'), ('QUALIFICATIONS', 'qualifications'), ('EXPERIENCE', 'experience'), ('POSTAL_ADDRESS', 'postal address'), ('IDENTITY_PROOF', 'proof of identity'), ('MESSAGES', 'messages exchanged'), ('CHOICES', 'consents and choices'), ('REQUESTS', 'requests to exercise rights')], max_length=20), size=None, verbose_name='data that it may receive')),
                ('contract_on', models.DateField(verbose_name='contract signed on')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('safeguards', models.TextField(max_length=2000, verbose_name='safeguards')),
            ],
            options={
                'verbose_name': 'processor',
                'verbose_name_plural': 'processors',
                'ordering': ('name', 'id'),
                'permissions': [('export_processor', 'Can export data for a processor')],
                'constraints': [models.CheckConstraint(condition=models.Q(('country__in', ('AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IT', 'LT', 'LU', 'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK'))), name='privacy_processor_in_the_union'), models.CheckConstraint(condition=models.Q(('categories__len__gt', 0), ('purposes__len__gt', 0)), name='privacy_processor_has_a_scope'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('contract_on')), _connector='OR'), name='privacy_processor_begins_before_it_ends')],
            },
        ),
        migrations.CreateModel(
            name='PromiseResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=150, verbose_name='promise')),
                ('is_kept', models.BooleanField(verbose_name='kept')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('checked_at', models.DateTimeField(verbose_name='checked at')),
                ('figure', models.BigIntegerField(null=True, verbose_name='figure')),
                ('among', models.BigIntegerField(null=True, verbose_name='how many were looked at')),
                ('at', models.DateTimeField(null=True, verbose_name='instant of the evidence')),
                ('error', models.CharField(blank=True, max_length=100, verbose_name='why the check failed')),
            ],
            options={
                'verbose_name': 'result of a promise',
                'verbose_name_plural': 'results of promises',
                'ordering': ('is_kept', 'key', '-since'),
                'indexes': [models.Index(fields=['key', '-since'], name='privacy_promiseresult_latest')],
            },
        ),
        migrations.CreateModel(
            name='PurgeRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('REQUESTED', 'asked for'), ('RUNNING', 'running'), ('FINISHED', 'finished'), ('INTERRUPTED', 'interrupted'), ('REFUSED', 'refused until confirmed')], max_length=12, verbose_name='state')),
                ('requested_at', models.DateTimeField(verbose_name='asked for at')),
                ('started_at', models.DateTimeField(null=True, verbose_name='begun at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('policy_version', models.PositiveIntegerField(null=True, verbose_name='policy version in force')),
                ('suspicions', models.JSONField(default=list, verbose_name='what looked wrong')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed at')),
                ('confirmed_by', models.CharField(blank=True, max_length=40, verbose_name='confirmed by')),
                ('reason', models.TextField(blank=True, max_length=1000, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'purge',
                'verbose_name_plural': 'purges',
                'ordering': ('-requested_at', '-id'),
                'permissions': [('run_purge', 'Can run the purge now')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['REQUESTED', 'RUNNING', 'REFUSED'])), fields=('state',), name='privacy_purgerun_one_at_a_time'), models.CheckConstraint(condition=models.Q(('confirmed_at', None), models.Q(('reason', ''), _negated=True), _connector='OR'), name='privacy_purgerun_confirmed_has_reason')],
            },
        ),
        migrations.CreateModel(
            name='Restriction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(db_index=True, max_length=64, verbose_name='pseudonym of the person')),
                ('keys', models.JSONField(blank=True, default=dict, verbose_name='keys of the person')),
                ('reason', models.TextField(verbose_name='reason')),
                ('placed_by', models.CharField(max_length=40, verbose_name='placed by')),
                ('placed_at', models.DateTimeField(verbose_name='placed at')),
                ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='lifted at')),
            ],
            options={
                'verbose_name': 'restriction',
                'verbose_name_plural': 'restrictions',
                'ordering': ('-placed_at', '-id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('lifted_at', None), ('keys', {}), _connector='OR'), name='privacy_restriction_lifted_has_no_keys')],
            },
        ),
        migrations.CreateModel(
            name='DailySeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='day')),
                ('first', models.PositiveBigIntegerField(verbose_name='first seal')),
                ('rows', models.PositiveBigIntegerField(verbose_name='rows')),
                ('previous', models.CharField(max_length=64, verbose_name='digest of the day before')),
                ('sha256', models.CharField(max_length=64, verbose_name='digest')),
                ('head', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy.seal', verbose_name='last seal')),
            ],
            options={
                'verbose_name': 'daily seal',
                'verbose_name_plural': 'daily seals',
                'ordering': ('-day',),
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(blank=True, db_index=True, max_length=254, verbose_name='e-mail address')),
                ('kept_at', models.DateTimeField(db_index=True, verbose_name='kept at')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='privacy.storedfile', verbose_name='file')),
            ],
            options={
                'verbose_name': 'file kept for a form',
                'verbose_name_plural': 'files kept for a form',
            },
        ),
        migrations.CreateModel(
            name='Transmission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(db_index=True, max_length=64, verbose_name='pseudonym of the person')),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('SURNAME', 'surname'), ('FIRST_NAME', 'first name'), ('POSTCODE', 'postcode'), ('EMAIL', 'e-mail address'), ('TELEPHONE', 'telephone number'), ('IP_ADDRESS', 'IP address'), ('LOGIN', 'login details'), ('NAVIGATION', 'navigation data'), ('QUALIFICATIONS', 'qualifications'), ('EXPERIENCE', 'experience'), ('POSTAL_ADDRESS', 'postal address'), ('IDENTITY_PROOF', 'proof of identity'), ('MESSAGES', 'messages exchanged'), ('CHOICES', 'consents and choices'), ('REQUESTS', 'requests to exercise rights')], max_length=20), size=None, verbose_name='data concerned')),
                ('at', models.DateTimeField(db_index=True, verbose_name='given at')),
                ('decided_by', models.CharField(max_length=40, verbose_name='decided by')),
                ('holding', models.CharField(max_length=100, verbose_name='kind of record')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('processor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='privacy.processor', verbose_name='processor')),
            ],
            options={
                'verbose_name': 'transmission',
                'verbose_name_plural': 'transmissions',
                'ordering': ('-at', '-id'),
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE_VISITS, "DROP TABLE privacy_visit")],
            state_operations=[
                migrations.CreateModel(
                    name='Visit',
                    fields=[
                        ('pk', models.CompositePrimaryKey('at', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('at', models.DateTimeField(verbose_name='seen at')),
                        ('number', models.BigIntegerField(verbose_name='random number')),
                        ('visitor', models.UUIDField(verbose_name='number of the browser')),
                        ('address', models.GenericIPAddressField(null=True, verbose_name='IP address')),
                        ('path', models.CharField(max_length=300, verbose_name='page')),
                        ('referrer', models.CharField(blank=True, max_length=253, verbose_name='site that led here')),
                        ('language', models.CharField(max_length=10, verbose_name='language')),
                    ],
                    options={
                        'verbose_name': 'visit',
                        'verbose_name_plural': 'visits',
                        'indexes': [models.Index(fields=['visitor', 'at'], name='privacy_visit_visitor'), models.Index(fields=['address'], name='privacy_visit_address')],
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name='Entity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('siren', models.CharField(max_length=11, unique=True, validators=[privacy.companies.siren.validate_siren], verbose_name='SIREN')),
                ('town', models.CharField(blank=True, max_length=100, verbose_name='postcode and town')),
                ('since', models.DateField(verbose_name='since')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subsidiaries', to='privacy.entity', verbose_name='subsidiary of')),
            ],
            options={
                'verbose_name': 'entity',
                'verbose_name_plural': 'entities',
                'ordering': ('since', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('siren__regex', '^\\d{3} \\d{3} \\d{3}$')), name='privacy_entity_siren_is_nine_digits'), models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='privacy_entity_is_not_its_own_parent'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='privacy_entity_begins_before_it_ends')],
            },
        ),
        migrations.CreateModel(
            name='PolicyText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('source', models.TextField(verbose_name='text as written')),
                ('placeholders', models.JSONField(verbose_name='values of the placeholders')),
                ('clauses', models.JSONField(verbose_name='clauses as published')),
                ('sha256', models.CharField(max_length=64, verbose_name='digest')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='privacy.policyversion', verbose_name='policy version')),
            ],
            options={
                'verbose_name': 'text of a policy',
                'verbose_name_plural': 'texts of policies',
                'ordering': ('version', 'language'),
                'constraints': [models.UniqueConstraint(fields=('version', 'language'), name='privacy_policytext_one_a_language')],
            },
        ),
        migrations.CreateModel(
            name='HostingPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='place')),
                ('country', models.CharField(max_length=2, validators=[privacy.companies.european_union.validate_member_state], verbose_name='country')),
                ('contents', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('DATABASE', 'the database'), ('FILES', 'encrypted files'), ('COPIES', 'backup copies'), ('MAIL', 'outgoing mail')], max_length=20), size=None, verbose_name='what is stored there')),
                ('since', models.DateField(verbose_name='since')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('processor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='privacy.processor', verbose_name='processor')),
            ],
            options={
                'verbose_name': 'hosting place',
                'verbose_name_plural': 'hosting places',
                'ordering': ('since', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('country__in', ('AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IT', 'LT', 'LU', 'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK'))), name='privacy_hostingplace_in_the_union'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='privacy_hostingplace_begins_before_it_ends')],
            },
        ),
        migrations.CreateModel(
            name='PurgeLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holding', models.CharField(max_length=100, verbose_name='kind of record')),
                ('since', models.CharField(max_length=100, verbose_name='period counted from')),
                ('period', models.CharField(max_length=20, verbose_name='period')),
                ('cut_off', models.DateTimeField(verbose_name='periods over by')),
                ('count', models.PositiveBigIntegerField(default=0, verbose_name='records deleted')),
                ('dependants', models.PositiveBigIntegerField(default=0, verbose_name='dependent records deleted')),
                ('files', models.PositiveBigIntegerField(default=0, verbose_name='files destroyed')),
                ('held', models.PositiveBigIntegerField(default=0, verbose_name='kept by a hold')),
                ('left', models.PositiveBigIntegerField(null=True, verbose_name='left for the next purge')),
                ('longest', models.PositiveIntegerField(null=True, verbose_name='longest lock (ms)')),
                ('oldest', models.DateTimeField(null=True, verbose_name='oldest')),
                ('newest', models.DateTimeField(null=True, verbose_name='newest')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='privacy.purgerun', verbose_name='purge')),
            ],
            options={
                'verbose_name': 'line of a purge',
                'verbose_name_plural': 'lines of purges',
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('run', 'holding'), name='privacy_purgeline_one_a_rule')],
            },
        ),
        migrations.CreateModel(
            name='SealedRow',
            fields=[
                ('pk', models.CompositePrimaryKey('seal_id', 'position', blank=True, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveBigIntegerField(verbose_name='position')),
                ('ledger', models.CharField(max_length=100, verbose_name='ledger')),
                ('key', models.CharField(max_length=64, verbose_name='number of the record')),
                ('leaf', models.BinaryField(verbose_name='hash of the row')),
                ('seal', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='leaves', to='privacy.seal', verbose_name='seal')),
            ],
            options={
                'verbose_name': 'sealed row',
                'verbose_name_plural': 'sealed rows',
                'ordering': ('seal', 'position'),
                'constraints': [models.UniqueConstraint(fields=('seal', 'position'), name='privacy_sealedrow_one_a_position'), models.UniqueConstraint(fields=('ledger', 'key'), name='privacy_sealedrow_sealed_once')],
            },
        ),
        ProtectTable("privacy_auditentry"),
        ProtectTable("privacy_policyversion"),
        ProtectTable("privacy_policytext"),
        ProtectTable("privacy_disclosure"),
        ProtectTable("privacy_transmission"),
        ProtectTable("privacy_seal", is_sealed=False),
        ProtectTable("privacy_sealedrow", is_sealed=False),
        ProtectTable("privacy_removal"),
        ProtectTable("privacy_dailyseal", is_sealed=False),
        migrations.RunPython(make_first_partitions, migrations.RunPython.noop),
    ]
