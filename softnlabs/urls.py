"""All addresses, in English; French has the same ones under `/fr`."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

handler500 = "softnlabs.website.pages.errors.server_failed"
urlpatterns: list[URLPattern | URLResolver] = [path("", include("consent.well_known"))]
urlpatterns += [path("", include("softnlabs.website.pages.machine_urls"))]
urlpatterns += i18n_patterns(
    path("admin/", admin.site.urls),
    path("", include("softnlabs.website.urls")),
    path("", include("softnlabs.website.accounts.urls")),
    path("", include("privacy.urls")),
    path("", include("consent.urls")),
    path("cookies/", include("consent.compatibility.urls")),
    path("", include("recruitment.urls")),
    path("", include("dsr.urls")),
    path("", include("softnlabs.website.pages.urls")),  # last: they take any word that is left
    prefix_default_language=False,
)
