"""Headers that are the same on every answer: checked once, then added all together. And a quick look at one.

Django checks each header at the moment it is set, as it must where a value comes from a request. For values that
never change that would cost every page several microseconds. Reading one through its mapping takes four calls, and a
page is asked several times what it is.
"""

from collections.abc import Mapping

from django.http import HttpResponseBase
from django.http.response import ResponseHeaders

_NONE = ("", "")


def header_value(response: HttpResponseBase, name: str) -> str:
    """What the answer says in the header ``name``, which is given in small letters; empty where it has none."""
    return str(response.headers._store.get(name, _NONE)[1])


def is_html(response: HttpResponseBase) -> bool:
    """Whether the answer is a page for people to read."""
    return str(response.headers._store.get("content-type", _NONE)[1]).startswith("text/html")


class FixedHeaders:
    """Some headers with their values, as Django checked and keeps them."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        """Raises what Django raises for a header that may not leave."""
        self._checked = ResponseHeaders(headers)._store

    def add_missing(self, response: HttpResponseBase) -> None:
        """Add those that the answer does not have; what a view has set stands."""
        response.headers._store = {**self._checked, **response.headers._store}

    def override(self, response: HttpResponseBase) -> None:
        """Set them, whatever a view has set."""
        response.headers._store.update(self._checked)
