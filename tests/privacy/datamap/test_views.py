from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

import pytest
from django import forms
from django.apps import apps
from django.template import Context, Template
from django.test import Client
from django.utils.translation import override

from privacy.datamap import explanations, registry, stores
from privacy.datamap.declarations import Recipient
from privacy.datamap.periods import Period
from privacy.mail.models import Mail
from privacy.plugins import PublicForm
from privacy.templatetags.information import UnknownFormError, UnknownHoldingError

pytestmark = pytest.mark.django_db


class LetterForm(forms.Form):
    email = forms.EmailField(label="E-mail")
    telephone = forms.CharField(label="Telephone", required=False)
    news = forms.BooleanField(label="I agree", required=False)


def notice(*labels: str, form: forms.Form | None = None, language: str = "en") -> str:
    """The notice beside a form that fills these holdings."""
    template = Template('{% load information %}{% form_notice "tests.sample" %}')
    declared = {"tests.sample": PublicForm("A form", labels)}
    with override(language), patch.object(apps.get_app_config("recruitment"), "forms", declared):
        return template.render(Context({"form": form}))


@pytest.mark.parametrize(("prefix", "language"), [("", "en"), ("/fr", "fr")])
def test_every_holding_is_explained(client: Client, prefix, language):
    page = client.get(f"{prefix}/privacy/data/").content.decode()
    with override(language):
        for holding in registry.holdings():
            facts = explanations.explain(holding)
            assert f'id="{facts.anchor}"' in page
            assert str(facts.keep.period) in page
            for recipient in facts.recipients:
                assert str(recipient.label) in page


def test_each_holding_stands_under_one_purpose():
    told = [facts.label for _purpose, held in explanations.by_purpose() for facts in held]
    held = [holding.label for holding in registry.holdings()]
    assert sorted(told) == sorted([*held, *(store.name for store in stores.personal())])


def test_every_personal_field_is_told():
    for holding in registry.holdings():
        told = {field.name for field in explanations.explain(holding).fields}
        assert told == set(holding.data.fields)


def test_the_page_shows_the_period_that_runs(client: Client, keep_mail):
    keep_mail(Period(years=1, months=1))
    assert "1 year and 1 month" in client.get("/privacy/data/").content.decode()


def test_the_archive_phase_is_told(client: Client):
    assert "afterwards in the archive" in client.get("/privacy/data/").content.decode()


def test_a_field_may_serve_another_purpose_than_its_model(monkeypatch):
    declared = Mail.personal_data
    own = registry.Datum(
        registry.Category.EMAIL, purpose=registry.Purpose.PROSPECTS, basis=registry.Basis.CONSENT
    )
    changed = registry.PersonalData(**{**vars(declared), "fields": {**declared.fields, "to": own}})
    main, other = explanations.explain(registry.Holding(Mail, changed)).uses
    assert main.purpose == declared.purpose
    assert (other.purpose, other.basis, [field.name for field in other.fields]) == (
        "PROSPECTS",
        "CONSENT",
        ["to"],
    )


@pytest.fixture
def guarded_mail(monkeypatch) -> Iterator[None]:
    """E-mails whose address security staff alone see, among those who see e-mails."""
    declared = Mail.personal_data
    seen_by = (Recipient.CONTROLLER, Recipient.SECURITY, Recipient.HOST)
    to = replace(declared.fields["to"], recipients=seen_by[1:])
    fields = {**declared.fields, "to": to}
    monkeypatch.setattr(Mail, "personal_data", replace(declared, recipients=seen_by, fields=fields))
    registry.holdings.cache_clear()
    yield
    monkeypatch.undo()
    registry.holdings.cache_clear()


def test_a_field_that_fewer_people_see_says_so(client: Client, guarded_mail):
    page = " ".join(client.get("/privacy/data/").content.decode().split())
    assert "Sent to, only: computer security · our host, in the European Union" in page


def test_the_notice_beside_a_form_says_what_the_law_asks():
    text = notice("privacy.mail", form=LetterForm())
    for words in (
        "SoftNLabs",
        "to serve our clients",
        "our legitimate interest",
        "3 months",
        "Estelle Gelet",
        "CNIL",
    ):
        assert words in text
    assert "without any consequence: Telephone." in " ".join(text.replace("</strong>", "").split())
    assert "E-mail" not in text
    assert "I agree" not in text


def test_the_notice_speaks_french():
    text = notice("privacy.mail", form=LetterForm(), language="fr")
    assert "Ce que deviennent vos données" in text
    assert "3 mois" in text


def test_a_form_without_optional_fields_says_what_the_required_ones_are_for():
    text = notice("privacy.mail")
    assert "Without the required fields" in text
    assert "You may leave these empty" not in text


def test_a_notice_can_speak_of_two_holdings():
    text = notice("privacy.mail", "privacy.auditentry")
    assert str(Mail.personal_data.label) in text
    assert "Journal of what was done with your data" in text


def test_a_notice_of_an_unknown_holding_is_a_mistake():
    with pytest.raises(UnknownHoldingError):
        notice("privacy.nothing")


def test_a_notice_of_an_unknown_form_is_a_mistake():
    with pytest.raises(UnknownFormError):
        Template('{% load information %}{% form_notice "tests.nothing" %}').render(Context())
