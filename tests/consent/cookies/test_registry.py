"""The registry: declared in two languages, held in the process, edited at the desk."""

import html
import logging

import pytest
from cookie_consent.models import Cookie, CookieGroup
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import ProtectedError
from django.test import Client

from consent import starting_content
from consent.cookies import cached, registry
from consent.cookies.models import CookieDeclaration, GroupDeclaration
from consent.wording import wording
from tests.consent.conftest import CONSENT_GROUPS, Visitor, has_banner

pytestmark = pytest.mark.django_db


def test_the_starting_groups_are_those_of_the_policy():
    register = registry.current()
    assert register.consent_groups == CONSENT_GROUPS
    assert register.opt_out_groups == {"visits"}
    assert register.necessary_groups == {"technical"}


def test_declaring_again_changes_nothing_that_was_edited():
    CookieGroup.objects.filter(varname="personal").update(name="Edited")
    starting_content.declare()
    assert CookieGroup.objects.get(varname="personal").name == "Edited"
    assert CookieGroup.objects.count() == len(starting_content.GROUPS)


def test_what_is_declared_cannot_be_deleted_by_a_slip():
    for row in (CookieGroup.objects.get(varname="personal"), Cookie.objects.get(name="seen")):
        with pytest.raises(ProtectedError):
            row.delete()


def test_no_cookie_lives_longer_than_six_months():
    declaration = CookieDeclaration.objects.get(cookie__name="visitor")
    for months, days in ((7, 0), (6, 1)):
        declaration.months, declaration.days = months, days
        with pytest.raises(ValidationError, match="six months"):
            declaration.full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            declaration.save()


def test_a_group_without_a_declaration_does_not_exist():
    group = CookieGroup.objects.create(varname="bare", name="Bare", description="x")
    Cookie.objects.create(cookiegroup=group, name="bare")
    assert "bare" not in registry.reload().by_key
    assert "bare" not in registry.current().by_name


def test_it_looks_again_after_a_while_and_keeps_its_object_when_nothing_changed(monkeypatch):
    first = registry.current()
    monkeypatch.setattr(cached, "REFRESH_AFTER", -1.0)
    assert registry.current() is first
    CookieGroup.objects.filter(varname="personal").update(description="Something else.")
    assert registry.current() is not first


def test_a_page_is_served_while_the_database_is_away(monkeypatch, caplog):
    first = registry.current()
    monkeypatch.setattr(cached, "REFRESH_AFTER", -1.0)

    def away():
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(registry._cached, "_read", away)
    with caplog.at_level(logging.ERROR):
        assert registry.current() is first
        registry.invalidate()
        assert registry.current().groups == ()
    assert "until the database is back" in caplog.text


@pytest.mark.parametrize("what", ["group", "cookie", "lifetime", "controller"])
def test_the_question_is_another_one_when_anything_in_it_changes(settings, what: str):
    before = wording.prompt_for(registry.current()).key
    if what == "group":
        GroupDeclaration.objects.filter(group__varname="personal").update(description_fr="Autre chose.")
    elif what == "cookie":
        Cookie.objects.filter(name="seen").update(name="viewed")
    elif what == "lifetime":
        CookieDeclaration.objects.filter(cookie__name="seen").update(months=2)
    else:
        settings.CONTROLLER = {"name": "Somebody Else", "email": "else@example.org"}
        registry.invalidate()  # settings change with a new process
    assert wording.prompt_for(registry.reload()).key != before


def test_the_question_is_the_same_when_only_its_look_changes():
    one = wording.plain(
        '<section class="a"><h2>May we?</h2>\n  <button>Yes</button> <button>No</button></section>'
    )
    other = wording.plain(
        "<div><h3>May  we?</h3><p></p><button class=b>Yes</button><button>No</button></div>"
    )
    assert one == other == "May we?\nYes\nNo"


