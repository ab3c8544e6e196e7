"""The rights that are served here, in the words of the people who ask and of the law."""

from collections.abc import Collection

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
    """Why something may be refused, with the article that allows it. :data:`GROUNDS` says for which right."""

    NOT_IDENTIFIED = "NOT_IDENTIFIED", _("we cannot establish that the data are yours (GDPR, article 12(2))")
    NO_MANDATE = "NO_MANDATE", _("it is not shown that you may ask for this person (GDPR, article 12(6))")
    UNFOUNDED = "UNFOUNDED", _("the request is manifestly unfounded (GDPR, article 12(5))")
    EXCESSIVE = "EXCESSIVE", _("the request is excessive, being repeated (GDPR, article 12(5))")
    OTHERS = "OTHERS", _("it would harm the rights of other people (GDPR, article 15(4))")
    ACCURATE = "ACCURATE", _("the data are accurate and complete (GDPR, article 16)")
    STILL_NEEDED = "STILL_NEEDED", _("no reason to erase them applies (GDPR, article 17(1))")
    EXPRESSION = (
        "EXPRESSION",
        _("they serve the freedom of expression and information (GDPR, article 17(3)(a))"),
    )
    LEGAL_DUTY = "LEGAL_DUTY", _("the law obliges us to keep them (GDPR, article 17(3)(b))")
    PUBLIC_HEALTH = "PUBLIC_HEALTH", _("they are needed for public health (GDPR, article 17(3)(c))")
    ARCHIVES = (
        "ARCHIVES",
        _("they are needed for public archives, research or statistics (GDPR, article 17(3)(d))"),
    )
    CLAIMS = "CLAIMS", _("they are needed for legal claims (GDPR, article 17(3)(e))")
    NOT_RESTRICTABLE = "NOT_RESTRICTABLE", _("none of the four cases of GDPR, article 18(1), is given")
    NOT_PORTABLE = "NOT_PORTABLE", _("they rest neither on consent nor on a contract (GDPR, article 20(1))")
    INSTRUCTIONS = (
        "INSTRUCTIONS",
        _("the instructions of the person who has died exclude it (act 78-17, article 85)"),
    )
    NOT_FOR_ESTATE = "NOT_FOR_ESTATE", _("settling the estate does not need it (act 78-17, article 85)")
    PUBLIC_TASK = "PUBLIC_TASK", _("they serve a task in the public interest (GDPR, article 20(3))")
    OTHERS_PORTABLE = (
        "OTHERS_PORTABLE",
        _("it would harm the rights of other people (GDPR, article 20(4))"),
    )
    NOT_OBJECTABLE = (
        "NOT_OBJECTABLE",
        _("this use rests neither on our legitimate interest nor on a public task (GDPR, article 21(1))"),
    )
    COMPELLING = "COMPELLING", _("compelling legitimate grounds prevail (GDPR, article 21(1))")
    USED_FOR_CLAIMS = "USED_FOR_CLAIMS", _("this use is needed for legal claims (GDPR, article 21(1))")


# The law knows these with each right.
ANY_RIGHT = (RefusalGround.NOT_IDENTIFIED, RefusalGround.UNFOUNDED, RefusalGround.EXCESSIVE)
# And these with one right alone. Commercial messages and the recording of visits are stopped without any weighing,
# so there is none for them (GDPR 21(2) and 21(3), and what the policy promises).
GROUNDS: dict[Right, tuple[RefusalGround, ...]] = {
    Right.ACCESS: (RefusalGround.OTHERS,),
    Right.PORTABILITY: (
        RefusalGround.NOT_PORTABLE,
        RefusalGround.PUBLIC_TASK,
        RefusalGround.OTHERS_PORTABLE,
    ),
    Right.RECTIFICATION: (RefusalGround.ACCURATE,),
    Right.ERASURE: (
        RefusalGround.STILL_NEEDED,
        RefusalGround.EXPRESSION,
        RefusalGround.LEGAL_DUTY,
        RefusalGround.PUBLIC_HEALTH,
        RefusalGround.ARCHIVES,
        RefusalGround.CLAIMS,
    ),
    Right.RESTRICTION: (RefusalGround.NOT_RESTRICTABLE,),
    Right.NO_PROSPECTING: (),
    Right.NO_NAVIGATION: (),
    Right.OBJECTION: (
        RefusalGround.NOT_OBJECTABLE,
        RefusalGround.COMPELLING,
        RefusalGround.USED_FOR_CLAIMS,
    ),
}


class UnfitGroundError(ValueError):
    """The law does not know this ground of refusal for this right."""


def _of_the_dead(rights: Collection[str]) -> list[RefusalGround]:
    """Besides, where an heir asks (act 78-17, article 85): the estate limits what they see, not what they have stopped
    or corrected; and instructions hold commercial messages off from nobody.
    """
    found = [] if AT_ONCE & set(rights) else [RefusalGround.INSTRUCTIONS]
    return [*found, RefusalGround.NOT_FOR_ESTATE] if set(rights) == {Right.ACCESS} else found


def grounds_of(
    rights: Collection[str], *, is_mandated: bool, is_of_dead: bool = False
) -> list[RefusalGround]:
    """On which all of ``rights`` can be refused. A mandate can be missing only where somebody asks for another."""
    known = [GROUNDS[Right(each)] for each in rights]
    shared = [*ANY_RIGHT, *([RefusalGround.NO_MANDATE] if is_mandated else [])]
    own = [ground for ground in RefusalGround if known and all(ground in grounds for grounds in known)]
    return [*shared, *own, *(_of_the_dead(rights) if is_of_dead else ())]


# In the words of the public form.
QUESTIONS = {
    Right.ACCESS: _("see what you hold about me"),
    Right.RECTIFICATION: _("have something corrected"),
    Right.ERASURE: _("have my data erased"),
    Right.NO_PROSPECTING: _("get no more commercial messages (done at once)"),
    Right.NO_NAVIGATION: _("have my visits with this browser no longer recorded (done at once)"),
    Right.OBJECTION: _("object to another use of my data, for reasons of my own"),
    Right.RESTRICTION: _("pause the use of my data (restriction)"),
    Right.PORTABILITY: _("get what I gave you in a reusable file, to take it elsewhere (portability)"),
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
# Carried out by the answer too, but only once it was decided which use is stopped.
NEEDS_USES = frozenset({Right.OBJECTION})
# A part of these can be withheld while the rest is granted.
WITHHOLDABLE_IN_PART = frozenset({Right.ACCESS, Right.PORTABILITY, Right.ERASURE})
