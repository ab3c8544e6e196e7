"""Applications in the admin: recruiters read and answer them, and each access to a CV is audited.

Recruiters see applications in the active period. The archive is the controller's, who opens one application at a time,
for an hour, with a recorded reason (CNIL: intermediate archiving). Nothing is edited or deleted here: rectification and
erasure are requests, and the purge deletes.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from privacy.audit import reasons, searches, trail
from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.datamap.periods import CALENDAR
from privacy.datamap.registry import holding
from privacy.files import rendering, storage
from privacy.web import keyset, recent_sign_in
from recruitment.applications import applications
from recruitment.applications.admin_forms import (
    ApplicantMessageForm,
    ReplyForm,
    ReplyTemplate,
)
from recruitment.applications.models import Application, Exchange

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


ARCHIVE = "recruitment.archive"


class ExchangeInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Exchange
    fields = ("at", "direction", "subject", "text")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        """Messages are added by the actions reply and note message."""
        return False


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAuditedAdmin):
    list_display = ("received_at", "initials", "offer", "language", "last_contact_at")
    list_display_links = ("received_at",)
    list_filter = ("offer", "received_at", "language")
    list_select_related = ("offer",)
    search_fields = ("surname", "first_name", "=email")
    date_hierarchy = "received_at"
    inlines = (ExchangeInline,)
    fieldsets = (
        (None, {"fields": ("offer", "first_name", "surname", "email", "telephone", "postcode")}),
        (_("Profile"), {"fields": ("qualifications", "experience", "message", "cv_link")}),
        (
            _("Status"),
            {
                "fields": (
                    "received_at",
                    "last_contact_at",
                    "ends_at",
                    "language",
                    "get_entity_display",
                    "policy_version",
                )
            },
        ),
    )
    readonly_fields = ("cv_link", "get_entity_display")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Application]":
        """Active applications, and those that this user has just opened in the archive."""
        now = timezone.now()
        return Application.objects.accessible_to(trail.actor(), since=now - reasons.OPEN_FOR, now=now)

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, tuple[Callable[..., HttpResponse], str]] = {
            "archive/": (recent_sign_in.required(self.archive), "archive"),
            "<int:pk>/open/": (recent_sign_in.required(self.open_archived), "open"),
            "<int:pk>/cv/": (self.show_cv, "cv"),
            "<int:pk>/cv/pages/<int:number>/": (self.picture_of_cv, "cv_picture"),
            "<int:pk>/cv/original/": (self.original_cv, "cv_original"),
            "<int:pk>/reply/": (self.reply, "reply"),
            "<int:pk>/message/": (self.note_message, "message"),
        }
        own = [
            path(route, self.admin_site.admin_view(view), name=f"recruitment_application_{name}")
            for route, (view, name) in views.items()
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=_("CV"))
    def cv_link(self, application: Application) -> str:
        address = reverse("admin:recruitment_application_cv", args=[application.pk])
        return format_html(
            '<a href="{}">{}</a> ({})', address, application.cv.name, _("each look is recorded")
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **facts: Any
    ) -> HttpResponse:
        context["templates"] = ReplyTemplate
        context["may_answer"] = self._may_answer(request)
        application, now = context["original"], timezone.now()
        context["kept_until"] = holding(Application).expires_at(application)
        context["applications"] = Application.objects.of_same_person(application).live(now).count()
        return super().render_change_form(request, context, *args, **facts)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        may = {"may_open_archive": self._may_open_archive(request)}
        return super().changelist_view(request, {**may, **(extra_context or {})})

    def show_cv(self, request: HttpRequest, pk: int) -> HttpResponse:
        """`?page=` from 1. Drawn anew: nothing of the file itself reaches the browser."""
        application = self._accessible_or_404(request, pk)
        number, now = rendering.page_number(request), timezone.now()
        try:
            facts = rendering.shown(lambda: applications.show_cv(application, number, now=now))
        except storage.UnreadableFileError as error:
            return self._not_opened(request, pk, error)
        return self._page(request, "cv", _("CV"), original=application, **facts)

    def picture_of_cv(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        application = self._accessible_or_404(request, pk)
        now = timezone.now()
        return rendering.picture_or_404(lambda: applications.picture_of_cv(application, number, now=now))

    def original_cv(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A warning first; the button downloads."""
        application = self._accessible_or_404(request, pk)
        if request.method != "POST":
            return self._page(request, "cv_original", _("Original of the CV"), original=application)
        try:
            return applications.download_cv(application, now=timezone.now())
        except storage.UnreadableFileError as error:
            return self._not_opened(request, pk, error)

    def reply(self, request: HttpRequest, pk: int) -> HttpResponse:
        """`?template=` names the template to start from."""
        application = self._to_answer(request, pk)
        form = ReplyForm(request.POST or None, initial=_initial_reply(request, application))
        if not form.is_valid():
            self.note_view(request, application)  # a template begins with their name
            return self._form(request, _("Write to the applicant"), form, application, _("Send"))
        applications.reply(application, now=timezone.now(), **form.cleaned_data)
        return self._done(request, pk, _("Your message is on its way; the period starts again today."))

    def note_message(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self._to_answer(request, pk)
        now = timezone.now()
        form = ApplicantMessageForm(
            request.POST or None,
            received_on=localtime(application.received_at, CALENDAR).date(),
            today=localtime(now, CALENDAR).date(),
        )
        if not form.is_valid():
            return self._form(request, _("Note a contact with the applicant"), form, application, _("Note"))
        applications.note_message(application, now=now, **form.cleaned_data)
        return self._done(request, pk, _("The contact is noted; the period counts from its day."))

    def archive(self, request: HttpRequest) -> HttpResponse:
        """For the controller alone; each look is audited."""
        self._check_archive(request)
        now = timezone.now()
        if where := searches.address_after(request, ARCHIVE, now=now):
            return redirect(where)
        query = searches.words(request, ARCHIVE, now=now)
        before, after = request.GET.get("before", ""), request.GET.get("after", "")
        rows = Application.objects.archived(now).matching(query)
        page = keyset.page(rows, "-last_contact_at", before=before, after=after)
        detail = {"rows": len(page.rows), "searched": bool(query)}
        trail.record("recruitment.archive.listed", now=now, about=searches.about(query), detail=detail)
        facts = {"page": page, "rows": [self._archived(row) for row in page.rows], "query": query}
        return self._page(request, "archive", _("Archive"), **facts)

    def open_archived(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._check_archive(request)
        application = Application.objects.archived(timezone.now()).filter(pk=pk).first()
        if application is None:
            raise Http404
        form = reasons.ReasonForm(request.POST or None)
        if not form.is_valid():
            return self._form(
                request, _("Open an archived application"), form, application, _("Open with a reason")
            )
        applications.open_archived(application, now=timezone.now(), **form.cleaned_data)
        return self._done(
            request, pk, _("The application is open to you for an hour. Your reason is on record.")
        )

    def _archived(self, application: Application) -> tuple[Application, str, datetime | None]:
        return application, self.initials(application), holding(Application).expires_at(application)

    def _accessible_or_404(self, request: HttpRequest, pk: int) -> Application:
        application: Application | None = self.get_object(request, str(pk))
        if application is None:
            raise Http404
        if not self.has_view_permission(request, application):
            raise PermissionDenied
        return application

    def _to_answer(self, request: HttpRequest, pk: int) -> Application:
        if not self._may_answer(request):
            raise PermissionDenied
        return self._accessible_or_404(request, pk)

    def _may_answer(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recruitment.change_application")

    def _may_open_archive(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recruitment.open_archive")

    def _check_archive(self, request: HttpRequest) -> None:
        if not self._may_open_archive(request):
            raise PermissionDenied

    def _not_opened(self, request: HttpRequest, pk: int, error: storage.UnreadableFileError) -> HttpResponse:
        messages.error(request, storage.why_closed(error))
        return redirect("admin:recruitment_application_change", pk)

    def _form(
        self,
        request: HttpRequest,
        title: "StrOrPromise",
        form: forms.Form,
        application: Application,
        submit_label: "StrOrPromise",
    ) -> HttpResponse:
        return self._page(
            request, "action_form", title, form=form, original=application, submit_label=submit_label
        )

    def _page(self, request: HttpRequest, name: str, title: "StrOrPromise", **facts: object) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **facts}
        return TemplateResponse(request, f"admin/recruitment/application/{name}.html", context)

    def _done(self, request: HttpRequest, pk: int, said: "StrOrPromise") -> HttpResponse:
        messages.success(request, said)
        return redirect("admin:recruitment_application_change", pk)


def _initial_reply(request: HttpRequest, application: Application) -> dict[str, str]:
    template = request.GET.get("template", "")
    if template not in ReplyTemplate.values:
        return {}
    subject, text = applications.draft_reply(application, template)
    return {"subject": subject, "text": text}
