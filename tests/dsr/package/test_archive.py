"""The access package: everything of Alice's, nothing of Bob's."""

import json
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from dateutil.relativedelta import relativedelta
from django.utils.formats import date_format
from django.utils.timezone import localtime

from dsr.answer import delivery
from dsr.identity import verification
from dsr.intake import submission
from dsr.package import search
from dsr.package import sections as findings
from dsr.package.models import AccessPackage
from dsr.requests.identity_models import IdentityCheckMethod
from dsr.requests.models import SubjectRequest
from dsr.review import decisions
from privacy.companies.collecting import by_controller
from privacy.datamap import stores
from privacy.datamap.periods import CALENDAR
from privacy.datamap.registry import Holding, holdings
from privacy.files import storage
from privacy.mail.models import Mail
from tests import holdings as made
from tests.dsr.factories import make_form, make_request
from tests.dsr.packages import granted, unpacked
from tests.privacy.factories import make_subsidiary
from tests.recruitment.factories import make_application
from tests.softnlabs.enquiries.factories import make_enquiry

INSTANT = timedelta(microseconds=1)
COPIED = timedelta(minutes=1)  # what a copied visit keeps of its time, cut and never rounded up
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def seed(who: made.SamplePerson, at: datetime) -> dict[str, int]:
    """A row about somebody in every holding of the site; returns how many this person then has in each."""
    for maker in made.MAKERS.values():
        maker(who, at)
    return {holding.label: holding.about(who.subject()).count() for holding in holdings()}


def reachable(holding: Holding) -> bool:
    """Whether a request can find the row made here: sessions and choices are known to their browser alone."""
    return (
        holding.is_searched
        and "sessions" not in holding.data.subject
        and "receipts" not in holding.data.subject
    )


def test_everything_of_alice_is_in_it_and_bob_is_nowhere(alice, bob, now):
    seed(alice, now - made.RECENT)
    seed(bob, now - made.RECENT)
    subject_request = granted(alice, now)
    assert delivery.build_packages(now=now) == 1
    parts = unpacked(subject_request)
    data = json.loads(parts["data.json"])
    found = {section["name"]: section["records"] for section in data["holdings"]}
    outside = {store.name for store in stores.personal() if not store.data.found_on}
    assert set(found) == {holding.label for holding in holdings() if holding.is_searched} | outside
    left_out = {section["name"] for section in data["holdings"] if section["left_out"]}
    assert left_out == {  # a copy would outlive them
        "privacy.bucket", "privacy.draft", "privacy.subscriptionrequest", "dsr.linkrequest", "dsr.identityproof",
        "dsr.unconfirmedrequest", "dsr.unconfirmedinstructions", "consent.listedaddress",
        "website.accountsession", "website.invitation",
    }  # fmt: skip
    empty = {holding.label for holding in holdings() if reachable(holding) and not found[holding.label]}
    assert empty == left_out
    page = parts["index.html"].decode()
    for holding in holdings():
        assert str(holding.data.label).replace("'", "&#x27;") in page
    for name, content in parts.items():
        assert b"bob" not in content, name
        assert str(bob.visitor).encode() not in content, name
        assert "bob" not in name


@pytest.mark.parametrize(("language", "label"), [("en", "Collected for"), ("fr", "Collecté pour")])
def test_it_says_for_which_company_each_record_was_collected(alice, now, language, label):
    company = make_subsidiary()
    make_enquiry(alice.email, received_at=now - made.RECENT, entity=company.siren)
    make_application(alice.email, at=now - made.RECENT)
    subject_request = granted(alice, now)
    type(subject_request).objects.filter(pk=subject_request.pk).update(language=language)
    delivery.build_packages(now=now)
    parts = unpacked(subject_request)
    data = json.loads(parts["data.json"])
    found = {section["name"]: section["records"] for section in data["holdings"]}
    assert found["website.enquiry"][0]["data"]["entity"] == "Formation (SIREN 732 829 320)"
    assert found["recruitment.application"][0]["data"]["entity"] == "SoftNLabs (SIREN 818 145 302)"
    assert found["dsr.subjectrequest"][0]["data"]["entity"] == "SoftNLabs (SIREN 818 145 302)"
    page = parts["index.html"].decode()
    assert label in page
    assert "Formation (SIREN 732 829 320)" in page


