from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consent.returns import reports
from consent.returns.reports import Kind, Report
from privacy.datamap import subjects

NO_REPORT = _("This e-mail does not say that a message came back. Enter the address instead.")


class ReturnForm(forms.Form):
    """What came back: an address, or the mail that says so, pasted with its headers or as a file."""

    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)
    kind = forms.ChoiceField(
        label=_("What happened"), choices=Kind.choices, initial=Kind.PERMANENT, required=False
    )
    pasted = forms.CharField(
        label=_("Or the e-mail that says it, with its headers"),
        required=False,
        max_length=reports.LONGEST_MAIL,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    file = forms.FileField(label=_("Or the same e-mail as a file (.eml)"), required=False)

    def clean_email(self) -> str:
        given: str = self.cleaned_data["email"]
        try:
            return subjects.normalise_email(given) if given else ""
        except ValueError as error:
            raise ValidationError(_("Enter an e-mail address.")) from error

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > reports.LONGEST_MAIL:
            raise ValidationError(_("The file is too large: an e-mail of at most 1 MB."))
        return file

    def clean(self) -> dict[str, object]:
        """Adds ``mail``: the bytes of the mail. Exactly one of the three ways is used."""
        data = self.cleaned_data
        file, pasted, email = data.get("file"), data.get("pasted", ""), data.get("email", "")
        if not self.errors and sum(map(bool, (file, pasted, email))) != 1:
            raise ValidationError(_("Give one of the three: the address, the e-mail, or its file."))
        data["mail"] = file.read() if file else pasted.strip().encode()
        return data

    def reports(self, *, day: str) -> list[Report]:
        """Of a valid form. Raises `reports.NoReportError`. The same address on the same ``day`` is the same report."""
        data = self.cleaned_data
        if data["mail"]:
            return reports.read_mail(data["mail"])
        return [Report(data["kind"] or Kind.PERMANENT, "", data["email"], mark=day)]

    def refuse(self) -> None:
        self.add_error(None, NO_REPORT)
