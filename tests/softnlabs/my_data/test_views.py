"""“My data”: Alice, signed in, sees hers as a copy would tell it; what a copy withholds is not there, nor is Bob."""

from datetime import datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dsr.identity import verification
from dsr.my_data import held
from dsr.package import search
from dsr.package.redaction_models import Redaction
from dsr.requests.item_models import Exemption, RequestItem
from dsr.requests.models import SubjectRequest
from dsr.requests.note_models import InternalNote
from dsr.review import decisions
from privacy import plugins
from privacy.audit.models import AuditEntry
from privacy.datamap import registry
from privacy.datamap.explanations import explain
from privacy.datamap.registry import Holding, holdings
from privacy.datamap.subjects import Subject, fingerprint
from privacy.mail.models import Mail
from privacy.recipients.notice_models import Way
from privacy.recipients.notices import NoticePlan
from privacy.rights import restriction
from recruitment.applications.models import Application, Exchange
from softnlabs import settings as of_the_site
from softnlabs.website.accounts import addresses
from softnlabs.website.accounts.models import User
from softnlabs.website.enquiries.models import Enquiry
from tests import actors, sample_site
from tests import holdings as made
from tests.dsr.factories import make_request, plain_request
from tests.privacy.factories import disclose
from tests.recruitment.factories import make_application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
PAGE = "/account/data/"
# What whoever has just signed in has anew, or for longer.
BEGUN_BY_SIGN_IN = {"mfa.authenticator", "privacy.signin", "website.accountsession", "website.user"}
EACH_SEARCHED = pytest.mark.parametrize(
    "holding", [holding for holding in holdings() if holding.is_searched], ids=lambda holding: holding.label
)


@pytest.fixture(autouse=True)
def _today(now: datetime):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def alice(now: datetime) -> made.SamplePerson:
    """Her account has no name: all records that bear one bear the same."""
    found = made.person("alice", now - timedelta(days=30))
    User.objects.filter(pk=found.account).update(first_name="")
    return found


@pytest.fixture
def bob(now: datetime) -> made.SamplePerson:
    return made.person("bob", now - timedelta(days=30))


@pytest.fixture
def browser(alice: made.SamplePerson) -> Client:
    client = Client()
    actors.sign_in(client, User.objects.get(pk=alice.account))
    return client


def page_of(browser: Client, prefix: str = "") -> str:
    response = browser.get(prefix + PAGE)
    assert response.status_code == 200
    return unescape(response.content.decode())


def kind_in(page: str, holding: Holding) -> str:
    """The part of the page about one kind of record; empty where there is none."""
    _before, _anchor, after = page.partition(f'id="{explain(holding).anchor}"')
    return after.partition("</details>")[0]


def enquiry(who: made.SamplePerson, now: datetime, **facts: str) -> Enquiry:
    row = made.MAKERS["website.enquiry"](who, now - made.RECENT)
    Enquiry.objects.filter(pk=row.pk).update(**facts)
    return Enquiry.objects.get(pk=row.pk)


def as_copied(who: made.SamplePerson, holding: Holding, now: datetime) -> list[search.PackageRecord]:
    person = Subject(emails=frozenset({who.email}), accounts=frozenset({who.account}))
    sections = {each.information.label: each for each in search.collect(person, now=now)}
    return sections[holding.label].records


@EACH_SEARCHED
def test_what_a_copy_tells_of_alice_is_there_and_bob_is_not(holding, browser, alice, bob, now):
    made.MAKERS[holding.label](alice, now - made.RECENT)
    made.MAKERS[holding.label](bob, now - made.RECENT)
    page, records = page_of(browser), as_copied(alice, holding, now)
    shown = kind_in(page, holding)
    assert bool(shown) == bool(records)
    for record in records[-held.ON_THE_PAGE :]:
        for line in record.lines:
            is_ours = line.is_text and not holding.data.fields[line.name].provided
            if line.value not in (None, "", []):
                assert (line.shown in shown) != is_ours, line
    assert "bob" not in page
    assert ("alice" in page) or not records


