"""The forms of the desk for a disclosure and for telling the person of it."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.companies.admin import CheckboxesField
from privacy.datamap import subjects
from privacy.datamap.declarations import Category
from privacy.recipients.disclosures import DisclosureFacts
from privacy.recipients.models import NEED_NO_AUTHORISATION, Disclosure
from privacy.recipients.notice_models import FORBIDS_ACCESS, Silence, Way
from privacy.recipients.notices import Addressee, NoticePlan
from privacy.web.fields import EmailField, LineField, TextField

NO_CHOICE = ("", "---------")
LEAST_REASON = 20  # characters: a sentence that somebody else can check
NOT_AUTHORISED = _(
    "Without a law, an authority or a claim, this needs an authorisation: enter the day on which it was given. Without"
    " one the data must not be disclosed."
)
MOST_PEOPLE = 100  # in one entry: each is previewed and written to in one transaction


class DayField(forms.DateField):
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    input_formats = ["%Y-%m-%d"]


class EmailsField(TextField):
    """Addresses, one a line; its value is a list without doubles, normalised."""

    widget = forms.Textarea({"rows": 3, "spellcheck": "false"})
    most = MOST_PEOPLE

    def clean(self, value: object) -> Any:
        lines = [line.strip() for line in str(super().clean(value) or "").splitlines() if line.strip()]
        if len(lines) > self.most:
            raise ValidationError(
                _("Enter at most %(number)s addresses at once."), params={"number": self.most}
            )
        return list(dict.fromkeys(map(self._address, lines)))

    def _address(self, line: str) -> str:
        try:
            return subjects.normalise_email(line)
        except ValueError:
            raise ValidationError(
                _("“%(line)s” is no e-mail address. Write one address a line."), params={"line": line}
            ) from None


class NoticeForm(forms.Form):
    """Whether a person is told. `previewed` proves that what leaves was read before."""

    email = EmailField(label=capfirst(_("e-mail address of the person")), required=False)
    name = LineField(
        label=_("Name"),
        required=False,
        max_length=200,
        help_text=_("Only for somebody without an e-mail address."),
    )
    postal_address = TextField(
        label=_("Postal address"), required=False, max_length=500, widget=forms.Textarea({"rows": 3})
    )
    way = forms.ChoiceField(
        label=_("Tell the person"),
        choices=[
            (Way.NOW, _("now, by e-mail, or by letter where there is only a postal address")),
            (Way.LATER, _("later: the law forbids it until a date")),
            (Way.NOT, _("not at all, for a reason that you write down")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the person is told now, later or not at all.")},
    )
    language = forms.ChoiceField(
        label=_("Language of the person"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE
    )
    explanation = TextField(
        label=_("Why we gave the data, as the person reads it"),
        required=False,
        max_length=2000,
        help_text=_("If it may be said. It stands in the notice."),
        widget=forms.Textarea({"rows": 3}),
    )
    until = DayField(
        label=_("May not be told until"),
        required=False,
        help_text=_("Only for “later”: the last day on which the law forbids it."),
    )
    silence = forms.ChoiceField(
        label=_("Ground for not telling"),
        choices=[NO_CHOICE, *Silence.choices],
        required=False,
        help_text=_("For “later” and “not at all”."),
    )
    reason = TextField(
        label=_("Why the person is not told"),
        required=False,
        max_length=2000,
        help_text=_(
            "For “later” and “not at all”: a sentence that somebody else can check, such as who ordered it and when."
        ),
        widget=forms.Textarea({"rows": 3}),
    )
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)

    def people(self) -> list[Addressee]:
        return [Addressee(*(self.cleaned_data[name] for name in ("email", "name", "postal_address")))]

    def plan(self) -> NoticePlan:
        data = self.cleaned_data
        way = Way(data["way"])
        silent = {} if way == Way.NOW else {"silence": data["silence"], "reason": data["reason"]}
        return NoticePlan(
            way=way,
            language=data["language"],
            explanation=data["explanation"],
            until=data["until"] if way == Way.LATER else None,
            **silent,
        )

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        if day and day < timezone.localdate() and self.cleaned_data.get("way") == Way.LATER:
            raise ValidationError(
                _("This day is over: choose “now”, or the day until which the law forbids it.")
            )
        return day

    def clean(self) -> dict[str, object] | None:
        cleaned = super().clean()
        way = self.cleaned_data.get("way")
        self._check_person(way)
        if way == Way.LATER:
            self._need("until", _("Enter the last day on which the law forbids telling the person."))
            if self.cleaned_data.get("silence") not in {"", *FORBIDS_ACCESS, None}:
                self.add_error(
                    "silence", _("This ground does not forbid telling: choose “now” or “not at all”.")
                )
        if way in {Way.LATER, Way.NOT}:
            self._check_reason()
        return cleaned

    def is_person_needed(self, way: str | None) -> bool:
        return True

    def was_previewed(self, digest: str) -> bool:
        return bool(self.cleaned_data["previewed"] == digest)

    def show_previewed(self, digest: str) -> None:
        """What was typed stays, with the proof that this was read."""
        assert isinstance(self.data, QueryDict)
        shown = self.data.copy()
        shown["previewed"] = digest
        self.data = shown

    def _check_person(self, way: str | None) -> None:
        data = self.cleaned_data
        if {"email", "name", "postal_address"} & self.errors.keys():
            return
        if data["email"] and (data["name"] or data["postal_address"]):
            self.add_error("name", _("Enter either an e-mail address or a name with its postal address."))
        elif self.is_person_needed(way) and not (data["email"] or data["name"]):
            self.add_error("email", _("Enter the e-mail address of the person, or a name below."))
        elif way == Way.NOW and not (data["email"] or data["postal_address"]):
            self.add_error(
                "postal_address",
                _("Without an address the person cannot be told now. Enter one, or choose “not at all”."),
            )

    def _check_reason(self) -> None:
        self._need("silence", _("Choose the ground on which the person is not told."))
        if "reason" not in self.errors and len(self.cleaned_data["reason"].strip()) < LEAST_REASON:
            self.add_error("reason", _("Write the reason in a sentence that somebody else can check."))

    def _need(self, name: str, message: Any) -> None:
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, message)


class DecisionForm(NoticeForm):
    """Deciding anew on a disclosure that stands in the register."""

    is_same_person = forms.BooleanField(
        label=_("This is another address of the same person"),
        required=False,
        help_text=_("Only if you have made sure: otherwise a stranger would read the notice."),
    )
    field_order = ["way", "email", "name", "postal_address", "is_same_person"]

    def is_person_needed(self, way: str | None) -> bool:
        """The register knows whose data it was; an address is needed to write to."""
        return way == Way.NOW


class DisclosureForm(NoticeForm):
    """A disclosure of the data of one person or several. Of each address only the pseudonym stays in the register."""

    email = EmailsField(  # type: ignore[assignment]
        label=_("E-mail addresses of the persons"),
        required=False,
        help_text=_("One a line. Each person has an own line in the register and an own notice."),
    )
    recipient = LineField(
        label=capfirst(_("given to")),
        max_length=200,
        error_messages={"required": _("Enter to whom the data were given.")},
    )
    at = forms.SplitDateTimeField(
        label=capfirst(_("given at")),
        input_date_formats=["%Y-%m-%d"],
        error_messages={"required": _("Enter the day and the hour.")},
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date"},
            time_attrs={"type": "time"},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        ),
    )
    categories = CheckboxesField(
        label=capfirst(_("data concerned")),
        choices=Category.choices,
        error_messages={"required": _("Choose which data were given.")},
    )
    ground = forms.ChoiceField(
        label=capfirst(_("ground")),
        choices=[NO_CHOICE, *Disclosure.Ground.choices],
        error_messages={"required": _("Choose the legal ground.")},
    )
    provision = LineField(
        label=capfirst(_("legal text, order or case")),
        max_length=300,
        error_messages={"required": _("Enter the legal text, the order or the case.")},
        help_text=_("The person reads this line in the notice and in the answer to an access request."),
    )
    is_about_client = forms.TypedChoiceField(
        label=_("Is it information about a client?"),
        choices=[("yes", _("yes")), ("no", _("no"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it is information about a client.")},
    )
    authorised_on = DayField(label=_("Authorised on"), required=False)
    authorisation = TextField(
        label=_("Proof of the authorisation"),
        required=False,
        max_length=2000,
        help_text=_(
            "Who authorised it and in which words or document, and where that document is. Needed for information about"
            " a client, unless a law or an authority demands it or a claim depends on it."
        ),
        widget=forms.Textarea({"rows": 3}),
    )
    field_order = [
        "email", "name", "postal_address",
        "recipient", "at", "categories", "is_about_client", "ground", "provision", "authorised_on", "authorisation",
        "way", "language",
    ]  # fmt: skip

    def people(self) -> list[Addressee]:
        data = self.cleaned_data
        by_mail = [Addressee(email) for email in data["email"]]
        return by_mail or [Addressee(name=data["name"], postal_address=data["postal_address"])]

    def facts(self) -> DisclosureFacts:
        names = (
            "recipient", "ground", "provision", "categories", "at",
            "is_about_client", "authorised_on", "authorisation",
        )  # fmt: skip
        return DisclosureFacts(**{name: self.cleaned_data[name] for name in names})

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at > timezone.now():
            raise ValidationError(_("This date is in the future."))
        return at

    def clean(self) -> dict[str, object] | None:
        cleaned = super().clean()
        if not {"ground", "is_about_client", "at"} & self.errors.keys():
            self._check_authorisation()
        return cleaned

    def _check_authorisation(self) -> None:
        data = self.cleaned_data
        is_needed = data["ground"] == Disclosure.Ground.AUTHORISED or (
            data["is_about_client"] and data["ground"] not in NEED_NO_AUTHORISATION
        )
        if is_needed:
            self._need("authorised_on", NOT_AUTHORISED)
            self._need("authorisation", _("Write down who authorised it and where the proof is."))
        day = data.get("authorised_on")
        if day and day > timezone.localdate(data["at"]):
            self.add_error("authorised_on", _("The authorisation has to come before the disclosure."))


def digest(pieces: Iterable[str]) -> str:
    """Of what is previewed, so that nothing else leaves."""
    return hashlib.sha256("\0".join(pieces).encode()).hexdigest()


class PostedForm(forms.Form):
    day = DayField(label=_("Posted on"))
