import os
import subprocess
import sys
from datetime import date

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.translation import override

from privacy import starting_content
from privacy.audit.models import AuditEntry
from privacy.companies import european_union, hosting, siren
from privacy.companies.models import Entity, HostingPlace, Processor, own_company
from tests import actors

pytestmark = pytest.mark.django_db
PROCESSOR = {
    "name": "Sender",
    "task": "Sending mail",
    "country": "DE",
    "purposes": ["PROSPECTS"],
    "categories": ["EMAIL"],
    "contract_on": "2026-01-01",
    "safeguards": "Contract of 1 January 2026",
}
PLACE = {"name": "Vault", "country": "FR", "contents": ["COPIES"], "since": "2026-01-01"}


@pytest.mark.parametrize("number", ["818 145 302", "818145302", "818.145.302", "732 829 320", "356 000 000"])
def test_a_real_siren_passes_in_any_spelling(number):
    assert siren.normalise(number).replace(" ", "") == number.replace(" ", "").replace(".", "")


@pytest.mark.parametrize("number", ["818\u00a0145\u202f302", "\u202a818145302\u202c", "８１８１４５３０２"])
def test_what_a_copied_siren_brings_along_is_left_out(number):
    assert siren.normalise(number) == "818 145 302"


def test_a_siret_is_named_as_one():
    with pytest.raises(ValidationError, match="Its first nine digits are the SIREN"):
        siren.validate_siren("732 829 320 00074")


@pytest.mark.parametrize(
    "number",
    ["818 145 303", "188 145 302", "81814530", "8181453020", "000 000 000", "81814530x", "٨١٨١٤٥٣٠٢", ""],
)
def test_a_wrong_siren_is_refused(number):
    with pytest.raises(ValidationError):
        siren.validate_siren(number)


def test_every_digit_of_a_siren_counts():
    """Luhn's key finds any single digit that was mistyped."""
    right = "818145302"
    for place, digit in enumerate(right):
        for other in set("0123456789") - {digit}:
            with pytest.raises(ValueError, match=r"\d"):
                siren.normalise(right[:place] + other + right[place + 1 :])


def test_the_union_has_its_twenty_seven_members_and_names_for_them():
    assert len(set(european_union.MEMBERS)) == 27
    assert not set(european_union.MEMBERS) & {"GB", "CH", "NO", "IS", "LI", "UA", "US"}
    with override("fr"):
        names = dict(european_union.countries())
        assert names["DE"] == "Allemagne"
        assert set(european_union.MEMBERS) | set(european_union.EEA_ONLY) < names.keys()
        assert not european_union.NOT_COUNTRIES & names.keys()


@pytest.mark.parametrize(
    ("country", "reason"), [("US", "outside the European Union"), ("NO", "applies the GDPR")]
)
@pytest.mark.parametrize(("kind", "facts"), [("processor", PROCESSOR), ("hostingplace", PLACE)])
def test_outside_the_union_is_refused_beside_the_field(dpo_client: Client, kind, facts, country, reason):
    page = dpo_client.post(f"/admin/privacy/{kind}/add/", {**facts, "country": country})
    assert page.status_code == 200
    errors = page.context["adminform"].form.errors
    assert list(errors) == ["country"]
    assert reason in str(errors["country"])
    assert european_union.country_name(country) in str(errors["country"])
    assert not Processor.objects.exists()
    assert not HostingPlace.objects.exists()


@pytest.mark.parametrize("country", ["US", "NO", "GB", "", "fr"])
def test_the_database_refuses_it_too(country):
    with pytest.raises(IntegrityError, match="in_the_union"), transaction.atomic():
        HostingPlace.objects.create(name="Vault", country=country, contents=[], since=date(2026, 1, 1))
    with pytest.raises(IntegrityError, match="in_the_union"), transaction.atomic():
        Processor.objects.create(**{**PROCESSOR, "country": country})


@pytest.mark.parametrize("empty", ["purposes", "categories"])
def test_a_processor_without_a_scope_is_refused_by_form_and_database(dpo_client, empty):
    page = dpo_client.post("/admin/privacy/processor/add/", {**PROCESSOR, empty: []})
    assert list(page.context["adminform"].form.errors) == [empty]
    with pytest.raises(IntegrityError, match="has_a_scope"), transaction.atomic():
        Processor.objects.create(**{**PROCESSOR, empty: []})


