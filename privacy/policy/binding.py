"""What the sentences of a policy can rest on, as the installed apps declare it in :mod:`privacy.plugins`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from privacy import plugins

if TYPE_CHECKING:
    from privacy.promises.checking import Promise


@dataclass(frozen=True)
class KnownGrounds:
    """Keys of promises, the groups among them with the keys of each, and the rights that a page serves."""

    promises: frozenset[str]
    groups: Mapping[str, frozenset[str]]
    rights: frozenset[str]


def known() -> KnownGrounds:
    keys: list[str] = []
    groups: dict[str, set[str]] = defaultdict(set)
    for promise in promises():
        keys.append(promise.key)
        if promise.group:
            groups[promise.group].add(promise.key)
    frozen = {name: frozenset(members) for name, members in groups.items()}
    return KnownGrounds(frozenset(keys), frozen, frozenset(served_rights()))


def served_rights() -> dict[str, plugins.ServedRight]:
    return {name: right for config in plugins.installed() for name, right in config.served_rights.items()}


def promises() -> "Iterator[Promise]":
    """Those of every installed app, worded in the active language."""
    for config in plugins.installed():
        for source in config.promises:
            yield from source()
