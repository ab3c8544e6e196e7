"""The interface by which an app takes part in the portal: what it declares on its ``AppConfig``.

An app subclasses :class:`PrivacyAppConfig` and sets those of its attributes that concern it: plain values in the class
body, functions in ``ready()``, where they can be imported. Whoever reads a hook iterates over :func:`installed`. The
system check :func:`privacy.checks.check_plugins` looks at every entry before anything starts.

This module stands below every other one of privacy, so it knows the others by their types alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from django.apps import AppConfig, apps
from django.http import HttpRequest
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.db.models import Q

    from privacy.datamap.declarations import Declaration, Text
    from privacy.datamap.stores import Store
    from privacy.datamap.subjects import Subject
    from privacy.journal.entries import JournalEntry
    from privacy.policy.markdown import PlaceholderValue
    from privacy.promises.checking import Promise


class PromiseSource(Protocol):
    """The promises of one feature, worded in the active language."""

    def __call__(self) -> Iterable[Promise]: ...


class PanelFacts(Protocol):
    """What a panel beside the promises shows: plain values, which the page hands to JSON as they are."""

    def __call__(self, *, now: datetime) -> dict[str, object]: ...


class PlaceholderSource(Protocol):
    """The value of one placeholder, in the active language."""

    def __call__(self) -> PlaceholderValue: ...


class FactSource(Protocol):
    """What a placeholder states, without words: numbers, units, keys, as JSON knows them."""

    def __call__(self) -> object: ...


class Replay(Protocol):
    """Do what ``entry`` tells of again. Returns how many rows went.

    ``subject`` holds the keys of the person that the restored rows, or the spool, still know.
    """

    def __call__(self, entry: JournalEntry, subject: Subject, *, now: datetime) -> int: ...


class ForbiddenRows(Protocol):
    """Which rows of the kind ``label`` (``app.model``) a law forbids to tell their person of; ``None`` for no such."""

    def __call__(self, label: str, *, now: datetime) -> Q | None: ...


class ObjectionHandler(Protocol):
    """Stop what a person objects to. Returns whether it could: otherwise the controller does it by hand.

    ``browser`` is the request of the person's own browser, if there is one; ``words`` what they objected to, in
    ``language``.
    """

    def __call__(
        self, browser: HttpRequest | None, *, email: str, words: str, language: str, now: datetime
    ) -> bool: ...


class AdminPanel(Protocol):
    """A piece of the admin's first page; ``None`` for somebody whom it does not concern."""

    def __call__(self, request: HttpRequest, *, now: datetime) -> SafeString | None: ...


class FileSenderSource(Protocol):
    """Who sent a file of a record."""

    def __call__(self, row: Any) -> FileSender: ...


class ConfirmedAddresses(Protocol):
    """The addresses, normalised, whose mailboxes the owner of ``account`` has shown to read."""

    def __call__(self, account: AbstractBaseUser) -> Collection[str]: ...


@runtime_checkable
class WrappedSecrets(Protocol):
    """Secrets in rows of an app that are encrypted with ``FILE_KEYS``, as the keys of files are (Fernet tokens)."""

    def tokens(self) -> Iterable[tuple[int, bytes]]:
        """Each of them, with the key of its row, which may have several."""

    def rewrap(self, keys: Collection[int]) -> int:
        """Encrypt those of these rows with the newest key (``storage.rewrap``). Returns how many rows were: one that
        somebody else is writing just then may be left for the next time."""


class MyDataBody(Protocol):
    """What one section of “My data” shows, under its heading. ``person`` has the keys of whoever is signed in."""

    def __call__(self, request: HttpRequest, person: Subject, *, now: datetime) -> SafeString: ...


class WaitingSource(Protocol):
    """The work of one app that waits at the desk, counted: whoever is locked out of the records sees this of it."""

    def __call__(self, *, now: datetime) -> Iterable[WaitingWork]: ...


class ContentLoader(Protocol):
    """Create the starting content that is missing; what is there already stays as it is."""

    def __call__(self, *, now: datetime) -> None: ...


@dataclass(frozen=True)
class ServedRight:
    """What a person can do, in words of the page, and the name of the URL where they do it."""

    label: Text
    url_name: str


@dataclass(frozen=True)
class FileSender:
    """Where to write to, in which language, and the address at which another file can be sent. Without ``email`` nobody
    is written to."""

    email: str
    language: str
    link: str


@dataclass(frozen=True)
class WaitingWork:
    """How much of one kind of work waits, without a name: for whoever would have ``permission`` once trained.

    ``due_at`` is the next deadline; ``late`` says how many are past theirs. Where no deadline is set, ``since`` says
    from when the oldest is.
    """

    label: Text
    permission: str
    count: int
    late: int = 0
    due_at: datetime | date | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class PromisesPanel:
    """Statistics beside the promises: ``template`` is rendered with what ``facts`` returns."""

    facts: PanelFacts
    template: str


