"""Whoever carries our mail is in the register of processors, with a place in the Union, or nothing starts."""

from datetime import date, timedelta

import pytest

from privacy import checks
from privacy.companies.models import HostingPlace, Processor

TODAY = date.today()
pytestmark = pytest.mark.django_db
MAILJET = {
    "MAIL_PROVIDER": "mailjet",
    "MAIL_PROCESSOR": "Mailjet SAS",
    "ANYMAIL": {"MAILJET_API_KEY": "a", "MAILJET_SECRET_KEY": "b"},
}


def found(settings, **facts) -> list[str]:
    for name, value in facts.items():
        setattr(settings, name, value)
    return [message.id for message in checks.check_mail_processor(None)]


def register(name: str = "Mailjet SAS", **facts) -> Processor:
    return Processor.objects.create(**{
        "name": name, "task": "Sends our mail.", "country": "FR", "purposes": ["PROSPECTS"],
        "categories": ["EMAIL"], "contract_on": TODAY, "safeguards": "A contract.", **facts,
    })  # fmt: skip


def store(processor: Processor | None, *contents: str, **facts) -> None:
    HostingPlace.objects.create(
        name="Frankfurt",
        country="DE",
        contents=contents or ["MAIL"],
        processor=processor,
        since=TODAY,
        **facts,
    )


@pytest.mark.parametrize("name", ["", "own"])
def test_a_server_of_our_own_needs_no_contract(settings, name):
    assert found(settings, MAIL_PROVIDER="", MAIL_PROCESSOR=name) == []


@pytest.mark.parametrize(
    ("facts", "ids"),
    [
        ({"MAIL_PROVIDER": "sendgrid"}, ["privacy.E017"]),
        ({"MAIL_PROVIDER": "brevo"}, ["privacy.E017"]),
        ({"ANYMAIL": {"MAILJET_API_KEY": "a"}}, ["privacy.E017"]),
        ({"MAIL_PROCESSOR": ""}, ["privacy.E017"]),
        ({"MAIL_PROCESSOR": "own"}, ["privacy.E017"]),
        ({"MAIL_PROCESSOR": "Scaleway SAS"}, ["privacy.E017"]),
        ({}, ["privacy.E018"]),
    ],
)
def test_a_provider_is_one_that_is_known_with_its_keys_and_in_the_register(settings, facts, ids):
    assert found(settings, **{**MAILJET, **facts}) == ids


def test_with_a_contract_and_a_place_the_site_starts(settings):
    store(register(), "MAIL")
    assert found(settings, **MAILJET) == []
    assert found(settings, MAIL_PROCESSOR="mailjet sas") == []


def test_a_relay_by_smtp_is_a_processor_too(settings):
    relay = {"MAIL_PROVIDER": "", "MAIL_PROCESSOR": "Relais du Sud"}
    assert found(settings, **relay) == ["privacy.E018"]
    store(register("Relais du Sud"))
    assert found(settings, **relay) == []


@pytest.mark.parametrize(
    "lacking",
    [
        lambda: store(register("Another company")),
        lambda: store(register(contract_on=TODAY + timedelta(days=2))),
        lambda: store(register(contract_on=TODAY - timedelta(days=9), until=TODAY - timedelta(days=2))),
        lambda: store(register(), "DATABASE"),
        lambda: (register(), store(None)),
        lambda: (register(), store(register("Another company"))),
        register,
    ],
)
def test_without_a_contract_or_a_place_it_does_not(settings, lacking):
    lacking()
    assert found(settings, **MAILJET) == ["privacy.E018"]