@EACH_SEARCHED
def test_what_is_past_its_period_is_not_there(holding, browser, alice, now):
    row = made.MAKERS[holding.label](alice, now - made.RECENT)
    end = holding.expires_at(row)
    assert end is not None
    with time_machine.travel(end, tick=False):
        actors.sign_in(browser, User.objects.get(pk=alice.account))
        shown = kind_in(page_of(browser), holding)
    assert bool(shown) == (holding.label in BEGUN_BY_SIGN_IN)


def test_what_a_law_forbids_to_tell_is_not_there(browser, alice, now):
    plan = NoticePlan(Way.NOT, "en", silence="FORBIDDEN", reason="The judge ordered secrecy.")
    disclose(alice.email, "Police of Pau", at=now, now=now, plan=plan)
    page = page_of(browser)
    for words in ("Police", "The judge", "a disclosure was entered", "is not told"):
        assert words not in page
    assert "neither confirm nor deny" in page


def test_what_was_withheld_from_a_copy_stays_withheld(browser, alice, now):
    one, other = (enquiry(alice, now, message=words) for words in ("About Zoé", "About me"))
    item = item_of(alice, now)
    Exemption.objects.create(
        item=item, holding="website.enquiry", key=str(one.pk), ground="OTHERS", reason="Zoé", made_at=now
    )
    page = page_of(browser)
    assert "About me" in page
    assert "About Zoé" not in page
    Exemption.objects.create(item=item, holding="website.enquiry", ground="OTHERS", reason="Zoé", made_at=now)
    assert "About me" not in page_of(browser)
    assert (
        browser.get(f"/privacy/requests/mine/correct/website.enquiry/{other.pk}/surname/").status_code == 404
    )


def test_until_the_day_that_was_set(browser, alice, now):
    row = enquiry(alice, now, message="About Zoé")
    Exemption.objects.create(
        item=item_of(alice, now), holding="website.enquiry", key=str(row.pk), ground="OTHERS", reason="Zoé",
        made_at=now, until=now.date() - timedelta(days=1),
    )  # fmt: skip
    assert "About Zoé" in page_of(browser)


@pytest.mark.parametrize("text", ["Ask Zoé or me", "Or ask Zoé"])
def test_words_that_were_redacted_stay_redacted_also_once_the_text_has_changed(browser, alice, now, text):
    row = enquiry(alice, now, message="Ask Zoé or me")
    Redaction.objects.create(
        item=item_of(alice, now), holding="website.enquiry", key=str(row.pk), field="message", spans=[4, 7],
        text_hash=fingerprint("Ask Zoé or me"), made_at=now, made_by="user:1",
    )  # fmt: skip
    Enquiry.objects.filter(pk=row.pk).update(message=text)
    page = page_of(browser)
    assert "Zoé" not in page
    assert "[redacted" in page


def item_of(who: made.SamplePerson, now: datetime) -> RequestItem:
    """Access, granted and answered."""
    request = plain_request(who.email, who.canary, now, state="ANSWERED")
    return RequestItem.objects.create(request=request, right="ACCESS", outcome="SATISFIED", decided_at=now)


def test_texts_of_ours_are_left_to_a_copy_that_somebody_reads_first(browser, alice, now):
    made.MAKERS["recruitment.exchange"](alice, now - made.RECENT)
    request = plain_request(alice.email, alice.canary, now)
    SubjectRequest.objects.update(first_name="Alice")
    InternalNote.objects.create(request=request, written_at=now, author="user:1", text="Zoé thinks otherwise")
    page = page_of(browser)
    assert "Zoé" not in page
    assert "[a text of ours: in a copy" in page


