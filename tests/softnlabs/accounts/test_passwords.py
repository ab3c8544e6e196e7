"""How the controller gets in."""

import re
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from privacy.audit.models import AuditEntry
from softnlabs.website.accounts import passwords
from softnlabs.website.accounts.models import User

pytestmark = pytest.mark.django_db


def prepare(*options: str) -> str:
    said = StringIO()
    call_command("prepare_controller", *options, stdout=said)
    return said.getvalue()


def password_in(said: str) -> str | None:
    found = re.search(r"one-time password (\S+)", said)
    return found and found.group(1)


def test_the_first_start_makes_the_controller_with_a_one_time_password():
    password = password_in(prepare())
    controller = User.objects.get()
    assert controller.email == settings.CONTROLLER["email"]
    assert controller.is_superuser
    assert controller.must_change_password
    assert controller.check_password(password)


def test_each_start_makes_a_new_one_until_the_controller_chose_their_own():
    first, second = password_in(prepare()), password_in(prepare())
    controller = User.objects.get()
    assert first != second
    assert not controller.check_password(first)
    controller.set_password("a password of one's own")
    controller.save()
    said = prepare()
    assert password_in(said) is None
    assert settings.CONTROLLER["email"] in said
    assert User.objects.get().check_password("a password of one's own")


def test_a_forgotten_password_is_replaced_on_demand():
    prepare()
    controller = User.objects.get()
    controller.set_password("forgotten, alas")
    controller.save()
    password = password_in(prepare("--reset"))
    assert User.objects.get().check_password(password)
    assert User.objects.get().must_change_password


def test_each_password_issued_is_on_record_without_the_password():
    password = password_in(prepare())
    entry = AuditEntry.objects.get(action="website.account.one_time_password_issued")
    assert entry.actor == "system"
    assert password not in str(vars(entry))


def test_passwords_are_long_and_never_the_same():
    made = {passwords.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}", password) for password in made)
