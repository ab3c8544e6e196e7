"""The webhook of the provider: what it says about our mail is believed with the secret alone."""

from datetime import timedelta
from typing import Any, cast

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent
from anymail.utils import get_request_basic_auth
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from privacy.web.rate_limits import RateLimit

LONGEST = 256 * 1024  # bytes, of a thousand events or so
# What a provider may report at most: above it, it is asked to wait, and reports again later.
REPORTS = RateLimit("consent.returns.webhook", 600, timedelta(minutes=1))
TOO_LARGE, TOO_OFTEN = 413, 429


class _MailjetView(MailjetTrackingWebhookView):  # type: ignore[misc]
    def parse_events(self, request: HttpRequest) -> list[AnymailTrackingEvent]:
        """Raises what Django answers with 400."""
        try:
            events: list[AnymailTrackingEvent] = super().parse_events(request)
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError):
            raise AnymailWebhookValidationFailure("No events of Mailjet.") from None
        return events


HOOKS: dict[str, Any] = {"mailjet": _MailjetView.as_view()}


@csrf_exempt
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Without the secret there is no such address."""
    if provider != settings.MAIL_PROVIDER or provider not in HOOKS or not _knows_secret(request):
        raise Http404
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
        return HttpResponse(status=TOO_LARGE)
    if not REPORTS.take(provider, now=timezone.now()):
        return HttpResponse(status=TOO_OFTEN)
    answer: HttpResponse = HOOKS[provider](request)
    return answer


def _knows_secret(request: HttpRequest) -> bool:
    """Each is compared in a time that tells nothing of it; which of them it was is no secret."""
    given, secrets = (
        get_request_basic_auth(request) or "",
        cast(list[str], settings.ANYMAIL["WEBHOOK_SECRET"]),
    )
    return any(constant_time_compare(given, secret) for secret in secrets)
