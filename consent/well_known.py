"""Fixed addresses, outside the language prefixes."""

from django.urls import path

from consent.preferences import well_known_views
from consent.returns import views as returns

urlpatterns = [
    path(".well-known/gpc.json", well_known_views.gpc, name="gpc"),
    path("webhooks/mail/<slug:provider>/", returns.webhook, name="mail-returns"),
]
