"""The pages of accounts that django-allauth leads to, under its own names; the others are in `website.urls`."""

from django.urls import URLPattern, path

from softnlabs.website.accounts import enrolment, second_factor, views

urlpatterns: list[URLPattern] = [
    path("account/sign-in/", views.sign_in, name="account_login"),
    path("account/sign-in/second-step/", second_factor.second_step, name="mfa_authenticate"),
    path("account/second-step/app/", enrolment.set_up_app, name="mfa_activate_totp"),
    path("account/second-step/recovery-codes/", enrolment.recovery_codes, name="mfa_view_recovery_codes"),
    path("account/again/", second_factor.password_again, name="account_reauthenticate"),
    path("account/again/code/", second_factor.code_again, name="mfa_reauthenticate"),
    path("account/again/passkey/", second_factor.passkey_again, name="mfa_reauthenticate_webauthn"),
]
