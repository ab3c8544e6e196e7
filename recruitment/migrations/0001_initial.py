import django.db.models.deletion
import recruitment.offers.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('privacy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('JOB', 'job'), ('INTERNSHIP', 'internship')], max_length=10, verbose_name='kind')),
                ('slug', models.SlugField(max_length=80, unique=True, validators=[recruitment.offers.models.validate_not_reserved], verbose_name='address')),
                ('title_en', models.CharField(max_length=120, verbose_name='title in English')),
                ('title_fr', models.CharField(max_length=120, verbose_name='title in French')),
                ('description_en', models.TextField(help_text='In Markdown.', verbose_name='description in English')),
                ('description_fr', models.TextField(help_text='In Markdown.', verbose_name='description in French')),
                ('place', models.CharField(max_length=120, verbose_name='place')),
                ('published_at', models.DateTimeField(blank=True, help_text='Left empty: not shown.', null=True, verbose_name='published at')),
                ('closes_on', models.DateField(blank=True, help_text='Left empty: open until you write a day here.', null=True, verbose_name='last day')),
            ],
            options={
                'verbose_name': 'offer',
                'verbose_name_plural': 'offers',
                'ordering': ('-published_at', 'slug'),
            },
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('surname', models.CharField(max_length=100, verbose_name='surname')),
                ('first_name', models.CharField(max_length=100, verbose_name='first name')),
                ('email', models.EmailField(db_index=True, max_length=254, verbose_name='e-mail address')),
                ('telephone', models.CharField(blank=True, max_length=30, verbose_name='telephone')),
                ('postcode', models.CharField(blank=True, max_length=12, verbose_name='postcode')),
                ('qualifications', models.TextField(max_length=5000, verbose_name='qualifications')),
                ('experience', models.TextField(max_length=5000, verbose_name='experience')),
                ('message', models.TextField(blank=True, max_length=5000, verbose_name='message')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français')], max_length=2, verbose_name='language')),
                ('entity', models.CharField(max_length=11, verbose_name='collected for the company with SIREN')),
                ('policy_version', models.PositiveIntegerField(null=True, verbose_name='version of the policy in force then')),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('last_contact_at', models.DateTimeField(db_index=True, verbose_name='last contact')),
                ('cv', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='privacy.storedfile', verbose_name='CV')),
                ('offer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='recruitment.offer', verbose_name='offer')),
            ],
            options={
                'verbose_name': 'application',
                'verbose_name_plural': 'applications',
                'ordering': ('-received_at', '-id'),
                'permissions': (('open_archive', 'Can open archived applications, with a reason'),),
            },
        ),
        migrations.CreateModel(
            name='ArchiveOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
                ('opened_by', models.CharField(max_length=40, verbose_name='opened by')),
                ('reason', models.TextField(max_length=1000, verbose_name='reason')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to='recruitment.application', verbose_name='application')),
            ],
            options={
                'verbose_name': 'opening of the archive',
                'verbose_name_plural': 'openings of the archive',
                'ordering': ('-opened_at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='Exchange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(choices=[('IN', 'from the applicant'), ('OUT', 'to the applicant')], max_length=3, verbose_name='direction')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='subject')),
                ('text', models.TextField(max_length=10000, verbose_name='text')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exchanges', to='recruitment.application', verbose_name='application')),
            ],
            options={
                'verbose_name': 'message exchanged',
                'verbose_name_plural': 'messages exchanged',
                'ordering': ('at', 'id'),
            },
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('last_contact_at__gte', models.F('received_at'))), name='recruitment_application_contact_not_before_receipt'),
        ),
    ]
