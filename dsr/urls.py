"""Addresses of this floor: one for each verb."""

from django.urls import path

from dsr.views import following, intake, letters, package, papers, post

app_name = "dsr"
urlpatterns = [
    path("privacy/requests/new/", intake.new, name="request-new"),
    path("privacy/requests/letter.pdf", post.blank, name="letter"),
    path("privacy/requests/<uuid:pk>/letter.pdf", post.filled_in, name="request-letter"),
    path("privacy/requests/<uuid:pk>/letters/<int:number>/", letters.sent, name="request-sent-letter"),
    path("privacy/requests/sent/", intake.sent, name="request-sent"),
    path("privacy/requests/confirm/", intake.confirm, name="confirm"),
    path("privacy/requests/confirm/<str:token>/", intake.confirm_link, name="confirm-link"),
    path("privacy/requests/follow/", following.follow, name="follow"),
    path("privacy/requests/follow/<str:token>/", following.follow_link, name="follow-link"),
    path("privacy/requests/link-sent/", following.link_sent, name="link-sent"),
    path("privacy/requests/package.schema.json", package.schema, name="package-schema"),
    path("privacy/requests/download/", package.package_open, name="package-open"),
    path("privacy/requests/download/<str:token>/", package.package_link, name="package-link"),
    path("privacy/requests/<uuid:pk>/", following.page, name="request"),
    path("privacy/requests/<uuid:pk>/link/", following.new_link, name="request-link"),
    path("privacy/requests/<uuid:pk>/message/", following.message, name="request-message"),
    path("privacy/requests/<uuid:pk>/document/", papers.document, name="request-document"),
    path("privacy/requests/<uuid:pk>/identity/", papers.proof, name="request-identity"),
    path("privacy/requests/<uuid:pk>/mandate/", papers.mandate, name="request-mandate"),
    path("privacy/requests/<uuid:pk>/withdraw/", following.withdraw, name="request-withdraw"),
    path("privacy/requests/<uuid:pk>/package/", package.package, name="package"),
]
