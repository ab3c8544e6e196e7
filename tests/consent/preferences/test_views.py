"""The banner, the preferences page and each verb of a choice, over HTTP."""

import html
from datetime import UTC, datetime

import pytest
import time_machine
from cookie_consent.models import Cookie, CookieGroup
from django.test import Client
from django.utils.translation import override

from consent.cookies import choices_cookie, registry
from consent.ledger.models import ConsentEvent
from consent.wording import wording
from tests.consent.conftest import CONSENT_GROUPS, TARGETING, Visitor, has_banner
from tests.consent.preferences.pages import NOW, lines, page

PAGES = ["/", "/contact/", "/fr/", "/fr/contact/"]


@pytest.mark.parametrize("address", PAGES)
def test_a_first_visit_asks_and_sets_nothing_that_needs_a_yes(visitor: Visitor, address: str):
    assert has_banner(page(visitor, address))
    assert visitor.cookie_names() == ({"visitor", "csrf"} if "contact" in address else {"visitor"})


@pytest.mark.parametrize("verb", ["accept", "refuse", "save"])
def test_an_answer_is_kept_and_the_question_gone(visitor: Visitor, verb: str):
    response = visitor.submit(f"/privacy/choices/{verb}/", next="/contact/?a=b")
    assert (response.status_code, response.headers["Location"]) == (302, "/contact/?a=b")
    assert "choices" in visitor.cookie_names()
    assert not has_banner(page(visitor))


@pytest.mark.parametrize(
    ("address", "said", "unsaid"),
    [
        (
            "/",
            ["Only SoftNLabs sets and reads them", "If you accept, they are set.", "If you refuse, none is",
             "kept for 6 months; change it at any time", "The number that counts visits is separate"],
            "before you accept",
        ),
        (
            "/fr/",
            ["Seule SoftNLabs les dépose et les lit", "Si vous acceptez, ils sont déposés.",
             "Si vous refusez, aucun ne", "gardée 6 mois ; modifiez-la à tout moment",
             "Le numéro qui compte les visites est à part"],
            "avant votre accord",
        ),
    ],
)  # fmt: skip
def test_the_question_says_what_follows_and_nothing_that_its_own_answer_belies(
    visitor: Visitor, address: str, said: list[str], unsaid: str
):
    """The very page that asks may set the number that counts visits."""
    banner = html.unescape(page(visitor, address)).split('id="choices"')[1].split("</section>")[0]
    assert "visitor" in visitor.cookie_names()
    assert [words for words in said if words not in " ".join(banner.split())] == []
    assert unsaid not in banner


def test_the_desk_asks_nobody(dpo_client: Client):
    desk = dpo_client.get("/admin/").content.decode()
    assert not has_banner(desk)
    assert 'id="signal"' not in dpo_client.get("/admin/", headers={"Sec-GPC": "1"}).content.decode()


def test_accept_and_refuse_weigh_the_same(visitor: Visitor):
    banner = page(visitor)
    accept, refuse = (
        banner[banner.index(f'formaction="/privacy/choices/{verb}/"') :].split("</button>")[0]
        for verb in ("accept", "refuse")
    )
    assert accept.replace("accept/", "").split(">")[0] == refuse.replace("refuse/", "").split(">")[0]


def test_a_refusal_leaves_no_targeting_cookie_on_any_page(visitor: Visitor):
    visitor.submit("/privacy/choices/refuse/")
    for address in [*PAGES, "/privacy/choices/", "/fr/privacy/choices/"]:
        page(visitor, address)
        assert not visitor.cookie_names() & TARGETING
    assert {line[:2] for line in lines()} == {(group, "REFUSE") for group in CONSENT_GROUPS}


def test_a_mixed_choice_takes_one_post(visitor: Visitor):
    visitor.submit("/privacy/choices/save/", personal="on", campaigns="on")
    assert sorted(lines()) == [
        ("campaigns", "GRANT", "CHOICE"),
        ("frequency", "REFUSE", "CHOICE"),
        ("personal", "GRANT", "CHOICE"),
    ]
    assert ConsentEvent.objects.values("receipt").distinct().count() == 1
    shown = page(visitor, "/privacy/choices/")
    assert shown.count('type="checkbox"') - shown.count('name="interests"') == 3
    assert [f'id="id_{group}" checked' in shown for group in ("personal", "frequency", "campaigns")] == [
        True,
        False,
        True,
    ]


def test_no_box_is_ticked_in_advance(visitor: Visitor):
    assert "checked" not in page(visitor, "/privacy/choices/")


