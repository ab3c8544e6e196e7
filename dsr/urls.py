"""One address for each action."""

from django.urls import path

from dsr.after_death import views as after_death
from dsr.follow_up import document_views, letter_views, package_views
from dsr.follow_up import views as follow_up
from dsr.intake import letter_form_views
from dsr.intake import views as intake
from dsr.my_data import views as my_data

app_name = "dsr"
urlpatterns = [
    path("privacy/requests/new/", intake.new, name="request-new"),
    path("privacy/young-people/", intake.young_people, name="young-people"),
    path("privacy/instructions/", after_death.record, name="instructions"),
    path("privacy/instructions/sent/", after_death.sent, name="instructions-sent"),
    path("privacy/instructions/confirm/", after_death.confirm, name="instructions-confirm"),
    path(
        "privacy/instructions/confirm/<str:token>/",
        after_death.confirm_link,
        name="instructions-confirm-link",
    ),
    path("privacy/instructions/recorded/", after_death.recorded, name="instructions-recorded"),
    path("privacy/instructions/withdrawn/", after_death.withdrawn, name="instructions-withdrawn"),
    path("privacy/requests/letter.pdf", letter_form_views.blank, name="letter"),
    path("privacy/requests/<uuid:pk>/letter.pdf", letter_form_views.filled_in, name="request-letter"),
    path("privacy/requests/<uuid:pk>/letters/<int:number>/", letter_views.sent, name="request-sent-letter"),
    path("privacy/requests/sent/", intake.sent, name="request-sent"),
    path("privacy/requests/confirm/", intake.confirm, name="confirm"),
    path("privacy/requests/confirm/<str:token>/", intake.confirm_link, name="confirm-link"),
    path("privacy/requests/follow/", follow_up.follow, name="follow"),
    path("privacy/requests/follow/<str:token>/", follow_up.follow_link, name="follow-link"),
    path("privacy/requests/link-sent/", follow_up.link_sent, name="link-sent"),
    path("privacy/requests/package.schema.json", package_views.schema, name="package-schema"),
    path("privacy/requests/download/", package_views.package_open, name="package-open"),
    path("privacy/requests/download/<str:token>/", package_views.package_link, name="package-link"),
    path("privacy/requests/mine/", my_data.ask, name="my-request"),
    path("privacy/requests/mine/copy/", my_data.download_copy, name="my-copy"),
    path(
        "privacy/requests/mine/correct/<str:holding>/<str:key>/<str:field>/",
        my_data.correct,
        name="my-correction",
    ),
    path("privacy/requests/<uuid:pk>/open/", my_data.open_request, name="my-request-open"),
    path("privacy/requests/<uuid:pk>/fetch/", my_data.fetch_package, name="my-package"),
    path("privacy/requests/<uuid:pk>/", follow_up.page, name="request"),
    path("privacy/requests/<uuid:pk>/link/", follow_up.new_link, name="request-link"),
    path("privacy/requests/<uuid:pk>/message/", follow_up.message, name="request-message"),
    path("privacy/requests/<uuid:pk>/document/", document_views.document, name="request-document"),
    path("privacy/requests/<uuid:pk>/identity/", document_views.proof, name="request-identity"),
    path("privacy/requests/<uuid:pk>/mandate/", document_views.mandate, name="request-mandate"),
    path("privacy/requests/<uuid:pk>/withdraw/", follow_up.withdraw, name="request-withdraw"),
    path("privacy/requests/<uuid:pk>/package/", package_views.package, name="package"),
]
