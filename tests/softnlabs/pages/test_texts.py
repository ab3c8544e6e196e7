"""Markdown of pages: safe whoever writes it, headings below the title, links in the language, facts filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softnlabs.website.pages import texts

FACTS = {"entity.name": "A <b> & *Co*", "controller.email": "a@example.org", "list.host": ["One", "Two"]}


def html(source: str, language: str = "en") -> str:
    return str(texts.to_html(source, FACTS, language=language))


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](vbscript:x)",
        "[a](data:text/html,<script>alert(1)</script>)",
        "<javascript:alert(1)>",
        "![a](javascript:alert(1))",
        '[a](/ "x\\" onclick=alert(1) y=\\"")',
        "[a]: javascript:alert(1)\n\n[a]",
        "```<script>\nx\n```",
        "<!-- --><iframe src=//example.org></iframe>",
    ],
)
def test_no_text_runs_anything(attack: str) -> None:
    made = html(attack).lower()
    for tag in ("<script", "<img", "<iframe", "<!--"):
        assert tag not in made
    for scheme in ("javascript:", "vbscript:", "data:"):
        assert f'href="{scheme}' not in made
    assert ' onclick="' not in made


@given(st.text(alphabet="<>\"'&`()[]!#*_:/\\ \nabjs", max_size=40))
def test_only_the_tags_of_markdown_come_out(source: str) -> None:
    names = {each.split(">")[0].split(" ")[0].strip("/") for each in html(source).split("<")[1:]}
    assert names <= {
        "p",
        "br",
        "em",
        "strong",
        "code",
        "pre",
        "a",
        "img",
        "ul",
        "ol",
        "li",
        "hr",
        "blockquote",
    } | {f"h{level}" for level in range(2, 7)}


def test_a_fact_is_a_word_and_no_markup() -> None:
    assert html("{{ entity.name }}") == "<p>A &lt;b&gt; &amp; *Co*</p>\n"
    assert html("{{ list.host }}") == "<ul>\n<li>One</li>\n<li>Two</li>\n</ul>\n"
    assert html("[x](mailto:{{ controller.email }})") == '<p><a href="mailto:a@example.org">x</a></p>\n'
    assert texts.to_plain("At\n{{ entity.name }}.", FACTS) == "At A <b> & *Co*."


def test_the_title_of_the_page_is_its_only_h1() -> None:
    assert html("# A\n\n## B\n\nC\n=") == "<h2>A</h2>\n<h2>B</h2>\n<h2>C</h2>\n"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/contact/", "/fr/contact/"),
        ("/", "/fr/"),
        ("/fr/contact/", "/fr/contact/"),
        ("/static/images/favicon.svg", "/static/images/favicon.svg"),
        ("/.well-known/security.txt", "/.well-known/security.txt"),
        ("/robots.txt", "/robots.txt"),
        ("//example.org/", "//example.org/"),
        ("https://example.org/", "https://example.org/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("#part", "#part"),
    ],
)
def test_links_within_the_site_stay_in_the_language(address: str, shown: str) -> None:
    assert f'href="{shown}"' in html(f"[a]({address})", "fr")
    assert f'href="{address}"' in html(f"[a]({address})", "en")


@pytest.mark.parametrize("source", ["![Plan](https://example.org/a.png)", "![Plan](//example.org/a.png)"])
def test_images_come_from_this_site_alone(source: str) -> None:
    assert html(source) == "<p>Plan</p>\n"
    assert list(texts.faults(source, known=())) == [
        "Images come from this site alone: their address begins with one slash."
    ]
    assert '<img src="/static/images/a.png" alt="Plan"' in html("![Plan](/static/images/a.png)")


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("# A", "Headings begin with ##: the title stands above them."),
        ("A\n===", "Headings begin with ##: the title stands above them."),
        ("### A", "A heading skips a level: after ## comes ###."),
        ("## A\n\n#### B", "A heading skips a level: after ## comes ###."),
        ("{{ entity.nothing }}", "Nothing is known under this name: entity.nothing"),
        ("{{ entity.name", "Nothing is known under this name: {{ entity.name"),
        ("![](/static/images/a.png)", "Say in the brackets what the image shows."),
    ],
)
def test_what_would_be_shown_otherwise_than_meant_is_refused(source: str, fault: str) -> None:
    assert list(texts.faults(source, known=("entity.name",))) == [fault]


def test_an_ordinary_text_has_no_fault() -> None:
    source = "## A\n\n### B\n\n## C\n\n{{ entity.name }} [x](/contact/) ![y](/static/images/a.png)"
    assert list(texts.faults(source, known=("entity.name",))) == []
