import shutil
from collections import namedtuple
from datetime import datetime

import pytest
from django.test import Client

from privacy.files import drafts, room, storage
from privacy.files.models import Draft, StoredFile
from privacy.files.uploads import MESSAGES, CheckedDocument
from recruitment.applications.models import Application
from tests import documents
from tests.privacy.files.forms import sent
from tests.recruitment import factories

pytestmark = pytest.mark.django_db
Disk = namedtuple("Disk", "free")


def document(size: int = 100) -> CheckedDocument:
    return CheckedDocument("cv.pdf", "application/pdf", b"x" * size)


def kept(now: datetime, size: int = 100) -> bool:
    try:
        drafts.keep(document(size), email="", now=now)
    except room.NoRoomError:
        return False
    return True


def test_so_many_drafts_are_kept_of_all_strangers_together(now, settings):
    settings.DRAFTS_MOST = 2
    assert [kept(now) for _each in range(3)] == [True, True, False]
    assert Draft.objects.count() == StoredFile.objects.count() == 2


def test_so_many_bytes_of_drafts_are_kept(now, settings):
    settings.DRAFTS_MOST_BYTES = 250
    assert [kept(now, 100), kept(now, 151), kept(now, 150), kept(now, 1)] == [True, False, True, False]


def test_what_was_taken_over_by_a_record_makes_room(now, settings):
    settings.DRAFTS_MOST = 1
    draft = drafts.keep(document(), email="", now=now)
    drafts.claim(draft, now=now)
    assert kept(now)


def test_above_the_bound_the_form_says_so_and_keeps_what_was_typed(now, settings):
    settings.DRAFTS_MOST = 0
    form = sent(now, file=documents.pdf())
    assert not form.is_valid()
    form.keep_documents()
    assert form.errors["cv"] == [
        "We could not keep this file while you correct the form, because very many files wait at this moment. "
        "Please choose it again when you send the form."
    ]
    assert not StoredFile.objects.exists()


def test_one_that_replaces_another_does_not_leave_the_old_one_behind_where_there_is_no_room(now, settings):
    draft = drafts.keep(document(), email="", now=now)
    settings.DRAFTS_MOST = 0
    form = sent(now, file=documents.pdf("Better"), token=drafts.token(draft))
    assert not form.is_valid()
    form.keep_documents()
    assert "choose it again" in str(form.errors["cv"])
    assert "We kept your file" not in str(form["cv"])


def test_above_the_bound_of_all_uploads_none_is_taken(now, settings):
    settings.UPLOADS_MOST = 1 + room.ON_THEIR_WAY
    assert room.is_left_for_upload()
    storage.store(b"ours", name="package.zip", media_type="application/zip", now=now)
    storage.store(b"theirs", name="cv.pdf", media_type="application/pdf", now=now, is_upload=True)
    assert room.is_left_for_upload()
    storage.store(b"theirs", name="cv.pdf", media_type="application/pdf", now=now, is_upload=True)
    assert not room.is_left_for_upload()
    assert sent(now, name="Alice", file=documents.pdf()).errors["cv"] == [MESSAGES["room"]]


def test_a_nearly_full_disk_is_said_before_a_file_is_chosen(monkeypatch, now, settings):
    page = Client().get("/careers/apply/").content.decode()
    assert "no room left" not in page
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Disk(settings.DISK_FREE_BYTES))
    assert "There is no room left".lower() in Client().get("/careers/apply/").content.decode().lower()
    assert not kept(now)
    assert not room.short_folders()  # nothing is short yet: it is said before


@pytest.mark.parametrize("folder", ["FILES_ROOT", "SPOOL_ROOT", "ERASURE_JOURNAL"])
def test_each_disk_counts(monkeypatch, settings, folder):
    place = getattr(settings, folder)
    watched = place.parent if folder == "ERASURE_JOURNAL" else place
    watched.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(shutil, "disk_usage", lambda where: Disk(0 if where == watched else 2**50))
    assert room.short_folders() == [watched]


def test_an_application_that_comes_when_the_disk_is_nearly_full_keeps_what_was_typed(monkeypatch, settings):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Disk(0))
    response = Client().post(
        "/careers/apply/",
        {"first_name": "Alice", "surname": "Martin", "cv": factories.cv_file(), "experience": "All I did."},
    )
    page = response.content.decode()
    assert "All I did." in page
    assert "no room left for it" in page
    assert not Application.objects.exists()
