"""Headers that are the same on every answer: checked once, then added all together.

Django checks each header at the moment it is set, as it must where a value comes from a request. For values that
never change that would cost every page several microseconds.
"""

from collections.abc import Mapping

from django.http import HttpResponseBase
from django.http.response import ResponseHeaders


class Fixed:
    """Some headers with their values, as Django checked and keeps them."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        """Raises what Django raises for a header that may not leave."""
        self._checked = ResponseHeaders(headers)._store

    def complete(self, response: HttpResponseBase) -> None:
        """Add those that the answer does not have; what a view has set stands."""
        response.headers._store = {**self._checked, **response.headers._store}
