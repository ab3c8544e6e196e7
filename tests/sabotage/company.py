"""Against the company's word: who it is, what it declares, where it lies, who gets it, how soon it writes."""

from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils.translation import override

from privacy.companies.forms import CollectingForm
from privacy.companies.models import Entity, FormAssignment, Processor
from privacy.datamap import registry
from privacy.datamap.declarations import Basis, Category, Datum, NotPersonal, Purpose, Recipient
from privacy.mail.models import Mail
from privacy.policy import publishing
from tests import holdings as made
from tests import roles
from tests.sabotage.stage import Saboteur, Stage, tamper


def another_controller(stage: Stage) -> None:
    stage.settings.CONTROLLER = {**settings.CONTROLLER, "name": "Somebody Else"}


def notice_that_names_another(stage: Stage) -> None:
    """Whatever a form collects for, its notice names the company of the site."""
    own = Entity.objects.get()
    other = Entity.objects.create(name="Formation", siren="732 829 320", parent=own, since=own.since)
    FormAssignment.objects.create(form="website.contact", entity=other)
    stage.monkeypatch.setattr(
        CollectingForm, "collection", property(lambda _form: None, lambda *_facts: None), raising=False
    )


def notice_without_its_number_in_french(stage: Stage) -> None:
    changed = {**settings.TEMPLATES[0], "APP_DIRS": False}
    words = (
        "{% load i18n %}{% get_current_language as language %}"
        "{{ collection.entity.name }} {% if language == 'en' %}818 145 302{% endif %}"
    )
    loaders = [("django.template.loaders.locmem.Loader", {"privacy/datamap/form_notice.html": words})]
    changed["OPTIONS"] = {
        **changed["OPTIONS"],
        "loaders": [*loaders, "django.template.loaders.app_directories.Loader"],
    }
    stage.settings.TEMPLATES = [changed]


def undeclared_field(stage: Stage) -> None:
    stage.declare(Mail, fields={"to": Datum(Category.EMAIL)})


def another_recipient(stage: Stage) -> None:
    for held in registry.holdings():
        if Recipient.MARKETING in held.data.recipients:
            stage.declare(held.model, recipients=(Recipient.CONTROLLER,))


def place_outside(stage: Stage) -> None:
    stage.settings.HOSTING_PLACES = [*settings.HOSTING_PLACES, "US Ashburn"]


def place_that_no_register_knows(stage: Stage) -> None:
    stage.settings.HOSTING_PLACES = [*settings.HOSTING_PLACES, "DE Falkenstein"]


def foreign_source(stage: Stage) -> None:
    directives = {
        **settings.CONTENT_SECURITY_POLICY["DIRECTIVES"],
        "img-src": ["'self'", "https://example.com"],
    }
    stage.settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}


def foreign_source_alone(stage: Stage) -> None:
    """Without a list around it."""
    directives = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "img-src": "https://example.com"}
    stage.settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}


def no_policy_for_content(stage: Stage) -> None:
    stage.settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {}}


def policy_for_content_that_nobody_sends(stage: Stage) -> None:
    stage.settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if name != "privacy.middleware.headers_middleware"
    ]


def table_made_by_hand(stage: Stage) -> None:
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE accounts_before_the_move AS SELECT * FROM website_user")


def table_made_in_a_corner(stage: Stage) -> None:
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA corner")
        cursor.execute("CREATE MATERIALIZED VIEW corner.privacy_mail AS SELECT * FROM privacy_mail")


def column_made_by_hand(stage: Stage) -> None:
    with roles.owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE website_enquiry ADD COLUMN remarks text")


def name_in_a_model_about_nobody(stage: Stage) -> None:
    stage.monkeypatch.setattr(Processor, "personal_data", NotPersonal("Companies."))


def mail_that_waits(stage: Stage) -> None:
    made.mail(stage.person(), stage.now - timedelta(hours=1, seconds=1))


def unnamed_category(category: Category) -> Saboteur:
    """Hold it where the policy in force does not list it."""

    def sabotage(stage: Stage) -> None:
        made.mail(stage.person(), stage.now)
        fields = {**Mail.personal_data.fields, "to": Datum(category)}
        stage.declare(Mail, fields=fields)
        with override("en"):
            label = str(category.label)
        tamper(
            "privacy_policytext",
            "UPDATE privacy_policytext SET placeholders = jsonb_set(placeholders, '{list.categories}',"
            " (placeholders -> 'list.categories') - %s), facts = jsonb_set(facts, '{list.categories}',"
            " (facts -> 'list.categories') - %s) WHERE language = 'en'",
            label,
            category.value,
        )

    return sabotage


def unnamed_basis(purpose: Purpose) -> Saboteur:
    """Use data for it on a basis that the policy in force does not name."""

    def sabotage(stage: Stage) -> None:
        version = publishing.in_force()
        assert version is not None
        named = publishing.text_of(version, "en").placeholders[f"basis.{purpose.lower()}"]
        with override("en"):
            other = next(basis for basis in Basis if str(basis.label) not in named)
        made.mail(stage.person(), stage.now)
        stage.declare(Mail, purpose=purpose, basis=other)
        consent = apps.get_app_config("consent")
        for hook in ("policy_placeholders", "policy_facts"):
            terms = {**getattr(consent, hook)}
            terms.pop(f"basis.{purpose.lower()}", None)
            stage.monkeypatch.setattr(consent, hook, terms)

    return sabotage
