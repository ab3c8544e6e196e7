"""Telling a person that their data were disclosed: now, later, or not, with the reason (clause 7 of the policy).

A notice is a message of the outbox, or a letter to be posted. It counts as told once the mail has left or the letter
is in the post. Restriction, erasure and unsubscription do not stop it: it is no commercial mail, and rests on the law.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from privacy.audit import trail
from privacy.datamap.subjects import fingerprint
from privacy.mail import letters, outbox, rendering
from privacy.mail.models import Mail
from privacy.mail.rendering import RenderedMessage
from privacy.recipients.models import Disclosure
from privacy.recipients.notice_models import DisclosureNotice, Means, Way
from privacy.web import locks, signed_links

TO_TELL = timedelta(
    days=7
)  # from the day on which nothing forbids it: time to post a letter, or find an address
AHEAD = timedelta(days=7)  # before the date of the law: time to ask whether it still forbids
OBJECTION_EXISTS = (Disclosure.Ground.TERMS, Disclosure.Ground.PROTECTION, Disclosure.Ground.CLAIM)


class AlreadyToldError(Exception):
    """The person knows: nothing is sent twice, and nothing can be postponed."""


class NotPostedError(Exception):
    """There is no letter that waits for the post."""


class PostingDateError(ValueError):
    """A letter is not posted before it is written, nor in the future."""


class NotToldError(Exception):
    """What did not arrive was never sent."""


class OtherPersonError(ValueError):
    """The address is not the one of the person whose data were disclosed."""


@dataclass(frozen=True)
class Addressee:
    """The person: an e-mail address (normalised), or a name with the postal address, as far as they are known."""

    email: str = ""
    name: str = ""
    postal_address: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.email or self.name)

    @property
    def means(self) -> Means:
        return Means.EMAIL if self.email else Means.LETTER

    def pseudonym(self) -> str:
        if self.email:
            return fingerprint(self.email)
        words = f"{self.name} {self.postal_address}".casefold().split()
        return fingerprint(f"post:{' '.join(words)}")

    def __str__(self) -> str:
        return self.email or ", ".join([self.name, *self.postal_address.splitlines()])


@dataclass(frozen=True)
class NoticePlan:
    """What was decided. `until` goes with later; `silence` (the ground) and `reason` with later and not."""

    way: Way
    language: str
    explanation: str = ""
    until: date | None = None
    silence: str = ""
    reason: str = ""

    def due_on(self, today: date) -> date | None:
        return {Way.NOW: today + TO_TELL, Way.LATER: (self.until or today) + TO_TELL}.get(self.way)


def begin(disclosure: Disclosure, *, whom: Addressee, plan: NoticePlan, now: datetime) -> None:
    """Call it in the transaction that enters `disclosure`."""
    _carry_out(DisclosureNotice(disclosure=disclosure), whom, plan, now)


def decide(
    disclosure_id: int, *, whom: Addressee, plan: NoticePlan, is_same_person: bool = False, now: datetime
) -> None:
    """Decide anew on a disclosure that waits, or was entered before this was asked.

    An address other than the one that was entered needs `is_same_person`. Raises :class:`AlreadyToldError` and
    :class:`OtherPersonError`.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locks.DISCLOSURES])
        disclosure = Disclosure.objects.get(pk=disclosure_id)
        notice = _locked(disclosure) or DisclosureNotice(disclosure=disclosure)
        if notice.is_told or not _is_withdrawn(notice):
            raise AlreadyToldError
        if whom.is_known and whom.pseudonym() != disclosure.about and not is_same_person:
            raise OtherPersonError
        _carry_out(notice, whom, plan, now)


def mark_posted(disclosure_id: int, *, day: date, now: datetime) -> None:
    """The letter was put in the post on `day`. Raises :class:`NotPostedError`, :class:`PostingDateError`."""
    with transaction.atomic():
        notice = DisclosureNotice.objects.select_for_update().filter(disclosure=disclosure_id).first()
        if notice is None or not notice.waits_for_post:
            raise NotPostedError
        if not timezone.localdate(notice.decided_at) <= day <= timezone.localdate(now):
            raise PostingDateError
        noon = datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone())
        _tell(notice, min(noon, now), now)


def came_back(disclosure_id: int, *, now: datetime) -> None:
    """What was sent did not arrive: the person is to be told after all. Raises :class:`NotToldError`."""
    with transaction.atomic():
        notice = DisclosureNotice.objects.select_for_update().filter(disclosure=disclosure_id).first()
        if notice is None or not notice.is_told:
            raise NotToldError
        notice.reopen(due_on=timezone.localdate(now) + TO_TELL)
        _record("came_back", notice.disclosure, now)


def note_departures(*, now: datetime) -> int:
    """Note who was told, since their mail has left. Returns how many."""
    with transaction.atomic():
        waiting = DisclosureNotice.objects.waiting().exclude(mail=None)
        notices = {each.mail: each for each in waiting.select_for_update(of=("self",), skip_locked=True)}
        left = Mail.objects.filter(pk__in=notices, sent_at__isnull=False).values_list("pk", "sent_at")
        for mail, sent_at in left:
            _tell(notices[mail], sent_at, now)
        return len(left)


