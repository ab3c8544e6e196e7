from datetime import UTC, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import DateField
from django.utils import timezone

from privacy.audit import control, looks, reasons, trail
from privacy.audit.admin_base import AuditedModelAdmin
from privacy.audit.models import AuditEntry
from privacy.datamap.registry import holding
from privacy.datamap.subjects import fingerprint
from privacy.mail.models import Mail
from privacy.retention import purge
from privacy.seals import sealing, verification
from tests import actors
from tests.conftest import ALICE, BOB
from tests.recruitment.factories import make_offer

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def make_mail(to=ALICE, *, written_at=None, **facts) -> Mail:
    facts = {"message": "test", "language": "en", "written_at": written_at or timezone.now(), **facts}
    return Mail.objects.create(to=to, **facts)


def test_a_look_at_a_persons_record_is_written_down_about_a_pseudonym(dpo_client, dpo):
    mail = make_mail()
    assert dpo_client.get(f"/admin/privacy/mail/{mail.pk}/change/").status_code == 200
    entry = AuditEntry.objects.get(action="privacy.mail.viewed")
    assert (entry.actor, entry.kind, entry.key) == (f"user:{dpo.pk}", "privacy.mail", str(mail.pk))
    assert entry.about == fingerprint(ALICE)
    assert ALICE not in str(entry.__dict__)


def test_the_list_alone_is_no_look_at_a_record(dpo_client):
    make_mail()
    assert "a…@e….org" in dpo_client.get("/admin/privacy/mail/").content.decode()
    assert not AuditEntry.objects.exists()


def test_what_is_past_its_period_is_not_there_even_when_the_purge_is_late(dpo_client):
    old = make_mail(written_at=timezone.now() - relativedelta(months=3, hours=2))
    make_mail(BOB)
    page = dpo_client.get("/admin/privacy/mail/").content.decode()
    assert "a…@e….org" not in page
    assert "b…@e….org" in page
    assert dpo_client.get(f"/admin/privacy/mail/{old.pk}/change/").status_code == 404


def test_the_outbox_cannot_be_changed_by_hand_and_shows_no_text(dpo_client):
    mail = make_mail(text="the secret words", html="<p>the secret words</p>")
    address = f"/admin/privacy/mail/{mail.pk}/change/"
    assert "secret words" not in dpo_client.get(address).content.decode()
    assert dpo_client.post(address, {"to": BOB}).status_code == 404
    assert dpo_client.post(f"/admin/privacy/mail/{mail.pk}/delete/", {"post": "yes"}).status_code == 404
    assert dpo_client.get("/admin/privacy/mail/add/").status_code == 403
    assert Mail.objects.get().to == ALICE


@pytest.mark.parametrize(
    "asked", ["year=0", "year=10000", "year=2026&{0}__month=2&{0}__day=31", "gte=0000-00-00", "nothing=1"]
)
def test_a_filter_that_means_nothing_leads_back_to_the_list(dpo_client, asked):
    for model, shown in admin.site._registry.items():
        for field in model._meta.get_fields():
            if isinstance(field, DateField) and isinstance(shown, AuditedModelAdmin):
                where = asked.format(field.name)
                page = f"/admin/{model._meta.app_label}/{model._meta.model_name}/?{field.name}__{where}"
                assert dpo_client.get(page).status_code in {200, 302}, page
    answer = dpo_client.get(f"/admin/privacy/mail/?written_at__{asked.format('written_at')}", follow=True)
    assert answer.status_code == 200


def test_no_list_is_filtered_by_a_field_that_it_does_not_show(dpo_client):
    """Else who may see the list finds out, letter by letter, what stands in a field that is hidden or masked."""
    make_mail()
    page = "/admin/privacy/mail/?"
    for hidden in (
        "text__contains=token", "html__startswith=<", "message=test&headers__regex=.", f"to={ALICE}",
        "to__startswith=a",
    ):  # fmt: skip
        assert dpo_client.get(page + hidden).headers["Location"] == "/admin/privacy/mail/?e=1"
    for offered in ("message=test", "message__exact=test", "written_at__year=2026", "p=1"):
        assert dpo_client.get(page + offered).status_code == 200, offered


