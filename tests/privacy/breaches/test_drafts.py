"""What is drafted from the register: article 33(3) for the authority, article 34(2) for persons."""

from datetime import timedelta

import pytest

from privacy.breaches import breaches, clock, drafts
from privacy.breaches.breaches import SentNotification
from privacy.breaches.models import BreachNotice, Kind, Risk
from tests.dsr.letters import words_of
from tests.privacy.factories import make_breach, make_processor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]


@pytest.fixture
def breach(now):
    return make_breach(
        aware_at=now, began_at=now - timedelta(days=2), kinds=[Kind.CONFIDENTIALITY, Kind.AVAILABILITY],
        persons=["CLIENTS"], persons_count=120, categories=["EMAIL", "LOGIN"], records_count=0,
        effects="Spam <b>may</b> come", measures="The list was deleted", risk=Risk.HIGH, risk_reasons="Passwords",
        processor=make_processor(name="Post office"),
    )  # fmt: skip


def test_the_notice_lists_what_article_33_asks_for_in_french(breach, now):
    sent = SentNotification(sent_at=now, is_complete=False, text="x", delay_reasons="Fermeture")
    breaches.note_notification(breach.pk, sent=sent, now=now)
    text = drafts.for_authority(breach, now=now).text()
    for said in (
        "Confidentialité", "disponibilité", "A message went to the wrong list.", "clients et leur personnel", ": 120",
        "adresse e-mail", "Spam <b>may</b> come", "The list was deleted", "Estelle Gelet",
        "estelle.gelet@softnlabs.com",
        "23 novembre 2026 à 11:00", "Post office", "Fermeture", "enregistrements\u00a0: 0", "SIREN 818 145 302",
    ):  # fmt: skip
        assert said in text, said


def test_what_nobody_knows_yet_is_said(now):
    text = drafts.for_authority(make_breach(aware_at=now), now=now).text()
    assert text.count("pas encore connu") >= 5


@pytest.mark.parametrize(("late", "is_said"), [({}, False), ({"microseconds": 1}, True)])
def test_a_late_draft_asks_for_the_reasons(now, late, is_said):
    text = drafts.for_authority(
        make_breach(aware_at=now - clock.TO_NOTIFY - timedelta(**late)), now=now
    ).text()
    assert ("Motifs du retard\n(à compléter)" in text) == is_said


def test_the_pdf_goes_to_the_authority(breach, now):
    words = words_of(drafts.for_authority_as_pdf(breach, now=now))
    assert "3 place de Fontenoy" in words
    assert "The list was deleted" in words


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "On 21 November 2026",
                "23 November 2026",
                "What happened:",
                "e-mail address",
                "What may follow",
            ),
        ),
        (
            "fr",
            ("Le 21 novembre 2026", "23 novembre 2026", "Ce qui s’est passé", "adresse e-mail", "s’ensuivre"),
        ),
    ],
)
def test_the_message_to_persons_says_what_happened_what_may_follow_and_what_is_done(breach, language, said):
    text = drafts.for_persons(breach, language=language)
    assert [word for word in said if word not in text] == []
    assert "Spam <b>may</b> come" in text
    assert "\n\n\n" not in text
    message = drafts.message(text, language=language)
    assert "&lt;b&gt;may" in message.html
    assert "estelle.gelet@softnlabs.com" in message.text()


def test_a_letter_has_the_words_of_the_mail(breach, now):
    notice = BreachNotice(
        breach=breach, means="LETTER", name="Carol Doe", postal_address="1 rue X\n64000 Pau", language="fr",
        text="Une liste a fuité.",
    )  # fmt: skip
    words = words_of(drafts.letter(notice, now=now))
    for said in ("Carol Doe", "64000 Pau", "Une liste a fuité.", "CNIL"):
        assert said in words
