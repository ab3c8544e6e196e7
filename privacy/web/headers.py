"""Headers that are the same on every response: checked once, then added all together.

Django checks each header when it is set, as it must where a value comes from a request. For constant values that
would cost every page several microseconds. Reading one through ``response.headers`` takes four calls, and a page is
asked several times what it is: hence :func:`header_value`.
"""

from collections.abc import Mapping

from django.http import HttpResponseBase
from django.http.response import ResponseHeaders

_NONE = ("", "")
# Of a file that people sent: where a browser shows it all the same, it runs nothing and stands in no other page.
FILE_POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def header_value(response: HttpResponseBase, name: str) -> str:
    """The header ``name``, which is given in lower case; empty where there is none."""
    return str(response.headers._store.get(name, _NONE)[1])


def is_html(response: HttpResponseBase) -> bool:
    return str(response.headers._store.get("content-type", _NONE)[1]).startswith("text/html")


class FixedHeaders:
    """Some headers, in the form in which Django keeps them once checked."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        """Raises what Django raises for a header that must not be sent."""
        self._checked = ResponseHeaders(headers)._store

    def add_missing(self, response: HttpResponseBase) -> None:
        """Add those that the response does not have; what a view has set stands."""
        response.headers._store = {**self._checked, **response.headers._store}

    def override(self, response: HttpResponseBase) -> None:
        """Set them, whatever a view has set."""
        response.headers._store.update(self._checked)
