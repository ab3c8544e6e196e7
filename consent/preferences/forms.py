from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from consent.cookies.registry import DeclaredGroup
from privacy.companies.forms import CollectingForm

# {promise: forms.prospects, forms.confirmed, forms.stopped}
OPT_IN: Final = _(
    "I agree that %(company)s may send me information about its services by e-mail. "
    "I can withdraw this agreement at any time."
)


class ChoicesForm(forms.Form):
    """A yes or no for each group. An empty box is a no: no box is ticked in advance (GDPR recital 32)."""

    def __init__(self, data: QueryDict, *, groups: Iterable[DeclaredGroup]) -> None:
        super().__init__(data)
        for group in groups:
            self.fields[group.key] = forms.BooleanField(required=False)

    def answers(self) -> dict[str, bool]:
        return {name: bool(value) for name, value in self.cleaned_data.items()}


class OptInField(forms.BooleanField):
    """A box that is shown unticked again once its answer is void."""

    is_void = False

    def bound_data(self, data: object, initial: object) -> object:
        return super().bound_data(data, initial) and not self.is_void


class OptInMixin(CollectingForm):
    """Adds the unticked box for commercial mail to a public form. Its sentence is kept in the ledger as proof.

    It names the company for which the form collects: no other may write.

    In the view, after the form's own work: `if form.cleaned_data["opt_in"]: prospecting.opt_in(...)`.
    """

    opt_in = OptInField(required=False, initial=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["opt_in"].label = OPT_IN % {"company": self.collection.entity.name}

    def clean(self) -> dict[str, object] | None:
        """A yes to a sentence that has changed since is no yes."""
        cleaned = super().clean()
        box = self.fields["opt_in"]
        assert isinstance(box, OptInField)
        box.is_void = self.is_outdated
        return cleaned

    def opt_in_sentence(self) -> str:
        """As shown, in the language of the page."""
        return str(self.fields["opt_in"].label)


class MailAgreementForm(OptInMixin):
    """The same box by itself, on the page “My data”: sent without a tick, it is no answer."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["opt_in"].required = True
