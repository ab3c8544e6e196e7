"""The controller's desk: Django's admin, with our name on it."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class Desk(AdminSite):
    """The admin site. A one-time password opens one page only: the one to choose another."""

    site_header = _("SoftNLabs privacy desk")
    site_title = _("Privacy desk")
    index_title = _("What there is to do")
    enable_nav_sidebar = True

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Wrap each view: nothing but the change of password until the one-time password is gone."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            match = request.resolver_match
            if getattr(request.user, "must_change_password", False) and (
                match is None or match.url_name not in {"password_change", "logout"}
            ):
                return redirect("admin:password_change")
            return inner(request, *args, **kwargs)  # type: ignore[no-any-return]

        return guarded
