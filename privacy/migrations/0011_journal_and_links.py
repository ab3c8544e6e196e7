from django.db import migrations, models

# A ledger: its trigger refuses every change. No seal covers a column that was not there when it was made.
END_LOOKS = """
ALTER TABLE privacy_auditentry DISABLE TRIGGER privacy_auditentry_rows;
UPDATE privacy_auditentry
SET ends_at = (at AT TIME ZONE 'Europe/Paris' + interval '3 years') AT TIME ZONE 'Europe/Paris'
WHERE action LIKE '%.viewed' OR action IN (
    'privacy.signin.address_looked_up', 'privacy.disclosure.exported', 'dsr.copy.fetched', 'dsr.document.opened',
    'recruitment.cv.downloaded', 'recruitment.archive.opened', 'recruitment.archive.listed'
);
ALTER TABLE privacy_auditentry ENABLE ALWAYS TRIGGER privacy_auditentry_rows;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0010_objection"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="auditentry",
            options={
                "ordering": ("-at", "-id"),
                "permissions": [
                    (
                        "open_journal",
                        "Can open the archive of the journal, for a control with a written reason",
                    )
                ],
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit entries",
            },
        ),
        migrations.AddField(
            model_name="auditentry",
            name="ends_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="ends at"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("ends_at__isnull", False)),
                fields=["ends_at"],
                name="privacy_auditentry_ends_at",
            ),
        ),
        migrations.RunSQL(END_LOOKS, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="subscriptionrequest",
            name="link_sent_at",
            field=models.DateTimeField(null=True, verbose_name="link mailed at"),
        ),
        # Until now every request was stored together with its mail.
        migrations.RunSQL(
            "UPDATE privacy_subscriptionrequest SET link_sent_at = requested_at", migrations.RunSQL.noop
        ),
    ]
