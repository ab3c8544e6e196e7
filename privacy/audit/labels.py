"""Audit labels: what the actions and actors of the audit trail say to whoever reads them.

Each app names its own actions: ``audit_labels`` in :mod:`privacy.plugins`. Those of the admin are named here, for every
kind of record at once.
"""

from collections.abc import Mapping

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from privacy import plugins

MODEL_ADMIN_LABELS: Mapping[str, str | Promise] = {
    "viewed": gettext_lazy("viewed at the desk: %(record)s"),
    "searched": gettext_lazy("searched at the desk: %(record)s"),
    "exported": gettext_lazy("taken from the desk as a file: %(record)s"),
    "added": gettext_lazy("added at the desk: %(record)s"),
    "changed": gettext_lazy("changed at the desk: %(record)s"),
    "deleted": gettext_lazy("deleted at the desk: %(record)s"),
}
ACTORS: Mapping[str, str | Promise] = {
    "visitor": gettext_lazy("a visitor"),
    "subject": gettext_lazy("the person"),
    "system": gettext_lazy("the software by itself"),
}


def action_label(action: str) -> str:
    """What ``action`` says in the language in force; an old one that nobody names any more stays as it is."""
    for config in plugins.installed():
        if action in config.audit_labels:
            return str(config.audit_labels[action])
    record, _dot, suffix = action.rpartition(".")
    if suffix not in MODEL_ADMIN_LABELS or (name := model_label(record)) == record:
        return action
    return str(MODEL_ADMIN_LABELS[suffix]) % {"record": name}


def model_label(kind: str) -> str:
    """What a record of ``kind`` (a model's label) is called; one that is no longer known stays as it is."""
    try:
        return str(apps.get_model(kind)._meta.verbose_name)
    except (LookupError, ValueError):
        return kind


def actor_label(actor: str) -> str:
    """Who ``actor`` is: an account goes by its number, as no name is to outlive it."""
    kind, _colon, number = actor.partition(":")
    if kind == "user":
        return gettext("account %(number)s") % {"number": number}
    return str(ACTORS.get(actor, actor))
