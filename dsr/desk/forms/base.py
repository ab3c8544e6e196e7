"""What the controller has to say with each action."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsr.package import numbered_records
from dsr.requests.models import SubjectRequest
from dsr.review import grounds
from dsr.review.decisions import Decision
from dsr.rules.deadlines import paris_day
from dsr.rules.rights import (
    BY_GRANT,
    IN_LAW,
    NEEDS_USES,
    WITHHOLDABLE_IN_PART,
    ItemOutcome,
    RefusalGround,
    Right,
)
from privacy.rights import objection
from privacy.web.fields import TextField

NO_CHOICE = ("", "---------")  # so that nothing is chosen just because it stood first
UNFIT = _(
    "The law does not know this ground for the right chosen: choose one of its own, or one for any right."
)

Choices = list[tuple[str, str | Promise]]


def _as_choices(found: Sequence[RefusalGround]) -> Choices:
    return [(each.value, each.label) for each in found]


def _uses_help(*, is_offered: bool, goes_on: Sequence[str]) -> str:
    texts = [
        gettext("With the answer these records are used no more, and deleted unless they have to be kept.")
        if is_offered
        else gettext("Nothing is held whose use could be stopped for one person.")
    ]
    if goes_on:
        texts.append(gettext("Not to be stopped for one person: %(kinds)s") % {"kinds": " ".join(goes_on)})
    return " ".join(texts)


def _with_empty_choice(choices: Choices) -> Choices:
    return choices if len(choices) == 1 else [NO_CHOICE, *choices]


class AdminActionForm(forms.Form):
    """As it stands, it asks for nothing: the button is enough."""

    def __init__(self, *args: Any, subject_request: SubjectRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.subject_request = subject_request
        self.set_choices()

    def set_choices(self) -> None:
        """Offer only what this request has."""

    def choice_field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def arguments(self) -> dict[str, object]:
        """What the action's function is called with, beside the request and the time."""
        return self.cleaned_data


class ReasonActionForm(AdminActionForm):
    reason = TextField(
        label=_("Reasons, as the person reads them"), max_length=5000, widget=forms.Textarea({"rows": 4})
    )


class MessageActionForm(AdminActionForm):
    text = TextField(label=_("Message"), max_length=5000, widget=forms.Textarea({"rows": 4}))


class RefusalForm(ReasonActionForm):
    """With its ground (GDPR 12(4)); the CNIL and the court are added to each refusal."""

    field_order = ["ground", "reason"]
    ground = forms.ChoiceField(label=_("Ground"), error_messages={"invalid_choice": UNFIT})

    def set_choices(self) -> None:
        """Begin with the words of a refusal that was submitted and taken back."""
        fitting = grounds.of_refusal(self.subject_request)
        self.choice_field("ground").choices = [NO_CHOICE, *((each, each.label) for each in fitting)]
        if self.subject_request.items.undecided().count() > 1:
            self.fields["ground"].help_text = _(
                "Only grounds that fit every right asked for. For others, decide each right by itself first."
            )
        self.initial = {
            "ground": self.subject_request.proposed_ground,
            "reason": self.subject_request.proposed_reason,
        }


class DayField(forms.DateField):
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    input_formats = ["%Y-%m-%d"]


def no_later_than_today(day: date) -> date:
    """The day itself. Raises ValidationError for a later one."""
    if day > paris_day(timezone.now()):
        raise forms.ValidationError(_("This day is still to come."))
    return day


class GroundedForm(AdminActionForm):
    """Has a right and a ground: offered are the grounds of the rights in question, each under its right."""

    def offer_grounds(self, rights: Sequence[str]) -> None:
        shared, request = grounds.of(self.subject_request, []), self.subject_request
        own = {
            each: [ground for ground in grounds.of(request, [each]) if ground not in shared]
            for each in rights
        }
        groups = [(IN_LAW[Right(each)], _as_choices(found)) for each, found in own.items() if found]
        self.choice_field("ground").choices = [
            NO_CHOICE,
            *groups,
            (_("Any right"), _as_choices(shared)),
        ]

    def check_ground(self) -> None:
        """Add an error where the ground is none for the right."""
        right, ground = self.cleaned_data.get("right"), self.cleaned_data.get("ground")
        if right and ground and ground not in grounds.of(self.subject_request, [right]):
            self.add_error("ground", UNFIT)


class WithholdForm(GroundedForm, ReasonActionForm):
    """What is withheld from which right, why and until when; or that it no longer is."""

    field_order = ["right", "holding", "ground", "reason", "until", "is_given"]
    right = forms.ChoiceField(label=_("Right"))
    holding = forms.ChoiceField(label=_("Records, numbered as where you look at what is held"))
    ground = forms.ChoiceField(label=_("Ground"), required=False, error_messages={"invalid_choice": UNFIT})
    until = DayField(label=_("Until"), required=False)
    is_given = forms.BooleanField(label=_("Do not withhold it any more"), required=False)

    def set_choices(self) -> None:
        rights = [
            item.right for item in self.subject_request.items.all() if item.right in WITHHOLDABLE_IN_PART
        ]
        self.choice_field("right").choices = _with_empty_choice(
            [(right, IN_LAW[Right(right)]) for right in rights]
        )
        self.offer_grounds(rights)
        self.choice_field("holding").choices = [
            NO_CHOICE,
            *numbered_records.choices(self.subject_request.subject(), now=timezone.now()),
        ]
        self.fields["reason"].required = False

    def clean(self) -> dict[str, object] | None:
        cleaned, data = super().clean(), self.cleaned_data
        for name in ("ground", "reason"):
            if not data.get("is_given") and not data.get(name):
                self.add_error(name, _("What is withheld is named with its ground and its reasons."))
        if not data.get("is_given"):
            self.check_ground()
        return cleaned

    def arguments(self) -> dict[str, object]:
        data = dict(self.cleaned_data)
        holding, _space, key = data.pop("holding").partition(" ")
        part = {"right": data.pop("right"), "holding": holding, "key": key}
        outcome = ItemOutcome.SATISFIED if data.pop("is_given") else ItemOutcome.WITHHELD
        return {**part, "decision": Decision(outcome, **data)}


