"""The policy: read from its folder, filled in from the running rules, frozen and published.

The number of a version is the name of its folder, `policy/<number>/<language>.md`. A published version never changes:
another text, or another rule, needs another number.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from privacy.audit import trail
from privacy.mail import task_queue
from privacy.policy import binding, bound_code, bound_templates, diff, lint, markdown, placeholders
from privacy.policy.diff import ClauseChange
from privacy.policy.lint import LintError
from privacy.policy.markdown import FrozenClause, FrozenSentence, PlaceholderValue
from privacy.policy.models import PolicyText, PolicyVersion


class PublishingRefusedError(Exception):
    """A policy cannot be published. `problems` may name each place."""

    def __init__(self, message: str, problems: list[LintError] | None = None) -> None:
        super().__init__("\n".join([message, *map(str, problems or [])]))
        self.message = message
        self.problems = problems or []


class NothingToPublishError(PublishingRefusedError):
    """There is no folder with that number."""


class NothingChangedError(PublishingRefusedError):
    """The text and its values are those of the version in force."""


class AlreadyPublishedError(PublishingRefusedError):
    """The number is published, and the text or a rule has changed since."""


class InvalidPolicyError(PublishingRefusedError):
    """The text has to be corrected: see `problems`."""


@dataclass(frozen=True)
class PolicyDraft:
    """A text in one language, ready to be frozen, with the values of its placeholders."""

    language: str
    source: str
    placeholders: Mapping[str, PlaceholderValue]
    facts: Mapping[str, object]
    clauses: tuple[FrozenClause, ...]


@dataclass(frozen=True)
class PublishingPreview:
    """The number that would be published, and the titles of the clauses that would change."""

    number: int
    changed: list[str]


def in_force() -> PolicyVersion | None:
    """None before the first version is published."""
    return PolicyVersion.objects.first()


def version_stamp() -> str:
    """The number in force, stored with what a person gives or chooses; empty before the first version."""
    version = in_force()
    return str(version.number) if version else ""


def previous(version: PolicyVersion) -> PolicyVersion | None:
    """The version that `version` replaced, if any."""
    return PolicyVersion.objects.filter(number__lt=version.number).first()


def text_of(version: PolicyVersion, language: str) -> PolicyText:
    """In `language`, or in the site's default language for a version that lacks it."""
    texts = {text.language: text for text in version.texts.all()}
    return texts.get(language) or texts[settings.LANGUAGE_CODE]


def clauses_of(text: PolicyText) -> list[FrozenClause]:
    return [_clause(**clause) for clause in text.clauses]


def compare(older: PolicyVersion, newer: PolicyVersion, language: str) -> list[ClauseChange]:
    return diff.compare(*(clauses_of(text_of(version, language)) for version in (older, newer)))


def publish(number: int | None = None, *, now: datetime, root: Path | None = None) -> PolicyVersion:
    """Freeze and publish version `number`, or the highest one found under `root` (default: `POLICY_ROOT`).

    Raises a subclass of `PublishingRefusedError`.
    """
    folder, drafts = _ready(number, root or settings.POLICY_ROOT)
    digests = {draft.language: _digest(int(folder.name), draft) for draft in drafts}
    is_first = in_force() is None
    with transaction.atomic():
        version = PolicyVersion(number=int(folder.name), published_at=now, sha256=_sha256(digests))
        version.save()
        for draft in drafts:
            PolicyText(version=version, sha256=digests[draft.language], **_columns(draft)).save()
        trail.record("privacy.policy.published", obj=version, now=now, detail={"number": version.number})
        task_queue.enqueue("privacy.subscriptions.tasks.notify_subscribers")
        if not is_first:
            # So that the promises it restores are shown as kept at once.
            task_queue.enqueue("privacy.promises.tasks.check_promises")
    return version


def publish_first(*, now: datetime) -> None:
    """Publish the highest number found, unless a version is in force: starting content is never an update."""
    if in_force() is None:
        publish(now=now)


def preview(language: str) -> PublishingPreview:
    """What `publish` would do now, in `language`. Raises a subclass of `PublishingRefusedError`."""
    folder, drafts = _ready(None, settings.POLICY_ROOT)
    last = in_force()
    draft = next((draft for draft in drafts if draft.language == language), drafts[0])
    found = diff.compare(clauses_of(text_of(last, language)), draft.clauses) if last else []
    return PublishingPreview(int(folder.name), [change.name for change in found if change.is_changed])


