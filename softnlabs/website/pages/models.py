from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Max, Q
from django.urls import Resolver404, resolve
from django.utils.translation import get_language, get_language_from_path, gettext, override
from django.utils.translation import gettext_lazy as _

from privacy.audit.ledger import AppendOnlyModel
from privacy.datamap.declarations import NotPersonal
from softnlabs.website.pages import facts, texts

VIEWS = ("website:home", "website:service", "pages:page")


class Place(models.TextChoices):
    """Where a page is listed, which also says where it stands: see `Page.address`."""

    HOME = "HOME", _("home page")
    MENU = "MENU", _("menu and footer")
    SERVICES = "SERVICES", _("list of services")
    FOOTER = "FOOTER", _("footer only")


class PageTexts(models.Model):
    """What a page says, in each language."""

    title_en = models.CharField(_("title in English"), max_length=80)
    title_fr = models.CharField(_("title in French"), max_length=80)
    description_en = models.CharField(
        _("description in English"),
        max_length=200,
        help_text=_("One or two sentences, shown below the title and by search engines."),
    )
    description_fr = models.CharField(_("description in French"), max_length=200)
    text_en = models.TextField(_("text in English"), max_length=20000)
    text_fr = models.TextField(_("text in French"), max_length=20000)

    class Meta:
        abstract = True

    def take(self, other: "PageTexts") -> None:
        """Say what ``other`` says."""
        for field in PageTexts._meta.fields:
            setattr(self, field.name, getattr(other, field.name))

    def says_the_same(self, other: "PageTexts") -> bool:
        return all(
            getattr(self, field.name) == getattr(other, field.name) for field in PageTexts._meta.fields
        )


class PageQuerySet(models.QuerySet["Page"]):
    def for_display(self) -> Iterator[tuple["Page", datetime | None]]:
        """Every page that is published some day, and when its text changed last: a process caches them all, and looks
        at the dates each time it shows one."""
        dated: models.QuerySet[Any] = self.filter(published_from__isnull=False)
        for page in dated.annotate(changed_at=Max("versions__saved_at")).order_by("position", "pk"):
            yield page, page.changed_at


class Page(PageTexts):
    """A page of the website: what it says now, and from when until when anybody reads it."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    place = models.CharField(_("listed in"), max_length=10, choices=Place.choices)
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("The page with the lowest number comes first.")
    )
    published_from = models.DateTimeField(
        _("published from"), null=True, blank=True, help_text=_("Left empty: the page is not shown.")
    )
    published_until = models.DateTimeField(
        _("published until"), null=True, blank=True, help_text=_("Left empty: until you write a day here.")
    )

    objects = PageQuerySet.as_manager()
    personal_data = NotPersonal(
        _("A text for everybody."),
        columns={
            "title_en": "what everybody reads",
            "title_fr": "what everybody reads",
            "description_en": "what everybody reads",
            "description_fr": "what everybody reads",
            "text_en": "what everybody reads",
            "text_fr": "what everybody reads",
        },
    )

    class Meta:
        verbose_name = _("page of the website")
        verbose_name_plural = _("pages of the website")
        ordering = ("position", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(published_until=None) | Q(published_until__gt=F("published_from")),
                name="website_page_ends_after_it_starts",
                violation_error_message=_("The page ends before it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(place=Place.HOME) | Q(published_until=None, published_from__isnull=False),
                name="website_page_home_is_published",
                violation_error_message=_("The home page is always shown: it begins, and has no end."),
            ),
            models.UniqueConstraint(
                fields=["place"],
                condition=Q(place=Place.HOME),
                name="website_page_one_home",
                violation_error_message=_("There is a home page already."),
            ),
        ]

    def __str__(self) -> str:
        return self.title_fr if get_language() == "fr" else self.title_en

    @property
    def address(self) -> str:
        """Without the language."""
        if self.place == Place.HOME:
            return "/"
        return f"/services/{self.slug}/" if self.place == Place.SERVICES else f"/{self.slug}/"

    def is_shown(self, now: datetime) -> bool:
        has_begun = self.published_from is not None and self.published_from <= now
        return has_begun and (self.published_until is None or now < self.published_until)

    def clean(self) -> None:
        """Refuse a text that would not be shown as it was meant, and an address that is taken."""
        faults: dict[str, list[str]] = {}
        for name in ("text_en", "text_fr"):
            if found := list(texts.faults(getattr(self, name), known=facts.NAMES)):
                faults[name] = found
        for name in ("description_en", "description_fr"):
            if found := list(texts.unknown(getattr(self, name), known=facts.NAMES)):
                faults[name] = found
        if self.slug and _is_taken(self.address):
            faults["slug"] = [gettext("Another page of this site has this address. Please choose another.")]
        if faults:
            raise ValidationError(faults)


class PageVersion(PageTexts, AppendOnlyModel):
    """What a page said from one moment on. A page that is restored gets a new one."""

    dated_by = "saved_at"

    page = models.ForeignKey(Page, verbose_name=_("page"), on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    saved_at = models.DateTimeField(_("saved at"))
    saved_by = models.CharField(_("saved by"), max_length=100)

    personal_data = NotPersonal(
        _("A text for everybody, as it was on one day."),
        columns={
            **Page.personal_data.columns,
            "saved_by": "the number of an account at the desk, which names nobody once the account is gone",
        },
    )

    class Meta:
        verbose_name = _("version of a page")
        verbose_name_plural = _("versions of pages")
        ordering = ("-saved_at", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["page", "number"], name="website_pageversion_one_number")
        ]

    def __str__(self) -> str:
        return gettext("%(page)s, version %(number)d") % {"page": self.page, "number": self.number}

    def previous(self) -> "PageVersion | None":
        return PageVersion.objects.filter(page=self.page_id, number__lt=self.number).order_by("number").last()


def _is_taken(address: str) -> bool:
    """Whether another view answers there; a moment later one may, so the routes of pages stand last.

    `/fr-be/` begins like a page in French, and `/FR/` too: no page in English would be found there.
    """
    if get_language_from_path(address):
        return True
    with override("en"):
        try:
            return resolve(address).view_name not in VIEWS
        except Resolver404:
            return True
