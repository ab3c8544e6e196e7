"""Lists at the desk: checked, started, undone, and what was left out downloaded."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from consent.imports import asking
from consent.imports.models import ListedAddress, ListState, ProspectList
from consent.prospecting import prospecting
from privacy.audit.models import AuditEntry
from privacy.mail.models import Mail
from softnlabs.website.accounts.models import User
from tests import actors
from tests.conftest import ALICE, BOB
from tests.consent.imports.files import csv_of

pytestmark = pytest.mark.django_db
LIST = "/admin/consent/prospectlist/"
TYPED = {
    "title": "Fair of Pau",
    "language": "en",
    "source": "Fair of Pau",
    "obtained_on": timezone.now().date().isoformat(),
    "proof": "Register, page 3",
}


def file_of(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    return SimpleUploadedFile("list.csv", csv_of(*rows), "text/csv")


def brought_in(client: Client, *addresses: str, **typed: str) -> ProspectList:
    file = file_of(("e-mail",), *((address,) for address in addresses))
    response = client.post(f"{LIST}add/", {**TYPED, **typed, "file": file})
    assert response.status_code == 302, response.text
    return ProspectList.objects.get()


def test_a_list_is_checked_started_and_undone(dpo_client: Client):
    found = brought_in(dpo_client, ALICE, "=1+1", BOB)
    page = dpo_client.get(f"{LIST}{found.pk}/change/").text
    assert "2 people will be asked by e-mail to confirm." in page
    assert ALICE not in page
    assert not Mail.objects.exists()
    dpo_client.post(f"{LIST}{found.pk}/start/")
    shown = dpo_client.get(f"{LIST}{found.pk}/change/")
    assert "0 of 2 lines are dealt with." in shown.text
    assert shown.headers["Refresh"] == "15"
    asking.run(now=timezone.now())
    assert "2 of 2 lines are dealt with." in dpo_client.get(f"{LIST}{found.pk}/change/").text
    told = dpo_client.post(f"{LIST}{found.pk}/undo/", follow=True).text
    assert "lines deleted: 3. Confirmed before, who stay prospects: 0." in told
    assert ProspectList.objects.get().state == ListState.UNDONE
    again = dpo_client.post(f"{LIST}{found.pk}/undo/", follow=True).text
    assert "not possible (any more)" in again


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("", "This mailbox must not be written to."),
        ("/fr", "Il ne faut pas écrire à cette boîte."),
    ],
)
def test_lines_left_out_are_counted_by_reason_before_and_after(dpo_client: Client, now, prefix, said):
    prospecting.suppress("stopped@example.org", now=now)
    found = brought_in(dpo_client, ALICE, BOB, "stopped@example.org", "=1+1", "=2+2")

    def counted() -> dict[str, int]:
        answer = dpo_client.get(f"{prefix}{LIST}{found.pk}/change/")
        assert "stopped@example.org" not in answer.text
        return {str(reason): number for reason, number in answer.context["reasons"]}

    assert counted() == {said: 1, **{reason: 2 for reason in counted() if reason != said}}
    prospecting.suppress(BOB, now=now)
    dpo_client.post(f"{LIST}{found.pk}/start/")
    asking.run(now=timezone.now())
    assert counted()[said] == 2


def test_what_was_left_out_is_downloaded_with_the_reason_and_on_record(dpo_client: Client):
    found = brought_in(dpo_client, ALICE, "=1+1")
    answer = dpo_client.get(f"{LIST}{found.pk}/left-out.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    text = answer.content.decode("utf-8-sig")
    assert "3,'=1+1,This is no e-mail address" in text
    assert ALICE not in text
    assert AuditEntry.objects.filter(action="consent.prospectlist.exported").exists()


@pytest.mark.parametrize(("prefix", "heading"), [("", "e-mail,language"), ("/fr", "e-mail,langue,source")])
def test_the_template_is_downloaded_in_both_languages(dpo_client: Client, prefix, heading):
    assert heading in dpo_client.get(f"{prefix}{LIST}template.csv").content.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("rows", "said"),
    [((("name",), ("Alice",)), "No column is called"), ((("",),), "holds no lines")],
)
def test_a_file_that_is_no_list_is_refused_beside_it(dpo_client: Client, rows, said):
    answer = dpo_client.post(f"{LIST}add/", {**TYPED, "file": file_of(*rows)})
    assert list(answer.context["form"].errors) == ["file"]
    assert said in answer.text
    assert not ProspectList.objects.exists()


def test_lines_are_listed_masked(dpo_client: Client):
    brought_in(dpo_client, ALICE)
    page = dpo_client.get("/admin/consent/listedaddress/").text
    assert ALICE not in page
    assert ListedAddress.objects.get().email == ALICE


def make_untrained() -> User:
    """Lists are about nobody, and open to her; the people on them are not."""
    return User.objects.create_superuser("untrained@desk.example", actors.PHRASE)


@pytest.mark.parametrize("make", [lambda: actors.make_staff("clerk@desk.example"), make_untrained])
def test_whoever_may_not_bring_in_lists_does_nothing(make, client: Client, dpo_client: Client):
    found = brought_in(dpo_client, ALICE, "=1+1")
    actors.sign_in(client, make())
    for address in ("add/", "template.csv", f"{found.pk}/left-out.csv"):
        assert client.get(LIST + address).status_code in {403, 404}
    for address in (f"{found.pk}/start/", f"{found.pk}/undo/"):
        assert client.post(LIST + address).status_code in {403, 404}
    found.refresh_from_db()
    assert found.state == ListState.CHECKED
