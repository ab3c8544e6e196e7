from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0015_changed_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='transmission',
            name='reason',
            field=models.CharField(blank=True, default='', max_length=300, verbose_name='reason'),
            preserve_default=False,
        ),
    ]