def test_history_opens_the_audit_entries_of_that_record(dpo_client):
    mine, other = make_mail(), make_mail(BOB)
    dpo_client.get(f"/admin/privacy/mail/{other.pk}/change/")
    page = dpo_client.get(f"/admin/privacy/mail/{mine.pk}/history/", follow=True)
    assert page.redirect_chain
    assert str(other.pk) not in page.content.decode()


def test_the_audit_trail_is_read_only_at_the_desk(dpo_client, now):
    with trail.acting("system", "test"):
        entry = trail.record("privacy.test.done", now=now)
    address = f"/admin/privacy/auditentry/{entry.pk}/change/"
    assert dpo_client.get(address).status_code == 200
    assert dpo_client.post(address, {"action": "other"}).status_code == 404


def test_django_keeps_no_log_of_its_own(dpo_client):
    dpo_client.get(f"/admin/privacy/mail/{make_mail().pk}/change/")
    assert not LogEntry.objects.exists()


def test_staff_without_rights_see_nothing(client, clerk):
    actors.sign_in(client, clerk)
    assert client.get("/admin/privacy/mail/").status_code == 403
    assert client.get("/admin/privacy/auditentry/").status_code == 403


@pytest.mark.parametrize("sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_signs_that_turn_text_around_do_not_work_at_the_desk(dpo_client, client, sign):
    """A name that ends in "exe.txt" would be read as "txt.exe", and the rest of the line backwards."""
    offer = make_offer(
        title_en=f"Gardener{sign}txt.exe", description_en=f"a{sign}b", published_at=timezone.now()
    )
    for address in ("/admin/recruitment/offer/", f"/admin/recruitment/offer/{offer.pk}/change/"):
        page = dpo_client.get(address).content.decode()
        assert sign not in page
        assert "Gardener\N{REPLACEMENT CHARACTER}txt.exe" in page
    assert sign in client.get("/careers/").content.decode()
    assert sign in make_offer("other", title_en=offer.title_en).title_en


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/admin/privacy/purgerun/", "Purges"),
        ("/fr/admin/privacy/purgerun/", "Purges"),
        ("/fr/admin/recruitment/application/", "Candidatures"),
        ("/admin/privacy/activity/", "Register of processing activities"),
    ],
)
def test_a_list_bears_the_name_of_what_is_in_it(dpo_client, address, name):
    page = dpo_client.get(address).content.decode()
    assert f"<h1>{name}</h1>" in page
    assert "5 register" not in page


@pytest.mark.parametrize(("address", "words"), [("/fr", "0 candidature\n"), ("", "0 applications\n")])
def test_the_word_below_an_empty_list_agrees_with_nought(dpo_client, address, words):
    assert words in dpo_client.get(f"{address}/admin/recruitment/application/").content.decode()


@pytest.mark.parametrize(("since", "end"), [
    (datetime(2024, 2, 29, 11, tzinfo=UTC), datetime(2025, 2, 28, 11, tzinfo=UTC)),
    (datetime(2025, 10, 26, 1, 30, tzinfo=UTC), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)),
    (datetime(2025, 12, 31, 22, 59, 59, tzinfo=UTC), datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)),
])  # fmt: skip
def test_audit_entries_leave_the_desk_after_their_year_and_stay_in_the_archive(
    client, dpo, acting, time_machine, since, end
):
    entry = AuditEntry.objects.create(at=since, actor="system", source="test", action="test.canary")
    for at, is_shown in ((end - SECOND, True), (end, False), (end + SECOND, False)):
        time_machine.move_to(at, tick=False)
        actors.sign_in(client, dpo)
        assert ("test.canary" in client.get("/admin/privacy/auditentry/").content.decode()) is is_shown
        page = client.get(f"/admin/privacy/auditentry/{entry.pk}/change/")
        assert page.status_code == (200 if is_shown else 404)
        assert holding(AuditEntry).live(at).filter(pk=entry.pk).exists()


# The journal of looks: a year in use, two more for a written control ------------------------------------------------

