"""The forms of the desk for a breach."""

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.breaches import addresses
from privacy.breaches.breaches import SentNotification
from privacy.breaches.models import Breach, Kind, Risk
from privacy.companies.admin import CheckboxesField
from privacy.datamap.declarations import Category
from privacy.datamap.periods import CALENDAR
from privacy.recipients import disclosure_forms
from privacy.recipients.disclosure_forms import DayField, EmailsField
from privacy.recipients.notices import Addressee
from privacy.register.models import Activity
from privacy.web.fields import LineField, TextField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

IN_THE_FUTURE = _("This date is in the future.")
LONG = forms.Textarea({"rows": 4})
QUOTED_NAME = re.compile(r'"[^"\n]*"\s*(?=<)')
NAMED_ADDRESS = re.compile(r"^[^<>\n]*<([^<>\n]*)>[ \t]*$", re.MULTILINE)  # Alice Doe <alice@example.org>


class InstantField(forms.SplitDateTimeField):
    """A day and an hour in Paris. Of an hour that comes twice the first is meant: the 72 hours end sooner."""

    widget = forms.SplitDateTimeWidget(
        date_attrs={"type": "date"},
        time_attrs={"type": "time"},
        date_format="%Y-%m-%d",
        time_format="%H:%M",
    )

    def __init__(
        self, *, label: "StrOrPromise", required: bool = True, help_text: "StrOrPromise" = ""
    ) -> None:
        super().__init__(
            label=label, required=required, help_text=help_text, input_date_formats=["%Y-%m-%d"],
            error_messages={"required": _("Enter the day and the hour.")},
        )  # fmt: skip

    def compress(self, data_list: tuple[date, time] | None) -> datetime | None:
        if not data_list:
            return None
        if any(part in self.empty_values for part in data_list):
            raise ValidationError(_("Enter the day and the hour."))
        return datetime.combine(*data_list, tzinfo=CALENDAR)


class BreachForm(forms.ModelForm):  # type: ignore[type-arg]
    """All can be completed later but what is known at once: what happened, and when we became aware."""

    kinds = CheckboxesField(
        label=capfirst(_("what happened to the data")),
        choices=Kind.choices,
        error_messages={"required": _("Choose at least one.")},
    )
    aware_at = InstantField(
        label=capfirst(_("we became aware")),
        help_text=_(
            "When we were reasonably certain that personal data were concerned. The 72 hours begin here."
        ),
    )
    began_at = InstantField(
        label=capfirst(_("began")), required=False, help_text=_("Leave it empty while nobody knows.")
    )
    ended_at = InstantField(
        label=capfirst(_("ended")),
        required=False,
        help_text=_("Leave it empty while nobody knows, or while it goes on."),
    )
    persons = CheckboxesField(
        label=capfirst(_("categories of persons")), choices=Activity.Persons.choices, required=False
    )
    categories = CheckboxesField(
        label=capfirst(_("categories of data")), choices=Category.choices, required=False
    )

    class Meta:
        model = Breach
        fields = (
            "title", "kinds", "aware_at", "began_at", "ended_at", "found_by", "facts", "processor", "persons",
            "persons_count", "categories", "records_count", "effects", "measures", "risk", "risk_reasons",
            "exemption", "exemption_reason",
        )  # fmt: skip
        help_texts = {
            "title": _("A few words, such as “Mail to a wrong list”. Write no name of a person."),
            "facts": _("As the CNIL and the persons will read it. Write no name of a person."),
            "processor": _("Only if it happened at a company that works for us."),
            "persons_count": _("Leave it empty while nobody knows."),
            "records_count": _("Leave it empty while nobody knows."),
            "exemption": _("Only for a high risk. For the last one, say below where you made it public."),
        }
        widgets = dict.fromkeys(("facts", "effects", "measures", "risk_reasons", "exemption_reason"), LONG)

    def clean_aware_at(self) -> datetime:
        at: datetime = self.cleaned_data["aware_at"]
        if at > timezone.now():
            raise ValidationError(IN_THE_FUTURE)
        if self.instance.pk and self.instance.notifications.filter(sent_at__lt=at).exists():
            raise ValidationError(_("The CNIL was notified before this."))
        return at

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if data.get("began_at") and data.get("aware_at") and data["began_at"] > data["aware_at"]:
            self.add_error("began_at", _("Nobody is aware of a breach before it begins."))
        if data.get("began_at") and data.get("ended_at") and data["ended_at"] < data["began_at"]:
            self.add_error("ended_at", _("It cannot end before it begins."))
        if data.get("risk") != Risk.UNKNOWN and not (data.get("risk_reasons") or "").strip():
            self.add_error("risk_reasons", _("Write why you assess the risk so: the CNIL may ask."))
        self._check_exemption()

    def _check_exemption(self) -> None:
        data = self.cleaned_data
        if data.get("exemption") and data.get("risk") != Risk.HIGH:
            self.add_error("exemption", _("Without a high risk nobody has to be told: leave this empty."))
        if data.get("exemption") and not (data.get("exemption_reason") or "").strip():
            self.add_error(
                "exemption_reason", _("Write the reasons in sentences that somebody else can check.")
            )


