"""The letter for those who write by post, as clause 4 of the policy describes it."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from dsr.requests.mandate_models import Mandate, mandate_of
from dsr.requests.models import SubjectRequest
from dsr.rules import deadlines, proofs
from dsr.rules.rights import QUESTIONS, Right
from privacy.web import company_address, pdf


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
        "proof": _("Proof of identity"),
        "identity": _identity(request),
        # {promise: data.answered}
        "promise": _(
            "You get our answer within %(time)s of the day on which this letter reaches us. That time stops only "
            "while we wait for a proof that we had to ask for."
        )
        % {"time": deadlines.time_to_answer()},
        "signature": _("Place, date, signature"),
        "by_hand": "" if request else _("Please write in capital letters."),
    }


def _to() -> list[str]:
    reader = _("To the data controller, %(name)s") % {"name": settings.CONTROLLER["name"]}
    return [str(settings.ENTITY["name"]), reader, *company_address.lines()]


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
    """A blank letter may be for somebody else, so it names what shows that its writer may ask."""
    if mandate:
        return [str(mandate.document_label), *([_("Death certificate")] if mandate.is_of_dead else [])]
    if request:
        return []
    return [
        _("for somebody else: their written mandate"),
        _(
            "for a person who has died: the death certificate, and what shows that I am an heir or named by this person"
        ),
        _("for my child under fifteen: what shows that I am a parent"),  # {right: child}
    ]


def _identity(request: SubjectRequest | None) -> dict[str, object]:
    """By letter as online: a proof only on reasonable doubt, and then any that settles it (GDPR 12(6))."""
    is_awaited = request is not None and request.clock().is_suspended
    return {
        "words": _awaited() if is_awaited else _not_needed(),
        "accepted": proofs.accepted(),
        "not_accepted": str(proofs.NOT_ACCEPTED),
        # {promise: data.identity_destroyed}
        "destroyed": _("A copy serves this check alone and is destroyed when it is decided on."),
    }


def _not_needed() -> str:
    # {promise: data.identity_asked}
    return _(
        "No proof of identity has to be enclosed. If we have a reasonable doubt about who is writing, we tell you why, "
        "and ask for one of these, as you choose:"
    )


def _awaited() -> str:
    # {promise: data.identity_asked}
    return _("We have asked you for a proof of your identity. One of these settles it, as you choose:")
