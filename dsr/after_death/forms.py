from django import forms
from django.utils.translation import gettext_lazy as _

from dsr.after_death import instructions
from dsr.rules.after_death import Scope, Wish
from privacy.companies.forms import CollectingForm
from privacy.web.fields import SINGLE_NAME, LineField, NameField, ReachedEmailField, TextField
from privacy.web.spam import SpamGuardedForm


class InstructionsForm(SpamGuardedForm, CollectingForm):
    """Who writes, what becomes of the data, and who carries it out."""

    wish = forms.ChoiceField(
        label=_("What should become of your data after your death?"),
        choices=Wish.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what should become of your data.")},
    )
    scope = forms.ChoiceField(
        label=_("Which data do you mean?"),
        choices=Scope.choices,
        initial=Scope.PARTICULAR,
        # {promise: data.instructions}
        help_text=_(
            "We follow your instructions for the data that we hold. For what others hold about you, write to them too."
        ),
        widget=forms.RadioSelect,
    )
    recipient = LineField(
        label=_("Hand them over to"),
        required=False,
        max_length=300,
        help_text=_(
            "First name, surname, date of birth or postal address: so that we can recognise the person."
        ),
    )
    executor = LineField(
        label=_("Who carries your instructions out?"),
        required=False,
        max_length=300,
        # {information: it quotes act 78-17, article 85}
        help_text=_(
            "First name and surname, and what tells this person from others. If you name nobody, your heirs may ask "
            "for it."
        ),
    )
    details = TextField(
        label=_("Anything else"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4})
    )
    first_name = NameField(
        label=_("Your first name"),
        required=False,
        max_length=100,
        help_text=SINGLE_NAME,
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )
    surname = NameField(
        label=_("Your surname"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    email = ReachedEmailField(
        label=_("Your e-mail address"),
        max_length=254,
        # {promise: data.mail}
        help_text=_(
            "The one that you use with us. We mail you a link to confirm: before that nothing is recorded."
        ),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )

    def clean(self) -> dict[str, object] | None:
        cleaned, data = super().clean(), self.cleaned_data
        if data.get("wish") == Wish.HAND_OVER and "recipient" not in self.errors and not data["recipient"]:
            self.add_error("recipient", _("Name the person to whom we are to hand your data over."))
        return cleaned

    def instructions_data(self) -> instructions.InstructionsFormData:
        names = instructions.InstructionsFormData.__annotations__
        return instructions.InstructionsFormData(**{name: self.cleaned_data[name] for name in names})
