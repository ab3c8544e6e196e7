"""The register of article 30 says what the data map and the registers say, in every shape."""

import csv
import io
import zipfile
from datetime import date

import pikepdf
import pypdfium2
import pytest
from django.test import Client
from django.utils.translation import override

from privacy import starting_content
from privacy.audit.models import AuditEntry
from privacy.companies.models import Entity, FormAssignment
from privacy.datamap.declarations import Purpose
from privacy.datamap.registry import holdings
from privacy.register import article30
from privacy.register.models import Activity
from privacy.web import spreadsheets
from tests import actors
from tests.privacy.factories import make_processor, make_subsidiary

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
DAY = date(2026, 11, 23)
COLUMNS = [
    "name", "reference", "created", "updated", "companies", "joint_controller", "department", "software", "purposes",
    "basis", "persons", "categories", "sensitive", "source", "recipients", "transfers", "periods", "measures",
    "automated", "impact", "rights", "policy", "consent", "reviewed", "next_review",
]  # fmt: skip
SHEET = {
    "reference": "T-05",
    "created_on": "2026-11-01",
    "joint_controller": "",
    "department": "HUMAN_RESOURCES",
    "persons": ["APPLICANTS"],
    "sensitive": "",
    "measures": ["FILES", "PURGE"],
    "more_measures": "",
    "automated": "",
    "impact": "NOT_NEEDED",
    "impact_note": "No sensitive data, no large scale",
    "impact_on": "2026-11-02",
    "reviewed_on": "2026-11-02",
    "next_review_on": "2027-11-02",
}


@pytest.fixture(autouse=True)
def _loaded(db, acting, now) -> None:
    starting_content.load(now=now)


def columns(purpose: Purpose, *, day: date = DAY) -> dict[str, str]:
    entry = next(entry for entry in article30.entries(day=day) if entry.activity.purpose == purpose)
    return {column.name: column.text for column in entry.columns}


def test_every_purpose_is_an_activity_with_every_column_filled():
    found = article30.entries(day=DAY)
    assert sorted(entry.activity.purpose for entry in found) == sorted(Purpose.values)
    for entry in found:
        assert [column.name for column in entry.columns] == COLUMNS
        assert all(column.text.strip() for column in entry.columns)


def test_each_activity_names_the_companies_for_which_its_forms_collect():
    own = "SoftNLabs (SIREN 818 145 302)"
    assert {columns(purpose)["companies"] for purpose in Purpose} == {own}
    FormAssignment.objects.create(form="recruitment.application", entity=make_subsidiary(until="2026-12-31"))
    assert columns(Purpose.RECRUITMENT)["companies"].splitlines() == [own, "Formation (SIREN 732 829 320)"]
    assert columns(Purpose.VISITORS)["companies"] == columns(Purpose.RECRUITMENT)["companies"]  # its consents
    assert columns(Purpose.BUSINESS)["companies"] == own
    assert columns(Purpose.RECRUITMENT, day=date(2027, 1, 1))["companies"] == own


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_holding_stands_in_it_with_its_period(language):
    with override(language):
        periods = "\n".join(
            column.text
            for e in article30.entries(day=DAY)
            for column in e.columns
            if column.name == "periods"
        )
        for holding in holdings():
            assert str(holding.data.label) in periods
            assert str(holding.data.keep.period) in periods


def test_recruitment_says_what_its_models_say():
    said = columns(Purpose.RECRUITMENT)
    assert "2 years in use, then in the archive until 5 years are over" in said["periods"].replace(
        "two years", "2 years"
    ).replace("five years", "5 years")
    assert "qualifications" in said["categories"]
    assert "human resources" in said["recipients"]
    assert "portability" in said["rights"]
    assert "Gan, France" in said["transfers"]
    assert said["sensitive"] == "None"


def test_rights_and_proof_follow_the_basis():
    prospects = columns(Purpose.PROSPECTS)
    assert "withdrawal of consent" in prospects["rights"]
    assert "objection" not in prospects["rights"]
    assert "ledger" in prospects["consent"]
    assert "Not applicable" in columns(Purpose.RECRUITMENT)["consent"]


def test_a_processor_stands_under_its_purposes_with_its_data_as_long_as_its_contract():
    make_processor(
        name="Screener", purposes=["RECRUITMENT"], categories=["EMAIL", "IP_ADDRESS"], until="2026-12-31"
    )
    said = columns(Purpose.RECRUITMENT)["recipients"]
    assert "Screener, Germany (processor: Sending; may receive: e-mail address)" in said
    assert "Screener" not in columns(Purpose.PROSPECTS)["recipients"]
    assert "Screener" not in columns(Purpose.RECRUITMENT, day=date(2027, 1, 1))["recipients"]


