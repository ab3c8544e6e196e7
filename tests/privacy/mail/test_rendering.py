"""What is read from the HTML of a message."""

import pytest
from django.utils.html import escape, linebreaks

from privacy.mail.rendering import Block, BulletList, Paragraph, RenderedMessage, read_blocks


def blocks(words: str) -> tuple[Block, ...]:
    (found,) = read_blocks(f"<title>x</title><p>brand</p><h1>x</h1><div>{words}</div>")
    return found


def text(words: str) -> str:
    return RenderedMessage("", "", blocks(words), ()).text().removesuffix("\n\n--\n\n")


def test_the_text_of_a_letter_is_cut_into_paragraphs_and_lists():
    words = "<p>Hello,</p>\n<p>Two<br>\n  lines</p><ul>\n<li>one<br>more</li>\n<li>two</li>\n</ul>"
    assert blocks(words) == (
        Paragraph(("Hello,",)),
        Paragraph(("Two", "lines")),
        BulletList((("one", "more"), ("two",))),
    )
    assert text(words) == "Hello,\n\nTwo\nlines\n\n* one\n  more\n* two"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('<p><a class="button" href="https://a.example/?b=1&amp;c">Open</a></p>', "https://a.example/?b=1&c"),
        ('<p>\n <a href="https://a.example/">Open</a>\n</p>', "https://a.example/"),
        ('<p>Or <a href="https://a.example/">stop</a>.</p>', "Or stop: https://a.example/."),
        ('<p>A<br><a href="https://a.example/">B</a></p>', "A\nB: https://a.example/"),
        ('<p>Write to <a href="mailto:a@b.example">a@b.example</a></p>', "Write to a@b.example"),
    ],
)
def test_a_link_is_written_out(words: str, said: str):
    assert text(words) == said


def test_a_line_of_the_source_is_no_line_of_the_text():
    assert text("<p>\n  one\n  <strong>two</strong>,\n\n  three\n</p>") == "one two, three"


def test_nothing_empty_is_left():
    assert blocks("<p></p><p> \n <br></p><ul></ul><p>x<br> <br>y</p>") == (Paragraph(("x", "y")),)


def test_spaces_that_do_not_break_stay():
    assert text("<p>Quoi\u00a0?<br>\u202fx\u00a0</p>") == "Quoi\u00a0?\n\u202fx\u00a0"


def test_headings_numbers_and_pictures_are_said_too():
    words = (
        "<h2>News <em>of</em> May</h2><ol><li>a</li><li>b<br>c</li></ol>"
        '<p><img src="https://a.example/x.png" alt="A chart" /></p><h3>End</h3><ol start="7"><li>d</li></ol>'
    )
    assert text(words) == "News of May\n\n1. a\n2. b c\n\n[A chart]\n\nEnd\n\n7. d"


@pytest.mark.parametrize(
    "typed",
    [
        "<b>&amp; &#60;p&#62;</b>",
        "</p></div><div><p>x",
        '<a href="https://evil.example">x</a>',
        "* a\n* b",
        "<!-- x --> <![CDATA[ ]]> <?x?> &nbsp; &copy",
        "<script>x</script><style>",
        "  two  spaces",
    ],
)
def test_what_people_type_is_read_as_they_typed_it(typed: str):
    expected = (Paragraph(tuple(typed.split("\n"))),)
    assert blocks(linebreaks(typed, autoescape=True)) == expected
    assert blocks(f"<ul><li>{escape(typed)}</li></ul>") == (BulletList(((typed.replace("\n", " "),),)),)


def test_the_footer_stands_apart():
    body, footer = read_blocks('<div><p>a</p></div>\n<div class="foot"><p>b</p><p>c<br>d</p></div>')
    assert RenderedMessage("", "", body, footer).text() == "a\n\n--\nb\nc\nd\n"
