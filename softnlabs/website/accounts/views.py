from typing import Any

from allauth.account.internal.flows import login as login_flow
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from softnlabs.website.accounts import journeys
from softnlabs.website.accounts.second_factor_forms import TOO_MANY, TRIES_AT_CODES
from softnlabs.website.accounts.throttling import ThrottledAuthenticationForm

SIGN_IN = reverse_lazy("website:sign-in")


class SignInForm(ThrottledAuthenticationForm):
    """Without maxlength, or the browser would cut a pasted address or password."""

    def __init__(
        self, request: HttpRequest | None = None, data: QueryDict | None = None, **options: Any
    ) -> None:
        super().__init__(request, data, **options)
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)


class StagedSignInView(views.LoginView):
    """A right password opens the next step, and nothing yet where the account has a second factor."""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        response: HttpResponse = login_flow.perform_password_login(self.request, {}, login)
        return response


class SignInView(StagedSignInView):
    """The error does not say which of address and password is wrong."""

    template_name = "account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        is_offered = bool(settings.STAFF_OPENID_ISSUER)
        name = settings.STAFF_OPENID_NAME if is_offered else ""
        return super().get_context_data(**facts, company_sign_in=name)

    def get_default_redirect_url(self) -> str:
        return reverse("website:account")


class PresentPasswordForm(PasswordChangeForm):
    """Whoever sits down before a browser left open must not find out the password by trying."""

    def clean_old_password(self) -> str:
        if not TRIES_AT_CODES.take(f"password {self.user.pk}", now=timezone.now()):
            raise ValidationError(TOO_MANY, code="too_often")
        return str(super().clean_old_password())


class ChangePasswordView(views.PasswordChangeView):
    form_class = PresentPasswordForm
    template_name = "account/password.html"
    success_url = reverse_lazy("website:password-done")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            journeys.note(form.user, "password_changed", language=get_language() or "en", now=timezone.now())
        return response


sign_in = SignInView.as_view()
password = never_cache(login_required(ChangePasswordView.as_view(), login_url=SIGN_IN))


@never_cache
@require_safe
@login_required(login_url=SIGN_IN)
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "account/account.html")


@never_cache
@require_safe
@login_required(login_url=SIGN_IN)
def password_done(request: HttpRequest) -> HttpResponse:
    return render(request, "account/password_done.html")


@require_safe
def change_password(request: HttpRequest) -> HttpResponse:
    """/.well-known/change-password, for password managers."""
    return redirect("website:password")
