from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal

_local = RegexValidator(r"^/(?!/)[^\\\s]*$", _("An address of this site, that begins with one slash."))


class Campaign(models.Model):
    personal_data = NotPersonal(
        _("A name that notices are counted under."),
        columns={
            "name": "the name of a campaign",
        },
    )

    slug = models.SlugField(_("short name"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class NoticeQuerySet(models.QuerySet["Notice"]):
    def for_display(self) -> "NoticeQuerySet":
        """Every notice: a process caches them all, and checks the dates each time it chooses one."""
        return self.select_related("campaign").order_by("-starts_at", "-id")


class Topic(models.TextChoices):
    """The value is the first part of the section's address, where the topic has a section."""

    CAREERS = "careers", _("Careers and internships")
    PRIVACY = "privacy", _("Protection of personal data")
    SYSTEMS = "systems", _("Systems and hosting")
    SOFTWARE = "software", _("Business software")
    ADVICE = "advice", _("Advice and audits")


class Notice(models.Model):
    """A text in both languages. Without a topic it is general: anybody may see it."""

    personal_data = NotPersonal(
        _("A text for everybody."),
        columns={
            "title_en": "what everybody reads",
            "title_fr": "what everybody reads",
            "text_en": "what everybody reads",
            "text_fr": "what everybody reads",
            "link": "a page of this site",
        },
    )

    title_en = models.CharField(_("title in English"), max_length=120)
    title_fr = models.CharField(_("title in French"), max_length=120)
    text_en = models.TextField(_("text in English"), max_length=600)
    text_fr = models.TextField(_("text in French"), max_length=600)
    link = models.CharField(
        _("link"), max_length=200, validators=[_local], help_text=_("Without the language.")
    )
    topic = models.CharField(
        _("topic"),
        max_length=32,
        blank=True,
        choices=Topic.choices,
        help_text=_("Empty: a general notice, for everybody."),
    )
    by_interest = models.BooleanField(
        _("for those who named this interest"),
        default=True,
        help_text=_("Visitors name their interests on the page of their choices."),
    )
    pages = models.PositiveSmallIntegerField(
        _("for those who opened this many pages of the section"),
        default=1,
        help_text=_("0: pages do not count."),
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("campaign")
    )
    cap = models.PositiveSmallIntegerField(
        _("at most, times per visitor"),
        default=3,
        help_text=_(
            "For visitors who accepted to be counted for. The oldest general notice has no cap: it takes the place "
            "once every other has reached its own."
        ),
    )
    days = models.PositiveSmallIntegerField(
        _("within this many days"), default=30, help_text=_("From the first time on; 30 at most.")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="consent_notice_ends_after_it_starts",
                violation_error_message=_("The notice ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(days__range=(1, 30)),
                name="consent_notice_counts_a_month_at_most",
                violation_error_message=_("The cap holds for one to thirty days."),
            ),
            models.CheckConstraint(
                condition=Q(topic="") | Q(by_interest=True) | Q(pages__gte=1),
                name="consent_notice_is_for_somebody",
                violation_error_message=_("With a topic, say for whom: by interest, by pages, or both."),
            ),
            models.CheckConstraint(
                condition=Q(cap__gte=1),
                name="consent_notice_shown_once_at_least",
                violation_error_message=_("A notice is shown once at least."),
            ),
        ]

    def __str__(self) -> str:
        return self.title_en


class CampaignDay(models.Model):
    """Views and clicks in one day by those who accepted to be counted: two sums, no personal data."""

    personal_data = NotPersonal(_("Daily sums."))

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, verbose_name=_("campaign"))
    day = models.DateField(_("day"))
    views = models.PositiveIntegerField(_("views"), default=0)
    clicks = models.PositiveIntegerField(_("clicks"), default=0)

    class Meta:
        verbose_name = _("campaign day")
        verbose_name_plural = _("campaign days")
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "day"], name="consent_campaignday_one_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.day:%Y-%m-%d}"


class SpentImpressionToken(models.Model):
    """Hash of a random number that was valid for one impression: see `consent.notices.frequency`."""

    personal_data = NotPersonal(
        _("Hashes of random numbers that were used once and are linked to nothing."),
        columns={
            "digest": "of a random number that was used once",
        },
    )

    digest = models.CharField(_("SHA-256"), max_length=64, primary_key=True)
    spent_at = models.DateTimeField(_("spent at"), db_index=True)
    is_renewed = models.BooleanField(_("replaced, since the answer was lost"), default=False)

    class Meta:
        verbose_name = _("spent impression token")
        verbose_name_plural = _("spent impression tokens")

    def __str__(self) -> str:
        return self.digest[:8]
