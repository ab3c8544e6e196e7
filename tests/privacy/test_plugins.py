"""What apps may declare, and what keeps the site from starting."""

from datetime import datetime

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.http import HttpRequest

import tests
from privacy import checks, plugins
from privacy.datamap.declarations import NotPersonal
from privacy.promises.checking import Promise

UNUSABLE = {
    "audit_labels": {"privacy.sample.done": 7},
    "looks": (7,),
    "cases": {"recruitment.no_such": ""},
    "decisions": {"privacy.sample.done": "granted"},
    "promises": ("privacy.promises.about_files.promises",),
    "promises_panel": plugins.PromisesPanel("facts", "dsr/lifecycle/statistics.html"),
    "policy_placeholders": {"list.samples": "consent.cookies.registry.listing"},
    "policy_facts": {"list.samples": 7},
    "served_rights": {"samples": plugins.ServedRight("Samples", "recruitment:no-such-page")},
    "bound_templates": ("recruitment/no_such.html",),
    "third_party_data": {"auth.Permission": "a list of what can be done"},
    "forms": {"recruitment.sample": plugins.PublicForm("A form", ("privacy.mail",))},
    "stores": ("privacy.journal.store",),
    "replays": {"privacy.sample.done": lambda entry, *, now: 0},
    "file_senders": {"recruitment.application": lambda: None},
    "forbidden_rows": (lambda label: None,),
    "objections": {"NO_SAMPLES": lambda browser, *, email, now: True},
    "admin_panel": lambda request: None,
    "my_data": (plugins.MyDataSection("samples", "Samples", lambda request: ""),),
    "confirmed_addresses": lambda: (),
    "wrapped_secrets": ("softnlabs.website.accounts.factor_secrets.FactorSecrets",),
    "permissions_of_groups": {"recruiter": ("recruitment.no_such",)},
    "waiting_work": lambda: (),
    "load_content": lambda: None,
}


def problems() -> list[str]:
    return [str(message.id) for message in checks.check_plugins(None)]


def test_the_installed_apps_pass_and_django_runs_the_check(monkeypatch):
    assert problems() == []
    monkeypatch.setattr(apps.get_app_config("dsr"), "admin_panel", "dsr.desk.panel.waiting")
    assert "privacy.E010" in [message.id for message in run_checks()]


def test_the_check_asks_the_database_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        checks.check_plugins(None)


def test_the_apps_that_take_part_are_those_of_ours():
    found = plugins.installed()
    assert [config.label for config in found] == ["privacy", "consent", "recruitment", "dsr", "website"]


def test_by_default_an_app_brings_nothing(monkeypatch):
    bare = plugins.PrivacyAppConfig("tests", tests)
    monkeypatch.setattr(plugins, "installed", lambda: [bare])
    assert problems() == []


def test_each_hook_is_checked():
    assert UNUSABLE.keys() == plugins.PrivacyAppConfig.__annotations__.keys()


@pytest.mark.parametrize("hook", UNUSABLE)
def test_what_cannot_be_used_cannot_start(monkeypatch, hook):
    monkeypatch.setattr(apps.get_app_config("recruitment"), hook, UNUSABLE[hook])
    (message,) = checks.check_plugins(None)
    assert message.id == "privacy.E010"
    assert f"recruitment: {hook}" in message.msg


def test_a_fact_about_the_placeholder_of_another_app_cannot_start(monkeypatch):
    monkeypatch.setattr(apps.get_app_config("recruitment"), "policy_facts", {"controller.name": lambda: True})
    (message,) = checks.check_plugins(None)
    assert "recruitment: policy_facts['controller.name']" in message.msg


def test_a_function_that_became_a_method_cannot_start(monkeypatch):
    """In the class body Python binds a function to the app: it belongs into ``ready()``."""

    def panel(request: HttpRequest, *, now: datetime) -> None:
        return None

    monkeypatch.setattr(type(apps.get_app_config("recruitment")), "admin_panel", panel)
    assert problems() == ["privacy.E010"]


@pytest.mark.parametrize("model", ["auth.Nothing", "nothing.Permission", "Permission"])
def test_a_declaration_of_no_model_cannot_start(monkeypatch, model):
    declared = {model: NotPersonal("A list.")}
    monkeypatch.setattr(apps.get_app_config("recruitment"), "third_party_data", declared)
    assert problems() == ["privacy.E010"]


@pytest.mark.parametrize("holdings", [(), ("website.nothing",), ("website.enquiry", "website.nothing")])
def test_a_form_that_fills_no_holding_cannot_start(monkeypatch, holdings):
    declared = {"recruitment.sample": plugins.PublicForm("A form", holdings)}
    monkeypatch.setattr(apps.get_app_config("recruitment"), "forms", declared)
    assert problems() == ["privacy.E010"]


def test_a_panel_without_its_template_cannot_start(monkeypatch):
    panel = plugins.PromisesPanel(lambda *, now: {}, "recruitment/no_such.html")
    monkeypatch.setattr(apps.get_app_config("recruitment"), "promises_panel", panel)
    assert problems() == ["privacy.E010"]


def promise(key: str) -> Promise:
    return Promise(key, "security", "A sentence.", "figures", lambda _check_run: None)


@pytest.mark.parametrize(
    ("hook", "twice"),
    [
        ("audit_labels", {"privacy.hold.placed": "a hold was placed"}),
        ("promises", (lambda: [promise("storage.files")],)),
        ("promises", (lambda: [promise("a.sample"), promise("a.sample")],)),
        ("policy_placeholders", {"list.cookies": str}),
        ("policy_facts", {"list.cookies": list}),
        ("served_rights", {"access": plugins.ServedRight("Access", "privacy:data")}),
        ("third_party_data", {"auth.permission": NotPersonal("A list.")}),
        ("forms", {"dsr.request": plugins.PublicForm("A form", ("website.enquiry",))}),
        ("file_senders", {"dsr.enclosure": lambda row: None}),
        ("replays", {"erasure": lambda entry, subject, *, now: 0}),
        (
            "objections",
            {"NO_NAVIGATION": lambda browser, *, email, words, language, now: True},
        ),
    ],
)
def test_what_is_declared_twice_cannot_start(monkeypatch, hook, twice):
    monkeypatch.setattr(apps.get_app_config("recruitment"), hook, twice)
    found = checks.check_plugins(None)
    assert {message.id for message in found} == {"privacy.E011"}
    assert all(message.msg.startswith(hook) for message in found)


@pytest.mark.parametrize("name", ["", "list", "List.Cookies", "list.", "list cookies", "list.{x}"])
def test_a_placeholder_that_no_text_can_name_cannot_start(monkeypatch, name):
    monkeypatch.setattr(apps.get_app_config("recruitment"), "policy_placeholders", {name: lambda: ""})
    assert problems() == ["privacy.E012"]
