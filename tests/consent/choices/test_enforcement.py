"""Every state of a visitor's choices against every page: exactly which cookies come back, and which are taken away."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.test import Client

from consent.cookies import choices_cookie, registry, signing
from consent.cookies.choices_cookie import Answer, Choices
from consent.notices import notices
from consent.notices.models import Notice
from consent.wording import wording
from tests import policy_in_force
from tests.consent.conftest import CONSENT_GROUPS, TARGETING

pytestmark = pytest.mark.django_db
PAGES = {
    "/": {"seen", "counted"},
    "/contact/": set(),
    "/careers/": {"topics"},
    "/careers/apply/": {"topics"},
    "/privacy/": set(),
    "/privacy/data/": set(),
    "/privacy/choices/": set(),
    "/privacy/requests/new/": set(),
    "/nothing/here/": set(),
    "/admin/login/": set(),
}
FORMS = {"/contact/", "/careers/apply/", "/privacy/requests/new/", "/admin/login/"}
ACCEPTED = {
    "undecided": set(),
    "accepted": CONSENT_GROUPS,
    "refused": set(),
    "mixed": {"frequency"},
    "expired": set(),
    "forged": set(),
    "cut": set(),
    "long": set(),
    "doubled": set(),
    "outdated notice": set(),
    "another kind": set(),
    "signal": set(),
    "signal noted": set(),
    "accepted after the signal": CONSENT_GROUPS,
}
COOKIE_OF = {"personal": "topics", "frequency": "seen", "campaigns": "counted"}


def written(state: str) -> str:
    """What the browser sends as `choices` in this state."""
    now = datetime.now(UTC)
    given_at = now - timedelta(days=200) if state == "expired" else now
    wanted = {"refused": set(), "mixed": {"frequency"}}.get(state, CONSENT_GROUPS)
    words = {} if state == "outdated notice" else wording.prompt_for(registry.current()).keys
    yes = {"signal noted": Answer.NO_BY_GPC, "accepted after the signal": Answer.YES_DESPITE_GPC}.get(
        state, Answer.YES
    )
    answers = {
        group: choices_cookie.decide(
            yes if group in wanted else Answer.NO, now=given_at, words=words.get(group, "older")
        )
        for group in CONSENT_GROUPS
    }
    value = choices_cookie.encode(Choices(UUID(int=3), answers))
    return {
        "undecided": "",
        "forged": value.replace("~y~", "~o~"),
        "cut": value[:-4],
        "long": value + "x" * 8192,
        "doubled": f"{value}; choices={value}",
        "another kind": signing.sign("seen", value.rpartition(".")[0]),
    }.get(state, value)


@pytest.fixture(autouse=True)
def _content(acting: None) -> None:
    now = datetime.now(UTC)
    apps.get_app_config("consent").load_content(now=now - timedelta(days=1))
    policy_in_force.publish(now=now)
    capped = Notice(title_en="a", title_fr="b", text_en="c", text_fr="d", link="/", starts_at=now)
    capped.save()
    notices.invalidate()


@pytest.mark.parametrize("state", ACCEPTED)
def test_exactly_these_cookies_come_back(state: str):
    wrong = {}
    for language, (page, count_cookies) in product(("", "/fr"), PAGES.items()):
        accepted = {COOKIE_OF[group] for group in ACCEPTED[state]}
        given = f"choices={written(state)}; visitor={uuid4()}; " + "; ".join(
            f"{name}=x" for name in TARGETING
        )
        headers = {"Cookie": given} | ({"Sec-GPC": "1"} if "signal" in state else {})
        response = Client().get(language + page, headers=headers)
        gone = {name for name, morsel in response.cookies.items() if str(morsel["max-age"]) == "0"}
        come = set(response.cookies) - gone
        # A tally that is not ours is not believed: what counts times begins anew, what counts people does not count.
        expected = (count_cookies & accepted) - {"counted"} | ({"csrf"} if page in FORMS else set())
        expected |= {"choices"} if state == "signal" else set()  # that the signal came is noted, once
        unwanted = TARGETING - accepted | ({"visitor"} if "signal" in state else set())
        if (come, gone) != (expected, unwanted):
            wrong[language + page] = (response.status_code, come, gone)
    assert wrong == {}
