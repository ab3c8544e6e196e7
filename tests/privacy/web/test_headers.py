"""Headers that are the same on every answer."""

import pytest
from django.http import BadHeaderError, HttpResponse

from privacy.web.headers import FixedHeaders, header_value, is_html


def test_what_a_view_has_set_stands_and_the_rest_is_added():
    response = HttpResponse(headers={"cache-control": "no-store"})
    FixedHeaders({"Cache-Control": "private", "X-Other": "1"}).add_missing(response)
    assert (response["Cache-Control"], response["X-Other"]) == ("no-store", "1")
    assert "Content-Type" in response


def test_answers_share_nothing():
    fixed, first, second = FixedHeaders({"X-Other": "1"}), HttpResponse(), HttpResponse()
    fixed.add_missing(first)
    first["X-Other"] = "2"
    del first["Content-Type"]
    fixed.add_missing(second)
    assert second["X-Other"] == "1"
    assert "Content-Type" in second


def test_a_header_that_may_not_leave_is_refused_at_once():
    with pytest.raises(BadHeaderError):
        FixedHeaders({"X-Other": "1\r\nSet-Cookie: a=b"})


def test_what_is_imposed_stands_whatever_a_view_has_set():
    response = HttpResponse(headers={"vary": "Accept", "X-Other": "1"})
    FixedHeaders({"Vary": "Cookie"}).override(response)
    assert (response["Vary"], response["X-Other"]) == ("Cookie", "1")
    assert len([name for name in response.headers if name.lower() == "vary"]) == 1


@pytest.mark.parametrize(
    ("kind", "is_page"),
    [
        ("text/html", True),
        ("text/html; charset=utf-8", True),
        ("text/plain", False),
        ("application/json", False),
    ],
)
def test_a_page_is_known_by_its_content(kind, is_page):
    assert is_html(HttpResponse(content_type=kind)) is is_page


def test_a_header_is_read_however_it_was_written_and_may_be_missing():
    response = HttpResponse(headers={"VARY": "Cookie"})
    del response["Content-Type"]
    assert (header_value(response, "vary"), header_value(response, "x-other"), is_html(response)) == (
        "Cookie",
        "",
        False,
    )
