"""Nobody at the desk sees a single visit, nor takes one along: only totals."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from privacy.companies.models import Processor
from privacy.datamap.declarations import Category, Purpose
from privacy.datamap.registry import holding
from privacy.recipients import processors
from privacy.visits import recording
from privacy.visits.counting_models import RecordingObjection
from privacy.visits.models import Visit
from tests import actors, sample_site
from tests.house.address_samples import AddressSamples
from tests.house.addresses import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def test_no_page_of_the_desk_shows_a_single_visit():
    now = timezone.now()
    site = sample_site.fill(now=now)
    recording.prepare_partitions(now=now)
    visitor, page = uuid4(), "/only-this-browser-saw-it/"
    Visit.objects.create(at=now, number=1, visitor=visitor, has_cookie=True, path=page, language="en")
    client = Client(raise_request_exception=False)
    actors.sign_in(client, site.staff["controller"])
    samples = AddressSamples(site, now=now)
    desk = [each for route in addresses() if route.startswith("/admin/") for each in samples.of(route)]
    texts = {each.written: client.get(each.asked).content.decode(errors="replace") for each in desk}
    assert len(texts) > 100
    assert [where for where, text in texts.items() if page in text or str(visitor) in text] == []
    sample_site.forget()


@pytest.mark.parametrize("model", [Visit, RecordingObjection])
def test_none_leaves_for_a_processor(model, now: datetime):
    recording.prepare_partitions(now=now)
    Visit.objects.create(at=now, number=1, visitor=uuid4(), has_cookie=True, path="/", language="en")
    processor = Processor.objects.create(
        name="Counter",
        task="Statistics",
        country="DE",
        purposes=[str(purpose) for purpose in Purpose],
        categories=[str(category) for category in Category],
        contract_on=now.date(),
        safeguards="Contract",
    )
    assert holding(model) not in processors.holdings_for(processor)
    with pytest.raises(processors.NothingDeclaredError):
        processors.export(processor, holding(model), reason="Please", now=now)
