"""The base of every form of the site that collects: it says for whom, and notices when that changed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.companies.collecting import CollectionFacts
from privacy.web.spam import ShownAfreshField

CHANGED = _(
    "The company for which this form collects, or our policy, has changed since you opened this page. Please read what "
    "becomes of your data again, then send the form."
)


class CollectingForm(forms.Form):
    """A form that collects for ``collection``. It is not valid when the page that was sent said something else.

    The value needs no signature: it is only compared, and what is stored is ``collection``. Whoever sends none was
    shown no page of ours.
    """

    collected_for = ShownAfreshField(required=False, widget=forms.HiddenInput)  # for whom, when it was shown

    def __init__(self, *args: Any, collection: CollectionFacts, **options: Any) -> None:
        super().__init__(*args, **options)
        self.collection = collection
        self.fields["collected_for"].initial = collection.key

    @property
    def is_outdated(self) -> bool:
        """Whether the page that was sent said something else. Known once its fields are cleaned."""
        return self.cleaned_data.get("collected_for") not in {None, "", self.collection.key}

    def clean(self) -> dict[str, object] | None:
        cleaned = super().clean()
        if self.is_outdated:
            self.add_error(None, CHANGED)
        return cleaned
