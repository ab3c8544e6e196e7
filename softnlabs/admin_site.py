"""The admin site of the controller and staff, with panels of the apps on its first page."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from privacy import plugins
from privacy.access.models import Training
from privacy.web.request_facts import Refusal
from softnlabs.website.accounts import staff_factor
from softnlabs.website.accounts.models import User
from softnlabs.website.accounts.throttling import ThrottledAdminAuthenticationForm
from softnlabs.website.accounts.views import StagedSignInView

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
NO_PAGE = {
    None,
    "app_list",
}  # an address that nobody knows, and an app: which of them there are is the same answer
# Apps with work to do come first, those that are only looked up last.
APP_ORDER = ("dsr", "website", "recruitment", "privacy", "consent", "cookie_consent", "auth")


class ControllerAdminSite(AdminSite):
    """The admin site. A one-time password opens one page only: the one to choose another. Then it asks for the second
    factor, of everybody.

    What an app has to say on the first page: ``admin_panel`` in :mod:`privacy.plugins`.
    """

    site_header = _("SoftNLabs privacy desk")
    site_title = _("Privacy desk")
    index_title = _("What there is to do")
    enable_nav_sidebar = True
    login_form = ThrottledAdminAuthenticationForm

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002
        """Every view leads to the change of a one-time password first, and then to the second factor.

        What may not be seen answers as what does not exist: nobody learns which numbers there are. Whoever has no valid
        training is led to the page to read, whatever they were refused.
        """
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            match, user = request.resolver_match, request.user
            is_open = match is not None and match.url_name in {"password_change", "logout"}
            if is_open or not isinstance(user, User) or not self.has_permission(request):
                return inner(request, *args, **kwargs)
            if user.must_change_password:
                return redirect("admin:password_change")
            if (way := staff_factor.missing(request, user)) is not None:
                return way
            try:
                return inner(request, *args, **kwargs)
            except (PermissionDenied, Http404) as error:
                answer = _hidden(request, error)
                if user.is_trained(now=timezone.now()) or match is None or match.url_name in NO_PAGE:
                    raise answer from None
                trainings: Any = self.get_model_admin(Training)
                page: HttpResponse = trainings.refused(
                    request, status=404 if isinstance(answer, Http404) else 403
                )
                return page

        return cast("View", guarded)

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Django's page, through the steps that the account asks for."""
        if request.method == "GET" and self.has_permission(request):
            return redirect(reverse("admin:index", current_app=self.name))
        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        next_page = reverse("admin:index", current_app=self.name)
        view = StagedSignInView.as_view(
            authentication_form=self.login_form,
            template_name="admin/login.html",
            next_page=next_page,
            extra_context=context,
        )
        return cast("HttpResponse", view(request))

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Without what no page of ours uses.

        No record has a public page to be led to. The choices of a field would be searched by words in an address.
        """
        unused = {"view_on_site", "autocomplete"}
        return [each for each in super().get_urls() if getattr(each, "name", "") not in unused]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, object]]:
        """In the order of `APP_ORDER`; apps that it does not name come last."""
        listed = super().get_app_list(request, app_label)
        place = {label: position for position, label in enumerate(APP_ORDER)}
        return sorted(listed, key=lambda app: place.get(str(app["app_label"]), len(APP_ORDER)))

    def index(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> TemplateResponse:
        return super().index(request, {**(extra_context or {}), "panels": list(_panels(request))})


def _hidden(request: HttpRequest, error: PermissionDenied | Http404) -> PermissionDenied | Http404:
    """A page about nothing in particular stays forbidden; what an address names by itself is no object either."""
    match = request.resolver_match
    if isinstance(error, Http404) or match is None or not match.captured_kwargs:  # type: ignore[attr-defined]
        return error
    Refusal.of(request).is_hidden = True
    return Http404()


def _panels(request: HttpRequest) -> Iterator[SafeString]:
    now = timezone.now()
    for config in plugins.installed():
        if config.admin_panel is not None and (panel := config.admin_panel(request, now=now)):
            yield panel
