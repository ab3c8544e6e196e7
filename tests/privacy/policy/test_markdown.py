import pytest

from privacy.policy import markdown

TEXT = "## One {#one}\n\nFirst *words*.\n\n## Two parts {#two}\nSecond.\n"


def test_a_text_falls_into_its_clauses():
    one, two = markdown.parse(TEXT)
    assert (one.key, one.title, one.body, one.line) == ("one", "One", "First *words*.", 1)
    assert (two.key, two.title, two.body, two.line) == ("two", "Two parts", "Second.", 5)


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("Before.\n## A {#a}\nb\n", [(1, "Before.")]),
        ("## A {#a}\nb\n## No key\n", [(3, "## No key")]),
        ("## A {#a}\n# Great\n", [(2, "# Great")]),
        ("## {{ x }} {#a}\n", [(1, "## {{ x }} {#a}")]),
        ("## A {#a}\n### Part\nb\n", []),
    ],
)
def test_text_that_no_clause_would_show_is_found(text, stray):
    assert list(markdown.text_outside_clauses(text)) == stray


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{ a.b }}", [(1, "a.b")]),
        ("x\n{{a}} and {{  c_d  }}", [(2, "a"), (2, "c_d")]),
        ("{{ }}", [(1, "")]),
        ("a\n{{ open", [(2, "{{ open")]),
        ("shut }}", [(1, "}}")]),
        ("{{ two\nlines }}", [(1, "{{ two"), (2, "}}")]),
    ],
)
def test_placeholders_are_found_with_their_line(text, found):
    assert list(markdown.placeholders(text)) == found


@pytest.mark.parametrize(
    "value", ["*x* _y_ `z`", "<script>alert(1)</script>", "[a](javascript:b)", "1. a", "a\nb"]
)
def test_a_value_is_never_read_as_markdown(value):
    html = markdown.to_html(markdown.fill("{{ v }}", {"v": value}))
    plain = markdown.to_plain(markdown.fill("{{ v }}", {"v": value}))
    assert plain == value.replace("\n", " ")
    assert html.count("<") == 2  # <p> and </p>


def test_a_list_alone_on_its_line_becomes_bullets():
    value = ["a_b", ("c", ["d", "e"])]
    html = markdown.to_html(markdown.fill("Here:\n\n{{ l }}\n\nEnd {{ l }}.", {"l": value}))
    assert html.count("<li>") == 4
    assert "a_b" in html
    assert "<p>End a_b, c.</p>" in html


def test_an_unknown_placeholder_cannot_be_filled():
    with pytest.raises(KeyError, match="nobody"):
        markdown.fill("{{ nobody }}", {})


@pytest.mark.parametrize(
    "hostile",
    ["<script>x</script>", "[x](javascript:alert)", "<img src=x onerror=y>", "[x](data:text/html,y)"],
)
def test_the_page_is_safe_from_its_own_text(hostile):
    html = markdown.to_html(hostile)
    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html


def test_plain_text_has_one_block_a_line():
    assert markdown.to_plain("A *b*\n`c`.\n\n* d\n  * e\n\n[f](/g/)") == "A b c.\nd\ne\nf"


def test_a_list_in_a_sentence_reads_alike_everywhere():
    (clause,) = markdown.parse("## A {#a}\n\n{{ l }} {fact}")
    frozen = markdown.freeze(clause, {"l": ["b", "c"]})
    assert (frozen.html.strip(), frozen.plain) == ('<p><span id="a-1">b, c</span></p>', "b, c")
