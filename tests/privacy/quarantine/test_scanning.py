from collections.abc import Iterator
from datetime import timedelta

import pytest

from privacy.audit.models import AuditEntry
from privacy.files import drafts, storage, sweep
from privacy.files.models import Draft, StoredFile
from privacy.files.uploads import CheckedDocument
from privacy.mail.models import Mail
from privacy.quarantine import clamd, scanning
from recruitment.applications.models import Application
from tests import documents, holdings
from tests.conftest import ALICE, BOB
from tests.privacy.quarantine import scanners

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


@pytest.fixture
def scanner(monkeypatch, settings) -> Iterator[list[bytes]]:
    """One that finds the test virus, and is away while :data:`settings.SCANNER` is "away"."""
    seen: list[bytes] = []
    settings.SCANNER = "unix:/run/clamd.ctl"

    def scan(content: bytes) -> str:
        if settings.SCANNER == "away":
            raise clamd.ScannerAwayError("gone")
        seen.append(content)
        if content == b"too large":
            raise clamd.NotScannedError("INSTREAM size limit exceeded. ERROR")
        return "Test.Eicar" if scanners.EICAR in content else ""

    monkeypatch.setattr(clamd, "scan", scan)
    return seen


def upload(content: bytes, now) -> StoredFile:
    return storage.store(content, name="cv.pdf", media_type="application/pdf", now=now, is_upload=True)


def application(content: bytes, now, email: str = ALICE, language: str = "en") -> Application:
    made = holdings.application(holdings.person("alice" if email == ALICE else "bob", now), now)
    Application.objects.filter(pk=made.pk).update(cv=upload(content, now), email=email, language=language)
    return Application.objects.get(pk=made.pk)


def test_without_a_scanner_nothing_waits(now):
    file = upload(b"a CV", now)
    assert storage.read(file) == b"a CV"
    assert scanning.run(now=now) == 0
    assert not scanning.late(now=now + timedelta(days=1)).exists()


def test_nobody_opens_a_file_before_it_was_found_clean(now, scanner):
    file = upload(b"a CV", now)
    with pytest.raises(storage.QuarantinedError):
        storage.attachment(file)
    assert scanning.run(now=now) == 1
    assert storage.read(StoredFile.objects.get()) == b"a CV"
    assert scanner == [b"a CV"]
    assert scanning.run(now=now) == 0


def test_what_we_make_ourselves_waits_for_nobody(now, scanner):
    file = storage.store(b"a letter", name="letter.pdf", media_type="application/pdf", now=now)
    assert storage.read(file) == b"a letter"
    assert scanning.run(now=now) == 0


def test_files_wait_while_the_scanner_is_away_and_are_tried_again(now, scanner, settings):
    file = upload(b"a CV", now)
    settings.SCANNER = "away"
    assert scanning.run(now=now) == 0
    with pytest.raises(storage.QuarantinedError):
        storage.read(StoredFile.objects.get())
    assert not scanning.late(now=now + timedelta(hours=1)).exists()
    assert list(scanning.late(now=now + timedelta(hours=1, seconds=1))) == [file]
    settings.SCANNER = "unix:/run/clamd.ctl"
    assert scanning.run(now=now + timedelta(hours=2)) == 1
    assert not scanning.late(now=now + timedelta(hours=2)).exists()


