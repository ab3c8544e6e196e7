from django.db import migrations

from privacy.ledger import ProtectTable


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial"), ("privacy", "0001_initial")]
    operations = [ProtectTable("consent_consentevent"), ProtectTable("consent_wording")]
