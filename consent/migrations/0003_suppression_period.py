from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0002_collected_for'),
    ]

    operations = [
        migrations.AlterField(
            model_name='suppression',
            name='added_at',
            field=models.DateTimeField(db_index=True, verbose_name='date of your objection'),
        ),
        migrations.AlterField(
            model_name='suppression',
            name='fingerprint',
            field=models.CharField(max_length=64, unique=True, verbose_name='fingerprint of the address'),
        ),
    ]
