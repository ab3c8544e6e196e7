"""The monthly report: who looked at whose data, once a month, read by the controller alone."""

from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.test import Client

from dsr.requests.models import SubjectRequest
from privacy.access.models import Training
from privacy.audit import reasons, trail
from privacy.audit.models import AuditEntry
from privacy.datamap.subjects import fingerprint
from privacy.mail.models import Mail
from privacy.oversight import reports
from privacy.oversight.models import LookCount, LookReport
from softnlabs.website.accounts.models import User
from tests import actors
from tests.conftest import ALICE, BOB
from tests.dsr.factories import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
NOON = datetime(2026, 10, 14, 10, tzinfo=UTC)  # a Wednesday
NIGHT = datetime(2026, 10, 14, 1, tzinfo=UTC)
AFTER = datetime(2026, 11, 1, 9, tzinfo=UTC)


def look(
    about: str = ALICE, at: datetime = NOON, *, by: int = 1, action: str = "website.enquiry.viewed", **detail
):
    with trail.acting(f"user:{by}", "test"):
        return trail.record(action, now=at, about=fingerprint(about) if about else "", detail=detail)


def figures(account: int = 1) -> LookCount:
    return LookCount.objects.get(account=account)


def test_it_counts_what_each_account_did_in_the_month_and_nothing_else():
    look()
    look(at=NIGHT)
    look(BOB, action="recruitment.cv.downloaded")
    look("", action="website.enquiry.searched", found=2)
    look("", action="privacy.activity.exported", form="csv")
    look(action=reports.REFUSED)
    look("", action=reports.OWN_TRAINING)
    look(by=2)
    look(at=datetime(2026, 9, 30, 21, 59, 59, tzinfo=UTC))
    look(at=datetime(2026, 10, 31, 23, tzinfo=UTC))
    with trail.acting("user:1", "test"):
        reasons.give("dsr.document.reason_given", why="IDENTITY", reason="To compare it.", now=NOON)
    with trail.acting("system", "test"):
        trail.record("website.enquiry.viewed", now=NOON)
    assert reports.write_due(now=AFTER) == 1
    one = figures()
    assert (one.looks, one.people, one.searches, one.exports) == (4, 2, 1, 1)
    assert (one.reasons, one.refused, one.own_trainings, one.outside_hours) == (1, 1, 1, 1)
    assert figures(2).looks == 1
    assert LookCount.objects.count() == 2


def test_it_is_written_once_and_says_so_in_one_mail_without_names():
    look()
    for _time in range(3):
        reports.write_due(now=AFTER)
    assert LookReport.objects.get().month == date(2026, 10, 1)
    mail = Mail.objects.get(message=reports.MESSAGE)
    assert mail.to == settings.CONTROLLER["email"]
    assert "octobre 2026" in mail.text
    assert fingerprint(ALICE) not in mail.text


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC), 0),  # 23:59:59 in Paris
        (datetime(2026, 10, 31, 23, tzinfo=UTC), 1),
        (datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC), 1),
    ],
)
def test_it_is_written_when_the_month_is_over_in_paris(now, expected):
    look()
    reports.write_due(now=datetime(2026, 10, 2, tzinfo=UTC))
    assert reports.write_due(now=now) == expected


def test_months_during_which_the_site_was_off_are_caught_up():
    look()
    reports.write_due(now=AFTER)
    assert reports.write_due(now=datetime(2027, 2, 10, tzinfo=UTC)) == 3
    months = list(LookReport.objects.values_list("month", flat=True))
    assert months == [date(2027, 1, 1), date(2026, 12, 1), date(2026, 11, 1), date(2026, 10, 1)]


def test_a_new_site_has_nothing_to_report():
    assert reports.write_due(now=AFTER) == 0
    assert not Mail.objects.exists()


def test_a_look_without_an_open_case_is_counted():
    make_request(NOON, BOB)
    look(BOB)
    look(ALICE)
    reports.write_due(now=AFTER)
    assert figures().without_case == 1


