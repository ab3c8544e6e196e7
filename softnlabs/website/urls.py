from django.conf import settings
from django.urls import URLPattern, path

from softnlabs.local import mailbox_views as mailbox
from softnlabs.website.accounts import invitation_views, session_views, sign_in_again
from softnlabs.website.accounts import journey_views as journeys
from softnlabs.website.accounts import views as accounts
from softnlabs.website.enquiries import views as enquiries
from softnlabs.website.health import views as health
from softnlabs.website.my_data import views as my_data
from softnlabs.website.pages import views as pages

app_name = "website"
urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("services/<slug:slug>/", pages.service, name="service"),
    path("sitemap/", pages.plan, name="plan"),
    path("contact/", enquiries.contact, name="contact"),
    path("contact/thanks/", enquiries.contact_done, name="contact-done"),
    path("account/", accounts.account, name="account"),
    path("account/data/", my_data.my_data, name="my-data"),
    path("account/sign-in/", accounts.sign_in, name="sign-in"),
    path("account/sign-in-again/", sign_in_again.sign_in_again, name="sign-in-again"),
    path("account/sign-out/", session_views.sign_out, name="sign-out"),
    path("account/invitation/", invitation_views.join, name="invitation"),
    path("account/invitation/<str:token>/", invitation_views.open_link, name="invitation-link"),
    path("account/sessions/", session_views.open_sessions, name="sessions"),
    path("account/sessions/end/", session_views.end_other_sessions, name="sessions-end"),
    path("account/sessions/<int:pk>/end/", session_views.end_session, name="session-end"),
    path("account/password/", accounts.password, name="password"),
    path("account/password/done/", accounts.password_done, name="password-done"),
    path("account/password/forgotten/", journeys.forgotten, name="forgotten"),
    path("account/password/link/<str:token>/", journeys.reset_link, name="reset-link"),
    path("account/password/new/", journeys.reset, name="reset"),
    path("account/password/new/done/", journeys.reset_done, name="reset-done"),
    path("account/sent/", journeys.sent, name="account-sent"),
    path("account/sign-up/", journeys.sign_up, name="sign-up"),
    path("account/sign-up/link/<str:token>/", journeys.sign_up_link, name="sign-up-link"),
    path("account/sign-up/finish/", journeys.sign_up_finish, name="sign-up-finish"),
    path("account/address/", journeys.new_address, name="new-address"),
    path("account/address/link/<str:token>/", journeys.new_address_link, name="new-address-link"),
    path("account/address/confirm/", journeys.new_address_confirm, name="new-address-confirm"),
    path("health/", health.health, name="health"),
    path(".well-known/security.txt", pages.security_txt, name="security-txt"),
    path(".well-known/change-password", accounts.change_password, name="change-password"),
]
if settings.LOCAL_MODE:
    urlpatterns += [
        path("mail/", mailbox.mail, name="mail"),
        path("mail/<str:key>/", mailbox.message, name="mail-message"),
        path("mail/<str:key>/html/", mailbox.html, name="mail-html"),
    ]
