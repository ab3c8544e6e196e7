from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dsr.follow_up.views import granted_request, locked
from dsr.messages.letter_models import SentLetter
from privacy.files import storage


@never_cache
@require_safe
def sent(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """A letter as it was sent, for those who came by the link of its request."""
    found = granted_request(request, pk)
    if found is None:
        return locked(request, pk)
    letter = get_object_or_404(SentLetter.objects.live(timezone.now()), request=found, pk=number)
    return storage.own_attachment(letter.file)
