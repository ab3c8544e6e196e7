"""What an e-mail campaign may be written with."""

import pytest

from consent.mailings import writing

PICTURE = "/news/images/1/"


def codes(source: str) -> list[str]:
    return [str(problem.code) for problem in writing.problems(source, is_ours=lambda where: where == PICTURE)]


def html(source: str, **addresses: str) -> str:
    return writing.to_html(source, site="https://site.example", addresses=addresses)


@pytest.mark.parametrize(
    "source",
    [
        "One *two* **three** `four`\\\nfive",
        "## Heading\n\n### Smaller\n\n---",
        "* a\n* b\n\n1. c\n2. d",
        "* a\n\n* b",
        "[x](https://a.example/?b=1) <http://a.example> [y](mailto:a@example.org)",
        f"![A chart]({PICTURE})",
        "1 < 2 & 3 > 2, a_b, 5 * 3",
    ],
)
def test_what_reads_well_is_taken(source: str):
    assert codes(source) == []


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("Some <b>bold</b>", "html"),
        ("<script>x</script>", "html"),
        ("<!-- x -->", "html"),
        ('<img src="https://evil.example/pixel.gif">', "html"),
        ("# Heading", "heading"),
        ("Heading\n=======", "heading"),
        ("#### Heading", "heading"),
        ("* a\n  * b", "list"),
        ("* a\n\n  b", "item"),
        ("> quoted", "mark"),
        ("```\ncode\n```", "mark"),
        ("[x](javascript:alert(1))", "link"),
        ("[x](data:text/html,x)", "link"),
        ("[x][1]\n\n[1]: vbscript:x", "link"),
        ("[x](/services/)", "link"),
        ("[x](//evil.example/)", "link"),
        ("[x](https:///a)", "link"),
        ("[x](mailto:)", "link"),
        ("[x](ftp://a.example/)", "link"),
        ("![A chart](https://evil.example/pixel.gif)", "picture"),
        ("![A chart](data:image/png;base64,x)", "picture"),
        (f"![]({PICTURE})", "description"),
        (f"![  ]({PICTURE})", "description"),
    ],
)
def test_what_does_not_work_is_refused(source: str, code: str):
    assert code in codes(source)


def test_the_message_says_what_is_meant():
    (problem,) = writing.problems("[x](ftp://a.example/)", is_ours=bool)
    assert "“ftp://a.example/”" in problem.messages[0]


def test_the_same_is_said_once():
    assert codes("> a\n\nb\n\n> c") == ["mark"]


def test_html_is_escaped_all_the_same():
    assert html("<b onclick=x>a</b>") == "<p>&lt;b onclick=x&gt;a&lt;/b&gt;</p>\n"
    assert "href" not in html("[x](javascript:alert(1))")


def test_pages_are_listed_once_and_led_to_by_another_address():
    source = "[a](https://a.example/) [b](https://b.example/) [again](https://a.example/) [c](mailto:c@example.org)"
    assert writing.links(source) == ["https://a.example/", "https://b.example/"]
    shown = html(source, **{"https://a.example/": "https://site.example/1/"})
    assert shown.count('href="https://site.example/1/"') == 2
    assert 'href="https://b.example/"' in shown
    assert 'href="mailto:c@example.org"' in shown


def test_a_picture_gets_its_whole_address_and_keeps_its_description():
    source = f"![A *chart*]({PICTURE})"
    assert writing.pictures(source) == [writing.Picture(PICTURE, "A *chart*")]
    assert f'<img src="https://site.example{PICTURE}" alt="A chart" />' in html(source)


def test_items_between_empty_lines_are_items():
    assert html("* a\n\n* b") == "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