@dataclass(frozen=True)
class MyDataSection:
    """A section of the page “My data”: ``key`` is the fragment of links to it, ``title`` its heading."""

    key: str
    title: Text
    body: MyDataBody


@dataclass(frozen=True)
class PublicForm:
    """A form that people fill in: its name at the desk, and the labels of the holdings that it fills."""

    label: Text
    holdings: tuple[str, ...]


class PrivacyAppConfig(AppConfig):
    """An app that takes part. Each hook has a default that means: nothing of the kind."""

    audit_labels: Mapping[str, Text] = {}
    """By audit action, what it says to whoever reads the trail. Read each time an entry is shown."""

    looks: Collection[str] = ()
    """Which of its audit actions only look at data, besides those that end in ``.viewed``: kept for less long."""

    cases: Mapping[str, str] = {}
    """By label of a holding whose rows are reasons to look at a person's data, the lookup of the instant at which one
    ends; empty where it does not. The monthly report tells which looks had none."""

    decisions: Mapping[str, bool] = {}
    """By audit action, what decides about a person: only an account may. True where it only grants, which may also be
    done at once for the person who asks. Read when the promises are checked."""

    promises: Sequence[PromiseSource] = ()
    """Called each time promises are listed or checked (about three times an hour)."""

    promises_panel: PromisesPanel | None = None
    """Shown on the page of promises, and under the app's label in its JSON."""

    policy_placeholders: Mapping[str, PlaceholderSource] = {}
    """By name (``list.cookies``), called when a policy text is published, previewed or compared with the rules."""

    policy_facts: Mapping[str, FactSource] = {}
    """By name of a placeholder. Without one, a placeholder states what it prints, to the letter."""

    served_rights: Mapping[str, ServedRight] = {}
    """By the name that a sentence of the policy gives it (``access``), what a person can do, and where."""

    bound_templates: Sequence[str] = ()
    """Whose texts must say what they rest on (``{% bound %}``), besides mails and pages with a form notice."""

    third_party_data: Mapping[str, Declaration] = {}
    """By label (``auth.Group``), what a model of Django or of a package holds: ours say it beside their fields."""

    forms: Mapping[str, PublicForm] = {}
    """By key (``website.contact``), each form that collects: for its notice, and for the register of companies."""

    stores: Sequence[Store] = ()
    """Files and keys that the app keeps outside the database, read with the data map and by the promise about it."""

    replays: Mapping[str, Replay] = {}
    """By action of the journal of erasures, called by ``replay_erasures`` after a backup was restored."""

    file_senders: Mapping[str, FileSenderSource] = {}
    """By label of a holding, called when the scanner for viruses found something in a file of one of its records."""

    forbidden_rows: Sequence[ForbiddenRows] = ()
    """Called for each kind of record when a person is told what is held about them (GDPR articles 15 and 23)."""

    objections: Mapping[str, ObjectionHandler] = {}
    """By right of a subject request (``NO_PROSPECTING``), called when an objection is confirmed (GDPR article 21)."""

    admin_panel: AdminPanel | None = None
    """Called each time the first page of the admin is shown."""

    my_data: Sequence[MyDataSection] = ()
    """Called each time somebody who is signed in looks at “My data”, in the order of the apps."""

    confirmed_addresses: ConfirmedAddresses | None = None
    """Called wherever whoever is signed in is shown what is held under an address; see :mod:`privacy.web.signed_in`."""

    wrapped_secrets: Sequence[WrappedSecrets] = ()
    """Read by ``rewrap_file_keys`` and by the check that warns of a key that went too early (``privacy.W004``)."""

    permissions_of_groups: Mapping[str, Collection[str]] = {}
    """By name of a shipped group (``recruiter``), the permissions (``app.codename``) that its task needs, of this app
    or of one below. Read after each ``migrate``, which sets the groups to it."""

    waiting_work: WaitingSource | None = None
    """Called when the first page of the admin is shown to somebody whose training is missing."""

    load_content: ContentLoader | None = None
    """Called by ``load_content`` at each start, in a transaction of the app's own."""


def installed() -> list[PrivacyAppConfig]:
    """The apps that take part, in the order of ``INSTALLED_APPS``."""
    return [config for config in apps.get_app_configs() if isinstance(config, PrivacyAppConfig)]


def forms() -> dict[str, PublicForm]:
    """Every form of the site that collects, by key."""
    return {key: form for config in installed() for key, form in config.forms.items()}
