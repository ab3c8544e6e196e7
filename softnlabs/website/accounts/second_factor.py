"""The second step of a sign-in, and proving again that it is oneself. django-allauth does the work."""

import json
from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.forms import Form
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from softnlabs.website.accounts import second_factor_forms as forms


def for_script(context: dict[str, Any], name: str) -> dict[str, Any]:
    """What the script hands to the browser, as the text of an attribute: no page has a script of its own."""
    return {**context, "passkey_options": json.dumps(context["js_data"][name])}


class SecondStepView(AuthenticateView):  # type: ignore[misc]
    """After the password: a code or a passkey."""

    template_name = "account/second_step.html"
    form_class = forms.CodeForm
    webauthn_form_class = forms.PasskeyForm

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        kinds = forms.kinds_of(self.stage.login.user)
        return {**for_script(super().get_context_data(**facts), "request_options"), "kinds": kinds}


class PasskeySignInView(LoginWebAuthnView):  # type: ignore[misc]
    """Instead of the password. The script asks for what to hand to the browser; nothing names an account."""

    form_class = forms.PasskeySignInForm

    def form_invalid(self, form: Form) -> HttpResponseBase:
        return render(self.request, "account/passkey_unknown.html")


class AgainMixin:
    """Pages that ask somebody who is signed in to prove it again."""

    template_name = "account/again.html"
    request: HttpRequest

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **named)  # type: ignore[misc, no-any-return]


class PasswordAgainView(AgainMixin, ReauthenticateView):  # type: ignore[misc]
    form_class = forms.PasswordAgainForm


class CodeAgain(AgainMixin, CodeAgainView):  # type: ignore[misc]
    form_class = forms.CodeAgainForm


class PasskeyAgainView(AgainMixin, ReauthenticateWebAuthnView):  # type: ignore[misc]
    form_class = forms.PasskeyAgainForm

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        context = for_script(super().get_context_data(**facts), "request_options")
        return {**context, "reauthentication_alternatives": self.get_reauthentication_alternatives()}

    def form_invalid(self, form: Form) -> HttpResponseBase:
        response: HttpResponseBase = self.render_to_response(self.get_context_data(form=form))
        return response


passkey_sign_in = never_cache(PasskeySignInView.as_view())
second_step = SecondStepView.as_view()
password_again = PasswordAgainView.as_view()
code_again = CodeAgain.as_view()
passkey_again = PasskeyAgainView.as_view()
