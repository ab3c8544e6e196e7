"""Two who act on one request at the same moment."""

import threading

import pytest
from django.db import connection

from dsr.answer import delivery
from dsr.follow_up import follow_up
from dsr.identity import verification
from dsr.requests.event_models import RequestEvent
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.review import decisions as review
from dsr.rules.states import RequestState
from dsr.rules.transitions import IllegalTransitionError
from privacy.audit import trail
from privacy.files.models import StoredFile
from privacy.mail.models import Mail
from tests.dsr.factories import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


@pytest.mark.django_db(transaction=True)
def test_two_controllers_cannot_both_decide(now):
    subject_request = make_request(now)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    barrier, outcomes = threading.Barrier(2), []

    def decide(decision, **words) -> None:
        try:
            barrier.wait(timeout=10)
            with trail.acting("user:1", "test"):
                decision(subject_request.pk, now=now, **words)
            outcomes.append("done")
        except IllegalTransitionError:
            outcomes.append("too late")
        finally:
            connection.close()

    both = [
        threading.Thread(target=decide, args=[review.grant]),
        threading.Thread(
            target=decide, args=[review.refuse], kwargs={"ground": "UNFOUNDED", "reason": "No."}
        ),
    ]
    for one in both:
        one.start()
    for one in both:
        one.join(timeout=20)
    assert sorted(outcomes) == ["done", "too late"]
    decisions = RequestEvent.objects.filter(request=subject_request, event_type__in=["GRANTED", "REFUSED"])
    assert decisions.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(10))
def test_a_withdrawal_and_the_making_of_the_answer_come_one_after_the_other(now, attempt: int):
    subject_request = make_request(now)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    review.grant(subject_request.pk, now=now)
    barrier = threading.Barrier(2)

    def run(action) -> None:
        try:
            barrier.wait(timeout=10)
            with trail.acting("system", "test"):
                action()
        except IllegalTransitionError:
            pass
        finally:
            connection.close()

    both = [
        threading.Thread(target=run, args=[lambda: delivery.build_packages(now=now)]),
        threading.Thread(target=run, args=[lambda: follow_up.withdraw(subject_request.pk, now=now)]),
    ]
    for one in both:
        one.start()
    for one in both:
        one.join(timeout=20)
    subject_request.refresh_from_db()
    files = StoredFile.objects.filter(media_type="application/zip").count()
    assert (subject_request.state, files) in {(RequestState.ANSWERED, 1), (RequestState.WITHDRAWN, 0)}
    told = Mail.objects.filter(message__in=["request_ready", "request_withdrawn"])
    assert told.count() == 1
