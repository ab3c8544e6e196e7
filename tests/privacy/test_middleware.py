"""What every request goes through."""

import contextlib

import pytest
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.test import RequestFactory

from privacy import middleware
from privacy.audit import trail


@pytest.mark.parametrize(
    ("query", "is_refused"),
    [
        ("q=%00", True),
        ("q=a\0b", True),
        ("q=%%00", True),
        ("%00=q", True),
        ("q=1&q=%F0%9F%00", True),
        ("", False),
        ("q=%2500", False),
        ("q=%0&p=0", False),
        ("q=+%C3%A9%0a", False),
    ],
)
def test_no_query_brings_a_nul(query, is_refused):
    request = RequestFactory().get("/")
    request.META["QUERY_STRING"] = query
    assert ("\0" in "".join(map("".join, request.GET.items()))) is is_refused
    with pytest.raises(BadRequest) if is_refused else contextlib.nullcontext():
        middleware.nul_bytes_middleware(lambda _request: HttpResponse())(request)


def test_who_acts_inside_acts_no_longer_outside_even_after_an_error():
    with trail.acting("user:1", "web:outer"):
        with contextlib.suppress(ZeroDivisionError), trail.acting(lambda: "user:2", "web:inner"):
            assert (trail.actor(), trail.source()) == ("user:2", "web:inner")
            raise ZeroDivisionError
        assert (trail.actor(), trail.source()) == ("user:1", "web:outer")
