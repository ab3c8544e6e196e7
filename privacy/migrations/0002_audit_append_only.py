from django.db import migrations

from privacy.ledger import ProtectTable


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]
    operations = [ProtectTable("privacy_auditentry")]
