from django.urls import path

from consent.mail_preferences import views as mail_preferences
from consent.mailings import views as mailings
from consent.notices import views as notices
from consent.preferences import mail_views as mail
from consent.preferences import views as preferences
from consent.preferences import visits_views as visits
from consent.wording import views as wording

app_name = "consent"
urlpatterns = [
    path("privacy/choices/", preferences.choices, name="choices"),
    path("privacy/choices/accept/", preferences.accept, name="accept"),
    path("privacy/choices/refuse/", preferences.refuse, name="refuse"),
    path("privacy/choices/save/", preferences.save, name="save"),
    path("privacy/choices/interests/", notices.save_interests, name="interests"),
    path("privacy/choices/visits/object/", preferences.object_to_visits, name="visits-object"),
    path("privacy/choices/visits/allow/", preferences.allow_visits, name="visits-allow"),
    path("privacy/choices/visits/delete/", visits.delete, name="visits-delete"),
    path("privacy/choices/visits.json", visits.as_json, name="visits-json"),
    path("privacy/choices/visits.csv", visits.as_csv, name="visits-csv"),
    path("privacy/choices/proof.json", preferences.proof_json, name="proof"),
    path("privacy/choices/mail/agree/", mail.agree, name="mail-agree"),
    path("privacy/choices/mail/stop/", mail.stop, name="mail-stop"),
    path("privacy/mail/", mail_preferences.send_link, name="mail-link"),
    path("privacy/mail/sent/", mail_preferences.link_sent, name="mail-link-sent"),
    path("privacy/mail/confirm/", mail_preferences.confirm, name="mail-confirm"),
    path("privacy/mail/confirm/<str:token>/", mail_preferences.confirm_link, name="mail-confirm-link"),
    path("privacy/mail/<str:token>/", mail_preferences.show, name="mail-preferences"),
    path("privacy/mail/<str:token>/save/", mail_preferences.save, name="mail-preferences-save"),
    path("privacy/mail/<str:token>/ask/", mail_preferences.ask_again, name="mail-ask"),
    path("privacy/mail/<str:token>/unsubscribe/", mail_preferences.unsubscribe, name="mail-unsubscribe"),
    path("privacy/choices/words/", wording.versions, name="wording-versions"),
    path("privacy/choices/words/<slug:sha256>/", wording.text, name="wording-text"),
    path("privacy/choices/words/<slug:sha256>/shown/", wording.rendered, name="wording-rendered"),
    path("news/pictures/<slug:key>/", mailings.picture, name="mailing-picture"),
    path("news/<str:link>/<str:person>/", mailings.follow, name="mailing-link"),
    path("notices/<int:pk>/", notices.follow, name="notice-follow"),
]
