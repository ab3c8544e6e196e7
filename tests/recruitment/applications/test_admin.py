"""Applications at the desk: read, answered, never edited; each look on record; the archive behind a reason."""

import threading
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from PIL import Image

from privacy.audit.models import AuditEntry
from privacy.datamap.subjects import fingerprint
from privacy.files import examiner, storage
from privacy.files.rendering import DOCX, PDF
from privacy.mail.models import Mail
from recruitment.applications.models import Application, ArchiveOpening, Exchange
from tests import actors, desk_searches, documents
from tests.conftest import ALICE, BOB
from tests.recruitment.factories import ORDINARY_DAY, make_application, make_offer

pytestmark = pytest.mark.django_db
LIST = "/admin/recruitment/application/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(ORDINARY_DAY, tick=False):
        yield


@pytest.fixture
def application() -> Application:
    return make_application(at=ORDINARY_DAY - timedelta(days=30))


@pytest.fixture
def old() -> Application:
    return make_application(BOB, at=ORDINARY_DAY - timedelta(days=800), surname="Bobadilla")


@pytest.fixture
def recruiter(db) -> Client:
    """Somebody who reads and answers applications, and has no key to the archive."""
    user = actors.train(actors.make_staff("recruiter@example.org"))
    names = ("view_application", "change_application", "view_exchange")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    actors.sign_in(client, user)
    return client


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def test_the_list_holds_the_active_ones_only(recruiter, application, old):
    page = recruiter.get(LIST).text
    assert f"/{application.pk}/change/" in page
    assert f"/{old.pk}/change/" not in page
    assert recruiter.get(f"{LIST}{old.pk}/change/").status_code == 404


def test_a_look_is_on_record_and_nothing_can_be_edited(recruiter, application):
    page = recruiter.get(f"{LIST}{application.pk}/change/").text
    assert "Five years of Python" in page
    assert 'name="surname"' not in page
    assert "erased on" in page
    entry = AuditEntry.objects.get(action="recruitment.application.viewed")
    assert entry.about == fingerprint(ALICE)
    assert recruiter.post(f"{LIST}{application.pk}/delete/", {"post": "yes"}).status_code == 404
    assert recruiter.post(f"{LIST}{application.pk}/change/", {"surname": "X"}).status_code == 404


def test_nobody_deletes_at_the_desk_not_even_the_controller(dpo_client, application):
    assert dpo_client.post(f"{LIST}{application.pk}/delete/", {"post": "yes"}).status_code == 404
    assert "delete_selected" not in dpo_client.get(LIST).text
    assert Application.objects.exists()


def cv(application: Application, content: bytes, media_type: str = PDF) -> None:
    """Put another file into the place of the CV."""
    file = storage.store(content, name="cv.pdf", media_type=media_type, now=ORDINARY_DAY, is_upload=True)
    Application.objects.filter(pk=application.pk).update(cv=file)


def test_the_cv_is_drawn_anew_and_its_text_stands_beside_it(recruiter, application):
    cv(application, documents.pdf("Diploma of Pau"))
    page = recruiter.get(f"{LIST}{application.pk}/cv/")
    assert "Diploma of Pau" in page.text
    assert "Page 1 of 1" in page.text
    assert 'alt="Page 1 as a picture; its text stands below."' in page.text
    picture = recruiter.get(f"{LIST}{application.pk}/cv/pages/1/")
    drawn = Image.open(BytesIO(picture.content))
    assert (picture["Content-Type"], drawn.format, max(drawn.size)) == ("image/webp", "WEBP", 1600)
    assert "no-store" in picture["Cache-Control"]
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert drawn.convert("L").getextrema()[0] < 100  # something is written on it
    assert actions() == ["recruitment.cv.shown"]
    assert AuditEntry.objects.get().about == fingerprint(ALICE)