class NotificationForm(forms.Form):
    """What went to the authority, in the words that were sent."""

    sent_at = InstantField(label=capfirst(_("sent at")))
    is_complete = forms.BooleanField(
        label=_("Nothing is left to add"),
        required=False,
        help_text=_(
            "Leave it unticked if you will send more: a notice may come in phases (GDPR, article 33(4))."
        ),
    )
    number = LineField(label=capfirst(_("number given by the CNIL")), max_length=60, required=False)
    delay_reasons = TextField(
        label=capfirst(_("reasons for the delay")),
        max_length=4000,
        required=False,
        widget=LONG,
        help_text=_("Needed if the first notice leaves after the 72 hours (GDPR, article 33(1))."),
    )
    text = TextField(
        label=capfirst(_("what it said")),
        max_length=20_000,
        widget=forms.Textarea({"rows": 24}),
        help_text=_(
            "The draft from the register, in French. Change it here as you changed it in the CNIL's form."
        ),
    )

    def sent(self) -> SentNotification:
        return SentNotification(**self.cleaned_data)


class ManyEmailsField(EmailsField):
    """Also as mail programs copy them: with names, and with commas or semicolons between them."""

    most = 2000
    widget = forms.Textarea({"rows": 8, "spellcheck": "false"})

    def to_python(self, value: object) -> str | None:
        text = super().to_python(value)
        return NAMED_ADDRESS.sub(r"\1", re.sub(r"[,;]", "\n", QUOTED_NAME.sub("", text))) if text else text


class TellForm(forms.Form):
    """Who is told, and in which words. `previewed` proves that what leaves was read before."""

    email = ManyEmailsField(
        label=_("E-mail addresses of the persons"),
        required=False,
        help_text=_(
            "One a line, or with commas or semicolons between. Each person gets their own message, once."
        ),
    )
    name = LineField(
        label=_("Name"),
        required=False,
        max_length=200,
        help_text=_("Only for somebody without an e-mail address: a letter."),
    )
    postal_address = TextField(
        label=_("Postal address"), required=False, max_length=500, widget=forms.Textarea({"rows": 3})
    )
    language = forms.ChoiceField(label=_("Language of the persons"), choices=settings.LANGUAGES)
    text = TextField(
        label=_("What the persons read"),
        max_length=8000,
        widget=forms.Textarea({"rows": 16}),
        help_text=_(
            "Drafted from the register, in the words that stand there: translate them where the persons read another"
            " language. Say plainly what happened, what may follow and what they can do themselves, such as changing a"
            " password. Who to ask and how to complain is added below it."
        ),
    )
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)

    def people(self) -> list[Addressee]:
        data = self.cleaned_data
        by_post = (
            [Addressee(name=data["name"], postal_address=data["postal_address"])] if data["name"] else []
        )
        return [*map(Addressee, data["email"]), *by_post]

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if {"email", "name", "postal_address"} & self.errors.keys():
            return
        if not (data["email"] or data["name"]):
            self.add_error("email", _("Enter an e-mail address, or a name with its postal address below."))
        if bool(data["name"]) != bool(data["postal_address"]):
            self.add_error("postal_address", _("A letter needs a name and a postal address."))

    def is_confirmed(self) -> bool:
        """Whether exactly this was read. If not, the form shown next carries the proof that it was."""
        data = self.cleaned_data
        digest = disclosure_forms.digest([*map(str, self.people()), data["language"], data["text"]])
        if data["previewed"] == digest:
            return True
        assert isinstance(self.data, QueryDict)
        self.data = self.data.copy()
        self.data["previewed"] = digest
        return False


class AddressesForm(forms.Form):
    """Whose addresses to read from the records."""

    holding = forms.ChoiceField(label=capfirst(_("kind of record")), choices=addresses.choices)
    since = DayField(label=_("First day"), required=False)
    until = DayField(label=_("Last day"), required=False)

    def span(self) -> tuple[date | None, date | None]:
        return self.cleaned_data["since"], self.cleaned_data["until"]
