"""Building the answer and handing it over."""

from datetime import datetime, timedelta

import pytest

from dsr.answer import delivery
from dsr.package import archive
from dsr.package.models import PACKAGE_KEEP, AccessPackage
from dsr.requests.case_file import CLOSED_KEEP
from dsr.requests.event_models import RequestEvent
from dsr.requests.identity_models import IdentityCheck
from dsr.requests.models import SubjectRequest
from dsr.rules.states import RequestState
from privacy.audit.models import AuditEntry
from privacy.files import storage
from privacy.files.models import StoredFile
from privacy.mail.models import Mail
from privacy.retention import purge
from tests.dsr.factories import make_request
from tests.dsr.packages import granted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def test_building_answers_the_request_and_writes_to_the_person(alice, now):
    subject_request = granted(alice, now)
    later = now + timedelta(minutes=3)
    delivery.build_packages(now=later)
    subject_request.refresh_from_db()
    assert (subject_request.state, subject_request.closed_at) == (RequestState.ANSWERED, later)
    mail = Mail.objects.get(message="request_ready")
    code = AccessPackage.objects.get(request=subject_request).code
    assert mail.to == alice.email
    assert code not in mail.text + mail.html + mail.subject


def test_building_twice_changes_nothing(alice, now):
    granted(alice, now)
    assert [delivery.build_packages(now=now) for _ in range(3)] == [1, 0, 0]
    assert StoredFile.objects.filter(media_type="application/zip").count() == 1
    assert Mail.objects.filter(message="request_ready").count() == 1


def test_one_that_fails_is_tried_again_and_keeps_back_no_other(alice, bob, now, monkeypatch):
    broken, other = granted(alice, now), granted(bob, now)
    compile_zip = archive.compile_zip

    def failing(subject_request: SubjectRequest, *, now: datetime) -> bytes:
        if subject_request.pk == broken.pk:
            raise OSError("disk full")
        return compile_zip(subject_request, now=now)

    monkeypatch.setattr(archive, "compile_zip", failing)
    assert delivery.build_packages(now=now) == 1
    other.refresh_from_db()
    assert other.state == RequestState.ANSWERED
    assert AccessPackage.objects.get(request=broken).tries == 1
    AccessPackage.objects.filter(request=broken).update(tries=delivery.MAX_TRIES)
    assert delivery.build_packages(now=now) == 0
    assert AccessPackage.objects.get(request=broken).tries == delivery.MAX_TRIES  # as high as it counts
    monkeypatch.undo()
    assert delivery.build_packages(now=now) == 1


def test_a_download_needs_the_code_and_is_on_record(alice, now):
    subject_request = granted(alice, now)
    with pytest.raises(delivery.PackageNotReadyError):
        delivery.download(subject_request.pk, "", now=now)
    delivery.build_packages(now=now)
    code = AccessPackage.objects.get(request=subject_request).code
    for wrong in ("", "0000-0000-0000", code[:-1], code + "0"):
        with pytest.raises(delivery.WrongCodeError):
            delivery.download(subject_request.pk, wrong, now=now)
    response = delivery.download(subject_request.pk, f" {code.lower().replace('-', ' ')} ", now=now)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Cache-Control"] == "no-store"
    ready = AccessPackage.objects.get(request=subject_request)
    assert (ready.downloads, ready.downloaded_at) == (1, now)
    assert (
        AuditEntry.objects.filter(action="dsr.request.downloaded", key=str(subject_request.pk)).count() == 1
    )


def test_past_its_days_it_cannot_be_had_even_if_the_purge_is_late(alice, now):
    subject_request = granted(alice, now)
    delivery.build_packages(now=now)
    code = AccessPackage.objects.get(request=subject_request).code
    end = PACKAGE_KEEP.after(now)
    delivery.download(subject_request.pk, code, now=end - timedelta(seconds=1))
    with pytest.raises(delivery.PackageNotReadyError):
        delivery.download(subject_request.pk, code, now=end)


@pytest.mark.django_db(transaction=True)
def test_the_purge_destroys_the_package_after_its_days_and_the_request_file_after_five_years(alice, bob, now):
    subject_request, other = granted(alice, now), make_request(now, email=bob.email)
    delivery.build_packages(now=now)
    file = AccessPackage.objects.get(request=subject_request).file
    purge.run(now=PACKAGE_KEEP.after(now))
    assert (
        AccessPackage.objects.count() == StoredFile.objects.filter(media_type="application/zip").count() == 0
    )
    assert not storage.path_of(file.pk).exists()
    assert subject_request.events.count() == 5
    end = CLOSED_KEEP.after(now)
    purge.run(now=end - timedelta(seconds=1))
    assert SubjectRequest.objects.count() == 2
    purge.run(now=end)
    assert list(SubjectRequest.objects.all()) == [other]
    assert RequestEvent.objects.exclude(request=other).count() == 0
    assert IdentityCheck.objects.count() == 0
