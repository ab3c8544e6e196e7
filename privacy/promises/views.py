"""The promises, for people and for programs. Both show the last results: nothing is checked here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from privacy import plugins
from privacy.policy import publishing
from privacy.policy.markdown import FrozenSentence
from privacy.policy.models import PolicyText
from privacy.promises import checking, kept
from privacy.promises.checking import PromiseStatus


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    found = checking.statuses(now=now)
    checked = [status.result.checked_at for status in found if status.result]
    context = {
        "groups": _by_clause(found),
        "total": len(found),
        "broken": checking.broken(found),
        "checked_at": min(checked, default=None),
        "panels": [render_to_string(template, facts) for _label, template, facts in _panels(now)],
    }
    return render(request, "privacy/promises/promises.html", context)


@require_safe
@never_cache
def page_as_json(request: HttpRequest) -> JsonResponse:
    now = timezone.now()
    found = checking.statuses(now=now)
    figures = {label: facts for label, _template, facts in _panels(now)}
    sentences = kept.sentences_by_promise(publishing.clauses_of(text) if (text := _text_in_force()) else [])
    said = [_as_json(status, sentences) for status in found]
    return JsonResponse({"kept": not checking.broken(found), "promises": said, "figures": figures})


def _panels(now: datetime) -> Iterator[tuple[str, str, dict[str, object]]]:
    """What each app shows beside its promises: the app's label, the template, the facts."""
    for config in plugins.installed():
        if panel := config.promises_panel:
            yield config.label, panel.template, panel.facts(now=now)


@dataclass(frozen=True)
class ClauseGroup:
    """A clause of the policy in force with its promises."""

    key: str
    title: str
    statuses: list[PromiseStatus]

    @property
    def broken(self) -> list[PromiseStatus]:
        return checking.broken(self.statuses)

    @property
    def kept(self) -> int:
        return len(self.statuses) - len(self.broken)


def _by_clause(found: list[PromiseStatus]) -> list[ClauseGroup]:
    text = _text_in_force()
    titles = {clause.key: clause.title for clause in publishing.clauses_of(text)} if text else {}
    keys = dict.fromkeys(status.promise.clause for status in found)
    return [
        ClauseGroup(key, titles.get(key, key), [status for status in found if status.promise.clause == key])
        for key in keys
    ]


def _text_in_force() -> PolicyText | None:
    version = publishing.in_force()
    return publishing.text_of(version, get_language() or "") if version else None


def _as_json(status: PromiseStatus, sentences: Mapping[str, list[FrozenSentence]]) -> dict[str, object]:
    promise, result = status.promise, status.result
    resting = [*sentences.get(promise.key, []), *sentences.get(promise.group, [])]
    said = {
        "key": promise.key,
        "clause": promise.clause,
        "statement": promise.statement,
        "state": status.state.lower(),
        "kept": status.is_kept,
        "counts": promise.counts,
        "sentences": [{"anchor": sentence.anchor, "text": sentence.text} for sentence in resting],
    }
    found = ("figure", "among", "at", "since", "checked_at", "error")
    return said | {name: getattr(result, name) if result else None for name in found}