def test_one_that_the_scanner_refuses_waits_and_stops_no_other(now, scanner):
    upload(b"too large", now)
    upload(b"a CV", now)
    assert scanning.run(now=now) == 1
    assert list(scanning.waiting()) == list(StoredFile.objects.filter(size=len(b"too large")))


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "Please send your file again"), ("fr", "Merci d’envoyer de nouveau votre fichier")],
)
def test_an_infected_cv_is_destroyed_and_the_applicant_is_asked_for_another(
    now, scanner, language, subject, settings, django_capture_on_commit_callbacks
):
    hers, his = application(scanners.EICAR, now, ALICE, language), application(b"a CV", now, BOB)
    with django_capture_on_commit_callbacks(execute=True):
        assert scanning.run(now=now) >= 2
    file = StoredFile.objects.get(pk=hers.cv_id)
    assert (bytes(file.wrapped_key), file.infected_at, storage.path_of(file.pk).exists()) == (b"", now, False)
    with pytest.raises(storage.InfectedError):
        storage.read(file)
    assert storage.read(Application.objects.get(pk=his.pk).cv) == b"a CV"
    assert Application.objects.filter(pk=hers.pk).exists()  # what she typed is not lost
    (to_her,) = Mail.objects.filter(message="file_destroyed")
    assert (to_her.to, to_her.language, to_her.subject) == (ALICE, language, subject)
    assert "/careers/apply/" in to_her.text
    (to_controller,) = Mail.objects.filter(message="file_infected")
    assert to_controller.to == settings.CONTROLLER["email"]
    assert ALICE not in to_controller.text
    entry = AuditEntry.objects.get(action="privacy.file.infected")
    assert entry.detail == {"found": "Test.Eicar"}
    assert not Mail.objects.filter(to=BOB, message__startswith="file").exists()


def test_an_infected_file_breaks_no_promise_about_files(now, scanner, django_capture_on_commit_callbacks):
    application(scanners.EICAR, now)
    with django_capture_on_commit_callbacks(execute=True):
        scanning.run(now=now)
    found = sweep.find_orphans(now=now + timedelta(days=1))
    infected = StoredFile.objects.exclude(infected_at=None).get()
    assert infected.pk.hex not in found.rows


def test_an_infected_draft_goes_whole_and_its_form_asks_for_another_file(now, scanner):
    document = CheckedDocument("cv.pdf", "application/pdf", scanners.EICAR)
    token = drafts.token(drafts.keep(document, email=ALICE, now=now))
    scanning.run(now=now)
    assert not Draft.objects.exists()
    assert not StoredFile.objects.exists()
    assert drafts.find(token, now=now) is None
    assert AuditEntry.objects.filter(action="privacy.file.infected").count() == 1
    assert not Mail.objects.exists()


@pytest.mark.parametrize("label", ["dsr.enclosure", "dsr.identityproof"])
def test_whoever_asked_is_told_of_a_document_that_was_destroyed(now, scanner, label):
    alice = holdings.person("alice", now)
    row = holdings.MAKERS[label](alice, now)
    type(row).objects.filter(pk=row.pk).update(file=upload(scanners.EICAR, now))
    scanning.run(now=now)
    (mail,) = Mail.objects.filter(message="file_destroyed")
    assert mail.to == alice.email
    assert "/privacy/requests/" in mail.text


def test_whoever_acts_for_another_is_told_and_the_other_is_not(now, scanner):
    alice = holdings.person("alice", now)
    row = holdings.MAKERS["dsr.representative"](alice, now)
    mandate = type(row.mandate).objects.filter(pk=row.mandate_id)
    mandate.update(file=upload(scanners.EICAR, now))
    scanning.run(now=now)
    assert [mail.to for mail in Mail.objects.filter(message="file_destroyed")] == [row.email]


def test_where_nobody_is_known_the_controller_alone_is_told(now, scanner):
    row = holdings.MAKERS["dsr.mandate"](holdings.person("alice", now), now)
    type(row).objects.filter(pk=row.pk).update(file=upload(scanners.EICAR, now))
    assert not hasattr(row, "representative")
    scanning.run(now=now)
    assert {mail.message for mail in Mail.objects.filter(message__startswith="file")} == {"file_infected"}


@pytest.mark.fault
@pytest.mark.scanner
def test_with_clamav_itself(now, settings):
    infected, clean = upload(scanners.EICAR, now), upload(documents.pdf(), now)
    with scanners.real() as settings.SCANNER:
        assert scanning.run(now=now) == 2
    assert StoredFile.objects.get(pk=infected.pk).infected_at
    assert storage.read(StoredFile.objects.get(pk=clean.pk)) == documents.pdf()
