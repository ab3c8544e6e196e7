"""Setting up a second factor: an app by its QR code, then the recovery codes, shown once."""

from typing import Any

from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib.auth.decorators import login_required
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from softnlabs.website.accounts.second_factor_forms import CodeRules, code_field


class NewAppForm(CodeRules, ActivateTOTPForm):  # type: ignore[misc]
    """The first code proves that the app has the key."""

    code = code_field(_("Code from the app"), _("The six figures that the app shows for this account."))


class SetUpAppView(ActivateTOTPView):  # type: ignore[misc]
    template_name = "account/set_up_app.html"
    form_class = NewAppForm

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**facts)
        secret = context["form"].secret
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        drawing = context["totp_svg"][context["totp_svg"].index("<svg") :]  # in the page, as our CSP asks
        return {**context, "drawing": drawing, "groups": groups}

    def get_success_url(self) -> str:
        return reverse("mfa_view_recovery_codes")


class RecoveryCodesView(ViewRecoveryCodesView):  # type: ignore[misc]
    template_name = "account/recovery_codes.html"


SIGN_IN = reverse_lazy("website:sign-in")
set_up_app = login_required(never_cache(SetUpAppView.as_view()), login_url=SIGN_IN)
recovery_codes = login_required(RecoveryCodesView.as_view(), login_url=SIGN_IN)
