"""The desk offers the grounds that the law knows for the right in question, and no decision takes another."""

import re

import pytest
from django.test import Client

from dsr.review import approval, decisions
from dsr.review.decisions import Decision
from dsr.rules.rights import RefusalGround, Right, UnfitGroundError, grounds_of
from privacy.mail.models import Mail
from tests.dsr.admin_pages import do, page_of
from tests.dsr.factories import make_request
from tests.dsr.mandates import mandated
from tests.dsr.steps import ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]
BY_HAND = [right for right in Right if right not in {Right.NO_PROSPECTING, Right.NO_NAVIGATION}]
UNFIT = "The law does not know this ground for the right chosen"


def select(page: str, field: str) -> str:
    return re.search(rf'<select name="ground"[^>]*id="{field}".*?</select>', page, re.DOTALL)[0]


def offered(page: str, field: str) -> set[str]:
    return set(re.findall(r'value="(\w+)"', select(page, field)))


@pytest.mark.parametrize("right", BY_HAND)
def test_a_right_alone_is_offered_its_own_grounds(dpo_client: Client, now, right):
    page = page_of(dpo_client, ask(now, right, details="Why."))
    fitting = set(grounds_of([right], is_mandated=False))
    assert offered(page, "refuse_ground") == offered(page, "decide_ground") == fitting


def test_several_rights_are_offered_what_fits_each_and_under_each_right_its_own(dpo_client: Client, now):
    page = page_of(dpo_client, ask(now, Right.ACCESS, Right.ERASURE))
    assert offered(page, "refuse_ground") == {"NOT_IDENTIFIED", "UNFOUNDED", "EXCESSIVE"}
    assert "For others, decide each right by itself first." in page
    own = dict(
        re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', select(page, "decide_ground"), re.DOTALL)
    )
    assert {title: re.findall(r'value="(\w+)"', found) for title, found in own.items()} == {
        "Access (GDPR, article 15)": ["OTHERS"],
        "Erasure (GDPR, article 17)": [
            "STILL_NEEDED", "EXPRESSION", "LEGAL_DUTY", "PUBLIC_HEALTH", "ARCHIVES", "CLAIMS",
        ],
        "Any right": ["NOT_IDENTIFIED", "UNFOUNDED", "EXCESSIVE"],
    }  # fmt: skip


def test_a_mandate_can_be_missing_only_where_somebody_asks_for_another(dpo_client: Client, now):
    assert "NO_MANDATE" not in page_of(dpo_client, make_request(now))
    assert "NO_MANDATE" in offered(page_of(dpo_client, mandated(now)), "refuse_ground")


@pytest.mark.parametrize("action", ["decide", "reserve"])
def test_a_ground_of_another_right_is_refused_with_a_kind_word_and_nothing_typed_is_lost(
    dpo_client: Client, now, action: str
):
    subject_request = ask(now, Right.ACCESS, Right.ERASURE)
    words = {"right": "ACCESS", "ground": "CLAIMS", "reason": "A dispute is open.", "until": "2027-06-30"}
    place = {"outcome": "WITHHELD"} if action == "decide" else {"holding": "website.enquiry"}
    response = do(dpo_client, subject_request, action, **words, **place)
    page = response.content.decode()
    assert response.status_code == 422
    assert UNFIT in page
    assert "A dispute is open." in page
    assert "2027-06-30" in page
    assert '<option value="CLAIMS" selected>' in page
    assert '<option value="ACCESS" selected>' in page
    assert not subject_request.items.exclude(outcome="").exists()
    assert not subject_request.items.filter(exemptions__isnull=False).exists()


def test_a_whole_refusal_on_a_ground_of_one_right_is_not_sent(dpo_client: Client, now):
    subject_request = ask(now, Right.ACCESS, Right.ERASURE)
    response = do(dpo_client, subject_request, "refuse", ground="CLAIMS", reason="A dispute is open.")
    assert (response.status_code, UNFIT in response.content.decode()) == (422, True)
    assert not Mail.objects.filter(message="request_refused").exists()


@pytest.mark.parametrize("ground", RefusalGround)
@pytest.mark.parametrize("right", BY_HAND)
def test_no_decision_takes_a_ground_that_the_form_would_not_offer(now, right, ground):
    subject_request = ask(now, right, details="Why.")
    no = {"decision": Decision("WITHHELD", ground, "No."), "now": now}
    attempts = [
        lambda: decisions.decide(subject_request.pk, right=right, **no),
        lambda: decisions.withhold(subject_request.pk, right=right, holding="website.enquiry", **no),
        lambda: decisions.refuse(subject_request.pk, ground=ground, reason="No.", now=now),
        lambda: approval.prepare_refusal(subject_request.pk, ground=ground, reason="No.", now=now),
    ]
    if ground in grounds_of([right], is_mandated=False):
        attempts[0]()
        assert subject_request.items.get().ground == ground
        return
    for attempt in attempts:
        with pytest.raises(UnfitGroundError):
            attempt()


def test_rights_refused_one_by_one_are_told_each_with_its_own_ground(dpo_client: Client, now):
    subject_request = ask(now, Right.PORTABILITY, Right.ERASURE)
    for right, ground, reason in (
        ("PORTABILITY", "NOT_PORTABLE", "We were never under contract."),
        ("ERASURE", "CLAIMS", "A dispute is open."),
    ):
        do(
            dpo_client,
            subject_request,
            "decide",
            right=right,
            outcome="WITHHELD",
            ground=ground,
            reason=reason,
        )
    assert offered(page_of(dpo_client, subject_request), "refuse_ground") == {"NOT_PORTABLE", "CLAIMS"}
    do(dpo_client, subject_request, "refuse", ground="CLAIMS", reason="A dispute is open.")
    mail = Mail.objects.get(message="request_refused").text
    assert subject_request.state == "REFUSED"
    for words in ("neither on consent nor on a contract", "never under contract", "needed for legal claims"):
        assert words in mail
    assert mail.count("A dispute is open.") == 1


def test_what_was_refused_before_on_another_ground_stays_readable(dpo_client: Client, now):
    subject_request = make_request(now)
    subject_request.items.update(
        outcome="WITHHELD", ground="NOT_PORTABLE", reason="Old words.", decided_at=now
    )
    page = page_of(dpo_client, subject_request)
    assert "They rest neither on consent nor on a contract" in page
    assert "Old words." in page
