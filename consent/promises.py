"""The first floor's promises: consents, prospects, cookies."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import CharField, Exists, F, Func, OuterRef, Q, Subquery, Value
from django.utils.translation import gettext as _

from consent import prospecting
from consent.models import ConsentEvent, Prospect, Suppression, Wording
from privacy import policy, subjects
from privacy.promises import Evidence, Look, Promise, none_of

CLOSED_WITHIN = timedelta(hours=1)
SHA256 = Func(
    Func(F("text"), Value("UTF8"), function="convert_to"),
    template="encode(sha256(%(expressions)s), 'hex')",
    output_field=CharField(),
)


def promises() -> Iterator[Promise]:
    """All of them."""
    yield Promise(
        "consent.words",
        "consent",
        _("Each consent is kept with the exact words that were shown."),
        _("wordings that differ from their digest"),
        lambda _look: none_of(Wording.objects.exclude(sha256=SHA256).count()),
    )
    yield Promise(
        "consent.version",
        "consent",
        _("Each choice bears the version of the policy in force when it was made."),
        _("choices without one"),
        lambda look: none_of(ConsentEvent.objects.live(look.now).filter(policy_version="").count()),
    )
    yield Promise(
        "forms.prospects",
        "forms",
        _("Nobody is written to who did not tick the box."),
        _("addresses without a proof"),
        lambda look: none_of(_unproved(look)),
    )
    yield Promise(
        "forms.stopped",
        "forms",
        _("Nobody is written to who asked us to stop."),
        _("addresses written to nevertheless"),
        lambda look: none_of(_stopped(look)),
    )
    yield Promise(
        "cookies.lapsed",
        "cookies",
        _("No choice counts longer than it is valid."),
        _("choices past their validity"),
        lambda look: none_of(_lapsed(look)),
    )
    yield Promise(
        "cookies.listed",
        "cookies",
        _("The cookies that we use are exactly those that the policy lists."),
        _("differences"),
        _listed,
    )


def _unproved(look: Look) -> int:
    """Those whose last word was no yes, whatever became of the list of those who said stop."""
    words = ConsentEvent.objects.filter(topic=prospecting.TOPIC, email=OuterRef("email")).order_by("-id")
    prospects = Prospect.objects.live(look.now).alias(last_word=Subquery(words.values("kind")[:1]))
    no_yes = Q(last_word__isnull=True) | ~Q(last_word=ConsentEvent.Kind.GRANT)
    return int(prospects.filter(no_yes).count())


def _stopped(look: Look) -> int:
    addresses = Prospect.objects.live(look.now).values_list("email", flat=True)
    keyed = {subjects.fingerprint(email) for email in addresses.iterator()}
    return len(keyed & set(Suppression.objects.values_list("fingerprint", flat=True))) if keyed else 0


def _lapsed(look: Look) -> int:
    same = Q(receipt=OuterRef("receipt")) | Q(receipt__isnull=True, email=OuterRef("email"))
    later = ConsentEvent.objects.filter(same, topic=OuterRef("topic"), id__gt=OuterRef("id"))
    over = ConsentEvent.objects.filter(
        ~Exists(later), kind=ConsentEvent.Kind.GRANT, valid_until__lt=look.now - CLOSED_WITHIN
    )
    return int(over.count())


def _listed(look: Look) -> Evidence:
    version = policy.in_force()
    if version is None:
        return Evidence(is_kept=False, figure=0)
    return none_of(sum(found.name == "list.cookies" for found in policy.drift(version)))
