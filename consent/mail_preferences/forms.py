from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consent.notices.models import Topic
from privacy.web.fields import EmailField


class PreferencesForm(forms.Form):
    topics = forms.MultipleChoiceField(
        label=_("Subjects that interest you"),
        choices=Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label=_("Language of the messages"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


class LinkForm(forms.Form):
    email = EmailField(label=_("E-mail address"), widget=forms.EmailInput({"autocomplete": "email"}))
