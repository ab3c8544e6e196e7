"""What every page may say about the company."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def company(request: HttpRequest) -> dict[str, Any]:
    """The entity and the controller's contact (clause 1)."""
    return {"entity": settings.ENTITY, "controller": settings.CONTROLLER, "local_mode": settings.LOCAL_MODE}
