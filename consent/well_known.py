"""Fixed addresses, outside the language prefixes."""

from django.urls import path

from consent.preferences import well_known_views

urlpatterns = [path(".well-known/gpc.json", well_known_views.gpc, name="gpc")]
