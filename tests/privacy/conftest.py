"""A small policy of twelve clauses in both languages, and a rule that a test may change."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.apps import apps

from privacy.audit import trail
from privacy.audit.models import AuditEntry
from privacy.datamap import registry
from privacy.datamap.periods import Period
from privacy.mail.models import Mail
from privacy.policy import binding, grounds
from privacy.policy.markdown import KEYS
from privacy.seals import sealing

ENOUGH = "{{ list.categories }}\n\n{{ list.recipients }}\n\n{{ list.periods }}\n\n{{ list.cookies }}\n\n"
CONTACT = "[{{ controller.name }}](mailto:{{ controller.email }})\n\n"
WITHOUT_PROMISE = " {information: invented for a test}"


def write_policy(root: Path, number: int, *, bound: bool = True, **bodies: str) -> Path:
    """A sound folder ``<number>``; ``bodies`` replaces what single clauses say in every language.

    Sentences without a ground get one, and every promise its sentence, unless ``bound`` is false.
    """
    folder = root / str(number)
    folder.mkdir(parents=True)
    for language, word in (("en", "Clause"), ("fr", "Article")):
        said = {key: f"Words of {key}." for key in KEYS} | {"preamble": ENOUGH + CONTACT} | bodies
        if bound:
            said = {key: bind(body) for key, body in said.items()}
            said["updates"] += f"\n\nAll is kept. {{promise: {', '.join(sorted(binding.known().promises))}}}"
        text = "".join(f"## {word} {key} {{#{key}}}\n\n{said[key]}\n\n" for key in KEYS)
        (folder / f"{language}.md").write_text(text, encoding="utf-8")
    return folder


def bind(body: str) -> str:
    """The body with a ground behind each sentence that has none."""
    for sentence in grounds.sentences(body):
        if sentence.mark is None:
            body = body.replace(sentence.text, sentence.text + WITHOUT_PROMISE, 1)
    return body


@pytest.fixture
def root(tmp_path: Path, settings, monkeypatch) -> Path:
    """Where the policies of a test stand."""
    settings.POLICY_ROOT = tmp_path / "policy"
    consent = apps.get_app_config("consent")
    terms = {**consent.policy_placeholders, "list.cookies": lambda: [["Technical", ["session", "csrf_x"]]]}
    monkeypatch.setattr(consent, "policy_placeholders", terms)
    write_policy(settings.POLICY_ROOT, 1)
    return settings.POLICY_ROOT


@pytest.fixture
def keep_mail(monkeypatch) -> Iterator[Callable[[Period], None]]:
    """Change how long e-mails are kept."""

    def change(period: Period) -> None:
        declared = Mail.personal_data
        monkeypatch.setattr(
            Mail, "personal_data", replace(declared, keep=replace(declared.keep, period=period))
        )
        registry.holdings.cache_clear()

    yield change
    monkeypatch.undo()
    registry.holdings.cache_clear()


@pytest.fixture
def entries(now: datetime) -> list[AuditEntry]:
    """Three entries under the first seal."""
    found = [trail.record("test.done", now=now, detail={"n": n}) for n in range(3)]
    sealing.seal(now=now)
    return found
