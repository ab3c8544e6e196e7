import django.contrib.postgres.fields
import django.db.models.deletion
import dsr.intake.models
import dsr.package.models
import dsr.requests.correction_models
import dsr.requests.identity_models
import dsr.requests.mandate_models
import dsr.requests.models
import dsr.rules.rights
import uuid
from django.db import migrations, models
from privacy.audit.ledger import KeepTable, ProtectTable


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('privacy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='IdentityCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='proof asked for at')),
                ('reason', models.TextField(blank=True, verbose_name='reason of the doubt')),
                ('came_on', models.DateField(blank=True, null=True, verbose_name='proof came on')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='checked at')),
                ('checked_by', models.CharField(blank=True, max_length=40, verbose_name='checked by')),
                ('method', models.CharField(blank=True, choices=dsr.requests.identity_models.IdentityCheckMethod.as_choices, max_length=20, verbose_name='checked how')),
            ],
            options={
                'verbose_name': 'identity check',
                'verbose_name_plural': 'identity checks',
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='LinkRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request_id', models.UUIDField()),
                ('asked_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='UnconfirmedRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rights', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ACCESS', 'Access to my data'), ('PORTABILITY', 'My data to take elsewhere'), ('RECTIFICATION', 'Correction of my data'), ('ERASURE', 'Erasure of my data'), ('RESTRICTION', 'Restriction of the use of my data'), ('NO_PROSPECTING', 'No more commercial messages'), ('NO_NAVIGATION', 'No more recording of my visits'), ('OBJECTION', 'Objection to a use of my data')], max_length=20), size=None, verbose_name='rights')),
                ('surname', models.CharField(max_length=100, verbose_name='surname')),
                ('first_name', models.CharField(max_length=100, verbose_name='first name')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('details', models.TextField(blank=True, verbose_name='details given')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français')], max_length=5, verbose_name='language')),
                ('received_at', models.DateTimeField(verbose_name='received at')),
            ],
            options={
                'verbose_name': 'unconfirmed request',
                'verbose_name_plural': 'unconfirmed requests',
            },
        ),
        migrations.CreateModel(
            name='IdentityProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent_at', models.DateTimeField(verbose_name='sent at')),
                ('check_made', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proofs', to='dsr.identitycheck', verbose_name='identity check')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy.storedfile', verbose_name='file')),
            ],
            options={
                'verbose_name': 'proof of identity',
                'verbose_name_plural': 'proofs of identity',
                'ordering': ('sent_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, verbose_name='digest of the document (SHA-256)')),
                ('answers_to', models.CharField(choices=[('REPRESENTATIVE', 'the person who asks'), ('PERSON', 'the person whose data it is')], max_length=20, verbose_name='answers go to')),
                ('sent_at', models.DateTimeField(verbose_name='sent at')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='checked at')),
                ('checked_by', models.CharField(blank=True, max_length=40, verbose_name='checked by')),
                ('file', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy.storedfile', verbose_name='file')),
            ],
            options={
                'verbose_name': 'mandate',
                'verbose_name_plural': 'mandates',
            },
        ),
        migrations.CreateModel(
            name='Representative',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('surname', models.CharField(max_length=100, verbose_name='surname')),
                ('first_name', models.CharField(max_length=100, verbose_name='first name')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('mandate', models.OneToOneField(on_delete=dsr.requests.mandate_models.cascade_unless_held, related_name='representative', to='dsr.mandate')),
            ],
            options={
                'verbose_name': 'representative',
                'verbose_name_plural': 'representatives',
            },
        ),
        migrations.CreateModel(
            name='RequestCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('right', models.CharField(choices=[('ACCESS', 'Access to my data'), ('PORTABILITY', 'My data to take elsewhere'), ('RECTIFICATION', 'Correction of my data'), ('ERASURE', 'Erasure of my data'), ('RESTRICTION', 'Restriction of the use of my data'), ('NO_PROSPECTING', 'No more commercial messages'), ('NO_NAVIGATION', 'No more recording of my visits'), ('OBJECTION', 'Objection to a use of my data')], max_length=20, verbose_name='right')),
                ('measure', models.CharField(choices=[('RECEIVED', 'received'), ('ANSWERED', 'answered'), ('REFUSED', 'refused'), ('WITHDRAWN', 'withdrawn'), ('CLOSED', 'closed without answer')], max_length=10, verbose_name='what is counted')),
                ('days', models.PositiveIntegerField(default=0, verbose_name='after days')),
                ('number', models.PositiveIntegerField(default=0, verbose_name='number')),
            ],
            options={
                'verbose_name': 'figure of requests',
                'verbose_name_plural': 'figures of requests',
                'constraints': [models.UniqueConstraint(fields=('month', 'right', 'measure', 'days'), name='dsr_requestcounter_once')],
            },
        ),
        migrations.CreateModel(
            name='SubjectRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rights', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ACCESS', 'Access to my data'), ('PORTABILITY', 'My data to take elsewhere'), ('RECTIFICATION', 'Correction of my data'), ('ERASURE', 'Erasure of my data'), ('RESTRICTION', 'Restriction of the use of my data'), ('NO_PROSPECTING', 'No more commercial messages'), ('NO_NAVIGATION', 'No more recording of my visits'), ('OBJECTION', 'Objection to a use of my data')], max_length=20), size=None, verbose_name='rights')),
                ('surname', models.CharField(max_length=100, verbose_name='surname')),
                ('first_name', models.CharField(max_length=100, verbose_name='first name')),
                ('details', models.TextField(blank=True, verbose_name='details given')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français')], max_length=5, verbose_name='language')),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('by_post', models.BooleanField(default=False, verbose_name='answered by post')),
                ('postal_address', models.TextField(blank=True, verbose_name='postal address')),
                ('reference', models.CharField(default=dsr.requests.models.new_reference, max_length=9, unique=True, verbose_name='reference')),
                ('state', models.CharField(choices=[('RECEIVED', 'Received'), ('GRANTED', 'Granted, answer in preparation'), ('ANSWERED', 'Answered'), ('REFUSED', 'Refused'), ('WITHDRAWN', 'Withdrawn'), ('CLOSED', 'Closed without answer')], default='RECEIVED', max_length=20, verbose_name='state')),
                ('confirmed_at', models.DateTimeField(verbose_name='confirmed at')),
                ('extended_at', models.DateTimeField(blank=True, null=True, verbose_name='extended at')),
                ('due_on', models.DateField(db_index=True, verbose_name='due on')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('ground', models.CharField(blank=True, choices=dsr.rules.rights.RefusalGround.as_choices, max_length=20, verbose_name='ground of refusal')),
                ('assignee', models.CharField(blank=True, max_length=40, verbose_name='assigned to')),
                ('target_on', models.DateField(blank=True, null=True, verbose_name='own target')),
                ('lifts_on', models.DateField(blank=True, null=True, verbose_name='restriction ends on')),
                ('prepared_by', models.CharField(blank=True, max_length=40, verbose_name='prepared by')),
                ('approved_by', models.CharField(blank=True, max_length=40, verbose_name='approved by')),
                ('proposed_ground', models.CharField(blank=True, choices=dsr.rules.rights.RefusalGround.as_choices, max_length=20, verbose_name='ground of a refusal that is proposed')),
                ('proposed_reason', models.TextField(blank=True, verbose_name='reasons of a refusal that is proposed')),
                ('setback', models.CharField(blank=True, choices=dsr.requests.models.Setback.as_choices, max_length=20, verbose_name='what stood in the way')),
                ('visitors', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None, verbose_name='browsers')),
                ('links_used', models.PositiveIntegerField(default=0, verbose_name='mailed links used')),
            ],
            options={
                'verbose_name': 'request',
                'verbose_name_plural': 'requests',
                'ordering': ('due_on', 'received_at'),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('state__in', ['GRANTED', 'RECEIVED'])), models.Q(('closed_at__isnull', False), ('state__in', ['ANSWERED', 'CLOSED', 'REFUSED', 'WITHDRAWN'])), _connector='OR'), name='dsr_subjectrequest_closed_has_date'), models.CheckConstraint(condition=models.Q(('state', 'REFUSED'), ('ground', ''), _connector='XOR'), name='dsr_subjectrequest_refused_has_ground'), models.CheckConstraint(condition=models.Q(('prepared_by', ''), models.Q(('approved_by', models.F('prepared_by')), _negated=True), _connector='OR'), name='dsr_subjectrequest_four_eyes'), models.CheckConstraint(condition=models.Q(('proposed_ground', ''), models.Q(('proposed_reason', ''), _negated=True), _connector='XOR'), name='dsr_subjectrequest_proposal_has_both'), models.CheckConstraint(condition=models.Q(models.Q(('by_post', False), models.Q(('email', ''), _negated=True)), models.Q(('by_post', True), models.Q(('postal_address', ''), _negated=True)), _connector='OR'), name='dsr_subjectrequest_can_be_answered')],
            },
        ),
        migrations.CreateModel(
            name='RequestMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('written_at', models.DateTimeField(verbose_name='written at')),
                ('author', models.CharField(choices=[('PERSON', 'you'), ('CONTROLLER', 'the data controller')], max_length=20, verbose_name='written by')),
                ('text', models.TextField(verbose_name='text')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='dsr.subjectrequest')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'ordering': ('written_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='RequestItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('right', models.CharField(choices=[('ACCESS', 'Access to my data'), ('PORTABILITY', 'My data to take elsewhere'), ('RECTIFICATION', 'Correction of my data'), ('ERASURE', 'Erasure of my data'), ('RESTRICTION', 'Restriction of the use of my data'), ('NO_PROSPECTING', 'No more commercial messages'), ('NO_NAVIGATION', 'No more recording of my visits'), ('OBJECTION', 'Objection to a use of my data')], max_length=20, verbose_name='right')),
                ('outcome', models.CharField(blank=True, choices=[('SATISFIED', 'granted'), ('WITHHELD', 'not granted'), ('NOTHING', 'nothing is held')], max_length=20, verbose_name='outcome')),
                ('ground', models.CharField(blank=True, choices=dsr.rules.rights.RefusalGround.as_choices, max_length=20, verbose_name='ground')),
                ('reason', models.TextField(blank=True, verbose_name='reasons')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('decided_by', models.CharField(blank=True, max_length=40, verbose_name='decided by')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done at')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='dsr.subjectrequest')),
            ],
            options={
                'verbose_name': 'right asked for',
                'verbose_name_plural': 'rights asked for',
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='RequestEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='happened at')),
                ('event_type', models.CharField(max_length=20, verbose_name='what happened')),
                ('actor', models.CharField(max_length=40, verbose_name='done by')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='dsr.subjectrequest')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ('at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reminder_type', models.CharField(max_length=40, verbose_name='what was told')),
                ('due_on', models.DateField(verbose_name='about the last day')),
                ('sent_at', models.DateTimeField(verbose_name='sent at')),
                ('request', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='dsr.subjectrequest')),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
            },
        ),
        migrations.CreateModel(
            name='RecipientNotification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('right', models.CharField(choices=[('ACCESS', 'Access to my data'), ('PORTABILITY', 'My data to take elsewhere'), ('RECTIFICATION', 'Correction of my data'), ('ERASURE', 'Erasure of my data'), ('RESTRICTION', 'Restriction of the use of my data'), ('NO_PROSPECTING', 'No more commercial messages'), ('NO_NAVIGATION', 'No more recording of my visits'), ('OBJECTION', 'Objection to a use of my data')], max_length=20, verbose_name='right carried out')),
                ('recipient', models.CharField(max_length=200, verbose_name='recipient')),
                ('is_processor', models.BooleanField(verbose_name='works for us')),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('SURNAME', 'surname'), ('FIRST_NAME', 'first name'), ('POSTCODE', 'postcode'), ('EMAIL', 'e-mail address'), ('TELEPHONE', 'telephone number'), ('IP_ADDRESS', 'IP address'), ('LOGIN', 'login details'), ('NAVIGATION', 'navigation data'), ('QUALIFICATIONS', 'qualifications'), ('EXPERIENCE', 'experience'), ('POSTAL_ADDRESS', 'postal address'), ('IDENTITY_PROOF', 'proof of identity'), ('MESSAGES', 'messages exchanged'), ('CHOICES', 'consents and choices'), ('REQUESTS', 'requests to exercise rights')], max_length=20), size=None, verbose_name='data concerned')),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
                ('due_on', models.DateField(db_index=True, verbose_name='to be told by')),
                ('outcome', models.CharField(blank=True, choices=[('NOTIFIED', 'told'), ('IMPOSSIBLE', 'informing them proved impossible'), ('DISPROPORTIONATE', 'informing them would take a disproportionate effort')], max_length=20, verbose_name='how it ended')),
                ('notified_on', models.DateField(blank=True, null=True, verbose_name='told on')),
                ('means', models.CharField(blank=True, max_length=200, verbose_name='by what means')),
                ('proof', models.TextField(blank=True, verbose_name='proof')),
                ('reason', models.TextField(blank=True, verbose_name='reasons')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('closed_by', models.CharField(blank=True, max_length=40, verbose_name='closed by')),
                ('file', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy.storedfile', verbose_name='proof as a file')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recipient_notifications', to='dsr.subjectrequest')),
            ],
            options={
                'verbose_name': 'recipient to notify',
                'verbose_name_plural': 'recipients to notify',
                'ordering': ('due_on', 'recipient', 'id'),
            },
        ),
        migrations.AddField(
            model_name='mandate',
            name='request',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mandate', to='dsr.subjectrequest'),
        ),
        migrations.CreateModel(
            name='InternalNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('written_at', models.DateTimeField(verbose_name='written at')),
                ('author', models.CharField(max_length=40, verbose_name='written by')),
                ('text', models.TextField(verbose_name='text')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='dsr.subjectrequest')),
            ],
            options={
                'verbose_name': 'internal note',
                'verbose_name_plural': 'internal notes',
                'ordering': ('written_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='IncomingLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_on', models.DateField(verbose_name='received on')),
                ('identity', models.CharField(choices=dsr.intake.models.EnclosedProof.as_choices, max_length=20, verbose_name='identity')),
                ('entered_at', models.DateTimeField(verbose_name='entered at')),
                ('entered_by', models.CharField(max_length=40, verbose_name='entered by')),
                ('scan', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy.storedfile', verbose_name='scan of the letter')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='incoming_letters', to='dsr.subjectrequest')),
            ],
            options={
                'verbose_name': 'letter received',
                'verbose_name_plural': 'letters received',
                'ordering': ('received_on', 'id'),
            },
        ),
        migrations.AddField(
            model_name='identitycheck',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identity_checks', to='dsr.subjectrequest'),
        ),
        migrations.CreateModel(
            name='Enclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent_at', models.DateTimeField(verbose_name='sent at')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy.storedfile', verbose_name='file')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enclosures', to='dsr.subjectrequest')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ('sent_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='AccessPackage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(verbose_name='asked for at')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='failed tries')),
                ('built_at', models.DateTimeField(blank=True, null=True, verbose_name='made at')),
                ('code', models.CharField(default=dsr.package.models.new_code, max_length=14, verbose_name='code')),
                ('links_used', models.PositiveIntegerField(default=0, verbose_name='mailed links used')),
                ('downloads', models.PositiveIntegerField(default=0, verbose_name='downloads')),
                ('downloaded_at', models.DateTimeField(blank=True, null=True, verbose_name='last downloaded at')),
                ('file', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy.storedfile', verbose_name='file')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='package', to='dsr.subjectrequest')),
            ],
            options={
                'verbose_name': 'access package',
                'verbose_name_plural': 'access packages',
            },
        ),
        migrations.AddField(
            model_name='mandate',
            name='unconfirmed_request',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mandate', to='dsr.unconfirmedrequest'),
        ),
        migrations.CreateModel(
            name='RequestedCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holding', models.CharField(max_length=100, verbose_name='kind of record')),
                ('key', models.CharField(max_length=64, verbose_name='record')),
                ('field', models.CharField(max_length=100, verbose_name='field')),
                ('was', models.TextField(blank=True, verbose_name='value today')),
                ('wished', models.TextField(blank=True, verbose_name='requested value')),
                ('is_accepted', models.BooleanField(verbose_name='accepted')),
                ('reason', models.TextField(blank=True, verbose_name='reasons')),
                ('setback', models.CharField(blank=True, choices=dsr.requests.correction_models.CorrectionSetback.as_choices, max_length=10, verbose_name='obstacle')),
                ('made_at', models.DateTimeField(verbose_name='decided at')),
                ('made_by', models.CharField(max_length=40, verbose_name='decided by')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='dsr.requestitem')),
            ],
            options={
                'verbose_name': 'correction',
                'verbose_name_plural': 'corrections',
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('item', 'holding', 'key', 'field'), name='dsr_correction_once'), models.CheckConstraint(condition=models.Q(('is_accepted', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='dsr_correction_refused_has_reason')],
            },
        ),
        migrations.CreateModel(
            name='Redaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holding', models.CharField(max_length=100, verbose_name='kind of record')),
                ('key', models.CharField(max_length=64, verbose_name='record')),
                ('field', models.CharField(max_length=100, verbose_name='field')),
                ('spans', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), size=None, verbose_name='places')),
                ('text_hash', models.CharField(max_length=64, verbose_name='hash of the text')),
                ('made_at', models.DateTimeField(verbose_name='decided at')),
                ('made_by', models.CharField(max_length=40, verbose_name='decided by')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='redactions', to='dsr.requestitem')),
            ],
            options={
                'verbose_name': 'redacted text',
                'verbose_name_plural': 'redacted texts',
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('item', 'holding', 'key', 'field'), name='dsr_redaction_once'), models.CheckConstraint(condition=models.Q(('spans', []), _negated=True), name='dsr_redaction_has_spans')],
            },
        ),
        migrations.CreateModel(
            name='Exemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holding', models.CharField(max_length=100, verbose_name='kind of record')),
                ('key', models.CharField(blank=True, default='', max_length=64, verbose_name='record')),
                ('ground', models.CharField(choices=dsr.rules.rights.RefusalGround.as_choices, max_length=20, verbose_name='ground')),
                ('reason', models.TextField(verbose_name='reasons')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('made_at', models.DateTimeField(verbose_name='decided at')),
                ('made_by', models.CharField(max_length=40, verbose_name='decided by')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exemptions', to='dsr.requestitem')),
            ],
            options={
                'verbose_name': 'exemption',
                'verbose_name_plural': 'exemptions',
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('item', 'holding', 'key'), name='dsr_exemption_once'), models.CheckConstraint(condition=models.Q(models.Q(('ground', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='dsr_exemption_has_ground')],
            },
        ),
        migrations.CreateModel(
            name='SentLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.CharField(max_length=60, verbose_name='message')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('written_at', models.DateTimeField(verbose_name='written at')),
                ('by_post', models.BooleanField(default=False, verbose_name='goes by post')),
                ('posted_on', models.DateField(blank=True, null=True, verbose_name='posted on')),
                ('posted_by', models.CharField(blank=True, max_length=40, verbose_name='posted by')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='privacy.storedfile', verbose_name='letter')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sent_letters', to='dsr.subjectrequest')),
            ],
            options={
                'verbose_name': 'letter sent',
                'verbose_name_plural': 'letters sent',
                'ordering': ('written_at', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('by_post', True), ('posted_on', None), _connector='OR'), name='dsr_sentletter_only_post_is_posted')],
            },
        ),
        migrations.AddConstraint(
            model_name='requestitem',
            constraint=models.UniqueConstraint(fields=('request', 'right'), name='dsr_requestitem_once'),
        ),
        migrations.AddConstraint(
            model_name='requestitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='dsr_requestitem_decided_has_date'),
        ),
        migrations.AddConstraint(
            model_name='requestitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'WITHHELD'), models.Q(('ground', ''), _negated=True), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('outcome', 'WITHHELD'), _negated=True), ('ground', '')), _connector='OR'), name='dsr_requestitem_withheld_has_ground'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('request', 'reminder_type', 'due_on'), name='dsr_reminder_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='recipientnotification',
            constraint=models.UniqueConstraint(fields=('request', 'right', 'recipient', 'is_processor'), name='dsr_recipientnotification_once'),
        ),
        migrations.AddConstraint(
            model_name='recipientnotification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='dsr_recipientnotification_closed_has_date'),
        ),
        migrations.AddConstraint(
            model_name='recipientnotification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'NOTIFIED'), _negated=True), models.Q(('notified_on__isnull', False), models.Q(('means', ''), _negated=True), models.Q(models.Q(('proof', ''), _negated=True), ('file__isnull', False), _connector='OR')), _connector='OR'), name='dsr_recipientnotification_notified_has_proof'),
        ),
        migrations.AddConstraint(
            model_name='recipientnotification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ['IMPOSSIBLE', 'DISPROPORTIONATE']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='dsr_recipientnotification_not_notified_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='identitycheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at', None), ('method', '')), models.Q(('checked_at', None), ('method', ''), _connector='OR', _negated=True), _connector='OR'), name='dsr_identitycheck_checked_has_method'),
        ),
        migrations.AddConstraint(
            model_name='identitycheck',
            constraint=models.UniqueConstraint(condition=models.Q(('asked_at__isnull', False), ('came_on', None)), fields=('request',), name='dsr_identitycheck_one_awaited'),
        ),
        migrations.AddConstraint(
            model_name='accesspackage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('built_at', None), ('file', None)), models.Q(('built_at__isnull', False), ('file__isnull', False)), _connector='OR'), name='dsr_accesspackage_built_has_file'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('unconfirmed_request', None), ('request', None), _connector='XOR'), name='dsr_mandate_of_unconfirmed_or_request'),
        ),
        ProtectTable("dsr_requestevent"),
        ProtectTable("dsr_internalnote"),
        KeepTable("dsr_subjectrequest"),
        KeepTable("dsr_requestitem"),
        KeepTable("dsr_requestmessage"),
        KeepTable("dsr_sentletter"),
        KeepTable("dsr_incomingletter"),
        KeepTable("dsr_enclosure"),
        KeepTable("dsr_identitycheck"),
        KeepTable("dsr_mandate"),
        KeepTable("dsr_representative"),
        KeepTable("dsr_recipientnotification"),
    ]