def test_a_sheet_is_completed_at_the_desk_and_is_dated_by_it(dpo_client: Client):
    sheet = Activity.objects.get(purpose=Purpose.RECRUITMENT)
    Activity.objects.update(updated_on=date(2026, 1, 1))
    address = f"/admin/privacy/activity/{sheet.pk}"
    assert (
        dpo_client.post(f"{address}/change/", {**SHEET, "joint_controller": "Example SARL"}).status_code
        == 302
    )
    sheet.refresh_from_db()
    assert sheet.updated_on > date(2026, 1, 1)
    assert columns(Purpose.RECRUITMENT)["joint_controller"] == "Example SARL"
    assert columns(Purpose.RECRUITMENT)["reviewed"] == "2 November 2026"
    assert AuditEntry.objects.filter(action="privacy.activity.changed").exists()
    wrong = dpo_client.post(f"{address}/change/", {**SHEET, "next_review_on": "2026-11-02"})
    assert wrong.status_code == 200
    assert dpo_client.post(f"{address}/delete/", {"post": "yes"}).status_code == 404
    assert dpo_client.get("/admin/privacy/activity/add/").status_code == 403


def test_no_impact_assessment_counts_as_not_needed_without_a_reason_and_a_day(dpo_client: Client):
    assert set(Activity.objects.values_list("impact", flat=True)) == {"UNDECIDED"}
    assert columns(Purpose.RECRUITMENT)["impact"] == "Not examined yet"
    address = f"/admin/privacy/activity/{Activity.objects.get(purpose=Purpose.RECRUITMENT).pk}/change/"
    for missing in ("impact_note", "impact_on"):
        answer = dpo_client.post(address, {**SHEET, missing: ""})
        assert missing in answer.context["adminform"].form.errors
    assert dpo_client.post(address, SHEET).status_code == 302
    assert columns(Purpose.RECRUITMENT)["impact"] == (
        "Not needed\nNo sensitive data, no large scale\n2 November 2026"
    )


def test_the_head_says_whom_to_ask_and_what_is_missing(settings):
    head = dict(article30.head(day=DAY))
    assert head["Contact for questions about data"] == (
        "Estelle Gelet, estelle.gelet@softnlabs.com, SoftNLabs, 64290 Gan"
    )
    assert "CONTROLLER_TELEPHONE" in head["Missing"]
    assert "street of SoftNLabs" in head["Missing"]
    settings.CONTROLLER = {**settings.CONTROLLER, "telephone": "+33 5 59 00 00 00"}
    settings.ENTITY = {**settings.ENTITY, "street": "1 rue X"}
    Entity.objects.update(street="1 rue X")
    head = dict(article30.head(day=DAY))
    assert "Missing" not in head
    assert head["Contact for questions about data"].endswith(
        "+33 5 59 00 00 00, SoftNLabs, 1 rue X, 64290 Gan"
    )


@pytest.mark.parametrize(("prefix", "word"), [("", "Transfers outside"), ("/fr", "Transferts hors")])
def test_the_whole_register_is_a_page_at_the_desk(dpo_client, prefix, word):
    page = dpo_client.get(f"{prefix}/admin/privacy/activity/register/").content.decode()
    assert page.count(word) == len(Purpose)
    assert "SoftNLabs (SIREN 818 145 302)" in page


def test_the_csv_has_a_line_an_activity_and_no_formula(dpo_client):
    Activity.objects.filter(purpose=Purpose.PROSPECTS).update(joint_controller="=cmd|' /C calc'!A0")
    text = dpo_client.get("/admin/privacy/activity/register.csv").content.decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(text))
    assert (len(head), len(lines)) == (len(COLUMNS), len(Purpose))
    cells = {cell for line in lines for cell in line}
    assert "'=cmd|' /C calc'!A0" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    "text", ["=1+1", "+33 5", "-1", "@SUM(A1)", "\t=1", " =1", "\N{NO-BREAK SPACE}=1", "\r=1", "\n=1", "＝1"]
)
def test_what_a_spreadsheet_would_run_is_made_harmless(text):
    assert spreadsheets.escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Alice", "3 rue =x", "", 12, None, True])
def test_what_it_would_not_run_stays_as_it_is(value):
    assert spreadsheets.escape_formula(value) == value


def test_the_workbook_holds_text_alone(dpo_client):
    Activity.objects.filter(purpose=Purpose.PROSPECTS).update(joint_controller="=1+1")
    book = dpo_client.get("/admin/privacy/activity/register.xlsx").content
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        strings = parts.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in strings
    assert "Transfers outside the European Union" in strings


@pytest.mark.parametrize(
    ("prefix", "language", "word"), [("", "en", "Impact assessment"), ("/fr", "fr", "Analyse d")]
)
def test_the_pdf_is_tagged_and_speaks_its_language(dpo_client, prefix, language, word):
    Activity.objects.filter(purpose=Purpose.PROSPECTS).update(joint_controller="#panic() *x* $y")
    made = dpo_client.get(f"{prefix}/admin/privacy/activity/register.pdf").content
    with pikepdf.open(io.BytesIO(made)) as document:
        assert str(document.Root.Lang) == language
        assert document.Root.MarkInfo.Marked
        with document.open_metadata() as facts:
            assert facts["pdfuaid:part"] == "1"
    pages = pypdfium2.PdfDocument(made)
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    assert text.count(word) == len(Purpose)
    assert "#panic() *x* $y" in text


def test_staff_without_rights_get_no_file(client, clerk):
    actors.sign_in(client, clerk)
    for address in ("register/", "register.csv", "register.xlsx", "register.pdf"):
        assert client.get(f"/admin/privacy/activity/{address}").status_code == 403
