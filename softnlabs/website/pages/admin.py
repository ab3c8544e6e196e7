"""Pages of the website in the admin: written, looked at before they are saved, and restored."""

from copy import copy
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from privacy.audit.admin_base import AuditedModelAdmin, ReadOnlyAuditedAdmin, actor_column
from softnlabs.website.pages import changes, editing, facts, published
from softnlabs.website.pages.models import Page, PageVersion

SAVED_BY = actor_column("saved_by", _("saved by"))
CHANGED_MEANWHILE = _(
    "Somebody saved this page while you were writing. What you typed is still here, and is not saved: look at the page "
    "in another window first. If you save now, yours replaces what they wrote; it stays among the versions."
)
PREVIEW = "_preview"  # the button, whose value is a language


class PageForm(forms.ModelForm):  # type: ignore[type-arg]
    """Knows which state of the page its fields began with, so that nobody undoes what a colleague saved meanwhile."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["seen"] = editing.state(self.instance)

    def clean(self) -> dict[str, Any] | None:
        """Of two who save at once, the second waits for the first, and is told."""
        cleaned = super().clean()
        newest = editing.state_now(self.instance)
        if newest and self.data.get("seen") != newest:
            self.data = {**self.data, "seen": newest}
            raise ValidationError(CHANGED_MEANWHILE)
        return cleaned


@admin.register(Page)
class PageAdmin(AuditedModelAdmin):
    """Nothing is deleted: a page that is over has a day on which it ends."""

    list_display = (
        "__str__",
        "address",
        "place",
        "position",
        "published_from",
        "published_until",
        "shown_now",
    )
    form = PageForm
    list_filter = ("place",)
    readonly_fields = ("versions",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "slug",
                    "place",
                    "position",
                    "published_from",
                    "published_until",
                    "versions",
                    "seen",
                )
            },
        ),
        (_("In English"), {"fields": ("title_en", "description_en", "text_en")}),
        (_("In French"), {"fields": ("title_fr", "description_fr", "text_fr")}),
    )

    @admin.display(description=_("shown now"), boolean=True)
    def shown_now(self, page: Page) -> bool:
        return page.is_shown(timezone.now())

    @admin.display(description=_("address"))
    def address(self, page: Page) -> str:
        return page.address

    @admin.display(description=_("versions"))
    def versions(self, page: Page) -> int:
        return page.versions.count() if page.pk else 0

    def save_model(
        self,
        request: HttpRequest,
        obj: Page,
        form: "forms.ModelForm[Page]",
        change: bool,  # noqa: FBT001
    ) -> None:
        editing.save(obj, now=timezone.now())

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A preview saves nothing. One that is refused shows the form and what is wrong, and saves nothing either."""
        language = request.POST.get(PREVIEW)
        if language in published.LANGUAGES and (page := self._typed(request, object_id)) is not None:
            return _preview(request, page, language)
        context = {"facts": facts.NAMES, "languages": published.LANGUAGES, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def _typed(self, request: HttpRequest, object_id: str | None) -> Page | None:
        """What the form says, if it could be saved."""
        page = self.get_object(request, object_id) if object_id else Page()
        if page is None:
            raise Http404
        may = self.has_change_permission(request, page) if object_id else self.has_add_permission(request)
        if not may:
            raise PermissionDenied
        form = self.get_form(request, page, change=bool(object_id))(request.POST, instance=copy(page))
        return form.instance if form.is_valid() else None


@admin.register(PageVersion)
class PageVersionAdmin(ReadOnlyAuditedAdmin):
    list_display = ("__str__", "number", "saved_at", SAVED_BY)
    list_filter = ("page",)
    list_select_related = ("page",)
    fields = ("page", "number", "saved_at", SAVED_BY)
    readonly_fields = (SAVED_BY,)

    def get_urls(self) -> list[URLPattern]:
        restore = path(
            "<int:pk>/restore/", self.admin_site.admin_view(self.restore), name="website_pageversion_restore"
        )
        return [restore, *super().get_urls()]

    def may_restore(self, request: HttpRequest) -> bool:
        return request.user.has_perm("website.change_page")

    @method_decorator(require_POST)
    def restore(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.may_restore(request):
            raise PermissionDenied
        version = self.get_object(request, str(pk))
        if version is None:
            raise Http404
        saved = editing.restore(version, now=timezone.now())
        messages.success(
            request,
            _("The page says again what version %(number)d said. It is version %(newest)d now.")
            % {"number": version.number, "newest": saved.number},
        )
        return redirect(reverse("admin:website_page_change", args=[version.page_id]))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        version: PageVersion = context["original"]
        context["may_restore"] = self.may_restore(request)
        context["older"] = version.previous()
        context["changes"] = changes.between(context["older"], version)
        return super().render_change_form(request, context, *args, **options)


def _preview(request: HttpRequest, page: Page, language: str) -> HttpResponse:
    now = timezone.now()
    with override(language):
        shown = published.render(page, changed_at=now, now=now)
        return render(request, "website/page.html", {"page": shown, "is_preview": True})
