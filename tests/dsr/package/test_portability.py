"""Portability: what the person gave on consent or contract, for a computer."""

import json
from datetime import date, datetime
from operator import attrgetter

import pytest
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from dsr.package import search
from dsr.review import decisions
from dsr.review.decisions import Decision
from dsr.rules.rights import ItemOutcome, Right
from privacy.datamap.declarations import Basis
from privacy.datamap.registry import holdings
from tests import holdings as made
from tests.dsr.steps import ask, package_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
FORMATS = FormatChecker(["date"])
FORMATS.checks("date-time", raises=ValueError)(lambda text: text is None or datetime.fromisoformat(text))


def test_portable_is_what_the_person_gave_on_consent_or_contract(alice, bob, now):
    for who in (alice, bob):
        for maker in made.MAKERS.values():
            maker(who, now - made.RECENT)
    parts = package_of(ask(now, Right.PORTABILITY, email=alice.email), now)
    assert "data.json" not in parts
    known = {holding.label: holding.data for holding in holdings()}
    told = json.loads(parts["portable.json"])["holdings"]
    assert "recruitment.application" in {section["name"] for section in told if section["records"]}
    for section in told:
        data = known[section["name"]]
        for name in {name for record in section["records"] for name in record["data"]}:
            assert data.fields[name].provided
            assert (data.fields[name].basis or data.basis) in {Basis.CONSENT, Basis.CONTRACT}
    assert any(name.endswith(".pdf") for name in parts)
    assert b"canary-alice" in parts["portable.json"]
    assert all(b"canary-bob" not in part and b"bob@example.org" not in part for part in parts.values())


def test_every_field_that_may_be_taken_elsewhere_is_taken(alice, now):
    for maker in made.MAKERS.values():
        maker(alice, now - made.RECENT)
    parts = package_of(ask(now, Right.ACCESS, Right.PORTABILITY, email=alice.email), now)
    whole = {each["name"]: each for each in json.loads(parts["data.json"])["holdings"]}
    taken = {each["name"]: each for each in json.loads(parts["portable.json"])["holdings"]}
    for holding in filter(attrgetter("is_searched"), holdings()):
        for number, record in enumerate(whole[holding.label]["records"]):
            wanted = {
                name: value
                for name, value in record["data"].items()
                if name in search.portable_fields(holding)
            }
            assert not wanted or taken[holding.label]["records"][number]["data"] == wanted


def test_what_a_computer_gets_has_the_published_shape(client: Client, alice, now):
    for maker in made.MAKERS.values():
        maker(alice, now - made.RECENT)
    subject_request = ask(now, Right.ACCESS, Right.PORTABILITY, email=alice.email)
    kept = Decision(ItemOutcome.WITHHELD, "OTHERS", "Names others.", date(2027, 1, 1))
    decisions.withhold(subject_request.pk, right="ACCESS", holding="website.enquiry", decision=kept, now=now)
    parts = package_of(subject_request, now)
    for name in ("data.json", "portable.json"):
        data = json.loads(parts[name])
        answer = client.get(data["$schema"])
        assert answer.headers["Content-Type"] == "application/schema+json"
        schema = json.loads(answer.content)
        Draft202012Validator.check_schema(schema)
        check = Draft202012Validator(schema, format_checker=FORMATS)
        check.validate(data)
        holding = next(each for each in data["holdings"] if each["records"])
        holding["records"] = [{"data": {}, "struck_out": [], "files": [7], "deleted_at": "soon"}]
        place = f"$.holdings[{data['holdings'].index(holding)}].records[0]"
        found = check.iter_errors({**data, "more": 1})
        assert {(each.json_path, each.validator) for each in found} == {
            ("$", "additionalProperties"),
            (f"{place}.files[0]", "type"),
            (f"{place}.deleted_at", "format"),
        }
