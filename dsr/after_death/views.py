from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dsr.after_death import instructions
from dsr.after_death.forms import InstructionsForm
from dsr.follow_up.rate_limits import SUBMISSIONS_OF_CLIENT, SUBMISSIONS_OF_MAILBOX
from dsr.requests.models import UNCONFIRMED_KEEP
from dsr.rules.after_death import Wish
from privacy.companies import collecting
from privacy.web import rate_limits, request_facts, signed_links

SESSION_KEY = "dsr_instructions_link"
FORM_KEY = "dsr.instructions"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """What follows the form is the same page for everybody."""
    now = timezone.now()
    collection = collecting.by_form(FORM_KEY, host=request_facts.host(request), now=now)
    form = InstructionsForm(request.POST or None, collection=collection)
    if request.method != "POST" or not form.is_valid():
        return render(request, "dsr/after_death/instructions.html", {"form": form})
    if not SUBMISSIONS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return render(request, "dsr/intake/too_often.html", status=429)
    # To a mailbox that got too many messages the link is mailed later; the page is the same.
    instructions.submit(
        form.instructions_data(),
        collection=collection,
        may_mail=SUBMISSIONS_OF_MAILBOX.take(form.cleaned_data["email"], now=now),
        language=get_language() or "en",
        now=now,
    )
    return redirect("dsr:instructions-sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    facts = {"keep": UNCONFIRMED_KEEP, "times": SUBMISSIONS_OF_MAILBOX.times}
    return render(request, "dsr/after_death/sent.html", facts)


@never_cache
@require_safe
def confirm_link(request: HttpRequest, token: str) -> HttpResponse:
    """The token moves into the session. Opening a link confirms nothing: mail scanners open links too."""
    request.session[SESSION_KEY] = token
    return redirect("dsr:instructions-confirm")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    token, now = request.session.get(SESSION_KEY, ""), timezone.now()
    try:
        if request.method == "POST":
            done = instructions.confirm(token, now=now)
            del request.session[SESSION_KEY]
            return redirect(
                "dsr:instructions-withdrawn" if done == Wish.WITHDRAW else "dsr:instructions-recorded"
            )
        unconfirmed = instructions.find_unconfirmed(token, now=now)
    except (signed_links.BadLinkError, instructions.InstructionsGoneError):
        return render(request, "dsr/after_death/link_expired.html", status=410)
    return render(request, "dsr/after_death/confirm.html", {"instructions": unconfirmed})


@require_safe
def recorded(request: HttpRequest) -> HttpResponse:
    return render(request, "dsr/after_death/recorded.html")


@require_safe
def withdrawn(request: HttpRequest) -> HttpResponse:
    return render(request, "dsr/after_death/withdrawn.html")
