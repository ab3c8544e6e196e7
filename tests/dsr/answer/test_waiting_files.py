"""A scanner for viruses is named for the first time: what strangers sent waits for it, what we made does not."""

import io
import zipfile

import pytest

from dsr.answer import delivery
from dsr.messages.letter_models import SentLetter
from dsr.package.models import AccessPackage
from privacy.audit.models import AuditEntry
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.quarantine import clamd, scanning
from recruitment.applications.models import Application
from tests import holdings
from tests.dsr import factories
from tests.dsr.admin_pages import QUEUE, page_of
from tests.dsr.packages import granted
from tests.dsr.pages import client_with_grant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


@pytest.fixture
def name_scanner(settings, monkeypatch):
    """Of files from before the scanner nobody knows who made them: all of them count as sent to us."""

    def name() -> None:
        settings.SCANNER = "unix:/run/clamd.ctl"
        monkeypatch.setattr(clamd, "scan", lambda _content: "")
        StoredFile.objects.update(is_upload=True, scanned_at=None)

    return name


def test_a_package_with_a_file_that_waits_is_no_failure_and_is_made_once_it_is_scanned(
    alice, now, dpo_client, name_scanner
):
    application = holdings.application(alice, now)
    subject_request = granted(alice, now)
    name_scanner()
    assert delivery.build_packages(now=now) == 0
    assert AccessPackage.objects.get(request=subject_request).tries == 0
    assert "It waits until a file in it is scanned for viruses." in page_of(dpo_client, subject_request)
    scanning.run(now=now)
    assert "scanned for viruses" not in page_of(dpo_client, subject_request)
    assert delivery.build_packages(now=now) == 1
    subject_request.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(storage.read_unscanned(subject_request.package.file))) as archive:
        cv = storage.read(Application.objects.get(pk=application.pk).cv)
        assert cv in [archive.read(name) for name in archive.namelist()]


def test_what_we_made_opens_though_nobody_scanned_it(alice, now, dpo_client, name_scanner):
    subject_request = granted(alice, now)
    delivery.build_packages(now=now)
    name_scanner()
    package = AccessPackage.objects.get(request=subject_request)
    assert delivery.download(subject_request.pk, package.code, now=now).content
    letter = SentLetter.objects.filter(request=subject_request).first()
    client = client_with_grant(subject_request)
    assert client.get(f"/privacy/requests/{subject_request.pk}/letters/{letter.pk}/").status_code == 200
    assert dpo_client.get(f"{QUEUE}{subject_request.pk}/letters/{letter.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("prefix", "words"),
    [("", "still being scanned for viruses"), ("/fr", "encore en cours d’analyse par l’antivirus")],
)
def test_a_proof_that_waits_is_said_in_words_and_no_look_is_on_record(
    now, dpo_client, name_scanner, prefix, words
):
    told = factories.recipient_notification(holdings.person("alice", now), now)
    name_scanner()
    response = dpo_client.get(f"{prefix}{QUEUE}{told.request_id}/papers/{told.file_id}/", follow=True)
    assert words in response.text
    assert not AuditEntry.objects.filter(action="dsr.document.opened").exists()


def test_a_lost_letter_is_said_in_words(alice, now):
    subject_request = granted(alice, now)
    delivery.build_packages(now=now)
    letter = SentLetter.objects.filter(request=subject_request).first()
    storage.path_of(letter.file_id).unlink()
    response = client_with_grant(subject_request).get(
        f"/privacy/requests/{subject_request.pk}/letters/{letter.pk}/"
    )
    assert response.status_code == 410
    assert "It is damaged or missing." in response.text
