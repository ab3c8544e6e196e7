"""Every page of the desk that shows people's rows: who is restricted is there for who sees restrictions, and not else.

Alice is restricted (GDPR article 18), Bob is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from consent.ledger import ledger, topics
from consent.ledger.models import ConsentEvent
from dsr.rules.states import RequestState
from privacy.datamap.models import Restriction
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.subjects import fingerprint
from privacy.rights import restriction
from tests import actors, desk_searches
from tests import holdings as made
from tests.dsr.factories import plain_request

pytestmark = pytest.mark.django_db
FOR_SUPERUSERS = {"website.invitation"}  # who see restrictions
PAGES = [
    each for each in holdings() if admin.site.is_registered(each.model) and each.label not in FOR_SUPERUSERS
]
EACH = pytest.mark.parametrize("holding", PAGES, ids=lambda each: each.label)
AS_STAFF = pytest.mark.parametrize("sees_restricted", [False, True], ids=["clerk", "sees restrictions"])
PEOPLE = ("alice", "bob")


def _consent_event(who: made.SamplePerson, since: datetime) -> ConsentEvent:
    context = ledger.ConsentContext(ledger.Act.BOX, "May we?", "en", "/contact/", since)
    holder = ledger.Holder(email=who.email)
    return ledger.refuse(topics.PROSPECTING, holder=holder, purpose="PROSPECTS", context=context)


# The list of requests begins with the open ones; consents are searched by address.
MAKERS = made.MAKERS | {
    "dsr.subjectrequest": lambda who, since: plain_request(
        who.email, who.canary, since, RequestState.RECEIVED
    ),
    "consent.consentevent": _consent_event,
}
# A recruiter has no use for data that may only be stored: no permission shows them.
NEVER_SHOWN = {"recruitment.application"}


@dataclass
class Desk:
    """The pages of one holding, as somebody on the staff sees them."""

    holding: Holding
    client: Client
    people: dict[str, made.SamplePerson]
    rows: dict[str, Model]

    @property
    def address(self) -> str:
        return f"/admin/{self.holding.label.replace('.', '/')}/"

    def shown(self, **asked: str) -> set[str]:
        """Whose row the list shows when this is asked for; both people are made by the test."""
        return self._people_on(self.client.get(self.address, asked))

    def _people_on(self, response: HttpResponse) -> set[str]:
        assert response.status_code == 200, self.address
        pks = {row.pk for row in response.context["cl"].result_list}
        return {name for name, row in self.rows.items() if row.pk in pks}

    def found_by_search(self, name: str) -> set[str]:
        """Whose rows the list shows when each word that may stand in a row of ``name`` is searched for."""
        who = self.people[name]
        words = (who.email, who.canary, fingerprint(who.email), str(who.account), str(self.rows[name].pk))
        pages = (desk_searches.search(self.client, self.address, each) for each in words)
        return set().union(*map(self._people_on, pages))

    def change_page(self, name: str) -> HttpResponse:
        return self.client.get(f"{self.address}{self.rows[name].pk}/change/")

    def filters(self) -> Iterator[dict[str, str]]:
        """What a click on each filter of the list asks for."""
        changelist = self.client.get(self.address).context["cl"]
        for spec in changelist.filter_specs:
            for choice in spec.choices(changelist):
                response = self.client.get(self.address + choice["query_string"])
                yield response.wsgi_request.GET.dict()


def _staff(holding: Holding, *, sees_restricted: bool) -> Client:
    """Somebody who may look at this holding alone."""
    user = actors.train(actors.make_staff("staff@example.org"))
    models = [holding.model, Restriction] if sees_restricted else [holding.model]
    for model in models:
        content_type = ContentType.objects.get_for_model(model)
        codename = f"view_{model._meta.model_name}"
        user.user_permissions.add(Permission.objects.get(content_type=content_type, codename=codename))
    client = Client()
    actors.sign_in(client, user)
    return client


@pytest.fixture
def desk(holding: Holding, sees_restricted: bool, acting) -> Desk:
    now = timezone.now()
    people = {name: made.person(name, now) for name in PEOPLE}
    rows = {name: MAKERS[holding.label](person, now - made.RECENT) for name, person in people.items()}
    restriction.restrict(people["alice"].subject(), reason="She contests it", now=now)
    return Desk(holding, _staff(holding, sees_restricted=sees_restricted), people, rows)


@pytest.fixture
def expected(holding: Holding, sees_restricted: bool) -> set[str]:
    """Who is seen. A holding that proves something, and knows people by a hash, is shown under a restriction too."""
    if holding.data.erasure_exemption:
        return {"alice", "bob"}
    return {"alice", "bob"} if sees_restricted and holding.label not in NEVER_SHOWN else {"bob"}


@EACH
@AS_STAFF
def test_the_list_shows_restricted_people_to_who_sees_restrictions_alone(desk: Desk, expected):
    assert desk.shown() == expected


@EACH
@AS_STAFF
def test_the_page_of_a_restricted_persons_record_opens_for_who_sees_restrictions_alone(desk: Desk, expected):
    answers = {name: desk.change_page(name).status_code for name in PEOPLE}
    assert answers == {name: 200 if name in expected else 404 for name in PEOPLE}


@EACH
@AS_STAFF
def test_no_search_finds_restricted_people_for_who_sees_no_restrictions(desk: Desk, expected):
    if not admin.site.get_model_admin(desk.holding.model).search_fields:
        return
    assert desk.found_by_search("bob") == {"bob"}
    assert desk.found_by_search("alice") == {"alice"} & expected


@EACH
@AS_STAFF
def test_no_filter_finds_restricted_people_for_who_sees_no_restrictions(desk: Desk, expected):
    found = [desk.shown(**asked) for asked in desk.filters()]
    assert [people for people in found if not people <= expected] == []
    assert not found or expected in found
