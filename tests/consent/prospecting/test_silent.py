"""Three years without contact: the controller sees who a month before, then they are dropped."""

import pytest
from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.utils import timezone

from consent.ledger.models import ConsentEvent
from consent.preferences.tasks import expire_choices
from consent.prospecting import prospecting, silent
from consent.prospecting.models import Prospect
from privacy.datamap import masks
from privacy.mail.models import Mail
from privacy.retention import purge
from tests import prospects

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
ALICE, BOB = "alice@example.org", "bob@example.org"


def listed(now) -> None:
    for email, since in ((ALICE, now - relativedelta(years=3, days=-20)), (BOB, now)):
        prospects.confirmed(email=email, now=now)
        Prospect.objects.filter(email=email).update(last_contact_at=since)


def test_a_month_before_the_controller_sees_who(dpo_client):
    now = timezone.now()
    listed(now)
    page = dpo_client.get("/admin/consent/prospect/?silent=month").text
    assert masks.email(ALICE) in page
    assert masks.email(BOB) not in page


def test_the_controller_is_told_once_a_week_without_a_name():
    listed(timezone.now())
    expire_choices()
    expire_choices()
    mail = Mail.objects.get(message="prospects_silent")
    assert "1 prospect" in mail.text
    assert ALICE not in mail.text
    assert silent.tell(now=timezone.now() + silent.EVERY + relativedelta(minutes=1)) is not None


def test_nobody_is_told_of_nobody():
    assert silent.tell(now=timezone.now()) is None


def test_a_contact_keeps_the_prospect_and_silence_drops_it(now):
    for email in (ALICE, BOB):
        prospects.confirmed(email=email, now=now)
    Prospect.reached(BOB, now + relativedelta(years=2))
    Prospect.reached(BOB, now)  # an earlier one moves nothing back
    late = now + relativedelta(years=3)
    purge.run(now=late)
    assert [each.email for each in Prospect.objects.all()] == [BOB]
    assert prospecting.expire_inactive(now=late) == 1
    assert ConsentEvent.objects.get(kind="EXPIRE").email == ALICE


def test_the_list_is_counted_for_whoever_is_locked_out(now):
    listed(now)
    (waiting,) = apps.get_app_config("consent").waiting_work(now=now)
    assert (waiting.permission, waiting.count) == ("consent.view_prospect", 1)
