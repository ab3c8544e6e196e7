"""For which company a form collects: by form, host name and day."""

from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils.translation import override

from privacy import plugins
from privacy.companies import collecting
from privacy.companies.models import Entity, FormAssignment, company_name
from privacy.policy import publishing
from tests import policy_in_force
from tests.privacy.factories import make_subsidiary, the_company

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
CONTACT, APPLICATION = "website.contact", "recruitment.application"
HOST, OTHER = "training.example.org", "example.org"
SIRENS = ("732 829 320", "356 000 000", "552 032 534")


def assign(entity: Entity, form: str = "", host: str = "") -> None:
    FormAssignment.objects.create(form=form, host=host, entity=entity)


def collects(form: str, host: str, day: date = DAY) -> str:
    return collecting.company_of(form, host=host, day=day).name


@pytest.fixture
def assigned() -> None:
    """One company by form, one by host name, one by both."""
    by_form, by_host, by_both = (
        make_subsidiary(name, siren) for name, siren in zip(("Form", "Host", "Both"), SIRENS, strict=True)
    )
    assign(by_form, form=CONTACT)
    assign(by_host, host=HOST)
    assign(by_both, form=APPLICATION, host=HOST)


@pytest.mark.parametrize(
    ("form", "host", "company"),
    [
        (CONTACT, OTHER, "Form"),
        (CONTACT, HOST, "Host"),
        (APPLICATION, OTHER, "SoftNLabs"),
        (APPLICATION, HOST, "Both"),
        ("dsr.request", OTHER, "SoftNLabs"),
        ("dsr.request", HOST, "Host"),
        (CONTACT, f"www.{HOST}", "Form"),
        ("", OTHER, "SoftNLabs"),
    ],
)
def test_the_most_specific_line_wins(assigned, form, host, company):
    assert collects(form, host) == company


def test_where_nothing_is_set_it_is_the_company_of_the_settings_even_before_the_register_is_loaded():
    assert not Entity.objects.exists()
    assert collects(CONTACT, OTHER) == "SoftNLabs"


@pytest.mark.parametrize(
    ("since", "until", "company"),
    [
        ("2026-02-01", None, "Formation"),
        ("2026-02-01", "2026-11-23", "Formation"),
        ("2026-02-01", "2026-11-22", "SoftNLabs"),
        ("2026-11-23", None, "Formation"),
        ("2026-11-24", None, "SoftNLabs"),
    ],
)
def test_a_company_collects_while_it_is_in_force(since, until, company):
    assign(make_subsidiary(since=since, until=until), form=CONTACT)
    assert collects(CONTACT, OTHER) == company


def test_when_a_company_ended_that_above_it_collects():
    holding = make_subsidiary("Holding", SIRENS[1])
    assign(make_subsidiary("School", SIRENS[2], parent=holding, until="2026-10-31"), form=CONTACT)
    assert collects(CONTACT, OTHER) == "Holding"
    Entity.objects.filter(pk=holding.pk).update(until="2026-10-31")
    assert collects(CONTACT, OTHER) == "SoftNLabs"


def test_a_company_that_is_no_subsidiary_collects_nothing():
    """The policy says: for itself and for its subsidiaries."""
    assign(make_subsidiary(parent=None), form=CONTACT)
    assert collects(CONTACT, OTHER) == "SoftNLabs"


def test_a_circle_in_the_register_ends():
    first = make_subsidiary("First", SIRENS[1])
    second = make_subsidiary("Second", SIRENS[2], parent=first)
    Entity.objects.filter(pk=first.pk).update(parent=second)
    assign(second, form=CONTACT)
    assert collects(CONTACT, OTHER) == "SoftNLabs"


def test_the_database_refuses_a_second_company_and_a_line_about_everything():
    company = the_company()
    assign(company, form=CONTACT)
    with pytest.raises(IntegrityError, match="one_company"), transaction.atomic():
        assign(company, form=CONTACT)
    with pytest.raises(IntegrityError, match="names_form_or_host"), transaction.atomic():
        assign(company)


def test_what_is_stored_names_the_company_and_the_version_in_force(now, acting):
    assert collecting.by_controller().columns() == {"entity": "818 145 302", "policy_version": None}
    policy_in_force.publish(now=now)
    assign(make_subsidiary(), form=CONTACT)
    collection = collecting.by_form(CONTACT, host=OTHER, now=now)
    assert collection.columns() == {
        "entity": "732 829 320",
        "policy_version": int(publishing.version_stamp()),
    }
    assert collection.is_for_subsidiary
    assert not collecting.by_controller().is_for_subsidiary


def test_a_record_shows_the_company_by_its_name(django_assert_num_queries):
    make_subsidiary()
    with django_assert_num_queries(0):
        assert company_name("818 145 302") == "SoftNLabs (SIREN 818 145 302)"
    assert company_name("732 829 320") == "Formation (SIREN 732 829 320)"
    assert company_name("356 000 000") == "356 000 000"
    assert company_name("") == ""


def test_each_activity_knows_the_companies_of_the_forms_that_serve_it(assigned):
    found = collecting.companies_by_holding(day=DAY)
    assert [company.name for company in found["website.enquiry"]] == ["Form", "Host"]
    assert [company.name for company in found["recruitment.application"]] == ["SoftNLabs", "Both"]
    assert "privacy.visit" not in found


def test_the_forms_of_the_site_are_declared_by_their_apps():
    assert sorted(plugins.forms()) == [
        "dsr.instructions",
        "dsr.request",
        "privacy.subscription",
        "recruitment.application",
        "website.contact",
        "website.sign_up",
    ]
    filled = {label for form in plugins.forms().values() for label in form.holdings}
    collected = {held.label for held in collecting.collected()}
    assert collected <= filled


def test_a_line_about_a_form_that_is_gone_is_still_shown(monkeypatch):
    line = FormAssignment(form="recruitment.application", host=HOST)
    with override("fr"):
        assert str(line) == f"Candidature à un emploi ou à un stage, {HOST}"
    monkeypatch.setattr(apps.get_app_config("recruitment"), "forms", {})
    assert str(line) == f"recruitment.application, {HOST}"
