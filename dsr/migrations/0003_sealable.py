from django.db import migrations

from privacy.ledger import SealTable


class Migration(migrations.Migration):
    dependencies = [("dsr", "0002_ledger")]
    operations = [SealTable("dsr_requestevent")]
