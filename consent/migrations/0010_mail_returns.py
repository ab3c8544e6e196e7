"""Mail that came back, and the addresses that take none."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0009_mailing_pictures'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True, verbose_name='digest of the report')),
                ('fingerprint', models.CharField(db_index=True, max_length=64, verbose_name='fingerprint of the address')),
                ('kind', models.CharField(choices=[('PERMANENT', 'the mailbox refused it for good'), ('TEMPORARY', 'it could not be delivered'), ('COMPLAINT', 'reported as unwanted'), ('UNSUBSCRIBE', 'unsubscribed through the mailbox or the provider')], max_length=12, verbose_name='what happened')),
                ('status', models.CharField(blank=True, max_length=12, verbose_name='code of the mail server')),
                ('source', models.CharField(choices=[('PROVIDER', 'report of the provider'), ('DESK', 'entered at the desk')], max_length=10, verbose_name='known from')),
                ('returned_at', models.DateTimeField(verbose_name='came back at')),
            ],
            options={
                'verbose_name': 'returned e-mail',
                'verbose_name_plural': 'returned e-mails',
                'ordering': ['-returned_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='StoppedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(max_length=64, unique=True, verbose_name='fingerprint of the address')),
                ('reason', models.CharField(choices=[('PERMANENT', 'its mailbox refused a message for good'), ('REPEATED', 'several messages could not be delivered')], max_length=10, verbose_name='why')),
                ('stopped_at', models.DateTimeField(db_index=True, verbose_name='stopped at')),
            ],
            options={
                'verbose_name': 'address that takes no mail',
                'verbose_name_plural': 'addresses that take no mail',
                'ordering': ['-stopped_at'],
            },
        ),
        migrations.AlterField(
            model_name='consentevent',
            name='act',
            field=models.CharField(choices=[('ACCEPT_ALL', 'button “Accept all”'), ('REFUSE_ALL', 'button “Refuse all”'), ('CHOICE', 'choice on the preferences page'), ('BOX', 'box ticked in a form'), ('LINK', 'link in an e-mail'), ('REQUEST', 'request to exercise rights'), ('CLOCK', 'end of validity'), ('GPC', 'signal of the browser (Global Privacy Control)'), ('MY_DATA', 'switch on the page “My data”, signed in'), ('ACCOUNT', 'box ticked for an account, made by a link in an e-mail'), ('IMPORT', 'list of addresses brought in'), ('COMPLAINT', 'message reported as unwanted, in the mailbox')], max_length=10, verbose_name='act'),
        ),
    ]
