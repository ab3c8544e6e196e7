from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from privacy.companies import collecting
from privacy.subscriptions import subscriptions
from privacy.subscriptions.forms import SubscriptionForm
from privacy.web import rate_limits, request_facts, signed_links

SESSION_KEY = "privacy_subscription_link"
FORM_KEY = "privacy.subscription"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The response is the same for every address, so that it reveals no subscriber."""
    now = timezone.now()
    collection = collecting.by_form(FORM_KEY, host=request_facts.host(request), now=now)
    form = SubscriptionForm(request.POST or None, collection=collection)
    if request.method != "POST" or not form.is_valid():
        return render(request, "privacy/subscriptions/subscribe.html", {"form": form})
    if not subscriptions.CLIENT_LIMIT.take(rate_limits.client(request), now=now):
        return render(request, "privacy/subscriptions/too_often.html", status=429)
    subscriptions.request(
        email=form.cleaned_data["email"],
        language=get_language() or "en",
        collection=collection,
        now=now,
    )
    return redirect("privacy:subscription-sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/subscriptions/sent.html")


@never_cache
@require_safe
def confirm_link(request: HttpRequest, token: str) -> HttpResponse:
    """Move the token from the address to the session.

    Opening a link does not confirm: mail scanners open links too.
    """
    request.session[SESSION_KEY] = token
    return redirect("privacy:subscription-confirm")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    token, now = request.session.get(SESSION_KEY, ""), timezone.now()
    try:
        if request.method == "POST":
            subscriptions.confirm(token, now=now)
            del request.session[SESSION_KEY]
            return redirect("privacy:subscription-done")
        subscription_request = subscriptions.find_request(token, now=now)
    except (signed_links.BadLinkError, subscriptions.SubscriptionRequestGoneError):
        return render(request, "privacy/subscriptions/link_expired.html", status=410)
    return render(
        request, "privacy/subscriptions/confirm.html", {"subscription_request": subscription_request}
    )


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/subscriptions/done.html")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the button; POST acts, for a person and for a mail program without cookies (RFC 8058)."""
    now = timezone.now()
    try:
        if request.method == "POST":
            subscriptions.unsubscribe(token, now=now)
            return render(request, "privacy/subscriptions/unsubscribed.html")
        signed_links.read(subscriptions.UNSUBSCRIBE, token, now=now)
    except signed_links.BadLinkError:
        return render(request, "privacy/subscriptions/link_expired.html", status=410)
    return render(request, "privacy/subscriptions/unsubscribe.html")
