"""The data map: what a model says about the people in it, declared beside its fields.

From this one declaration follow the purge, the access package, rectification, erasure, the public page of what
is held, the form notices and the register. The registry is Django's own: :func:`holdings` reads it.

A model of ours carries ``personal_data``; a model of somebody else's is declared in the ``AppConfig`` that
brings it here, as ``third_party_data = {"app.Model": PersonalData(...)}``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, reduce
from operator import or_
from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.periods import Period, expires_expression
from privacy.subjects import Subject

Text = str | Promise


class Purpose(models.TextChoices):
    """The five purposes of clause 5: the only ones."""

    BUSINESS = "BUSINESS", _("Business relations")
    PERSONALISATION = "PERSONALISATION", _("Personalised services")
    VISITORS = "VISITORS", _("Visitors of the Website")
    PROSPECTS = "PROSPECTS", _("Prospects")
    RECRUITMENT = "RECRUITMENT", _("Recruitment")


class Basis(models.TextChoices):
    """Legal bases, GDPR article 6(1)."""

    CONSENT = "CONSENT", _("your consent")
    CONTRACT = "CONTRACT", _("a contract with you, or steps you asked for before one")
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION", _("a legal obligation")
    LEGITIMATE_INTEREST = "LEGITIMATE_INTEREST", _("our legitimate interest")


class Category(models.TextChoices):
    """What kind of datum it is: clause 4, with what the exercise of rights adds."""

    SURNAME = "SURNAME", _("surname")
    FIRST_NAME = "FIRST_NAME", _("first name")
    POSTCODE = "POSTCODE", _("postcode")
    EMAIL = "EMAIL", _("e-mail address")
    TELEPHONE = "TELEPHONE", _("telephone number")
    IP_ADDRESS = "IP_ADDRESS", _("IP address")
    LOGIN = "LOGIN", _("login details")
    NAVIGATION = "NAVIGATION", _("navigation data")
    QUALIFICATIONS = "QUALIFICATIONS", _("qualifications")
    EXPERIENCE = "EXPERIENCE", _("experience")
    POSTAL_ADDRESS = "POSTAL_ADDRESS", _("postal address")
    IDENTITY_PROOF = "IDENTITY_PROOF", _("proof of identity")
    MESSAGES = "MESSAGES", _("messages exchanged")
    CHOICES = "CHOICES", _("consents and choices")
    REQUESTS = "REQUESTS", _("requests to exercise rights")


class Recipient(models.TextChoices):
    """Who may see a datum inside the company and at its host (clauses 6 and 8)."""

    CONTROLLER = "CONTROLLER", _("the data controller")
    CUSTOMER_SERVICE = "CUSTOMER_SERVICE", _("customer service")
    HUMAN_RESOURCES = "HUMAN_RESOURCES", _("human resources")
    MARKETING = "MARKETING", _("marketing")
    SECURITY = "SECURITY", _("computer security")
    HOST = "HOST", _("our host, in the European Union")


@dataclass(frozen=True)
class Datum:
    """One personal field. ``None`` means: as the model says.

    ``provided`` is whether the person gave it themselves (portability, GDPR article 20); ``rectifiable`` whether
    they may have it corrected (article 16); ``said`` stands in the access package where the raw value would tell
    a person nothing, or open a door to somebody else.
    """

    category: Category
    rectifiable: bool = False
    provided: bool = True
    purpose: Purpose | None = None
    basis: Basis | None = None
    recipients: tuple[Recipient, ...] | None = None
    said: Text | None = None


@dataclass(frozen=True)
class Keep:
    """How long rows stay: ``period`` from the instant under the lookup ``since``.

    ``active`` is the part of it in daily use; after that the row is in the archive, where the controller alone
    looks, with a reason. A row whose ``since`` is null has not begun its period.
    """

    since: str
    period: Period
    active: Period | None = None


@dataclass(frozen=True)
class PersonalData:
    """What one model says of the people in it.

    ``subject`` maps an attribute of :class:`~privacy.subjects.Subject` to a lookup on the model: a row is about
    a person when any of them matches. Every concrete field stands in ``fields`` or in ``impersonal``.
    """

    label: Text
    subject: Mapping[str, str]
    purpose: Purpose
    basis: Basis
    keep: Keep
    fields: Mapping[str, Datum]
    recipients: tuple[Recipient, ...] = (Recipient.CONTROLLER, Recipient.HOST)
    impersonal: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotPersonal:
    """What a model without people says instead, with the reason."""

    reason: Text


Declaration = PersonalData | NotPersonal


@dataclass(frozen=True)
class Holding:
    """A model that holds personal data, together with what it says."""

    model: type[models.Model]
    data: PersonalData

    @property
    def label(self) -> str:
        """``app.model``: the stable name in the policy's placeholders, audit entries and packages."""
        return self.model._meta.label_lower

    def rows(self) -> "models.QuerySet[Any]":
        """Every row, past its period or not."""
        return self.model._default_manager.all()

    def about(self, subject: Subject, *, among: "models.QuerySet[Any] | None" = None) -> "models.QuerySet[Any]":
        """The rows about ``subject``; none when no key of theirs is known."""
        rows = self.rows() if among is None else among
        matches = [
            Q(**{f"{lookup}__in": subject.keys(attribute)})
            for attribute, lookup in self.data.subject.items()
            if subject.keys(attribute)
        ]
        return rows.filter(reduce(or_, matches)) if matches else rows.none()

    def live(self, now: datetime, *, among: "models.QuerySet[Any] | None" = None) -> "models.QuerySet[Any]":
        """The rows whose period still runs at ``now``: nothing else may be shown to anybody."""
        rows = self.rows() if among is None else among
        keep = self.data.keep
        bound = Q(**{f"{keep.since}__gt": keep.period.earliest(now)}) & Q(datamap_expires_at__gt=now)
        return rows.alias(datamap_expires_at=self._expires()).filter(
            bound | Q(**{f"{keep.since}__isnull": True})
        )

    def due(self, now: datetime, *, among: "models.QuerySet[Any] | None" = None) -> "models.QuerySet[Any]":
        """The rows whose period is over at ``now``: what the purge takes."""
        rows = self.rows() if among is None else among
        bound = {f"{self.data.keep.since}__lt": self.data.keep.period.latest(now)}
        return rows.alias(datamap_expires_at=self._expires()).filter(datamap_expires_at__lte=now, **bound)

    def since(self, row: models.Model) -> datetime | None:
        """When the period of ``row`` began, or ``None`` if it has not."""
        return reduce(getattr, self.data.keep.since.split("__"), row)  # type: ignore[arg-type, return-value]

    def expires_at(self, row: models.Model) -> datetime | None:
        """When ``row`` is to be gone, or ``None`` if its period has not begun."""
        since = self.since(row)
        return self.data.keep.period.after(since) if since else None

    def export(self, row: models.Model) -> list[tuple[str, Text, object]]:
        """The personal fields of ``row``: name, label in the language in force, value as shown to people."""
        return [
            (name, self.field_label(name), datum.said or _shown(row, name))
            for name, datum in self.data.fields.items()
            if name not in self.file_fields()
        ]

    def field_label(self, name: str) -> Text:
        """What people are told the field ``name`` is."""
        return self.model._meta.get_field(name).verbose_name  # type: ignore[union-attr, no-any-return]

    def file_fields(self) -> list[str]:
        """The names of the fields that point at an encrypted file."""
        stored = apps.get_model("privacy.StoredFile")
        return [name for name in self.data.fields if self.model._meta.get_field(name).related_model is stored]

    def files(self, row: models.Model) -> list[Any]:
        """The encrypted files that belong to ``row``."""
        return [file for name in self.file_fields() if (file := getattr(row, name)) is not None]

    def _expires(self) -> models.Expression:
        return expires_expression(self.data.keep.since, self.data.keep.period)


