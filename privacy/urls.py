"""Addresses of the policy and its evidence."""

from django.urls import URLPattern

app_name = "privacy"
urlpatterns: list[URLPattern] = []
