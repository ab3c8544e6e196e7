"""E-mail campaigns at the desk."""

from datetime import datetime
from io import BytesIO

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from consent.mailings import drafts, pictures
from consent.mailings.models import Delivery, Mailing
from consent.mailings.picture_models import MailingPicture
from consent.mailings.states import MailingState
from privacy.access.groups import StaffGroup
from privacy.audit.models import AuditEntry
from privacy.datamap.periods import CALENDAR
from privacy.files.models import StoredFile
from privacy.mail.models import Mail
from tests import actors
from tests.conftest import ALICE, BOB
from tests.consent.mailings.factories import LINK, make_mailing, make_prospect

pytestmark = pytest.mark.django_db
CAMPAIGNS = "/admin/consent/mailing/"
PICTURES = "/admin/consent/mailingpicture/"
SELLER = "seller@example.org"
WRITTEN = {
    "entity": "818 145 302",
    "topic": "",
    "languages": ["en", "fr"],
    "subject_en": "News of May",
    "body_en": "Hello",
    "subject_fr": "Nouvelles de mai",
    "body_fr": "Bonjour",
}


@pytest.fixture
def seller(db) -> Client:
    client = Client()
    actors.sign_in(client, actors.make_member(SELLER, StaffGroup.SALES))
    return client


@pytest.fixture
def mailing(db) -> Mailing:
    return make_mailing()


def page(mailing: Mailing, part: str = "change") -> str:
    return f"{CAMPAIGNS}{mailing.pk}/{part}/"


def state(mailing: Mailing) -> str:
    mailing.refresh_from_db()
    return mailing.state


def actions() -> list[str]:
    entries = AuditEntry.objects.filter(action__startswith="consent.mailing").order_by("pk")
    return list(entries.values_list("action", flat=True))


# Writing -------------------------------------------------------------------------------------------------------------


def test_it_is_written_and_led_to_what_comes_next(seller):
    answer = seller.post(f"{CAMPAIGNS}add/", WRITTEN)
    mailing = Mailing.objects.get()
    assert answer.headers["Location"] == page(mailing)
    assert (mailing.state, mailing.body_fr, mailing.topic) == ("DRAFT", "Bonjour", "")
    assert mailing.written_by.startswith("user:")
    assert actions() == ["consent.mailing.added"]
    shown = seller.get(page(mailing)).content.decode()
    assert page(mailing, "start") in shown
    assert page(mailing, "preview") in shown


@pytest.mark.parametrize("name", ["subject_en", "body_en", "subject_fr", "body_fr"])
def test_both_languages_are_written(seller, name):
    answer = seller.post(f"{CAMPAIGNS}add/", {**WRITTEN, name: ""})
    language = {"en": "English", "fr": "French"}[name[-2:]]
    assert f"in {language}." in answer.context["adminform"].form.errors[name][0]
    assert not Mailing.objects.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<b>x</b>", "“&lt;b&gt;”"),
        ("[x](javascript:x)", "https://"),
        ("![A chart](https://evil.example/pixel.gif)", "is not on our site"),
        ("![A chart](/news/pictures/unknown/)", "is not on our site"),
        ("![A chart](/static/none.png)", "is not on our site"),
        ("![](/static/images/favicon.svg)", "describe the picture"),
    ],
)
def test_what_does_not_work_is_said_beside_the_field(seller, text, said):
    answer = seller.post(f"{CAMPAIGNS}add/", {**WRITTEN, "body_fr": text})
    form = answer.context["adminform"].form
    assert said in str(form.errors["body_fr"])
    assert list(form.errors) == ["body_fr"]


def test_a_file_of_the_site_is_a_picture_too(seller):
    seller.post(f"{CAMPAIGNS}add/", {**WRITTEN, "body_en": "![Our sign](/static/images/favicon.svg)"})
    assert Mailing.objects.exists()


def test_a_draft_is_changed(seller, mailing):
    seller.post(page(mailing), {**WRITTEN, "subject_en": "News\nof June"})
    mailing.refresh_from_db()
    assert mailing.subject_en == "News of June"
    assert actions() == ["consent.mailing.changed"]


def test_what_was_scheduled_meanwhile_is_not_changed(seller, mailing):
    seller.post(page(mailing, "start"))
    answer = seller.post(page(mailing), WRITTEN | {"body_en": "Other words"}, follow=True)
    assert "stays as it is" in answer.content.decode()
    mailing.refresh_from_db()
    assert (mailing.state, mailing.body_en == "Other words") == ("SCHEDULED", False)


