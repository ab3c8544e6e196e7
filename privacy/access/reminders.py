"""Reminding of a training that ends: 30, 7 and 1 days before, the person and the controller, each time once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import translation

from privacy.access import expiry
from privacy.access.models import Training
from privacy.mail import outbox
from privacy.web import signed_links

SOON = timedelta(days=max(expiry.REMINDED) + 2)


def remind(*, now: datetime) -> int:
    """Returns of how many trainings."""
    with transaction.atomic():
        ending = _last_of_each(now).select_for_update(skip_locked=True)
        due = [(each, stage) for each in ending if (stage := _due_stage(each, now)) is not None]
        addresses = _addresses([each.account for each, _stage in due])
        for each, stage in due:
            _mail_person(each, addresses[each.account], now)
            Training.objects.filter(pk=each.pk).update(reminded=stage)
        if due:
            _mail_controller([each for each, _stage in due], now)
    return len(due)


def _last_of_each(now: datetime) -> "QuerySet[Training]":
    """Of each account of the staff the training that ends last, if it ends soon."""
    staff = get_user_model()._default_manager.filter(is_active=True, is_staff=True)
    longer = Q(expires_at__gt=OuterRef("expires_at")) | Q(
        expires_at=OuterRef("expires_at"), pk__gt=OuterRef("pk")
    )
    others = Training.objects.counting(now).filter(longer, account=OuterRef("account"))
    found: QuerySet[Training] = (
        Training.objects.counting(now)
        .filter(expires_at__lte=now + SOON, account__in=staff.values("pk"))
        .exclude(Exists(others))
    )
    return found


def _due_stage(training: Training, now: datetime) -> int | None:
    """The reminder that is due and was not sent; after a pause the latest one alone."""
    stage = expiry.stage(training.expires_at, now)
    is_sent = stage is None or (training.reminded is not None and training.reminded <= stage)
    return None if is_sent else stage


def _addresses(accounts: Sequence[int]) -> dict[int, str]:
    model = get_user_model()
    rows = model._default_manager.filter(pk__in=accounts)
    return dict(rows.values_list("pk", model.USERNAME_FIELD))


def _mail_person(training: Training, email: str, now: datetime) -> None:
    _mail("training_ends", email, "admin:privacy_training_mine", {"last_day": training.last_day}, now)


def _mail_controller(ending: Sequence[Training], now: datetime) -> None:
    """With days alone: whose they are is read at the desk."""
    days = sorted(each.last_day for each in ending)
    _mail(
        "trainings_end",
        settings.CONTROLLER["email"],
        "admin:privacy_training_changelist",
        {"last_days": days},
        now,
    )


def _mail(message: str, to: str, page: str, facts: dict[str, object], now: datetime) -> None:
    """In the language of the desk: an account has none of its own."""
    language = settings.CONTROLLER["language"]
    with translation.override(language):
        link = signed_links.absolute(reverse(page))
    outbox.send(message, to=to, language=language, context={**facts, "link": link}, now=now)
