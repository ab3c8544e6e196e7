"""Promises: sentences of the policy, each with the check that proves that it holds now.

Each app names its own: ``promises`` in :mod:`privacy.plugins`. The worker looks at all of them several times an hour
and keeps what it found; pages only read that. A promise whose check fails, or that nobody looked at for an hour, counts
as broken; so does one that was looked at in the future, by a clock that was wrong.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar, cast

from django.conf import settings
from django.db import connection, models, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from privacy import plugins
from privacy.datamap.periods import Period
from privacy.datamap.registry import Holding
from privacy.mail import outbox
from privacy.policy import markdown
from privacy.promises.models import PromiseResult
from privacy.web import locks, signed_links

STALE_AFTER = timedelta(hours=1)  # the checks run three times an hour
CLOCKS_DIFFER = timedelta(minutes=5)  # two machines under NTP differ by much less
HISTORY = Period(years=1)
ONE_CHECK_MS = 120_000  # PostgreSQL's statement_timeout: one slow check must not keep the others waiting
log = logging.getLogger(__name__)
T = TypeVar("T")


class PromiseState(models.TextChoices):
    KEPT = "KEPT", _("kept")
    BROKEN = "BROKEN", _("broken")
    UNCHECKED = "UNCHECKED", _("not checked")


@dataclass
class CheckRun:
    """One run over all promises, at `now`: what several checks need is counted once."""

    now: datetime
    _counts: dict[str, int] = field(default_factory=dict)
    _found: dict[object, object] = field(default_factory=dict)

    def count(self, holding: Holding) -> int:
        """Live rows of a holding."""
        if holding.label not in self._counts:
            self._counts[holding.label] = holding.live(self.now).count()
        return self._counts[holding.label]

    def once(self, find: Callable[[], T]) -> T:
        """What `find` returns, asked for at its first use in this run alone."""
        if find not in self._found:
            self._found[find] = find()
        return cast("T", self._found[find])


@dataclass(frozen=True)
class Evidence:
    """What a check found: a figure, `among` how many rows, and `at`, an instant where that is telling."""

    is_kept: bool
    figure: int
    at: datetime | None = None
    among: int | None = None


@dataclass(frozen=True)
class Promise:
    """A sentence that can be proved. `counts` says what the figure counts, `dates` what the instant is.

    `group` names the promises that the data map makes alike, so that one sentence of the policy rests on all of them.
    """

    key: str
    clause: str
    statement: str
    counts: str
    check: Callable[[CheckRun], Evidence]
    dates: str = ""
    group: str = ""


@dataclass(frozen=True)
class PromiseStatus:
    """A promise with its last result."""

    promise: Promise
    state: PromiseState
    result: PromiseResult | None

    @property
    def is_kept(self) -> bool:
        """False also where there is no recent check."""
        return self.state == PromiseState.KEPT


def none_of(figure: int, at: datetime | None = None, *, among: int | None = None) -> Evidence:
    """For a promise that is kept while nothing is found."""
    return Evidence(figure == 0, figure, at, among)


def none_among(rows: "models.QuerySet[models.Model]", wrong: models.Q) -> Evidence:
    """For a promise that is kept while none of `rows` is `wrong`: one query."""
    found = rows.aggregate(figure=models.Count("pk", filter=wrong), among=models.Count("pk"))
    return none_of(found["figure"], among=found["among"])


def registry() -> list[Promise]:
    """Every promise in the active language, in the order of the clauses."""
    found = [promise for config in plugins.installed() for source in config.promises for promise in source()]
    return sorted(found, key=lambda promise: markdown.KEYS.index(promise.clause))


def check(*, now: datetime, only: Collection[str] | None = None) -> list[PromiseStatus]:
    """Check every promise (or those in `only`), store the results, and notify the controller of changes."""
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
    """The status of every promise from its last result: one query."""
    latest = {result.key: result for result in PromiseResult.objects.latest_each()}
    return [_status(promise, latest.get(promise.key), now) for promise in registry()]


def broken(found: Iterable[PromiseStatus]) -> list[PromiseStatus]:
    """Those that are not kept, or were not checked recently."""
    return [status for status in found if not status.is_kept]


@dataclass(frozen=True)
class _CheckResult:
    """What a check returned; no evidence, but an error, where it failed."""

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
        # Without its message, which may quote a row.
        log.error("the check of promise %s failed: %s", promise.key, type(error).__name__)
        return _CheckResult(promise, None, type(error).__name__)


def _keep(before: PromiseResult | None, found: _CheckResult, now: datetime) -> PromiseResult:
    """Extends the row of an unchanged state; a change starts a new row."""
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
    """One message about what broke and what is kept again; a first check without a broken promise is no news."""
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