def read(folder: Path) -> list[PolicyDraft]:
    """The texts in `folder`, filled in and rendered in every language.

    Raises `InvalidPolicyError`, also where a mail, a banner or a form promises what nothing keeps.
    """
    grounds_known, texts = binding.known(), {}
    problems: list[LintError] = []
    for language, _name in settings.LANGUAGES:
        known = placeholders.in_language(language)
        path = folder / f"{language}.md"
        source, wrong = lint.read(path, known=known, grounds_known=grounds_known)
        problems += wrong
        texts[path] = (language, source, known)
    problems += _differences({path: source for path, (_, source, _) in texts.items() if source})
    problems += [*bound_templates.problems(grounds_known), *bound_code.problems(grounds_known)]
    if problems:
        raise InvalidPolicyError(_("The policy cannot be published:"), problems)
    return [_draft(*text) for text in texts.values()]


def is_pending(version: PolicyVersion, root: Path | None = None) -> bool:
    """Whether a higher number than `version` waits to be published."""
    return max(_folders(root or settings.POLICY_ROOT), default=0) > version.number


def is_intact(version: PolicyVersion) -> bool:
    """Whether the stored texts are exactly those that were published."""
    texts = list(version.texts.all())
    digests = {text.language: text.sha256 for text in texts}
    drafts = [
        PolicyDraft(text.language, text.source, text.placeholders, text.facts, tuple(clauses_of(text)))
        for text in texts
    ]
    taken = {draft.language: _digest(version.number, draft) for draft in drafts}
    return taken == digests and _sha256(digests) == version.sha256


def _differences(sources: Mapping[Path, str]) -> list[LintError]:
    """Between the grounds of the first language and those of each other one."""
    paths = list(sources)
    return [problem for path in paths[1:] for problem in lint.compare(path, sources[path], sources[paths[0]])]


def _ready(number: int | None, root: Path) -> tuple[Path, list[PolicyDraft]]:
    folder = _folder(number, root)
    drafts = read(folder)
    _check_is_new(folder, drafts)
    return folder, drafts


def _folders(root: Path) -> dict[int, Path]:
    return {int(path.name): path for path in root.iterdir() if path.is_dir() and path.name.isdecimal()}


def _folder(number: int | None, root: Path) -> Path:
    found = _folders(root)
    wanted = max(found, default=0) if number is None else number
    if wanted not in found:
        raise NothingToPublishError(_("There is no folder for version %(number)d.") % {"number": wanted})
    return found[wanted]


def _draft(language: str, source: str, known: Mapping[str, PlaceholderValue]) -> PolicyDraft:
    used = {name: known[name] for _line, name in markdown.placeholders(source)}
    frozen = tuple(markdown.freeze(clause, used) for clause in markdown.parse(source))
    stated = {name: fact for name, fact in placeholders.facts(language).items() if name in used}
    return PolicyDraft(language, source, used, stated, frozen)


def _check_is_new(folder: Path, drafts: list[PolicyDraft]) -> None:
    last = in_force()
    if last is None:
        return
    published = {text.language: clauses_of(text) for text in last.texts.all()}
    if published == {draft.language: list(draft.clauses) for draft in drafts}:
        raise NothingChangedError(_("Nothing changed since version %(number)d.") % {"number": last.number})
    if int(folder.name) <= last.number:
        raise AlreadyPublishedError(
            _("Version %(number)d is in force and cannot be altered: the change needs a higher number.")
            % {"number": last.number}
        )


def _clause(sentences: Sequence[dict[str, Any]] = (), **columns: str) -> FrozenClause:
    return FrozenClause(**columns, sentences=[FrozenSentence(**sentence) for sentence in sentences])


def _as_json(clause: FrozenClause) -> dict[str, object]:
    """The digests of the first versions cover clauses without sentences."""
    return {name: value for name, value in asdict(clause).items() if value or name != "sentences"}


def _columns(draft: PolicyDraft) -> dict[str, object]:
    shown = [_as_json(clause) for clause in draft.clauses]
    columns: dict[str, object] = {
        "language": draft.language,
        "source": draft.source,
        "placeholders": draft.placeholders,
        "clauses": shown,
    }
    return columns | ({"facts": draft.facts} if draft.facts else {})  # the first versions have none


def _digest(number: int, draft: PolicyDraft) -> str:
    return _sha256({"number": number, **_columns(draft)})


def _sha256(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
