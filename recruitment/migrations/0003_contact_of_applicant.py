from django.db import migrations, models

# A contact counts for all applications of a person: those that were still kept then go along.
ALIGN = """
UPDATE recruitment_application AS application SET last_contact_at = person.last_contact_at
FROM (SELECT email, max(last_contact_at) AS last_contact_at FROM recruitment_application GROUP BY email) AS person
WHERE person.email = application.email AND application.last_contact_at < person.last_contact_at
  AND application.last_contact_at + interval '5 years' > person.last_contact_at
"""


class Migration(migrations.Migration):
    dependencies = [
        ("recruitment", "0002_collected_for"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="ends_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="deleted at the end of the active phase"
            ),
        ),
        migrations.RunSQL(ALIGN, migrations.RunSQL.noop),
    ]
