"""Which proofs of identity we accept where there is a reasonable doubt (GDPR 12(6)): the person chooses one."""

from django.utils.translation import gettext_lazy as _

from dsr.rules.choices import GrowingChoices


class AcceptedProof(GrowingChoices):
    """The least intrusive first. The policy, the letter to print, the mail and the page list them."""

    ANSWER = (
        "ANSWER",
        _(
            "an answer from the e-mail address, the telephone number or the postal address under which we know you"
        ),
    )
    DETAILS = (
        "DETAILS",
        _(
            "details that only you can know: a customer number, the reference of an earlier request, what you wrote to "
            "us and when"
        ),
    )
    SIGNED = "SIGNED", _("a letter that you have signed, sent from the postal address that we know")
    COPY = (
        "COPY",
        _(
            "a copy of any identity document, such as an identity card, a passport, a residence permit or a driving "
            "licence; black out what is not needed: your names and the date of expiry are enough"
        ),
    )


NOT_ACCEPTED = _(
    "Please do not send a health insurance card, a bank card, a password or a photograph of your face: we do not "
    "accept them as a proof."
)


def accepted() -> list[str]:
    """In the language of the reader."""
    return [str(each.label) for each in AcceptedProof]


def accepted_facts() -> list[str]:
    return list(AcceptedProof.values)
