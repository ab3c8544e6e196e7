"""What the law asks the controller to say with each deed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dsr.models import Ground
from dsr.models.checks import How
from privacy.forms import TextField


class SureForm(forms.Form):
    """Nothing to say: the button is enough."""


class ReasonForm(forms.Form):
    """Reasons that the person reads."""

    reason = TextField(
        label=_("Reasons, as the person reads them"), max_length=5000, widget=forms.Textarea({"rows": 4})
    )


class MessageForm(forms.Form):
    """A message that the person reads."""

    text = TextField(label=_("Message"), max_length=5000, widget=forms.Textarea({"rows": 4}))


class RefusalForm(ReasonForm):
    """A refusal never goes without its ground; the CNIL and the court are added to each."""

    field_order = ["ground", "reason"]
    ground = forms.ChoiceField(label=_("Ground"), choices=[("", "---------"), *Ground.choices])


class CheckForm(forms.Form):
    """By what the identity is certain."""

    how = forms.ChoiceField(label=_("Certain by"), choices=How.choices, widget=forms.RadioSelect)


class ProofForm(CheckForm):
    """The proof that was awaited has come; the clock runs on from that day."""

    field_order = ["came_on", "how"]
    came_on = forms.DateField(
        label=_("The proof came on"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