def test_each_row_that_was_made_of_alice_is_collected_out_of_a_crowd(alice, bob, now):
    rows = {label: maker(alice, now - made.RECENT) for label, maker in made.MAKERS.items()}
    others = {label: maker(bob, now - made.RECENT) for label, maker in made.MAKERS.items()}
    Mail.objects.bulk_create(
        Mail(message="test", to=f"{number}@example.org", language="en", subject="Hello", written_at=now)
        for number in range(300)
    )
    subject_request = make_request(now, email=alice.email)
    collected = {
        section.information.label: {record.key for record in section.records}
        for section in search.collect(subject_request.subject(), now=now)
    }
    for known in filter(reachable, holdings()):
        found = collected[known.label]
        assert str(rows[known.label].pk) in found, known.label
        assert str(others[known.label].pk) not in found, known.label
        assert found == {str(key) for key in known.about(alice.subject()).values_list("pk", flat=True)}
    assert "privacy.visit" not in collected


def test_each_record_says_when_it_goes_and_why_it_is_here(alice, now):
    seed(alice, now - made.RECENT)
    subject_request = granted(alice, now)
    delivery.build_packages(now=now)
    for section in json.loads(unpacked(subject_request)["data.json"])["holdings"]:
        for told in ("title", "purposes", "legal_bases", "categories", "recipients", "source", "kept"):
            assert section[told], (section["name"], told)
        for record in section["records"]:
            ended = record["deleted_at"] is None or datetime.fromisoformat(record["deleted_at"]) > now
            assert ended, section["name"]


def test_no_code_stands_where_there_are_words_for_it(alice, now):
    seed(alice, now - made.RECENT)
    subject_request = granted(alice, now, "fr")
    delivery.build_packages(now=now)
    found = json.loads(unpacked(subject_request)["data.json"])["holdings"]
    codes = {"en", "fr"} | {holding.label for holding in holdings()}
    for section in found:
        for record in section["records"]:
            assert not codes & {str(value) for value in record["data"].values()}, section["name"]
    (redaction,) = next(each["records"] for each in found if each["name"] == "dsr.redaction")
    assert (
        redaction["data"]["holding"] == "Messages laissés sur le formulaire de contact ou envoyés par e-mail"
    )
    assert redaction["data"]["field"] == "message"


def test_the_original_files_are_in_it_and_other_packages_are_not(alice, bob, now):
    seed(alice, now - made.RECENT)
    seed(bob, now - made.RECENT)
    subject_request = granted(alice, now)
    delivery.build_packages(now=now)
    parts = unpacked(subject_request)
    listed = {
        path
        for section in json.loads(parts["data.json"])["holdings"]
        for record in section["records"]
        for path in record["files"]
    }
    assert {name for name in parts if name.startswith("files/")} == listed
    assert not any("accesspackage" in path for path in listed)


def test_where_nothing_is_held_it_says_so(now):
    subject_request = granted(made.person("alice", now), now)
    delivery.build_packages(now=now)
    parts = unpacked(subject_request)
    page = parts["index.html"].decode()
    nothing = page[page.index('id="nothing"') :]
    sections = json.loads(parts["data.json"])["holdings"]
    empty = [section["title"] for section in sections if not section["records"]]
    assert len(empty) > 3
    for title in empty:
        assert title.replace("'", "&#x27;") in nothing


def test_rows_past_their_period_are_not_shown_even_if_the_purge_is_late(alice, now):
    old = now - timedelta(days=365 * 20)
    for maker in made.MAKERS.values():
        maker(alice, old)
    found = search.collect(alice.subject(), now=now)
    shown = {section.information.label for section in found if section.records}
    assert shown <= {"website.user"}


def test_it_speaks_the_language_of_the_person(alice, now):
    subject_request = granted(alice, now, language="fr")
    delivery.build_packages(now=now)
    page = unpacked(subject_request)["index.html"].decode()
    assert '<html lang="fr">' in page
    assert "Cherché, rien de détenu" in page
    assert "Searched" not in page
    assert "prête" in Mail.objects.get(message="request_ready").subject