def test_two_posts_at_once_end_in_one_state_that_is_one_of_the_two(visitor: Visitor):
    """Both leave from the same page; the browser keeps the answer that came last, whole."""
    other = Visitor()
    visitor.submit("/privacy/choices/save/", personal="on")
    other.submit("/privacy/choices/save/", frequency="on", campaigns="on")
    visitor.cookies["choices"] = other.cookies["choices"].value
    shown = page(visitor, "/privacy/choices/")
    assert [f'id="id_{group}" checked' in shown for group in ("personal", "frequency", "campaigns")] == [
        False,
        True,
        True,
    ]
    assert ConsentEvent.objects.count() == 6


def test_a_withdrawal_deletes_the_cookies_in_its_own_answer(visitor: Visitor):
    visitor.submit("/privacy/choices/accept/")
    for name in TARGETING:
        visitor.cookies[name] = "something"
    response = visitor.submit("/privacy/choices/refuse/")
    deleted = {name for name, morsel in response.cookies.items() if str(morsel["max-age"]) == "0"}
    assert deleted == TARGETING
    assert {line[:2] for line in lines()[3:]} == {(group, "WITHDRAW") for group in CONSENT_GROUPS}


def test_saying_the_same_again_adds_no_line(visitor: Visitor):
    for _time in range(3):
        visitor.submit("/privacy/choices/accept/")
    assert len(lines()) == 3


def test_the_choice_lapses_after_six_months_and_not_before(visitor: Visitor):
    with time_machine.travel(NOW, tick=False):
        visitor.submit("/privacy/choices/accept/")
    assert visitor.cookies["choices"]["max-age"] == 181 * 24 * 3600 - 3600  # an hour less: summer time
    with time_machine.travel(datetime(2027, 5, 23, 8, 59, 59, tzinfo=UTC), tick=False):
        assert not has_banner(page(visitor))
    with time_machine.travel(datetime(2027, 5, 23, 9, tzinfo=UTC), tick=False):
        assert has_banner(page(visitor))


def change_a_word() -> None:
    group = CookieGroup.objects.get(varname="personal")
    group.description = "Something else altogether."
    group.save()
    registry.invalidate()


def test_new_words_ask_again(visitor: Visitor):
    visitor.submit("/privacy/choices/accept/")
    change_a_word()
    assert has_banner(page(visitor))
    assert visitor.cookie_names() & TARGETING == {"seen"}  # of groups whose words are the same


def test_new_words_about_one_group_ask_about_that_one_alone(visitor: Visitor):
    visitor.submit("/privacy/choices/accept/")
    change_a_word()
    banner = page(visitor).split('id="choices"')[1].split("</section>")[0]
    assert "Something else altogether." in banner
    assert "Less repetition" not in banner
    visitor.submit("/privacy/choices/refuse/", groups="personal ")
    assert not has_banner(page(visitor))
    shown = page(visitor, "/privacy/choices/")
    assert [f'id="id_{group}" checked' in shown for group in ("personal", "frequency", "campaigns")] == [
        False,
        True,
        True,
    ]
    assert lines()[3:] == [("personal", "WITHDRAW", "REFUSE_ALL")]
    event = ConsentEvent.objects.latest("id")
    assert "Something else altogether." in event.wording.text
    assert "Do you accept optional cookies?" in event.wording.text


def test_a_group_that_nobody_asked_about_is_not_answered(visitor: Visitor):
    visitor.submit("/privacy/choices/accept/", groups="technical visits nonsense")
    assert {line[:2] for line in lines()} == {(group, "GRANT") for group in CONSENT_GROUPS}


def test_a_yes_to_old_words_is_not_kept_and_says_so_but_a_no_is(visitor: Visitor):
    old = wording.prompt_for(registry.current()).key
    change_a_word()
    response = visitor.submit("/privacy/choices/save/", wording=old, personal="on")
    assert response.status_code == 409
    assert b"Please choose once more" in response.content
    assert sorted(lines()) == [("campaigns", "REFUSE", "CHOICE"), ("frequency", "REFUSE", "CHOICE")]
    assert has_banner(page(visitor))


def test_another_process_still_knows_the_old_words_and_no_error_comes_of_it(visitor: Visitor):
    """The register here is stale; the words on screen came from a process that had looked again."""
    registry.current()
    group = CookieGroup.objects.get(varname="personal")
    group.description = "Something else altogether."
    group.save()
    stale = registry.current()
    fresh = wording.prompt_for(registry._read()).key
    assert wording.prompt_for(stale).key != fresh
    assert visitor.submit("/privacy/choices/accept/", wording=fresh).status_code == 302
    assert {line[:2] for line in lines()} == {(group, "GRANT") for group in CONSENT_GROUPS}


def test_the_browsers_signal_is_a_no_without_a_question(visitor: Visitor):
    assert not has_banner(page(visitor, **{"Sec-GPC": "1"}))
    assert not visitor.cookie_names() & TARGETING
    assert "Your browser says no" in page(visitor, "/privacy/choices/", **{"Sec-GPC": "1"})


