"""Addresses for machines, without a language."""

from django.urls import path

from consent.views import machines

urlpatterns = [path(".well-known/gpc.json", machines.gpc, name="gpc")]
