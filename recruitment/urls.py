from django.urls import path

from recruitment.applications import views as applications
from recruitment.offers import views as offers

app_name = "recruitment"
urlpatterns = [
    path("careers/", offers.offers, name="offers"),
    path("careers/apply/", applications.apply, name="apply"),
    path("careers/apply/thanks/", applications.applied, name="applied"),
    path("careers/<slug:slug>/", offers.offer, name="offer"),
    path("careers/<slug:slug>/apply/", applications.apply_to, name="apply-to"),
]