def test_a_request_that_was_closed_within_the_month_was_a_case(now):
    request = make_request(NOON, BOB)
    SubjectRequest.objects.filter(pk=request.pk).update(state="WITHDRAWN", closed_at=NOON)
    look(BOB)
    reports.write_due(now=AFTER)
    assert figures().without_case == 0
    look(BOB, at=AFTER)
    reports.write_due(now=datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert LookCount.objects.get(report__month=date(2026, 11, 1)).without_case == 1


def test_a_case_that_was_deleted_since_does_not_count_as_none(dpo_client):
    gone, left = (User.objects.create_user(email) for email in (ALICE, BOB))
    for seen, email in ((gone, ALICE), (left, BOB)):
        with trail.acting("user:1", "test"):
            trail.record("website.user.viewed", now=NOON, obj=seen, about=fingerprint(email))
    gone.delete()
    reports.write_due(now=AFTER)
    assert (figures().looks, figures().without_case) == (2, 1)
    page = dpo_client.get(f"/admin/privacy/lookreport/{LookReport.objects.get().pk}/change/").text
    assert page.count("not known any more: the record was deleted") == 1
    assert page.count(">none</span>") == 1


def test_many_more_looks_than_usual_are_marked():
    for month, number in ((7, 5), (8, 6), (9, 5), (10, 20)):
        for _time in range(number):
            look(at=NOON.replace(month=month))
        reports.write_due(now=NOON.replace(month=month + 1, day=2))
    unusual = LookCount.objects.filter(is_unusual=True)
    assert [each.report.month for each in unusual] == [date(2026, 10, 1)]


def test_the_page_tells_the_controller_who_looked_at_whose_record(dpo_client, dpo, clerk):
    with trail.acting(f"user:{clerk.pk}", "test"):
        seen = make_request(NOON, ALICE)
        trail.record("dsr.subjectrequest.viewed", now=NOON, obj=seen, about=seen.pseudonym())
    reports.write_due(now=AFTER)
    report = LookReport.objects.get()
    page = dpo_client.get(f"/admin/privacy/lookreport/{report.pk}/change/")
    assert clerk.email in page.text
    assert f"/admin/dsr/subjectrequest/{seen.pk}/change/" in page.text
    assert seen.pseudonym()[:12] in page.text
    assert ALICE not in page.text
    assert AuditEntry.objects.filter(action="privacy.lookreport.viewed", actor=f"user:{dpo.pk}").exists()
    listed = dpo_client.get("/admin/privacy/lookreport/").text
    assert clerk.email not in listed
    staff = Client()
    actors.sign_in(staff, clerk)
    assert staff.get(f"/admin/privacy/lookreport/{report.pk}/change/").status_code == 404
    assert dpo_client.post(f"/admin/privacy/lookreport/{report.pk}/change/").status_code == 404


def test_the_report_is_closed_to_the_controller_without_training(dpo_client, dpo, clerk):
    """It names who looked, and links to whom they looked at."""
    look(by=clerk.pk)
    reports.write_due(now=AFTER)
    report = LookReport.objects.get()
    Training.objects.all().delete()
    for page, status in (("", 403), (f"{report.pk}/change/", 404)):
        answer = dpo_client.get(f"/admin/privacy/lookreport/{page}")
        assert answer.status_code == status
        assert clerk.email not in answer.text


def test_a_month_in_which_nobody_did_anything_has_a_report_with_all_staff(dpo_client, dpo):
    User.objects.create_user(ALICE, is_staff=True, is_active=False)
    User.objects.create_user(BOB)
    look(at=NOON.replace(month=9))
    reports.write_due(now=NOON.replace(day=1))
    assert reports.write_due(now=AFTER) == 1
    october = LookReport.objects.get(month=date(2026, 10, 1))
    assert [each.account for each in october.counts.all()] == [dpo.pk]
    assert october.counts.get().looks == 0
    page = dpo_client.get(f"/fr/admin/privacy/lookreport/{october.pk}/change/")
    assert page.status_code == 200