class Outline(HTMLParser):
    """Which ids there are, which links point at, and how headings follow each other."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.ids += [facts["id"] or ""] if "id" in facts else []
        self.targets += [facts["href"] or ""] if tag == "a" else []
        self.headings += [int(tag[1])] if tag in {"h1", "h2", "h3"} else []


def test_the_page_can_be_walked_by_headings_and_links(alice, now):
    seed(alice, now - made.RECENT)
    subject_request = granted(alice, now)
    delivery.build_packages(now=now)
    parts = unpacked(subject_request)
    outline = Outline()
    outline.feed(parts["index.html"].decode())
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(
        after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False)
    )
    assert len(outline.ids) == len(set(outline.ids))
    for target in outline.targets:
        assert target.removeprefix("#") in outline.ids if target.startswith("#") else target in parts


def test_what_the_person_gave_comes_before_what_the_software_noted(alice, now):
    given = [section.information.is_given for section in search.collect(alice.subject(), now=now)]
    assert given == sorted(given, reverse=True)
    assert set(given) == {True, False}


def test_words_too_long_for_a_cell_of_a_table_fold_away_and_are_all_there(alice, now):
    for _number in range(findings.LONGEST_LIST + 1):
        row = made.MAKERS["website.enquiry"](alice, now - made.RECENT)
    type(row).objects.filter(pk=row.pk).update(message="many words " * 50 + "to the last")
    subject_request = granted(alice, now)
    delivery.build_packages(now=now)
    page = unpacked(subject_request)["index.html"].decode()
    assert page.count("<details>") == 1
    assert "to the last</details>" in page


def test_hostile_words_stay_words(now):
    subject_request = make_request(now, details='<script>alert(1)</script>{{ x }}"', surname="O'<b>Neil</b>")
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    delivery.build_packages(now=now)
    page = unpacked(subject_request)["index.html"].decode()
    assert "<script" not in page
    assert "<b>Neil" not in page
    assert "&lt;script&gt;" in page


def test_it_is_encrypted_where_it_lies(alice, now, settings):
    subject_request = granted(alice, now)
    delivery.build_packages(now=now)
    file = AccessPackage.objects.get(request=subject_request).file
    on_disk = storage.path_of(file.pk).read_bytes()
    assert b"PK\x03\x04" not in on_disk[:64]
    assert b"index.html" not in on_disk


# The life of the copy ends with the first datum in it ------------------------------------------------------------


def visit_that_ends(alice: made.SamplePerson, at: datetime) -> None:
    """A visit of her browser whose period is over at that instant."""
    wall = at.astimezone(CALENDAR).replace(tzinfo=None) - relativedelta(months=6)
    made.visit(alice, wall.replace(tzinfo=CALENDAR))


def granted_with_visits(alice: made.SamplePerson, now: datetime, language: str = "en") -> SubjectRequest:
    """She ticked the box: the visits of her browser were copied when she sent the form."""
    form = submission.submit(
        make_form(alice.email),
        collection=by_controller(),
        browser=submission.SendingBrowser(alice.visitor),
        language=language,
        now=now,
    )
    subject_request = submission.confirm(form.pk, now=now)
    verification.check(subject_request.pk, method=IdentityCheckMethod.EMAIL, now=now)
    decisions.grant(subject_request.pk, now=now)
    return subject_request


@pytest.mark.parametrize(
    ("visit_ends", "package_ends", "is_in_it"),
    [
        (timedelta(days=7) - COPIED, timedelta(days=14), False),
        (timedelta(days=7), timedelta(days=7), True),
        (timedelta(days=7) + COPIED, timedelta(days=7) + COPIED, True),
        (timedelta(days=14) - COPIED, timedelta(days=14) - COPIED, True),
        (timedelta(days=14) - INSTANT, timedelta(days=14) - COPIED, True),
        (timedelta(days=14) + COPIED, timedelta(days=14), True),
    ],
)
def test_it_ends_with_the_first_datum_in_it(alice, now, visit_ends, package_ends, is_in_it):
    visit_that_ends(alice, now + visit_ends)
    subject_request = granted_with_visits(alice, now)
    delivery.build_packages(now=now)
    (visits,) = [
        section
        for section in json.loads(unpacked(subject_request)["data.json"])["holdings"]
        if section["name"] == "privacy.visit"
    ]
    assert (len(visits["records"]), len(visits["left_out"])) == (int(is_in_it), int(not is_in_it))
    package, end = AccessPackage.objects.get(), now + package_ends
    assert package.ends_at == end
    assert AccessPackage.objects.ready(end - INSTANT).exists()
    assert not AccessPackage.objects.ready(end).exists()
    assert list(AccessPackage.objects.due(end)) == [package]
    assert not AccessPackage.objects.due(end - INSTANT).exists()
    assert f"until {date_format(localtime(end), 'DATE_FORMAT')}" in Mail.objects.get(
        message="request_ready"
    ).text.replace("\N{NO-BREAK SPACE}", " ")


def test_what_is_left_out_is_named_with_its_day_in_both_languages(alice, now):
    visit_that_ends(alice, now + timedelta(days=2))
    for language, said in (("en", "deleted on 25 November 2026"), ("fr", "supprimé le 25 novembre 2026")):
        subject_request = granted_with_visits(alice, now, language)
        delivery.build_packages(now=now)
        page = unpacked(subject_request)["index.html"].decode().replace("\N{NO-BREAK SPACE}", " ")
        assert said in page
