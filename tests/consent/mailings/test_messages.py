"""The bytes that leave, read back as a mailbox reads them."""

from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from consent.mail_preferences import links
from consent.mailings import messages
from consent.mailings.messages import Composer
from consent.mailings.models import Delivery
from tests.conftest import ALICE, BOB
from tests.consent.mailings.factories import make_mailing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_message_says_who_writes_and_how_to_stop_in_headers_and_both_texts(language):
    now, mailing = timezone.now(), make_mailing(subject_fr="Été : c’est ici")
    delivery = Delivery(mailing=mailing, email=ALICE, language=language)
    content = Composer().message(delivery, mailing, now=now).as_bytes()
    assert content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")

    read = message_from_bytes(content, policy=policy.default)
    stop = links.unsubscribe(ALICE, language=language)
    assert read["To"] == ALICE
    assert read["Subject"] == mailing.subject(language)
    assert read["List-Unsubscribe"] == f"<{stop}>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["Auto-Submitted"] == "auto-generated"
    assert "Precedence" not in read
    assert read["Message-ID"] == messages.message_id(delivery)
    for kind in ("plain", "html"):
        words = read.get_body((kind,)).get_content()
        assert stop in words
        assert links.preferences(ALICE, language=language) in words
        assert "SoftNLabs" in words


def test_nobody_gets_the_links_of_another():
    now, mailing, composer = timezone.now(), make_mailing(), Composer()
    for own, other in ((ALICE, BOB), (BOB, ALICE)):
        delivery = Delivery(mailing=mailing, email=own, language="en")
        read = message_from_bytes(
            composer.message(delivery, mailing, now=now).as_bytes(), policy=policy.default
        )
        words = read.get_body(("html",)).get_content() + read["List-Unsubscribe"]
        assert links.token(own) in words
        assert links.token(other) not in words
