"""The company is shown by its name, under a shorter label."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('website', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='enquiry',
            name='entity',
            field=models.CharField(max_length=11, verbose_name='collected for'),
        ),
    ]
