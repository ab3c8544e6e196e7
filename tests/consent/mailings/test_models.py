"""What returned mail and complaints find a delivery by, and what they mark."""

from uuid import uuid4

import pytest
from django.utils import timezone

from consent.mailings import messages
from consent.mailings.models import Delivery
from tests.conftest import ALICE, BOB
from tests.consent.mailings.factories import make_mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery() -> Delivery:
    now, mailing = timezone.now(), make_mailing()
    facts = {"mailing": mailing, "language": "en", "added_at": now, "next_try_at": now}
    Delivery.objects.create(email=BOB, state="SENT", sent_at=now, **facts)
    Delivery.objects.create(email="later@example.org", **facts)
    return Delivery.objects.create(email=ALICE, state="SENT", sent_at=now, **facts)


def test_a_delivery_is_found_by_the_message_id_that_it_left_with(delivery):
    assert list(Delivery.objects.with_message_id(messages.message_id(delivery))) == [delivery]
    assert list(Delivery.objects.with_message_id(f" {delivery.pk}@softnlabs.example")) == [delivery]
    for other in (f"<{uuid4()}@softnlabs.example>", "<another@example.org>", ""):
        assert not Delivery.objects.with_message_id(other).exists()


@pytest.mark.parametrize(
    ("verb", "figure"), [(Delivery.mark_bounced, "bounced"), (Delivery.mark_complained, "complained")]
)
def test_what_comes_back_is_counted_once(delivery, verb, figure):
    now = timezone.now()
    assert verb(delivery, now=now) is True
    assert verb(delivery, now=now) is False
    delivery.mailing.refresh_from_db()
    assert (delivery.mailing.bounced + delivery.mailing.complained, getattr(delivery.mailing, figure)) == (
        1,
        1,
    )
