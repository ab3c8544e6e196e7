"""Promises about consents, prospects and cookies."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import uuid4

from django.db.models import CharField, Exists, F, Func, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _

from consent.cookies import choices_cookie, registry
from consent.cookies.choices_cookie import Answer, Choices
from consent.imports.models import LEFT_OUT, LineState, ListedAddress
from consent.ledger import topics
from consent.ledger.models import ConsentEvent, Wording
from consent.mailings.models import Delivery
from consent.prospecting import spellings
from consent.prospecting.models import Prospect, Suppression, agreed_to_text_in_force
from consent.undeliverable import undeliverable
from consent.undeliverable.models import MailReturn, StoppedAddress
from consent.wording import wording
from privacy.datamap import subjects
from privacy.datamap.declarations import Purpose
from privacy.datamap.registry import holding
from privacy.policy import purpose_texts
from privacy.policy.models import PolicyVersion
from privacy.promises.about_policy import as_published
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among, none_of
from privacy.recipients.models import Transmission

Act = ConsentEvent.Act
ACTS_OF_CONSENT = (Act.ACCEPT_ALL, Act.CHOICE, Act.BOX, Act.LINK, Act.MY_DATA, Act.ACCOUNT)
ACTS_FROM_MAILBOX = (Act.LINK, Act.MY_DATA, Act.ACCOUNT)
PAGE_OF_ACCOUNT = "/account/sign-up/"
"""Until version 5 of the policy, a box ticked for an account stands as a box ticked on this page."""
CLOSED_WITHIN = timedelta(hours=1)
"""The task runs every ten minutes; an hour allows for a worker that was away."""
UNDER_WAY = timedelta(minutes=1)
"""A stop that comes while the mail server takes the message is too late for that one."""
ON_ITS_WAY = timedelta(minutes=10)
"""A message that was being handed over when its address was stopped."""
SHA256 = Func(
    Func(F("text"), Value("UTF8"), function="convert_to"),
    template="encode(sha256(%(expressions)s), 'hex')",
    output_field=CharField(),
)


def promises() -> Iterator[Promise]:
    yield from _of_consents()
    yield from _of_prospects()
    yield from _of_cookies()


def _of_consents() -> Iterator[Promise]:
    yield Promise(
        "consent.acts",
        "consent",
        _(
            "Each consent was given by an act, such as ticking a box or clicking a button, and never by silence."
        ),
        _("consents without an act"),
        lambda _look: none_among(
            ConsentEvent.objects.filter(kind=ConsentEvent.ConsentKind.GRANT), ~Q(act__in=ACTS_OF_CONSENT)
        ),
    )
    yield Promise(
        "consent.words",
        "consent",
        _("Each consent is kept with the exact words that were shown."),
        _("wordings that differ from their digest"),
        lambda _look: none_among(Wording.objects.all(), ~Q(sha256=SHA256)),
    )
    yield Promise(
        "consent.version",
        "consent",
        _("Each choice bears the version of the policy in force when it was made."),
        _("choices without one"),
        _without_version,
    )
    yield Promise(
        "updates.asked_again",
        "updates",
        _(
            "A consent counts only for the text that was agreed to: once that text changes, it counts no longer."
        ),
        _("consents to an earlier text that were acted on"),
        _outdated,
    )


def _of_prospects() -> Iterator[Promise]:
    yield Promise(
        "forms.prospects",
        "forms",
        _("Nobody is written to who did not tick the box."),
        _("addresses without a proof"),
        _unproved,
    )
    yield Promise(
        "forms.confirmed",
        "forms",
        _(
            "Nobody is written to before the owner of the mailbox has confirmed that they agree, "
            "by a link sent there or signed in."
        ),
        _("addresses that nobody confirmed"),
        _unconfirmed,
    )
    yield Promise(
        "forms.listed",
        "forms",
        _(
            "Whoever is on a list that somebody gave us gets one question by e-mail. We have the source of their "
            "address, a day and a proof that they agreed to be asked."
        ),
        _("addresses that were asked without one of these"),
        _listed_without_proof,
    )
    yield Promise(
        "forms.stopped",
        "forms",
        _("Nobody is written to who asked us to stop."),
        _("addresses written to nevertheless"),
        _stopped,
    )
    yield Promise(
        "forms.sent",
        "forms",
        _("No commercial e-mail went to anybody who had not agreed, or had asked us to stop before."),
        _("e-mails that went out without a consent"),
        _sent_without_consent,
    )
    yield Promise(
        "forms.returned",
        "forms",
        _(
            "A mailbox that refuses our mail for good gets no more commercial messages until its owner confirms"
            " anew."
        ),
        _("addresses that were not stopped, or written to nevertheless"),
        _returned,
    )


def _of_cookies() -> Iterator[Promise]:
    yield Promise(
        "cookies.lapsed",
        "cookies",
        _("No choice counts longer than it is valid."),
        _("choices past their validity"),
        _lapsed,
    )
    yield Promise(
        "cookies.listed",
        "cookies",
        _("The cookies that we use are exactly those that the policy lists."),
        _("differences"),
        lambda _look: as_published("list.cookies"),
    )


def _without_version(check_run: CheckRun) -> Evidence:
    """Nor is one that was never published."""
    published = map(str, PolicyVersion.objects.values_list("number", flat=True))
    return none_among(ConsentEvent.objects.live(check_run.now), ~Q(policy_version__in=list(published)))


def _unproved(check_run: CheckRun) -> Evidence:
    """Prospects whose last line is no yes to the company that may write to them.

    Checked on the ledger alone: the suppression list may have been lost.
    """
    words = _answers_about_mail()
    prospects = Prospect.objects.live(check_run.now).alias(
        last_word=Subquery(words.values("kind")[:1]), given_to=Subquery(words.values("entity")[:1])
    )
    no_yes = Q(last_word__isnull=True) | ~Q(last_word=ConsentEvent.ConsentKind.GRANT)
    return none_among(prospects, no_yes | ~Q(given_to=F("entity")))


def _sent_without_consent(check_run: CheckRun) -> Evidence:
    """Commercial e-mails beside the ledger alone: what was the last answer of the address when each was sent?"""
    answers = _answers_about_mail().filter(happened_at__lte=OuterRef("sent_at"))
    sent = Delivery.objects.live(check_run.now).filter(sent_at__isnull=False)
    told = sent.alias(
        answer=Subquery(answers.values("kind")[:1]),
        answered_at=Subquery(answers.values("happened_at")[:1]),
    )
    no_yes = Q(answer__isnull=True) | (
        ~Q(answer=ConsentEvent.ConsentKind.GRANT) & Q(answered_at__lte=F("sent_at") - UNDER_WAY)
    )
    return none_among(told, no_yes)


def _unconfirmed(check_run: CheckRun) -> Evidence:
    """Prospects who may be written to, whose last answer was no act of whoever has the mailbox."""
    words = _answers_about_mail()
    prospects = Prospect.objects.live(check_run.now).alias(
        last_act=Subquery(words.values("act")[:1]), on_page=Subquery(words.values("page")[:1])
    )
    may_be_written_to = prospects.filter(confirmed_at__isnull=False)
    by_account = Q(last_act=Act.BOX, on_page__endswith=PAGE_OF_ACCOUNT)
    return none_among(may_be_written_to, ~(Q(last_act__in=ACTS_FROM_MAILBOX) | by_account) | Q(last_act=None))


def _listed_without_proof(check_run: CheckRun) -> Evidence:
    """Addresses on lists whose owners were asked, or will be; each question stands in the ledger as one from a list."""
    asked = ConsentEvent.objects.askings().filter(
        record=OuterRef("asking"), email=OuterRef("email"), act=Act.IMPORT
    )
    lines = ListedAddress.objects.live(check_run.now).exclude(state__in=LEFT_OUT)
    no_proof = Q(source="") | Q(obtained_on=None) | Q(proof="")
    no_question = Q(state=LineState.ASKED) & ~Q(Exists(asked))
    return none_among(lines, no_proof | no_question)


def _answers_about_mail() -> QuerySet[ConsentEvent]:
    """Of the address of an outer query, latest first."""
    about = ConsentEvent.objects.answers().filter(topic=topics.PROSPECTING, email=OuterRef("email"))
    rows: QuerySet[ConsentEvent] = about.order_by("-id")
    return rows


def _stopped(check_run: CheckRun) -> Evidence:
    """Whether a mailbox is on the list in any of its spellings, computed anew from the address."""
    addresses = Prospect.objects.live(check_run.now).values_list("email", flat=True)
    keyed = [spellings.fingerprints(email) for email in addresses.iterator()]
    stopped = set(Suppression.objects.values_list("fingerprint", flat=True)) if keyed else set()
    return none_of(sum(not each.isdisjoint(stopped) for each in keyed), among=len(keyed))


def _returned(check_run: CheckRun) -> Evidence:
    """Prospects whose stop was forgotten, and e-mails of campaigns that left after their address was stopped."""
    prospects, sent = Prospect.objects.live(check_run.now), Delivery.objects.filter(sent_at__isnull=False)
    refused = MailReturn.objects.filter(
        kind=MailReturn.Kind.PERMANENT,
        fingerprint=OuterRef("fingerprint"),
        returned_at__gt=OuterRef("confirmed_at"),
    )
    forgotten = prospects.filter(Exists(refused), ~undeliverable.stopped())
    same = Prospect.objects.filter(email=OuterRef(OuterRef("email"))).values("fingerprint")
    stop = StoppedAddress.objects.filter(fingerprint__in=same).values("stopped_at")[:1]
    late = sent.annotate(stop=Subquery(stop)).filter(sent_at__gt=F("stop") + ON_ITS_WAY)
    return none_of(forgotten.count() + late.count(), among=prospects.count() + sent.count())


def _lapsed(check_run: CheckRun) -> Evidence:
    same = Q(receipt=OuterRef("receipt")) | Q(receipt__isnull=True, email=OuterRef("email"))
    later = ConsentEvent.objects.filter(same, topic=OuterRef("topic"), id__gt=OuterRef("id"))
    given = ConsentEvent.objects.filter(kind=ConsentEvent.ConsentKind.GRANT)
    over = given.filter(~Exists(later), valid_until__lt=check_run.now - CLOSED_WITHIN)
    return none_of(over.count(), among=given.count())


def _outdated(check_run: CheckRun) -> Evidence:
    """Addresses sent to a processor on an outdated yes, and groups of cookies that a yes to other words would open."""
    words = wording.prompt_for(registry.current()).keys
    figure = len(_sent_although_outdated(check_run)) + len(_opened_by_other_words(check_run, words))
    return none_of(figure, among=check_run.count(holding(Prospect)) + len(words))


def _sent_although_outdated(check_run: CheckRun) -> set[str]:
    """Fingerprints of prospects whose last yes is outdated, and whose data were sent since the text changed."""
    stamps = purpose_texts.stamps_with_same_text(Purpose.PROSPECTS)
    in_force = PolicyVersion.objects.filter(number__in=[int(stamp) for stamp in stamps if stamp])
    since = in_force.aggregate(at=Min("published_at"))["at"] or check_run.now
    label = Prospect._meta.label_lower
    sent = Transmission.objects.filter(holding=label, at__gte=since).values_list("about", flat=True)
    if not sent.exists():
        return set()
    earlier = ConsentEvent.objects.filter(topic=topics.PROSPECTING).exclude(policy_version__in=stamps)
    asked_before = Prospect.objects.live(check_run.now).filter(email__in=earlier.values("email"))
    outdated = asked_before.exclude(agreed_to_text_in_force()).values_list("email", flat=True)
    keyed = {subjects.fingerprint(email) for email in outdated.iterator()}
    return keyed & set(sent) if keyed else keyed


def _opened_by_other_words(check_run: CheckRun, words: Mapping[str, str]) -> frozenset[str]:
    yes = choices_cookie.decide(Answer.YES, now=check_run.now, words="other words")
    return choices_cookie.evaluate(
        Choices(uuid4(), dict.fromkeys(words, yes)),
        words=words,
        opt_out_groups=(),
        moment=check_run.now.timestamp(),
        has_gpc=False,
    ).accepted
