from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    """The column stays as it is: a number that may be that of no request, so no constraint comes with it."""

    dependencies = [
        ('dsr', '0002_collected_for'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name='linkrequest', name='request_id'),
                migrations.AddField(
                    model_name='linkrequest',
                    name='request',
                    field=models.ForeignKey(
                        db_constraint=False, db_index=False, default=None,
                        on_delete=django.db.models.deletion.CASCADE, related_name='+',
                        to='dsr.subjectrequest', verbose_name='request',
                    ),
                    preserve_default=False,
                ),
                migrations.AlterField(
                    model_name='linkrequest',
                    name='asked_at',
                    field=models.DateTimeField(verbose_name='asked at'),
                ),
            ]
        ),
    ]