class DecisionForm(GroundedForm):
    right = forms.ChoiceField(label=_("Right"))
    outcome = forms.ChoiceField(label=_("Outcome"), choices=ItemOutcome.choices, widget=forms.RadioSelect)
    ground = forms.ChoiceField(
        label=_("Ground"),
        required=False,
        help_text=_("Needed where it is not granted."),
        error_messages={"invalid_choice": UNFIT},
    )
    reason = TextField(
        label=_("Reasons, as the person reads them"),
        required=False,
        help_text=_("Needed where it is not granted, and where you carry it out by hand: say what was done."),
        max_length=5000,
        widget=forms.Textarea({"rows": 4}),
    )
    until = DayField(label=_("Until"), required=False, help_text=_("Only where it is not granted."))
    uses = forms.MultipleChoiceField(
        label=_("What is stopped, where the objection is granted"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def set_choices(self) -> None:
        field = self.choice_field("right")
        rights = [
            (item.right, item.in_law()) for item in self.subject_request.items.all() if not item.done_at
        ]
        field.choices = _with_empty_choice(rights)
        self.offer_grounds([right for right, _words in rights])
        if NEEDS_USES.isdisjoint(right for right, _words in rights):
            del self.fields["uses"]
        else:
            self._offer_uses()

    def clean(self) -> dict[str, object] | None:
        """A refusal needs a ground and reasons; what is carried out by hand needs words on what was done."""
        cleaned = super().clean()
        data = self.cleaned_data
        outcome, by_hand = data.get("outcome"), data.get("right") not in BY_GRANT | NEEDS_USES
        if outcome == ItemOutcome.SATISFIED and data.get("right") in NEEDS_USES and not data.get("uses"):
            self.add_error("uses", _("Choose what is stopped. If nothing is, the objection is not granted."))
        if (
            outcome == ItemOutcome.NOTHING
            and data.get("right") in NEEDS_USES
            and self.choice_field("uses").choices
        ):
            self.add_error("outcome", _("Something is held whose use can be stopped: see below."))
        if outcome == ItemOutcome.SATISFIED and data.get("right") == Right.NO_NAVIGATION:
            self.add_error(
                "outcome", _("Only the browser itself can stop it: say in the reasons how it is done.")
            )
        if outcome == ItemOutcome.WITHHELD and not data.get("ground"):
            self.add_error("ground", _("A refusal is never sent without its ground."))
        elif outcome == ItemOutcome.WITHHELD:
            self.check_ground()
        if (
            outcome == ItemOutcome.WITHHELD or (outcome == ItemOutcome.SATISFIED and by_hand)
        ) and not data.get("reason"):
            self.add_error("reason", _("Say it in words that the person understands."))
        return cleaned

    def arguments(self) -> dict[str, object]:
        """Only a refusal has a ground and an end."""
        data = dict(self.cleaned_data)
        right = data.pop("right")
        if data["outcome"] != ItemOutcome.WITHHELD:
            data.update(ground="", until=None)
        return {"right": right, "decision": Decision(**data)}

    def _offer_uses(self) -> None:
        """By purpose, with what is held; and what cannot be stopped for one person, with the reason."""
        person, now = self.subject_request.subject(), timezone.now()
        found = objection.concerning(person, now=now)
        field = self.fields["uses"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (each.label, f"{each.known.data.purpose.label} – {each.title}")
            for each in found
            if each.is_objectable
        ]
        goes_on = [
            f"{each.title} ({each.known.data.not_objectable})"
            for each in found
            if each.known.data.not_objectable
        ]
        field.help_text = _uses_help(is_offered=bool(field.choices), goes_on=goes_on)
        self.initial["uses"] = [use for item in self.subject_request.items.all() for use in item.uses]


class LiftingForm(ReasonActionForm):
    field_order = ["day", "reason"]
    day = DayField(
        label=_("Used again from"), help_text=_("Tomorrow at the earliest: the person is told before.")
    )

    def clean_day(self) -> date:
        """The person is told before (GDPR 18(3))."""
        day: date = self.cleaned_data["day"]
        if day <= paris_day(timezone.now()):
            raise forms.ValidationError(_("This day has begun: the person has to be told before."))
        return day


class AssignmentForm(AdminActionForm):
    assignee = forms.ChoiceField(label=_("Assigned to"), required=False)
    target_on = DayField(label=_("Own target, before the legal one"), required=False)

    def set_choices(self) -> None:
        people = get_user_model()._default_manager.filter(is_staff=True, is_active=True).order_by("pk")
        staff = [each for each in people if each.has_perm("dsr.change_subjectrequest")]
        field = self.choice_field("assignee")
        field.choices = [NO_CHOICE, *((f"user:{each.pk}", each.get_username()) for each in staff)]
        self.initial = {
            "assignee": self.subject_request.assignee,
            "target_on": self.subject_request.target_on,
        }

    def clean_target_on(self) -> date | None:
        day: date | None = self.cleaned_data["target_on"]
        if day and day > self.subject_request.due_on:
            raise forms.ValidationError(_("The law's last day comes before that."))
        return day
