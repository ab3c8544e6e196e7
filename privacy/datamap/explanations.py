"""What a person is told of each holding (GDPR articles 13 and 14), in the language in force.

Read from the data map. The page of what is held, the notice beside each form and the lists in the policy use it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy import plugins
from privacy.datamap import registry, stores
from privacy.datamap.declarations import Basis, Category, Datum, Keep, Purpose, Recipient
from privacy.datamap.registry import Holding
from privacy.datamap.stores import PersonalStore
from privacy.plugins import ServedRight

Choice = TypeVar("Choice", bound=models.TextChoices)

REASONS = {
    Purpose.BUSINESS: gettext_lazy(
        "to serve our clients and follow up what we do for them, to keep our systems secure and to do what the law asks"
    ),
    Purpose.PERSONALISATION: gettext_lazy("to offer services and information that fit you"),
    Purpose.VISITORS: gettext_lazy(
        "to answer those who write to us, and to understand and improve the Website"
    ),
    Purpose.PROSPECTS: gettext_lazy("to send commercial messages to those who agreed to receive them"),
    Purpose.RECRUITMENT: gettext_lazy("to deal with applications for a job or an internship"),
}


@dataclass(frozen=True)
class FieldExplanation:
    """One personal field in words."""

    name: str
    label: str
    category: Category
    provided: bool
    shown_as: str
    recipients: tuple[Recipient, ...]

    @property
    def is_self_explanatory(self) -> bool:
        """Whether its label says no more than its category."""
        return not self.shown_as and self.label.casefold() == str(self.category.label).casefold()


@dataclass(frozen=True)
class ProcessingUse:
    """The fields that serve one purpose on one legal basis."""

    purpose: Purpose
    basis: Basis
    fields: tuple[FieldExplanation, ...]
    archive_reason: str = ""  # only in the archive, and only for this; it has no fields of its own

    @property
    def reason(self) -> str:
        return self.archive_reason or str(REASONS[self.purpose])


@dataclass(frozen=True)
class HoldingExplanation:
    label: str
    title: str
    keep: Keep
    since_label: str
    uses: tuple[ProcessingUse, ...]
    obtained_from: str = ""
    stays: str = ""  # why an erasure leaves it (GDPR article 17(3))
    found_on: ServedRight | None = None  # the page on which the browser that it came from finds it

    @property
    def fields(self) -> tuple[FieldExplanation, ...]:
        return tuple(field for use in self.uses for field in use.fields)

    @property
    def anchor(self) -> str:
        """The fragment of links to it; not its label, since block lists hide elements that are called "consent"."""
        return f"kind-{hashlib.sha256(self.label.encode()).hexdigest()[:8]}"

    @property
    def categories(self) -> list[Category]:
        """The categories of its fields, each once, in the order of :class:`Category`."""
        return in_order(Category, (field.category for field in self.fields))

    @property
    def by_category(self) -> list[tuple[Category, list[FieldExplanation]]]:
        return [
            (kind, [field for field in self.fields if field.category == kind]) for kind in self.categories
        ]

    @property
    def source(self) -> str:
        """Who gave the data (GDPR article 14(2)(f))."""
        if self.obtained_from:
            return self.obtained_from
        given = {field.provided for field in self.fields}
        if given == {True}:
            return _("You")
        return _("You, and what our software noted") if True in given else _("What our software noted")

    @property
    def is_given(self) -> bool:
        """Whether the person gave a part of it themselves."""
        return any(field.provided for field in self.fields)

    @property
    def recipients(self) -> list[Recipient]:
        """Everybody who gets a part of it, in the order of :class:`Recipient`."""
        return in_order(Recipient, (recipient for field in self.fields for recipient in field.recipients))

    @property
    def limited_fields(self) -> list[FieldExplanation]:
        """The fields that fewer recipients see than the rest."""
        return [field for field in self.fields if set(field.recipients) < set(self.recipients)]

    @property
    def retention_phrase(self) -> str:
        """How long it stays, as a phrase that can end a list."""
        words = {"period": self.keep.period, "active": self.keep.active, "start": self.since_label}
        if self.keep.active is None:
            phrase = _("%(period)s, counted from %(start)s") % words
        else:
            phrase = (
                _("%(active)s in use, then in the archive until %(period)s are over, counted from %(start)s")
                % words
            )
        if not self.keep.until_label:
            return phrase
        return _("%(period)s; sooner if %(reason)s") % {"period": phrase, "reason": self.keep.until_label}


def explain(holding: Holding) -> HoldingExplanation:
    """The facts of one holding, those of its main purpose first."""
    grouped: dict[tuple[Purpose, Basis], list[FieldExplanation]] = {}
    for name, datum in holding.data.fields.items():
        why = datum.purpose or holding.data.purpose, datum.basis or holding.data.basis
        grouped.setdefault(why, []).append(_field_explanation(holding, name, datum))
    uses = [ProcessingUse(purpose, basis, tuple(fields)) for (purpose, basis), fields in grouped.items()]
    if archive := holding.data.keep.archive:
        uses.append(ProcessingUse(holding.data.purpose, archive.basis, (), str(archive.reason)))
    return HoldingExplanation(
        label=holding.label,
        title=str(holding.data.label),
        keep=holding.data.keep,
        since_label=_since_label(holding),
        uses=tuple(sorted(uses, key=lambda use: use.purpose != holding.data.purpose)),
        obtained_from=str(holding.data.obtained_from),
        stays=str(holding.data.erasure_exemption),
        found_on=_served_right(holding.data.found_on),
    )


def explain_store(store: PersonalStore) -> HoldingExplanation:
    """The facts of a store outside the database, in the words of a holding."""
    data = store.data
    fields = [
        FieldExplanation(
            str(number),
            capfirst(str(what)),
            category,
            provided=False,
            shown_as="",
            recipients=data.recipients,
        )
        for number, (what, category) in enumerate(data.contents.items(), start=1)
    ]
    return HoldingExplanation(
        label=store.name,
        title=str(data.label),
        keep=Keep(since="", period=data.period),
        since_label=str(data.since_label),
        uses=(ProcessingUse(data.purpose, data.basis, tuple(fields)),),
        stays=str(data.erasure_exemption),
        found_on=_served_right(data.found_on),
    )


def explain_all() -> list[HoldingExplanation]:
    """All that is held, in the database and outside it."""
    held = [explain(holding) for holding in registry.holdings()]
    return [*held, *map(explain_store, stores.personal())]


def by_purpose() -> list[tuple[Purpose, list[HoldingExplanation]]]:
    """The holdings under the main purpose of each; first what people gave us, then what was recorded.

    Purposes without a holding are left out.
    """
    held = sorted(explain_all(), key=lambda facts: not any(field.provided for field in facts.fields))
    groups = [(purpose, [facts for facts in held if facts.uses[0].purpose == purpose]) for purpose in Purpose]
    return [(purpose, group) for purpose, group in groups if group]


def in_order(kind: type[Choice], found: Iterable[Choice]) -> list[Choice]:
    """Each choice once, in the order of its class."""
    met = set(found)
    return [choice for choice in kind if choice in met]


def _field_explanation(holding: Holding, name: str, datum: Datum) -> FieldExplanation:
    label = _label(holding.model, name)
    recipients = holding.data.recipients if datum.recipients is None else datum.recipients
    return FieldExplanation(
        name, label, datum.category, datum.provided, str(datum.shown_as or ""), recipients
    )


def _label(model: type[models.Model], name: str) -> str:
    return capfirst(str(getattr(model._meta.get_field(name), "verbose_name", name)))


def _served_right(name: str) -> ServedRight | None:
    rights = (config.served_rights.get(name) for config in plugins.installed())
    return next(filter(None, rights), None)


def _since_label(holding: Holding) -> str:
    """The name of the instant from which the period runs; a lookup may cross relations."""
    if holding.data.keep.since_label:
        return str(holding.data.keep.since_label)
    model = holding.model
    *path, last = holding.data.keep.since.split("__")
    for step in path:
        related = model._meta.get_field(step).related_model
        assert isinstance(related, type)
        model = related
    return str(getattr(model._meta.get_field(last), "verbose_name", last))
