"""No list of the desk shows what it holds of a person: neither Alice's nor Bob's, to nobody who may see the list.

The rows are those of tests/holdings.py, with every personal text filled. What a list may show is what the data map does
not mask: dates, choices, pseudonyms cut short.
"""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent.ledger import ledger, topics
from consent.mailings.models import Mailing
from dsr.intake import submission
from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.breaches.models import Breach
from privacy.companies.collecting import by_controller
from privacy.datamap import masks
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.subjects import fingerprint
from privacy.recipients.models import Disclosure
from softnlabs.website.accounts.invitation_models import Invitation
from tests import actors, desk_searches
from tests import holdings as made
from tests.dsr.factories import make_form

pytestmark = pytest.mark.django_db
LISTED = [each for each in holdings() if admin.site.is_registered(each.model)]
EACH = pytest.mark.parametrize("held", LISTED, ids=lambda each: each.label)
PEOPLE = ("alice", "bob")


def _consent_event(who: made.SamplePerson, since: datetime) -> Model:
    context = ledger.ConsentContext(ledger.Act.BOX, "May we?", "en", "/contact/", since)
    holder = ledger.Holder(email=who.email)
    return ledger.refuse(topics.PROSPECTING, holder=holder, purpose="PROSPECTS", context=context)


def _audit_entry(who: made.SamplePerson, since: datetime) -> Model:
    look = {"actor": "user:1", "source": "test", "action": "website.enquiry.viewed"}
    return AuditEntry.objects.create(at=since, about=fingerprint(who.email), **look)


def _disclosure(who: made.SamplePerson, since: datetime) -> Model:
    told = {"recipient": "Court of Pau", "ground": "LAW", "provision": "Order 12", "categories": ["EMAIL"]}
    return Disclosure.objects.create(about=fingerprint(who.email), at=since, decided_by="user:1", **told)


def _breach(who: made.SamplePerson, since: datetime) -> Model:
    row = made.breach(who, since)
    Breach.objects.filter(pk=row.pk).update(title="A lost laptop")
    return row


def _invitation(who: made.SamplePerson, since: datetime) -> Model:
    row = made.invitation(who, since)
    Invitation.objects.filter(pk=row.pk).update(invited_by="user:1")
    return row


def _delivery(who: made.SamplePerson, since: datetime) -> Model:
    row = made.delivery(who, since)
    Mailing.objects.filter(pk=row.mailing_id).update(subject_en="Our news")
    return row


# A list shows the code of an action, who invited, the name of a court, of a breach and of an e-mail campaign: what
# people do not write of themselves.
MAKERS = made.MAKERS | {
    "consent.delivery": _delivery,
    "consent.consentevent": _consent_event,
    "privacy.auditentry": _audit_entry,
    "privacy.disclosure": _disclosure,
    "privacy.breach": _breach,
    "website.invitation": _invitation,
}
FOR_SUPERUSERS = {"website.invitation"}  # no permission is enough
EVERY_ROW = {"dsr.subjectrequest": {"show": "all"}}  # the list begins with the open ones
APPEND_ONLY = {"consent.consentevent", "privacy.auditentry", "privacy.disclosure", "privacy.transmission"}


@pytest.fixture
def shown(held: Holding, acting) -> dict[str, Model]:
    """A row about each of the two, with every personal text filled."""
    now = timezone.now()
    rows = {}
    for name in PEOPLE:
        rows[name] = MAKERS[held.label](made.person(name, now), now - made.RECENT)
        if held.label not in APPEND_ONLY:
            _fill(held, rows[name], name)
    return rows


def _fill(held: Holding, row: Model, name: str) -> None:
    """All but the pseudonym: a row keeps the true one, which no page shows in full."""
    facts = {
        field.name: _value(field.get_internal_type(), name)
        for field in row._meta.concrete_fields
        if masks.is_masked(held, field)
        and held.data.fields[field.name].category in masks.OF_THE_PERSON
        and not field.unique
        and not masks.is_pseudonym(held, field)
    }
    if facts:
        held.model._base_manager.filter(pk=row.pk).update(**facts)


