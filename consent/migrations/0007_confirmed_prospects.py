"""A prospect is who confirmed from their mailbox.

Of those listed before, only whose last yes was given signed in, or in the form of an account, proves the mailbox: an
account is made by a link that is mailed. The others stay unconfirmed, and are not written to.
"""

from django.apps.registry import Apps
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

from consent.prospecting import spellings

BY_MAILBOX = Q(act="MY_DATA") | Q(act="BOX", page__endswith="/account/sign-up/")


def take_fingerprints(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    prospects = apps.get_model("consent", "Prospect").objects
    for prospect in prospects.iterator():
        prospect.fingerprint = spellings.fingerprint(prospect.email)
        prospect.mailbox = spellings.mailbox_fingerprint(prospect.email)
        prospect.save(update_fields=["fingerprint", "mailbox"])


def confirm_proven(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    events = apps.get_model("consent", "ConsentEvent").objects
    for prospect in apps.get_model("consent", "Prospect").objects.iterator():
        given = events.filter(topic="prospecting", kind="GRANT", email=prospect.email).order_by("-id")
        last = given.filter(pk__in=given.values("pk")[:1]).filter(BY_MAILBOX).first()
        if last is not None:
            prospect.confirmed_at = last.happened_at
            prospect.save(update_fields=["confirmed_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0006_act_my_data"),
    ]

    operations = [
        migrations.AddField(
            model_name="consentterm",
            name="confirm_by",
            field=models.DateTimeField(db_index=True, null=True, verbose_name="to be confirmed before"),
        ),
        migrations.AddField(
            model_name="prospect",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="agreement confirmed at"),
        ),
        migrations.AddField(
            model_name="prospect",
            name="declined_topics",
            field=ArrayField(
                base_field=models.CharField(max_length=32), blank=True, default=list, size=None,
                verbose_name="topics not wanted",
            ),
        ),
        migrations.AddField(
            model_name="prospect",
            name="fingerprint",
            field=models.CharField(
                db_index=True, default="", editable=False, max_length=64, verbose_name="fingerprint of the address"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="prospect",
            name="mailbox",
            field=models.CharField(
                db_index=True, default="", editable=False, max_length=64, verbose_name="fingerprint of the mailbox"
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='consentevent',
            name='act',
            field=models.CharField(choices=[('ACCEPT_ALL', 'button “Accept all”'), ('REFUSE_ALL', 'button “Refuse all”'), ('CHOICE', 'choice on the preferences page'), ('BOX', 'box ticked in a form'), ('LINK', 'link in an e-mail'), ('REQUEST', 'request to exercise rights'), ('CLOCK', 'end of validity'), ('GPC', 'signal of the browser (Global Privacy Control)'), ('MY_DATA', 'switch on the page “My data”, signed in'), ('ACCOUNT', 'box ticked for an account, made by a link in an e-mail'), ('IMPORT', 'list of addresses brought in')], max_length=10, verbose_name='act'),
        ),
        migrations.AlterField(
            model_name='consentevent',
            name='kind',
            field=models.CharField(choices=[('ASK', 'asked to confirm'), ('GRANT', 'given'), ('REFUSE', 'refused'), ('WITHDRAW', 'withdrawn'), ('EXPIRE', 'expired')], max_length=8, verbose_name='event'),
        ),
        migrations.RunPython(take_fingerprints, migrations.RunPython.noop),
        migrations.RunPython(confirm_proven, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="prospect",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("fingerprint", ""), _negated=True), models.Q(("mailbox", ""), _negated=True)),
                name="consent_prospect_has_fingerprints",
            ),
        ),
    ]
