"""Enquiries at the desk: read, answered, assigned and closed. What a person wrote is rectified by a request."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from privacy.audit import labels, trail
from privacy.audit.admin_base import ReadOnlyAuditedAdmin
from privacy.companies import collecting
from privacy.datamap import masks
from privacy.datamap.periods import CALENDAR
from privacy.files import drafts, rendering, room, storage
from privacy.files.models import Draft
from privacy.mail import rendering as mail_rendering
from privacy.rights.deleting_admin import DeletingAdmin
from privacy.web import signed_links
from softnlabs.website.enquiries import admin_forms, attachments, conversation, inbound, states
from softnlabs.website.enquiries.models import (
    REFERENCE_SIGNS,
    Enquiry,
    EnquiryAttachment,
    EnquiryMessage,
    ReplyTemplate,
)
from softnlabs.website.enquiries.states import Transition

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TAG = re.compile(rf"\[?\bSNL-([{REFERENCE_SIGNS}]{{6}})\b\]?", re.IGNORECASE)
ORIGIN = "enquiry-mail"  # the kind of the signed field that holds what an uploaded e-mail says of itself
# By the address of a page that asks first: what may be done, what is said, and what it is called.
DECISIONS: Mapping[str, tuple[Transition, ...]] = {
    "close": (Transition.CLOSE,),
    "spam": (Transition.CLOSE_AS_SPAM,),
    "reopen": (Transition.REOPEN, Transition.REOPEN_ANSWERED),
}
UNDONE = _("Nothing is sent and nothing is erased. “Open again” undoes it.")
CONSEQUENCES: Mapping[str, "StrOrPromise"] = {
    "close": UNDONE,
    "spam": UNDONE,
    "reopen": _("What has no answer waits for one again."),
}


class DeliveryFilter(admin.SimpleListFilter):
    title = _("delivery")
    parameter_name = "delivery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, "StrOrPromise"]]:
        return [("refused", _("last reply not delivered"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Enquiry]") -> "QuerySet[Enquiry]":
        rows = cast("Any", queryset)
        found: QuerySet[Enquiry] = rows.undelivered() if self.value() == "refused" else rows
        return found


class AssigneeFilter(admin.SimpleListFilter):
    title = _("assigned to")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, "StrOrPromise"]]:
        return [("me", _("me")), ("nobody", _("nobody"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Enquiry]") -> "QuerySet[Enquiry]":
        who = {"me": trail.actor(), "nobody": ""}.get(self.value() or "")
        return queryset if who is None else queryset.filter(assignee=who)


@admin.register(Enquiry)
class EnquiryAdmin(ReadOnlyAuditedAdmin):
    list_display = (
        "received_at",
        "reference",
        "initials",
        "email",
        "get_state_display",
        "waits_since",
        "assigned",
    )
    list_display_links = ("received_at", "reference")
    list_filter = ("state", AssigneeFilter, DeliveryFilter, "is_spam", "source", "received_at", "language")
    search_fields = ("surname", "first_name", "email", "=reference")
    date_hierarchy = "received_at"
    actions = ("close_selected", "spam_selected", "reopen_selected")
    list_per_page = 50
    fieldsets = (
        (None, {"fields": ("first_name", "surname", "email", "telephone", "postcode")}),
        (
            _("Status"),
            {
                "fields": (
                    "reference",
                    "get_state_display",
                    "is_spam",
                    "waits_since",
                    "assigned",
                    "source",
                    "received_at",
                    "last_contact_at",
                    "language",
                    "get_entity_display",
                    "policy_version",
                )
            },
        ),
    )
    readonly_fields = ("get_state_display", "waits_since", "assigned", "get_entity_display")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Enquiry]":
        accounts = (
            get_user_model()
            ._default_manager.annotate(actor=Concat(Value("user:"), Cast("pk", CharField())))
            .filter(actor=OuterRef("assignee"))
        )
        address = Subquery(accounts.values("email")[:1])
        rows = cast("Any", super().get_queryset(request))
        found: QuerySet[Enquiry] = rows.with_wait().annotate(assignee_address=address)
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> tuple["QuerySet[Any]", bool]:
        """A reference is found as our e-mails write it, too."""
        return super().get_search_results(request, queryset, TAG.sub(r"\1", search_term))

    def get_ordering(self, request: HttpRequest) -> Any:
        """What waits comes first, the oldest before the others."""
        return (F("waits_from").asc(nulls_last=True), "-received_at", "-pk")

    @admin.display(description=_("state"), ordering="state")
    def get_state_display(self, enquiry: Enquiry) -> str:
        return enquiry.get_state_display()

    @admin.display(description=_("waits since"))
    def waits_since(self, enquiry: Enquiry) -> str:
        """Also where our last reply was refused."""
        since: datetime | None = vars(enquiry).get("waits_from")
        return formats.date_format(localtime(since), "DATETIME_FORMAT") if since else "-"

    @admin.display(description=_("assigned to"))
    def assigned(self, enquiry: Enquiry) -> str:
        """Colleagues have the same domain, so the number of the account tells them apart."""
        if not enquiry.assignee:
            return ""
        address, number = vars(enquiry).get("assignee_address"), labels.actor_label(enquiry.assignee)
        return f"{masks.email(address)} ({number})" if address else number

    @admin.action(description=_("Close…"), permissions=["answer"])
    def close_selected(self, request: HttpRequest, rows: "QuerySet[Enquiry]") -> HttpResponse:
        return self._ask(request, "close", _keys(rows))

    @admin.action(description=_("Close as spam…"), permissions=["answer"])
    def spam_selected(self, request: HttpRequest, rows: "QuerySet[Enquiry]") -> HttpResponse:
        return self._ask(request, "spam", _keys(rows))

    @admin.action(description=_("Open again…"), permissions=["answer"])
    def reopen_selected(self, request: HttpRequest, rows: "QuerySet[Enquiry]") -> HttpResponse:
        return self._ask(request, "reopen", _keys(rows))

    def has_answer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(conversation.MAY_ANSWER)

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, tuple[Callable[..., HttpResponse], str]] = {
            "mail/": (self.mail, "mail"),
            "begin/": (self.begin, "begin"),
            "close/": (self.close, "close"),
            "spam/": (self.spam, "spam"),
            "reopen/": (self.reopen, "reopen"),
            "<int:pk>/reply/": (self.reply, "reply"),
            "<int:pk>/reply/send/": (self.send, "send"),
            "<int:pk>/contacted/": (self.note, "contacted"),
            "<int:pk>/mail/": (self.mail_of, "mail_of"),
            "<int:pk>/assign/": (self.assign, "assign"),
            "<int:pk>/files/<int:number>/": (self.show_file, "file"),
            "<int:pk>/files/<int:number>/picture/": (self.picture, "picture"),
            "<int:pk>/files/<int:number>/original/": (self.original, "original"),
        }
        own = [
            path(route, self.admin_site.admin_view(view), name=f"website_enquiry_{name}")
            for route, (view, name) in views.items()
        ]
        return [*own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        may = {"may_answer": self.has_answer_permission(request)}
        return super().changelist_view(request, {**may, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **facts: Any
    ) -> HttpResponse:
        enquiry: Enquiry = context["original"]
        may_answer = self.has_answer_permission(request)
        context |= {
            "may_answer": may_answer,
            "kept_until": Enquiry.personal_data.keep.period.after(enquiry.last_contact_at),
            "conversation": [_told(each) for each in conversation.messages_of(enquiry)],
            "templates": ReplyTemplate.objects.all() if may_answer else (),
            "possible": {name for name in DECISIONS if _is_possible(enquiry, name)},
        }
        return super().render_change_form(request, context, *args, **facts)

    def reply(self, request: HttpRequest, pk: int) -> HttpResponse:
        """`?template=` is the one to begin with. POST shows how the message will look."""
        enquiry = self._to_answer(request, pk)
        now = timezone.now()
        if request.method != "POST":
            form = admin_forms.ReplyForm(initial=_initial_reply(request, enquiry), now=now)
            self.note_view(request, enquiry)  # a template begins with their name
            return self._reply_page(request, enquiry, form)
        form = admin_forms.ReplyForm(request.POST, request.FILES, now=now)
        is_valid = form.is_valid()
        form.keep_documents(email=enquiry.email)
        return self._reply_page(request, enquiry, form, is_preview=is_valid and form.is_valid())

    def send(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button of the preview."""
        enquiry = self._to_answer(request, pk)
        now = timezone.now()
        if request.method != "POST":
            return redirect("admin:website_enquiry_reply", pk)
        form = admin_forms.ReplyForm(request.POST, request.FILES, now=now)
        if not form.is_valid():
            form.keep_documents(email=enquiry.email)
            return self._reply_page(request, enquiry, form)
        facts = {name: form.cleaned_data[name] for name in ("subject", "text", "seen")}
        try:
            conversation.reply(enquiry, documents=form.documents(), now=now, **facts)
        except conversation.ChangedMeanwhileError:
            form.add_error(None, _("A message was added meanwhile. Read the enquiry before you send yours."))
            form.data = _having_seen_all(request, enquiry)
            return self._reply_page(request, enquiry, form)
        except drafts.DraftGoneError:
            form.add_error(None, _("We no longer have one of your files. Please choose it again."))
            return self._reply_page(request, enquiry, form)
        return self._done(request, pk, _("Your reply is on its way. The period starts again today."))

    def note(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was written or said by another way, typed or pasted, or read from an e-mail just before."""
        enquiry = self._to_answer(request, pk)
        now = timezone.now()
        files = admin_forms.kept(request.POST.getlist("kept"), now=now)
        origin = _origin(request, now)
        form = admin_forms.MessageForm(
            request.POST or None, initial={"on": localtime(now, CALENDAR).date()}, **_days(enquiry, now)
        )
        if not form.is_valid():
            return self._message_page(
                request, enquiry, form, files=files, origin=request.POST.get("origin", "")
            )
        try:
            conversation.note(
                enquiry,
                _contact(form, files, origin),
                on=form.cleaned_data["on"],
                at=_sent_at(origin),
                now=now,
            )
        except conversation.KnownMessageError:
            return self._done(request, pk, _("This e-mail is in the conversation already."))
        except drafts.DraftGoneError:
            form.add_error(None, _("A file of the e-mail is no longer there. Choose the e-mail again."))
            return self._message_page(request, enquiry, form, files=[], origin="")
        return self._done(request, pk, _("The message is noted; the period counts from its day."))

    def mail(self, request: HttpRequest) -> HttpResponse:
        """An e-mail (.eml), of an enquiry that it names, or of none."""
        self._check(request)
        return self._read_mail(request, None)

    def mail_of(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same for one enquiry."""
        return self._read_mail(request, self._to_answer(request, pk))

    def begin(self, request: HttpRequest) -> HttpResponse:
        """An enquiry out of an e-mail."""
        self._check(request)
        now = timezone.now()
        if request.method != "POST":
            return redirect("admin:website_enquiry_mail")
        files, origin = admin_forms.kept(request.POST.getlist("kept"), now=now), _origin(request, now)
        form = admin_forms.NewEnquiryForm(
            request.POST, received_on=None, today=localtime(now, CALENDAR).date()
        )
        if not form.is_valid():
            return self._new_page(request, form, files=files, origin=request.POST.get("origin", ""))
        if (known := conversation.known(origin.get("key", ""))) is not None:
            return self._done(request, known.enquiry_id, _("This e-mail is in the conversation already."))
        sender = {name: form.cleaned_data[name] for name in ("first_name", "surname", "email", "language")}
        enquiry = conversation.begin(
            cast("conversation.Sender", sender),
            _contact(form, files, origin),
            collection=collecting.by_controller(),
            on=form.cleaned_data["on"],
            at=_sent_at(origin),
            now=now,
        )
        return self._done(request, enquiry.pk, _("The e-mail is now an enquiry."))

    def assign(self, request: HttpRequest, pk: int) -> HttpResponse:
        enquiry = self._to_answer(request, pk)
        people = conversation.assignees()
        form = admin_forms.AssigneeForm(
            request.POST if request.method == "POST" else None,
            people=people,
            initial={"assignee": enquiry.assignee or trail.actor()},
        )
        if not form.is_valid():
            return self._page(
                request,
                "form",
                _("Assign the enquiry"),
                form=form,
                original=enquiry,
                submit_label=_("Assign"),
            )
        try:
            conversation.assign(enquiry, now=timezone.now(), **form.cleaned_data)
        except states.IllegalTransitionError:
            return self._done(request, pk, _("A closed enquiry is assigned to nobody: open it again first."))
        return self._done(request, pk, _("The enquiry is assigned."))

    def close(self, request: HttpRequest) -> HttpResponse:
        return self._decide(request, "close")

    def spam(self, request: HttpRequest) -> HttpResponse:
        return self._decide(request, "spam")

    def reopen(self, request: HttpRequest) -> HttpResponse:
        return self._decide(request, "reopen")

    def show_file(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """`?page=` from 1. Drawn anew: nothing of the file itself reaches the browser."""
        attachment = self._attachment(request, pk, number)
        page, now = rendering.page_number(request), timezone.now()
        try:
            facts = rendering.shown(lambda: attachments.show(attachment, page, now=now))
        except storage.UnreadableFileError as error:
            return self._closed(request, pk, error)
        return self._page(
            request, "file", attachment.file.name, attachment=attachment, number=str(page), **facts
        )

    def picture(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        attachment, now = self._attachment(request, pk, number), timezone.now()
        page = rendering.page_number(request)
        return rendering.picture_or_404(lambda: attachments.picture(attachment, page, now=now))

    def original(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """A warning first; the button downloads."""
        attachment = self._attachment(request, pk, number)
        if request.method != "POST":
            return self._page(request, "original", attachment.file.name, attachment=attachment)
        try:
            return attachments.download(attachment, now=timezone.now())
        except storage.UnreadableFileError as error:
            return self._closed(request, pk, error)

    def _read_mail(self, request: HttpRequest, enquiry: Enquiry | None) -> HttpResponse:
        form = admin_forms.MailFileForm(request.POST or None, request.FILES or None)
        if not form.is_valid():
            return self._page(
                request, "form", _("Enter an e-mail"), form=form, original=enquiry, submit_label=_("Read it"),
                lead=_("Nothing is stored yet: the next page shows what the e-mail says."), has_file=True,
            )  # fmt: skip
        mail: inbound.IncomingMail = form.cleaned_data["file"]
        now = timezone.now()
        if enquiry is None:
            found = conversation.enquiry_with(inbound.enquiry_reference(mail), now=now)
            enquiry = self.get_object(request, str(found.pk)) if found else None
        if (known := conversation.known(mail.key)) is not None and self.get_object(
            request, str(known.enquiry_id)
        ):
            return self._done(request, known.enquiry_id, _("This e-mail is in the conversation already."))
        files = _keep(mail, enquiry, now)
        return self._mail_page(request, mail, enquiry, files, now)

    def _mail_page(
        self,
        request: HttpRequest,
        mail: inbound.IncomingMail,
        enquiry: Enquiry | None,
        files: list[Draft],
        now: datetime,
    ) -> HttpResponse:
        """What the mail says, in the form that stores it."""
        facts = {
            "files": files,
            "origin": signed_links.sign(
                ORIGIN, _said(mail), until=Draft.personal_data.keep.period.after(now)
            ),
            "warnings": _warnings(mail, enquiry, files, now),
        }
        day = _day_within(mail, enquiry, now)
        told = {"subject": mail.subject, "text": mail.text, "on": day}
        if enquiry is None:
            first, _space, last = mail.name.rpartition(" ")
            sender = {"first_name": first, "surname": last, "email": mail.sender}
            today = localtime(now, CALENDAR).date()
            new = admin_forms.NewEnquiryForm(initial=told | sender, received_on=None, today=today)
            return self._new_page(request, new, **facts)
        by_mail = {"direction": EnquiryMessage.Direction.IN, "kind": EnquiryMessage.Channel.EMAIL}
        form = admin_forms.MessageForm(initial=told | by_mail, **_days(enquiry, now))
        self.note_view(request, enquiry)
        return self._message_page(request, enquiry, form, **facts)

    def _message_page(
        self, request: HttpRequest, enquiry: Enquiry, form: forms.Form, **facts: object
    ) -> HttpResponse:
        address = reverse("admin:website_enquiry_contacted", args=[enquiry.pk])
        return self._incoming(request, _("Note a message"), form, address, original=enquiry, **facts)

    def _new_page(self, request: HttpRequest, form: forms.Form, **facts: object) -> HttpResponse:
        address = reverse("admin:website_enquiry_begin")
        return self._incoming(request, _("New enquiry from an e-mail"), form, address, **facts)

    def _incoming(
        self, request: HttpRequest, title: "StrOrPromise", form: forms.Form, address: str, **facts: Any
    ) -> HttpResponse:
        kept = [(draft.file.name, drafts.token(draft)) for draft in facts.pop("files", ())]
        return self._page(
            request, "form", title, form=form, address=address, submit_label=_("Note"), kept=kept, **facts
        )

    def _reply_page(
        self,
        request: HttpRequest,
        enquiry: Enquiry,
        form: admin_forms.ReplyForm,
        *,
        is_preview: bool = False,
    ) -> HttpResponse:
        facts: dict[str, object] = {"form": form, "original": enquiry, "is_preview": is_preview}
        if is_preview:
            facts["preview"] = _preview(enquiry, form)
        return self._page(request, "reply", _("Reply"), **facts)

    def _ask(self, request: HttpRequest, name: str, keys: list[int]) -> HttpResponse:
        """The page before: how many, and which."""
        rows = (
            self.get_queryset(request)
            .filter(pk__in=keys[: conversation.MOST_AT_ONCE])
            .order_by("received_at")
        )
        possible = [each for each in rows if _is_possible(each, name)]
        return self._page(
            request,
            "decide",
            str(DECISIONS[name][0].value.label),
            rows=[(each, self.initials(each), self._masked_address(each)) for each in possible],
            left_out=len(keys) - len(possible),
            most=conversation.MOST_AT_ONCE,
            address=reverse(f"admin:website_enquiry_{name}"),
            consequence=CONSEQUENCES[name],
        )

    def _decide(self, request: HttpRequest, name: str) -> HttpResponse:
        """GET asks about those named by `?pk=`; POST does it."""
        self._check(request)
        keys = _numbers(request)
        if request.method != "POST":
            return self._ask(request, name, keys)
        allowed = _keys(self.get_queryset(request).filter(pk__in=keys))
        done = conversation.decide(allowed, DECISIONS[name], now=timezone.now())
        messages.success(request, _done_text(name, done))
        return redirect("admin:website_enquiry_changelist")

    def _masked_address(self, enquiry: Enquiry) -> str:
        return masks.email(enquiry.email)

    def _attachment(self, request: HttpRequest, pk: int, number: int) -> EnquiryAttachment:
        enquiry = self._visible_or_404(request, pk)
        found = EnquiryAttachment.objects.filter(pk=number, message__enquiry=enquiry)
        attachment = found.select_related("file", "message__enquiry").first()
        if attachment is None:
            raise Http404
        return cast("EnquiryAttachment", attachment)

    def _visible_or_404(self, request: HttpRequest, pk: int) -> Enquiry:
        enquiry: Enquiry | None = self.get_object(request, str(pk))
        if enquiry is None:
            raise Http404
        if not self.has_view_permission(request, enquiry):
            raise PermissionDenied
        return enquiry

    def _to_answer(self, request: HttpRequest, pk: int) -> Enquiry:
        self._check(request)
        return self._visible_or_404(request, pk)

    def _check(self, request: HttpRequest) -> None:
        if not self.has_answer_permission(request):
            raise PermissionDenied

    def _closed(self, request: HttpRequest, pk: int, error: storage.UnreadableFileError) -> HttpResponse:
        messages.error(request, storage.why_closed(error))
        return redirect("admin:website_enquiry_change", pk)

    def _page(self, request: HttpRequest, name: str, title: "StrOrPromise", **facts: object) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **facts}
        return TemplateResponse(request, f"admin/website/enquiry/{name}.html", context)

    def _done(self, request: HttpRequest, pk: int, said: "StrOrPromise") -> HttpResponse:
        messages.success(request, said)
        return redirect("admin:website_enquiry_change", pk)


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(DeletingAdmin):
    list_display = ("name", "subject_en", "subject_fr")
    fieldsets = (
        (None, {"fields": ("name",), "description": _("Blanks: {first_name}, {surname}, {company}.")}),
        (_("In English"), {"fields": ("subject_en", "text_en")}),
        (_("In French"), {"fields": ("subject_fr", "text_fr")}),
    )


def _keys(rows: "QuerySet[Enquiry]") -> list[int]:
    return list(rows.order_by("received_at").values_list("pk", flat=True))


def _numbers(request: HttpRequest) -> list[int]:
    """Those of `pk`, in the address or the form. What is no number is nobody's."""
    given = request.POST.getlist("pk") if request.method == "POST" else request.GET.getlist("pk")
    digits = [each for each in given if each.isascii() and each.isdecimal() and len(each) < 19]
    return [int(each) for each in digits[: conversation.MOST_AT_ONCE]]


def _is_possible(enquiry: Enquiry, name: str) -> bool:
    unanswered = enquiry.is_unanswered
    return any(states.is_possible(enquiry.state, each, is_unanswered=unanswered) for each in DECISIONS[name])


def _done_text(name: str, done: int) -> str:
    texts = {
        "close": ngettext("%(n)d enquiry was closed.", "%(n)d enquiries were closed.", done),
        "spam": ngettext("%(n)d enquiry was closed as spam.", "%(n)d enquiries were closed as spam.", done),
        "reopen": ngettext("%(n)d enquiry is open again.", "%(n)d enquiries are open again.", done),
    }
    return texts[name] % {"n": done}


def _told(message: EnquiryMessage) -> dict[str, object]:
    """A message as the page shows it. ``became``: what became of an e-mail of ours, empty of others."""
    mail, became = message.mail, ""
    if mail is not None and mail.refused_at:
        became = "refused"
    elif mail is not None:
        became = "sent" if mail.sent_at else "waits"
    return {"message": message, "became": became, "by": labels.actor_label(message.by)}


def _initial_reply(request: HttpRequest, enquiry: Enquiry) -> dict[str, object]:
    seen: dict[str, object] = {"seen": conversation.last_message_id(enquiry)}
    number = request.GET.get("template", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    template = ReplyTemplate.objects.filter(pk=int(number)).first() if is_number else None
    if template is None:
        return seen
    subject, text = conversation.draft(enquiry, template)
    return {**seen, "subject": subject, "text": text}


def _having_seen_all(request: HttpRequest, enquiry: Enquiry) -> QueryDict:
    """What was sent, for a form that goes on after a warning."""
    data = request.POST.copy()
    data["seen"] = str(conversation.last_message_id(enquiry))
    return data


def _preview(enquiry: Enquiry, form: admin_forms.ReplyForm) -> dict[str, object]:
    """The words of the e-mail as text, with its subject and files."""
    names = form.names()
    facts = conversation.reply_facts(
        enquiry,
        subject=conversation.tagged(enquiry, form.cleaned_data["subject"]),
        text=form.cleaned_data["text"],
        names=names,
        is_first=conversation.is_first_reply(enquiry),
    )
    message = mail_rendering.render("enquiry_reply", facts, language=enquiry.language)
    return {"subject": message.subject, "text": message.text(), "names": names, "to": enquiry.email}


def _days(enquiry: Enquiry, now: datetime) -> dict[str, Any]:
    return {
        "received_on": localtime(enquiry.received_at, CALENDAR).date(),
        "today": localtime(now, CALENDAR).date(),
    }


def _said(mail: inbound.IncomingMail) -> dict[str, str]:
    return {"key": mail.key, "at": mail.sent_at.isoformat() if mail.sent_at else ""}


def _origin(request: HttpRequest, now: datetime) -> dict[str, str]:
    """What the e-mail said of itself, from the signed field; nothing of what was typed, or after a day."""
    try:
        found: dict[str, str] = signed_links.read(ORIGIN, request.POST.get("origin", ""), now=now)
    except signed_links.BadLinkError:
        return {}
    return found


def _sent_at(origin: Mapping[str, str]) -> datetime | None:
    return datetime.fromisoformat(origin["at"]) if origin.get("at") else None


def _contact(form: forms.Form, files: list[Draft], origin: Mapping[str, str]) -> conversation.Contact:
    typed = form.cleaned_data
    return conversation.Contact(
        EnquiryMessage.Direction(typed.get("direction", EnquiryMessage.Direction.IN)),
        EnquiryMessage.Channel(typed.get("kind", EnquiryMessage.Channel.EMAIL)),
        typed["text"],
        typed["subject"],
        origin.get("key", ""),
        files,
    )


def _keep(mail: inbound.IncomingMail, enquiry: Enquiry | None, now: datetime) -> list[Draft]:
    """The files of a mail, for a day, as files of a form are: as many as there is room for."""
    found = []
    for document in mail.documents:
        try:
            found.append(drafts.keep(document, email=enquiry.email if enquiry else mail.sender, now=now))
        except (room.NoRoomError, OSError):
            break
    return found


def _day_within(mail: inbound.IncomingMail, enquiry: Enquiry | None, now: datetime) -> Any:
    """The day of the mail, unless it is still to come or before the enquiry: then the desk is asked."""
    if mail.sent_at is None:
        return None
    day, today = localtime(mail.sent_at, CALENDAR).date(), localtime(now, CALENDAR).date()
    first = localtime(enquiry.received_at, CALENDAR).date() if enquiry else day
    return day if first <= day <= today else None


def _warnings(
    mail: inbound.IncomingMail, enquiry: Enquiry | None, files: list[Draft], now: datetime
) -> list[str]:
    """What whoever enters the mail has to look at."""
    found = []
    if enquiry and mail.sender != enquiry.email:
        found.append(
            gettext(
                "The e-mail comes from %(address)s, not from the address of the enquiry. Is it the same person?"
            )
            % {"address": mail.sender or gettext("an unreadable address")}
        )
    if _day_within(mail, enquiry, now) is None:
        found.append(
            gettext("The date of the e-mail is missing or cannot be right. On which day did it come?")
        )
    if mail.is_cut:
        found.append(gettext("The text is very long: only its beginning is kept."))
    found += [f"{name}: {reason}" for name, reason in mail.left_out]
    if len(files) < len(mail.documents):
        found.append(gettext("Not every file of the e-mail could be kept. Choose the e-mail again later."))
    return found
