"""What each purge did."""

import re
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal
from privacy.datamap.periods import Period
from privacy.datamap.purging import NO_ROWS, RowSpan

ISO_PERIOD = re.compile(r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?")


class PurgeRunQuerySet(models.QuerySet["PurgeRun"]):
    def routine(self) -> Self:
        """Those that nobody asked for and that found nothing to do."""
        done = self.filter(state=PurgeRun.State.FINISHED, requested_at=F("started_at"))
        return done.exclude(lines__count__gt=0).exclude(lines__held__gt=0).exclude(lines__left__gt=0)


class PurgeRun(models.Model):
    """One purge, requested or run: the head of the certificate."""

    class State(models.TextChoices):
        """One that was killed still says RUNNING, until the next purge marks it."""

        REQUESTED = "REQUESTED", _("asked for")
        RUNNING = "RUNNING", _("running")
        FINISHED = "FINISHED", _("finished")
        INTERRUPTED = "INTERRUPTED", _("interrupted")
        REFUSED = "REFUSED", _("refused until confirmed")

    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    requested_at = models.DateTimeField(_("asked for at"))
    started_at = models.DateTimeField(_("begun at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    policy_version = models.PositiveIntegerField(_("policy version in force"), null=True)
    suspicions = models.JSONField(_("what looked wrong"), default=list)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=40, blank=True)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)

    objects: ClassVar[Any] = PurgeRunQuerySet.as_manager()

    personal_data = NotPersonal(
        _("Counts and dates. Who asked for it stands in the journal."),
        columns={
            "confirmed_by": "the number of an account at the desk, which names nobody once the account is gone",
            "reason": "why the controller holds a whole purge to be right: about its counts, not about a person",
        },
    )

    class Meta:
        verbose_name = _("purge")
        verbose_name_plural = _("purges")
        ordering = ("-requested_at", "-id")
        permissions: ClassVar = [("run_purge", _("Can run the purge now"))]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state__in=["REQUESTED", "RUNNING", "REFUSED"]),
                name="privacy_purgerun_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None) | ~models.Q(reason=""),
                name="privacy_purgerun_confirmed_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{_('Purge')} {self.pk}"

    def start(self, now: datetime, policy_version: int | None) -> None:
        self.state, self.started_at, self.policy_version = self.State.RUNNING, now, policy_version
        self.save()

    def refuse(self, suspicions: list[dict[str, object]]) -> None:
        """It does not begin: something looks wrong, and the controller is asked."""
        self.state, self.suspicions = self.State.REFUSED, suspicions
        self.confirmed_at, self.confirmed_by, self.reason = None, "", ""
        self.save()

    def take_over(self, killed: "PurgeRun") -> None:
        """Go on where ``killed`` was interrupted, with what was confirmed then."""
        for name in ("suspicions", "confirmed_at", "confirmed_by", "reason"):
            setattr(self, name, getattr(killed, name))

    def end(self, state: "PurgeRun.State", at: datetime | None) -> None:
        """Finished, or found interrupted (then nobody knows since when)."""
        self.state, self.ended_at = state, at
        self.save()


class PurgeClock(models.Model):
    """What beat did last: there is one row."""

    seen_at = models.DateTimeField(_("schedule last seen at"), null=True)
    sent_at = models.DateTimeField(_("purge last sent at"), null=True)

    personal_data = NotPersonal(_("When our own programs last ran."))

    class Meta:
        verbose_name = _("clock of the purge")
        verbose_name_plural = _("clocks of the purge")

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M}" if self.sent_at else "-"

    @classmethod
    def note(cls, *, seen_at: datetime, sent_at: datetime | None = None) -> None:
        facts = {"seen_at": seen_at} if sent_at is None else {"seen_at": seen_at, "sent_at": sent_at}
        cls.objects.update_or_create(pk=1, defaults=facts)


class PurgeLine(models.Model):
    """What one purge did under one rule. Written in the transactions that delete, so true even after a kill."""

    run = models.ForeignKey(PurgeRun, on_delete=models.CASCADE, related_name="lines", verbose_name=_("purge"))
    holding = models.CharField(_("kind of record"), max_length=100)
    since = models.CharField(_("period counted from"), max_length=100)
    period = models.CharField(_("period"), max_length=20)
    cut_off = models.DateTimeField(_("periods over by"))
    count = models.PositiveBigIntegerField(_("records deleted"), default=0)
    early = models.PositiveBigIntegerField(_("deleted before the end of their period"), null=True)
    dependants = models.PositiveBigIntegerField(_("dependent records deleted"), default=0)
    files = models.PositiveBigIntegerField(_("files destroyed"), default=0)
    held = models.PositiveBigIntegerField(_("kept by a hold"), default=0)
    left = models.PositiveBigIntegerField(_("left for the next purge"), null=True)
    longest = models.PositiveIntegerField(_("longest lock (ms)"), null=True)
    oldest = models.DateTimeField(_("oldest"), null=True)
    newest = models.DateTimeField(_("newest"), null=True)
    expired_oldest = models.DateTimeField(_("oldest past its period"), null=True)
    expired_newest = models.DateTimeField(_("newest past its period"), null=True)
    early_oldest = models.DateTimeField(_("oldest deleted early"), null=True)
    early_newest = models.DateTimeField(_("newest deleted early"), null=True)

    personal_data = NotPersonal(
        _("Counts and dates."),
        columns={
            "holding": "a kind of record",
            "since": "the name of a column",
        },
    )

    class Meta:
        verbose_name = _("line of a purge")
        verbose_name_plural = _("lines of purges")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "holding"], name="privacy_purgeline_one_a_rule")
        ]

    def __str__(self) -> str:
        return self.holding

    def add(self, expired: RowSpan, *, early: RowSpan = NO_ROWS, dependants: int = 0, files: int = 0) -> None:
        """Call it in the transaction that deletes them. ``early`` are those whose period still ran."""
        type(self).objects.filter(pk=self.pk).update(
            count=F("count") + expired.count + early.count,
            early=F("early") + early.count,
            dependants=F("dependants") + dependants,
            files=F("files") + files,
            **_widened("", expired + early),
            **_widened("expired_", expired),
            **_widened("early_", early),
        )

    def close(self, *, held: int, left: int, longest: int) -> None:
        """Store what stays, and for how many milliseconds a batch held its rows at most."""
        type(self).objects.filter(pk=self.pk).update(held=held, left=left, longest=longest)

    @property
    def expired(self) -> RowSpan | None:
        """What was past its period; ``None`` where an earlier version did not record it."""
        if self.early is None:
            return None
        return RowSpan(self.count - self.early, self.expired_oldest, self.expired_newest)

    @property
    def gone_early(self) -> RowSpan | None:
        """What went before the end of its period; ``None`` as with :attr:`expired`."""
        return None if self.early is None else RowSpan(self.early, self.early_oldest, self.early_newest)

    @property
    def kept_for(self) -> Period | None:
        """The period of the rule as it was then; ``None`` where it cannot be read."""
        match = ISO_PERIOD.fullmatch(self.period)
        parts = {name: int(count) for name, count in match.groupdict("0").items()} if match else {}
        return Period(**parts) if any(parts.values()) else None


def _widened(which: str, span: RowSpan) -> dict[str, models.Func]:
    """The dates of a line, by field, with those of ``span``."""
    oldest, newest = (models.Value(at, models.DateTimeField()) for at in (span.oldest, span.newest))
    return {
        f"{which}oldest": Least(f"{which}oldest", oldest),
        f"{which}newest": Greatest(f"{which}newest", newest),
    }
