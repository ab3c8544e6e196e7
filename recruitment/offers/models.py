from datetime import datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from privacy.datamap.declarations import NotPersonal
from privacy.policy.markdown import to_html

RESERVED_SLUGS = ("apply",)


class OfferQuerySet(models.QuerySet["Offer"]):
    def published(self, now: datetime) -> Self:
        """Closed ones included."""
        return self.filter(published_at__lte=now)

    def open(self, now: datetime) -> Self:
        today = timezone.localdate(now)
        return self.published(now).filter(Q(closes_on=None) | Q(closes_on__gte=today))


def validate_not_reserved(slug: str) -> None:
    """Validator: refuses a slug that one of our own addresses uses."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(
            _("This word has a meaning of its own in our addresses. Please choose another.")
        )


class Offer(models.Model):
    class OfferKind(models.TextChoices):
        JOB = "JOB", _("job")
        INTERNSHIP = "INTERNSHIP", _("internship")

    kind = models.CharField(_("kind"), max_length=10, choices=OfferKind.choices)
    slug = models.SlugField(_("address"), unique=True, max_length=80, validators=[validate_not_reserved])
    title_en = models.CharField(_("title in English"), max_length=120)
    title_fr = models.CharField(_("title in French"), max_length=120)
    description_en = models.TextField(_("description in English"), help_text=_("In Markdown."))
    description_fr = models.TextField(_("description in French"), help_text=_("In Markdown."))
    place = models.CharField(_("place"), max_length=120)
    published_at = models.DateTimeField(
        _("published at"), null=True, blank=True, help_text=_("Left empty: not shown.")
    )
    closes_on = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Left empty: open until you write a day here.")
    )

    objects = OfferQuerySet.as_manager()
    personal_data = NotPersonal(
        _("An offer describes work, not a person."),
        columns={
            "slug": "the address of a page",
            "title_en": "what everybody reads",
            "title_fr": "what everybody reads",
            "description_en": "what everybody reads",
            "description_fr": "what everybody reads",
            "place": "where the work is",
        },
    )

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ("-published_at", "slug")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In the active language."""
        return self.title_fr if get_language() == "fr" else self.title_en

    @property
    def description(self) -> SafeString:
        """HTML, in the active language. HTML typed into the text is escaped."""
        text = self.description_fr if get_language() == "fr" else self.description_en
        return mark_safe(to_html(text))  # noqa: S308 - Markdown with HTML switched off

    def is_open(self, now: datetime) -> bool:
        published = self.published_at is not None and self.published_at <= now
        return published and (self.closes_on is None or timezone.localdate(now) <= self.closes_on)
