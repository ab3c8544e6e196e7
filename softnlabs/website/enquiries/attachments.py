"""Files of messages, looked at by the staff: each look is on record."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.datamap import subjects
from privacy.files import rendering, storage
from softnlabs.website.enquiries.models import EnquiryAttachment

SHOWN, DOWNLOADED = "website.enquiry.file_shown", "website.enquiry.file_downloaded"
PICTURE_LASTS = timedelta(minutes=10)  # after its page was shown


def show(attachment: EnquiryAttachment, number: int, *, now: datetime) -> rendering.ShownPage:
    """One page, from 1. Raises as `privacy.files.rendering.page`."""
    page = rendering.page(attachment.file, number)
    _record(SHOWN, attachment, now, page=number)
    return page


def picture(attachment: EnquiryAttachment, number: int, *, now: datetime) -> HttpResponse:
    """For the page that was just shown: without that look on record it raises `PermissionDenied`."""
    shown = AuditEntry.objects.filter(
        action=SHOWN,
        key=str(attachment.pk),
        actor=trail.actor(),
        at__gt=now - PICTURE_LASTS,
        detail__page=number,
    )
    if not shown.exists():
        raise PermissionDenied
    return rendering.picture(attachment.file, number)


def download(attachment: EnquiryAttachment, *, now: datetime) -> HttpResponse:
    """The original. Raises `privacy.files.storage.UnreadableFileError`."""
    response = storage.attachment(attachment.file)
    _record(DOWNLOADED, attachment, now)
    return response


def _record(action: str, attachment: EnquiryAttachment, now: datetime, **detail: int) -> None:
    about = subjects.fingerprint(attachment.message.enquiry.email)
    trail.record(action, obj=attachment, about=about, now=now, detail=detail)
