"""At the desk: for which company each form collects."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.companies.models import FormAssignment
from tests import actors
from tests.privacy.factories import make_subsidiary, the_company

pytestmark = pytest.mark.django_db
LIST = "/admin/privacy/formassignment/"
HOST = "training.example.org"


@pytest.fixture(autouse=True)
def _hosts(settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", HOST, ".example.com"]


def add(client: Client, **facts: object) -> dict[str, list[str]]:
    """The errors that the form shows; none when the line was stored."""
    page = client.post(f"{LIST}add/", {"form": "website.contact", "host": "", **facts})
    return {} if page.status_code == 302 else dict(page.context["adminform"].form.errors)


def test_a_form_is_given_to_a_subsidiary_on_record(dpo_client, dpo):
    company = make_subsidiary()
    assert add(dpo_client, entity=company.pk) == {}
    line = FormAssignment.objects.get()
    assert (line.form, line.host, line.entity) == ("website.contact", "", company)
    added = AuditEntry.objects.get(action="privacy.formassignment.added")
    assert added.actor == f"user:{dpo.pk}"
    change = dpo_client.post(
        f"{LIST}{line.pk}/change/", {"form": "website.contact", "host": "", "entity": the_company().pk}
    )
    assert change.status_code == 302
    assert AuditEntry.objects.filter(action="privacy.formassignment.changed").exists()
    assert dpo_client.post(f"{LIST}{line.pk}/delete/", {"post": "yes"}).status_code == 404


@pytest.mark.parametrize("host", [HOST, "Training.Example.ORG", "shop.example.com"])
def test_a_host_that_the_site_is_served_under_can_be_chosen(dpo_client, host):
    assert add(dpo_client, host=host, entity=make_subsidiary().pk) == {}
    assert FormAssignment.objects.get().host == host.lower()


@pytest.mark.parametrize(
    "host",
    [
        "other.example.org",
        f"{HOST}:8000",
        f"https://{HOST}",
        f"{HOST}/",
        f"www.{HOST}",
        f"{HOST}.",
        "a b",
        "*",
    ],
)
def test_another_host_cannot_be_chosen(dpo_client, host):
    errors = add(dpo_client, host=host, entity=make_subsidiary().pk)
    assert list(errors) == ["host"]
    assert "ALLOWED_HOSTS" in errors["host"][0]


def test_a_line_needs_a_form_or_a_host_and_there_is_one_for_each(dpo_client):
    company = make_subsidiary()
    assert "Choose a form" in add(dpo_client, form="", entity=company.pk)["__all__"][0]
    assert list(add(dpo_client, form="website.nothing", entity=company.pk)) == ["form"]
    assert add(dpo_client, form="", host=HOST, entity=company.pk) == {}
    assert list(add(dpo_client, form="", host=HOST, entity=company.pk)) == ["__all__"]


def test_a_company_that_ended_or_is_no_subsidiary_is_refused_with_the_reason(dpo_client):
    ended = make_subsidiary("Ended", until="2026-10-31")
    stranger = make_subsidiary("Stranger", "356 000 000", parent=None)
    assert add(dpo_client, entity=ended.pk)["entity"] == ["Ended ended on 31 October 2026."]
    assert add(dpo_client, entity=stranger.pk)["entity"] == [
        "Stranger is no subsidiary of SoftNLabs in this register."
    ]
    tomorrow = timezone.localdate() + timedelta(days=1)
    later = make_subsidiary("Later", "552 032 534", since=tomorrow)
    assert add(dpo_client, entity=later.pk) == {}, "it may be prepared"


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({}, "Formation (SIREN 732 829 320)"),
        ({"until": "2026-03-31"}, "SoftNLabs (SIREN 818 145 302). Formation ended on 31 March 2026."),
        ({"since": "2999-01-01"}, "SoftNLabs (SIREN 818 145 302). Formation begins on 1 January 2999."),
        (
            {"parent": None},
            "SoftNLabs (SIREN 818 145 302). Formation is no subsidiary of SoftNLabs in this register.",
        ),
    ],
)
def test_the_list_says_for_whom_each_form_collects_today_and_why(dpo_client, dates, said):
    FormAssignment.objects.create(form="website.contact", entity=make_subsidiary(**dates))
    page = dpo_client.get(LIST).text
    assert f'<td class="field-collects_today">{said}</td>' in page
    assert "Contact form" in page
    assert "every address" in page


def test_the_list_speaks_french(dpo_client):
    FormAssignment.objects.create(host=HOST, entity=make_subsidiary(until="2026-03-31"))
    page = dpo_client.get(f"/fr{LIST}").text
    assert "Formation a pris fin le 31 mars 2026." in page
    assert "tous les formulaires" in page


def test_staff_without_rights_see_none_of_it(client, clerk):
    actors.sign_in(client, clerk)
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
