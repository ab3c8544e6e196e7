"""Where somebody adds and removes their second factors. A sign-in of the last minutes is asked for before each."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from privacy.web import request_facts
from softnlabs.website.accounts import second_factor
from softnlabs.website.accounts import second_factor_forms as forms
from softnlabs.website.accounts.recovery_codes import HashedCodes


class SecondStepsView(IndexView):  # type: ignore[misc]
    template_name = "account/second_steps.html"


class AddAppView(ActivateTOTPView):  # type: ignore[misc]
    template_name = "account/add_app.html"
    form_class = forms.NewAppForm

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        """The picture as part of the page: our policy for content loads no picture out of an address."""
        context = super().get_context_data(**facts)
        picture = context["totp_svg"].partition("?>")[2]
        return {**context, "picture": picture, "secret": self.request.session[SECRET_SESSION_KEY]}


class RemoveAppView(DeactivateTOTPView):  # type: ignore[misc]
    template_name = "account/remove_app.html"


class AddPasskeyView(AddWebAuthnView):  # type: ignore[misc]
    template_name = "account/add_passkey.html"
    form_class = forms.NewPasskeyForm

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        context = super().get_context_data(**facts)
        context["js_data"] = {
            "creation_options": webauthn.begin_registration(self.request.user, passwordless=True)
        }
        context["has_no_name"] = _is_number(request_facts.host(self.request))
        return second_factor.for_script(context, "creation_options")


def _is_number(host: str) -> bool:
    """Browsers keep passkeys for names alone, and refuse ``127.0.0.1`` without saying why."""
    return host.startswith("[") or host.replace(".", "").isdecimal()


class RemovePasskeyView(RemoveWebAuthnView):  # type: ignore[misc]
    template_name = "account/remove_passkey.html"
    success_url = reverse_lazy("mfa_index")


class NewCodesView(GenerateRecoveryCodesView):  # type: ignore[misc]
    template_name = "account/new_codes.html"


@require_safe
@login_required
@reauthentication_required(app="softnlabs.website")  # type: ignore[untyped-decorator]
def codes(request: HttpRequest) -> HttpResponse:
    """The codes, once: whoever opens the page again sees how many are left."""
    kept = _kept_codes(request)
    is_read = request.method == "GET"  # the answer to HEAD shows nothing
    facts = {"codes": kept.show() if is_read else [], "left": len(kept.get_unused_codes())}
    return render(request, "account/codes.html", facts)


@require_POST
@login_required
def download_codes(request: HttpRequest) -> HttpResponse:
    """The codes that the page showed, as a file. It sends them back, so that they need not be shown twice."""
    shown = request.POST.get("codes", "").split()
    if not _kept_codes(request).are_all(shown):
        raise Http404
    heading = gettext("Recovery codes of your account at SoftNLabs. Each works once.")
    response = HttpResponse("\n".join([heading, "", *shown, ""]), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


def _kept_codes(request: HttpRequest) -> HashedCodes:
    row = get_object_or_404(Authenticator, user=request.user, type=Authenticator.Type.RECOVERY_CODES)
    return HashedCodes(row)


index = never_cache(SecondStepsView.as_view())
add_app = never_cache(AddAppView.as_view())
remove_app = never_cache(RemoveAppView.as_view())
add_passkey = never_cache(AddPasskeyView.as_view())
remove_passkey = never_cache(RemovePasskeyView.as_view())
codes = never_cache(codes)
new_codes = never_cache(NewCodesView.as_view())
download_codes = never_cache(download_codes)
