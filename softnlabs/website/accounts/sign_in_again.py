"""The page that asks somebody who is signed in to show again that it is them; see `privacy.web.recent_sign_in`.

A form that was on its way when this page came in between is carried in it, sent on afterwards, and stored nowhere.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from privacy.security import sign_ins
from softnlabs.website.accounts import sessions, staff_factor, throttling
from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.second_factor_forms import CodeForm, code_field
from softnlabs.website.accounts.sessions import LockedSession

PREFIX = "again"
# Sent by the page itself; a form is on its way; files that it had, which no page can send on.
ANSWERED, CARRIES, FILES = f"{PREFIX}-answered", f"{PREFIX}-carries", f"{PREFIX}-files"


class SignInAgainForm(forms.Form):
    """The password or, for whoever has an app, a code: either shows that it is them. Both where the session is over."""

    prefix = PREFIX
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )

    def __init__(self, data: QueryDict | None, *, request: HttpRequest, account: User, is_over: bool) -> None:
        super().__init__(data)
        self.request, self.account, self.is_over = request, account, is_over
        if not staff_factor.is_set_up(account):
            return
        if is_over:
            help_text = _("The six figures that your app shows now, or one of your recovery codes.")
            self.fields["code"] = code_field(_("Code"), help_text)
        else:
            self.fields["code"] = code_field(_("Or a code"), _("The six figures that your app shows now."))
            for field in self.fields.values():
                field.required, vars(field)["is_alternative"] = (
                    False,
                    True,
                )  # marked neither required nor optional

    def clean(self) -> dict[str, object]:
        facts: dict[str, Any] = super().clean() or {}
        if facts.get("password"):
            self._check_password(facts["password"])
        if self.errors:
            return facts
        if facts.get("code") and (self.is_over or not facts.get("password")):
            self._check_code(facts["code"])
        elif not facts.get("password"):
            self.add_error("password", _("Type your password or a code."))
        return facts

    def _check_password(self, password: str) -> None:
        now, email = timezone.now(), self.account.email
        if not throttling.may_try(email, self.request, now=now):
            self.add_error("password", throttling.TOO_OFTEN)
            return
        is_right = self.account.check_password(password)
        if not (self.is_over and is_right):  # that one is recorded when it is a sign-in
            sign_ins.record(
                typed=email, account=self.account.pk, is_accepted=is_right, request=self.request, now=now
            )
        if not is_right:
            self.add_error("password", _("This is not the password of this account."))

    def _check_code(self, code: str) -> None:
        """As at the sign-in, with the limits that hold there."""
        form = CodeForm({"code": code}, user=self.account)
        if form.is_valid():
            form.save()
        else:
            self.add_error("code", form.errors["code"].data)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_again(request: HttpRequest) -> HttpResponse:
    locked = LockedSession.of(request)
    account = locked.account or request.user
    if not isinstance(account, User):
        return redirect(f"{reverse('website:sign-in')}?{request.GET.urlencode()}")
    answer = request.POST if ANSWERED in request.POST else None
    form = SignInAgainForm(answer, request=request, account=account, is_over=locked.is_over)
    if form.is_valid():
        if locked.is_over:
            sessions.renew(request, account)
        else:
            sessions.confirm(request, now=timezone.now())
        return redirect(_next_page(request), preserve_request=CARRIES in request.POST)
    carries = CARRIES in request.POST or (request.method == "POST" and answer is None)
    facts = {"form": form, "account": account, "carries": carries, "typed": list(_typed(request))}
    facts |= {"is_over": locked.is_over, "files": _files(request)}
    return render(request, "account/sign_in_again.html", facts)


def _files(request: HttpRequest) -> str:
    """The names of the files that were chosen: a browser sends them along, and no page can hand them on."""
    return str(request.POST.get(FILES, "")) or ", ".join(
        str(file.name) for _field, files in request.FILES.lists() for file in files
    )


def _typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """The fields of the form that is on its way."""
    for name, values in request.POST.lists():
        if name != "csrfmiddlewaretoken" and not name.startswith(f"{PREFIX}-"):
            yield from ((name, str(value)) for value in values)


def _next_page(request: HttpRequest) -> str:
    page = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else reverse("website:account")
