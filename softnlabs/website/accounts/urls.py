"""The pages of accounts that django-allauth leads to, under its own names; the others are in `website.urls`."""

from django.urls import URLPattern, path

from softnlabs.website.accounts import second_factor, second_factor_pages, views

urlpatterns: list[URLPattern] = [
    path("account/sign-in/", views.sign_in, name="account_login"),
    path("account/sign-in/second-step/", second_factor.second_step, name="mfa_authenticate"),
    path("account/sign-in/passkey/", second_factor.passkey_sign_in, name="mfa_login_webauthn"),
    path("account/second-step/", second_factor_pages.index, name="mfa_index"),
    path("account/second-step/app/", second_factor_pages.add_app, name="mfa_activate_totp"),
    path("account/second-step/app/remove/", second_factor_pages.remove_app, name="mfa_deactivate_totp"),
    path("account/second-step/passkeys/new/", second_factor_pages.add_passkey, name="mfa_add_webauthn"),
    path(
        "account/second-step/passkeys/<int:pk>/remove/",
        second_factor_pages.remove_passkey,
        name="mfa_remove_webauthn",
    ),
    path("account/second-step/codes/", second_factor_pages.codes, name="mfa_view_recovery_codes"),
    path("account/second-step/codes/new/", second_factor_pages.new_codes, name="mfa_generate_recovery_codes"),
    path(
        "account/second-step/codes/download/",
        second_factor_pages.download_codes,
        name="mfa_download_recovery_codes",
    ),
    path("account/again/", second_factor.password_again, name="account_reauthenticate"),
    path("account/again/code/", second_factor.code_again, name="mfa_reauthenticate"),
    path("account/again/passkey/", second_factor.passkey_again, name="mfa_reauthenticate_webauthn"),
]
