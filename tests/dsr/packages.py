"""Packages, granted and unpacked."""

import io
import zipfile
from datetime import datetime

from dsr.identity import verification
from dsr.package.models import AccessPackage
from dsr.requests.identity_models import How
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from privacy.files import storage
from tests import holdings as made
from tests.dsr.factories import make_request


def granted(who: made.SamplePerson, now: datetime, language: str = "en") -> SubjectRequest:
    asked = make_request(now, email=who.email, visitors={who.visitor}, surname=who.canary)
    SubjectRequest.objects.filter(pk=asked.pk).update(language=language)
    verification.check(asked.pk, how=How.EMAIL, now=now)
    decisions.grant(asked.pk, now=now)
    return asked


def unpacked(asked: SubjectRequest) -> dict[str, bytes]:
    file = AccessPackage.objects.get(request=asked).file
    with zipfile.ZipFile(io.BytesIO(storage.read(file))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
