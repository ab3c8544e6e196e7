from django.db import migrations

from privacy.ledger import KeepTable


class Migration(migrations.Migration):
    dependencies = [("dsr", "0016_eyes")]
    operations = [
        KeepTable("dsr_enclosure"),
        KeepTable("dsr_requestitem"),
        KeepTable("dsr_identitycheck"),
        KeepTable("dsr_mandate"),
        KeepTable("dsr_representative"),
    ]
