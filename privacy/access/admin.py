"""The register of trainings at the desk, and everybody's own page: the one that is open without a training."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privacy.access import expiry, trainings
from privacy.access.lock import TrainedPermissionsMixin
from privacy.access.models import Training
from privacy.access.training_forms import CourseForm, ReadingForm, TrainingForm
from privacy.audit import labels, trail
from privacy.audit.admin_base import AuditedModelAdmin, actor_column
from privacy.datamap import masks
from privacy.files import storage

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ENTERED_BY = actor_column("entered_by", _("entered by"))
ADD = "privacy.add_training"
CARRIES = "training-carries"  # a form is on its way


@dataclass(frozen=True)
class ClosedPage:
    """Where somebody was refused for want of a training, and the form that they had sent, if they had."""

    address: str
    typed: list[tuple[str, str]] | None

    @property
    def query(self) -> str:
        return urlencode({"next": self.address})


class CountingFilter(admin.SimpleListFilter):
    title = _("validity")
    parameter_name = "counts"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Training]"
    ) -> "list[tuple[str, StrOrPromise]]":
        return [("yes", _("Valid")), ("no", _("No longer valid"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Training]") -> "QuerySet[Training]":
        counting = Training.objects.counting(timezone.now())
        if self.value() == "yes":
            return queryset.filter(pk__in=counting)
        return queryset.exclude(pk__in=counting) if self.value() == "no" else queryset


@admin.register(Training)
class TrainingAdmin(AuditedModelAdmin):
    records_changes = False  # trainings.enter and trainings.end say more
    list_display = ("masked_holder", "kind", "held_on", "shown_last_day", ENTERED_BY, "own")
    list_filter = (CountingFilter, "kind")
    fields = (
        "holder", "kind", "held_on", "shown_last_day", "reading", "reference", "proof_link", "entered_at", ENTERED_BY,
        "own",
    )  # fmt: skip
    readonly_fields = fields
    actions = ("end",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Training]":
        accounts = get_user_model()._default_manager.filter(pk=OuterRef("account"))
        name = Subquery(accounts.values(get_user_model().USERNAME_FIELD)[:1])
        rows: QuerySet[Training] = super().get_queryset(request).annotate(holder_name=name)
        return rows

    def get_urls(self) -> list[URLPattern]:
        both = require_http_methods(["GET", "HEAD", "POST"])
        views: dict[str, tuple[Callable[..., HttpResponse], str]] = {
            "add/": (both(self.enter), "add"),
            "mine/": (require_safe(self.mine), "mine"),
            "mine/confirm/": (require_POST(self.confirm), "confirm"),
            "mine/enter/": (require_POST(self.enter_own), "enter_own"),
            "<int:pk>/proof/": (require_safe(self.proof), "proof"),
        }
        own = [
            path(route, self.admin_site.admin_view(view), name=f"privacy_training_{name}")
            for route, (view, name) in views.items()
        ]
        return [*own, *super().get_urls()]

    def mine(self, request: HttpRequest) -> HttpResponse:
        """Open to all staff: the page to read, and for whoever keeps the register a form for a training elsewhere."""
        return self._mine(request, ReadingForm(), CourseForm(now=timezone.now()))

    def refused(self, request: HttpRequest, *, status: int) -> HttpResponse:
        """In place of a page that is closed without a training: the page to read, and from there back.

        What was sent is carried in it, sent on afterwards, and stored nowhere: a training may end while somebody types.
        """
        closed = ClosedPage(request.get_full_path(), _typed(request) if request.method == "POST" else None)
        return self._mine(request, ReadingForm(), None, status, closed)

    def confirm(self, request: HttpRequest) -> HttpResponse:
        form, now, closed = ReadingForm(request.POST), timezone.now(), _closed_page(request)
        if not form.is_valid():
            course_form = None if closed else CourseForm(now=now)
            return self._mine(request, form, course_form, 422, closed)
        trainings.confirm_reading(_person(request).pk, now=now)
        return self._entered(request, closed)

    def enter_own(self, request: HttpRequest) -> HttpResponse:
        """For whoever enters the trainings of others: nobody else might be there to enter theirs."""
        person, now = _person(request), timezone.now()
        if not person.may_once_trained(ADD):
            raise PermissionDenied
        form = CourseForm(request.POST, request.FILES, now=now)
        if not form.is_valid():
            return self._mine(request, ReadingForm(), form, status=422)
        trainings.enter(person.pk, course=form.course(), now=now)
        return self._entered(request)

    def enter(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        now, is_sent = timezone.now(), request.method == "POST"
        form = TrainingForm(request.POST, request.FILES, now=now) if is_sent else TrainingForm(now=now)
        if is_sent and form.is_valid():
            trainings.enter(form.cleaned_data["person"].pk, course=form.course(), now=now)
            messages.success(request, gettext("The training is entered and valid from now on."))
            return redirect("admin:privacy_training_changelist")
        facts = {"form": form, "title": gettext("Enter a training")}
        return self._page(request, "enter", facts, status=422 if is_sent else 200)

    def proof(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The document. On record."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        training = self.get_object(request, str(pk))
        if training is None or training.proof is None:
            raise Http404
        response = storage.attachment(training.proof)
        trail.record("privacy.training.proof_opened", now=timezone.now(), obj=training)
        return response

    def has_change_permission(self, request: HttpRequest, obj: Training | None = None) -> bool:
        """An entry is not rewritten; the list needs the permission for its action."""
        return obj is None and super().has_change_permission(request)

    @admin.display(description=_("person"))
    def masked_holder(self, training: Training) -> str:
        name = getattr(training, "holder_name", None)
        return f"{masks.email(name)} ({training.account})" if name else self.holder(training)

    @admin.display(description=_("person"))
    def holder(self, training: Training) -> str:
        """The account's number once it is gone."""
        return getattr(training, "holder_name", None) or labels.actor_label(f"user:{training.account}")

    @admin.display(description=_("last day"), ordering="expires_at")
    def shown_last_day(self, training: Training) -> object:
        return training.last_day

    @admin.display(description=_("entered by the person"), boolean=True)
    def own(self, training: Training) -> bool:
        return training.is_own

    @admin.display(description=_("proof"))
    def proof_link(self, training: Training) -> str:
        if training.proof is None:
            return "-"
        return format_html(
            '<a href="../proof/">{}</a> ({})', training.proof.name, _("each download is recorded")
        )

    @admin.action(description=_("End the chosen trainings at once"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: "QuerySet[Training]") -> None:
        for training in queryset:
            trainings.end(training, now=timezone.now())
        messages.success(
            request, gettext("Ended. Whoever has no other valid training sees no personal data any more.")
        )

    def _entered(self, request: HttpRequest, closed: ClosedPage | None = None) -> HttpResponse:
        messages.success(request, gettext("Your training is entered. What your work needs is open to you."))
        if closed:
            return redirect(closed.address, preserve_request=closed.typed is not None)
        return redirect("admin:index")

    def _mine(
        self,
        request: HttpRequest,
        reading_form: ReadingForm,
        course_form: CourseForm | None,
        status: int = 200,
        closed: ClosedPage | None = None,
    ) -> HttpResponse:
        person, now = _person(request), timezone.now()
        is_trained = person.is_trained(now=now)
        facts = {
            "title": gettext("My training in confidentiality"),
            "last_day": expiry.last_day(person.trained_until)
            if is_trained and person.trained_until
            else None,
            "until": expiry.last_day_of(expiry.day_of(now), expiry.READING_LASTS),
            "reading_form": reading_form,
            "course_form": course_form if person.may_once_trained(ADD) else None,
            "closed": closed,
        }
        return self._page(request, "mine", facts, status)

    def _page(
        self, request: HttpRequest, name: str, facts: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **facts}
        return TemplateResponse(request, f"admin/privacy/training/{name}.html", context, status=status)


def _closed_page(request: HttpRequest) -> ClosedPage | None:
    """What the page to read was shown in place of, as its form says."""
    page = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, None) and page.startswith(reverse("admin:index"))
    return ClosedPage(page, _typed(request) if CARRIES in request.POST else None) if is_ours else None


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    own = {"csrfmiddlewaretoken", CARRIES, *ReadingForm.base_fields}
    return [
        (name, str(value)) for name, values in request.POST.lists() if name not in own for value in values
    ]


def _person(request: HttpRequest) -> Any:
    """Whoever is signed in. Raises PermissionDenied on a site whose accounts know no trainings."""
    if not isinstance(request.user, TrainedPermissionsMixin):
        raise PermissionDenied
    return request.user
