from django.db import migrations, models


class Migration(migrations.Migration):
    """The buckets are made anew: what they count is forgotten within the hour anyhow."""

    dependencies = [
        ('privacy', '0005_form_assignment'),
    ]

    operations = [
        migrations.DeleteModel(name='Bucket'),
        migrations.CreateModel(
            name='Bucket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('limit', models.CharField(max_length=60, verbose_name='what is counted')),
                ('about', models.CharField(max_length=64, verbose_name='keyed hash')),
                ('full_at', models.DateTimeField(db_index=True, verbose_name='full again at')),
            ],
            options={
                'verbose_name': 'rate limit',
                'verbose_name_plural': 'rate limits',
                'constraints': [models.UniqueConstraint(fields=('about', 'limit'), name='privacy_bucket_one_a_limit')],
            },
        ),
    ]
