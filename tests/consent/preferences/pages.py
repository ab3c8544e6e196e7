"""The page of choices, and the lines of the ledger."""

import html
from datetime import UTC, datetime

from django.test import Client

from consent.ledger.models import ConsentEvent

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def page(visitor: Client, address: str = "/", **headers: str) -> str:
    response = visitor.get(address, headers=headers)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def lines() -> list[tuple[str, str, str]]:
    return list(ConsentEvent.objects.order_by("id").values_list("topic", "kind", "act"))