JOURNAL = "/admin/privacy/auditentry/"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("looked", "in_use_until", "gone"),
    [
        (at(2024, 2, 29, 12), at(2025, 2, 28, 12), at(2027, 2, 28, 12)),
        (at(2026, 8, 31, 12), at(2027, 8, 31, 12), at(2029, 8, 31, 12)),
        (at(2026, 3, 28, 23, 30), at(2027, 3, 28, 22, 30), at(2029, 3, 28, 22, 30)),  # then in summer time
    ],
)
def test_a_look_is_kept_three_years_and_what_was_done_five(looked, in_use_until, gone):
    instant, held = timedelta(microseconds=1), holding(AuditEntry)
    with trail.acting("user:1", "test"):
        look = trail.record("website.enquiry.viewed", now=looked)
        proof = trail.record("website.enquiry.contacted", now=looked)
    assert (look.ends_at, proof.ends_at) == (gone, None)
    for when, active, live, due in (
        (in_use_until - instant, {look, proof}, {look, proof}, set()),
        (in_use_until, set(), {look, proof}, set()),
        (gone - instant, set(), {look, proof}, set()),
        (gone, set(), {proof}, {look}),
    ):
        found = set(held.active(when)), set(held.live(when)), set(held.due(when))
        assert found == (active, live, due), when


@pytest.mark.parametrize(
    ("action", "is_look"),
    [
        ("website.enquiry.viewed", True),
        ("privacy.signin.address_looked_up", True),
        ("recruitment.cv.downloaded", True),
        ("dsr.document.opened", True),
        ("privacy.breach.addresses_read", True),
        ("dsr.request.downloaded", False),  # by the person
        ("privacy.processor.exported", False),
        ("website.enquiry.contacted", False),
    ],
)
def test_which_entries_are_looks(action, is_look):
    assert looks.is_look(action) == is_look


@pytest.mark.django_db(transaction=True)
def test_the_seals_still_verify_after_the_purge_of_looks(now):
    with trail.acting("user:1", "test"):
        trail.record("website.enquiry.viewed", now=now)
        trail.record("website.enquiry.contacted", now=now)
        sealing.seal(now=now)
        purge.run(now=looks.KEEP.after(now))
    assert not AuditEntry.objects.filter(action="website.enquiry.viewed").exists()
    assert AuditEntry.objects.filter(action="website.enquiry.contacted").exists()
    found = verification.verify()
    assert (found.faults, found.removed) == ([], 1)


def test_the_archive_of_the_journal_opens_to_the_controller_for_a_written_control(dpo_client, clerk, client):
    old = timezone.now() - relativedelta(years=2)
    with trail.acting("user:1", "test"):
        entry = trail.record("website.enquiry.viewed", now=old, about="f" * 64)
        gone = trail.record("website.enquiry.viewed", now=old - relativedelta(years=2))
    address = f"{JOURNAL}{entry.pk}/change/"
    assert dpo_client.get(address).status_code == 404
    assert "Open the archive" in dpo_client.get(JOURNAL).text
    assert dpo_client.post(f"{JOURNAL}control/", {"why": "CONTROL", "reason": "short"}).status_code == 200
    assert dpo_client.get(address).status_code == 404
    reason = {"why": "CONTROL", "reason": "Yearly control of who looks at applications."}
    assert dpo_client.post(f"{JOURNAL}control/", reason).status_code == 302
    assert AuditEntry.objects.get(action=control.OPENED).detail == reason
    assert dpo_client.get(address).status_code == 200
    assert "The archive is open to you" in dpo_client.get(JOURNAL).text
    assert dpo_client.get(f"{JOURNAL}{gone.pk}/change/").status_code == 404
    actors.train(clerk)
    clerk.user_permissions.add(Permission.objects.get(codename="view_auditentry"))
    actors.sign_in(client, clerk)
    assert (
        client.get(f"{JOURNAL}control/").status_code
        == client.post(f"{JOURNAL}control/", reason).status_code
        == 403
    )
    assert client.get(address).status_code == 404
    with trail.acting("system", "test"):
        assert not control.is_open(now=timezone.now())


def test_the_archive_closes_after_an_hour(now):
    with trail.acting("user:1", "test"):
        control.open_archive(why="CONTROL", reason="Yearly control", now=now)
        assert control.is_open(now=now + reasons.OPEN_FOR - SECOND)
        assert not control.is_open(now=now + reasons.OPEN_FOR)
        with pytest.raises(PermissionDenied):
            control.open_archive(why="CONTROL", reason="  ", now=now)
