"""What the promises about requests count as right."""

from datetime import timedelta
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.test import RequestFactory

from dsr import promises
from dsr.identity import mandates, verification
from dsr.intake import by_post, submission
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.item_models import RequestItem
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from dsr.review.decisions import Decision
from dsr.rules.rights import Right
from privacy.companies.collecting import by_controller
from privacy.promises.checking import Evidence
from tests.dsr.by_post import ADDRESS, checked_scan
from tests.dsr.factories import make_form, make_request
from tests.dsr.mandates import mandated
from tests.evidence import evidence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
KEPT, BROKEN = Evidence(is_kept=True, figure=0, among=1), Evidence(is_kept=False, figure=1, among=1)


def post(now, **changes) -> SubjectRequest:
    writer = by_post.LetterWriter(make_form(**changes), "en", ADDRESS, by_post=True)
    return by_post.enter(writer, by_post.EnteredLetter(now.date(), checked_scan()), now=now)


@pytest.mark.parametrize("message", promises.WITH_REMEDIES)
def test_each_message_that_refuses_names_the_remedies(message):
    template = Path(settings.BASE_DIR, "dsr/templates/emails", f"{message}.html")
    assert '{% include "dsr/remedies.html" %}' in template.read_text()


def test_a_refusal_of_a_part_went_out_with_the_answer(now):
    request = make_request(now, rights=[Right.ERASURE, Right.OBJECTION], details="My situation")
    verification.check(request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    withheld = Decision("WITHHELD", "COMPELLING", "A claim.")
    decisions.decide(request.pk, right=Right.OBJECTION, decision=withheld, now=now)
    assert evidence("data.refused", now) == Evidence(is_kept=True, figure=0, among=0)  # nobody was told yet
    decisions.grant(request.pk, now=now)
    assert evidence("data.refused", now) == KEPT


def test_an_extension_on_the_last_day_is_in_time(now):
    request = make_request(now)
    last = now + relativedelta(months=1)
    decisions.extend(request.pk, reason="Many requests.", now=last)
    assert evidence("data.extended", last) == KEPT


def test_days_spent_waiting_for_a_proof_do_not_count(now):
    request = make_request(now)
    verification.request_proof(request.pk, reason="Two people of this name.", now=now + timedelta(days=20))
    later = now + timedelta(days=40)
    verification.check(request.pk, method="SEEN", came_on=later.date(), now=later)
    decisions.extend(request.pk, reason="Many requests.", now=later)
    assert evidence("data.extended", later) == KEPT
    request.identity_checks.update(came_on=request.identity_checks.get().asked_at.date())
    assert evidence("data.extended", later) == BROKEN


@pytest.mark.parametrize(
    ("changes", "right", "among"),
    [
        ({"email": ""}, Right.NO_PROSPECTING, 0),
        ({}, Right.NO_NAVIGATION, 0),
        ({}, Right.NO_PROSPECTING, 1),
    ],
    ids=["without an address", "without a browser", "with an address"],
)
def test_a_letter_is_carried_out_at_once_where_it_can_be(now, changes, right, among):
    post(now, rights=[right], **changes)
    assert evidence("data.stopped", now) == Evidence(is_kept=True, figure=0, among=among)


def test_the_browser_that_sends_the_form_is_stopped_at_once(now):
    unconfirmed = submission.submit(
        make_form(rights=[Right.NO_NAVIGATION]),
        collection=by_controller(),
        browser=submission.SendingBrowser(request=RequestFactory().get("/")),
        language="en",
        now=now,
    )
    assert unconfirmed.recording_stopped_at == now
    later = now + timedelta(hours=1)
    submission.confirm(unconfirmed.pk, now=later)
    assert evidence("data.stopped", later) == KEPT
    RequestItem.objects.update(done_at=later)
    assert evidence("data.stopped", later) == BROKEN


def test_for_somebody_else_the_mandate_comes_first(now):
    request = mandated(now, rights=[Right.NO_PROSPECTING])
    assert evidence("data.stopped", now) == Evidence(is_kept=True, figure=0, among=0)
    mandates.check(request.pk, now=now + timedelta(days=2))
    assert evidence("data.stopped", now) == KEPT
    RequestItem.objects.update(done_at=now + timedelta(days=3))
    assert evidence("data.stopped", now) == BROKEN


def test_a_mandate_stays_while_its_request_is_open(now):
    request = mandated(now)
    assert evidence("data.identity_destroyed", now) == KEPT
    decisions.refuse(request.pk, ground="NO_MANDATE", reason="Not signed.", now=now)
    assert evidence("data.identity_destroyed", now) == Evidence(is_kept=True, figure=0, among=0)
