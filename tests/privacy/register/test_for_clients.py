"""The register of a processor: work for clients (GDPR article 30(2))."""

from datetime import date

import pytest
from django.test import Client

from privacy.register import for_clients
from privacy.register.models import ClientWork
from tests import actors
from tests.dsr.letters import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
DAY = date(2026, 11, 23)
REGISTER = "/admin/privacy/clientwork/"
WRITTEN = {
    "client": "Example SARL",
    "contact": "1 rue X\n64000 Pau",
    "officer": "dpo@example.com",
    "kinds": "Hosting\nSupport",
    "others": "",
    "transfers": "",
    "measures": ["NEED", "COPIES"],
    "more_measures": "",
    "since": "2026-02-01",
    "until": "",
}


@pytest.fixture
def work() -> ClientWork:
    facts = {**WRITTEN, "since": date(2026, 2, 1), "until": None}
    return ClientWork.objects.create(**facts)


def test_it_lists_what_article_30_2_asks_for(work):
    table = for_clients.as_csv(day=DAY).decode()
    for said in (
        "Example SARL", "64000 Pau", "dpo@example.com", "Estelle Gelet", "Hosting", "None", "access on a need-to-know",
        "1 February 2026", "until further notice",
    ):  # fmt: skip
        assert said in table, said
    assert "Example SARL" in words_of(for_clients.as_pdf(day=DAY))


def test_without_clients_there_is_a_heading_alone():
    assert len(for_clients.as_csv(day=DAY).decode().splitlines()) == 1


def test_a_line_is_entered_at_the_desk_and_never_deleted(dpo_client: Client):
    assert dpo_client.post(f"{REGISTER}add/", WRITTEN).status_code == 302
    work = ClientWork.objects.get()
    assert dpo_client.post(f"{REGISTER}{work.pk}/delete/", {"post": "yes"}).status_code == 404
    assert dpo_client.post(f"{REGISTER}add/", {**WRITTEN, "measures": []}).status_code == 200
    page = dpo_client.get(REGISTER).content.decode()
    assert "register.csv" in page
    assert "register.pdf" in page


@pytest.mark.parametrize("kind", ["csv", "pdf"])
def test_only_who_may_see_it_gets_a_file(dpo_client, clerk, kind, work):
    assert dpo_client.get(f"{REGISTER}register.{kind}").status_code == 200
    other = Client()
    actors.sign_in(other, clerk)
    assert other.get(f"{REGISTER}register.{kind}").status_code == 403