def edit(dpo_client: Client, key: str, **changes: object) -> int:
    """The controller saves the form of one group with these changes; returns the status of the answer."""
    group = CookieGroup.objects.select_related("declaration").get(varname=key)
    declared = group.declaration
    form: dict[str, object] = {
        "name": group.name,
        "description": group.description,
        "ordering": group.ordering,
        "declaration-TOTAL_FORMS": 1,
        "declaration-INITIAL_FORMS": 1,
        "declaration-0-id": declared.pk,
        "declaration-0-group": group.pk,
        "declaration-0-terms": declared.terms,
        "declaration-0-purpose": declared.purpose,
        "declaration-0-name_fr": declared.name_fr,
        "declaration-0-description_fr": declared.description_fr,
    }
    return dpo_client.post(
        f"/admin/cookie_consent/cookiegroup/{group.pk}/change/", form | changes
    ).status_code


def test_an_edit_at_the_desk_asks_every_visitor_again(dpo_client: Client, visitor: Visitor):
    visitor.submit("/privacy/choices/refuse/")
    assert edit(dpo_client, "personal", description="Another explanation.") == 302
    page = visitor.get("/").content.decode()
    assert has_banner(page)
    assert "Another explanation." in page


@pytest.mark.parametrize(
    "field", ["name", "description", "declaration-0-name_fr", "declaration-0-description_fr"]
)
def test_a_group_says_something_in_both_languages(dpo_client: Client, field: str):
    assert edit(dpo_client, "personal", **{field: ""}) == 200


def test_the_package_is_told_of_changed_terms(dpo_client: Client):
    assert edit(dpo_client, "visits", **{"declaration-0-terms": "CONSENT"}) == 302
    assert not CookieGroup.objects.get(varname="visits").is_required
    assert "visits" in registry.current().consent_groups


def test_what_the_site_needs_cannot_be_switched_off_nor_renamed(dpo_client: Client):
    assert edit(dpo_client, "technical", varname="other", **{"declaration-0-terms": "CONSENT"}) == 302
    assert registry.current().necessary_groups == {"technical"}
    cookie = Cookie.objects.get(name="session")
    page = dpo_client.get(f"/admin/cookie_consent/cookie/{cookie.pk}/change/").content.decode()
    assert 'name="description"' in page
    assert 'name="name"' not in page


def test_a_cookie_is_declared_once(dpo_client: Client):
    """A second declaration of `csrf`, in a group that asks, would have every form fail for who refused."""
    form = {
        "cookiegroup": CookieGroup.objects.get(varname="personal").pk,
        "name": "csrf",
        "description": "Again",
        "path": "/",
        "declaration-TOTAL_FORMS": 1,
        "declaration-INITIAL_FORMS": 0,
        "declaration-0-description_fr": "Encore",
        "declaration-0-months": 1,
        "declaration-0-days": 0,
    }
    response = dpo_client.post("/admin/cookie_consent/cookie/add/", form)
    assert b"one name, one group" in response.content
    assert dpo_client.post("/admin/cookie_consent/cookie/add/", form | {"name": "other"}).status_code == 302
    assert registry.current().by_name["other"][0].key == "personal"


def test_the_desk_names_groups_in_its_language_and_offers_no_deletion_that_cannot_be(dpo_client: Client):
    for model in ("cookie", "cookiegroup"):
        page = html.unescape(dpo_client.get(f"/fr/admin/cookie_consent/{model}/").content.decode())
        assert "Informations choisies pour vous" in page
        assert "Information chosen for you" not in page
        assert "delete_selected" not in page


@pytest.mark.parametrize("model", ["consentevent", "wording", "prospect", "campaignday"])
def test_nothing_is_written_by_hand_in_a_ledger(dpo_client: Client, model: str):
    assert dpo_client.get(f"/admin/consent/{model}/").status_code == 200
    assert dpo_client.get(f"/admin/consent/{model}/add/").status_code == 403


def test_the_packages_own_log_is_not_used():
    assert "cookie_consent.LogItem" not in {model._meta.label for model in admin.site._registry}
