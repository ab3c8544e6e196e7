"""Each form of the site that collects: how it is filled in, and what becomes of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.apps import apps
from django.test import Client

from tests.conftest import ALICE
from tests.consent.mail_preferences import pages as agreement
from tests.dsr import pages as requests
from tests.dsr.after_death import pages as instructions
from tests.recruitment import factories as applications
from tests.softnlabs.enquiries import factories as enquiries


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


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

    def page_with_box(self, client: Client, *, prefix: str = "") -> str:
        """The page that offers commercial mail."""
        return str(client.get(prefix + self.address).text)

    def send(self, client: Client, page: str, *, prefix: str = "", **facts: Any) -> Any:
        """As a browser sends what this page showed."""
        hidden = {name: found for name in ("collected_for", "cv-kept") if (found := _hidden(page, name))}
        files = {} if "cv-kept" in hidden else {name: make() for name, make in self.files.items()}
        return client.post(prefix + self.address, {**self.typed, **hidden, **files}, **facts)


class SignUp(SampleForm):
    """The form waits in its mailed link: sent here is what becomes of it, to the end.

    The box for commercial mail is on its second page, behind the link.
    """

    def page_with_box(self, client: Client, *, prefix: str = "") -> str:
        answer = super().send(client, client.get(prefix + self.address).text, prefix=prefix)
        assert answer.status_code == 302
        return str(self._opened(client).text)

    def send(self, client: Client, page: str, *, prefix: str = "", **facts: Any) -> Any:
        if 'name="password"' not in page:
            answer = super().send(client, page, prefix=prefix, **facts)
            if answer.status_code != 302:
                return answer
            page = self._opened(client, **facts).text
        typed = {"surname": "Canary", "password": "a long enough phrase", "opt_in": "on"}
        hidden = {"collected_for": _hidden(page, "collected_for")}
        return client.post(f"{prefix}/account/sign-up/finish/", {**typed, **hidden}, **facts)

    def _opened(self, client: Client, **facts: Any) -> Any:
        mailed = apps.get_model("privacy.mail").objects.filter(message="account_confirm").latest("written_at")
        found = re.search(r"https?://[^/\s]+(\S+/link/\S+)", mailed.text)
        assert found
        return client.get(client.get(found[1], **facts)["Location"], **facts)


FORMS = {
    "website.sign_up": SignUp(
        "/account/sign-up/",
        {"email": ALICE},
        ("website.user", "consent.prospect", "consent.consentevent"),
    ),
    "website.contact": SampleForm(
        "/contact/",
        {**enquiries.TYPED, "opt_in": "on"},
        ("website.enquiry", "consent.consentevent"),
        agreement.confirm,
        ("consent.prospect",),
    ),
    "recruitment.application": SampleForm(
        "/careers/apply/",
        {**applications.TYPED, "opt_in": "on"},
        ("recruitment.application", "consent.consentevent"),
        agreement.confirm,
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
