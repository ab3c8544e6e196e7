"""Downloading the package: a mailed link, then the code."""

from pathlib import Path
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dsr.answer import delivery
from dsr.follow_up import follow_up, session_grants
from dsr.follow_up.forms import CodeForm
from dsr.follow_up.rate_limits import CODES_OF_PACKAGE
from dsr.follow_up.views import exchange_link, locked, store_link_token
from dsr.messages import emails
from dsr.package import archive

SCHEMA_FILE = Path(archive.__file__).parent / "package.schema.json"


@never_cache
@require_safe
def package_link(request: HttpRequest, token: str) -> HttpResponse:
    """The token moves from the address into the session."""
    return store_link_token(request, emails.PACKAGE, token, "dsr:package-open")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def package_open(request: HttpRequest) -> HttpResponse:
    """The button that exchanges the link for a session grant; the link is then used up."""
    return exchange_link(request, emails.PACKAGE, follow_up.use_package_link, "dsr:package")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def package(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form for the code; the right one is answered with the zip."""
    now, form = timezone.now(), CodeForm(request.POST or None)
    if not session_grants.is_granted(request.session, emails.PACKAGE, pk, now=now):
        return locked(request, pk)
    if request.method != "POST" or not form.is_valid():
        return _form(request, pk, form)
    if not CODES_OF_PACKAGE.take(str(pk), now=now):
        form.add_error(
            "code", gettext("That was very often. Wait ten minutes, then try again: your code stays good.")
        )
        return _form(request, pk, form, status=429)
    return _opened(request, pk, form)


def _opened(request: HttpRequest, pk: UUID, form: CodeForm) -> HttpResponse:
    try:
        return delivery.download(pk, form.cleaned_data["code"], now=timezone.now())
    except delivery.PackageNotReadyError:
        return render(request, "dsr/follow_up/package_gone.html", {"pk": pk}, status=410)
    except delivery.WrongCodeError:
        form.add_error("code", gettext("This is not the code that stands on the page of your request."))
        return _form(request, pk, form)


def _form(request: HttpRequest, pk: UUID, form: CodeForm, status: int = 200) -> HttpResponse:
    return render(request, "dsr/follow_up/package.html", {"form": form, "pk": pk}, status=status)


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of data.json and portable.json."""
    return HttpResponse(SCHEMA_FILE.read_bytes(), content_type="application/schema+json")
