from django.db import migrations

from privacy.ledger import SealTable


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_notice_cap_message")]
    operations = [SealTable("consent_consentevent"), SealTable("consent_wording")]
