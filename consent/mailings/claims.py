"""Which e-mails a line of sending takes next, and what becomes of each: never twice, never lost.

A line claims a few at a time. Each is asked about once more right before its final dot, in the statement that writes
down that it is being handed over; that statement's COMMIT is given to PostgreSQL just before the dot is given to the
mail server. So of an e-mail that a process was killed over, the next one knows: CLAIMED, and the dot was never sent; or
IN_FLIGHT, and it was: then it is not sent again.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from psycopg2.extensions import AsIs

from consent.mailings import mailings, pace
from consent.mailings.line import Line
from consent.mailings.models import Delivery, Mailing
from consent.mailings.states import DeliveryState, MailingState
from privacy.datamap.models import Objection, Restriction
from privacy.policy.models import PolicyVersion

AT_ONCE = 50
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)
NOT_NOW_FOR = timedelta(days=4)
"""For so long a mailbox that says "not now" is asked again (RFC 5321, section 4.5.4.1: four to five days)."""
EMAIL = "the address that is asked about"

FILL = """
INSERT INTO consent_delivery (id, mailing_id, email, language, provider, state, added_at, next_try_at, tries, reply)
SELECT gen_random_uuid(), %s, chosen.email, chosen.language, split_part(chosen.email, '@', 2), 'WAITING', %s, %s, 0, ''
FROM ({rows}) AS chosen ON CONFLICT DO NOTHING
"""
# Planned once for a claim: planning costs several times as much as carrying it out.
PREPARE = """
SET plan_cache_mode = force_generic_plan; DEALLOCATE ALL;
PREPARE hand_over (uuid, text) AS
UPDATE consent_delivery AS delivery SET state = 'IN_FLIGHT'
WHERE delivery.id = $1 AND delivery.state = 'CLAIMED' AND delivery.claimed_by = %s
  AND EXISTS (SELECT FROM consent_mailing WHERE consent_mailing.id = delivery.mailing_id AND state = 'SENDING')
  AND EXISTS ({allowed}) AND ({stamp}) = %s
RETURNING 1
"""
HAND_OVER = "BEGIN; EXECUTE hand_over (%s, %s)"
# Changes with whatever `usable` and `writable` read of these tables: a row that is new, changed or gone.
STAMP = "SELECT concat_ws(' ', {})".format(
    ", ".join(
        f"(SELECT count(*) || '-' || max(xmin::text::bigint) FROM {model._meta.db_table})"  # noqa: S608
        for model in (Restriction, Objection, PolicyVersion)
    )
)
IS_RESTARTED = "SELECT pg_postmaster_start_time() > %s"
# Without waiting for the disk: what PostgreSQL forgets of it when it falls is IN_FLIGHT still, so never sent again.
SETTLE = """
BEGIN; SET LOCAL synchronous_commit = off;
UPDATE consent_delivery SET state = %s, sent_at = %s, reply = %s, next_try_at = coalesce(%s, next_try_at),
  tries = tries + %s, claimed_by = NULL WHERE id = %s;
COMMIT
"""


class Permission:
    """Whether a campaign may go to an address now, as SQL: one statement asks it, and writes down the answer.

    What `writable` reads beforehand (restrictions, objections, the policy) is in the condition as it was then; the
    stamp changes with any of it. The line keeps the last one that was made, for `hand_over`.
    """

    def __init__(self, mailing: Mailing, line: Line, *, now: datetime) -> None:
        stamp = _ask_stamp()
        self.chosen = mailings.chosen(
            entity=mailing.entity, topic=mailing.topic, languages=mailing.languages, now=now
        ).order_by()
        allowed, values = self.chosen.filter(email=EMAIL).values("pk").query.sql_with_params()
        asked = [AsIs("$2") if value == EMAIL else value for value in values]
        line.send(PREPARE.format(allowed=allowed, stamp=STAMP), [line.number, *asked, stamp])


def fill(mailing_id: int, *, now: datetime) -> int:
    """Add everybody whom the campaign is for, once: in one statement, so all or nobody. Returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        mailing = Mailing.objects.select_for_update().get(pk=mailing_id)
        if mailing.is_filled:
            return mailing.recipients
        chosen = mailings.chosen(
            entity=mailing.entity, topic=mailing.topic, languages=mailing.languages, now=now
        )
        rows, values = chosen.order_by().values("email", "language").query.sql_with_params()
        cursor.execute(FILL.format(rows=rows), [mailing.pk, now, now, *values])
        mailing.recipients, mailing.is_filled = cursor.rowcount, True
        mailing.save(update_fields=["recipients", "is_filled"])
    return mailing.recipients


def take(mailing: Mailing, permission: Permission, line: Line, *, now: datetime) -> list[Delivery]:
    """Claim the next few, as many as the pace allows, and leave out those who may not be written to any more."""
    with transaction.atomic():
        waiting = Delivery.objects.sendable(now).filter(mailing=mailing, mailing__state=MailingState.SENDING)
        open_to = waiting.exclude(provider__in=pace.exhausted(now).values("provider"))
        found = list(
            open_to.order_by("next_try_at").select_for_update(skip_locked=True, of=("self",))[:AT_ONCE]
        )
        allowed = _allowed(permission, found)
        claimed = _within_pace([each for each in found if each.pk in allowed], now)
        left_out = [each.pk for each in found if each.pk not in allowed]
        Delivery.objects.filter(pk__in=left_out).update(state=DeliveryState.SKIPPED)
        Delivery.objects.filter(pk__in=[each.pk for each in claimed]).update(
            state=DeliveryState.CLAIMED, claimed_by=line.number, claimed_at=now
        )
    return sorted(claimed, key=lambda each: each.pk)  # in this order they are sent: see `_in_doubt`


