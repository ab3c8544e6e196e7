"""Deeds in words: what the verbs and actors of the audit trail say to whoever reads them.

Each floor names its own verbs with ``deeds`` on its ``AppConfig``; the gestures of the desk are named here, for
every kind of record at once.
"""

from collections.abc import Mapping

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

AT_THE_DESK: Mapping[str, str | Promise] = {
    "viewed": gettext_lazy("looked at at the desk: %(record)s"),
    "added": gettext_lazy("added at the desk: %(record)s"),
    "changed": gettext_lazy("changed at the desk: %(record)s"),
    "deleted": gettext_lazy("deleted at the desk: %(record)s"),
}
ACTORS: Mapping[str, str | Promise] = {
    "visitor": gettext_lazy("a visitor"),
    "subject": gettext_lazy("the person"),
    "system": gettext_lazy("the software by itself"),
}


def words(verb: str) -> str:
    """What ``verb`` says in the language in force; an old one that nobody names any more stays as it is."""
    for config in apps.get_app_configs():
        named: Mapping[str, str | Promise] = getattr(config, "deeds", {})
        if verb in named:
            return str(named[verb])
    record, _dot, gesture = verb.rpartition(".")
    if gesture not in AT_THE_DESK or (name := what(record)) == record:
        return verb
    return str(AT_THE_DESK[gesture]) % {"record": name}


def what(kind: str) -> str:
    """What a record of ``kind`` (a model's label) is called; one that is no longer known stays as it is."""
    try:
        return str(apps.get_model(kind)._meta.verbose_name)
    except (LookupError, ValueError):
        return kind


def who(actor: str) -> str:
    """Who ``actor`` is: an account goes by its number, as no name is to outlive it."""
    kind, _colon, number = actor.partition(":")
    if kind == "user":
        return gettext("account %(number)s") % {"number": number}
    return str(ACTORS.get(actor, actor))
