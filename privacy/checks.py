"""System checks: undeclared models, unclassified fields, or a policy that differs from the rules stop the start."""

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields as dataclass_fields

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldError
from django.db import DatabaseError, models
from django.db.models.sql import Query
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise as LazyText

from privacy import plugins
from privacy.access import groups
from privacy.companies import collecting, hosting, mail_processor, siren
from privacy.database import rights
from privacy.datamap import likely_personal
from privacy.datamap.declarations import NotPersonal, PersonalData
from privacy.datamap.registry import PersonalDataModel, declarations, holdings
from privacy.datamap.stores import Store
from privacy.datamap.subjects import Subject
from privacy.files import rewrapping
from privacy.files.models import StoredFile
from privacy.journal import entries
from privacy.mail import signing
from privacy.policy import binding, drift, publishing
from privacy.policy.drift import Drift
from privacy.policy.models import PolicyVersion
from privacy.quarantine import clamd

MOST_SHOWN = 3  # differing items of a list: a word that changed in all periods would fill the screen
NEW_VERSION = """\
Undo the change of the rules, or publish a version that says what they do:
    1. cp -r policy/{old} policy/{new}, and correct there what is hard-coded
    2. start again: it starts now, and warns until the version is published
    3. while it runs: manage.py publish_policy, or publish it at the desk
To only try something out, start with an empty data folder (SOFTNLABS_VAR)."""
PLACEHOLDER_NAME = re.compile(r"[a-z]+(\.[a-z_]+)+")
SUBJECT_KEYS = {field.name for field in dataclass_fields(Subject)} | {"fingerprints"}


