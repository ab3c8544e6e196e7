"""Headers that are the same on every answer."""

import pytest
from django.http import BadHeaderError, HttpResponse

from privacy.headers import Fixed


def test_what_a_view_has_set_stands_and_the_rest_is_added():
    response = HttpResponse(headers={"cache-control": "no-store"})
    Fixed({"Cache-Control": "private", "X-Other": "1"}).complete(response)
    assert (response["Cache-Control"], response["X-Other"]) == ("no-store", "1")
    assert "Content-Type" in response


def test_answers_share_nothing():
    fixed, first, second = Fixed({"X-Other": "1"}), HttpResponse(), HttpResponse()
    fixed.complete(first)
    first["X-Other"] = "2"
    del first["Content-Type"]
    fixed.complete(second)
    assert second["X-Other"] == "1"
    assert "Content-Type" in second


def test_a_header_that_may_not_leave_is_refused_at_once():
    with pytest.raises(BadHeaderError):
        Fixed({"X-Other": "1\r\nSet-Cookie: a=b"})
