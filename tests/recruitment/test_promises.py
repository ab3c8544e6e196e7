"""The period of an application runs from a contact that took place."""

from datetime import timedelta

import pytest

from privacy.datamap.subjects import Subject
from privacy.promises.checking import Evidence
from privacy.rights import objection
from recruitment.applications import applications
from recruitment.applications.models import Application, Exchange
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


def test_a_contact_that_was_noted_for_another_application_or_day_took_place(now):
    before = now - timedelta(days=9)
    alice, other = make_application(at=before), make_application(at=before)
    day = (now - timedelta(days=2)).date()
    applications.note_message(alice, text="She called.", on=day, now=now)
    alice.delete()
    other.refresh_from_db()
    assert other.last_contact_at > before
    assert evidence("storage.contact", now) == Evidence(is_kept=True, figure=0, among=1)


def test_each_application_of_a_person_has_the_same_last_contact(now):
    alice, other = make_application(at=now), make_application(at=now)
    make_application("bob@example.org", at=now - timedelta(days=9))
    applications.reply(alice, subject="A talk", text="When?", now=now + timedelta(days=1))
    later = now + timedelta(days=2)
    assert evidence("storage.contact_of_all", later) == Evidence(is_kept=True, figure=0, among=3)
    Application.objects.filter(pk=other.pk).update(last_contact_at=now)
    assert evidence("storage.contact_of_all", later) == Evidence(is_kept=False, figure=1, among=3)


def test_nothing_is_left_of_an_archive_that_was_objected_to(now):
    make_application(at=now - timedelta(days=800), ends_at=now)
    assert evidence("storage.archive_ended", now) == Evidence(is_kept=True, figure=0, among=1)
    late = now + timedelta(hours=2)
    assert evidence("storage.archive_ended", late) == Evidence(is_kept=False, figure=1, among=1)
    make_application("bob@example.org", at=now)
    Application.objects.filter(email="alice@example.org").delete()
    objection.object_to(Subject.of_email("bob@example.org"), ["recruitment.application:archive"], now=now)
    assert evidence("storage.archive_ended", now) == Evidence(is_kept=True, figure=0, among=1)


def test_an_objection_to_the_archive_is_not_forgotten_and_a_later_application_is_not_concerned(now):
    application = make_application(at=now - timedelta(days=9))
    make_application("bob@example.org", at=now - timedelta(days=9))
    alice = Subject.of_email("alice@example.org")
    objection.object_to(alice, ["recruitment.application:archive"], now=now - timedelta(days=1))
    make_application(at=now)
    assert evidence("storage.archive_ended", now) == Evidence(is_kept=True, figure=0, among=1)
    Application.objects.filter(pk=application.pk).update(ends_at=None)
    assert evidence("storage.archive_ended", now) == Evidence(is_kept=False, figure=1, among=1)
