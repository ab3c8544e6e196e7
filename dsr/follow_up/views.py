from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dsr.follow_up import follow_up, session_grants
from dsr.follow_up.forms import PersonMessageForm
from dsr.follow_up.rate_limits import LINKS_OF_CLIENT, LINKS_OF_REQUEST, MESSAGES_OF_CLIENT
from dsr.identity import documents
from dsr.messages import emails
from dsr.package.models import AccessPackage
from dsr.requests.mandate_models import mandate_of
from dsr.requests.models import SubjectRequest
from dsr.rules.deadlines import paris_day
from dsr.rules.transitions import INTERNAL, IllegalTransitionError, Transition, is_legal
from privacy.mail import task_queue
from privacy.web import rate_limits, signed_links


@never_cache
@require_safe
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    """The token moves from the address into the session."""
    return store_link_token(request, emails.FOLLOW, token, "dsr:follow")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """The button that exchanges the link for a session grant; the link is then used up."""
    return exchange_link(request, emails.FOLLOW, follow_up.use_link, "dsr:request")


@never_cache
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Others than those who came by its link are offered a new link."""
    found = granted_request(request, pk)
    if found is None:
        return locked(request, pk)
    return render(request, "dsr/follow_up/request.html", _facts(found, PersonMessageForm()))


@never_cache
@require_POST
def new_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same answer and the same work whether there is such a request or not."""
    now = timezone.now()
    if not LINKS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return render(request, "dsr/intake/too_often.html", status=429)
    if LINKS_OF_REQUEST.take(str(pk), now=now):
        follow_up.request_link(pk, now=now)
        task_queue.enqueue("dsr.follow_up.tasks.send_links")
    return redirect("dsr:link-sent")


@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "dsr/follow_up/link_sent.html", {"times": LINKS_OF_REQUEST.times})


@never_cache
@require_POST
def message(request: HttpRequest, pk: UUID) -> HttpResponse:
    found, form = granted_request(request, pk), PersonMessageForm(request.POST)
    if found is None:
        return locked(request, pk)
    if form.is_valid() and _is_written(request, pk, form):
        return redirect(resolve_url("dsr:request", pk) + "#messages")
    return render(request, "dsr/follow_up/request.html", _facts(found, form), status=422)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A page says first what it means."""
    found = granted_request(request, pk)
    if found is None:
        return locked(request, pk)
    if request.method != "POST" and is_legal(found.state, Transition.WITHDRAW):
        return render(request, "dsr/follow_up/withdraw.html", {"subject_request": found})
    if request.method == "POST":
        _withdraw(pk)
    return redirect("dsr:request", pk)


def store_link_token(request: HttpRequest, link_kind: str, token: str, target: str) -> HttpResponse:
    """Go on to the page with the button; an expired link leads to where a new one can be asked for."""
    over = session_grants.store_token(request.session, link_kind, token, now=timezone.now())
    return redirect("dsr:request", over) if over else redirect(target)


def exchange_link(
    request: HttpRequest, link_kind: str, use: Callable[..., None], target: str
) -> HttpResponse:
    now = timezone.now()
    try:
        key, serial = session_grants.stored_token(request.session, link_kind, now=now)
        if request.method != "POST":
            return render(request, "dsr/follow_up/open.html", {"link_kind": link_kind})
        use(UUID(key), serial, now=now)
    except signed_links.BadLinkError:
        return render(request, "dsr/follow_up/link_invalid.html", status=410)
    except follow_up.LinkUsedError:
        return redirect(target, UUID(key))
    session_grants.grant(request.session, link_kind, UUID(key), now=now)
    return redirect(target, UUID(key))


def granted_request(request: HttpRequest, pk: UUID) -> SubjectRequest | None:
    """None for a browser that did not come by its link, and for a request past its period."""
    now = timezone.now()
    found: SubjectRequest | None = SubjectRequest.objects.live(now).filter(pk=pk).first()
    return found if session_grants.is_granted(request.session, emails.FOLLOW, pk, now=now) else None


def locked(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same page for a request that exists and for one that does not."""
    return render(request, "dsr/follow_up/locked.html", {"pk": pk}, status=403)


def _is_written(request: HttpRequest, pk: UUID, form: PersonMessageForm) -> bool:
    """False where it failed: then the form says why and keeps the text."""
    now = timezone.now()
    if not MESSAGES_OF_CLIENT.take(rate_limits.client(request), now=now):
        form.add_error(None, gettext("You have written very often: send this message in an hour."))
        return False
    try:
        follow_up.write(pk, form.cleaned_data["text"], now=now)
    except IllegalTransitionError:
        form.add_error(None, gettext("This request has just been decided: no message can be added to it."))
    return form.is_valid()


def _withdraw(pk: UUID) -> None:
    try:
        follow_up.withdraw(pk, now=timezone.now())
    except IllegalTransitionError:
        return  # decided a moment ago: the page says so


def _facts(subject_request: SubjectRequest, form: PersonMessageForm) -> dict[str, object]:
    now = timezone.now()
    clock = subject_request.clock()
    items = subject_request.items.prefetch_related("exemptions", "corrections", "redactions")
    package = AccessPackage.objects.ready(now).filter(request=subject_request).first()
    return {
        "subject_request": subject_request,
        "form": form,
        "is_suspended": subject_request.is_open and clock.is_suspended,
        "due_on": clock.due_on(paris_day(now)),
        "items": items,
        "show_items": not subject_request.is_open or any(item.done_at for item in items),
        "has_refusal": any(item.is_refused_in_part() for item in items if item.is_told()),
        "events": subject_request.events.exclude(event_type__in=INTERNAL),
        "letters": subject_request.messages.all(),
        "sent": subject_request.sent_letters.all(),
        "recipient_notifications": subject_request.recipient_notifications.all(),
        "package": package,
        "package_until": package.until(now=now) if package else None,
        "may_write": is_legal(subject_request.state, Transition.WRITE_MESSAGE),
        "mandate": mandate_of(subject_request),
        "documents": documents.documents_of(subject_request),
        "may_add_document": is_legal(subject_request.state, Transition.ADD_DOCUMENT),
        "may_submit_proof": is_legal(subject_request.state, Transition.SUBMIT_PROOF)
        and documents.may_submit_proof(subject_request),
        "may_withdraw": is_legal(subject_request.state, Transition.WITHDRAW),
    }
