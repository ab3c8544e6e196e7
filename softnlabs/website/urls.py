from django.conf import settings
from django.urls import URLPattern, path

from softnlabs.local import mailbox_views as mailbox
from softnlabs.website.accounts import views as accounts
from softnlabs.website.enquiries import views as enquiries
from softnlabs.website.health import views as health
from softnlabs.website.my_data import views as my_data
from softnlabs.website.pages import views as pages

app_name = "website"
urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("contact/", enquiries.contact, name="contact"),
    path("contact/thanks/", enquiries.contact_done, name="contact-done"),
    path("account/", accounts.account, name="account"),
    path("account/data/", my_data.my_data, name="my-data"),
    path("account/sign-in/", accounts.sign_in, name="sign-in"),
    path("account/sign-out/", accounts.sign_out, name="sign-out"),
    path("account/password/", accounts.password, name="password"),
    path("account/password/done/", accounts.password_done, name="password-done"),
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
