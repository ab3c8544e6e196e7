"""Notifications of new versions: subscribers receive one message for each (clause 12 of the policy).

An address typed on the page is only a request until its owner confirms from the mailbox. Each message has a link to
unsubscribe, also for mail programs (RFC 8058). Opening a link never acts, pressing a button does.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import translation

from privacy.audit import trail
from privacy.companies.collecting import CollectionFacts
from privacy.datamap import subjects
from privacy.datamap.subjects import Subject
from privacy.datamap.usable import usable
from privacy.journal import entries
from privacy.journal.entries import JournalEntry
from privacy.mail import outbox
from privacy.policy import publishing
from privacy.policy.models import PolicyVersion
from privacy.subscriptions.models import (
    SUBSCRIPTION_KEEP,
    UNCONFIRMED_KEEP,
    Subscription,
    SubscriptionRequest,
)
from privacy.web import signed_links
from privacy.web.rate_limits import RateLimit

CONFIRM, UNSUBSCRIBE = "subscription-confirm", "subscription-unsubscribe"
# The limit by network is shown; the one by mailbox is not, or it would reveal who has subscribed before.
CLIENT_LIMIT = RateLimit("privacy.subscription.client", 20, timedelta(hours=1))
MAILBOX_LIMIT = RateLimit("privacy.subscription.mailbox", 3, timedelta(hours=1))


class SubscriptionRequestGoneError(Exception):
    """The request was confirmed before, or has expired."""


def request(*, email: str, language: str, collection: CollectionFacts, now: datetime) -> None:
    """Mail the link to confirm, to a known address as to an unknown one. `email` is normalised.

    Over the limit by mailbox nothing is sent now: the earlier link is still valid, or :func:`mail_waiting` sends one.
    """
    facts = {"language": language, "requested_at": now, **collection.columns()}
    with transaction.atomic():
        if not MAILBOX_LIMIT.take(email, now=now):
            SubscriptionRequest.objects.get_or_create(email=email, defaults=facts)
            return
        subscription_request, _is_new = SubscriptionRequest.objects.update_or_create(
            email=email, defaults=facts
        )
        _mail_confirmation(subscription_request, now)
        _record("privacy.subscription.requested", subscription_request, now)


def mail_waiting(*, now: datetime) -> int:
    """Mail the links that waited for the limit of their mailbox. Returns how many."""
    sent = 0
    with transaction.atomic():
        rows = SubscriptionRequest.objects.live(now).select_for_update(skip_locked=True)
        for subscription_request in rows.filter(link_sent_at=None):
            if MAILBOX_LIMIT.take(subscription_request.email, now=now):
                _mail_confirmation(subscription_request, now)
                _record("privacy.subscription.requested", subscription_request, now)
                sent += 1
    return sent


def find_request(token: str, *, now: datetime) -> SubscriptionRequest:
    """The request behind a mailed link. Raises `BadLinkError` or `SubscriptionRequestGoneError`."""
    key = UUID(signed_links.read(CONFIRM, token, now=now))
    found: SubscriptionRequest | None = SubscriptionRequest.objects.live(now).filter(pk=key).first()
    if found is None:
        raise SubscriptionRequestGoneError
    return found


def confirm(token: str, *, now: datetime) -> Subscription:
    """The owner of the mailbox confirmed: notify them from the next version on. Raises as `find_request` does."""
    with transaction.atomic():
        request = SubscriptionRequest.objects.select_for_update().get(pk=find_request(token, now=now).pk)
        version = publishing.in_force()
        facts = {
            "language": request.language,
            "confirmed_at": now,
            "entity": request.entity,
            "policy_version": request.policy_version,
        }
        subscription, _is_new = Subscription.objects.update_or_create(
            email=request.email,
            defaults=facts,
            create_defaults={**facts, "notified_version": version.number if version else 0},
        )
        request.delete()
        _record("privacy.subscription.confirmed", subscription, now)
    return subscription


def unsubscribe(token: str, *, now: datetime) -> None:
    """Raises `signed_links.BadLinkError`. A second time changes nothing."""
    key = UUID(signed_links.read(UNSUBSCRIBE, token, now=now))
    with transaction.atomic():
        for subscription in Subscription.objects.select_for_update().filter(pk=key):
            _unsubscribe(subscription, now)
            who = [subjects.fingerprint(subscription.email)]
            entries.note("privacy.subscription.cancelled", who, now=now)


def replay_unsubscribe(entry: JournalEntry, subject: Subject, *, now: datetime) -> int:
    """Unsubscribe again after a restore. Returns how many rows were deleted."""
    with transaction.atomic():
        found = list(Subscription.objects.select_for_update().filter(email__in=subject.emails))
        for subscription in found:
            _unsubscribe(subscription, now)
    return len(found)


def notify(*, now: datetime, limit: int = 500) -> int:
    """Mail those who do not know the version in force yet, in one transaction each. Returns how many."""
    version = publishing.in_force()
    told = 0
    while version is not None and told < limit and _notify_next(version, now):
        told += 1
    return told


def _unsubscribe(subscription: Subscription, now: datetime) -> None:
    _record("privacy.subscription.cancelled", subscription, now)
    subscription.delete()


def _notify_next(version: PolicyVersion, now: datetime) -> bool:
    with transaction.atomic():
        waiting = (
            usable(Subscription.objects.all(), now)
            .filter(notified_version__lt=version.number)
            .order_by("confirmed_at")
        )
        subscription = waiting.select_for_update(skip_locked=True).first()
        if subscription is None:
            return False
        _mail_news(subscription, version, now)
        subscription.notified_version = version.number
        subscription.save(update_fields=["notified_version"])
    return True


def _mail_confirmation(subscription_request: SubscriptionRequest, now: datetime) -> None:
    until = UNCONFIRMED_KEEP.after(now)
    token = signed_links.sign(CONFIRM, str(subscription_request.pk), until=until)
    facts = {
        "link": _address("subscription-confirm-link", subscription_request.language, token),
        "until": until,
    }
    subscription_request.link_sent_at = now
    subscription_request.save(update_fields=["link_sent_at"])
    outbox.send(
        "subscription_confirm",
        to=subscription_request.email,
        language=subscription_request.language,
        context=facts,
        now=now,
    )


def _mail_news(subscription: Subscription, version: PolicyVersion, now: datetime) -> None:
    language = subscription.language
    until = SUBSCRIPTION_KEEP.after(max(now, subscription.confirmed_at))
    token = signed_links.sign(UNSUBSCRIBE, str(subscription.pk), until=until)
    stop_link = _address("subscription-unsubscribe", language, token)
    facts: dict[str, object] = {
        "version": version,
        "changed": _changed(version, language),
        "link": _address("changes", language, version.number),
        "stop_link": stop_link,
    }
    headers = {"List-Unsubscribe": f"<{stop_link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    outbox.send(
        "policy_news", to=subscription.email, language=language, context=facts, now=now, headers=headers
    )


def _changed(version: PolicyVersion, language: str) -> list[str]:
    older = publishing.previous(version)
    found = publishing.compare(older, version, language) if older else []
    return [change.name for change in found if change.is_changed]


def _address(name: str, language: str, argument: object) -> str:
    with translation.override(language):
        return signed_links.absolute(reverse(f"privacy:{name}", args=[argument]))


def _record(action: str, row: Subscription | SubscriptionRequest, now: datetime) -> None:
    about = subjects.fingerprint(row.email)
    trail.record(action, now=now, obj=row, about=about)