def test_no_picture_without_a_look_on_record(recruiter, dpo_client, application):
    cv(application, documents.blank_pdf(2))
    address = f"{LIST}{application.pk}/cv/"
    assert recruiter.get(f"{address}pages/1/").status_code == 404
    assert dpo_client.get(address).status_code == 200
    assert recruiter.get(f"{address}pages/1/").status_code == 404  # somebody else looked
    assert recruiter.get(address).status_code == 200
    assert recruiter.get(f"{address}pages/1/").status_code == 200
    assert recruiter.get(f"{address}pages/2/").status_code == 404
    with time_machine.travel(ORDINARY_DAY + timedelta(minutes=11), tick=False):
        assert recruiter.get(f"{address}pages/1/").status_code in {302, 404}


def test_one_leafs_through_the_pages(recruiter, application):
    cv(application, documents.blank_pdf(3))
    address = f"{LIST}{application.pk}/cv/"
    assert 'href="?page=3"' in recruiter.get(f"{address}?page=2").text
    assert 'href="?page=1"' in recruiter.get(f"{address}?page=2").text
    assert "?page=4" not in recruiter.get(f"{address}?page=3").text
    for wrong in ("0", "4", "9999"):
        assert "cannot be shown" in recruiter.get(f"{address}?page={wrong}").text


def test_of_a_word_document_the_text_is_shown(recruiter, application):
    cv(application, documents.docx(text="Diploma &lt;b&gt; of Pau"), DOCX)
    page = recruiter.get(f"{LIST}{application.pk}/cv/").text
    assert "Diploma &lt;b&gt; of Pau" in page
    assert "only the text is shown" in page
    assert "<img" not in page.partition('class="document"')[2]
    assert recruiter.get(f"{LIST}{application.pk}/cv/pages/1/").status_code == 404


def test_what_cannot_be_drawn_is_said_in_words(recruiter, application):
    page = recruiter.get(f"{LIST}{application.pk}/cv/")  # the CV of the sample is no PDF
    assert "cannot be shown" in page.text
    assert "/cv/original/" in page.text


def test_while_others_are_examined_it_is_said(recruiter, application, monkeypatch):
    monkeypatch.setattr(examiner, "_places", threading.BoundedSemaphore(1))
    cv(application, documents.pdf())
    assert recruiter.get(f"{LIST}{application.pk}/cv/").status_code == 200
    with examiner._place():
        assert "Try again" in recruiter.get(f"{LIST}{application.pk}/cv/").text
        assert recruiter.get(f"{LIST}{application.pk}/cv/pages/1/").status_code == 503


def test_the_original_is_an_attachment_behind_a_warning_and_on_record(recruiter, application):
    address = f"{LIST}{application.pk}/cv/original/"
    page = recruiter.get(address)
    assert "no examination finds everything" in page.text
    assert actions() == []
    response = recruiter.post(address)
    assert response.content == b"a CV of alice@example.org"
    assert response["Content-Disposition"] == 'attachment; filename="cv.pdf"'
    assert "no-store" in response["Cache-Control"]
    assert "sandbox" in response["Content-Security-Policy"]
    assert actions() == ["recruitment.cv.downloaded"]


def test_nobody_opens_a_cv_that_waits_for_the_scanner(recruiter, application, settings):
    cv(application, documents.pdf())
    settings.SCANNER = "unix:/run/clamd.ctl"
    address = f"{LIST}{application.pk}/cv/"
    for response in (recruiter.get(address, follow=True), recruiter.post(f"{address}original/", follow=True)):
        assert "still being scanned for viruses" in response.text
    assert "recruitment.cv.shown" not in actions()
    assert "recruitment.cv.downloaded" not in actions()


def test_a_reply_from_a_template_is_completed_sent_and_kept(recruiter, application):
    address = f"{LIST}{application.pk}/reply/?template=refusal"
    form = recruiter.get(address).context["form"]
    assert application.first_name in form.initial["text"]
    assert "recruitment.application.viewed" in actions()  # a draft with the name is a look
    typed = {"subject": form.initial["subject"], "text": form.initial["text"]}
    assert "Please fill in what stands in brackets: [reason]" in recruiter.post(address, typed).text
    assert not Mail.objects.exists()
    typed["text"] = typed["text"].replace("[reason]", "another profile was closer.")
    assert recruiter.post(address, typed).status_code == 302
    assert Exchange.objects.get().direction == "OUT"
    assert "another profile" in Mail.objects.get().text
    application.refresh_from_db()
    assert application.last_contact_at == ORDINARY_DAY