def test_a_page_that_was_read_before_does_not_take_it_back_to_draft(seller, mailing):
    """Somebody schedules it between the check and the saving."""
    read = Mailing.objects.get(pk=mailing.pk)
    seller.post(page(mailing, "start"))
    read.body_en = "Other words"
    with pytest.raises(drafts.NotADraftError):
        drafts.save(read, ["body_en"])
    assert state(mailing) == "SCHEDULED"
    assert mailing.body_en != "Other words"


def test_a_copy_is_a_new_draft(seller, now):
    mailing = make_mailing(state=MailingState.SENT, scheduled_at=now, ended_at=now, sent=7, topic="privacy")
    answer = seller.post(page(mailing, "copy"))
    copy = Mailing.objects.get(state=MailingState.DRAFT)
    assert answer.headers["Location"] == page(copy)
    assert (copy.body_en, copy.topic, copy.sent, copy.scheduled_at) == (mailing.body_en, "privacy", 0, None)
    assert actions() == ["consent.mailing.copied"]


def test_only_a_draft_is_deleted(dpo_client, mailing):
    assert dpo_client.get(page(mailing, "delete")).status_code == 200
    dpo_client.post(page(mailing, "start"))
    assert dpo_client.get(page(mailing, "delete")).status_code == 404


# Looking at it -------------------------------------------------------------------------------------------------------


def test_the_preview_shows_both_languages_in_both_looks_and_as_text(seller, mailing):
    answer = seller.get(page(mailing, "preview"))
    shown = answer.content.decode()
    for part in ("en/light", "en/dark", "fr/light", "fr/dark"):
        assert page(mailing, f"preview/{part}") in shown
    assert "Bonjour, lire : https://b.example/." in shown.replace("\u00a0", " ")
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_frame_runs_nothing_and_has_the_links_that_were_written(seller, mailing):
    answer = seller.get(page(mailing, "preview/en/dark"))
    shown = answer.content.decode()
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert LINK.replace("&", "&amp;") in shown
    assert 'content="dark"' in shown
    assert "prefers-color-scheme" not in shown


@pytest.mark.parametrize("part", ["preview/de/light", "preview/en/blue"])
def test_there_is_no_other_frame(seller, mailing, part):
    assert seller.get(page(mailing, part)).status_code == 404


def test_a_test_goes_to_whoever_asks_and_to_nobody_else(seller, mailing, now):
    make_prospect(ALICE, now=timezone.now())
    seller.post(page(mailing, "test"), {"to": BOB, "email": BOB})
    sent = Mail.objects.order_by("pk")
    assert {(mail.to, mail.language) for mail in sent} == {(SELLER, "en"), (SELLER, "fr")}
    assert "test" in Mail.objects.get(language="en").subject.lower()
    assert all("/news/" not in mail.html for mail in sent)
    assert actions() == ["consent.mailing.tested"] * 2


# Sending -------------------------------------------------------------------------------------------------------------


def test_the_numbers_are_shown_and_nobody_is_named(seller, mailing):
    now = timezone.now()
    make_prospect(ALICE, now=now)
    make_prospect("fr@example.org", now=now, language="fr")
    make_prospect(BOB, now=now, entity="732 829 320")
    answer = seller.get(page(mailing, "start"))
    audience = answer.context["audience"]
    assert audience.number == 2
    assert dict(audience.by_language) == {"English": 1, "Français": 1}
    assert ALICE not in answer.content.decode()


def test_a_get_starts_nothing_and_a_post_once(seller, mailing):
    assert seller.get(page(mailing, "start")).status_code == 200
    assert state(mailing) == "DRAFT"
    answer = seller.post(page(mailing, "start"))
    assert answer.headers["Location"] == page(mailing)
    assert state(mailing) == "SCHEDULED"
    again = seller.post(page(mailing, "start"), follow=True)
    assert "not possible" in again.content.decode()
    assert actions() == ["consent.mailing.scheduled"]


def test_the_calendar_of_the_schedule_has_its_words(seller, mailing):
    """Without them its scripts end in an error."""
    shown = seller.get(page(mailing, "schedule")).content.decode()
    assert shown.index("/admin/jsi18n/") < shown.index("/calendar.js")


