"""The desk finds a telephone number in whichever spelling it was typed, in old rows and new ones."""

import pytest
from django.test import Client

from tests import desk_searches
from tests.conftest import BOB
from tests.recruitment.factories import make_application
from tests.softnlabs.enquiries.factories import make_enquiry

pytestmark = pytest.mark.django_db
SPELLINGS = (
    "05 59 11 22 33",
    "+33559112233",
    "+33 (0)5 59 11 22 33",
    "05.59.11.22.33",
    "+33 5 59 11 22 33 ext. 4",
)


def found(client: Client, address: str, words: str) -> set[int]:
    page = desk_searches.search(client, address, words)
    return {row.pk for row in page.context_data["cl"].result_list}


@pytest.mark.parametrize("asked", ["0559112233", "+33 5 59 11 22 33", "05 59 11 22 33"])
def test_an_enquiry_is_found_by_its_number_however_it_is_written(dpo_client: Client, asked):
    rows = {make_enquiry(telephone=spelled).pk for spelled in SPELLINGS}
    bob = make_enquiry(BOB, telephone="+33 5 59 99 99 99")
    assert found(dpo_client, "/admin/website/enquiry/", asked) == rows
    assert found(dpo_client, "/admin/website/enquiry/", "0559999999") == {bob.pk}


@pytest.mark.parametrize("written", ["{}", "SNL-{}", "[SNL-{}]", "snl-{}"])
def test_an_enquiry_is_found_by_its_reference_as_our_mails_write_it(dpo_client: Client, written):
    alice = make_enquiry()
    make_enquiry(BOB)
    assert found(dpo_client, "/admin/website/enquiry/", written.format(alice.reference)) == {alice.pk}


def test_an_application_is_found_by_its_number(dpo_client: Client, now):
    alice = make_application(at=now, telephone="05 59 11 22 33")
    make_application(BOB, at=now, telephone="05 59 99 99 99")
    assert found(dpo_client, "/admin/recruitment/application/", "+33559112233") == {alice.pk}


def test_words_and_a_few_digits_find_no_number(dpo_client: Client):
    make_enquiry(telephone="+33 5 59 11 22 33", surname="Lasserre")
    assert found(dpo_client, "/admin/website/enquiry/", "11223") == set()
    assert len(found(dpo_client, "/admin/website/enquiry/", "Lasserre")) == 1
