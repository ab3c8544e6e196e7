from datetime import timedelta

import pytest

from privacy.files import drafts, fields, storage
from privacy.files.models import Draft, StoredFile
from tests import documents
from tests.privacy.files.forms import Letter, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examined_anew")]


@pytest.fixture
def token(now) -> str:
    """The token of a good CV sent in a form without a name."""
    form = sent(now, file=documents.pdf())
    assert set(form.errors) == {"name"}
    form.keep_documents(email="alice@example.org")
    return drafts.token(Draft.objects.get())


def test_a_good_file_is_kept_encrypted_and_the_page_says_so(now, token):
    draft = Draft.objects.get()
    assert storage.read(draft.file) == documents.pdf()
    assert b"Curriculum" not in storage.path_of(draft.file_id).read_bytes()
    page = str(sent(now, token=token)["cv"])
    assert "We kept your file <strong>cv.pdf</strong>" in page
    assert 'type="hidden" name="cv-kept"' in page
    assert " required" not in page


def test_the_kept_file_is_taken_over_once(now, token):
    form, again = sent(now, name="Alice", token=token), sent(now, name="Alice", token=token)
    assert form.is_valid()
    assert again.is_valid()
    file = fields.store(form.cleaned_data["cv"], now=now)
    assert storage.read(file) == documents.pdf()
    assert not Draft.objects.exists()
    with pytest.raises(drafts.DraftGoneError):
        fields.store(again.cleaned_data["cv"], now=now)
    again.report_missing_document("cv")
    assert "We no longer have your file" in str(again["cv"].errors)


def test_a_file_whose_day_ends_while_the_form_is_on_its_way_is_not_taken_over(now, token):
    draft = drafts.find(token, now=now)
    with pytest.raises(drafts.DraftGoneError):
        drafts.claim(draft, now=now + timedelta(days=1))
    assert Draft.objects.exists()  # the purge takes it, with its file


def test_another_file_replaces_the_kept_one(now, token, django_capture_on_commit_callbacks):
    before = Draft.objects.get().file
    form = sent(now, file=documents.pdf("Better"), token=token)
    assert not form.is_valid()
    with django_capture_on_commit_callbacks(execute=True):
        form.keep_documents()
    assert storage.read(Draft.objects.get().file) == documents.pdf("Better")
    assert not StoredFile.objects.filter(pk=before.pk).exists()
    assert not storage.path_of(before.pk).exists()


def test_a_bad_file_beside_a_kept_one_is_refused_and_the_kept_one_stays(now, token):
    form = sent(now, name="Alice", file=b"nonsense", token=token)
    assert set(form.errors) == {"cv"}
    form.keep_documents()
    assert "We kept your file" in str(form["cv"])


@pytest.mark.parametrize("wrong", ["", "x", "a:b:c", "\x00", "é" * 5000])
def test_a_forged_token_is_no_file(now, token, wrong):
    form = sent(now, name="Alice", token=wrong and token[:-2] + wrong)
    assert form.errors["cv"] == ["Please choose a file."]


def test_after_a_day_the_token_opens_nothing_even_before_the_purge(now, token):
    assert sent(now + timedelta(hours=23, minutes=59), name="Alice", token=token).is_valid()
    assert not sent(now + timedelta(days=1), name="Alice", token=token).is_valid()


def test_the_field_says_which_files_fit():
    assert 'accept=".pdf,.docx"' in str(Letter(now=None)["cv"])


def test_the_hint_follows_the_cap_that_runs(settings):
    settings.UPLOAD_MAX_BYTES = 3 * 1024**2
    hint = str(fields.DocumentField(kinds=("pdf", "png")).help_text)
    assert hint == "Accepted: PDF, PNG, of 3\xa0MB at most."
