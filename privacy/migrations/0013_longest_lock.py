from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0012_erasure'),
    ]

    operations = [
        migrations.AddField(
            model_name='purgeline',
            name='longest',
            field=models.PositiveIntegerField(null=True, verbose_name='longest lock (ms)'),
        ),
    ]