def remind(*, now: datetime) -> int:
    """One message to the controller about what may soon be told, may be told now, or is late. Returns of how many."""
    today = timezone.localdate(now)
    with transaction.atomic():
        waiting = DisclosureNotice.objects.live(now).waiting().select_related("disclosure")
        rows = waiting.select_for_update(of=("self",), skip_locked=True)
        found = [each for each in rows if _is_reminder_due(each, today)]
        if found:
            _mail_controller(found, today, now)
            DisclosureNotice.objects.filter(pk__in=[each.pk for each in found]).update(reminded_on=today)
    return len(found)


def render(
    disclosure: Disclosure, *, language: str, explanation: str, is_letter: bool = False
) -> RenderedMessage:
    """The notice as it leaves, also before `disclosure` is saved."""
    facts = {**_facts(disclosure, explanation), "is_letter": is_letter}
    return rendering.render("disclosure", facts, language=language)


def letter(notice: DisclosureNotice, *, now: datetime) -> bytes:
    """The PDF to print and post."""
    with translation.override(notice.language):
        reference = gettext("disclosure no. %(number)s") % {"number": notice.disclosure_id}
    message = render(
        notice.disclosure, language=notice.language, explanation=notice.explanation, is_letter=True
    )
    return letters.render(
        message,
        to=notice.address_lines(),
        reference=reference,
        language=notice.language,
        today=timezone.localdate(now),
    )


def _locked(disclosure: Disclosure) -> DisclosureNotice | None:
    found: DisclosureNotice | None = (
        DisclosureNotice.objects.select_for_update().filter(disclosure=disclosure).first()
    )
    return found


def _is_withdrawn(notice: DisclosureNotice) -> bool:
    """Whether no mail can leave any more. One that is just leaving is waited for."""
    mail = Mail.objects.select_for_update().filter(pk=notice.mail).first() if notice.mail else None
    if mail is None:
        return True
    if mail.sent_at is None:
        mail.delete()
    return mail.sent_at is None


def _carry_out(notice: DisclosureNotice, whom: Addressee, plan: NoticePlan, now: datetime) -> None:
    notice.way, notice.language, notice.explanation = plan.way, plan.language, plan.explanation
    notice.due_on, notice.mail, notice.means = plan.due_on(timezone.localdate(now)), None, ""
    notice.decided_at, notice.decided_by, notice.reminded_on = now, trail.actor(), None
    if plan.way != Way.NOW:  # a reason of before stays on record when the person is told at last
        notice.until, notice.silence, notice.reason = plan.until, plan.silence, plan.reason
    is_needed = plan.way != Way.NOT
    notice.email = whom.email if is_needed else ""
    notice.name = whom.name if is_needed and not whom.email else ""
    notice.postal_address = whom.postal_address if is_needed and not whom.email else ""
    if plan.way == Way.NOW:
        _send(notice, whom, now)
    notice.save()
    _record(ACTIONS[plan.way], notice.disclosure, now, ground=plan.silence)


ACTIONS = {Way.NOW: "notice_made", Way.LATER: "postponed", Way.NOT: "not_informed"}


def _send(notice: DisclosureNotice, whom: Addressee, now: datetime) -> None:
    notice.means = whom.means
    if whom.email:
        facts = _facts(notice.disclosure, notice.explanation)
        notice.mail = outbox.send(
            "disclosure", to=whom.email, language=notice.language, context=facts, now=now
        ).pk


def _tell(notice: DisclosureNotice, at: datetime, now: datetime) -> None:
    notice.mark_told(at)
    _record("informed", notice.disclosure, now)


def _record(action: str, disclosure: Disclosure, now: datetime, **detail: str) -> None:
    trail.record(
        f"privacy.disclosure.{action}",
        now=now,
        obj=disclosure,
        about=disclosure.about,
        detail={name: value for name, value in detail.items() if value},
    )


def _facts(disclosure: Disclosure, explanation: str) -> dict[str, object]:
    ground = disclosure.ground
    return {
        "disclosure": disclosure,
        "explanation": explanation,
        "may_object": ground in OBJECTION_EXISTS,
        "may_withdraw": ground == Disclosure.Ground.AUTHORISED,
    }


def _is_reminder_due(notice: DisclosureNotice, today: date) -> bool:
    stage = _stage(notice, today)
    return stage is not None and (notice.reminded_on is None or notice.reminded_on < stage)


def _stage(notice: DisclosureNotice, today: date) -> date | None:
    """Since when the controller should know what stands now; each day anew of what is late."""
    stages = [today] if notice.due_on and notice.due_on < today else []
    if notice.way == Way.LATER and notice.until:
        stages += [notice.until + timedelta(days=1), notice.until - AHEAD]
    return max((day for day in stages if day <= today), default=None)


def _mail_controller(notices: Iterable[DisclosureNotice], today: date, now: datetime) -> None:
    """Without any name: neither of the person nor of whom the data were given to."""
    controller = settings.CONTROLLER
    with translation.override(controller["language"]):
        link = signed_links.absolute(reverse("admin:privacy_disclosure_changelist"))
    lines = [(each, each.is_secret(today)) for each in notices]
    facts = {"lines": lines, "link": f"{link}?told=waiting", "today": today}
    outbox.send(
        "disclosures_to_tell",
        to=controller["email"],
        language=controller["language"],
        context=facts,
        now=now,
    )
