"""The rights that are served here, in the words of the people who ask and of the law."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dsr.rules.choices import GrowingChoices


class Right(TextChoices):
    """In the words of mails and pages."""

    ACCESS = "ACCESS", _("Access to my data")
    PORTABILITY = "PORTABILITY", _("My data to take elsewhere")
    RECTIFICATION = "RECTIFICATION", _("Correction of my data")
    ERASURE = "ERASURE", _("Erasure of my data")
    RESTRICTION = "RESTRICTION", _("Restriction of the use of my data")
    NO_PROSPECTING = "NO_PROSPECTING", _("No more commercial messages")
    NO_NAVIGATION = "NO_NAVIGATION", _("No more recording of my visits")
    OBJECTION = "OBJECTION", _("Objection to a use of my data")


class ItemOutcome(TextChoices):
    """What becomes of one right, in words that the person reads."""

    SATISFIED = "SATISFIED", _("granted")
    WITHHELD = "WITHHELD", _("not granted")
    NOTHING = "NOTHING", _("nothing is held")


class RefusalGround(GrowingChoices):
    """Why something may be refused, with the article that allows it."""

    NOT_IDENTIFIED = "NOT_IDENTIFIED", _("we cannot establish that the data are yours (GDPR, article 12(2))")
    NO_MANDATE = "NO_MANDATE", _("it is not shown that you may ask for this person (GDPR, article 12(6))")
    UNFOUNDED = "UNFOUNDED", _("the request is manifestly unfounded (GDPR, article 12(5))")
    EXCESSIVE = "EXCESSIVE", _("the request is excessive, being repeated (GDPR, article 12(5))")
    OTHERS = "OTHERS", _("it would harm the rights of other people (GDPR, article 15(4))")
    ACCURATE = "ACCURATE", _("the data are accurate as they stand (GDPR, article 16)")
    LEGAL_DUTY = "LEGAL_DUTY", _("the law obliges us to keep them (GDPR, article 17(3)(b))")
    CLAIMS = "CLAIMS", _("they are needed for legal claims (GDPR, article 17(3)(e))")
    STILL_NEEDED = "STILL_NEEDED", _("they are still needed for their purpose (GDPR, article 17(1))")
    NOT_RESTRICTABLE = "NOT_RESTRICTABLE", _("none of the four cases of GDPR, article 18(1), is given")
    NOT_PORTABLE = "NOT_PORTABLE", _("they rest neither on consent nor on a contract (GDPR, article 20(1))")
    INSTRUCTIONS = (
        "INSTRUCTIONS",
        _("the instructions of the person who has died exclude it (act 78-17, article 85)"),
    )
    NOT_FOR_ESTATE = "NOT_FOR_ESTATE", _("settling the estate does not need it (act 78-17, article 85)")
    COMPELLING = "COMPELLING", _("compelling legitimate grounds prevail (GDPR, article 21(1))")


# In the words of the public form.
QUESTIONS = {
    Right.ACCESS: _("see what you hold about me"),
    Right.RECTIFICATION: _("have something corrected"),
    Right.ERASURE: _("have my data erased"),
    Right.NO_PROSPECTING: _("get no more commercial messages (done at once)"),
    Right.NO_NAVIGATION: _("have my visits with this browser no longer recorded (done at once)"),
    Right.OBJECTION: _("object to another use of my data, for reasons of my own"),
    Right.RESTRICTION: _("have my data kept, but not used for the time being"),
    Right.PORTABILITY: _("take what I gave you to somebody else"),
}
# In the words of the law, for the desk.
IN_LAW = {
    Right.ACCESS: _("Access (GDPR, article 15)"),
    Right.PORTABILITY: _("Portability (GDPR, article 20)"),
    Right.RECTIFICATION: _("Rectification (GDPR, article 16)"),
    Right.ERASURE: _("Erasure (GDPR, article 17)"),
    Right.RESTRICTION: _("Restriction (GDPR, article 18)"),
    Right.NO_PROSPECTING: _("Objection to prospecting (GDPR, article 21(2))"),
    Right.NO_NAVIGATION: _("Objection to the recording of visits (GDPR, article 21(1))"),
    Right.OBJECTION: _("Objection on grounds (GDPR, article 21(1))"),
}
# Objections that need no weighing (GDPR 21(2), and to recording): that to recording is carried out when the form is
# sent, in the browser that sends it; the other one when the address is confirmed.
AT_ONCE = frozenset({Right.NO_PROSPECTING, Right.NO_NAVIGATION})
# Cannot be served without details from the person.
NEEDS_WORDS = frozenset({Right.RECTIFICATION, Right.RESTRICTION, Right.OBJECTION})
# Answered with a package.
PACKAGED = frozenset({Right.ACCESS, Right.PORTABILITY})
# Carried out by the answer itself: while undecided, these count as granted when the request is granted.
BY_GRANT = frozenset({Right.ACCESS, Right.PORTABILITY, Right.RESTRICTION, Right.ERASURE})
# A part of these can be withheld while the rest is granted.
WITHHOLDABLE_IN_PART = frozenset({Right.ACCESS, Right.PORTABILITY, Right.ERASURE})
