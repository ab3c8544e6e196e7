"""The promises about subject requests: answered in time, by the rules, and with no more proof than is needed."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, Expression, F, OuterRef, Q
from django.db.models.functions import Coalesce, TruncDate
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext as _

from dsr.after_death.models import Instructions
from dsr.answer.models import RecipientNotification
from dsr.identity import documents
from dsr.intake.models import IncomingLetter
from dsr.messages.letter_models import SentLetter
from dsr.messages.models import Author, RequestMessage
from dsr.requests.document_models import IdentityProof
from dsr.requests.identity_models import IdentityCheck
from dsr.requests.item_models import Exemption, RequestItem
from dsr.requests.mandate_models import Capacity, Mandate
from dsr.requests.models import SubjectRequest, UnconfirmedRequest
from dsr.rules.after_death import Finding
from dsr.rules.deadlines import MONTHS_TO_ANSWER, paris_day
from dsr.rules.rights import AT_ONCE, ItemOutcome, Right
from dsr.rules.states import FINAL, RequestState
from privacy.audit import reasons
from privacy.audit.models import AuditEntry
from privacy.datamap.models import Objection
from privacy.datamap.periods import CALENDAR, Period, expires_expression
from privacy.promises.checking import CheckRun, Evidence, Promise, none_among, none_of
from privacy.rights import objection

# The messages that include `dsr/remedies.html`: the authority and the court, to which a refusal can be taken.
WITH_REMEDIES = ("request_refused", "request_answered", "request_ready")
REMINDED_WITHIN = timedelta(days=1, hours=1)  # the limit of a mailbox, and a late worker
REASON = Q(detail__why__isnull=False, detail__reason__regex=r"\S")
BLANK = r"^\s*$"


def promises() -> Iterator[Promise]:
    """All of them."""
    yield from _of_answers()
    yield from _of_identity()
    yield from _of_looks()
    yield from _of_objections()
    yield from _of_forms()
    yield Promise(
        "data.stopped",
        "data",
        _(
            "An objection to commercial messages takes effect the moment you confirm it; one to the count of your"
            " visits, in the browser in which you fill in the form, the moment you send it."
        ),
        _("objections that waited"),
        lambda _check_run: _stopped(),
    )


def _of_looks() -> Iterator[Promise]:
    yield Promise(
        "security.reasons",
        "security",
        _(
            "Nobody at the desk opens a proof of identity without a reason written down within the hour before."
        ),
        _("openings without a reason"),
        _reasons,
    )


def _of_objections() -> Iterator[Promise]:
    yield Promise(
        "data.objected",
        "data",
        _(
            "A use of your data that you objected to, and that we agreed to stop, has stopped: what was used is"
            " deleted, or only stored because it has to be kept."
        ),
        _("uses that go on, or records left without need"),
        _objected,
    )


def _of_answers() -> Iterator[Promise]:
    yield Promise(
        "data.answered",
        "data",
        _("No request to exercise a right waits for its answer past its last day."),
        _("requests past it"),
        _answered,
    )
    yield Promise(
        "data.extended",
        "data",
        _("Whoever has to wait longer for an answer was told so, and why, within the first month."),
        _("requests extended otherwise"),
        _extended,
    )
    yield Promise(
        "data.refused",
        "data",
        _("Each refusal names its ground, and where you can complain."),
        _("refusals that do not"),
        lambda _check_run: _refused(),
    )
    yield Promise(
        "data.recipients-told",
        "data",
        _("Whoever got data of yours from us is told when they are corrected, erased or restricted."),
        _("recipients not told in time"),
        _recipients_told,
    )
    yield Promise(
        "data.mandates",
        "data",
        _(
            "Nothing is done for somebody else before their mandate was checked, or the proof that takes its place for"
            " a child or a person who has died."
        ),
        _("requests answered without it"),
        _mandates,
    )
    yield Promise(
        "data.instructions",
        "data",
        _(
            "No request about a person who has died is answered before the instructions of this person were looked up."
        ),
        _("requests answered without a look at them"),
        _instructions,
    )


def _of_forms() -> Iterator[Promise]:
    yield Promise(
        "data.reminded",
        "data",
        _("Whoever has not confirmed a form is reminded of it before it is deleted."),
        _("forms that nobody was reminded of in time"),
        _reminded,
    )


def _of_identity() -> Iterator[Promise]:
    yield Promise(
        "data.identity_asked",
        "data",
        _("A proof of identity is asked for only with a written reason, by letter as online."),
        _("proofs asked for without one"),
        lambda _check_run: _identity_asked(),
    )
    yield Promise(
        "data.identity_destroyed",
        "data",
        _(
            "No copy of an identity document is kept once it was decided on, and no mandate once its request is over."
        ),
        _("copies that should be gone"),
        lambda _check_run: _destroyed(),
    )


def _identity_asked() -> Evidence:
    """Each question, on the page as in a mail or a letter, has its reason on record."""
    asked = IdentityCheck.objects.filter(asked_at__isnull=False)
    reasons = asked.filter(request=OuterRef("request"), asked_at=OuterRef("written_at"))
    checks = none_among(asked, Q(reason__regex=BLANK))
    letters = none_among(
        SentLetter.objects.filter(message="request_identity"),
        ~Q(Exists(reasons.exclude(reason__regex=BLANK))),
    )
    among = (checks.among or 0) + (letters.among or 0)
    return none_of(checks.figure + letters.figure, among=among)


def _reminded(check_run: CheckRun) -> Evidence:
    """A mailbox is told once a day at most, of all its forms."""
    rows = UnconfirmedRequest.objects.live(check_run.now).filter(is_mailed=True)
    by_then = check_run.now - REMINDED_WITHIN
    silent = rows.to_mail().filter(received_at__lte=by_then).count() + rows.to_remind(by_then).count()
    return none_of(silent, among=rows.count())


def _recipients_told(check_run: CheckRun) -> Evidence:
    recipient_notifications = RecipientNotification.objects.live(check_run.now)
    return none_of(
        recipient_notifications.due_before(paris_day(check_run.now)).count(),
        among=recipient_notifications.count(),
    )


def _mandates(check_run: CheckRun) -> Evidence:
    done = RequestItem.objects.filter(request=OuterRef("request"), done_at__isnull=False)
    answered = Q(request__state__in=(RequestState.GRANTED, RequestState.ANSWERED))
    mandates = Mandate.objects.live(check_run.now).filter(request__isnull=False)
    return none_among(mandates, Q(checked_at=None) & (answered | Q(Exists(done))))


def _instructions(check_run: CheckRun) -> Evidence:
    """Act 78-17, article 85. A note that there are none is wrong where some stood under the address."""
    of_dead = Mandate.objects.live(check_run.now).filter(request__isnull=False, capacity=Capacity.HEIR)
    answered = Q(request__state__in=(RequestState.GRANTED, RequestState.ANSWERED, RequestState.REFUSED))
    recorded = Instructions.objects.filter(
        email=OuterRef("request__email"), recorded_at__lte=OuterRef("instructions_read_at")
    )
    overlooked = Q(instructions=Finding.NONE) & Q(Exists(recorded))
    return none_among(of_dead, answered & (Q(instructions_read_at=None) | overlooked))


def _answered(check_run: CheckRun) -> Evidence:
    waiting = SubjectRequest.objects.open()
    return none_of(waiting.due_before(paris_day(check_run.now)).count(), among=waiting.count())


def _extended(check_run: CheckRun) -> Evidence:
    """GDPR article 12(3). Told is what is kept as a letter, with its reason as a message.

    By post, on the day on which it was posted.
    """
    at = {"request": OuterRef("request"), "written_at": OuterRef("written_at")}
    reasons = RequestMessage.objects.filter(**at, author=Author.CONTROLLER).exclude(text__regex=BLANK)
    letters = SentLetter.objects.filter(Exists(reasons), request=OuterRef("pk"), message="request_extended")
    mailed = letters.filter(by_post=False, written_at=OuterRef("extended_at"))
    posted = letters.filter(by_post=True, posted_on=OuterRef("extended_on"))
    extended = SubjectRequest.objects.filter(extended_at__isnull=False)
    untold = extended.annotate(extended_on=_day("extended_at")).exclude(Exists(mailed) | Exists(posted))
    month = expires_expression("received_at", Period(months=MONTHS_TO_ANSWER))
    slow = extended.filter(GreaterThan(_day("extended_at"), _day(month)))
    late = {each.pk for each in slow.prefetch_related("identity_checks") if not _is_in_time(each, check_run)}
    return none_of(len(late.union(untold.values_list("pk", flat=True))), among=extended.count())


def _day(instant: str | Expression) -> TruncDate:
    return TruncDate(instant, tzinfo=CALENDAR)


def _is_in_time(request: SubjectRequest, check_run: CheckRun) -> bool:
    """The days spent waiting for a proof of identity do not count."""
    return request.clock().is_extended(paris_day(check_run.now))


def _refused() -> Evidence:
    """In whole or in part: a right, or records kept from one."""
    told = Q(request__in=SentLetter.objects.filter(message__in=WITH_REMEDIES).values("request"))
    in_part = Q(pk__in=Exemption.objects.values("item"))
    answered = RequestItem.objects.filter(request__state__in=[RequestState.ANSWERED, RequestState.REFUSED])
    refused = answered.filter(Q(outcome=ItemOutcome.WITHHELD) | in_part)
    without_ground = Q(outcome=ItemOutcome.WITHHELD) & (Q(ground="") | Q(reason__regex=BLANK))
    return none_among(refused, without_ground | ~told)


def _destroyed() -> Evidence:
    served = ~Q(check_made__checked_at=None) | ~Q(check_made__request__state=RequestState.RECEIVED)
    proofs = none_among(IdentityProof.objects.all(), served)
    mandates = none_among(Mandate.objects.exclude(file=None), Q(request__state__in=FINAL))
    among = (proofs.among or 0) + (mandates.among or 0)
    return none_of(proofs.figure + mandates.figure, among=among)


def _objected(check_run: CheckRun) -> Evidence:
    """Each use that was to be stopped was; and nothing of it is left that no hold and no restriction keeps."""
    granted = RequestItem.objects.granted().filter(done_at__isnull=False).exclude(uses=[])
    named = {(item.request.reference, use) for item in granted.select_related("request") for use in item.uses}
    placed = set(Objection.objects.values_list("reference", "holding"))
    left = objection.left_behind(now=check_run.now)
    standing = Objection.objects.in_force().count()
    return none_of(len(named - placed) + left, among=max(len(named), standing))


def _stopped() -> Evidence:
    """Those that the software can carry out by itself.

    Somebody who asks for another has to prove it first. What came by letter may be without an address, and has no
    browser.
    """
    by_letter = Exists(IncomingLetter.objects.filter(request=OuterRef("request")))
    by_hand = Q(request__email="") | Q(right=Right.NO_NAVIGATION) & (
        Q(request__mandate__isnull=False) | by_letter
    )
    unproved = Q(request__mandate__isnull=False, request__mandate__checked_at=None)
    objections = RequestItem.objects.filter(right__in=AT_ONCE).exclude(by_hand | unproved)
    confirmed_at = Coalesce("request__mandate__checked_at", "request__confirmed_at")
    sent_at = F("request__received_at")
    late = Q(done_at__gt=confirmed_at) | Q(right=Right.NO_NAVIGATION, done_at__gt=sent_at)
    return none_among(objections, Q(done_at=None) | late)


def _reasons(_check_run: CheckRun) -> Evidence:
    given = AuditEntry.objects.filter(
        REASON,
        action=documents.REASON_GIVEN,
        actor=OuterRef("actor"),
        key=OuterRef("key"),
        at__lte=OuterRef("at"),
        at__gt=OuterRef("at") - reasons.OPEN_FOR,
    )
    return none_among(AuditEntry.objects.filter(action=documents.PROOF_OPENED), ~Q(Exists(given)))
