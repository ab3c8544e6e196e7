"""Each form of the site names the company for which it collects, and each record of it bears that company."""

import re
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.utils.translation import override

from privacy import plugins
from privacy.companies import collecting
from privacy.companies.models import FormAssignment
from privacy.datamap import explanations, registry
from privacy.policy import publishing
from privacy.policy.models import PolicyVersion
from tests import policy_in_force
from tests.house.collecting_forms import FORMS, SampleForm
from tests.privacy.factories import make_subsidiary

pytestmark = pytest.mark.django_db
HOST = "training.example.org"
SUBSIDIARY = "732 829 320"


EACH = pytest.mark.parametrize("key", FORMS)
BOTH = pytest.mark.parametrize("prefix", ["", "/fr"], ids=["en", "fr"])
SAID = {
    "": "Collected by SoftNLabs for its subsidiary Formation (SIREN 732 829 320), 64000 Pau."
    " The data controller is Estelle Gelet.",
    "/fr": "Données collectées par SoftNLabs pour sa filiale Formation (SIREN 732 829 320), 64000 Pau."
    " La responsable du traitement est Estelle Gelet.",
}
OWN = {
    "": "Collected for: SoftNLabs (SIREN 818 145 302), 64290 Gan. The data controller is Estelle Gelet.",
    "/fr": "Données collectées pour : SoftNLabs (SIREN 818 145 302), 64290 Gan."
    " La responsable du traitement est Estelle Gelet.",
}


@pytest.fixture(autouse=True)
def _published(acting, now, settings) -> None:
    policy_in_force.publish(now=now)
    settings.ALLOWED_HOSTS = ["testserver", HOST]


def words(page: str) -> str:
    """The text of a page on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())


def stored(*labels: str) -> set[tuple[str, str]]:
    """For whom and under which version the rows of these holdings were collected; each has one."""
    rows: list[Any] = [row for label in labels for row in apps.get_model(label).objects.all()]
    assert len(rows) == len(labels)
    return {(row.entity, str(row.policy_version)) for row in rows}


@EACH
@BOTH
def test_the_notice_beside_a_form_names_each_purpose_that_the_form_serves(client: Client, key, prefix):
    """Its holdings are those that rows of it stand in, and the notice reads them: none can be forgotten."""
    form = FORMS[key]
    page = client.get(prefix + form.address).text
    assert form.send(client, page, prefix=prefix).status_code == 302
    form.confirm(client)
    filled = [held for held in registry.holdings() if held.label in {*form.at_once, *form.confirmed}]
    assert {held.label for held in filled} <= set(plugins.forms()[key].holdings)
    notice = words(page[page.index('<aside class="aside"') :])
    with override("fr" if prefix else "en"):
        told = [explanations.explain(held) for held in filled]
        reasons = {use.reason for each in told for use in each.uses}
        assert [reason for reason in reasons if reason not in notice] == []
        assert [each.title for each in told if len(told) > 1 and each.title not in notice] == []


@pytest.mark.parametrize(
    ("prefix", "reason"), [("", "to send commercial messages"), ("/fr", "messages commerciaux")]
)
@pytest.mark.parametrize("key", ["website.contact", "website.sign_up", "recruitment.application"])
def test_the_notice_beside_a_box_for_commercial_mail_speaks_of_it(client: Client, key, prefix, reason):
    page = FORMS[key].page_with_box(client, prefix=prefix)
    assert reason in words(page[page.index('<aside class="aside"') :])


def rows_of(form: SampleForm) -> list[Model]:
    return [row for label in form.at_once for row in apps.get_model(label).objects.all()]


def test_every_form_of_the_site_is_walked_through():
    assert FORMS.keys() == plugins.forms().keys()
    walked = {label for form in FORMS.values() for label in (*form.at_once, *form.confirmed)}
    assert walked == {held.label for held in collecting.collected()}


@EACH
@BOTH
def test_a_form_given_to_nobody_names_the_company_of_the_site(client: Client, key, prefix):
    form = FORMS[key]
    page = client.get(prefix + form.address).text
    assert OWN[prefix] in words(page)
    assert form.send(client, page, prefix=prefix).status_code == 302
    assert stored(*form.at_once) == {("818 145 302", publishing.version_stamp())}
    form.confirm(client)
    assert stored(*form.confirmed) <= {("818 145 302", publishing.version_stamp())}


@EACH
@BOTH
def test_a_form_given_to_a_subsidiary_names_it_and_so_does_each_record(client: Client, key, prefix):
    FormAssignment.objects.create(form=key, entity=make_subsidiary())
    form = FORMS[key]
    page = client.get(prefix + form.address).text
    assert SAID[prefix] in words(page)
    assert OWN[prefix] not in words(page)
    assert form.send(client, page, prefix=prefix).status_code == 302
    assert stored(*form.at_once) == {(SUBSIDIARY, publishing.version_stamp())}
    FormAssignment.objects.all().delete()  # what the person was told still holds when they confirm
    form.confirm(client)
    assert stored(*form.confirmed) <= {(SUBSIDIARY, publishing.version_stamp())}


@EACH
def test_a_host_given_to_a_subsidiary_collects_for_it_and_the_other_does_not(client: Client, key):
    FormAssignment.objects.create(host=HOST, entity=make_subsidiary())
    form = FORMS[key]
    assert OWN[""] in words(client.get(form.address).text)
    page = client.get(form.address, headers={"host": f"{HOST}:8000"}).text
    assert SAID[""] in words(page)
    assert form.send(client, page, headers={"host": HOST}).status_code == 302
    assert stored(*form.at_once) == {(SUBSIDIARY, publishing.version_stamp())}


@EACH
@BOTH
def test_when_the_company_changed_meanwhile_the_form_is_shown_again(client: Client, key, prefix):
    """Nobody's data are stored for a company that they were not told of."""
    form = FORMS[key]
    before = client.get(prefix + form.address).text
    FormAssignment.objects.create(form=key, entity=make_subsidiary())
    again = form.send(client, before, prefix=prefix)
    assert again.status_code == 200
    assert ("has changed since you opened" if not prefix else "a changé depuis que vous avez") in words(
        again.text
    )
    assert SAID[prefix] in words(again.text)
    assert rows_of(form) == []
    assert form.send(client, again.text, prefix=prefix).status_code == 302
    assert stored(*form.at_once) == {(SUBSIDIARY, publishing.version_stamp())}


