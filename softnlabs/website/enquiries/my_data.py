"""The section of “My data” with what the person and we wrote to each other: ``my_data`` in :mod:`privacy.plugins`.

It shows of each enquiry what the page of holdings would: nothing that bears another name, was withheld or redacted, or
is about somebody in doubt. Of calls and meetings only the day: their notes are ours, and nobody looks at them before.
"""

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from dsr.my_data import held, panels
from dsr.my_data.held import HeldSearch
from dsr.package.search import Omissions
from privacy.datamap.registry import holding
from privacy.datamap.subjects import Subject
from softnlabs.website.enquiries.models import Enquiry, EnquiryMessage

MOST = 5  # the latest enquiries
MOST_MESSAGES = 30  # of one enquiry, the latest
WRITTEN = frozenset({EnquiryMessage.Channel.EMAIL, EnquiryMessage.Channel.LETTER})


def body(request: HttpRequest, person: Subject, *, now: datetime) -> SafeString:
    if held.is_in_doubt(person):
        return render_to_string("account/enquiries.html", {"is_in_doubt": True}, request)
    found = held.search_for(person, panels.account_names(request), now=now)
    rows = _rows(found, Enquiry)
    listed = list(rows.order_by("-last_contact_at", "-pk")[:MOST])
    told = [(each, _first(found, each), _messages(found, each)) for each in listed]
    facts = {"enquiries": told, "more": rows.count() - len(listed), "is_shared": found.names.is_shared}
    return render_to_string("account/enquiries.html", facts, request)


def _rows(found: HeldSearch, model: type[Model]) -> Any:
    """Nothing where the whole kind was withheld."""
    known = holding(model)
    is_withheld = Omissions(found.exemptions).whole(known.label) is not None
    return known.rows().none() if is_withheld else found.rows(known)


def _first(found: HeldSearch, enquiry: Enquiry) -> str:
    return "" if _is_redacted(found, enquiry, "message") else enquiry.message


def _messages(found: HeldSearch, enquiry: Enquiry) -> list[tuple[EnquiryMessage, str]]:
    """Each with its text, if that may be shown, in their order."""
    latest = list(_rows(found, EnquiryMessage).filter(enquiry=enquiry).order_by("-at", "-pk")[:MOST_MESSAGES])
    return [(each, each.text if _is_readable(found, each) else "") for each in reversed(latest)]


def _is_readable(found: HeldSearch, message: EnquiryMessage) -> bool:
    return message.channel in WRITTEN and not _is_redacted(found, message, "text")


def _is_redacted(found: HeldSearch, row: Enquiry | EnquiryMessage, field: str) -> bool:
    return (row._meta.label_lower, str(row.pk), field) in found.redactions