def test_a_message_that_came_is_noted(recruiter, application):
    address = f"{LIST}{application.pk}/message/"
    assert recruiter.get(address).status_code == 200
    assert recruiter.post(address, {"text": ""}).status_code == 200
    recruiter.post(address, {"text": "She called."})
    assert "She called." in recruiter.get(f"{LIST}{application.pk}/change/").text


@pytest.mark.parametrize("view", ["cv", "cv/original", "cv/pages/1", "reply", "message"])
def test_who_need_not_know_gets_nothing(clerk, application, view):
    client = Client()
    actors.sign_in(client, clerk)
    assert client.get(f"{LIST}{application.pk}/{view}/").status_code == 404
    assert client.get(f"{LIST}archive/").status_code == 403
    assert client.get(f"{LIST}{application.pk}/open/").status_code == 404
    assert Client().get(f"{LIST}{application.pk}/{view}/").status_code == 302


def numbers(answer) -> list[int]:
    return [row.pk for row, _initials, _end in answer.context_data["rows"]]


def test_the_archive_has_pages(dpo_client, old):
    for days in range(60):
        make_application(f"p{days}@example.org", at=ORDINARY_DAY - timedelta(days=801 + days))
    first = dpo_client.get(f"{LIST}archive/")
    assert len(numbers(first)) == 50
    assert numbers(first)[0] == old.pk
    assert "Next page" in first.text
    second = dpo_client.get(f"{LIST}archive/?after={first.context_data['page'].after}")
    assert len(numbers(second)) == 11
    assert not set(numbers(first)) & set(numbers(second))
    again = dpo_client.get(f"{LIST}archive/?before={second.context_data['page'].before}")
    assert numbers(again) == numbers(first)


@pytest.mark.parametrize("query", ["bobad", "  ALICE bobadilla ", BOB.upper(), "{pk}"])
def test_the_archive_is_searched_and_opens_nothing(dpo_client, application, old, query):
    other = make_application("other@example.org", at=ORDINARY_DAY - timedelta(days=900), surname="Zola")
    answer = desk_searches.search(dpo_client, f"{LIST}archive/", query.format(pk=old.pk))
    assert numbers(answer) == [old.pk]
    assert "Zola" not in answer.text
    assert other.qualifications not in answer.text
    assert not ArchiveOpening.objects.exists()
    assert dpo_client.get(f"{LIST}{old.pk}/change/").status_code == 404
    detail = AuditEntry.objects.get(action="recruitment.archive.listed").detail
    assert detail == {"rows": 1, "searched": True}


@pytest.mark.parametrize("query", ["lasserre", "%", "9" * 30, "²", "' OR 1=1"])
def test_what_is_not_in_the_archive_is_not_found_there(dpo_client, application, old, query):
    answer = desk_searches.search(dpo_client, f"{LIST}archive/", query)
    assert answer.status_code == 200
    assert numbers(answer) == []


def test_the_recruiter_has_no_key_to_the_archive(recruiter, old):
    assert recruiter.get(f"{LIST}archive/").status_code == 403
    reason = {"why": "CLAIM", "reason": "I would like to see."}
    assert recruiter.post(f"{LIST}{old.pk}/open/", reason).status_code == 404
    for view in ("cv", "cv/original", "cv/pages/1", "reply", "message"):
        assert recruiter.get(f"{LIST}{old.pk}/{view}/").status_code == 404
    assert "Archive" not in recruiter.get(LIST).text


