"""To how many a campaign would go, and why the others get none."""

import pytest
from dateutil.relativedelta import relativedelta

from consent.mailings import audience, mailings
from consent.mailings.audience import Audience
from consent.mailings.models import Mailing
from consent.prospecting import prospecting
from consent.prospecting.models import Prospect
from consent.undeliverable import undeliverable
from privacy.datamap.subjects import Subject
from privacy.rights import restriction
from tests import prospects
from tests.consent.mailings.factories import make_mailing, make_prospect

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


@pytest.fixture
def mailing(now) -> Mailing:
    return make_mailing(topic="privacy", languages=["en"])


def left_out(found: Audience) -> dict[str, int]:
    return {str(reason): number for reason, number in found.left_out if number}


def test_each_is_counted_once_for_the_first_reason(mailing, now):
    for name in ("ok", "unconfirmed", "stopped", "restricted", "topic", "silent", "returned"):
        make_prospect(f"{name}@example.org", now=now)
    prospects.confirmed(email="outdated@example.org", policy_version="1", now=now)
    make_prospect("french@example.org", now=now, language="fr")
    make_prospect("other@example.org", now=now, entity="732 829 320")
    rows = {each.email.partition("@")[0]: each for each in Prospect.objects.all()}
    change(rows["unconfirmed"], confirmed_at=None)
    change(rows["topic"], declined_topics=["privacy", "careers"])
    change(rows["french"], declined_topics=["privacy"])
    change(rows["silent"], last_contact_at=now - relativedelta(years=3, days=1))
    undeliverable.stop("returned@example.org", reason=undeliverable.Reason.PERMANENT, now=now)
    prospecting.suppress("stopped@example.org", now=now)
    restriction.restrict(Subject(emails=frozenset({"restricted@example.org"})), reason="She asks", now=now)
    found = audience.of(mailing, now=now)
    assert found.by_language == (("English", found.number),)
    assert left_out(found) == {
        "nothing was heard from them for three years": 1,
        "they have not confirmed": 1,
        "they agreed to an earlier text of the policy": 1,
        "they asked us to stop": 1,
        "their mailbox takes no mail": 1,
        "their data are restricted, or they objected": 1,
        "they read another language": 1,
        "they do not want this topic": 1,
    }
    assert found.number == 1


def test_the_number_is_that_of_the_addresses_that_are_chosen(mailing, now):
    for name in ("a", "b", "c"):
        make_prospect(f"{name}@example.org", now=now)
    chosen = mailings.chosen(entity=mailing.entity, topic=mailing.topic, languages=mailing.languages, now=now)
    assert audience.of(mailing, now=now).number == chosen.count() == 3


def change(prospect: Prospect, **values: object) -> None:
    Prospect.objects.filter(pk=prospect.pk).update(**values)
