"""Addresses of this floor."""

from django.urls import path

from recruitment import views

app_name = "recruitment"
urlpatterns = [
    path("careers/", views.offers, name="offers"),
    path("careers/apply/", views.apply, name="apply"),
    path("careers/apply/thanks/", views.applied, name="applied"),
    path("careers/<slug:slug>/", views.offer, name="offer"),
    path("careers/<slug:slug>/apply/", views.apply_to, name="apply-to"),
]
