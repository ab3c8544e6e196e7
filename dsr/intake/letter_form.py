"""The letter for those who write by post, as clause 4 of the policy describes it."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from dsr.requests.mandate_models import Mandate, mandate_of
from dsr.requests.models import SubjectRequest
from dsr.rules import deadlines
from dsr.rules.rights import QUESTIONS, Right
from privacy.web import pdf


def letter(language: str, request: SubjectRequest | None = None) -> bytes:
    """A tagged PDF: blank, or filled in for an existing ``request``."""
    with translation.override(language):
        return pdf.render("dsr/intake/letter", _facts(language, request))


def _facts(language: str, request: SubjectRequest | None) -> dict[str, object]:
    mandate = mandate_of(request) if request else None
    return {
        "language": language,
        "title": _("Request about my personal data"),
        "to": _to(),
        "reference": _("Reference: %(reference)s") % {"reference": request.reference} if request else "",
        "opening": _("I exercise my rights under articles 15 to 21 of the GDPR. I would like to:"),
        "rights": _rights(request),
        "ticked": _("ticked"),
        "details_label": _("In particular:"),
        "details": request.details if request else "",
        "who": _("Who I am"),
        "fields": _fields(request, mandate),
        "enclose": _("What I enclose"),
        "enclosures": _enclosures(request, mandate),
        # {promise: data.identity_destroyed, data.answered}
        "promise": _(
            "The copy serves this check alone and is destroyed at the decision. The answer comes within %(time)s of "
            "the receipt of this letter; while a needed proof is awaited the delay stands still."
        )
        % {"time": deadlines.time_to_answer()},
        "signature": _("Place, date, signature"),
        "by_hand": "" if request else _("Please write in capital letters."),
    }


def _to() -> list[str]:
    entity = settings.ENTITY
    lines = [
        str(entity["name"]),
        _("To the data controller, %(name)s") % {"name": settings.CONTROLLER["name"]},
        str(entity["street"]),
        f"{entity['postcode']} {entity['town']}",
        str(entity["country"]),
    ]
    return [line for line in lines if line]


def _rights(request: SubjectRequest | None) -> list[dict[str, object]]:
    requested = set(request.rights) if request else set()
    return [
        {"words": str(words), "ticked": right in requested}
        for right, words in QUESTIONS.items()
        if right != Right.NO_NAVIGATION  # a browser writes no letters
    ]


def _fields(request: SubjectRequest | None, mandate: Mandate | None) -> list[dict[str, object]]:
    found: list[dict[str, object]] = [
        {"label": _("Surname"), "value": request.surname if request else ""},
        {"label": _("First name"), "value": request.first_name if request else ""},
        {"label": _("E-mail address"), "value": request.email if request else ""},
        {"label": _("Postal address"), "value": request.postal_address if request else "", "is_long": True},
    ]
    if mandate:
        found.append({"label": _("Asked for them by"), "value": mandate.representative.full_name()})
    return found


def _enclosures(request: SubjectRequest | None, mandate: Mandate | None) -> list[str]:
    """A blank letter may be for somebody else, so it names the mandate."""
    found = [
        _(
            "a copy of a valid identity card or passport, with whatever is not needed to recognise me struck out"
        )
    ]
    if mandate or request is None:
        found.append(_("for somebody else: their written mandate"))
    return found