@pytest.mark.parametrize(
    ("places", "said"),
    [
        (["US Ashburn"], "outside the European Union"),
        (["FR Gan", "NO Oslo"], "Norway"),
        (["Gan"], "outside the European Union"),
        (["FR"], "no name"),
        ([], "No hosting place"),
        ([""], "No hosting place"),
    ],
)
def test_the_site_does_not_start_on_a_place_outside_the_union(settings, places, said):
    settings.HOSTING_PLACES = places
    messages = [message for message in run_checks() if message.id == "privacy.E009"]
    assert len(messages) == 1
    assert said in messages[0].msg
    with pytest.raises(SystemCheckError, match="E009"):
        call_command("check")


def test_the_site_starts_on_places_inside_it(settings):
    settings.HOSTING_PLACES = ["FR Gan", " DE Falkenstein, hall 3 "]
    assert [place.name for place in hosting.declared()] == ["Gan", "Falkenstein, hall 3"]
    assert not [message for message in run_checks() if message.id == "privacy.E009"]


def test_the_site_does_not_start_with_a_siren_that_cannot_be(settings):
    settings.ENTITY = {**settings.ENTITY, "siren": "818 145 303"}
    assert [message.id for message in run_checks() if str(message.id) == "privacy.E008"] == ["privacy.E008"]


@pytest.mark.usefixtures("acting")
def test_the_company_and_its_places_are_there_from_the_start_and_once(now, settings):
    for _time in range(2):
        starting_content.load(now=now)
    company = Entity.objects.get()
    assert (company.name, company.siren, company.town) == ("SoftNLabs", "818 145 302", "64290 Gan")
    assert own_company().siren == company.siren
    assert HostingPlace.objects.get().country == "FR"
    assert (
        AuditEntry.objects.filter(action="privacy.register.entry_loaded", kind="privacy.entity").count() == 1
    )
    settings.HOSTING_PLACES = ["FR Gan", "DE Falkenstein"]
    hosting.load(now=now)
    assert set(HostingPlace.objects.values_list("name", flat=True)) == {"Gan", "Falkenstein"}


def test_a_subsidiary_is_entered_with_its_number_in_one_spelling(dpo_client, now):
    facts = {"name": "SoftNLabs Formation", "siren": "732829320", "since": "2026-02-01"}
    assert dpo_client.post("/admin/privacy/entity/add/", facts).status_code == 302
    company = Entity.objects.get()
    assert company.siren == "732 829 320"
    wrong = dpo_client.post("/admin/privacy/entity/add/", {**facts, "siren": "732829321"})
    assert list(wrong.context["adminform"].form.errors) == ["siren"]
    dpo_client.post(
        f"/admin/privacy/entity/{company.pk}/change/", {**facts, "siren": "356000000", "name": "Other"}
    )
    company.refresh_from_db()
    assert (company.siren, company.name) == ("732 829 320", "Other")


@pytest.mark.parametrize(("kind", "facts"), [("processor", PROCESSOR), ("hostingplace", PLACE)])
def test_every_change_of_a_register_is_on_record_and_nothing_vanishes(dpo_client, dpo, kind, facts):
    dpo_client.post(f"/admin/privacy/{kind}/add/", facts)
    added = AuditEntry.objects.get(action=f"privacy.{kind}.added")
    assert added.actor == f"user:{dpo.pk}"
    address = f"/admin/privacy/{kind}/{added.key}"
    assert dpo_client.post(f"{address}/change/", {**facts, "name": "Renamed"}).status_code == 302
    assert AuditEntry.objects.filter(action=f"privacy.{kind}.changed", key=added.key).exists()
    assert dpo_client.post(f"{address}/delete/", {"post": "yes"}).status_code == 404


def test_staff_without_rights_see_no_register(client, clerk):
    actors.sign_in(client, clerk)
    for kind in (
        "entity",
        "processor",
        "hostingplace",
        "disclosure",
        "transmission",
        "activity",
        "subscription",
    ):
        assert client.get(f"/admin/privacy/{kind}/").status_code == 403


@pytest.mark.parametrize(("places", "starts"), [("FR Gan", True), ("US Ashburn", False)])
def test_a_web_server_does_not_load_the_site_on_a_place_outside_the_union(places, starts):
    """Gunicorn imports this module and runs no check of its own."""
    environment = {**os.environ, "HOSTING_PLACES": places}
    loaded = subprocess.run(
        [sys.executable, "-c", "import softnlabs.wsgi"],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (loaded.returncode == 0) is starts, loaded.stderr
    assert ("privacy.E009" in loaded.stderr) is not starts
