"""Each version of the question is kept as it was rendered, dated, and open to everybody."""

import hashlib
import html
from datetime import UTC, datetime, timedelta

import pytest
from cookie_consent.models import CookieGroup

from consent.cookies import registry
from consent.ledger import ledger
from consent.ledger.models import Wording
from consent.preferences.tasks import expire_choices
from consent.wording import archive
from tests.consent import block_list
from tests.consent.conftest import Visitor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_it_is_kept_once_in_every_language_before_anybody_answers():
    archive.store_current(now=NOW)
    archive.store_current(now=NOW + timedelta(days=1))
    assert {(version.language, version.first_shown_at) for version in archive.versions()} == {
        ("en", NOW),
        ("fr", NOW),
    }
    expire_choices()
    assert Wording.objects.count() == 2


def test_new_words_are_a_new_version_and_the_old_one_stays():
    archive.store_current(now=NOW)
    CookieGroup.objects.filter(varname="personal").update(description="Something else.")
    archive.store_current(now=NOW + timedelta(days=1))
    texts = [version.text for version in archive.versions() if version.language == "en"]
    assert ["Something else." in text for text in texts] == [True, False]


def test_an_answer_keeps_exactly_what_was_on_the_screen(visitor: Visitor):
    visitor.submit("/privacy/choices/refuse/", next="/")
    version = archive.versions().get()
    banner = visitor_banner(Visitor())
    kept = version.markup.split("</section>")[0]
    for part in ("<h2", "<ul>", 'class="even"'):
        assert kept[kept.index(part) :][:200].split("formaction")[0] in banner


def visitor_banner(visitor: Visitor) -> str:
    page = visitor.get("/").content.decode()
    return page[page.index('id="choices"') :].split("</section>")[0]


@pytest.mark.parametrize(("language", "words"), [("", "Accept all"), ("/fr", "Tout accepter")])
def test_everybody_may_read_it_and_verify_its_number(visitor: Visitor, language: str, words: str):
    archive.store_current(now=NOW)
    page = visitor.get(f"{language}/privacy/choices/words/").content.decode()
    for version in archive.versions():
        assert version.sha256 in page
        text = visitor.get(f"{language}/privacy/choices/words/{version.sha256}/").content
        assert hashlib.sha256(text).hexdigest() == version.sha256
        shown = html.unescape(
            visitor.get(f"{language}/privacy/choices/words/{version.sha256}/shown/").content.decode()
        )
        assert shown.count('id="choices"') == 1
        assert "inert" in shown
        assert block_list.hits(shown) == []
        if version.language == (language.strip("/") or "en"):
            assert words in shown


def test_words_of_a_form_are_not_listed_nor_shown(visitor: Visitor):
    wording = ledger.archive_wording("I agree, alice@example.org", language="en", now=NOW)
    assert wording.sha256 not in visitor.get("/privacy/choices/words/").content.decode()
    assert visitor.get(f"/privacy/choices/words/{wording.sha256}/shown/").status_code == 404


def test_what_a_controller_writes_is_shown_as_text(visitor: Visitor):
    CookieGroup.objects.filter(varname="personal").update(description="<script>alert(1)</script>")
    registry.invalidate()
    archive.store_current(now=NOW)
    version = archive.versions().filter(language="en").get()
    page = visitor.get(f"/privacy/choices/words/{version.sha256}/shown/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