def check_data_map(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Every model is declared, every field is classified, every lookup exists (privacy.E001 to E005, E013, E014)."""
    chosen = None if app_configs is None else {config.label for config in app_configs}
    return [
        message
        for model, declared in declarations()
        if chosen is None or model._meta.app_label in chosen
        for message in _check_model(model, declared)
    ]


def check_plugins(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """What apps declare is what :mod:`privacy.plugins` asks for (privacy.E010), once, well named (E011, E012)."""
    return [*_unusable_entries()] or [*_double_entries(), *_malformed_placeholders()]


def check_policy(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """The policy in force is unaltered and agrees with the rules (privacy.E006, E007, W002, W003).

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


def check_scanner(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """A scanner is named so that it can be asked (privacy.E015): otherwise no file would ever leave the quarantine."""
    if not settings.SCANNER or clamd.is_address(settings.SCANNER):
        return []
    hint = "Such as unix:/run/clamav/clamd.ctl or tcp:scanner.internal:3310; leave it empty for none."
    return [Error(f"SCANNER is {settings.SCANNER!r}, which names no scanner.", hint=hint, id="privacy.E015")]


def check_mail_signature(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """The key for signatures can be used (privacy.E016), and in production mail is signed (privacy.W006)."""
    try:
        is_signed = signing.signer() is not None or settings.MAIL_RELAY_SIGNS or settings.LOCAL_MODE
    except signing.UnusableKeyError as error:
        return [Error(str(error), hint="manage.py make_keys prints a good one.", id="privacy.E016")]
    if is_signed:
        return []
    hint = "Set DKIM_PRIVATE_KEY and DKIM_SELECTOR, or MAIL_RELAY_SIGNS=1 where the relay signs."
    return [
        checks.Warning("Outgoing mail is not signed: no campaign can be sent.", hint=hint, id="privacy.W006")
    ]


def check_mail_processor(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Whoever sends our mail is known and able (privacy.E017), and is in the register of processors (privacy.E018).

    At every start, not at those alone that look at the database: mail would leave at once.
    """
    found = [Error(says, hint=mail_processor.HINT, id="privacy.E017") for says in mail_processor.unusable()]
    if found:
        return [*found]
    try:
        says = mail_processor.unregistered(timezone.localdate())
    except DatabaseError:
        return []  # no tables yet, or no database, and then no mail leaves
    return [Error(says, hint=mail_processor.HINT_REGISTER, id="privacy.E018")] if says else []


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


def check_file_keys(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """No key went from FILE_KEYS that a file or another secret still needs (privacy.W004)."""
    if not databases:
        return []
    try:
        # Asked first, because a cursor that reads by and by would hide the error: no tables yet, or no right to them.
        StoredFile.objects.exists()
        lost = rewrapping.count().lost
    except DatabaseError:
        return []
    if not lost:
        return []
    says = f"Nobody can open {lost} files or other secrets: FILE_KEYS does not have the key that they need."
    hint = "Put the key back, behind the newest, and run manage.py rewrap_file_keys before taking it out."
    return [checks.Warning(says, hint=hint, id="privacy.W004")]


def check_rights(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """The application's role cannot rewrite a ledger (privacy.W005)."""
    try:
        found = rights.rewritable() if databases and rights.is_migrated() else set()
    except DatabaseError:
        return []
    if not found:
        return []
    says = f"The role of DATABASE_URL could rewrite what the database keeps: {len(found)} tables."
    hint = "Name the owner in DATABASE_OWNER_URL, another role in DATABASE_URL, and run manage.py migrate."
    return [checks.Warning(says, hint=f"{hint} See docs/operations.md.", id="privacy.W005")]


def _unusable_entries() -> Iterator[CheckMessage]:
    for config in plugins.installed():
        for entry in (*_unusable_values(config), *_unusable_functions(config)):
            yield Error(
                f"{config.label}: {entry} is not what privacy/plugins.py asks for.",
                hint="See there what it must be, and with which arguments it is called.",
                obj=config,
                id="privacy.E010",
            )


def _unusable_values(config: plugins.PrivacyAppConfig) -> Iterator[str]:
    for action, label in config.audit_labels.items():
        if not isinstance(label, (str, LazyText)):
            yield f"audit_labels[{action!r}]"
    yield from (f"looks: {action!r}" for action in config.looks if not isinstance(action, str))
    for action, is_granting in config.decisions.items():
        if not isinstance(is_granting, bool):
            yield f"decisions[{action!r}]"
    for model, declared in config.third_party_data.items():
        if not isinstance(declared, (PersonalData, NotPersonal)) or not _is_model(model):
            yield f"third_party_data[{model!r}]"
    for group, named in config.permissions_of_groups.items():
        known = groups.every_permission() if group in groups.StaffGroup.values else frozenset()
        yield from (f"permissions_of_groups[{group!r}]: {each!r}" for each in named if each not in known)
    yield from _unusable_names(config)


def _unusable_names(config: plugins.PrivacyAppConfig) -> Iterator[str]:
    """Of holdings, URLs and templates, and stores."""
    for key, form in config.forms.items():
        if not isinstance(form, plugins.PublicForm) or not _collects(form):
            yield f"forms[{key!r}]"
    for name, right in config.served_rights.items():
        if not isinstance(right, plugins.ServedRight) or not _is_url(right.url_name):
            yield f"served_rights[{name!r}]"
    kinds = {held.label for held in holdings()}
    yield from (f"cases[{label!r}]" for label in config.cases if label not in kinds)
    yield from (f"stores[{n}]" for n, store in enumerate(config.stores) if not isinstance(store, Store))
    for n, secrets in enumerate(config.wrapped_secrets):
        if not isinstance(secrets, plugins.WrappedSecrets):
            yield f"wrapped_secrets[{n}]"
    yield from (f"bound_templates[{name!r}]" for name in config.bound_templates if not _is_template(name))
    if config.promises_panel is not None and not _is_template(config.promises_panel.template):
        yield "promises_panel.template"


def _facts(config: plugins.PrivacyAppConfig) -> Iterator[tuple[object, object]]:
    """A fact about the placeholder of another app would hide that this one states something else."""
    for name, source in config.policy_facts.items():
        owners = [each for each in plugins.installed() if name in each.policy_facts]
        is_its_own = name in config.policy_placeholders or len(owners) > 1  # which is E011
        yield name, source if is_its_own else None


def _unusable_functions(config: plugins.PrivacyAppConfig) -> Iterator[str]:
    panel = config.promises_panel
    keyed: Iterable[tuple[str, Iterable[tuple[object, object]], type]] = (
        ("promises", enumerate(config.promises), plugins.PromiseSource),
        ("policy_placeholders", config.policy_placeholders.items(), plugins.PlaceholderSource),
        ("policy_facts", _facts(config), plugins.FactSource),
        ("file_senders", config.file_senders.items(), plugins.FileSenderSource),
        ("forbidden_rows", enumerate(config.forbidden_rows), plugins.ForbiddenRows),
        ("replays", config.replays.items(), plugins.Replay),
        ("objections", config.objections.items(), plugins.ObjectionHandler),
        ("my_data", ((section.key, section.body) for section in config.my_data), plugins.MyDataBody),
    )
    single: Iterable[tuple[str, object, type]] = (
        ("promises_panel.facts", panel and panel.facts, plugins.PanelFacts),
        ("admin_panel", config.admin_panel, plugins.AdminPanel),
        ("confirmed_addresses", config.confirmed_addresses, plugins.ConfirmedAddresses),
        ("waiting_work", config.waiting_work, plugins.WaitingSource),
        ("load_content", config.load_content, plugins.ContentLoader),
    )
    for hook, functions, protocol in keyed:
        yield from (f"{hook}[{key!r}]" for key, function in functions if not _takes(function, protocol))
    for hook, function, protocol in single:
        if function is not None and not _takes(function, protocol):
            yield hook


def _double_entries() -> Iterator[CheckMessage]:
    """Whichever comes first, or last, would win without a word."""
    owners: dict[tuple[str, str], str] = {}
    for config in plugins.installed():
        for hook, key in _keys(config):
            if (hook, key) in owners:
                yield Error(
                    f"{hook}: {key!r} is declared twice, by {owners[hook, key]} and by {config.label}.",
                    obj=config,
                    id="privacy.E011",
                )
            owners[hook, key] = config.label


def _keys(config: plugins.PrivacyAppConfig) -> Iterator[tuple[str, str]]:
    yield from (("audit_labels", action) for action in config.audit_labels)
    yield from (("promises", promise.key) for source in config.promises for promise in source())
    yield from (("policy_placeholders", name) for name in config.policy_placeholders)
    yield from (("policy_facts", name) for name in config.policy_facts)
    yield from (("served_rights", name) for name in config.served_rights)
    yield from (("third_party_data", model.lower()) for model in config.third_party_data)
    yield from (("forms", key) for key in config.forms)
    yield from (("stores", store.name) for store in config.stores)
    yield from (("file_senders", label) for label in config.file_senders)
    yield from (("replays", action) for action in config.replays)
    yield from (("objections", right) for right in config.objections)
    yield from (("my_data", section.key) for section in config.my_data)


def _malformed_placeholders() -> Iterator[CheckMessage]:
    for config in plugins.installed():
        for name in config.policy_placeholders:
            if not PLACEHOLDER_NAME.fullmatch(name):
                yield Error(
                    f"{config.label}: no policy text can name the placeholder {name!r}.",
                    hint="A name is two or more words of small letters with dots between them: list.cookies.",
                    obj=config,
                    id="privacy.E012",
                )


def _takes(function: object, protocol: type) -> bool:
    """Whether ``function`` can be called with the arguments of ``protocol``."""
    if not callable(function):
        return False
    _self, *asked = inspect.signature(protocol.__call__).parameters.values()
    positional = [each.name for each in asked if each.kind is each.POSITIONAL_OR_KEYWORD]
    keywords = {each.name: each.name for each in asked if each.kind is each.KEYWORD_ONLY}
    try:
        inspect.signature(function).bind(*positional, **keywords)
    except TypeError:
        return False
    except ValueError:  # a builtin, such as str: it does not say what it takes
        return True
    return True


def _is_model(label: str) -> bool:
    try:
        apps.get_model(label)
    except (LookupError, ValueError):
        return False
    return True


def _is_url(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True


def _collects(form: plugins.PublicForm) -> bool:
    """It fills holdings, and at least one of them says for which company; others hang on that one."""
    filled, known = set(form.holdings), {each.label for each in holdings()}
    return filled <= known and bool(filled & {each.label for each in collecting.collected()})


def _is_template(name: str) -> bool:
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True


def _check_policy(version: PolicyVersion) -> Iterator[CheckMessage]:
    if not publishing.is_intact(version):
        yield Error(f"Policy version {version.number} was altered in the database.", id="privacy.E006")
    if differences := drift.of(version):
        yield _drift_message(differences, version)
    elif worded := drift.printed(version):
        says = (
            f"Policy version {version.number} says what the rules do, in words that this release changed:\n"
        )
        says += "\n".join(line for found in worded for line in _lines(found))
        hint = "Publish a new version when it suits you: what people read is still true."
        yield checks.Warning(says, hint=hint, id="privacy.W003")


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
            hint="Declare personal_data beside its fields, or third_party_data in the app that brings it.",
            obj=model,
            id="privacy.E001",
        )
    else:
        yield from _check_not_personal(model, declared)


def _check_not_personal(model: type[models.Model], declared: NotPersonal) -> Iterator[CheckMessage]:
    if issubclass(model, PersonalDataModel):
        yield Error(
            f"{model._meta.label} is a PersonalDataModel, yet declares that it holds nothing about people.",
            obj=model,
            id="privacy.E005",
        )
    suspect = {field.name for field in likely_personal.columns(model, dict(declarations()))}
    for name in sorted(suspect - declared.columns.keys()):
        yield Error(
            f"{model._meta.label}.{name} looks like personal data, and the model declares none.",
            hint="Declare it, or say in NotPersonal(..., columns={...}) why it is about nobody.",
            obj=model,
            id="privacy.E014",
        )
    for name in sorted(declared.columns.keys() - {field.name for field in model._meta.concrete_fields}):
        yield Error(
            f"{model._meta.label} gives a reason for {name!r}, which is no field.",
            obj=model,
            id="privacy.E014",
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
    for field in model._meta.concrete_fields:
        datum = declared.fields.get(field.name)
        if datum is not None and datum.is_file is not (field.related_model is StoredFile):
            yield Error(
                f"{model._meta.label}.{field.name}: is_file does not say what the field is.",
                hint="is_file=True belongs to each field that points at privacy.StoredFile, and to no other.",
                obj=model,
                id="privacy.E013",
            )


def _check_lookups(model: type[models.Model], declared: PersonalData) -> Iterator[CheckMessage]:
    wrong = sorted(set(declared.subject) - SUBJECT_KEYS)
    if wrong or not (declared.subject or declared.found_on):
        yield Error(
            f"{model._meta.label} is found by {wrong or 'nothing'}; a subject has {sorted(SUBJECT_KEYS)}.",
            obj=model,
            id="privacy.E004",
        )
    if declared.found_on and declared.found_on not in binding.served_rights():
        yield Error(
            f"{model._meta.label} is found on the page of {declared.found_on!r}, a right that no app serves.",
            hint="Name a key of served_rights in an AppConfig.",
            obj=model,
            id="privacy.E004",
        )
    instants = filter(None, (declared.keep.since, declared.keep.until))
    lookups = [
        *((lookup, False) for lookup in declared.subject.values()),
        *((each, True) for each in instants),
    ]
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
