"""The audit trail in words: what a person reads in their package, and the controller at the desk."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone, translation

from dsr.rules.transitions import EVENT_TYPES
from privacy import plugins
from privacy.audit import labels, trail
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import holding
from softnlabs.website.enquiries.models import Enquiry

ACTION = re.compile(r"[a-z]+\.[a-z_]+\.[a-z_]+")


def recorded() -> Iterator[str]:
    """Every verb that the code writes down as it stands."""
    for app in ("softnlabs", "privacy", "consent", "dsr", "recruitment"):
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in {"trail.record", "_record"}:
                    first = node.args[0] if node.args else None
                    if isinstance(first, ast.Constant) and ACTION.fullmatch(str(first.value)):
                        yield str(first.value)


def test_each_action_has_a_label_in_both_languages():
    actions = {*recorded(), *(f"dsr.request.{code.lower()}" for code in EVENT_TYPES)}
    assert len(actions) > 20
    with translation.override("en"):
        english = {action: labels.action_label(action) for action in actions}
    with translation.override("fr"):
        french = {action: labels.action_label(action) for action in actions}
    assert [
        action
        for action in actions
        if action in {english[action], french[action]} or english[action] == french[action]
    ] == []


def test_each_look_is_an_action_with_a_label():
    looks = [action for config in plugins.installed() for action in config.looks]
    labelled = {action for config in plugins.installed() for action in config.audit_labels}
    assert len(looks) > 5
    assert [action for action in looks if action not in labelled] == []


@pytest.mark.parametrize("action", labels.MODEL_ADMIN_LABELS)
def test_the_labels_of_the_admin_name_the_kind_of_record(action):
    with translation.override("en"):
        assert "enquiry" in labels.action_label(f"website.enquiry.{action}")


@pytest.mark.parametrize("action", ["gone.away", "gone.model.viewed", "plain", "", "website.enquiry.of_old"])
def test_an_action_that_nobody_names_any_more_stays_as_it_is(action):
    assert labels.action_label(action) == action


@pytest.mark.django_db
def test_the_package_and_the_desk_say_it_in_words(dpo_client, dpo):
    with trail.acting("visitor", "web:contact"):
        entry = trail.record("website.enquiry.received", now=timezone.now(), about="f" * 64)
    with translation.override("fr"):
        told = {name: value for name, _label, value in holding(AuditEntry).export(entry)}
    assert told["action"] == "un message du formulaire de contact a été reçu"
    page = dpo_client.get("/fr/admin/privacy/auditentry/").content.decode()
    assert page.count("un message du formulaire de contact a été reçu") == 2  # in the list and in its filter
    assert "un visiteur" in page
    assert dpo_client.get(f"/fr/admin/privacy/auditentry/{entry.pk}/change/").status_code == 200


@pytest.mark.django_db
def test_the_list_at_the_desk_names_records_in_words_and_filters_by_them(dpo_client):
    with trail.acting("visitor", "web:contact"):
        entry = trail.record("website.enquiry.received", now=timezone.now(), obj=Enquiry(pk=17))
    page = dpo_client.get("/fr/admin/privacy/auditentry/").content.decode()
    assert "demande de contact 17" in page
    assert ">demande de contact</a>" in page
    assert f">{entry.kind}<" not in page
    chosen = dpo_client.get(f"/fr/admin/privacy/auditentry/?kind={entry.kind}").content.decode()
    assert "demande de contact 17" in chosen
