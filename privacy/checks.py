"""System checks: undeclared models, unclassified fields, or a policy that differs from the rules stop the start."""

from collections.abc import Iterator, Sequence
from dataclasses import fields as dataclass_fields

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldError
from django.db import DatabaseError, models
from django.db.models.sql import Query

from privacy.companies import hosting, siren
from privacy.datamap.declarations import NotPersonal, PersonalData
from privacy.datamap.registry import PersonalDataModel, declarations
from privacy.datamap.subjects import Subject
from privacy.journal import entries
from privacy.policy import drift, publishing
from privacy.policy.drift import Drift
from privacy.policy.models import PolicyVersion

MOST_SHOWN = 3  # differing items of a list: a word that changed in all periods would fill the screen
NEW_VERSION = """\
Undo the change of the rules, or publish a version that says what they do:
    1. cp -r policy/{old} policy/{new}, and correct there what is hard-coded
    2. start again: it starts now, and warns until the version is published
    3. while it runs: manage.py publish_policy, or publish it at the desk
To only try something out, start with an empty data folder (SOFTNLABS_VAR)."""
SUBJECT_KEYS = {field.name for field in dataclass_fields(Subject)} | {"fingerprints"}


def check_data_map(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Every model is declared, every field is classified, and every lookup exists (privacy.E001 to E005)."""
    chosen = None if app_configs is None else {config.label for config in app_configs}
    return [
        message
        for model, declared in declarations()
        if chosen is None or model._meta.app_label in chosen
        for message in _check_model(model, declared)
    ]


def check_policy(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """The policy in force is unaltered and agrees with the rules (privacy.E006, E007, W002).

    `migrate` runs it too.
    """
    if not databases:
        return []
    try:
        version = publishing.in_force()
        return [*_check_policy(version)] if version else []
    except DatabaseError:
        # Tables of an older release: they have to be migrated before this check can read them.
        return []


def check_company(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """The company has a valid SIREN, and its data are hosted in the European Union (privacy.E008, E009)."""
    found: list[CheckMessage] = []
    number = str(settings.ENTITY["siren"])
    try:
        siren.normalise(number)
    except ValueError:
        found.append(Error(f"{number!r} is not a SIREN: its check digit is wrong.", id="privacy.E008"))
    try:
        hosting.declared()
    except hosting.HostingPlaceError as refusal:
        hint = "Set HOSTING_PLACES to where the data are stored, such as FR Gan, DE Falkenstein."
        found.append(Error(str(refusal), hint=hint, id="privacy.E009"))
    return found


def check_journal(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """The database is not older than the journal of erasures (privacy.W001), as it is after a restore."""
    try:
        if not databases or not entries.is_restored():
            return []
    except DatabaseError:
        return []  # no tables yet, or those of an older release: they have to be migrated first
    return [
        checks.Warning(
            "This database was restored from a backup that holds people who were erased since.",
            hint="Run manage.py replay_erasures. Until then the site answers 503.",
            id="privacy.W001",
        )
    ]


def _check_policy(version: PolicyVersion) -> Iterator[CheckMessage]:
    if not publishing.is_intact(version):
        yield Error(f"Policy version {version.number} was altered in the database.", id="privacy.E006")
    if differences := drift.of(version):
        yield _drift_message(differences, version)


def _drift_message(differences: list[Drift], version: PolicyVersion) -> CheckMessage:
    """A warning where a version that can be published is waiting; otherwise an error, so nothing starts."""
    says = f"Policy version {version.number}, which is in force, differs from the rules that run:\n"
    says += "\n".join(line for found in differences for line in _lines(found))
    if not publishing.is_pending(version):
        hint = NEW_VERSION.format(old=version.number, new=version.number + 1)
        return Error(says, hint=hint, id="privacy.E007")
    try:
        publishing.preview(settings.LANGUAGE_CODE)
    except publishing.PublishingRefusedError as refusal:
        hint = f"A newer version waits in policy/, but it would be refused. Correct it and start again:\n{refusal}"
        return Error(says, hint=hint, id="privacy.E007")
    hint = "A newer version waits in policy/: run manage.py publish_policy, or publish it at the desk."
    return checks.Warning(says, hint=hint, id="privacy.W002")


def _lines(found: Drift) -> Iterator[str]:
    """The value as published and the current one; of a long list, its beginning."""
    yield f"    {found.name} ({found.language})"
    for mark, value in (("published", found.published), ("now", found.current)):
        items = value if isinstance(value, list) else [value]
        yield from (f"        {mark}: {item}" for item in items[:MOST_SHOWN])
        if len(items) > MOST_SHOWN:
            yield f"        {mark}: ... and {len(items) - MOST_SHOWN} more"


def _check_model(model: type[models.Model], declared: object) -> Iterator[CheckMessage]:
    if isinstance(declared, PersonalData):
        yield from _check_fields(model, declared)
        yield from _check_lookups(model, declared)
    elif not isinstance(declared, NotPersonal):
        yield Error(
            f"{model._meta.label} does not say whether it holds personal data.",
            hint="Declare personal_data beside its fields, or third_party_data in the AppConfig that brings it.",
            obj=model,
            id="privacy.E001",
        )
    elif issubclass(model, PersonalDataModel):
        yield Error(
            f"{model._meta.label} is a PersonalDataModel, yet declares that it holds nothing about people.",
            obj=model,
            id="privacy.E005",
        )


def _check_fields(model: type[models.Model], declared: PersonalData) -> Iterator[CheckMessage]:
    real = {field.name for field in model._meta.concrete_fields}
    said = [*declared.fields, *declared.impersonal]
    for name in sorted(real - set(said)):
        yield Error(
            f"{model._meta.label}.{name} is not classified.",
            hint="Name it in fields with its category, or in impersonal.",
            obj=model,
            id="privacy.E002",
        )
    for name in sorted({name for name in said if name not in real or said.count(name) > 1}):
        yield Error(
            f"{model._meta.label} classifies {name!r}, which is no field of it, or does so twice.",
            obj=model,
            id="privacy.E003",
        )


def _check_lookups(model: type[models.Model], declared: PersonalData) -> Iterator[CheckMessage]:
    wrong = sorted(set(declared.subject) - SUBJECT_KEYS)
    if wrong or not declared.subject:
        yield Error(
            f"{model._meta.label} is found by {wrong or 'nothing'}; a subject has {sorted(SUBJECT_KEYS)}.",
            obj=model,
            id="privacy.E004",
        )
    lookups = [(lookup, False) for lookup in declared.subject.values()] + [(declared.keep.since, True)]
    for lookup, is_instant in lookups:
        if error := _lookup_error(model, lookup, is_instant=is_instant):
            yield Error(
                f"{model._meta.label}: {lookup!r} is not a lookup: {error}", obj=model, id="privacy.E004"
            )


def _lookup_error(model: type[models.Model], lookup: str, *, is_instant: bool) -> str:
    try:
        found = Query(model).resolve_ref(lookup).output_field
    except FieldError as error:
        return str(error)
    return "" if isinstance(found, models.DateTimeField) or not is_instant else "it is not a DateTimeField"