def _shown(row: models.Model, name: str) -> object:
    display = getattr(row, f"get_{name}_display", None)
    return display() if callable(display) else getattr(row, name)


def declarations() -> Iterator[tuple[type[models.Model], Declaration | None]]:
    """Each concrete model of the site with what was declared for it; ``None`` if nothing was."""
    third_party = {
        label.lower(): declaration
        for config in apps.get_app_configs()
        for label, declaration in getattr(config, "third_party_data", {}).items()
    }
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy:
            continue
        yield model, third_party.get(model._meta.label_lower, model.__dict__.get("personal_data"))


@cache
def holdings() -> tuple[Holding, ...]:
    """Every model that holds personal data, in the order of the installed applications."""
    return tuple(
        Holding(model, declared) for model, declared in declarations() if isinstance(declared, PersonalData)
    )


def holding(model: type[models.Model]) -> Holding:
    """The holding of ``model``. Raises :class:`LookupError` when it declares no personal data."""
    for known in holdings():
        if known.model is model:
            return known
    raise LookupError(f"{model._meta.label} declares no personal data")


class PersonalDataQuerySet(models.QuerySet[Any]):
    """The questions that every holding answers."""

    def about(self, subject: Subject) -> Self:
        """The rows about one person."""
        return holding(self.model).about(subject, among=self)  # type: ignore[return-value]

    def live(self, now: datetime) -> Self:
        """The rows within their period: the only ones that may be shown."""
        return holding(self.model).live(now, among=self)  # type: ignore[return-value]

    def due(self, now: datetime) -> Self:
        """The rows past their period."""
        return holding(self.model).due(now, among=self)  # type: ignore[return-value]


class PersonalDataModel(models.Model):
    """Base of every model of ours that holds personal data."""

    personal_data: ClassVar[PersonalData]
    objects: ClassVar[Any] = PersonalDataQuerySet.as_manager()

    class Meta:
        abstract = True
