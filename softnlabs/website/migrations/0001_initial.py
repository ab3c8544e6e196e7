import django.db.models.functions.comparison
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('component', models.CharField(choices=[('worker', 'worker'), ('beat', 'schedule')], max_length=10, primary_key=True, serialize=False, verbose_name='part')),
                ('at', models.DateTimeField(verbose_name='last seen at')),
            ],
            options={
                'verbose_name': 'heartbeat',
                'verbose_name_plural': 'heartbeats',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('first_name', models.CharField(blank=True, max_length=100, verbose_name='first name')),
                ('surname', models.CharField(blank=True, max_length=100, verbose_name='surname')),
                ('is_staff', models.BooleanField(default=False, verbose_name='works at the desk')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='must choose a password')),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='account made at')),
                ('active_at', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('last_login', 'joined_at'), output_field=models.DateTimeField(), verbose_name='last active at')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'account',
                'verbose_name_plural': 'accounts',
            },
        ),
        migrations.CreateModel(
            name='Enquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('surname', models.CharField(max_length=100, verbose_name='surname')),
                ('first_name', models.CharField(max_length=100, verbose_name='first name')),
                ('email', models.EmailField(db_index=True, max_length=254, verbose_name='e-mail address')),
                ('telephone', models.CharField(blank=True, max_length=30, verbose_name='telephone')),
                ('postcode', models.CharField(blank=True, max_length=12, verbose_name='postcode')),
                ('message', models.TextField(max_length=5000, verbose_name='message')),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français')], max_length=2, verbose_name='language')),
                ('entity', models.CharField(max_length=11, verbose_name='collected for the company with SIREN')),
                ('policy_version', models.PositiveIntegerField(null=True, verbose_name='policy version in force')),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('last_contact_at', models.DateTimeField(db_index=True, verbose_name='last contact')),
            ],
            options={
                'verbose_name': 'enquiry',
                'verbose_name_plural': 'enquiries',
                'ordering': ('-received_at', '-id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('last_contact_at__gte', models.F('received_at'))), name='website_enquiry_contact_not_before_receipt')],
            },
        ),
    ]
