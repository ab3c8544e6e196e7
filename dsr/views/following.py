"""Following a request: its page, its link, a message, the withdrawal."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dsr import following, letters, papers, passes
from dsr.deadlines import paris_day
from dsr.forms import MessageForm
from dsr.limits import LINKS_OF_CLIENT, LINKS_OF_REQUEST, MESSAGES_OF_CLIENT
from dsr.models import AccessPackage, SubjectRequest
from dsr.models.events import INTERNAL
from dsr.models.mandates import mandate_of
from dsr.models.packages import PACKAGE_KEEP
from dsr.states import IllegalMove, Move, is_legal
from privacy import limits, links, wakeups


@never_cache
@require_safe
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address."""
    return taken_out(request, letters.FOLLOW, token, "dsr:follow")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """The button that swaps the link for a pass; the link is then used up."""
    return swapped(request, letters.FOLLOW, following.use_link, "dsr:request")


@never_cache
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The request, to those who came by its link; to all others the offer of a new link."""
    found = granted(request, pk)
    if found is None:
        return locked(request, pk)
    return render(request, "dsr/request.html", _facts(found, MessageForm()))


@never_cache
@require_POST
def new_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for a new link: the same answer and the same work whether there is such a request or not."""
    now = timezone.now()
    if not LINKS_OF_CLIENT.take(limits.client(request), now=now):
        return render(request, "dsr/too_often.html", status=429)
    if LINKS_OF_REQUEST.take(str(pk), now=now):
        following.wish_link(pk, now=now)
        wakeups.wake("dsr.tasks.send_links")
    return redirect("dsr:link-sent")


@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    """What to do now: look into the mailbox."""
    return render(request, "dsr/link_sent.html", {"times": LINKS_OF_REQUEST.times})


@never_cache
@require_POST
def message(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write to the controller."""
    found, form = granted(request, pk), MessageForm(request.POST)
    if found is None:
        return locked(request, pk)
    if form.is_valid() and _is_written(request, pk, form):
        return redirect(resolve_url("dsr:request", pk) + "#messages")
    return render(request, "dsr/request.html", _facts(found, form), status=422)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw the request, after a page that says what it means."""
    found = granted(request, pk)
    if found is None:
        return locked(request, pk)
    if request.method != "POST" and is_legal(found.state, Move.WITHDRAW):
        return render(request, "dsr/withdraw.html", {"asked": found})
    if request.method == "POST":
        _withdraw(pk)
    return redirect("dsr:request", pk)


def taken_out(request: HttpRequest, door: str, token: str, target: str) -> HttpResponse:
    """Carry the token to the page with the button; one whose time is over leads to where a new one is asked for."""
    over = passes.carry(request.session, door, token, now=timezone.now())
    return redirect("dsr:request", over) if over else redirect(target)


def swapped(request: HttpRequest, door: str, use: Callable[..., None], target: str) -> HttpResponse:
    """Ask for the button, then use the carried link up, give the pass for it and lead to its page."""
    now = timezone.now()
    try:
        key, serial = passes.carried(request.session, door, now=now)
        if request.method != "POST":
            return render(request, "dsr/open.html", {"door": door})
        use(UUID(key), serial, now=now)
    except links.BadLink:
        return render(request, "dsr/follow_bad.html", status=410)
    except following.LinkUsed:
        return redirect(target, UUID(key))
    passes.admit(request.session, door, UUID(key), now=now)
    return redirect(target, UUID(key))


def granted(request: HttpRequest, pk: UUID) -> SubjectRequest | None:
    """The request, if this browser came by its link and it is still kept."""
    now = timezone.now()
    found: SubjectRequest | None = SubjectRequest.objects.live(now).filter(pk=pk).first()
    return found if passes.admits(request.session, letters.FOLLOW, pk, now=now) else None


def locked(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same page for a request that exists and for one that does not."""
    return render(request, "dsr/locked.html", {"pk": pk}, status=403)


def _is_written(request: HttpRequest, pk: UUID, form: MessageForm) -> bool:
    """Write the message; where that cannot be, the form says why and keeps the words."""
    now = timezone.now()
    if not MESSAGES_OF_CLIENT.take(limits.client(request), now=now):
        form.add_error(None, gettext("You have written very often: send this message in an hour."))
        return False
    try:
        following.write(pk, form.cleaned_data["text"], now=now)
    except IllegalMove:
        form.add_error(None, gettext("This request has just been decided: no message can be added to it."))
    return form.is_valid()


def _withdraw(pk: UUID) -> None:
    try:
        following.withdraw(pk, now=timezone.now())
    except IllegalMove:
        return  # decided a moment ago: the page says so


def _facts(asked: SubjectRequest, form: MessageForm) -> dict[str, object]:
    now = timezone.now()
    clock = asked.clock()
    items = asked.items.prefetch_related("reserves", "corrections", "strikes")
    package = AccessPackage.objects.ready(now).filter(request=asked).first()
    return {
        "asked": asked,
        "form": form,
        "is_suspended": asked.is_open and clock.is_suspended,
        "due_on": clock.due_on(paris_day(now)),
        "items": items,
        "show_items": not asked.is_open or any(item.done_at for item in items),
        "has_refusal": any(item.is_refused_in_part() for item in items if item.is_told()),
        "events": asked.events.exclude(what__in=INTERNAL),
        "letters": asked.messages.all(),
        "sent": asked.sent_letters.all(),
        "tellings": asked.tellings.all(),
        "package": package,
        "package_until": PACKAGE_KEEP.after(package.built_at) if package else None,
        "may_write": is_legal(asked.state, Move.WRITE),
        "mandate": mandate_of(asked),
        "papers": papers.papers_of(asked),
        "may_enclose": is_legal(asked.state, Move.ENCLOSE),
        "may_prove": is_legal(asked.state, Move.PROVE) and papers.may_prove(asked),
        "may_withdraw": is_legal(asked.state, Move.WITHDRAW),
    }