def _value(kind: str, name: str) -> str:
    if kind == "GenericIPAddressField":
        return {"alice": "192.0.2.77", "bob": "198.51.100.88"}[name]
    return f"{name}@example.org" if kind == "EmailField" else f"Zz-{name}"


def _secrets(name: str) -> list[str]:
    return [f"{name}@example.org", f"Zz-{name}", f"canary-{name}", _value("GenericIPAddressField", name)]


def _told(page: str) -> list[str]:
    """Which values of the two a page tells."""
    found = [each for name in PEOPLE for each in _secrets(name) if each.lower() in page.lower()]
    return found + [name for name in PEOPLE if fingerprint(f"{name}@example.org") in page]


def _staff(held: Holding) -> Client:
    """Somebody who may see and change this kind of record alone."""
    user = actors.train(actors.make_staff("staff@desk.example"))
    name = held.model._meta.model_name
    codenames = [f"{verb}_{name}" for verb in ("view", "change", "delete")]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return _signed_in(user)


def _signed_in(user: object) -> Client:
    client = Client()
    actors.sign_in(client, user)  # type: ignore[arg-type]
    return client


@pytest.fixture(params=["controller", "staff"])
def client(request, held: Holding, shown) -> Client:
    if request.param == "controller" or held.label in FOR_SUPERUSERS:
        return _signed_in(actors.make_controller("controller@desk.example"))
    return _staff(held)


def _address(held: Holding, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{held.label.replace('.', '_')}_{page}", args=args)


@EACH
@pytest.mark.parametrize("language", ["", "/fr"])
def test_no_list_shows_a_value_of_a_person_and_each_row_opens(held, shown, client, language):
    page = client.get(language + _address(held), EVERY_ROW.get(held.label))
    assert page.status_code == 200
    assert _told(page.text) == []
    links = [f"/{quote(row.pk)}/change/" in page.text for row in shown.values()]
    assert all(links), "a row without a link to it"


@EACH
def test_neither_the_order_nor_what_is_found_nor_the_filters_show_one(held, shown, client):
    pages = [client.get(_address(held), {"o": str(column)}).text for column in range(1, 7)]
    changelist = client.get(_address(held)).context_data["cl"]
    for spec in changelist.filter_specs:
        pages += [client.get(_address(held) + each["query_string"]).text for each in spec.choices(changelist)]
    assert [_told(page) for page in pages if _told(page)] == []
    if changelist.search_fields:
        found = desk_searches.search(client, _address(held), "alice@example.org")
        box = 'name="q" value="alice@example.org"'  # what was typed, in the body alone
        assert _told(found.text.replace(box, "")) == []


@EACH
def test_neither_the_title_of_a_record_nor_its_history_nor_a_deletion_names_the_person(held, shown, client):
    for row in shown.values():
        opened = client.get(_address(held, "change", quote(row.pk)))
        assert opened.status_code == 200
        assert _told(opened.text.partition("</title>")[0]) == []
        for page in ("history", "delete"):
            assert _told(client.get(_address(held, page, quote(row.pk)), follow=True).text) == [], page


@EACH
def test_no_record_is_called_by_the_name_of_a_person(held, shown):
    assert [str(row) for row in held.model._base_manager.all() if _told(str(row))] == []


def test_the_first_page_of_the_desk_names_nobody(now: datetime):
    with trail.acting("system", "test"):
        for name in PEOPLE:
            person = made.person(name, now)
            for make in (made.MAKERS | {"privacy.breach": _breach, "privacy.breachnotice": _breach}).values():
                make(person, now - made.RECENT)
            submission.submit(make_form(person.email), collection=by_controller(), language="en", now=now)
    client = _signed_in(actors.make_controller("controller@desk.example"))
    assert _told(client.get("/admin/").text) == []


def _texts() -> Iterator[str]:
    for held in LISTED:
        yield from (
            name for name in held.data.fields if masks.is_masked(held, held.model._meta.get_field(name))
        )


def test_there_is_something_to_mask():
    assert len(list(_texts())) > 40
