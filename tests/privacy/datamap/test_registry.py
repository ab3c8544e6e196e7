"""The data map's checks refuse what they should, and its questions answer what they should."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps

from privacy import checks
from privacy.datamap import likely_personal, registry
from privacy.datamap.declarations import Basis, Category, Datum, Keep, NotPersonal, PersonalData, Purpose
from privacy.datamap.models import Restriction
from privacy.datamap.periods import Period
from privacy.datamap.registry import PersonalDataModel, holding, holdings
from privacy.datamap.subjects import Subject, fingerprint
from privacy.files.models import Draft, StoredFile
from privacy.mail.models import Mail
from tests.conftest import ALICE, BOB
from tests.holdings import MAKERS, person

SOUND = PersonalData(
    label="Sample",
    subject={"emails": "email"},
    purpose=Purpose.BUSINESS,
    basis=Basis.CONTRACT,
    keep=Keep(since="at", period=Period(months=1)),
    fields={"email": Datum(Category.EMAIL)},
    impersonal=("id", "at"),
)


def ids(declared: object, *bases: type[models.Model]) -> list[str]:
    """The checks that a model with an address and an instant fails under this declaration."""
    with isolate_apps("privacy"):

        class Sample(*(bases or (models.Model,))):
            email = models.EmailField()
            at = models.DateTimeField()

            class Meta:
                app_label = "privacy"

        return [message.id for message in checks._check_model(Sample, declared)]


def test_a_sound_declaration_passes():
    assert ids(SOUND) == []
    assert ids(SOUND, PersonalDataModel) == []
    assert ids(NotPersonal("Numbers.", columns={"email": "an address of ours"})) == []


def test_a_column_that_looks_personal_needs_a_reason_in_a_model_about_nobody():
    assert ids(NotPersonal("Numbers.")) == ["privacy.E014"]
    reasons = {"email": "an address of ours", "surname": "no field of it"}
    assert ids(NotPersonal("Numbers.", columns=reasons)) == ["privacy.E014"]


@pytest.mark.parametrize(
    ("name", "field", "looks"),
    [
        ("billing_address", models.CharField(max_length=9), True),
        ("client_ip", models.CharField(max_length=9), True),
        ("fingerprint", models.BinaryField(), True),
        ("source", models.GenericIPAddressField(), True),
        ("remarks", models.TextField(), True),
        ("remark", models.CharField(max_length=61), True),
        ("code", models.CharField(max_length=60), False),
        ("author", models.BooleanField(), False),
        ("origin", models.CharField(max_length=200, choices=[("A", "a")]), False),
        ("draft", models.ForeignKey(Draft, models.CASCADE, related_name="+"), True),
        ("group", models.ForeignKey(Group, models.CASCADE, related_name="+"), False),
    ],
)
def test_what_looks_personal(name, field, looks):
    with isolate_apps("privacy"):
        body = {"__module__": __name__, "Meta": type("Meta", (), {"app_label": "privacy"}), name: field}
        sample = type("Sample", (models.Model,), body)
        found = likely_personal.columns(sample, {Draft: Draft.personal_data})
        assert [each.name for each in found] == [name] * looks


@pytest.mark.parametrize("declared", [None, "personal", PersonalData, {}])
def test_a_model_that_says_nothing_cannot_start(declared):
    assert ids(declared) == ["privacy.E001"]


def test_a_field_that_nobody_classified_cannot_start():
    assert ids(replace(SOUND, fields={})) == ["privacy.E002"]
    assert ids(replace(SOUND, impersonal=())) == ["privacy.E002"] * 2


def test_a_field_that_is_not_there_cannot_start():
    assert ids(replace(SOUND, fields={**SOUND.fields, "surname": Datum(Category.SURNAME)})) == [
        "privacy.E003"
    ]
    assert ids(replace(SOUND, impersonal=("id", "at", "number"))) == ["privacy.E003"]


def test_a_field_classified_twice_cannot_start():
    assert ids(replace(SOUND, impersonal=("id", "at", "email"))) == ["privacy.E003"]
    assert ids(replace(SOUND, impersonal=("id", "at", "at"))) == ["privacy.E003"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": {}},
        {"subject": {"people": "email"}},
        {"subject": {"emails": "owner__email"}},
        {"subject": {"emails": "nothing"}},
        {"keep": Keep(since="nothing", period=Period(months=1))},
        {"keep": Keep(since="email__nothing", period=Period(months=1))},
        {"keep": Keep(since="email", period=Period(months=1))},
    ],
)
def test_a_subject_or_start_that_is_no_lookup_cannot_start(wrong):
    assert ids(replace(SOUND, **wrong)) == ["privacy.E004"]


def test_a_file_that_is_not_declared_as_one_cannot_start():
    """It would be forgotten when the row is exported or deleted."""
    fields = {**Draft.personal_data.fields, "file": Datum(Category.MESSAGES)}
    (message,) = checks._check_model(Draft, replace(Draft.personal_data, fields=fields))
    assert message.id == "privacy.E013"
    assert "privacy.Draft.file" in message.msg


def test_a_field_declared_as_a_file_that_is_none_cannot_start():
    assert ids(replace(SOUND, fields={**SOUND.fields, "email": Datum(Category.EMAIL, is_file=True)})) == [
        "privacy.E013"
    ]


def test_a_model_for_personal_data_that_says_it_holds_none_cannot_start():
    declared = NotPersonal("Numbers.", columns={"email": "an address of ours"})
    assert ids(declared, PersonalDataModel) == ["privacy.E005"]


def test_the_house_itself_passes_and_django_runs_the_check():
    assert checks.check_data_map(None) == []
    assert [message.id for message in run_checks() if str(message.id).startswith("privacy.")] == []


def test_django_refuses_to_start_when_a_declaration_goes(monkeypatch):
    monkeypatch.delattr(Mail, "personal_data")
    registry.holdings.cache_clear()
    assert [message.id for message in run_checks() if str(message.id).startswith("privacy.")] == [
        "privacy.E001"
    ]
    monkeypatch.undo()
    registry.holdings.cache_clear()


def test_a_third_partys_table_that_nobody_declared_cannot_start(monkeypatch):
    config = apps.get_app_config("website")
    left = {label: said for label, said in config.third_party_data.items() if label != "sessions.Session"}
    monkeypatch.setattr(config, "third_party_data", left)
    messages = [message for message in checks.check_data_map(None) if message.id == "privacy.E001"]
    assert [message.obj._meta.label for message in messages] == ["sessions.Session"]


def test_holdings_are_those_that_declare_people_in_a_stable_order():
    assert [known.label for known in holdings()] == [known.label for known in holdings()]
    assert holding(Mail).label == "privacy.mail"
    with pytest.raises(LookupError):
        holding(StoredFile)


@pytest.mark.django_db
def test_nobody_is_found_under_no_key(now):
    """An empty key must never match rows that have none either."""
    Mail.objects.create(to=ALICE, message="x", language="en", written_at=now)
    assert not Mail.objects.about(Subject()).exists()
    assert not any(known.about(Subject()).exists() for known in holdings())


@pytest.mark.django_db
def test_questions_chain(now):
    for to in (ALICE, BOB):
        Mail.objects.create(to=to, message="x", language="en", written_at=now)
    alice = Subject(emails=frozenset({ALICE}))
    assert Mail.objects.about(alice).live(now).get().to == ALICE
    assert not Mail.objects.about(alice).due(now).exists()
    assert Mail.objects.live(now).count() == 2


@pytest.mark.django_db
def test_a_row_has_the_pseudonyms_of_its_people(now):
    mail = Mail.objects.create(to=ALICE, message="x", language="en", written_at=now)
    known = holding(Mail)
    assert known.pseudonym(mail) == fingerprint(ALICE)
    assert known.pseudonyms(Mail.objects.all()) == {mail.pk: {fingerprint(ALICE)}}
    assert known.expires_at(mail) == Period(months=3).after(now)
    assert known.since(mail) == now
    assert known.live(now + timedelta(days=1)).exists()


@pytest.mark.django_db
def test_what_has_not_begun_its_period_is_in_daily_use(now, acting):
    held = registry.holding(Restriction)
    phased = replace(held, data=replace(held.data, keep=replace(held.data.keep, active=Period(years=1))))
    row = MAKERS["privacy.restriction"](person("alice", now), now - timedelta(days=730))
    assert list(phased.live(now)) == [row]
    assert list(phased.active(now)) == []
    Restriction.objects.update(lifted_at=None)
    assert list(phased.active(now)) == [row]
