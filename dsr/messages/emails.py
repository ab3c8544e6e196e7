"""The messages about requests: one function and one template, ``emails/request_*.html``, each.

Those to the person that tell more than a link are kept as letters too (:mod:`dsr.messages.letters`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from dsr.messages import letters
from dsr.package.models import AccessPackage
from dsr.requests.document_models import Enclosure, IdentityProof
from dsr.requests.item_models import RequestItem
from dsr.requests.mandate_models import Mandate, Representative, mandate_of, reader_of, submitter_of
from dsr.requests.models import UNCONFIRMED_KEEP, BaseRequest, SubjectRequest, UnconfirmedRequest
from dsr.rules import proofs
from dsr.rules.deadlines import paris_day
from dsr.rules.rights import Right
from privacy import plugins
from privacy.datamap.periods import Period
from privacy.mail import outbox
from privacy.rights import erasure
from privacy.web import signed_links

CONFIRM, FOLLOW, PACKAGE = "request-confirm", "request-follow", "request-package"
FOLLOW_LINK_LASTS = timedelta(days=7)
PROOF_WAITS = Period(months=2)


def confirm(unconfirmed_request: UnconfirmedRequest, *, now: datetime) -> None:
    """Ask whether the address is right: nothing happens before the link in it is used."""
    until = UNCONFIRMED_KEEP.after(now)
    facts = {
        "link": _address(
            "dsr:confirm-link", unconfirmed_request.language, confirmation(unconfirmed_request, now=now)
        ),
        "until": until,
    }
    _mail("request_confirm", unconfirmed_request, facts, now, reader=submitter_of(unconfirmed_request))


def unconfirmed(found: Sequence[UnconfirmedRequest], *, more: int, now: datetime) -> None:
    """The links of several forms of one mailbox, and how many ``more`` there are; in the language of the latest."""
    forms = [
        {
            "subject_request": each,
            "link": _address("dsr:confirm-link", each.language, confirmation(each, now=each.received_at)),
            "until": UNCONFIRMED_KEEP.after(each.received_at),
        }
        for each in found
    ]
    latest = max(found, key=lambda each: each.received_at)
    facts = {"forms": forms, "more": max(0, more)}
    _mail("request_unconfirmed", latest, facts, now, reader=submitter_of(latest))


def confirmation(unconfirmed_request: UnconfirmedRequest, *, now: datetime) -> str:
    """What proves that whoever filed the form reads their mailbox, or is signed in to their account."""
    return signed_links.sign(CONFIRM, str(unconfirmed_request.pk), until=UNCONFIRMED_KEEP.after(now))


def mandated(request: SubjectRequest, *, now: datetime) -> None:
    """Tell the person whose data it is that somebody asks in their name: if nobody may, they can say so.

    Who is said to be dead is written to as well: it may not be true.
    """
    mandate = mandate_of(request)
    facts = {"submitter": submitter_of(request), "capacity": mandate.capacity if mandate else ""}
    _mail("request_mandated", request, facts, now, reader=request)


def received(request: SubjectRequest, *, now: datetime) -> None:
    """Acknowledge the request, with its reference and last day; tell the controller."""
    _send("request_received", request, {"link": _page(request)}, now)
    notify_controller(request, now=now)


def link(request: SubjectRequest, *, now: datetime) -> None:
    _mail("request_link", request, _follow_link(request, now), now, reader=reader_of(request))


def message(request: SubjectRequest, *, words: str, now: datetime) -> None:
    """Say that a message waits. Its words stand on the page, behind the link, and in the letter."""
    _send("request_message", request, {"words": words, **_follow_link(request, now)}, now)


def identity_asked(request: SubjectRequest, *, reason: str, now: datetime) -> None:
    """Ask for a proof of identity, with the reason, and say that the delay is suspended."""
    facts = {
        "reason": reason,
        "proofs": list(proofs.AcceptedProof.labels),
        "not_accepted": proofs.NOT_ACCEPTED,
        "closes_at": PROOF_WAITS.after(now),
        **_follow_link(request, now),
    }
    _send("request_identity", request, facts, now)


def extended(request: SubjectRequest, *, reason: str, posted_on: date | None = None, now: datetime) -> None:
    """Tell of the extension and its reasons, as GDPR 12(3) demands; ``posted_on`` the day where it went by post."""
    facts = {"reason": reason, "waits": request.clock().is_suspended, **_follow_link(request, now)}
    _send("request_extended", request, facts, now, posted_on=posted_on)


def refused(request: SubjectRequest, *, reason: str, now: datetime) -> None:
    """Refuse with the ground, the reason, the complaint to the CNIL and the court (GDPR 12(4)).

    Rights that were refused by themselves stand there too, each with its own ground and reason.
    """
    alone = request.items.withheld().exclude(ground=request.ground, reason=reason)
    _send("request_refused", request, {"reason": reason, "alone": alone, **_follow_link(request, now)}, now)


def closed(request: SubjectRequest, *, reason: str, now: datetime) -> None:
    """Say that the request is closed without answer, why, and what remains open to the person."""
    _send("request_closed", request, {"reason": reason, **_follow_link(request, now)}, now)


def reopened(request: SubjectRequest, *, now: datetime) -> None:
    """Say that the request is taken up again; ask for what went with its closing, and say what is still awaited."""
    facts = {
        "waits": request.clock().is_suspended,
        "mandate": mandate_of(request),
        **_follow_link(request, now),
    }
    _send("request_reopened", request, facts, now)
    notify_controller(request, now=now)


def answered(request: SubjectRequest, *, now: datetime) -> None:
    """The whole answer, where there is nothing to download: what became of each right."""
    _send("request_answered", request, {**_outcomes(request, now), **_follow_link(request, now)}, now)


def lifting(request: SubjectRequest, *, reason: str, now: datetime) -> None:
    """Say, before it happens, that the restriction ends (GDPR 18(3))."""
    _send("request_lifting", request, {"reason": reason, **_follow_link(request, now)}, now)


def withdrawn(request: SubjectRequest, *, now: datetime) -> None:
    """Confirm the withdrawal, in case it was not the person who did it."""
    _send("request_withdrawn", request, {}, now)


def ready(package: AccessPackage, *, now: datetime) -> None:
    """The answer lies ready. The code is not in this message: it stands on the request's own page."""
    request = package.request
    until = package.until(now=now)
    token = signed_links.sign(PACKAGE, [str(request.pk), package.links_used], until=until)
    facts = {
        "link": _address("dsr:package-link", request.language, token),
        "page": _page(request),
        "until": until,
        **_outcomes(request, now),
    }
    _send("request_ready", request, facts, now)


