"""Files that machines ask for: they have no language."""

from django.urls import path

from softnlabs.website.pages import machine_views as machines

app_name = "machines"
urlpatterns = [
    path("robots.txt", machines.robots_txt, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("favicon.ico", machines.favicon, name="favicon"),
    path("site.webmanifest", machines.manifest, name="manifest"),
]
