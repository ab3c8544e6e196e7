from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.companies.forms import CollectingForm
from privacy.web.fields import LastingEmailField
from privacy.web.spam import SpamGuardedForm


class SubscriptionForm(SpamGuardedForm, CollectingForm):
    email = LastingEmailField(
        label=_("E-mail address"),
        # {promise: data.mail; right: updates}
        help_text=_("We mail you a link to confirm, then one message for each new version."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
