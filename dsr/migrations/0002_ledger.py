from django.db import migrations

from privacy.ledger import ProtectTable


class Migration(migrations.Migration):
    dependencies = [("dsr", "0001_initial")]
    operations = [ProtectTable("dsr_requestevent")]
