"""Each form of the site names the company for which it collects, and each record of it bears that company."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client

from privacy import plugins
from privacy.companies import collecting
from privacy.companies.models import FormAssignment
from privacy.policy import publishing
from privacy.policy.models import PolicyVersion
from tests.conftest import ALICE
from tests.consent.mail_preferences import pages as agreement
from tests.dsr import pages as requests
from tests.dsr.after_death import pages as instructions
from tests.privacy.factories import make_subsidiary
from tests.recruitment import factories as applications
from tests.softnlabs.enquiries import factories as enquiries

pytestmark = pytest.mark.django_db
HOST = "training.example.org"
SUBSIDIARY = "732 829 320"


def _confirm_agreement(client: Client) -> None:
    agreement.confirm(client)


def _confirm_subscription(client: Client) -> None:
    from_mail = apps.get_model("privacy.mail").objects.get(message="subscription_confirm").text
    found = re.search(r"https?://[^/\s]+(\S*/privacy/updates/confirm/\S+)", from_mail)
    assert found
    client.get(found[1])
    client.post("/privacy/updates/confirm/")


def _confirm_request(client: Client) -> None:
    client.get(requests.link_in("request_confirm"))
    client.post("/privacy/requests/confirm/")


@dataclass(frozen=True)
class SampleForm:
    """How a form is filled in, and what its data are stored in: at once, and after the mailed link."""

    address: str
    typed: dict[str, Any]
    at_once: tuple[str, ...]
    confirm: Callable[[Client], None] = lambda _client: None
    confirmed: tuple[str, ...] = ()
    files: dict[str, Callable[[], Any]] = field(default_factory=dict)

    def send(self, client: Client, page: str, *, prefix: str = "", **facts: Any) -> Any:
        """As a browser sends what this page showed."""
        hidden = {name: found for name in ("collected_for", "cv-kept") if (found := _hidden(page, name))}
        files = {} if "cv-kept" in hidden else {name: make() for name, make in self.files.items()}
        return client.post(prefix + self.address, {**self.typed, **hidden, **files}, **facts)


class SignUp(SampleForm):
    """The form waits in its mailed link: sent here is what becomes of it, to the end."""

    def send(self, client: Client, page: str, *, prefix: str = "", **facts: Any) -> Any:
        answer = super().send(client, page, prefix=prefix, **facts)
        if answer.status_code != 302:
            return answer
        mailed = apps.get_model("privacy.mail").objects.filter(message="account_confirm").latest("written_at")
        found = re.search(r"https?://[^/\s]+(\S+/link/\S+)", mailed.text)
        assert found
        client.get(found[1], **facts)
        typed = {"surname": "Canary", "password": "a long enough phrase"}
        return client.post(f"{prefix}/account/sign-up/finish/", typed, **facts)


FORMS = {
    "website.sign_up": SignUp(
        "/account/sign-up/",
        {"email": ALICE, "opt_in": "on"},
        ("website.user", "consent.prospect", "consent.consentevent"),
    ),
    "website.contact": SampleForm(
        "/contact/",
        {**enquiries.TYPED, "opt_in": "on"},
        ("website.enquiry", "consent.consentevent"),
        _confirm_agreement,
        ("consent.prospect",),
    ),
    "recruitment.application": SampleForm(
        "/careers/apply/",
        {**applications.TYPED, "opt_in": "on"},
        ("recruitment.application", "consent.consentevent"),
        _confirm_agreement,
        ("consent.prospect",),
        files={"cv": applications.cv_file},
    ),
    "privacy.subscription": SampleForm(
        "/privacy/updates/",
        {"email": ALICE},
        ("privacy.subscriptionrequest",),
        _confirm_subscription,
        ("privacy.subscription",),
    ),
    "dsr.request": SampleForm(
        requests.NEW,
        requests.FILLED,
        ("dsr.unconfirmedrequest",),
        _confirm_request,
        ("dsr.subjectrequest",),
    ),
    "dsr.instructions": SampleForm(
        instructions.NEW,
        instructions.FILLED,
        ("dsr.unconfirmedinstructions",),
        instructions.confirm,
        ("dsr.instructions",),
    ),
}
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
    publishing.publish_first(now=now)
    settings.ALLOWED_HOSTS = ["testserver", HOST]


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def words(page: str) -> str:
    """The text of a page on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())


def stored(*labels: str) -> set[tuple[str, str]]:
    """For whom and under which version the rows of these holdings were collected; each has one."""
    rows: list[Any] = [row for label in labels for row in apps.get_model(label).objects.all()]
    assert len(rows) == len(labels)
    return {(row.entity, str(row.policy_version)) for row in rows}


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
    page = client.get(prefix + FORMS[key].address).text
    assert sentence in words(page)
    FORMS[key].send(client, page, prefix=prefix)
    event = apps.get_model("consent.consentevent").objects.get()
    assert event.wording.text.startswith(sentence)


@pytest.mark.parametrize("key", ["website.contact", "website.sign_up", "recruitment.application"])
def test_a_yes_to_one_company_is_no_yes_to_the_next(client: Client, key):
    """When the form is shown again with another sentence, its box is not ticked."""
    before = client.get(FORMS[key].address).text
    FormAssignment.objects.create(form=key, entity=make_subsidiary())
    again = FORMS[key].send(client, before).text
    box = re.search(r'<input[^>]*name="opt_in"[^>]*>', again)
    assert box
    assert "checked" not in box[0]
    assert "I agree that Formation may send me" in words(again)
