"""Steps of a request that many tests begin with."""

import io
import zipfile
from datetime import datetime

from django.test import Client

from dsr.answer import delivery
from dsr.identity import verification
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from dsr.rules.rights import Right
from privacy.datamap.subjects import fingerprint
from privacy.files import storage
from softnlabs.website.enquiries.models import Enquiry
from tests import holdings as made
from tests.dsr.admin_pages import do
from tests.dsr.factories import make_request


def ask(now: datetime, *rights: Right, email: str = "alice@example.org", **more) -> SubjectRequest:
    return make_request(now, email=email, rights=[right.value for right in rights], **more)


def checked(subject_request: SubjectRequest, now: datetime) -> SubjectRequest:
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    return subject_request


def outcomes(subject_request: SubjectRequest) -> dict[str, str]:
    return dict(subject_request.items.values_list("right", "outcome"))


def package_of(subject_request: SubjectRequest, now: datetime) -> dict[str, bytes]:
    decisions.grant(checked(subject_request, now).pk, now=now)
    delivery.build_packages(now=now)
    subject_request.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(storage.read(subject_request.package.file))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def enquiry_of(who: made.SamplePerson) -> Enquiry:
    return Enquiry.objects.get(email=who.email)


def correct(dpo_client: Client, subject_request: SubjectRequest, row, field: str, wished: str, **more: str):
    today = getattr(type(row)._base_manager.filter(pk=row.pk).first() or row, field)
    place = f"{row._meta.label_lower} {row.pk} {field} {fingerprint(str(today))[:12]}"
    words = {"place": place, "wished": wished, "is_accepted": "yes", "reason": "", **more}
    return do(dpo_client, subject_request, "correct", **words)
