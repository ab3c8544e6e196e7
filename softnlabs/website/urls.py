"""Addresses of the pages, the contact form and the machines' corner."""

from django.urls import URLPattern

app_name = "website"
urlpatterns: list[URLPattern] = []