def test_the_signal_overrides_a_yes_given_before_it_but_not_one_given_after(visitor: Visitor):
    visitor.submit("/privacy/choices/accept/")
    assert "checked" not in page(visitor, "/privacy/choices/", **{"Sec-GPC": "1"})
    visitor.post(
        "/privacy/choices/accept/",
        {"wording": wording.prompt_for(registry.current()).key},
        headers={"Sec-Fetch-Site": "same-origin", "Sec-GPC": "1"},
    )
    shown = page(visitor, "/privacy/choices/", **{"Sec-GPC": "1"})
    assert shown.count(" checked") == 3
    assert "except for what you allowed or accepted here" in shown
    assert "nothing below that needs your consent is on" not in shown
    assert ConsentEvent.objects.filter(has_gpc=True, kind="GRANT").count() == 3


def test_the_site_says_that_it_honours_the_signal(db):
    response = Client().get("/.well-known/gpc.json")
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {"gpc": True, "lastUpdate": "2026-11-23"}


def test_visits_can_be_objected_to_and_allowed_again(visitor: Visitor):
    visitor.cookies["visitor"] = "0" * 32
    response = visitor.submit("/privacy/choices/visits/object/")
    assert str(response.cookies["visitor"]["max-age"]) == "0"
    assert "off: you objected" in page(visitor, "/privacy/choices/")
    assert "visitor" not in visitor.cookie_names()
    visitor.submit("/privacy/choices/visits/allow/")
    assert lines() == [("visits", "WITHDRAW", "CHOICE"), ("visits", "GRANT", "CHOICE")]


def test_visits_are_not_recorded_while_the_signal_comes_unless_they_are_allowed(visitor: Visitor):
    page(visitor)
    assert "visitor" in visitor.cookie_names()
    shown = page(visitor, "/privacy/choices/", **{"Sec-GPC": "1"})
    assert "visitor" not in visitor.cookie_names()
    assert "off: you objected" not in shown
    assert shown.count("off: your browser says no") == 4
    assert lines() == []
    visitor.post("/privacy/choices/visits/allow/", headers={"Sec-Fetch-Site": "same-origin", "Sec-GPC": "1"})
    assert "on, unless you object" in page(visitor, "/privacy/choices/", **{"Sec-GPC": "1"})
    assert "visitor" in visitor.cookie_names()


def test_an_objection_answers_no_other_question(visitor: Visitor):
    visitor.submit("/privacy/choices/visits/object/")
    assert has_banner(page(visitor))


def test_the_whole_is_there_in_french(visitor: Visitor):
    banner = page(visitor, "/fr/")
    for words in ("Tout accepter", "Tout refuser", "Choisir", "Informations choisies pour vous"):
        assert words in banner
    assert 'action="/fr/privacy/choices/refuse/"' in banner
    visitor.submit("/fr/privacy/choices/accept/", next="/fr/")
    shown = page(visitor, "/fr/privacy/choices/")
    assert "accepté" in shown
    assert "bouton «\u00a0Tout accepter\u00a0»" in shown
    event = ConsentEvent.objects.first()
    assert event is not None
    assert event.language == event.wording.language == "fr"
    assert "Tout refuser" in event.wording.text


@time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC), tick=False)
def test_the_proof_is_dated_as_the_language_dates(visitor: Visitor):
    visitor.submit("/privacy/choices/refuse/")
    english, french = page(visitor, "/privacy/choices/"), page(visitor, "/fr/privacy/choices/")
    assert "23 Nov 2026, 13:00" in english
    assert "23/11/2026 13:00" in french
    assert "Nov" not in french


def test_every_declared_group_and_cookie_speaks_french(db):
    register = registry.current()
    with override("fr"):
        for group in register.groups:
            assert group.name != group.names["en"]
            assert group.description != group.descriptions["en"]
            assert all(cookie.description != cookie.descriptions["en"] for cookie in group.cookies)


def test_every_cookie_that_django_sets_is_declared(db, settings):
    names = set(registry.current().by_name)
    assert {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "choices", "visitor"} <= names
    assert Cookie.objects.filter(declaration__isnull=True).count() == 0


def test_names_carry_the_prefix_of_a_secure_site(db, settings):
    settings.COOKIE_PREFIX, settings.HTTPS = "__Host-", True
    registry.invalidate()
    browser = Visitor()
    browser.submit("/privacy/choices/accept/", wording=wording.prompt_for(registry.reload()).key)
    morsel = browser.cookies["__Host-choices"]
    assert (morsel["path"], morsel["secure"], morsel["domain"], morsel["httponly"]) == ("/", True, "", True)
    assert morsel["samesite"] == "Lax"
    assert choices_cookie.decode(morsel.value).decisions.keys() == CONSENT_GROUPS
