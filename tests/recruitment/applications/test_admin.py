"""Applications at the desk: read, answered, never edited; each look on record; the archive behind a reason."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client

from privacy.audit.models import AuditEntry
from privacy.datamap.subjects import fingerprint
from privacy.mail.models import Mail
from recruitment.applications.models import Application, ArchiveOpening, Exchange
from tests import actors, desk_searches
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
    user = actors.make_staff("recruiter@example.org")
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


def test_the_cv_is_an_attachment_and_the_download_is_on_record(recruiter, application):
    response = recruiter.get(f"{LIST}{application.pk}/cv/")
    assert response.content == b"a CV of alice@example.org"
    assert response["Content-Disposition"] == 'attachment; filename="cv.pdf"'
    assert "no-store" in response["Cache-Control"]
    assert "sandbox" in response["Content-Security-Policy"]
    assert actions() == ["recruitment.cv.downloaded"]


def test_a_reply_from_a_template_is_completed_sent_and_kept(recruiter, application):
    address = f"{LIST}{application.pk}/reply/?template=refusal"
    form = recruiter.get(address).context["form"]
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


@pytest.mark.parametrize("view", ["cv", "reply", "message"])
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
    for view in ("cv", "reply", "message"):
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
    assert dpo_client.get(f"{LIST}{old.pk}/cv/").status_code == 200
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
