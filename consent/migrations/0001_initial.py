import django.core.validators
import django.db.models.deletion
import uuid
from django.db import migrations, models
from privacy.audit.ledger import ProtectTable


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cookie_consent', '0004_cookie_natural_key'),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=32, unique=True, verbose_name='short name')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
            ],
            options={
                'verbose_name': 'campaign',
                'verbose_name_plural': 'campaigns',
                'ordering': ['slug'],
            },
        ),
        migrations.CreateModel(
            name='ConsentTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ended_at', models.DateTimeField(db_index=True, null=True, verbose_name='end of the choice')),
            ],
            options={
                'verbose_name': 'term of a choice',
                'verbose_name_plural': 'terms of choices',
            },
        ),
        migrations.CreateModel(
            name='Prospect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('agreed_at', models.DateTimeField(verbose_name='agreed at')),
                ('last_contact_at', models.DateTimeField(db_index=True, verbose_name='last contact from the person')),
            ],
            options={
                'verbose_name': 'prospect',
                'verbose_name_plural': 'prospects',
                'ordering': ['-last_contact_at'],
            },
        ),
        migrations.CreateModel(
            name='SpentImpressionToken',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='SHA-256')),
                ('spent_at', models.DateTimeField(db_index=True, verbose_name='spent at')),
                ('is_renewed', models.BooleanField(default=False, verbose_name='replaced, since the answer was lost')),
            ],
            options={
                'verbose_name': 'spent impression token',
                'verbose_name_plural': 'spent impression tokens',
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(max_length=64, unique=True, verbose_name='fingerprint')),
                ('added_at', models.DateTimeField(verbose_name='added at')),
            ],
            options={
                'verbose_name': 'suppression',
                'verbose_name_plural': 'suppressions',
                'ordering': ['-added_at'],
            },
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='SHA-256')),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('text', models.TextField(verbose_name='words shown')),
                ('markup', models.TextField(blank=True, verbose_name='as rendered')),
                ('first_shown_at', models.DateTimeField(verbose_name='first shown at')),
            ],
            options={
                'verbose_name': 'wording',
                'verbose_name_plural': 'wordings',
                'ordering': ['-first_shown_at'],
            },
        ),
        migrations.CreateModel(
            name='CookieObservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64, verbose_name='name')),
                ('kind', models.CharField(choices=[('SET', 'set, as declared'), ('NOT_ACCEPTED', 'stripped: the visitor had not accepted it'), ('UNDECLARED', 'stripped: nobody declared it'), ('TOO_LONG', 'shortened: it would have lived longer than declared'), ('RECEIVED', 'sent by a browser, though nobody declared it')], max_length=12, verbose_name='what was seen')),
                ('first_at', models.DateTimeField(verbose_name='first seen at')),
                ('last_at', models.DateTimeField(verbose_name='last seen at')),
                ('times', models.PositiveBigIntegerField(verbose_name='times')),
            ],
            options={
                'verbose_name': 'cookie seen',
                'verbose_name_plural': 'cookies seen',
                'ordering': ['name', 'kind'],
                'constraints': [models.UniqueConstraint(fields=('name', 'kind'), name='consent_cookieobservation_one_per_kind')],
            },
        ),
        migrations.CreateModel(
            name='GroupDeclaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('terms', models.CharField(choices=[('ALWAYS', 'needed: always on'), ('UNTIL_OBJECTION', 'on until the visitor objects'), ('CONSENT', 'off until the visitor consents')], default='CONSENT', max_length=16, verbose_name='terms')),
                ('purpose', models.CharField(choices=[('BUSINESS', 'Business relations'), ('PERSONALISATION', 'Personalised services'), ('VISITORS', 'Visitors of the Website'), ('PROSPECTS', 'Prospects'), ('RECRUITMENT', 'Recruitment')], max_length=16, verbose_name='purpose')),
                ('name_fr', models.CharField(max_length=100, verbose_name='name in French')),
                ('description_fr', models.TextField(verbose_name='description in French')),
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='declaration', to='cookie_consent.cookiegroup', verbose_name='group')),
            ],
            options={
                'verbose_name': 'group declaration',
                'verbose_name_plural': 'group declarations',
            },
        ),
        migrations.CreateModel(
            name='CampaignDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('views', models.PositiveIntegerField(default=0, verbose_name='views')),
                ('clicks', models.PositiveIntegerField(default=0, verbose_name='clicks')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='consent.campaign', verbose_name='campaign')),
            ],
            options={
                'verbose_name': 'campaign day',
                'verbose_name_plural': 'campaign days',
                'ordering': ['-day'],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'day'), name='consent_campaignday_one_a_day')],
            },
        ),
        migrations.CreateModel(
            name='CookieDeclaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('description_fr', models.TextField(verbose_name='description in French')),
                ('months', models.PositiveSmallIntegerField(default=0, verbose_name='lifetime, months')),
                ('days', models.PositiveSmallIntegerField(default=0, help_text='No months and no days: until the browser is closed.', verbose_name='lifetime, days')),
                ('reader', models.CharField(blank=True, help_text='Empty: this company alone.', max_length=100, verbose_name='who reads it')),
                ('cookie', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='declaration', to='cookie_consent.cookie', verbose_name='cookie')),
            ],
            options={
                'verbose_name': 'cookie declaration',
                'verbose_name_plural': 'cookie declarations',
                'constraints': [models.CheckConstraint(condition=models.Q(('months__lt', 6), models.Q(('days', 0), ('months', 6)), _connector='OR'), name='consent_cookiedeclaration_six_months_at_most', violation_error_message='No cookie of this site lives longer than six months.')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title_en', models.CharField(max_length=120, verbose_name='title in English')),
                ('title_fr', models.CharField(max_length=120, verbose_name='title in French')),
                ('text_en', models.TextField(max_length=600, verbose_name='text in English')),
                ('text_fr', models.TextField(max_length=600, verbose_name='text in French')),
                ('link', models.CharField(help_text='Without the language.', max_length=200, validators=[django.core.validators.RegexValidator('^/(?!/)[^\\\\\\s]*$', 'An address of this site, that begins with one slash.')], verbose_name='link')),
                ('topic', models.CharField(blank=True, choices=[('careers', 'Careers and internships'), ('privacy', 'Protection of personal data'), ('systems', 'Systems and hosting'), ('software', 'Business software'), ('advice', 'Advice and audits')], help_text='Empty: a general notice, for everybody.', max_length=32, verbose_name='topic')),
                ('by_interest', models.BooleanField(default=True, help_text='Visitors name their interests on the page of their choices.', verbose_name='for those who named this interest')),
                ('pages', models.PositiveSmallIntegerField(default=1, help_text='0: pages do not count.', verbose_name='for those who opened this many pages of the section')),
                ('cap', models.PositiveSmallIntegerField(default=3, help_text='For visitors who accepted to be counted for. The oldest general notice has no cap: it takes the place once every other has reached its own.', verbose_name='at most, times per visitor')),
                ('days', models.PositiveSmallIntegerField(default=30, help_text='From the first time on; 30 at most.', verbose_name='within this many days')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='consent.campaign', verbose_name='campaign')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['-starts_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='consent_notice_ends_after_it_starts', violation_error_message='The notice ends before it starts.'), models.CheckConstraint(condition=models.Q(('days__range', (1, 30))), name='consent_notice_counts_a_month_at_most', violation_error_message='The cap holds for one to thirty days.'), models.CheckConstraint(condition=models.Q(('topic', ''), ('by_interest', True), ('pages__gte', 1), _connector='OR'), name='consent_notice_is_for_somebody', violation_error_message='With a topic, say for whom: by interest, by pages, or both.'), models.CheckConstraint(condition=models.Q(('cap__gte', 1)), name='consent_notice_shown_once_at_least', violation_error_message='A notice is shown once at least.')],
            },
        ),
        migrations.CreateModel(
            name='ConsentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='record')),
                ('happened_at', models.DateTimeField(verbose_name='when')),
                ('kind', models.CharField(choices=[('GRANT', 'given'), ('REFUSE', 'refused'), ('WITHDRAW', 'withdrawn'), ('EXPIRE', 'expired')], max_length=8, verbose_name='event')),
                ('topic', models.CharField(help_text='A group of cookies, or “prospecting”.', max_length=32, verbose_name='about')),
                ('purpose', models.CharField(choices=[('BUSINESS', 'Business relations'), ('PERSONALISATION', 'Personalised services'), ('VISITORS', 'Visitors of the Website'), ('PROSPECTS', 'Prospects'), ('RECRUITMENT', 'Recruitment')], max_length=16, verbose_name='purpose')),
                ('act', models.CharField(choices=[('ACCEPT_ALL', 'button “Accept all”'), ('REFUSE_ALL', 'button “Refuse all”'), ('CHOICE', 'choice on the preferences page'), ('BOX', 'box ticked in a form'), ('LINK', 'link in an e-mail'), ('REQUEST', 'request to exercise rights'), ('CLOCK', 'end of validity'), ('GPC', 'signal of the browser (Global Privacy Control)')], max_length=10, verbose_name='act')),
                ('language', models.CharField(max_length=8, verbose_name='language')),
                ('page', models.CharField(blank=True, max_length=200, verbose_name='page')),
                ('has_gpc', models.BooleanField(default=False, verbose_name='browser sent Global Privacy Control')),
                ('valid_until', models.DateTimeField(null=True, verbose_name='valid until')),
                ('policy_version', models.CharField(blank=True, max_length=16, verbose_name='policy version')),
                ('receipt', models.UUIDField(null=True, verbose_name='receipt')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='consent.consentterm', verbose_name='term of a choice')),
                ('wording', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='consent.wording', verbose_name='words shown')),
            ],
            options={
                'verbose_name': 'consent event',
                'verbose_name_plural': 'consent events',
                'ordering': ['-happened_at', '-id'],
                'indexes': [models.Index(fields=['receipt', 'topic', 'id'], name='consent_event_by_receipt'), models.Index(fields=['email', 'topic', 'id'], name='consent_event_by_email'), models.Index(fields=['happened_at'], name='consent_event_by_time'), models.Index(condition=models.Q(('kind', 'GRANT')), fields=['valid_until'], name='consent_event_open_grants')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('email', ''), ('receipt__isnull', False)), models.Q(('receipt__isnull', True), models.Q(('email', ''), _negated=True)), _connector='OR'), name='consent_consentevent_one_subject')],
            },
        ),
        ProtectTable("consent_wording"),
        ProtectTable("consent_consentevent"),
    ]
