"""The buttons of the desk follow from the table of transitions."""

import inspect

import pytest
from django.urls import reverse
from django.utils import translation

from dsr.answer.tasks import build_packages
from dsr.desk.admin_action import FORM_CLASSES, AdminAction
from dsr.desk.admin_actions import ADMIN_ACTIONS, FUNCTIONS, TASKS
from dsr.desk.forms.base import AdminActionForm
from dsr.rules.transitions import DeskForm, Transition
from privacy.mail import task_queue
from tests.dsr.admin_pages import do, page_of
from tests.dsr.factories import make_request
from tests.dsr.steps import checked

EVERY_ACTION = pytest.mark.parametrize("action", ADMIN_ACTIONS, ids=lambda action: action.path)
PK = "00000000-0000-0000-0000-000000000001"


def test_every_button_has_a_function_and_every_function_a_button():
    offered = {transition for transition in Transition if transition.button}
    assert offered == set(FUNCTIONS)
    assert set(TASKS) <= offered
    assert [action.transition for action in ADMIN_ACTIONS] == [each for each in Transition if each.button]


def test_every_kind_of_form_has_its_class_and_is_used():
    assert set(FORM_CLASSES) == set(DeskForm) == {action.button.form for action in ADMIN_ACTIONS}
    assert all(issubclass(form_class, AdminActionForm) for form_class in FORM_CLASSES.values())


@EVERY_ACTION
def test_the_function_takes_a_request_and_the_time(action: AdminAction):
    names = list(inspect.signature(action.execute).parameters)
    assert names[0] == "request_id"
    assert "now" in names


@EVERY_ACTION
def test_it_has_an_address_and_says_in_both_languages_what_it_does(action: AdminAction):
    assert reverse(f"admin:{action.url_name}", args=[PK]).endswith(f"/{action.path}/")
    said = set()
    for language in ("en", "fr"):
        with translation.override(language):
            said.add(str(action.consequence))
    assert len(said) == 2


def test_what_these_buttons_send_can_be_previewed():
    assert {action.path for action in ADMIN_ACTIONS if action.sends_message} == {
        "ask-identity",
        "grant",
        "refuse",
        "refuse-as-prepared",
        "extend",
        "write",
        "announce",
        "end-objection",
        "close",
        "reopen",
    }


def test_no_address_is_used_twice():
    assert len({action.path for action in ADMIN_ACTIONS}) == len(ADMIN_ACTIONS)


@pytest.mark.django_db
@pytest.mark.usefixtures("acting", "today")
def test_what_would_be_sent_can_be_read_before(dpo_client, now):
    page = page_of(dpo_client, make_request(now))
    assert "/write/preview/" in page
    assert "/note/preview/" not in page


@pytest.mark.django_db
@pytest.mark.usefixtures("acting", "today")
def test_only_what_has_a_task_enqueues_one(dpo_client, now, monkeypatch):
    """The schedule would build the package as well, up to two minutes later."""
    enqueued: list[str] = []
    monkeypatch.setattr(task_queue, "enqueue", enqueued.append)
    request = checked(make_request(now), now)
    enqueued.clear()
    do(dpo_client, request, "note", text="She telephoned.")
    assert enqueued == []
    do(dpo_client, request, "grant")
    assert enqueued == [build_packages.name]
