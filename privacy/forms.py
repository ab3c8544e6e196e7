"""Form fields that know what a name, an address or a message may hold."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from privacy import subjects

telephone = RegexValidator(
    r"^\+?[0-9 ().\-/]{6,29}$",
    _("Please write a telephone number with figures, such as +33 5 59 00 00 00, or leave this empty."),
)
postcode = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9 \-]{1,10}$",
    _("Please write a postcode with letters and figures, such as 64290, or leave this empty."),
)


def refuse_unprintable(text: str) -> None:
    """Validator: no control characters and no lone surrogates, which no database or letter can hold."""
    if any((ord(sign) < 32 and sign not in "\t\n\r") or 0xD7FF < ord(sign) < 0xE000 for sign in text):
        raise ValidationError(_("This text holds a character that cannot be stored. Please type it again."))


def refuse_line_breaks(text: str) -> None:
    """Validator for one-line fields: a line break in a name could forge a mail header."""
    if len(text.splitlines()) > 1 or text != text.strip("\r\n"):
        raise ValidationError(_("Please write this on one line."))


class TextField(forms.CharField):
    """Text in lines, safe to store and to print."""

    default_validators = [refuse_unprintable]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No ``maxlength``: browsers cut a pasted text in silence, a message beside the field loses nothing."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def to_python(self, value: Any) -> str | None:
        """The text with line ends as ``\\n``."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else text


class LineField(TextField):
    """One line of text: a name, a subject."""

    default_validators = [refuse_unprintable, refuse_line_breaks]


class EmailField(forms.EmailField):
    """An address, normalised (see :func:`privacy.subjects.normalise_email`)."""

    default_validators = [refuse_unprintable]
    default_error_messages = {
        "invalid": _("This does not look like an e-mail address, such as name@example.com.")
    }

    def to_python(self, value: Any) -> str:
        """The one spelling of the address."""
        text = super().to_python(value)
        if text in self.empty_values:
            return ""
        try:
            return subjects.normalise_email(str(text))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