def test_it_is_scheduled_for_an_hour_of_paris(seller, mailing):
    with time_machine.travel(datetime(2026, 11, 29, 12, 0, tzinfo=CALENDAR), tick=False):
        seller = signed_in(SELLER)
        seller.post(page(mailing, "schedule"), {"at_0": "2027-07-01", "at_1": "09:30"})
    assert state(mailing) == "SCHEDULED"
    assert mailing.scheduled_at.isoformat() == "2027-07-01T07:30:00+00:00"


@pytest.mark.parametrize(
    ("day", "hour"),
    [("2026-11-28", "09:30"), ("2027-03-28", "02:30"), ("2027-10-31", "02:30"), ("", ""), ("x", "y")],
)
def test_an_hour_that_is_over_or_in_doubt_is_refused(seller, mailing, day, hour):
    """In the night of the 28th of March there is no half past two in Paris; in that of October there are two."""
    with time_machine.travel(datetime(2026, 11, 29, 12, 0, tzinfo=CALENDAR), tick=False):
        answer = signed_in(SELLER).post(page(mailing, "schedule"), {"at_0": day, "at_1": hour})
    assert answer.context["form"].errors["at"]
    assert state(mailing) == "DRAFT"


def signed_in(email: str) -> Client:
    """Signed in at the time of the test."""
    client = Client()
    actors.sign_in(client, actors.User.objects.get(email=email))
    return client


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        ("SCHEDULED", "unschedule", "DRAFT"),
        ("SENDING", "pause", "PAUSED"),
        ("PAUSED", "resume", "SENDING"),
        ("SCHEDULED", "cancel", "CANCELLED"),
        ("SENDING", "cancel", "CANCELLED"),
        ("PAUSED", "cancel", "CANCELLED"),
    ],
)
def test_each_verb_has_a_page_of_its_own(seller, now, before, verb, after):
    mailing = make_mailing(state=before, scheduled_at=now, is_filled=True, recipients=10, sent=4)
    assert page(mailing, verb) in seller.get(page(mailing)).content.decode()
    shown = seller.get(page(mailing, verb)).content.decode()
    assert "4 of 10" in shown
    assert state(mailing) == before
    seller.post(page(mailing, verb))
    assert state(mailing) == after


@pytest.mark.parametrize("verb", ["start", "schedule", "unschedule", "pause", "resume", "cancel"])
def test_what_has_ended_stays(seller, now, verb):
    mailing = make_mailing(state=MailingState.SENT, scheduled_at=now, ended_at=now)
    seller.post(page(mailing, verb), {"at_0": "2099-07-01", "at_1": "09:30"})
    assert state(mailing) == "SENT"
    assert actions() == []


def test_a_picture_that_is_gone_is_noticed_before_it_is_sent(seller, mailing):
    Mailing.objects.update(body_fr="![Une courbe](/news/pictures/gone/)")
    answer = seller.post(page(mailing, "start"))
    assert "/news/pictures/gone/" in answer.content.decode()
    assert state(mailing) == "DRAFT"


def test_progress_reloads_by_itself_while_it_is_sent(seller, now):
    mailing = make_mailing(
        state=MailingState.SENDING, scheduled_at=now, is_filled=True, recipients=10, sent=4, clicked=3
    )
    shown = seller.get(page(mailing))
    assert '<progress id="progress" max="10" value="4">' in shown.content.decode()
    assert shown.headers["Refresh"] == "15"
    assert "Refresh" not in seller.get(f"{page(mailing)}?still").headers
    Mailing.objects.update(state=MailingState.SENT, ended_at=now)
    assert "Refresh" not in seller.get(page(mailing)).headers


def test_only_one_that_is_about_to_start_reloads(seller, now):
    mailing = make_mailing(state=MailingState.SCHEDULED, scheduled_at=now)
    assert "Refresh" in seller.get(page(mailing)).headers
    Mailing.objects.update(scheduled_at=datetime(2099, 1, 1, tzinfo=CALENDAR))
    assert "Refresh" not in seller.get(page(mailing)).headers


# Who may -------------------------------------------------------------------------------------------------------------

