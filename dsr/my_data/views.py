"""What somebody who is signed in does with their own requests and data. What is not theirs does not exist (404)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST

from dsr.answer import delivery
from dsr.follow_up import session_grants
from dsr.follow_up.document_views import NOT_STORED
from dsr.follow_up.rate_limits import HOUR, SUBMISSIONS_OF_CLIENT
from dsr.intake.submission import SendingBrowser
from dsr.intake.views import FORM_KEY, visitor_of
from dsr.messages import emails
from dsr.my_data import asking, copy, held, names, requests
from dsr.my_data.forms import CorrectionForm, Known, OwnRequestForm
from dsr.my_data.held import CorrectableField, HeldSearch
from dsr.my_data.panels import account_names
from dsr.package.models import AccessPackage
from dsr.requests.models import SubjectRequest
from privacy.companies import collecting
from privacy.companies.collecting import CollectionFacts
from privacy.web import rate_limits, request_facts, signed_in

COPIES_OF_ACCOUNT: Final = rate_limits.RateLimit("dsr.my_data.copy", 10, HOUR)
LONGEST_QUOTE = 200


@require_POST
@signed_in.required
def open_request(request: HttpRequest, pk: UUID) -> HttpResponse:
    """As the mailed link would."""
    found = _own_request(request, pk)
    session_grants.grant(request.session, emails.FOLLOW, found.pk, now=timezone.now())
    return redirect("dsr:request", found.pk)


@require_POST
@signed_in.required
def fetch_package(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Without the code, which stands on the page that they may open. On record in the history of the request."""
    found, now = _own_request(request, pk), timezone.now()
    package = get_object_or_404(AccessPackage.objects.ready(now), request=found)
    return delivery.download(found.pk, package.code, now=now)


@require_POST
@signed_in.required
def download_copy(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    if not COPIES_OF_ACCOUNT.take(str(request.user.pk), now=now):
        return render(request, "dsr/intake/too_often.html", status=429)
    if held.is_in_doubt(signed_in.person(request)):
        raise Http404
    text = copy.make(_search(request, now=now), language=get_language() or "en", now=now)
    disposition = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return HttpResponse(text, content_type="application/json", headers=disposition)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in.required
def ask(request: HttpRequest) -> HttpResponse:
    now, known = timezone.now(), _known(request)
    if not known:
        return redirect("dsr:request-new")
    collection = _collection(request, now=now)
    form = OwnRequestForm(
        request.POST or None,
        request.FILES or None,
        initial={"rights": [request.GET.get("right", "")]},
        known=known,
        collection=collection,
        now=now,
    )
    if visitor_of(request) is None:
        form.leave_out_visits()
    if request.method != "POST" or not form.is_valid():
        return render(request, "dsr/my_data/ask.html", {"form": form, "email": known["email"]})
    if not SUBMISSIONS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return render(request, "dsr/intake/too_often.html", status=429)
    browser = SendingBrowser(visitor_of(request) if form.wants_visits() else None, request)
    try:
        made = asking.ask(
            form.request_data(),
            collection=collection,
            browser=browser,
            language=get_language() or "en",
            now=now,
        )
    except OSError:
        form.add_error(None, ValidationError(NOT_STORED))
        return render(request, "dsr/my_data/ask.html", {"form": form, "email": known["email"]}, status=503)
    return _follow(request, made, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in.required
def correct(request: HttpRequest, holding: str, key: str, field: str) -> HttpResponse:
    """Ask to have one field of one record corrected."""
    now, known = timezone.now(), _known(request)
    place = _correctable(request, holding, key, field, now=now)
    if place is None or not known:
        raise Http404
    collection = _collection(request, now=now)
    form = CorrectionForm(
        request.POST or None,
        known=known,
        value=place.value,
        category=place.category,
        collection=collection,
    )
    if request.method != "POST" or not form.is_valid():
        return render(request, "dsr/my_data/correct.html", {"form": form, "place": place})
    if not SUBMISSIONS_OF_CLIENT.take(rate_limits.client(request), now=now):
        return render(request, "dsr/intake/too_often.html", status=429)
    data = form.request_data(_in_words(place, form.cleaned_data["wished"]))
    return _follow(
        request, asking.ask(data, collection=collection, language=get_language() or "en", now=now), now=now
    )


def _own_request(request: HttpRequest, pk: UUID) -> SubjectRequest:
    person = signed_in.person(request)
    borne = names.borne(person, account_names(request))
    return get_object_or_404(requests.own(person, borne, now=timezone.now()), pk=pk)


def _search(request: HttpRequest, *, now: datetime) -> HeldSearch:
    return held.search_for(signed_in.person(request), account_names(request), now=now)


def _correctable(
    request: HttpRequest, holding: str, key: str, field: str, *, now: datetime
) -> CorrectableField | None:
    if held.is_in_doubt(signed_in.person(request)):
        return None
    return held.correctable(_search(request, now=now), holding, key, field)


def _known(request: HttpRequest) -> Known:
    """What need not be typed; empty where no address of the account is confirmed."""
    addresses = sorted(signed_in.person(request).emails)
    if not addresses:
        return {}
    chosen = getattr(request.user, "email", "")
    surname = getattr(request.user, "surname", "")
    named = {"first_name": getattr(request.user, "first_name", ""), "surname": surname} if surname else {}
    return {"email": chosen if chosen in addresses else addresses[0], **named}


def _collection(request: HttpRequest, *, now: datetime) -> CollectionFacts:
    return collecting.by_form(FORM_KEY, host=request_facts.host(request), now=now)


def _in_words(place: CorrectableField, wished: str) -> str:
    """What a person would have written. A long text is quoted by its beginning."""
    return gettext("%(title)s, %(label)s: today “%(was)s”. It should say: “%(wished)s”.") % {
        "title": place.title,
        "label": place.label,
        "was": Truncator(place.value).chars(LONGEST_QUOTE),
        "wished": wished,
    }


def _follow(request: HttpRequest, made: SubjectRequest, *, now: datetime) -> HttpResponse:
    session_grants.grant(request.session, emails.FOLLOW, made.pk, now=now)
    return redirect("dsr:request", made.pk)
