"""Entering trainings in confidentiality, and ending one that was entered by mistake."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from privacy.access import expiry
from privacy.access.models import Training, TrainingKind
from privacy.audit import trail
from privacy.files import storage
from privacy.files.uploads import CheckedDocument

# The page of confidentiality as it stands today (admin/privacy/training/reading.html). A test holds its words.
READING = "1"


class TrainingDaysError(ValueError):
    """A training is over when it is entered, or is still to come, or would count for too long."""


@dataclass(frozen=True)
class Course:
    """A training elsewhere. It is proved by a reference or by a document."""

    held_on: date
    last_day: date
    reference: str = ""
    proof: CheckedDocument | None = None


def confirm_reading(account: int, *, now: datetime) -> Training:
    """Whoever acts has read the page of confidentiality, and undertakes to keep to it."""
    today = expiry.day_of(now)
    last_day = expiry.last_day_of(today, expiry.READING_LASTS)
    return _enter(
        Training(account=account, kind=TrainingKind.READING, held_on=today, reading=READING), last_day, now
    )


@transaction.atomic
def enter(account: int, *, course: Course, now: datetime) -> Training:
    """Raises :class:`TrainingDaysError`; :class:`OSError` when the disk refuses the proof."""
    if not is_possible(course.held_on, course.last_day, today=expiry.day_of(now)):
        raise TrainingDaysError
    training = Training(
        account=account, kind=TrainingKind.COURSE, held_on=course.held_on, reference=course.reference
    )
    if proof := course.proof:
        training.proof = storage.store(
            proof.content, name=proof.name, media_type=proof.media_type, now=now, is_upload=True
        )
    return _enter(training, course.last_day, now)


def is_possible(held_on: date, last_day: date, *, today: date) -> bool:
    """It was held, counts today, and not for longer than a training can."""
    return held_on <= today <= last_day <= expiry.last_day_of(held_on, expiry.COURSE_LASTS)


@transaction.atomic
def end(training: Training, *, now: datetime) -> None:
    """It counts no more, from now on. One that is over stays as it is."""
    if Training.objects.filter(pk=training.pk, expires_at__gt=now).update(expires_at=now):
        trail.record("privacy.training.ended", now=now, obj=training)


@transaction.atomic
def _enter(training: Training, last_day: date, now: datetime) -> Training:
    """Somebody's own training has an entry of its own in the trail: nobody vouches for it but themselves."""
    training.expires_at, training.entered_at = expiry.ends_at(last_day), now
    training.entered_by = trail.actor()
    training.save()
    action = "privacy.training.entered_own" if training.is_own else "privacy.training.entered"
    trail.record(action, now=now, obj=training, detail={"kind": training.kind})
    return training
