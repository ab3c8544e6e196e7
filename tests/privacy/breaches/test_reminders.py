"""The controller hears of what is still to be decided, with numbers alone."""

from datetime import timedelta

import pytest
from django.conf import settings

from privacy.breaches import reminders
from privacy.breaches.models import Risk
from privacy.mail.models import Mail
from tests.privacy.factories import make_breach

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def test_a_day_before_the_end_at_the_end_and_each_day_once(now):
    make_breach(aware_at=now)
    heard = [hour for hour in range(125) if reminders.remind(now=now + timedelta(hours=hour, seconds=1))]
    assert heard == [48, 72, 96, 120]


def test_it_goes_to_the_controller_and_quotes_nothing(now):
    breach = make_breach(aware_at=now - timedelta(hours=73), title="Canary", facts="Canary")
    assert reminders.remind(now=now) == 1
    mail = Mail.objects.get()
    assert (mail.message, mail.to) == ("breaches_open", settings.CONTROLLER["email"])
    assert f"n° {breach.pk}" in mail.text
    assert "Canary" not in mail.text + mail.html + mail.subject
    assert "se sont terminées" in mail.text


@pytest.mark.parametrize(
    "facts",
    [{"risk": Risk.NONE, "risk_reasons": "A key nobody has"}, {"closed_at": "2026-11-23T10:00Z"}],
)
def test_nobody_is_reminded_of_what_is_decided(now, facts):
    make_breach(aware_at=now - timedelta(days=9), **facts)
    assert reminders.remind(now=now) == 0
