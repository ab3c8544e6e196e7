"""Each promise is kept on a sound site, and reported as broken when it is broken on purpose."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.translation import override

from consent.cookies import registry as cookies
from consent.ledger.models import ConsentEvent, Wording
from consent.mailings.models import Delivery
from dsr.requests.document_models import IdentityProof
from dsr.requests.identity_models import IdentityCheck
from dsr.requests.item_models import RequestItem
from dsr.requests.mandate_models import Mandate
from dsr.requests.models import SubjectRequest
from privacy.access import trainings
from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.companies import collecting, entities, hosting
from privacy.companies.models import Processor
from privacy.datamap import registry
from privacy.datamap.declarations import Category, Purpose
from privacy.datamap.periods import CALENDAR
from privacy.datamap.registry import holdings
from privacy.files.models import StoredFile
from privacy.mail.models import Mail
from privacy.policy import markdown
from privacy.promises import checking
from privacy.promises.checking import CheckRun, Evidence, Promise, PromiseState
from privacy.promises.models import PromiseResult
from privacy.register.models import Activity
from privacy.retention.models import PurgeRun
from privacy.rights import holds, restriction
from privacy.rights.models import Hold
from privacy.visits import recording
from softnlabs.website.accounts.models import User
from tests import actors, policy_in_force, sabotage
from tests import holdings as made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
KEYS = sorted(promise.key for promise in checking.registry())


@pytest.fixture
def sound(now) -> Iterator[None]:
    """A site in good order: a policy in force, a purge behind it, days ahead."""
    policy_in_force.publish(now=now)
    entities.load(now=now)
    hosting.load(now=now)
    recording.prepare_partitions(now=now)
    PurgeRun.objects.create(state=PurgeRun.State.FINISHED, requested_at=now, started_at=now, ended_at=now)
    with time_machine.travel(now, tick=False):
        yield
    registry.holdings.cache_clear()


@pytest.fixture
def stage(now, monkeypatch, settings, sound) -> Iterator[sabotage.Stage]:
    yield sabotage.Stage(now, monkeypatch, settings)
    monkeypatch.undo()
    registry.holdings.cache_clear()
    cookies.invalidate()


def reported(key: str) -> dict[str, object]:
    """What anybody can read of the promise."""
    said = Client().get("/privacy/promises.json").json()["promises"]
    return next(promise for promise in said if promise["key"] == key)


def test_every_promise_is_kept_on_a_sound_site(sound, now):
    found = checking.check(now=now)
    assert [status.promise.key for status in checking.broken(found)] == []
    assert not Mail.objects.filter(message="promises").exists()


def test_each_promise_has_a_saboteur_and_each_key_is_one_promise():
    assert sorted(sabotage.everybody()) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_a_promise_broken_on_purpose_is_reported(key: str, stage: sabotage.Stage, now):
    assert checking.check(now=now, only=[key])[0].is_kept
    sabotage.everybody()[key](stage)
    checking.check(now=now + timedelta(seconds=1), only=[key])
    assert (reported(key)["state"], reported(key)["error"]) == ("broken", "")
    assert f"({key})" in Mail.objects.get(message="promises").text
    figure: Any = reported(key)["figure"]
    assert 0 < figure <= reported(key)["among"]


def test_each_promise_says_how_much_it_looked_at(sound, now):
    checking.check(now=now)
    assert [key for key in KEYS if reported(key)["among"] is None] == []


def test_what_it_looked_at_is_counted(stage, now):
    User.objects.create_user("carol@example.org", "a long enough phrase")
    dpo = actors.make_controller()
    with trail.acting(f"user:{dpo.pk}", "test"):
        trainings.confirm_reading(dpo.pk, now=now)
    people = [made.person(name, now) for name in ("alice", "bob")]
    for make in made.MAKERS.values():
        for person in people:
            make(person, now)
    Delivery.objects.update(state="SENT", sent_at=now)
    sabotage.people.late_answer(stage)
    sabotage.requests.extension_told_to_nobody(stage)
    sabotage.requests.record_kept_back_in_silence(stage)
    sabotage.requests.objection_that_waits(stage)
    sabotage.processing.hold_without_reason(stage)
    sabotage.processing.automated_activity(stage)
    sabotage.processing.refusal_by_a_machine(stage)
    sabotage.consents.choice_past_its_validity(stage)
    held = {f"storage.{each.label}": each.live(now).count() for each in holdings()}
    counted: dict[str, int] = {
        **held,
        "communication.contracts": Processor.objects.count(),
        "communication.exports": held["storage.privacy.transmission"],
        "consent.acts": ConsentEvent.objects.filter(kind="GRANT").count(),
        "consent.words": Wording.objects.count(),
        "consent.version": held["storage.consent.consentevent"],
        "cookies.lapsed": ConsentEvent.objects.filter(kind="GRANT").count(),
        "controller.collected": sum(held[f"storage.{each.label}"] for each in collecting.collected()),
        "data.extended": SubjectRequest.objects.exclude(extended_at=None).count(),
        "data.identity_asked": IdentityCheck.objects.exclude(asked_at=None).count(),
        "data.identity_destroyed": IdentityProof.objects.count() + Mandate.objects.exclude(file=None).count(),
        "data.mail": held["storage.privacy.mail"],
        "data.not_sensitive": Activity.objects.count() + sum(len(each.data.fields) for each in holdings()),
        "data.refused": RequestItem.objects.filter(request__state="ANSWERED").count(),
        "data.sources": len(holdings()),
        "data.stopped": RequestItem.objects.filter(right="NO_PROSPECTING").count(),
        "data.answered": SubjectRequest.objects.open().count(),
        "forms.prospects": held["storage.consent.prospect"],
        "forms.confirmed": held["storage.consent.prospect"],
        "forms.listed": held["storage.consent.listedaddress"],
        "forms.stopped": held["storage.consent.prospect"],
        "forms.sent": Delivery.objects.exclude(sent_at=None).count(),
        "forms.returned": held["storage.consent.prospect"] + Delivery.objects.exclude(sent_at=None).count(),
        "purposes.decided_by_people": Activity.objects.count() + 1,
        "security.connections": 7,
        "security.need_to_know": 6 + 1,  # shipped groups, and one account at the desk
        "security.trained": 1,
        "security.own_trainings": 1,
        "security.encrypted": StoredFile.objects.count(),
        "security.passwords": User.objects.exclude(password__startswith="!").count(),
        "storage.archive": held["storage.recruitment.archiveopening"],
        "storage.contact": held["storage.recruitment.application"],
        "storage.enquiries": held["storage.website.enquiry"],
        "storage.holds": Hold.objects.in_force().count(),
        "updates.asked_again": held["storage.consent.prospect"] + 3,  # groups of cookies that need consent
    }
    checking.check(now=now)
    assert {key: reported(key)["among"] for key in counted} == counted
    assert [key for key, number in counted.items() if not number] == []


@pytest.mark.parametrize(
    ("address", "none", "some"),
    [
        (
            "/privacy/promises/",
            "Messages waiting: none, as there is nothing to check yet",
            "Messages waiting: 0 of 1,234",
        ),
        (
            "/fr/privacy/promises/",
            "Messages en attente\u00a0: aucun élément à vérifier pour l’instant",
            "Messages en attente\u00a0: 0 sur 1\u00a0234",
        ),
    ],
    ids=["en", "fr"],
)
def test_nothing_to_look_at_is_said_in_words(sound, now, address, none, some):
    checking.check(now=now)
    assert none in Client().get(address).content.decode()
    PromiseResult.objects.filter(key="data.mail").update(among=1234)
    assert some in Client().get(address).content.decode()


@pytest.mark.parametrize(("key", "saboteur"), sabotage.OTHER_WAYS)
def test_it_is_reported_however_it_was_broken(
    key: str, saboteur: sabotage.Saboteur, stage: sabotage.Stage, now
):
    assert checking.check(now=now, only=[key])[0].is_kept
    saboteur(stage)
    checking.check(now=now + timedelta(seconds=1), only=[key])
    assert (reported(key)["state"], reported(key)["error"]) == ("broken", "")


def test_each_clause_purpose_category_and_period_has_a_promise():
    assert {promise.clause for promise in checking.registry()} == set(markdown.KEYS)
    assert {f"purposes.{purpose.lower()}" for purpose in Purpose} <= set(KEYS)
    assert {f"data.{category.lower()}" for category in Category} <= set(KEYS)
    assert {f"storage.{holding.label}" for holding in holdings()} <= set(KEYS)


def failing() -> list[Promise]:
    """An app whose check fails."""
    return [Promise("test.failing", "updates", "It works.", "failures", _fail)]


def _fail(check_run: CheckRun) -> Evidence:
    return Evidence(AuditEntry.objects.filter(pk="no number").exists(), 0)


def test_a_check_that_fails_is_a_broken_promise_and_stops_no_other(sound, now, monkeypatch):
    named = (*apps.get_app_config("privacy").promises, failing)
    monkeypatch.setattr(apps.get_app_config("privacy"), "promises", named)
    found = {status.promise.key: status for status in checking.check(now=now)}
    assert found["test.failing"].state == PromiseState.BROKEN
    assert reported("test.failing")["error"] == "ValueError"
    assert [key for key, status in found.items() if not status.is_kept] == ["test.failing"]


def test_what_nobody_looked_at_for_an_hour_counts_as_broken(sound, now):
    assert all(status.state == PromiseState.UNCHECKED for status in checking.statuses(now=now))
    checking.check(now=now)
    assert checking.broken(checking.statuses(now=now + timedelta(hours=1))) == []
    assert {status.state for status in checking.statuses(now=now - timedelta(days=1))} == {
        PromiseState.UNCHECKED
    }
    late = checking.statuses(now=now + timedelta(hours=1, seconds=1))
    assert {status.state for status in late} == {PromiseState.UNCHECKED}
    with time_machine.travel(now + timedelta(hours=2)):
        assert Client().get("/privacy/promises.json").json()["kept"] is False


def test_one_message_a_breaking_and_one_when_it_is_kept_again(stage, now):
    check_run, only = timedelta(minutes=20), ["data.mail"]
    checking.check(now=now, only=only)
    waiting = made.mail(stage.person(), now - timedelta(hours=2))
    for turn in range(1, 3):
        checking.check(now=now + turn * check_run, only=only)
    assert [mail.subject for mail in Mail.objects.filter(message="promises")] == [
        "1 promise of the policy is broken"
    ]
    waiting.delete()
    Mail.objects.filter(message="promises").delete()
    checking.check(now=now + 3 * check_run, only=only)
    assert Mail.objects.get(message="promises").subject == "Promises of the policy are kept again"


def test_one_line_for_as_long_as_a_promise_stays_what_it_is(stage, now):
    for minutes in (0, 20, 40):
        checking.check(now=now + timedelta(minutes=minutes), only=["data.mail"])
    result = PromiseResult.objects.get()
    assert (result.since, result.checked_at) == (now, now + timedelta(minutes=40))


def test_old_lines_go_but_never_the_last(now):
    day = timedelta(days=1)
    PromiseResult.objects.create(
        key="data.mail", is_kept=False, since=now - 800 * day, checked_at=now - 799 * day
    )
    PromiseResult.objects.create(
        key="gone.long", is_kept=True, since=now - 800 * day, checked_at=now - 799 * day
    )
    checking.check(now=now, only=["data.mail"])
    assert list(PromiseResult.objects.values_list("key", "since").order_by("key")) == [
        ("data.mail", now), ("gone.long", now - 800 * day)
    ]  # fmt: skip


@pytest.mark.parametrize(("minutes", "is_kept"), [(119, True), (121, False)])
def test_what_two_purges_left_behind_is_a_broken_promise(stage, now, minutes, is_kept):
    over = (now - timedelta(minutes=minutes)).astimezone(CALENDAR)
    made.mail(stage.person(), over - relativedelta(months=3))
    assert checking.check(now=now, only=["storage.privacy.mail"])[0].is_kept is is_kept


def test_a_hold_explains_a_row_past_its_period(stage, now):
    alice = stage.person()
    made.mail(alice, now - timedelta(days=400))
    holds.place(email=alice.email, reason="A claim", review_on=now.date(), now=now)
    assert checking.check(now=now, only=["storage.privacy.mail"])[0].is_kept


def test_a_restriction_explains_it_too(stage, now):
    alice = stage.person()
    made.mail(alice, now - timedelta(days=400))
    restriction.restrict(alice.subject(), reason="She contests it", now=now)
    assert checking.check(now=now, only=["storage.privacy.mail"])[0].is_kept


def test_a_restriction_explains_no_visit_because_it_keeps_none(now):
    alice = made.person("alice", now)
    made.MAKERS["privacy.visit"](alice, now - timedelta(days=400))
    restriction.restrict(alice.subject(), reason="She contests it", now=now)
    assert not checking.check(now=now, only=["storage.privacy.visit"])[0].is_kept


def test_the_page_reads_what_was_found_and_looks_at_nothing(sound, now, django_assert_max_num_queries):
    checking.check(now=now)
    with django_assert_max_num_queries(8):
        page = Client().get("/privacy/promises/").content.decode()
    assert f"All {len(KEYS)} promises are kept." in page
    assert "Storage" in page


def test_the_page_speaks_french(sound, now):
    checking.check(now=now)
    page = Client().get("/fr/privacy/promises/").content.decode()
    assert "Nos engagements" in page
    assert "e-mails" in page.lower()
    with override("fr"):
        worded = {promise.key: promise.statement for promise in checking.registry()}
    assert worded["data.mail"].startswith("Aucun message")


def test_a_broken_promise_is_said_first(stage, now):
    sabotage.company.mail_that_waits(stage)
    checking.check(now=now)
    page = Client().get("/privacy/promises/").content.decode()
    assert '<a href="#datamail">No message to you waits longer than an hour.</a>' in page
    assert 'id="datamail"' in page


def test_before_any_look_the_page_says_so(sound):
    assert "not checked" in Client().get("/privacy/promises/").content.decode()


def run() -> str:
    said = StringIO()
    call_command("promises", stdout=said)
    return said.getvalue()


def test_the_command_fails_when_a_promise_is_broken(stage, now):
    assert "promises are kept" in run()
    sabotage.company.mail_that_waits(stage)
    with pytest.raises(CommandError, match=f"1 of {len(KEYS)}"):
        run()


def test_the_desk_shows_what_is_broken_and_checks_on_demand(stage, dpo_client, now):
    sabotage.company.mail_that_waits(stage)
    answer = dpo_client.post("/admin/privacy/promiseresult/check/", follow=True)
    assert f"{len(KEYS)} promises were checked" in answer.content.decode()
    assert "No message to you waits longer than an hour." in dpo_client.get("/admin/").content.decode()
    assert dpo_client.get("/admin/privacy/promiseresult/check/").status_code == 405
    PromiseResult.objects.create(key="no.more", is_kept=True, since=now, checked_at=now)
    listed = dpo_client.get("/admin/privacy/promiseresult/").content.decode()
    assert "No message to you waits longer than an hour." in listed
    assert "data.mail" not in listed
    assert "no.more" in listed


def test_staff_without_rights_cannot_start_a_check(client, clerk):
    actors.sign_in(client, clerk)
    assert client.post("/admin/privacy/promiseresult/check/").status_code == 403
    assert not PromiseResult.objects.exists()
