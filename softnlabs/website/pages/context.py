from django.conf import settings
from django.http import HttpRequest


def company(request: HttpRequest) -> dict[str, object]:
    """Context processor: the company and the controller's contact (clause 1 of the policy)."""
    return {"entity": settings.ENTITY, "controller": settings.CONTROLLER, "local_mode": settings.LOCAL_MODE}
