"""In place of `cookie_consent.urls`, with its names, which have no namespace."""

from django.urls import path

from consent.compatibility import views

urlpatterns = [
    path("", views.groups, name="cookie_consent_cookie_group_list"),
    path("accept/", views.accept, name="cookie_consent_accept"),
    path("decline/", views.decline, name="cookie_consent_decline"),
    path("status/", views.status, name="cookie_consent_status"),
]
