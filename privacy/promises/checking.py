"""Promises: sentences of the policy, each with the check that proves that it holds now.

A floor names its promises on its ``AppConfig`` as ``promises = ("app.module.function", …)``: functions without
arguments that give :class:`Promise` objects, worded in the language in force. The worker looks at all of them several
times an hour and keeps what it found; pages only read that. A promise whose check fails, or that nobody looked at for
an hour, counts as broken; so does one that was looked at in the future, by a clock that was wrong.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from privacy.datamap.periods import Period
from privacy.datamap.registry import Holding
from privacy.mail import outbox
from privacy.policy import markdown
from privacy.promises.models import PromiseResult
from privacy.web import locks, signed_links

STALE_AFTER = timedelta(hours=1)
CLOCKS_DIFFER = timedelta(minutes=5)
HISTORY = Period(years=1)
ONE_CHECK_MS = 120_000
log = logging.getLogger(__name__)


class PromiseState(models.TextChoices):
    """How a promise stands."""

    KEPT = "KEPT", _("kept")
    BROKEN = "BROKEN", _("broken")
    UNCHECKED = "UNCHECKED", _("not checked")


@dataclass
class CheckRun:
    """One look at everything, at ``now``: what several checks need is counted once."""

    now: datetime
    _counts: dict[str, int] = field(default_factory=dict)

    def count(self, holding: Holding) -> int:
        """How many records of a kind may be read."""
        if holding.label not in self._counts:
            self._counts[holding.label] = holding.live(self.now).count()
        return self._counts[holding.label]


@dataclass(frozen=True)
class Evidence:
    """What a check found: a figure, ``among`` how many it looked at, and where it tells something an instant."""

    is_kept: bool
    figure: int
    at: datetime | None = None
    among: int | None = None


@dataclass(frozen=True)
class Promise:
    """One sentence that can be proved. ``counts`` says what the figure counts, ``dates`` what the instant is."""

    key: str
    clause: str
    statement: str
    counts: str
    check: Callable[[CheckRun], Evidence]
    dates: str = ""


@dataclass(frozen=True)
class PromiseStatus:
    """A promise with the last that is known of it."""

    promise: Promise
    state: PromiseState
    result: PromiseResult | None

    @property
    def is_kept(self) -> bool:
        """Whether somebody looked, lately, and found it kept."""
        return self.state == PromiseState.KEPT


def none_of(figure: int, at: datetime | None = None, *, among: int | None = None) -> Evidence:
    """The evidence of a promise that is kept while nothing is found."""
    return Evidence(figure == 0, figure, at, among)


def none_among(rows: "models.QuerySet[Any]", wrong: models.Q) -> Evidence:
    """The evidence of a promise that is kept while none of ``rows`` is ``wrong``: one query."""
    found = rows.aggregate(figure=models.Count("pk", filter=wrong), among=models.Count("pk"))
    return none_of(found["figure"], among=found["among"])


def registry() -> list[Promise]:
    """Every promise in the language in force, in the order of the clauses."""
    named = [path for config in apps.get_app_configs() for path in getattr(config, "promises", ())]
    found = [promise for path in named for promise in import_string(path)()]
    return sorted(found, key=lambda promise: markdown.KEYS.index(promise.clause))


def check(*, now: datetime, only: Collection[str] | None = None) -> list[PromiseStatus]:
    """Look at every promise (or at ``only`` some), keep what was found, and tell the controller what changed."""
    check_run = CheckRun(now)
    chosen = [promise for promise in registry() if only is None or promise.key in only]
    found = [_run_check(promise, check_run) for promise in chosen]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locks.PROMISES])
        before = {result.key: result for result in PromiseResult.objects.latest_each()}
        results = [_keep(before.get(each.promise.key), each, now) for each in found]
        PromiseResult.objects.over_before(HISTORY.earliest(now)).delete()
        _notify(results, before, now)
    return [_status(promise, result, now) for promise, result in zip(chosen, results, strict=True)]


def statuses(*, now: datetime) -> list[PromiseStatus]:
    """How every promise stands, from what was found last: one query."""
    latest = {result.key: result for result in PromiseResult.objects.latest_each()}
    return [_status(promise, latest.get(promise.key), now) for promise in registry()]


def broken(found: Iterable[PromiseStatus]) -> list[PromiseStatus]:
    """Those that are not kept, or of which nobody knows."""
    return [status for status in found if not status.is_kept]


@dataclass(frozen=True)
class _CheckResult:
    """What a check says; a check that fails says nothing, and why."""

    promise: Promise
    evidence: Evidence | None
    error: str = ""

    @property
    def is_kept(self) -> bool:
        return self.evidence is not None and self.evidence.is_kept


def _run_check(promise: Promise, check_run: CheckRun) -> _CheckResult:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(ONE_CHECK_MS)])
            return _CheckResult(promise, promise.check(check_run))
    except Exception as error:
        log.error(
            "the check of promise %s failed: %s", promise.key, type(error).__name__
        )  # its words may quote a row
        return _CheckResult(promise, None, type(error).__name__)


def _keep(before: PromiseResult | None, found: _CheckResult, now: datetime) -> PromiseResult:
    """The same state goes on; another one begins a new line."""
    result = PromiseResult(key=found.promise.key, is_kept=found.is_kept, since=now)
    if before is not None and before.is_kept == found.is_kept:
        result.pk, result.since = before.pk, before.since
    result.checked_at, result.error = now, found.error
    if found.evidence is not None:
        result.figure, result.among = found.evidence.figure, found.evidence.among
        result.at = found.evidence.at
    result.save()
    return result


def _status(promise: Promise, result: PromiseResult | None, now: datetime) -> PromiseStatus:
    if result is None or not -CLOCKS_DIFFER <= now - result.checked_at <= STALE_AFTER:
        return PromiseStatus(promise, PromiseState.UNCHECKED, result)
    return PromiseStatus(promise, PromiseState.KEPT if result.is_kept else PromiseState.BROKEN, result)


def _notify(results: list[PromiseResult], before: dict[str, PromiseResult], now: datetime) -> None:
    """One message of what broke, and of what is kept again; a first look that finds all well is no news."""
    news = [result for result in results if result.since == now]
    broke = {result.key for result in news if not result.is_kept}
    kept_again = {result.key for result in news if result.is_kept and result.key in before}
    if not broke | kept_again:
        return
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        worded = {promise.key: promise for promise in registry()}
        facts = {
            "broke": [worded[key] for key in worded if key in broke],
            "kept_again": [worded[key] for key in worded if key in kept_again],
            "link": signed_links.absolute(reverse("privacy:promises")),
        }
    outbox.send("promises", to=settings.CONTROLLER["email"], language=language, context=facts, now=now)
