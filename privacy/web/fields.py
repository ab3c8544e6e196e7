"""Form fields that refuse what a name, an address or a message must not hold."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from privacy.datamap import subjects
from privacy.datamap.declarations import Category
from privacy.web import mail_domains, postcodes, telephone
from privacy.web.spam import SpamGuardedForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def validate_printable(text: str) -> None:
    """No control characters and no lone surrogates, which no database or letter can hold."""
    if any((ord(sign) < 32 and sign not in "\t\n\r") or 0xD7FF < ord(sign) < 0xE000 for sign in text):
        raise ValidationError(_("This text holds a character that cannot be stored. Please type it again."))


def validate_single_line(text: str) -> None:
    """A line break in a name could forge a mail header."""
    if len(text.splitlines()) > 1 or text != text.strip("\r\n"):
        raise ValidationError(_("Please write this on one line."))  # {information: asks the reader}


def validate_no_addresses(text: str) -> None:
    """For names that stand in a mail to whatever address was typed: nobody is to advertise in them.

    `Kumar s/o Rajan` and `St.Clair` are names.
    """
    if re.search(r"[:/\\@]|\bwww\b|\w{2,}\.\w{2,}", PARTS_OF_NAMES.sub(" ", text)):
        raise ValidationError(
            _("A name holds no address of a page or a mailbox. After a dot, please leave a space.")
        )


# "son of" and its like, and a title or shortened name before a dot.
PARTS_OF_NAMES = re.compile(
    r"\b(?:[cdsw]/o|a/[lp])\b"
    r"|\b(?:ste?|sta|mt|dr|mrs?|ms|mme|mlle|prof|pr|fr|rev|jr|sr|md|mohd|abd|ma)\.(?=\w)",
    re.IGNORECASE,
)
# {information: says what may be left out}
SINGLE_NAME = _("Leave it empty if you have a single name.")


def as_stored(category: Category, text: str) -> str:
    """What somebody typed for a field of this category, in the spelling in which we keep it.

    The fields below and corrections use it, so no page takes what another refuses. Raises `ValidationError`.
    """
    if not text.strip() or category not in SPELLINGS:
        return text
    normalise, message = SPELLINGS[category]
    try:
        return normalise(text)
    except ValueError as error:
        raise ValidationError(message, code="invalid") from error


NO_ADDRESS = _("This does not look like an e-mail address, such as name@example.com.")
SPELLINGS: "dict[Category, tuple[Callable[[str], str], StrOrPromise]]" = {
    Category.EMAIL: (subjects.normalise_email, NO_ADDRESS),
    Category.TELEPHONE: (
        telephone.normalise,
        _(
            "We could not call this number. Write it as you dial it in France, such as 05 59 00 00 00, or with its "
            "country, such as +44 20 7946 0000."
        ),
    ),
    Category.POSTCODE: (
        postcodes.normalise,
        _("This does not look like a postcode, such as 64290 or SW1A 1AA."),
    ),
}


class TextField(forms.CharField):
    """Several lines of text, safe to store and to print."""

    default_validators = [validate_printable]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, object]:
        """No ``maxlength``: browsers cut a pasted text silently, where a message beside the field loses nothing."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def to_python(self, value: object) -> str | None:
        """Line ends become ``\\n``."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if text else text


class LineField(TextField):
    """One line of text: a name, a subject."""

    default_validators = [validate_printable, validate_single_line]


class NameField(LineField):
    default_validators = [*LineField.default_validators, validate_no_addresses]


class EmailField(forms.EmailField):
    """An address, normalised (see :func:`privacy.datamap.subjects.normalise_email`)."""

    default_validators = [validate_printable]
    default_error_messages = {"invalid": NO_ADDRESS}

    def to_python(self, value: object) -> str:
        text = super().to_python(value)
        if text in self.empty_values:
            return ""
        return as_stored(Category.EMAIL, str(text))


class ReachedEmailField(EmailField):
    """An address to which we answer: one at which no mail arrives is refused now, rather than waited at."""

    default_validators = [*EmailField.default_validators, mail_domains.validate_reached]


class LastingEmailField(ReachedEmailField):
    default_validators = [*ReachedEmailField.default_validators, mail_domains.validate_lasting]


class SpelledField(LineField):
    """One line, kept in one spelling (:func:`as_stored`)."""

    category: ClassVar[Category]

    def to_python(self, value: object) -> str | None:
        text = super().to_python(value)
        return as_stored(self.category, text) if text else text


class TelephoneField(SpelledField):
    """An optional telephone number, in any country's spelling."""

    category = Category.TELEPHONE

    def __init__(self) -> None:
        super().__init__(
            label=_("Telephone"),
            required=False,
            max_length=telephone.LONGEST,
            # {information: says where we answer}
            help_text=_("Only if you would like to be called. Without it we answer by e-mail."),
            widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
        )


class PostcodeField(SpelledField):
    """An optional postcode; ``help_text`` says what it is for."""

    category = Category.POSTCODE

    def __init__(self, *, help_text: "StrOrPromise") -> None:
        super().__init__(
            label=_("Postcode"),
            required=False,
            max_length=postcodes.LONGEST,
            help_text=help_text,
            widget=forms.TextInput({"autocomplete": "postal-code"}),
        )


class PersonForm(SpamGuardedForm):
    """Who writes to us, and where we answer."""

    first_name = LineField(
        label=_("First name"),
        required=False,
        max_length=100,
        help_text=SINGLE_NAME,
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )
    surname = LineField(
        label=_("Surname"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    email = LastingEmailField(
        label=_("E-mail address"),
        help_text=_("We answer at this address."),  # {information: says where we answer}
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
