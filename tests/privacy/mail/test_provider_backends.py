"""What is said to a provider: our message, our Message-ID, and nothing that watches the reader."""

import json

import pytest
import requests
from anymail.exceptions import AnymailRecipientsRefused
from django.core.mail import EmailMultiAlternatives, get_connection

from privacy.mail import outbox, providers
from privacy.mail.models import Mail
from softnlabs import settings as of_the_site
from tests.conftest import ALICE

KEYS = {
    "MAILJET_API_KEY": "a",
    "MAILJET_SECRET_KEY": "b",
    "SCALEWAY_SECRET_KEY": "c",
    "SCALEWAY_PROJECT_ID": "d",
}
LIST = {"List-Unsubscribe": "<https://x/>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
ACCEPTED = {
    "mailjet": {"Messages": [{"Status": "success", "To": [{"Email": ALICE, "MessageID": 7}]}]},
    "scaleway": {"emails": [{"id": "7", "mail_rcpt": ALICE, "status": "new"}]},
}
REFUSED = {
    "mailjet": {"Messages": [{"Status": "error", "Errors": [{"ErrorCode": "mj-0013"}]}]},
    "scaleway": {"emails": [{"id": "7", "mail_rcpt": ALICE, "status": "failed"}]},
}


class Provider:
    """Takes what would leave for the internet."""

    def __init__(self, answer: object) -> None:
        self.answer, self.asked = answer, []

    def request(self, method, url, **facts):
        self.asked.append(json.loads(facts["data"]))
        response = requests.Response()
        response.status_code, response._content = 200, json.dumps(self.answer).encode()
        response.headers["content-type"] = "application/json"
        return response


@pytest.fixture(params=providers.PROVIDERS)
def chosen(request, settings) -> str:
    settings.EMAIL_BACKEND = providers.backend(request.param)
    settings.ANYMAIL = {**of_the_site.ANYMAIL, **KEYS}
    return request.param


@pytest.fixture
def provider(chosen, monkeypatch) -> Provider:
    found = Provider(ACCEPTED[chosen])
    monkeypatch.setattr(requests.Session, "request", found.request)
    return found


def campaign_message() -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        "News",
        "Good day.",
        "hello@softnlabs.com",
        [ALICE],
        headers={"Message-ID": "<1@softnlabs.com>", **LIST},
    )
    message.attach_alternative("<p>Good day.</p>", "text/html")
    return message


def test_headers_for_unsubscribing_go_along_and_nobody_watches(provider, chosen):
    message = campaign_message()
    assert get_connection().send_messages([message]) == 1
    assert message.extra_headers["Message-ID"] == "<1@softnlabs.com>"  # a second try has it, too
    (said,) = provider.asked
    text = json.dumps(said)
    assert all(value in text for value in LIST.values())
    assert "1@softnlabs.com" in text
    if chosen == "mailjet":
        assert (said["Globals"]["TrackOpens"], said["Globals"]["TrackClicks"]) == ("disabled", "disabled")
        assert json.loads(said["Globals"]["EventPayload"]) == {"message": "<1@softnlabs.com>"}
        assert "Message-ID" not in said["Globals"]["Headers"]
    assert "racking" not in text


def test_what_failed_does_not_count_as_sent(provider, chosen):
    provider.answer = REFUSED[chosen]
    with pytest.raises(AnymailRecipientsRefused):
        campaign_message().send()


@pytest.mark.django_db
def test_the_outbox_does_not_ask_again_for_a_mailbox_that_a_provider_refuses(provider, chosen, now):
    provider.answer = REFUSED[chosen]
    mail = Mail.objects.create(
        message="test", to=ALICE, language="en", written_at=now, next_try_at=now, text="Hi"
    )
    assert outbox.deliver(now=now) == 0
    mail.refresh_from_db()
    assert mail.refused_at == now


def test_every_other_provider_is_refused():
    assert providers.backend("sendgrid") == providers.backend("") == providers.SMTP
    assert set(providers.PROVIDERS) == {"mailjet", "scaleway"}
