from django.db import migrations

OLD_EN = (
    "A random number tells your visits from those of others, for our own statistics and to keep the site "
    "safe. Nobody else receives it. You may object at any time."
)
NEW_EN = (
    "A random number lets us count visits, for our own anonymous statistics alone. Nobody else receives it. "
    "You may object at any time: your visits are then deleted."
)
OLD_FR = (
    "Un numéro aléatoire distingue vos visites de celles des autres, pour nos propres statistiques et pour "
    "la sécurité du site. Personne d’autre ne le reçoit. Vous pouvez vous y opposer à tout moment."
)
NEW_FR = (
    "Un numéro aléatoire nous permet de compter les visites, pour nos seules statistiques anonymes. Personne "
    "d’autre ne le reçoit. Vous pouvez vous y opposer à tout moment : vos visites sont alors supprimées."
)


def describe_the_count(apps, schema_editor):
    """A text that somebody worded anew at the desk is left alone."""
    groups = apps.get_model("cookie_consent", "CookieGroup").objects.filter(varname="visits")
    groups.filter(description=OLD_EN).update(description=NEW_EN)
    declared = apps.get_model("consent", "GroupDeclaration").objects.filter(group__varname="visits")
    declared.filter(description_fr=OLD_FR).update(description_fr=NEW_FR)


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0003_suppression_period"),
        ("cookie_consent", "0004_cookie_natural_key"),
    ]

    operations = [
        migrations.RunPython(describe_the_count, migrations.RunPython.noop),
    ]
