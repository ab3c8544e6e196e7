"""The letter to print: in both languages, tagged, and nobody's words act as markup."""

import io

import pikepdf
import pypdfium2
import pytest
from django.test import Client

from dsr.identity import verification
from dsr.intake import letter_form
from dsr.rules import proofs
from tests.dsr.factories import make_request
from tests.dsr.pages import NOBODY, client_with_grant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


def words_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        assert len(document) == 1
        page = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    return " ".join(page.replace("\u00a0", " ").split())


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (
            "/privacy/requests/letter.pdf",
            [
                "SoftNLabs",
                "64290 Gan",
                "have my data erased",
                "No proof of identity has to be enclosed.",
                *proofs.AcceptedProof.labels,
                proofs.NOT_ACCEPTED,
            ],
        ),
        (
            "/fr/privacy/requests/letter.pdf",
            [
                "SoftNLabs",
                "64290 Gan",
                "faire effacer mes données",
                "Aucun justificatif d’identité n’est à joindre.",
                "carte d’identité",
                "carte Vitale",
            ],
        ),
    ],
)
def test_the_letter_says_where_it_goes_and_what_to_enclose(client: Client, address: str, words: list[str]):
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/pdf"
    text = words_of(response.content)
    assert [str(each) for each in words if str(each) not in text] == []
    with pikepdf.open(io.BytesIO(response.content)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith("fr" if address.startswith("/fr") else "en")
    assert address.removeprefix("/fr") in client.get(address.replace("letter.pdf", "new/")).content.decode()


def test_the_letter_of_a_request_carries_its_reference_and_stays_behind_its_link(now):
    subject_request = make_request(now)
    verification.request_proof(subject_request.pk, reason="Two people share this address.", now=now)
    address = f"/privacy/requests/{subject_request.pk}/letter.pdf"
    for path in (address, f"/privacy/requests/{NOBODY}/letter.pdf"):
        assert Client().get(path).status_code == 403
    client = client_with_grant(subject_request)
    assert address in client.get(f"/privacy/requests/{subject_request.pk}/").content.decode()
    text = words_of(client.get(address).content)
    for words in (
        subject_request.reference,
        "Martin",
        "alice@example.org",
        "see what you hold about me (ticked)",
    ):
        assert words in text
    assert "mandate" not in text
    assert "We have asked you for a proof of your identity." in text
    assert "No proof of identity has to be enclosed." not in text
    verification.check(subject_request.pk, method="DETAILS", now=now)
    subject_request.refresh_from_db()
    assert "No proof of identity has to be enclosed." in words_of(letter_form.letter("en", subject_request))


def test_hostile_words_stay_words(now):
    subject_request = make_request(
        now, surname='#panic("x")', details='*bold* #read("/etc/passwd") $x$ "quoted" \\ back'
    )
    text = words_of(letter_form.letter("en", subject_request))
    assert '#panic("x")' in text
    assert '*bold* #read("/etc/passwd") $x$ "quoted" \\ back' in text
