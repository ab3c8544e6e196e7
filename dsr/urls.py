"""Addresses of this floor."""

from django.urls import URLPattern

app_name = "dsr"
urlpatterns: list[URLPattern] = []