def hand_over(delivery: Delivery, line: Line) -> bool:
    """Write down that it is being handed over, if the last `Permission` still holds. Only `commit` makes it so."""
    return bool(line.ask(HAND_OVER, [delivery.pk, delivery.email]))


def commit(line: Line) -> None:
    """Give PostgreSQL the COMMIT, without waiting for it: the final dot goes out in the same instant."""
    line.send("COMMIT")


def roll_back(line: Line) -> None:
    line.send("ROLLBACK")


def sent(delivery: Delivery, line: Line, *, now: datetime) -> None:
    _settle(delivery, line, DeliveryState.SENT, at=now)


def uncertain(delivery: Delivery, line: Line) -> None:
    """The mail server had all of it and did not answer: it may have taken it."""
    _settle(delivery, line, DeliveryState.UNCERTAIN)


def lost_commit(delivery: Delivery) -> None:
    """The connection of the line broke around the final dot: over another one, say that nobody knows."""
    handed = Delivery.objects.filter(pk=delivery.pk).exclude(state=DeliveryState.SENT)
    handed.update(state=DeliveryState.UNCERTAIN, claimed_by=None)


def refused(delivery: Delivery, line: Line, *, code: int, is_final: bool, now: datetime) -> None:
    """For good, or not now: then it waits, longer each time, for four days."""
    if is_final or delivery.added_at <= now - NOT_NOW_FOR:
        _settle(delivery, line, DeliveryState.REFUSED, code=code, tries=1)
    else:
        pause = min(FIRST_PAUSE * 2 ** min(delivery.tries, 10), LONGEST_PAUSE)
        _settle(delivery, line, DeliveryState.WAITING, code=code, tries=1, next_try_at=now + pause)


def give_back(deliveries: Sequence[Delivery], line: Line) -> None:
    """Nothing was sent of these: they wait again."""
    claimed = Delivery.objects.filter(
        pk__in=[each.pk for each in deliveries], state=DeliveryState.CLAIMED, claimed_by=line.number
    )
    claimed.update(state=DeliveryState.WAITING, claimed_by=None)


def skip(delivery: Delivery, line: Line) -> None:
    _settle(delivery, line, DeliveryState.SKIPPED)


def left_on() -> set[int]:
    """The numbers of the lines on which something is claimed, by a process at work or by one that was cut off."""
    claimed = Delivery.objects.filter(state__in=(DeliveryState.CLAIMED, DeliveryState.IN_FLIGHT))
    return set(claimed.order_by().values_list("claimed_by", flat=True).distinct())


def take_over(line: Line) -> None:
    """What a process left behind that was cut off while it had this line."""
    with transaction.atomic():
        left = Delivery.objects.select_for_update().filter(claimed_by=line.number)
        in_doubt = left.filter(Q(state=DeliveryState.IN_FLIGHT) | Q(pk__in=_in_doubt(left)))
        in_doubt.update(state=DeliveryState.UNCERTAIN, claimed_by=None)
        left.filter(state=DeliveryState.CLAIMED).update(state=DeliveryState.WAITING, claimed_by=None)


def _allowed(permission: Permission, deliveries: Sequence[Delivery]) -> set[Any]:
    found = Delivery.objects.filter(pk__in=[each.pk for each in deliveries])
    allowed = found.filter(Exists(permission.chosen.filter(email=OuterRef("email"))))
    return set(allowed.values_list("pk", flat=True))


def _within_pace(deliveries: Sequence[Delivery], now: datetime) -> list[Delivery]:
    left = pace.take(Counter(each.provider for each in deliveries), now=now) if deliveries else {}
    granted = []
    for each in deliveries:
        if left[each.provider]:
            left[each.provider] -= 1
            granted.append(each)
    return granted


def _in_doubt(left: QuerySet[Delivery]) -> list[Any]:
    """What was claimed before PostgreSQL itself fell: the COMMIT of the next one in turn may be lost, and its dot sent.

    The others of the claim had not begun: each waits until the database has written down the one before it.
    """
    claimed = left.filter(state=DeliveryState.CLAIMED).order_by("pk").first()
    if claimed is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(IS_RESTARTED, [claimed.claimed_at])
        (is_restarted,) = cursor.fetchone()
    return [claimed.pk] if is_restarted else []


def _ask_stamp() -> str:
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        (stamp,) = cursor.fetchone()
    return str(stamp)


def _settle(
    delivery: Delivery, line: Line, state: DeliveryState, *, at: datetime | None = None, code: int = 0,
    tries: int = 0, next_try_at: datetime | None = None,
) -> None:  # fmt: skip
    """Without waiting for it: the next statement does. Until it is done the e-mail is in flight, so not sent again."""
    line.send(SETTLE, [state, at, str(code or ""), next_try_at, tries, delivery.pk])
