"""E-mail campaigns at the desk: written, looked at, sent, and what became of them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from csp.constants import SELF
from csp.utils import build_policy
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.mailings import admin_actions, audience, composing, drafts, pictures
from consent.mailings.admin_actions import Button
from consent.mailings.admin_forms import MailingForm, PictureForm, ScheduleForm
from consent.mailings.models import Delivery, Mailing
from consent.mailings.picture_models import MailingPicture
from consent.mailings.states import IllegalMailingTransitionError, MailingState
from privacy.audit import trail
from privacy.audit.admin_base import ReadOnlyAuditedAdmin, actor_column
from privacy.rights.deleting_admin import DeletingAdmin
from privacy.web.languages import name_of

TOO_LATE = _("This is not possible (any more): the page shows what is.")
STARTED = _(
    "The campaign was scheduled or sent meanwhile: its text stays as it is. Copy it to write another one."
)
SEND = "consent.send_mailing"
FRAMES = build_policy(update={"frame-src": [SELF]})
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
LOOKS = {"light": _("Light"), "dark": _("Dark")}
AUDIENCE = ("entity", "topic", "languages")
SHOWN = {"entity": "shown_entity", "languages": "shown_languages"}
WRITTEN_BY, STARTED_BY = (
    actor_column("written_by", pgettext_lazy("e-mail campaign", "written by")),
    actor_column("started_by", _("scheduled by")),
)


@admin.register(Mailing)
class MailingAdmin(DeletingAdmin):
    """Only a draft can be changed or deleted. Writing needs no training: to whom it goes is shown to senders alone."""

    form = MailingForm
    list_display = ("__str__", "state", "scheduled_at", "recipients", "sent", "topic")
    list_filter = ("state", "topic")
    actions = None
    change_form_template = "admin/consent/mailing/change_form.html"
    fieldsets = (
        (_("For whom"), {"fields": AUDIENCE}),
        (_("In English"), {"fields": ("subject_en", "body_en")}),
        (_("In French"), {"fields": ("subject_fr", "body_fr")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Mailing | None = None) -> Any:
        """Of one that is no draft also who had it sent, and when. What cannot be changed is shown in words."""
        if obj is None:
            return self.fieldsets
        audience = [
            name if self.has_change_permission(request, obj) else SHOWN.get(name, name) for name in AUDIENCE
        ]
        times = ["written_at", WRITTEN_BY]
        if obj.state != MailingState.DRAFT:
            times += ["scheduled_at", STARTED_BY, "started_at", "ended_at"]
        return [(_("For whom"), {"fields": audience}), *self.fieldsets[1:], (_("History"), {"fields": times})]

    def get_readonly_fields(self, request: HttpRequest, obj: Mailing | None = None) -> Any:
        return (
            *SHOWN.values(), "written_at", WRITTEN_BY, "scheduled_at", STARTED_BY, "started_at", "ended_at",
        )  # fmt: skip

    @admin.display(description=_("sent for"))
    def shown_entity(self, mailing: Mailing) -> str:
        return mailing.get_entity_display()

    @admin.display(description=_("languages"))
    def shown_languages(self, mailing: Mailing) -> str:
        return ", ".join(map(name_of, mailing.languages))

    def has_change_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_draft(obj)

    def save_model(self, request: HttpRequest, obj: Mailing, form: Any, change: bool) -> None:  # noqa: FBT001
        if change:
            drafts.save(obj, form.changed_data)
        else:
            obj.written_at, obj.written_by = timezone.now(), trail.actor()
            obj.save()

    def response_post_save_add(self, request: HttpRequest, obj: Mailing) -> HttpResponseRedirect:
        """On its page stands what comes next."""
        return HttpResponseRedirect(reverse("admin:consent_mailing_change", args=[obj.pk]))

    def response_post_save_change(self, request: HttpRequest, obj: Mailing) -> HttpResponseRedirect:
        return self.response_post_save_add(request, obj)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        mailing = self.get_object(request, object_id)
        if request.method == "POST" and mailing and not _is_draft(mailing) and self._may_write(request):
            return self._too_late(request, mailing, STARTED)
        facts = self._facts(request, mailing) if mailing else {}
        try:
            response = super().change_view(request, object_id, form_url, {**facts, **(extra_context or {})})
        except drafts.NotADraftError:
            return self._too_late(request, mailing, STARTED)
        if facts.get("is_refreshed"):
            response.headers["Refresh"] = "15"  # seconds
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **facts: Any
    ) -> HttpResponse:
        """One way to save is enough: it leads to the page with what comes next."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **facts)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view

        def page(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(f"<int:pk>/{route}", wrap(view), name=name)

        both = require_http_methods(["GET", "HEAD", "POST"])
        buttons = [
            page(f"{button.path}/", both(partial(self.act, button=button)), button.url_name)
            for button in admin_actions.BUTTONS
        ]
        return [
            *buttons,
            page("preview/", require_safe(self.preview), "consent_mailing_preview"),
            page("preview/<slug:language>/<slug:look>/", require_safe(self.mail), "consent_mailing_mail"),
            page("test/", require_POST(self.test), "consent_mailing_test"),
            page("copy/", require_POST(self.copy), "consent_mailing_copy"),
            *super().get_urls(),
        ]

    def act(self, request: HttpRequest, pk: int, *, button: Button) -> HttpResponse:
        """GET shows the numbers, POST acts."""
        mailing, now = self._mailing(request, pk), timezone.now()
        if not request.user.has_perm(SEND):
            raise PermissionDenied
        if button not in admin_actions.available(mailing):
            return self._too_late(request, mailing, TOO_LATE)
        form = self._form_of(button, request, now)
        wrong = _problems(button, mailing)
        if wrong or not form.is_valid():
            facts: dict[str, object] = {"button": button, "form": form, "problems": wrong.values()}
            if button.chooses_addresses:
                facts["audience"] = audience.of(mailing, now=now)
            return self._page(request, mailing, "action", button.label, facts)
        try:
            button.act(pk, now=now, **form.cleaned_data)
        except IllegalMailingTransitionError:
            return self._too_late(request, mailing, TOO_LATE)
        messages.success(request, str(button.done))
        return redirect("admin:consent_mailing_change", pk)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Both languages, in the light and in the dark, and the text."""
        mailing = self._mailing(request, pk)
        shown = [(code, name_of(code), composing.preview(mailing, language=code)) for code in _languages()]
        response = self._page(request, mailing, "preview", _("Preview"), {"shown": shown, "looks": LOOKS})
        response.headers["Content-Security-Policy"] = FRAMES
        return response

    @xframe_options_sameorigin
    def mail(self, request: HttpRequest, pk: int, language: str, look: str) -> HttpResponse:
        """As HTML, for a frame of the preview: nothing in it runs."""
        mailing = self._mailing(request, pk)
        if language not in _languages() or look not in LOOKS:
            raise Http404
        page = composing.preview(mailing, language=language).html
        return HttpResponse(_in_look(page, look), headers={"Content-Security-Policy": MAIL_POLICY})

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        """To the address of whoever is signed in, which is all that can be chosen."""
        mailing, now = self._mailing(request, pk), timezone.now()
        if not self._may_write(request):
            raise PermissionDenied
        for language in _languages():
            composing.send_test(mailing, language=language, to=request.user.get_username(), now=now)
        messages.success(request, gettext("A test in each language is on its way to your own address."))
        return redirect("admin:consent_mailing_preview", pk)

    def copy(self, request: HttpRequest, pk: int) -> HttpResponse:
        mailing = self._mailing(request, pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        new = drafts.copy(mailing, now=timezone.now())
        messages.success(request, gettext("This is a copy: a new draft, sent to nobody yet."))
        return redirect("admin:consent_mailing_change", new.pk)

    def _mailing(self, request: HttpRequest, pk: int) -> Mailing:
        mailing: Mailing | None = self.get_object(request, str(pk))
        if mailing is None:
            raise Http404
        if not self.has_view_permission(request, mailing):
            raise PermissionDenied
        return mailing

    def _may_write(self, request: HttpRequest) -> bool:
        """Whether, if it is a draft."""
        return super().has_change_permission(request)

    def _facts(self, request: HttpRequest, mailing: Mailing) -> dict[str, object]:
        may_send = request.user.has_perm(SEND)
        is_moving = _is_moving(mailing, now=timezone.now())
        return {
            "mailing": mailing,
            "is_draft": _is_draft(mailing),
            "buttons": admin_actions.available(mailing) if may_send else [],
            "may_write": self._may_write(request),
            "is_refreshed": is_moving and "still" not in request.GET,
            "is_moving": is_moving,
            "may_see_deliveries": request.user.has_perm("consent.view_delivery"),
        }

    def _form_of(self, button: Button, request: HttpRequest, now: Any) -> forms.Form:
        data = request.POST if request.method == "POST" else None
        return ScheduleForm(data, now=now) if button.asks_when else forms.Form(data)

    def _too_late(self, request: HttpRequest, mailing: Mailing | None, why: Any) -> HttpResponse:
        messages.error(request, str(why))
        return redirect("admin:consent_mailing_change", mailing.pk if mailing else 0)

    def _page(
        self, request: HttpRequest, mailing: Mailing, name: str, title: Any, facts: dict[str, object]
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": mailing,
            "mailing": mailing,
            "title": title,
            "may_write": self._may_write(request),
            **facts,
        }
        return TemplateResponse(request, f"admin/consent/mailing/{name}.html", context)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAuditedAdmin):
    list_display = ("email", "mailing", "language", "state", "sent_at", "bounced_at", "complained_at")
    list_filter = ("state", "language", "mailing")
    list_select_related = ("mailing",)
    search_fields = ("=email",)
    exclude = ("claimed_by",)
    show_full_result_count = False
    list_per_page = 50


@admin.register(MailingPicture)
class MailingPictureAdmin(DeletingAdmin):
    """Deleted at once, also from mails that have left: there its description is shown."""

    list_display = ("name", "width", "height", "added_at")
    fields = (
        "name",
        "shown",
        "markdown",
        "width",
        "height",
        "added_at",
        actor_column("added_by", _("uploaded by")),
    )
    list_select_related = ("file",)
    actions = None
    view_on_site = False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:  # noqa: FBT001, FBT002
        return super().get_form(request, obj, change, **options) if obj else PictureForm

    def get_fields(self, request: HttpRequest, obj: MailingPicture | None = None) -> Any:
        return self.fields if obj else ("picture",)

    def get_readonly_fields(self, request: HttpRequest, obj: MailingPicture | None = None) -> Any:
        return self.fields if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: MailingPicture | None = None) -> bool:
        """Another picture is uploaded instead."""
        return False

    @admin.display(description=_("file name"), ordering="file__name")
    def name(self, picture: MailingPicture) -> str:
        return picture.file.name

    @admin.display(description=_("picture"))
    def shown(self, picture: MailingPicture) -> SafeString:
        return format_html(
            '<img class="picture" src="{}" alt="{}">', picture.get_absolute_url(), picture.file.name
        )

    @admin.display(description=_("in the text"))
    def markdown(self, picture: MailingPicture) -> SafeString:
        """What the writer copies."""
        return format_html("<code>![{}]({})</code>", gettext("description"), picture.get_absolute_url())

    def save_model(self, request: HttpRequest, obj: MailingPicture, form: Any, change: bool) -> None:  # noqa: FBT001
        added = pictures.add(form.cleaned_data["picture"], now=timezone.now())
        obj.key, obj.file = added.key, added.file

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Recorded where it is added."""

    def response_post_save_add(self, request: HttpRequest, obj: MailingPicture) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:consent_mailingpicture_change", args=[obj.key]))


def _problems(button: Button, mailing: Mailing) -> Mapping[str, list[ValidationError]]:
    """A campaign that was begun is not written any more, but its e-mails have to be signed still."""
    if button.chooses_addresses:
        return drafts.problems(mailing)
    return drafts.unsigned() if button.sends else {}


def _is_moving(mailing: Mailing, *, now: datetime) -> bool:
    """Whether its numbers change by themselves; one for a later day waits."""
    is_due = mailing.scheduled_at is not None and mailing.scheduled_at <= now
    return mailing.state == MailingState.SENDING or (mailing.state == MailingState.SCHEDULED and is_due)


def _is_draft(mailing: Mailing | None) -> bool:
    return mailing is None or mailing.state == MailingState.DRAFT


def _languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def _in_look(page: str, look: str) -> str:
    """As a reader sees it whose device is set so; a frame takes what this device is set to."""
    rules = "@media all" if look == "dark" else "@media not all"
    page = page.replace("@media (prefers-color-scheme: dark)", rules)
    return page.replace('content="light dark"', f'content="{look}"')