def test_the_controller_opens_the_archive_with_a_reason_that_stays(dpo_client, old, application):
    page = dpo_client.get(f"{LIST}archive/").text
    assert f"/{old.pk}/open/" in page
    assert f"/{application.pk}/open/" not in page
    assert "Bobadilla" not in page
    assert dpo_client.get(f"{LIST}{old.pk}/cv/").status_code == 404
    assert dpo_client.post(f"{LIST}{old.pk}/open/", {"why": "CLAIM", "reason": "short"}).status_code == 200
    dpo_client.post(
        f"{LIST}{old.pk}/open/", {"why": "CLAIM", "reason": "He claims that we refused him unfairly."}
    )
    assert "Bobadilla" in dpo_client.get(f"{LIST}{old.pk}/change/").text
    assert dpo_client.post(f"{LIST}{old.pk}/cv/original/").status_code == 200
    assert ArchiveOpening.objects.get().reason.startswith("He claims")
    assert actions() == [
        "recruitment.archive.listed",
        "recruitment.archive.opened",
        "recruitment.application.viewed",
        "recruitment.cv.downloaded",
    ]


def test_what_is_past_its_period_is_nowhere_even_before_the_purge(dpo_client):
    gone = make_application(at=ORDINARY_DAY - timedelta(days=5 * 366))
    assert "Lasserre" not in dpo_client.get(LIST).text + dpo_client.get(f"{LIST}archive/").text
    assert dpo_client.get(f"{LIST}{gone.pk}/open/").status_code == 404
    assert dpo_client.get(f"{LIST}{gone.pk}/cv/").status_code == 404


@pytest.mark.parametrize("path", ["archive/", "{}/change/", "{}/reply/", "{}/message/", ""])
def test_each_page_stands_in_french(dpo_client, application, path):
    page = dpo_client.get("/fr" + LIST + path.format(application.pk))
    assert page.status_code == 200


def test_an_offer_is_written_published_and_stays_once_answered(dpo_client, application):
    page = dpo_client.get("/admin/recruitment/offer/add/")
    assert page.status_code == 200
    typed = {
        "kind": "JOB", "place": "Gan", "title_en": "A", "title_fr": "B", "slug": "apply",
        "description_en": "C", "description_fr": "D",
    }  # fmt: skip
    assert "a meaning of its own" in dpo_client.post("/admin/recruitment/offer/add/", typed).text
    assert dpo_client.post("/admin/recruitment/offer/add/", typed | {"slug": "gardener"}).status_code == 302
    offer = make_offer("answered")
    Application.objects.update(offer=offer)
    assert dpo_client.post(f"/admin/recruitment/offer/{offer.pk}/delete/", {"post": "yes"}).status_code == 404


@pytest.mark.parametrize("view", ["reply", "message"])
def test_who_may_only_read_answers_nobody(client, clerk, view):
    application = make_application()
    actors.train(clerk)
    clerk.user_permissions.add(Permission.objects.get(codename="view_application"))
    actors.sign_in(client, clerk)
    address = f"/admin/recruitment/application/{application.pk}"
    assert client.get(f"{address}/change/").status_code == 200
    assert client.post(f"{address}/{view}/", {"subject": "Hello", "text": "You"}).status_code == 404
    assert not application.exchanges.exists()


def test_a_contact_has_its_own_day_never_ahead_and_never_before_the_application(recruiter, application):
    address = f"{LIST}{application.pk}/message/"
    assert recruiter.get(address).context["form"]["on"].value() == ORDINARY_DAY.date()
    for day, said in (("2026-11-24", "still to come"), ("2026-10-23", "came after this day")):
        assert said in recruiter.post(address, {"text": "She called.", "on": day}).text
    assert not Exchange.objects.exists()
    assert recruiter.post(address, {"text": "She called.", "on": "2026-11-20"}).status_code == 302
    assert Exchange.objects.get().at.isoformat() == "2026-11-19T23:00:00+00:00"  # midnight in Paris


def test_the_desk_says_how_many_applications_a_contact_counts_for(recruiter, application):
    address = f"{LIST}{application.pk}/change/"
    assert "only application of this person" in recruiter.get(address).text
    make_application(at=ORDINARY_DAY)
    make_application(BOB, at=ORDINARY_DAY)
    assert "sent 2 applications" in recruiter.get(address).text
