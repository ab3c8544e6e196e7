"""All e-mails and letters: each thing is said in one place, in the same words in text, HTML and letter."""

import html
import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.html import strip_tags

from privacy.mail import rendering
from privacy.mail.rendering import BulletList
from tests.house.messages import LINK, TYPED, WRITTEN, facts, letters, messages, templates

ROOT = Path(settings.BASE_DIR)
APPS = ("softnlabs", "privacy", "consent", "dsr", "recruitment")
LANGUAGES = ("en", "fr")
# A letter says itself what an e-mail says beside its link.
OWN_WORDS_OF_LETTERS = {"request_message", "request_ready"}


def all_templates() -> list[str]:
    paths = [path for app in (*APPS, "templates") for path in (ROOT / app).rglob("*")]
    return [
        path.read_text() for path in paths if "templates" in path.parts and path.suffix in {".html", ".txt"}
    ]


def words_of_html(page: str, language: str) -> tuple[list[str], list[str]]:
    """Body and footer, read in another way than the text is: a link of the body is its address alone."""
    body, _, footer = page.partition("<div>")[2].partition('<div class="foot">')
    colon = {"en": ":", "fr": "\u00a0:"}[language]
    footer = re.sub(r'<a href="(http[^"]*)">([^<]*)</a>', rf"\2{colon} \1", footer)
    return _plain(re.sub(r'<a [^>]*href="([^"]*)">[^<]*</a>', r"\1", body)), _plain(footer)


def words_of_text(text: str) -> tuple[list[str], list[str]]:
    body, _, footer = text.rpartition("\n--\n")
    return _words(body), _words(footer)


def _plain(section: str) -> list[str]:
    return _words(html.unescape(strip_tags(re.sub(r"<br>|</?(p|li)>", " ", section))))


def _words(text: str) -> list[str]:
    """Without the signs before the items of a list, and those that `WRITTEN` has in their place."""
    return [word for word in text.split() if word != "*"]


def words_of_letter(message: str, language: str, *, by_post: bool = False) -> list[str]:
    letter = rendering.render(
        message, {**facts(message), "is_letter": True, "by_post": by_post}, language=language
    )
    lines = [
        line
        for block in letter.body
        for piece in (block.items if isinstance(block, BulletList) else (block.lines,))
        for line in piece
    ]
    return _words(" ".join(lines))


# One source --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "{% authority_postal",
        "Reference of your request",
        "The link works once, until",
        "{{ entity.legal_form }}, SIREN",
    ],
)
def test_it_stands_in_one_template(words: str):
    assert sum(text.count(words) for text in all_templates()) == 1


def test_the_address_of_the_link_stands_in_one_email():
    assert sum(path.read_text().count("{{ link }}") for path in templates().values()) == 1


def test_each_reason_stands_in_one_template():
    reasons = Counter(
        reason
        for text in all_templates()
        for reason in re.findall(r'"(You receive this message[^"]*)"', text)
    )
    assert len(reasons) == 21
    assert set(reasons.values()) == {1}


def test_a_message_has_one_template():
    files = [path.name for path in ROOT.glob("*/**/templates/emails/*") if ".venv" not in path.parts]
    assert {path.suffix for path in map(Path, files)} == {".html"}
    assert len(files) == len(set(files)) == len(templates())


def unused(names: list[str]) -> list[str]:
    """The e-mails that no module sends, and that no template extends or includes."""
    code = [path.read_text() for app in APPS for path in (ROOT / app).rglob("*.py")]
    sending = "\n".join(text for text in code if "outbox.send(" in text)
    extended = "\n".join(all_templates())
    return [name for name in names if f'"{name}"' not in sending and f'"emails/{name}.html"' not in extended]


def test_each_template_of_an_email_is_used():
    assert len(templates()) > 20
    assert unused(sorted(templates())) == []
    assert unused(["request_forgotten"]) == ["request_forgotten"]


# The same words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", messages())
def test_text_and_html_say_the_same(message: str, language: str):
    rendered = rendering.render(message, facts(message), language=language)
    body, footer = words_of_text(rendered.text())
    assert (body, footer) == words_of_html(rendered.html, language)
    assert rendered.subject
    assert f"<title>{html.escape(rendered.subject)}</title>" in rendered.html
    assert footer[:2] == {"en": ["You", "receive"], "fr": ["Vous", "recevez"]}[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", letters())
def test_a_letter_says_the_same_without_the_link(message: str, language: str):
    letter = " ".join(words_of_letter(message, language))
    assert letter
    assert LINK not in letter
    assert "ABCD-EFGH" not in letter or message in {"request_received", "request_reopened"}
    if message not in OWN_WORDS_OF_LETTERS:
        body, _footer = words_of_text(rendering.render(message, facts(message), language=language).text())
        assert " ".join(body).startswith(letter)


@pytest.mark.parametrize(
    "message", ["request_identity", "request_ready", "request_received", "request_withdrawn"]
)
def test_a_letter_by_post_speaks_of_no_page(message: str):
    assert "page" not in words_of_letter(message, "en", by_post=True)


# Nothing typed is markup -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", messages())
def test_what_people_type_is_no_markup(message: str):
    rendered = rendering.render(message, facts(message), language="en")
    assert "<b>&quot;" not in rendered.html
    assert '<b>"It' not in rendered.html
    assert 'href="https://evil' not in rendered.html
    assert rendered.html.count("<div") == 2
    assert all("&lt;b&gt;" not in text for text in (rendered.subject, rendered.text()))


def test_what_people_type_is_said_as_they_typed_it():
    lines = [TYPED, f"* {TYPED}", f"# {TYPED}"]
    reply = rendering.render("application_reply", facts("application_reply"), language="en")
    assert reply.subject == TYPED
    assert reply.text().startswith(f"{lines[0]}\n{lines[1]}\n\n{lines[2]}\n\n--\n")
    letter = rendering.render(
        "request_message", {**facts("request_message"), "is_letter": True}, language="en"
    )
    assert [block.lines for block in letter.body[1:]] == [(lines[0], lines[1]), (lines[2],)]
    refused = rendering.render("request_refused", facts("request_refused"), language="en").text()
    assert "\n".join(WRITTEN.splitlines()) in refused
    ready = rendering.render("request_ready", facts("request_ready"), language="en").text()
    assert f"\n  {lines[0]}\n  {lines[1]}\n  {lines[2]}\n* Access" in ready
