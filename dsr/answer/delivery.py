"""Building the answer, and handing it over.

A package that waits is a row; it is built by whoever comes first, the task woken by the desk or the one on schedule.
"""

import hmac
import logging
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.http import HttpResponse

from dsr.answer import execution, setbacks
from dsr.lifecycle import transitions
from dsr.messages import emails
from dsr.package import archive, redaction
from dsr.package.models import AccessPackage
from dsr.requests.models import SubjectRequest
from dsr.rules.transitions import IllegalTransitionError, Occurrence, Transition
from privacy.audit import trail
from privacy.files import storage

MAX_TRIES = 1000  # tried on beyond it, but no longer counted: the column ends at 32,767
log = logging.getLogger(__name__)


class WrongCodeError(ValueError):
    """Not the code that stands on the request's page."""


class PackageNotReadyError(Exception):
    """No package, not built yet, or past its period."""


def build_packages(*, now: datetime) -> int:
    """Each in a transaction of its own. Returns how many were built."""
    waiting = list(
        AccessPackage.objects.waiting().order_by("tries", "pk").values_list("request_id", flat=True)
    )
    return sum(_build(request_id, now) for request_id in waiting)


def answer(request_id: UUID, *, now: datetime) -> None:
    """Carry out what was granted and answer, where no package has to be built. Raises IllegalTransitionError."""
    with transitions.apply(request_id, Transition.ANSWER, now=now) as request:
        execution.carry_out(request, now=now)
        redaction.redact_corrections(request)
        emails.answered(request, now=now)


def answer_at_once(request_id: UUID, *, now: datetime) -> None:
    """Grant and answer in one step, where everything is carried out already."""
    with transitions.apply(request_id, Transition.GRANT, now=now):
        pass
    answer(request_id, now=now)


def download(request_id: UUID, code: str, *, now: datetime) -> HttpResponse:
    """Hand the package over, on record. Raises PackageNotReadyError and WrongCodeError."""
    with transaction.atomic():
        ready = AccessPackage.objects.ready(now).select_related("request", "file")
        chosen = ready.filter(request=request_id).first()
        if chosen is None or chosen.file is None:
            raise PackageNotReadyError
        if not hmac.compare_digest(_plain(code), _plain(chosen.code)):
            raise WrongCodeError
        response = storage.own_attachment(chosen.file)
        AccessPackage.objects.filter(pk=chosen.pk).update(downloads=F("downloads") + 1, downloaded_at=now)
        transitions.record(chosen.request, Occurrence.DOWNLOADED, now=now)
    return response


def copy_to_post(request_id: UUID, *, now: datetime) -> HttpResponse:
    """Hand the package to the desk, for a person answered by post. On record. Raises PackageNotReadyError."""
    with transaction.atomic():
        ready = AccessPackage.objects.ready(now).filter(request=request_id, request__by_post=True)
        chosen = ready.select_related("request", "file").first()
        if chosen is None or chosen.file is None:
            raise PackageNotReadyError
        response = storage.own_attachment(chosen.file)
        trail.record("dsr.copy.fetched", now=now, obj=chosen.request, about=chosen.request.pseudonym())
    return response


def _build(request_id: UUID, now: datetime) -> bool:
    """Skipped where another worker holds it. A failure is counted, and tried again on schedule."""
    try:
        with transaction.atomic():
            return _build_locked(request_id, now)
    except setbacks.SETBACK_ERRORS as error:
        log.warning("request %s is back at the desk: %s", request_id, setbacks.setback_of(error).value)
        with suppress(IllegalTransitionError):  # withdrawn a moment ago
            setbacks.return_to_review(request_id, error, now=now)
        return False
    except storage.QuarantinedError:  # no failure: the next run finds it scanned
        log.info("the package of request %s waits for the scanner for viruses", request_id)
        return False
    except Exception:  # whatever is wrong with one answer must not stop the others
        log.exception("package of request %s", request_id)
        AccessPackage.objects.filter(request=request_id, built_at=None).update(
            tries=Least(F("tries") + 1, MAX_TRIES)
        )
        return False


def _build_locked(request_id: UUID, now: datetime) -> bool:
    # The request is locked before its package, here as in every transition: otherwise the two could deadlock.
    free = SubjectRequest.objects.select_for_update(skip_locked=True).filter(pk=request_id).first()
    waiting = AccessPackage.objects.waiting().filter(request=free).select_related("request").first()
    if free is None or waiting is None:
        return False
    execution.correct(free, now=now)
    redaction.redact_corrections(free)
    compiled = archive.compile_zip(free, now=now)
    name = f"{free.reference}.zip"
    waiting.file = storage.store(compiled.content, name=name, media_type="application/zip", now=now)
    waiting.built_at, waiting.ends_at = now, compiled.ends_at
    waiting.save(update_fields=["file", "built_at", "ends_at"])
    with transitions.apply(request_id, Transition.ANSWER, now=now) as request:
        execution.carry_out(request, now=now)
        emails.ready(waiting, now=now)
    return True


def _plain(code: str) -> bytes:
    return "".join(sign for sign in code.upper() if sign.isalnum()).encode()
