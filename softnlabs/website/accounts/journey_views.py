"""Pages of signing up, of a forgotten password and of another address.

What follows a request is the same page for every address. A mailed link is swapped for the session and leads on, so
that its token stands in no history; only a button acts, because mail scanners open links too.
"""

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows import login as login_flow
from allauth.account.models import Login
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consent.preferences import form_consents
from privacy.companies import collecting
from privacy.web import rate_limits, request_facts, signed_links
from softnlabs.website.accounts import forms, journeys, known_browsers, links, mailboxes, sessions
from softnlabs.website.accounts.models import User

FORM_KEY = "website.sign_up"
PAGE = require_http_methods(["GET", "HEAD", "POST"])
OVER = "account/link_over.html"


def _language() -> str:
    return get_language() or "en"


@never_cache
@PAGE
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("website:account")
    now, page = timezone.now(), "account/sign_up.html"
    collection = collecting.by_form(FORM_KEY, host=request_facts.host(request), now=now)
    form = forms.SignUpForm(request.POST or None, collection=collection)
    facts = {"form": form, "days": links.LASTS[links.SIGN_UP].days}
    if not form.is_valid():
        return render(request, page, facts)
    if rate_limits.is_too_often(form, request, now=now):
        return render(request, page, facts, status=429)
    asked = journeys.SignUp(
        email=form.cleaned_data["email"],
        language=_language(),
        page=request.path,
        entity=collection.entity.siren,
        policy_version=collection.policy_version,
    )
    journeys.request_account(asked, now=now)
    return redirect("website:account-sent")


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/sent.html")


@never_cache
@require_safe
def sign_up_link(request: HttpRequest, token: str) -> HttpResponse:
    links.keep(request.session, links.SIGN_UP, token, now=timezone.now())
    return redirect("website:sign-up-finish")


@never_cache
@PAGE
def sign_up_finish(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    try:
        asked = journeys.SignUp.of_link(links.kept(request.session, links.SIGN_UP, now=now))
        collection = collecting.by_form(FORM_KEY, host=request_facts.host(request), now=now)
        form = forms.FinishForm(request.POST or None, email=asked.email, collection=collection)
        if not form.is_valid():
            return render(request, "account/sign_up_finish.html", {"form": form, "email": asked.email})
        agreement = _agreement(form, request)
        user = journeys.make_account(asked, _new_account(form), agreement=agreement, now=now)
    except (signed_links.BadLinkError, journeys.AddressTakenError):
        return render(request, OVER, {"again": "website:sign-up"}, status=410)
    links.drop(request.session, links.SIGN_UP)
    if sessions.is_signed_in(request):
        logout(request)  # as whoever was signed in here before
    if agreement:
        form_consents.remember(request, email=asked.email, given_at=now)
    return _signed_in(request, user)


def _new_account(form: forms.FinishForm) -> journeys.NewAccount:
    return journeys.NewAccount(
        **{name: form.cleaned_data[name] for name in ("password", "first_name", "surname")}
    )


def _agreement(form: forms.FinishForm, request: HttpRequest) -> journeys.Agreement | None:
    if not form.cleaned_data["opt_in"]:
        return None
    return journeys.Agreement(form.opt_in_sentence(), _language(), request.path, form.collection)


def _signed_in(request: HttpRequest, user: User) -> HttpResponse:
    response: HttpResponse = login_flow.perform_password_login(request, {}, Login(user=user))
    return response


@never_cache
@PAGE
def forgotten(request: HttpRequest) -> HttpResponse:
    now, page = timezone.now(), "account/forgotten.html"
    form = forms.EmailForm(request.POST or None)
    if not form.is_valid():
        return render(request, page, {"form": form})
    if rate_limits.is_too_often(form, request, now=now):
        return render(request, page, {"form": form}, status=429)
    journeys.request_reset(email=form.cleaned_data["email"], language=_language(), now=now)
    return redirect("website:account-sent")


@never_cache
@require_safe
def reset_link(request: HttpRequest, token: str) -> HttpResponse:
    links.keep(request.session, links.RESET, token, now=timezone.now())
    return redirect("website:reset")


@never_cache
@PAGE
def reset(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    try:
        value = links.kept(request.session, links.RESET, now=now)
        user = links.find_user(links.RESET, value, among=User.objects.all())
        form = forms.NewPasswordForm(request.POST or None, user=user)
        if not form.is_valid():
            return render(request, "account/reset.html", {"form": form})
        journeys.reset(value, form.cleaned_data["password"], language=_language(), now=now)
    except signed_links.BadLinkError:
        return render(request, OVER, {"again": "website:forgotten"}, status=410)
    links.drop(request.session, links.RESET)
    known_browsers.note_mailbox(request, mailboxes.one_spelling(user.email))
    return redirect("website:reset-done")


@never_cache
@require_safe
def reset_done(request: HttpRequest) -> HttpResponse:
    return render(request, "account/reset_done.html")


@never_cache
@PAGE
@login_required
@reauthentication_required(app="softnlabs.website")  # type: ignore[untyped-decorator]
def new_address(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    now, page = timezone.now(), "account/new_address.html"
    form = forms.NewAddressForm(request.POST or None)
    if not form.is_valid():
        return render(request, page, {"form": form})
    if rate_limits.is_too_often(form, request, now=now):
        return render(request, page, {"form": form}, status=429)
    journeys.request_address(request.user, email=form.cleaned_data["email"], language=_language(), now=now)
    return redirect("website:account-sent")


@never_cache
@require_safe
def new_address_link(request: HttpRequest, token: str) -> HttpResponse:
    links.keep(request.session, links.NEW_ADDRESS, token, now=timezone.now())
    return redirect("website:new-address-confirm")


@never_cache
@PAGE
@login_required
def new_address_confirm(request: HttpRequest) -> HttpResponse:
    """Only in a browser that is signed in: the mailbox of a mistyped address must not take the account over."""
    assert isinstance(request.user, User)
    now = timezone.now()
    try:
        value = links.kept(request.session, links.NEW_ADDRESS, now=now)
        if request.method != "POST":
            links.find_user(links.NEW_ADDRESS, value, among=User.objects.all())
            return render(request, "account/new_address_confirm.html", {"email": value[2]})
        journeys.change_address(request.user, value, language=_language(), now=now)
    except (signed_links.BadLinkError, journeys.AddressTakenError):
        return render(request, OVER, {"again": "website:new-address"}, status=410)
    links.drop(request.session, links.NEW_ADDRESS)
    return redirect("website:account")
