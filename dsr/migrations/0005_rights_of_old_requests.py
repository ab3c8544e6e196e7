from django.db import migrations

OUTCOMES = {"ANSWERED": "SATISFIED", "REFUSED": "WITHHELD"}


def give_each_right_its_line(apps, schema_editor):
    """Requests made before had one right, without a line of its own."""
    Item = apps.get_model("dsr", "RequestItem")
    for request in apps.get_model("dsr", "SubjectRequest").objects.filter(items=None):
        outcome = "SATISFIED" if request.state == "GRANTED" else OUTCOMES.get(request.state, "")
        at = (request.closed_at or request.confirmed_at) if outcome else None
        for kind in request.kinds:
            Item.objects.create(
                request=request,
                kind=kind,
                outcome=outcome,
                ground=request.ground,
                reason="…" if request.ground else "",
                decided_at=at,
                done_at=at if request.state == "ANSWERED" else None,
            )


class Migration(migrations.Migration):
    dependencies = [("dsr", "0004_rights")]
    operations = [migrations.RunPython(give_each_right_its_line, migrations.RunPython.noop)]
