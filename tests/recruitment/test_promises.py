"""The period of an application runs from a contact that took place."""

from datetime import timedelta

import pytest

from privacy.promises.checking import Evidence
from recruitment.applications import applications
from recruitment.applications.models import Exchange
from tests.evidence import evidence
from tests.recruitment.factories import make_application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def test_each_message_is_a_contact(now):
    application = make_application(at=now)
    later = now + timedelta(days=3)
    applications.note_message(application, text="I moved.", now=now + timedelta(days=1))
    applications.reply(application, subject="A talk", text="When?", now=later)
    make_application("bob@example.org", at=now)
    assert evidence("storage.contact", later) == Evidence(is_kept=True, figure=0, among=2)
    assert evidence("storage.contact", later - timedelta(seconds=1)) == Evidence(
        is_kept=False, figure=1, among=2
    )


def test_a_contact_took_place_although_its_message_was_erased(now):
    application = make_application(at=now - timedelta(days=3))
    applications.reply(application, subject="A talk", text="When?", now=now)
    Exchange.objects.all().delete()
    assert evidence("storage.contact", now) == Evidence(is_kept=True, figure=0, among=1)
