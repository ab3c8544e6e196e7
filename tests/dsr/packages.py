"""Packages, granted and unpacked."""

import io
import zipfile
from datetime import datetime

from dsr.identity import verification
from dsr.package.models import AccessPackage
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from privacy.files import storage
from tests import holdings as made
from tests.dsr.factories import make_request


def granted(who: made.SamplePerson, now: datetime, language: str = "en") -> SubjectRequest:
    subject_request = make_request(now, email=who.email, surname=who.canary)
    SubjectRequest.objects.filter(pk=subject_request.pk).update(language=language)
    return granted_request(subject_request, now)


def granted_request(subject_request: SubjectRequest, now: datetime) -> SubjectRequest:
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    return subject_request


def unpacked(subject_request: SubjectRequest) -> dict[str, bytes]:
    file = AccessPackage.objects.get(request=subject_request).file
    with zipfile.ZipFile(io.BytesIO(storage.read(file))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
