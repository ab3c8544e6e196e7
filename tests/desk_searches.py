"""How tests search a list of the desk: by POST, as its form does."""

from typing import Any

from django.test import Client


def search(client: Client, address: str, words: str, **filters: str) -> Any:
    """The page of what is found."""
    sent = client.post(address, {"q": words}, query_params=filters)
    assert sent.status_code == 302, sent.status_code
    return client.get(sent.headers["Location"])
