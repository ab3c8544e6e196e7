"""Addresses of this floor."""

from django.urls import URLPattern

app_name = "consent"
urlpatterns: list[URLPattern] = []