def notify_controller(request: SubjectRequest, *, now: datetime) -> None:
    """Tell the controller that a request waits at the desk; no name in it."""
    _notify("request_waiting", {"subject_request": request, "link": _at_desk(request)}, now)


def remind(request: SubjectRequest, *, days: int, now: datetime) -> None:
    """Tell the controller how many days are left for a request; below 0 it is overdue."""
    facts = {"subject_request": request, "days": days, "late": -days, "link": _at_desk(request)}
    _notify("request_overdue" if days < 0 else "request_due", facts, now)


def returned(request: SubjectRequest, *, now: datetime) -> None:
    """Tell the controller that an answer could not be made as it was decided, and why."""
    _notify("request_returned", {"subject_request": request, "link": _at_desk(request)}, now)


def recipients_due(request: SubjectRequest, *, day: date, names: Sequence[str], now: datetime) -> None:
    """Remind the controller of recipients that have to be told by ``day``, or had to be."""
    late = day < paris_day(now)
    facts = {
        "subject_request": request,
        "day": day,
        "is_late": late,
        "names": names,
        "link": _at_desk(request),
    }
    _notify("request_recipients_due", facts, now)


def digest(counts: Mapping[str, int], *, now: datetime) -> None:
    """The morning's figures of what is open."""
    with translation.override(settings.CONTROLLER["language"]):
        link = signed_links.absolute(reverse("admin:dsr_subjectrequest_changelist"))
    _notify("request_digest", {"counts": counts, "link": link}, now)


def _notify(name: str, facts: Mapping[str, object], now: datetime) -> None:
    controller = settings.CONTROLLER
    outbox.send(name, to=controller["email"], language=controller["language"], context=facts, now=now)


def _at_desk(request: SubjectRequest) -> str:
    with translation.override(settings.CONTROLLER["language"]):
        return signed_links.absolute(reverse("admin:dsr_subjectrequest_change", args=[request.pk]))


def _outcomes(request: SubjectRequest, now: datetime) -> dict[str, object]:
    items: list[RequestItem] = list(request.items.prefetch_related("exemptions", "corrections", "redactions"))
    is_partial = any(item.is_refused_in_part() for item in items)
    return {
        "items": items,
        "is_partial": is_partial,
        "recipient_notifications": list(request.recipient_notifications.all()),
        "staying": _staying(request, items, now),
    }


def _staying(request: SubjectRequest, items: list[RequestItem], now: datetime) -> dict[str, list[str]]:
    """What an erasure that was carried out has left, by the reason why."""
    if not any(item.right == Right.ERASURE and item.done_at for item in items):
        return {}
    with translation.override(request.language):
        return erasure.staying(request.subject(), now=now)


def _send(
    name: str,
    request: SubjectRequest,
    facts: Mapping[str, object],
    now: datetime,
    *,
    posted_on: date | None = None,
) -> None:
    """Write the letter; its words go by e-mail as well, unless the person is answered by post."""
    letters.store(name, request, facts, posted_on=posted_on, now=now)
    if not request.by_post:
        _mail(name, request, facts, now, reader=reader_of(request))


def _mail(
    name: str,
    subject_request: BaseRequest,
    facts: Mapping[str, object],
    now: datetime,
    *,
    reader: BaseRequest | Representative,
) -> None:
    context = {**facts, "subject_request": subject_request, "reader": reader}
    if reader.email:
        outbox.send(name, to=reader.email, language=subject_request.language, context=context, now=now)


def sender_of_file(row: Enclosure | IdentityProof | Mandate) -> plugins.FileSender:
    """Who filled in the form, and where they send another document."""
    request = _request_of(row)
    language = request.language
    is_confirmed = isinstance(request, SubjectRequest)
    link = (
        _address("dsr:request", language, request.pk)
        if is_confirmed
        else _address("dsr:request-new", language)
    )
    try:
        email = submitter_of(request).email
    except Representative.DoesNotExist:  # erased before the request ended
        email = ""
    return plugins.FileSender(email, language, link)


def _request_of(row: Enclosure | IdentityProof | Mandate) -> SubjectRequest | UnconfirmedRequest:
    if isinstance(row, IdentityProof):
        return row.check_made.request
    if isinstance(row, Enclosure):
        return row.request
    request = row.request or row.unconfirmed_request
    assert request  # a constraint of the table
    return request


def _follow_link(request: SubjectRequest, now: datetime) -> dict[str, object]:
    until = now + FOLLOW_LINK_LASTS
    token = signed_links.sign(FOLLOW, [str(request.pk), request.links_used], until=until)
    return {"link": _address("dsr:follow-link", request.language, token), "until": until}


def _page(request: SubjectRequest) -> str:
    return _address("dsr:request", request.language, request.pk)


def _address(name: str, language: str, *arguments: object) -> str:
    with translation.override(language):
        return signed_links.absolute(reverse(name, args=arguments))
