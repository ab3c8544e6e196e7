"""Addresses of the policy and its evidence."""

from django.urls import path

from privacy.feeds import PolicyFeed
from privacy.views import data, policy

app_name = "privacy"
urlpatterns = [
    path("privacy/", policy.current, name="policy"),
    path("privacy/versions/", policy.versions, name="versions"),
    path("privacy/versions/<int:number>/", policy.version, name="version"),
    path("privacy/versions/<int:number>/changes/", policy.changes, name="changes"),
    path("privacy/feed/", PolicyFeed(), name="feed"),
    path("privacy/data/", data.data, name="data"),
]
