"""Where one is signed in, and how to end it; how one signs out here."""

from django.contrib.auth import views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from softnlabs.website.accounts import sessions
from softnlabs.website.accounts.models import User

SIGN_IN = reverse_lazy("website:sign-in")
# Not "cookies": that would delete the visitor's choices too, and the mark of a known browser. Signing out itself
# deletes the cookie of the session.
CLEARED = '"cache", "storage"'


class SignOutView(views.LogoutView):
    next_page = "website:home"

    def post(self, request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        response = super().post(request, *args, **named)
        response.headers["Clear-Site-Data"] = CLEARED
        return response


sign_out = require_POST(SignOutView.as_view())


@never_cache
@require_safe
@login_required(login_url=SIGN_IN)
def open_sessions(request: HttpRequest) -> HttpResponse:
    rows = sessions.of(_account(request), now=timezone.now())
    facts = {"rows": rows, "this": request.session.get(sessions.ROW)}
    return render(request, "account/sessions.html", facts)


@require_POST
@login_required(login_url=SIGN_IN)
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """One that has ended meanwhile, or is somebody else's, is no error: it is not there afterwards."""
    account, now = _account(request), timezone.now()
    sessions.end(sessions.others(request, account, now=now).filter(pk=pk), account, now=now)
    return redirect("website:sessions")


@require_POST
@login_required(login_url=SIGN_IN)
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    account, now = _account(request), timezone.now()
    sessions.end(sessions.others(request, account, now=now), account, now=now)
    return redirect("website:sessions")


def _account(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # as login_required makes sure
    return request.user
