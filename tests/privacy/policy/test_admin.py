from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from privacy.audit.models import AuditEntry
from privacy.datamap.periods import Period
from privacy.mail import task_queue
from privacy.policy import publishing
from privacy.policy.models import PolicyVersion
from tests import actors
from tests.privacy.conftest import write_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]
LIST = "/admin/privacy/policyversion/"
PUBLISH = "/admin/privacy/policyversion/publish/"


def test_the_controller_publishes_the_first_version(dpo_client: Client, dpo):
    assert PUBLISH in dpo_client.get(LIST).content.decode()
    assert "It is the first version." in dpo_client.get(PUBLISH).content.decode()
    assert not PolicyVersion.objects.exists()
    assert "Version 1 is in force." in dpo_client.post(PUBLISH, follow=True).content.decode()
    assert PolicyVersion.objects.get().number == 1
    assert AuditEntry.objects.get(action="privacy.policy.published").actor == f"user:{dpo.pk}"


@pytest.mark.parametrize("way", ["desk", "command"])
def test_what_a_new_version_mends_is_looked_at_at_once(
    dpo_client: Client, root, monkeypatch, django_capture_on_commit_callbacks, way: str
):
    woken: list[str] = []
    monkeypatch.setattr(task_queue, "_send", lambda task, *_facts: woken.append(task))
    with django_capture_on_commit_callbacks(execute=True):
        dpo_client.post(PUBLISH)
        write_policy(root, 2, cookies="Other words.")
        dpo_client.get(PUBLISH)
    assert "privacy.promises.tasks.check_promises" not in woken  # the first version mends nothing
    with django_capture_on_commit_callbacks(execute=True):
        dpo_client.post(PUBLISH) if way == "desk" else call_command("publish_policy", stdout=StringIO())
    assert "privacy.promises.tasks.check_promises" in woken


def test_what_would_change_is_shown_first(dpo_client: Client, root):
    dpo_client.post(PUBLISH)
    write_policy(root, 2, cookies="Other words.")
    page = dpo_client.get(PUBLISH).content.decode()
    assert "Publish version 2" in page
    assert "<li>Clause cookies</li>" in page
    assert "Clause hosting" not in page


def test_a_refusal_names_its_places(dpo_client: Client, root):
    write_policy(root, 2, cookies="Kept {{ period.nothing }} or 6 months.")
    for page in (dpo_client.get(PUBLISH), dpo_client.post(PUBLISH)):
        text = page.content.decode()
        assert "“period.nothing”" in text
        assert "“6” is typed by hand" in text
    assert not PolicyVersion.objects.exists()


def test_the_same_text_is_not_published_twice(dpo_client: Client):
    dpo_client.post(PUBLISH)
    assert "Nothing changed" in dpo_client.post(PUBLISH).content.decode()
    assert PolicyVersion.objects.count() == 1


def test_a_rule_that_moved_away_is_shown(dpo_client: Client, keep_mail):
    dpo_client.post(PUBLISH)
    assert "no longer says" not in dpo_client.get(LIST).content.decode()
    keep_mail(Period(months=7))
    assert "no longer says" in dpo_client.get(LIST).content.decode()


def test_a_version_can_only_be_read(dpo_client: Client):
    dpo_client.post(PUBLISH)
    address = f"{LIST}{publishing.in_force().pk}/change/"
    assert dpo_client.get(address).status_code == 200
    assert dpo_client.post(address, {"number": 9}).status_code == 404  # as if there were no such page
    assert dpo_client.get(f"{LIST}add/").status_code == 403


def test_staff_without_the_right_cannot_publish(client: Client, clerk):
    actors.sign_in(client, clerk)
    assert client.get(PUBLISH).status_code == client.post(PUBLISH).status_code == 403
