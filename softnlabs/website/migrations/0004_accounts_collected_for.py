"""Accounts say for which company they were made, and under which version of the policy."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce


def name_versions(apps, _schema_editor):
    """What was in force when an account was made; before the first version was published, the first."""
    versions = apps.get_model('privacy', 'PolicyVersion').objects.order_by('number')
    then = versions.filter(published_at__lte=OuterRef('joined_at')).reverse()
    found = Coalesce(Subquery(then.values('number')[:1]), Subquery(versions.values('number')[:1]))
    apps.get_model('website', 'User').objects.update(policy_version=found)


class Migration(migrations.Migration):
    dependencies = [
        ('privacy', '0001_initial'),
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
        migrations.RunPython(name_versions, migrations.RunPython.noop),
    ]
