"""Addresses of the pages, the contact form and the machines' corner."""

from django.conf import settings
from django.urls import URLPattern, path

from softnlabs.website import views

app_name = "website"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("contact/", views.contact, name="contact"),
    path("contact/thanks/", views.contact_done, name="contact-done"),
    path("health/", views.health, name="health"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
]
if settings.LOCAL_MODE:
    urlpatterns += [
        path("mail/", views.mail, name="mail"),
        path("mail/<str:key>/", views.mail_letter, name="mail-letter"),
        path("mail/<str:key>/html/", views.mail_html, name="mail-html"),
    ]
