"""The careers pages: an application is kept, confirmed, and nothing that was typed is ever lost."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from consent.ledger.models import ConsentEvent
from consent.prospecting.models import Prospect
from privacy.audit.models import AuditEntry
from privacy.files import storage
from privacy.files.models import Draft, StoredFile
from privacy.mail.models import Mail
from privacy.web import rate_limits
from recruitment.applications.models import Application
from tests import documents
from tests.conftest import ALICE
from tests.recruitment.factories import ORDINARY_DAY, TYPED, cv_file, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(ORDINARY_DAY, tick=False):
        yield


def post(client: Client, path: str = "/careers/apply/", *, cv: Any = ..., **changes: str) -> Any:
    files = {} if cv is None else {"cv": cv_file() if cv is ... else cv}
    return client.post(path, TYPED | changes | files)


def token_in(page: str) -> str:
    found = re.search(r'name="cv-kept" value="([^"]+)"', page)
    assert found, "the page holds no token for the kept file"
    return found[1]


def test_open_offers_are_listed_in_both_languages(client):
    make_offer()
    make_offer("hidden", title_en="Draft", published_at=None)
    make_offer("later", title_en="Later", published_at=ORDINARY_DAY + timedelta(days=1))
    make_offer("over", title_en="Over", closes_on=date(2026, 11, 22))
    page = client.get("/careers/").text
    assert "Gardener" in page
    assert not any(word in page for word in ("Draft", "Later", "Over"))
    french = client.get("/fr/careers/").text
    assert "Jardinage" in french
    assert "2 ans" in french


def test_without_offers_the_page_invites_all_the_same(client):
    assert "There is no open offer today" in client.get("/careers/").text


@pytest.mark.parametrize("path", ["/careers/gardener/", "/fr/careers/gardener/"])
def test_an_offer_reads_as_text_and_typed_html_stays_text(client, path):
    make_offer(
        description_en="## Tasks\n\n<script>x</script>", description_fr="## Missions\n\n<script>x</script>"
    )
    page = client.get(path).text
    assert "<h2>" in page
    assert "<script>x" not in page


def test_a_closed_offer_says_so_kindly_and_cannot_be_answered(client):
    make_offer(closes_on=date(2026, 11, 22))
    assert "This offer is closed" in client.get("/careers/gardener/").text
    assert client.get("/careers/gardener/apply/")["Location"] == "/careers/gardener/"


def test_the_last_day_of_an_offer_is_a_day_in_paris(client):
    make_offer(closes_on=date(2026, 11, 23))
    with time_machine.travel(datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC)):
        assert post(client, "/careers/gardener/apply/").status_code == 302
    with time_machine.travel(datetime(2026, 11, 23, 23, 0, tzinfo=UTC)):
        assert "This offer closed" in post(client, "/careers/gardener/apply/").text


def test_what_was_typed_for_an_offer_that_closed_can_go_as_spontaneous(client):
    make_offer(closes_on=date(2026, 11, 22))
    page = post(client, "/careers/gardener/apply/").text
    assert 'action="/careers/apply/"' in page
    assert "Five years of Python" in page
    post(client, cv=None, **{"cv-kept": token_in(page)})
    assert Application.objects.get().offer is None


@pytest.mark.parametrize(
    "path", ["/careers/nowhere/", "/careers/nowhere/apply/", "/careers/hidden/", "/careers/hidden/apply/"]
)
def test_an_unknown_or_unpublished_offer_is_not_found(client, path):
    make_offer("hidden", published_at=None)
    assert client.get(path).status_code == 404


def test_an_application_is_kept_with_its_cv_encrypted(client):
    offer = make_offer()
    response = post(client, "/careers/gardener/apply/")
    assert response["Location"] == "/careers/apply/thanks/"
    kept = Application.objects.get()
    assert (kept.email, kept.offer, kept.language, kept.entity) == (ALICE, offer, "en", "818 145 302")
    assert kept.received_at == kept.last_contact_at == ORDINARY_DAY
    assert storage.read(kept.cv) == documents.pdf()
    assert b"%PDF" not in storage.path_of(kept.cv_id).read_bytes()
    assert "What happens next" in client.get("/careers/apply/thanks/").text


def test_it_is_confirmed_by_mail_without_a_word_that_was_typed(client):
    make_offer()
    post(client, "/fr/careers/gardener/apply/", first_name="Buy at evil.example")
    mail = Mail.objects.get(message="application_received")
    assert (mail.to, mail.language, mail.subject) == (ALICE, "fr", "Nous avons bien reçu votre candidature")
    assert "Jardinage" in mail.text
    assert not any(typed in mail.text + mail.html for typed in ("evil", "Lasserre", "Python"))


def test_it_is_on_record_without_a_personal_value(client):
    post(client)
    entry = AuditEntry.objects.get(action="recruitment.application.received")
    assert entry.actor == "visitor"
    assert not any(value in str(vars(entry)) for value in TYPED.values())


def test_the_box_for_commercial_mail_is_unticked_and_its_sentence_is_the_proof(client):
    page = client.get("/careers/apply/").text
    box = re.search(r"<input[^>]*name=\"opt_in\"[^>]*>", page)
    assert box
    assert "checked" not in box[0]
    post(client)
    assert not Prospect.objects.exists()
    post(client, opt_in="on")
    event = ConsentEvent.objects.get()
    assert (event.kind, event.email) == ("ASK", ALICE)
    assert event.wording.text in unescape(page)
    assert not Prospect.objects.exists()  # nobody is one before they confirm


def test_the_form_says_what_becomes_of_the_data(client):
    page = client.get("/careers/apply/").text
    assert "What becomes of your data" in page
    assert "5 years" in page
    assert page.index("Your CV") < page.index("by e-mail. I can withdraw")


def test_the_optional_fields_may_be_left_out(client):
    assert post(client, telephone="", postcode="", message="").status_code == 302


@pytest.mark.parametrize("name", ["surname", "email", "qualifications", "experience"])
def test_a_needed_field_left_out_is_said_beside_it_and_the_rest_stays(client, name):
    page = post(client, **{name: ""})
    assert list(page.context["form"].errors) == [name]
    assert "We kept your file <strong>cv.pdf</strong>" in page.text
    assert not Application.objects.exists()
    sent = post(client, cv=None, **{"cv-kept": token_in(page.text)})
    assert sent.status_code == 302
    assert storage.read(Application.objects.get().cv) == documents.pdf()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("first_name", "Ali\x00ce"),
        ("first_name", "Alice\r\nBcc: bob@example.org"),
        ("surname", "x" * 101),
        ("surname", "Lass\x1berre"),
        ("email", "alice@exаmple.org\r\nCc: bob@example.org"),
        ("email", "alice"),
        ("telephone", "call me"),
        ("postcode", "'; drop table"),
        ("experience", "x" * 5001),
        ("qualifications", "\x00"),
    ],
)
def test_hostile_text_gets_a_message_beside_the_field(client, name, value):
    body = post(client, "/fr/careers/apply/", **{name: value})
    assert body.status_code == 200
    assert name in body.context["form"].errors
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Ce fichier est vide"),
        (b"<script>", "Merci d’envoyer un fichier de ce type"),
        (documents.script_pdf(), "un script, une macro"),
        (documents.protected_pdf("x"), "protégé par un mot de passe"),
    ],
)
def test_a_cv_that_is_not_what_it_says_is_refused_in_the_reader_s_language(client, content, said):
    page = post(client, "/fr/careers/apply/", cv=cv_file(content)).text
    assert said in page
    assert "Five years of Python" in page
    assert not StoredFile.objects.exists()


def test_a_cv_over_the_cap_is_refused_and_nothing_typed_is_lost(client, settings):
    settings.UPLOAD_MAX_BYTES = 10_000
    page = post(client, cv=cv_file(documents.pdf() + b" " * 20_000)).text
    assert "This file is too big" in page
    assert "Five years of Python" in page


def test_the_same_kept_cv_sent_twice_asks_for_it_again(client):
    token = token_in(post(client, surname="").text)
    post(client, cv=None, **{"cv-kept": token})
    page = post(client, cv=None, **{"cv-kept": token}).text
    assert "Please choose a file" in page
    assert Application.objects.count() == 1


def test_when_the_disk_refuses_the_person_is_told_and_nothing_is_half_kept(client, settings, tmp_path):
    blocked = tmp_path / "full"
    blocked.write_text("not a folder")
    settings.FILES_ROOT = blocked
    response = post(client)
    assert response.status_code == 503
    assert "could not be recorded" in response.text
    assert "Five years of Python" in response.text
    assert not Application.objects.exists()
    assert not Mail.objects.exists()


def test_when_the_disk_refuses_a_cv_of_a_form_to_be_corrected_the_words_are_not_lost(
    client, settings, tmp_path
):
    blocked = tmp_path / "full"
    blocked.write_text("not a folder")
    settings.FILES_ROOT = blocked
    response = post(client, surname="")
    assert response.status_code == 200
    assert "Five years of Python" in response.text
    assert "We no longer have your file" in response.text
    assert not Draft.objects.exists()


def test_a_flood_from_one_network_is_stopped_and_the_cv_waits_for_the_next_try(client):
    for _form in range(rate_limits.FORMS_OF_CLIENT.times):
        rate_limits.FORMS_OF_CLIENT.take("127.0.0.1", now=ORDINARY_DAY)
    refused = post(client)
    assert refused.status_code == 429
    assert "Very many forms came from your network" in refused.text
    assert "Five years of Python" in refused.text
    assert not Application.objects.exists()
    with time_machine.travel(ORDINARY_DAY + timedelta(minutes=10), tick=False):
        assert post(client, cv=None, **{"cv-kept": token_in(refused.text)}).status_code == 302
    assert Application.objects.get().cv


def test_a_flood_of_files_is_not_examined_and_the_words_stay(client, monkeypatch):
    for _file in range(rate_limits.UPLOADS_OF_CLIENT.times):
        rate_limits.UPLOADS_OF_CLIENT.take("127.0.0.1", now=ORDINARY_DAY)
    monkeypatch.setattr(
        "privacy.files.uploads.check", lambda *_args, **_facts: pytest.fail("it was examined")
    )
    page = post(client).text
    assert "Very many files came from your network" in page
    assert "Five years of Python" in page
    assert not Application.objects.exists()
