"""The placeholders of a policy text and their values, read from the settings and the data map.

Other apps add their own: ``policy_placeholders`` in :mod:`privacy.plugins`.
"""

import json
from collections.abc import Iterator
from datetime import date
from functools import reduce

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from privacy import plugins
from privacy.audit import looks
from privacy.datamap import explanations, registry, stores
from privacy.datamap.declarations import Basis, Category, Purpose, Recipient
from privacy.policy.markdown import PlaceholderValue
from privacy.web import company_address

# A text without one of these would hide something that the software does.
REQUIRED = (
    "list.categories",
    "list.recipients",
    "list.periods",
    "list.cookies",
    "controller.name",
    "controller.email",
)


def in_language(language: str) -> dict[str, PlaceholderValue]:
    with override(language):
        return dict(_all())


def facts(language: str) -> dict[str, object]:
    """What each placeholder states, without its words: two equal facts may be worded differently.

    A placeholder that names no fact states what it prints in `language`.
    """
    stated = {**in_language(language), **dict(_facts())}
    return dict(json.loads(json.dumps(stated)))


def _facts() -> Iterator[tuple[str, object]]:
    held = explanations.explain_all()
    uses = [use for explained in held for use in explained.uses]
    for name in ("act", "gdpr", "gdpr.short"):
        yield f"law.{name}", name
    for purpose in Purpose:
        yield f"purpose.{purpose.lower()}", purpose
        yield f"basis.{purpose.lower()}", sorted({use.basis for use in uses if use.purpose == purpose})
    yield "list.categories", sorted({field.category for use in uses for field in use.fields})
    yield "list.recipients", sorted({recipient for explained in held for recipient in explained.recipients})
    yield from _period_facts()
    for config in plugins.installed():
        for name, source in config.policy_facts.items():
            yield name, source()


def _period_facts() -> Iterator[tuple[str, object]]:
    keeps = {explained.label: explained.keep for explained in explanations.explain_all()}
    for label, keep in keeps.items():
        yield f"period.{label}", keep.period.iso
        if keep.active is not None:
            yield f"active.{label}", keep.active.iso
    whole = {
        label: [keep.period.iso, keep.active.iso if keep.active else "", keep.since]
        for label, keep in keeps.items()
    }
    yield "list.periods", whole
    yield "period.looks", looks.KEEP.iso


def _all() -> Iterator[tuple[str, PlaceholderValue]]:
    yield from of_company()
    yield from _law()
    yield from _purposes()
    yield from _periods()
    yield from _lists()
    for config in plugins.installed():
        for name, source in config.policy_placeholders.items():
            yield name, source()


def of_company() -> Iterator[tuple[str, PlaceholderValue]]:
    """The company, the data controller and the authority, in the active language."""
    entity = settings.ENTITY
    for part, value in entity.items():
        if value:
            yield f"entity.{part}", str(value)
    yield "entity.address", company_address.on_one_line()
    yield "entity.siren", str(settings.ENTITY["siren"]).replace(" ", "\N{NO-BREAK SPACE}")
    yield "entity.since", date_format(date.fromisoformat(str(settings.ENTITY["since"])))
    for part, value in settings.CONTROLLER.items():
        if value:
            yield f"controller.{part}", str(value)
    yield "authority.postal", authority_postal()


def authority_postal() -> str:
    """Where one writes to the authority, in one line, in the active language."""
    authority = settings.AUTHORITY
    return ", ".join(map(str, (*authority["postal_address"], authority["country"])))


def _law() -> Iterator[tuple[str, PlaceholderValue]]:
    yield "law.act", _("Act 78-17 of 6 January 1978 on data processing, files and freedoms")
    yield "law.gdpr", _("Regulation (EU) 2016/679, the General Data Protection Regulation (GDPR)")
    yield "law.gdpr.short", _("GDPR")


def _purposes() -> Iterator[tuple[str, PlaceholderValue]]:
    """A purpose that no holding serves has no basis, so that no text can claim one."""
    uses = [use for facts in explanations.explain_all() for use in facts.uses]
    for purpose in Purpose:
        yield f"purpose.{purpose.lower()}", str(purpose.label)
        bases = explanations.in_order(Basis, (use.basis for use in uses if use.purpose == purpose))
        if bases:
            yield f"basis.{purpose.lower()}", _listing([str(basis.label) for basis in bases])


def _periods() -> Iterator[tuple[str, PlaceholderValue]]:
    for holding in registry.holdings():
        yield f"period.{holding.label}", str(holding.data.keep.period)
        if holding.data.keep.active is not None:
            yield f"active.{holding.label}", str(holding.data.keep.active)
    for store in stores.personal():
        yield f"period.{store.name}", str(store.data.period)
    yield "period.looks", str(looks.KEEP)


def _lists() -> Iterator[tuple[str, PlaceholderValue]]:
    held = explanations.explain_all()
    uses = [use for facts in held for use in facts.uses]
    categories = explanations.in_order(Category, (field.category for use in uses for field in use.fields))
    recipients = explanations.in_order(
        Recipient, (recipient for facts in held for recipient in facts.recipients)
    )
    yield "list.categories", [str(category.label) for category in categories]
    yield "list.recipients", [str(recipient.label) for recipient in recipients]
    yield (
        "list.periods",
        [_("%(what)s: %(keep)s") % {"what": facts.title, "keep": facts.retention_phrase} for facts in held],
    )


def _listing(words: list[str]) -> str:
    """Separated by semicolons as the language writes them: French puts a space before each."""
    return reduce(lambda others, last: _("%(others)s; %(last)s") % {"others": others, "last": last}, words)