@EACH
def test_when_the_policy_changed_meanwhile_the_form_is_shown_again(client: Client, key, now):
    form = FORMS[key]
    before = client.get(form.address).text
    PolicyVersion.objects.create(
        number=int(publishing.version_stamp()) + 1, published_at=now, sha256="0" * 64
    )
    again = form.send(client, before)
    assert again.status_code == 200
    assert rows_of(form) == []
    assert form.send(client, again.text).status_code == 302
    assert {version for _entity, version in stored(*form.at_once)} == {publishing.version_stamp()}


@pytest.mark.parametrize("key", ["website.contact", "website.sign_up", "recruitment.application"])
@pytest.mark.parametrize(
    ("prefix", "sentence"),
    [("", "I agree that Formation may send me"), ("/fr", "J’accepte que la société Formation m’envoie")],
)
def test_the_box_for_commercial_mail_names_the_same_company(client: Client, key, prefix, sentence):
    FormAssignment.objects.create(form=key, entity=make_subsidiary())
    page = FORMS[key].page_with_box(client, prefix=prefix)
    assert sentence in words(page)
    FORMS[key].send(client, page, prefix=prefix)
    event = apps.get_model("consent.consentevent").objects.get()
    assert event.wording.text.startswith(sentence)


@pytest.mark.parametrize("key", ["website.contact", "website.sign_up", "recruitment.application"])
def test_a_yes_to_one_company_is_no_yes_to_the_next(client: Client, key):
    """When the form is shown again with another sentence, its box is not ticked."""
    before = FORMS[key].page_with_box(client)
    FormAssignment.objects.create(form=key, entity=make_subsidiary())
    again = FORMS[key].send(client, before).text
    box = re.search(r'<input[^>]*name="opt_in"[^>]*>', again)
    assert box
    assert "checked" not in box[0]
    assert "I agree that Formation may send me" in words(again)