@pytest.mark.parametrize(
    ("first_name", "surname", "is_hers"),
    [
        ("Alice", "Martin", True),
        ("ALICE", "Märtin", True),
        ("", "Martin", True),
        ("Bruno", "Martin", False),
        ("Alice", "Durand", False),
    ],
)
def test_a_record_of_another_name_in_the_same_mailbox_is_not_there(
    browser, alice, now, first_name, surname, is_hers
):
    User.objects.filter(pk=alice.account).update(first_name="Alice", surname="Martin")
    made_row = make_application(alice.email, at=now, first_name=first_name, surname=surname, postcode="64999")
    assert ("64999" in page_of(browser)) == is_hers
    address = f"/privacy/requests/mine/correct/recruitment.application/{made_row.pk}/postcode/"
    assert browser.get(address).status_code == (200 if is_hers else 404)


def test_an_account_without_name_whose_records_bear_several_sees_none_of_those(browser, alice, now):
    for name in ("Martin", "Durand"):
        make_application(alice.email, at=now, surname=name, postcode="64999")
    page = page_of(browser)
    assert "64999" not in page
    Application.objects.filter(surname="Durand").delete()
    assert "64999" in page_of(browser)


@pytest.mark.parametrize(
    ("first_name", "surname"), [("Alice", "Martin"), ("Bruno", "Martin"), ("", "Martin")]
)
def test_a_name_that_was_typed_shows_nothing_of_several_in_one_mailbox(
    browser, alice, now, first_name, surname
):
    """Whoever makes the account types what they like: their own name, or that of whoever else reads the mailbox."""
    User.objects.filter(pk=alice.account).update(first_name=first_name, surname=surname)
    for name, postcode in (("Alice", "64111"), ("Bruno", "64222")):
        make_application(alice.email, at=now, first_name=name, surname="Martin", postcode=postcode)
    request = make_request(now, alice.email, first_name="Bruno", surname="Martin")
    page = page_of(browser)
    for shown in ("64111", "64222", request.reference, "You have no request"):
        assert shown not in page
    for words in ("Several names stand under this address", "Requests may be missing here", "Last login"):
        assert words in page
    assert "64222" not in browser.post("/privacy/requests/mine/copy/").content.decode()
    assert browser.post(f"/privacy/requests/{request.pk}/open/").status_code == 404
    assert "Plusieurs noms figurent sous cette adresse" in page_of(browser, "/fr")


def test_what_hangs_on_a_record_of_another_name_is_not_there_either(browser, alice, now):
    User.objects.filter(pk=alice.account).update(first_name="Alice", surname="Martin")
    made.MAKERS["recruitment.exchange"](alice, now - made.RECENT)
    assert not kind_in(page_of(browser), registry.holding(Exchange))
    Application.objects.update(first_name="Alice", surname="Martin")
    assert kind_in(page_of(browser), registry.holding(Exchange))


def test_a_request_in_progress_says_nothing_of_what_is_being_decided(browser, alice, dpo, now):
    request = make_request(now, alice.email, rights=["ERASURE"], surname="Martin")
    item = request.items.get()
    item.outcome, item.ground, item.reason, item.decided_at = "WITHHELD", "STILL_NEEDED", "A claim.", now
    item.save()
    AuditEntry.objects.create(
        at=now, actor="user:1", source="test", action="dsr.request.decided", about=fingerprint(alice.email),
        kind="dsr.subjectrequest", key=str(request.pk),
    )  # fmt: skip
    page = page_of(browser)
    assert request.reference in page
    assert "no reason to erase them" not in page
    assert "dsr.request.decided" not in page
    assert "What became of each right" not in page


def test_nothing_is_shown_while_it_is_in_doubt_who_reads_the_mailbox(browser, alice, now):
    row = enquiry(alice, now, message="Only for Alice")
    request = make_request(now, alice.email)
    verification.request_proof(request.pk, reason="Somebody else wrote from here.", now=now)
    page = page_of(browser)
    assert "Only for Alice" not in page
    assert "asked for a proof of your identity" in page
    assert browser.post("/privacy/requests/mine/copy/").status_code == 404
    assert browser.get(f"/privacy/requests/mine/correct/website.enquiry/{row.pk}/surname/").status_code == 404


