"""Addresses of the policy and its evidence."""

from django.urls import path

from privacy.datamap import views as datamap
from privacy.policy import views as policy
from privacy.policy.feeds import PolicyFeed
from privacy.promises import policy_views as policy_text
from privacy.promises import views as promises
from privacy.subscriptions import views as subscriptions

app_name = "privacy"
urlpatterns = [
    path("privacy/", policy_text.current, name="policy"),
    path("privacy/versions/", policy.versions, name="versions"),
    path("privacy/versions/<int:number>/", policy_text.version, name="version"),
    path("privacy/versions/<int:number>/changes/", policy.changes, name="changes"),
    path("privacy/feed/", PolicyFeed(), name="feed"),
    path("privacy/data/", datamap.data, name="data"),
    path("privacy/promises/", promises.page, name="promises"),
    path("privacy/promises.json", promises.page_as_json, name="promises-json"),
    path("privacy/updates/", subscriptions.subscribe, name="subscription"),
    path("privacy/updates/sent/", subscriptions.sent, name="subscription-sent"),
    path("privacy/updates/confirm/", subscriptions.confirm, name="subscription-confirm"),
    path(
        "privacy/updates/confirm/<str:token>/", subscriptions.confirm_link, name="subscription-confirm-link"
    ),
    path("privacy/updates/done/", subscriptions.done, name="subscription-done"),
    path("privacy/updates/stop/<str:token>/", subscriptions.unsubscribe, name="subscription-unsubscribe"),
]
