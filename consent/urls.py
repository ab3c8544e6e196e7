"""Addresses of the visitor's choices and of notices: one for each verb."""

from django.urls import path

from consent import views

app_name = "consent"
urlpatterns = [
    path("privacy/choices/", views.choices, name="choices"),
    path("privacy/choices/accept/", views.accept, name="accept"),
    path("privacy/choices/refuse/", views.refuse, name="refuse"),
    path("privacy/choices/save/", views.save, name="save"),
    path("privacy/choices/interests/", views.name_interests, name="interests"),
    path("privacy/choices/visits/object/", views.object_to_visits, name="visits-object"),
    path("privacy/choices/visits/allow/", views.allow_visits, name="visits-allow"),
    path("privacy/choices/proof.json", views.proof_json, name="proof"),
    path("privacy/choices/words/", views.versions, name="versions"),
    path("privacy/choices/words/<slug:sha256>/", views.words, name="words"),
    path("privacy/choices/words/<slug:sha256>/shown/", views.shown, name="shown"),
    path("notices/<int:pk>/", views.follow, name="notice-follow"),
]