PARTS = [
    "change", "start", "schedule", "unschedule", "pause", "resume", "cancel", "preview", "preview/en/light",
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_forbidden_answers_as_unknown(mailing, part):
    client = Client()
    actors.sign_in(client, actors.train(actors.make_staff("clerk2@example.org")))
    assert client.get(page(mailing, part)).status_code == 404
    assert client.get(f"{CAMPAIGNS}999999/{part}/").status_code == 404


@pytest.mark.parametrize("part", ["test", "copy", "start"])
def test_nobody_acts_without_permission(mailing, part):
    client = Client()
    actors.sign_in(client, actors.train(actors.make_staff("clerk2@example.org")))
    assert client.post(page(mailing, part)).status_code == 404
    assert (state(mailing), Mailing.objects.count(), Mail.objects.count()) == ("DRAFT", 1, 0)


def test_whoever_only_reads_sends_no_test_and_copies_nothing(mailing):
    user = actors.train(actors.make_staff("reader@example.org"))
    user.user_permissions.add(Permission.objects.get(codename="view_mailing"))
    client = signed_in(user.email)
    assert client.get(page(mailing, "preview")).status_code == 200
    assert [client.post(page(mailing, part)).status_code for part in ("test", "copy", "start")] == [404] * 3
    assert (state(mailing), Mailing.objects.count(), Mail.objects.count()) == ("DRAFT", 1, 0)


def test_without_a_training_one_writes_and_does_not_send(mailing):
    user = actors.make_member("new@example.org", StaffGroup.SALES)
    actors.Training.objects.all().delete()
    client = Client()
    actors.sign_in(client, type(user).objects.get(pk=user.pk))
    shown = client.get(page(mailing))
    assert shown.status_code == 200
    assert page(mailing, "start") not in shown.content.decode()
    assert client.post(page(mailing, "start")).status_code != 200
    assert state(mailing) == "DRAFT"


def test_the_list_of_deliveries_is_masked_and_read_only(seller, mailing, now):
    delivery = Delivery.objects.create(
        mailing=mailing, email=ALICE, language="en", added_at=timezone.now(), next_try_at=timezone.now()
    )
    listed = seller.get("/admin/consent/delivery/").content.decode()
    assert ALICE not in listed
    assert "a…@" in listed
    where = f"/admin/consent/delivery/{delivery.pk}/"
    assert seller.post(f"{where}change/", {"state": "SENT"}).status_code == 404
    assert seller.get(f"{where}delete/").status_code == 404


# Pictures ------------------------------------------------------------------------------------------------------------


def sent_picture(width: int = 40, kind: str = "JPEG", *, comment: bytes = b"") -> SimpleUploadedFile:
    kept = BytesIO()
    Image.new("RGB", (width, 30), "teal").save(kept, kind, **({"comment": comment} if comment else {}))
    return SimpleUploadedFile(f"chart.{kind.lower()}", kept.getvalue())


def test_a_picture_is_drawn_anew_and_served_to_everybody(seller):
    answer = seller.post(f"{PICTURES}add/", {"picture": sent_picture(comment=b"taken at home")})
    picture = MailingPicture.objects.get()
    assert answer.headers["Location"] == f"{PICTURES}{picture.key}/change/"
    shown = seller.get(answer.headers["Location"]).content.decode()
    assert f"![description](/news/pictures/{picture.key}/)" in shown
    public = Client().get(picture.get_absolute_url())
    assert public.headers["Content-Type"] == "image/jpeg"
    assert public.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert public.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not public.cookies
    assert b"taken at home" not in public.content
    assert pictures.is_ours(picture.get_absolute_url())
    assert AuditEntry.objects.filter(action="consent.mailingpicture.added").count() == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_is_no_wider_than_a_mail_shows_it(seller, kind):
    seller.post(f"{PICTURES}add/", {"picture": sent_picture(3000, kind)})
    picture = MailingPicture.objects.get()
    public = Client().get(picture.get_absolute_url())
    assert Image.open(BytesIO(public.content)).size == (picture.width, picture.height) == (1120, 11)


def test_what_is_no_picture_is_refused(seller):
    sent = SimpleUploadedFile("chart.png", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>")
    assert seller.post(f"{PICTURES}add/", {"picture": sent}).status_code == 200
    assert not MailingPicture.objects.exists()


def test_a_deleted_picture_is_gone_with_its_file(dpo_client):
    dpo_client.post(f"{PICTURES}add/", {"picture": sent_picture()})
    picture = MailingPicture.objects.get()
    dpo_client.post(f"{PICTURES}{picture.key}/delete/", {"post": "yes"})
    assert not StoredFile.objects.exists()
    assert Client().get(picture.get_absolute_url()).status_code == 404


def test_an_unknown_picture_is_not_found(db):
    assert Client().get("/news/pictures/unknown/").status_code == 404