def test_nor_after_a_copy_was_refused_because_of_others(browser, alice, now):
    enquiry(alice, now, message="Only for Alice")
    request = make_request(now, alice.email)
    decisions.refuse(request.pk, ground="NOT_IDENTIFIED", reason="No proof.", now=now)
    assert "Only for Alice" not in page_of(browser)


def test_what_is_restricted_is_shown_as_a_copy_shows_it(browser, alice, now):
    enquiry(alice, now, message="Only for Alice")
    restriction.restrict(Subject.of_email(alice.email), reason="She contests it", now=now)
    assert "Only for Alice" in page_of(browser)


def test_an_address_that_is_not_confirmed_shows_nothing(browser, alice, now, monkeypatch):
    enquiry(alice, now, message="Only for Alice")
    config = next(each for each in plugins.installed() if each.label == "website")
    monkeypatch.setattr(config, "confirmed_addresses", lambda account: ())
    page = page_of(browser)
    assert "Only for Alice" not in page
    assert "is not confirmed yet" in page
    assert "Last login" in page  # her account is hers
    assert addresses.confirmed(User.objects.get(pk=alice.account)) == (alice.email,)


def test_long_lists_are_cut_and_cost_no_more_queries(browser, alice, now):
    def filled(many: int) -> int:
        for number in range(many):
            at = now - timedelta(minutes=number + 1)
            Mail.objects.create(
                message="test", to=alice.email, language="en", subject=f"No. {number}", written_at=at
            )
            make_application(alice.email, at=at, surname="Alice")
            plain_request(alice.email, "Alice", at)
            AuditEntry.objects.create(
                at=at, actor="system", source="test", action="x", about=fingerprint(alice.email)
            )
        sample_site.forget()
        with CaptureQueriesContext(connection) as found:
            page = page_of(browser)
        assert "more: ask for a copy" in page
        return len(found)

    few = filled(30)
    assert filled(60) == few < 260


def test_it_is_not_kept_not_indexed_and_no_look_on_record(browser, now):
    before = AuditEntry.objects.count()
    response = browser.get(PAGE)
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_whoever_is_not_signed_in_signs_in_and_comes_back(alice, prefix):
    response = Client().get(prefix + PAGE)
    assert response.status_code == 302
    assert response["Location"] == f"{prefix}/account/sign-in/?next={prefix}/account/data/"


@pytest.mark.parametrize(
    "address", [PAGE, "/privacy/requests/mine/", "/privacy/requests/mine/correct/website.user/1/surname/"]
)
def test_whoever_signed_in_a_while_ago_is_asked_again(browser, now, address, settings):
    settings.RECENT_SIGN_IN = of_the_site.RECENT_SIGN_IN
    with time_machine.travel(now + timedelta(minutes=11), tick=False):
        response = browser.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/account/sign-in-again/?next=")
    assert "alice" not in response.content.decode()


@pytest.mark.parametrize(
    "address", ["/privacy/requests/mine/copy/", "/privacy/choices/mail/agree/", "/privacy/choices/mail/stop/"]
)
def test_and_nothing_is_done_before(browser, now, address, settings):
    settings.RECENT_SIGN_IN = of_the_site.RECENT_SIGN_IN
    with time_machine.travel(now + timedelta(minutes=11), tick=False):
        response = browser.post(address, {"email": "alice@example.org", "opt_in": "on"})
    assert response.status_code == 307
    assert not AuditEntry.objects.filter(action="dsr.my_data.downloaded").exists()


def test_it_speaks_french(browser, alice, now):
    enquiry(alice, now)
    page = page_of(browser, "/fr")
    for words in (
        "Mes données",
        "Ce que nous détenons sur vous",
        "Vos consentements",
        "Vos demandes",
        "Corriger",
    ):
        assert words in page


def test_the_account_leads_there(browser):
    assert f'href="{PAGE}"' in browser.get("/account/").content.decode()
