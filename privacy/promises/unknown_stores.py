"""Files and keys in Redis that no declared store knows: a copy made by hand, or what a program of ours left behind.

Whole folders are read by their names alone, so that 100,000 files take a fraction of a second.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from re import Pattern

import redis
from django.conf import settings

from privacy.datamap import stores

REDIS_SECONDS = 5.0
Folders = dict[str, list[Pattern[str]]]


def files() -> tuple[list[str], int]:
    """The unknown files, and how many files there are. Raises :class:`OSError` where a folder cannot be read."""
    folders: Folders = defaultdict(list)
    for store in stores.declared():
        for place in store.places():
            folders[os.path.normpath(place.folder)].append(place.names)
    found = [(path, is_known) for folder in folders for path, is_known in _walk(folder, folders)]
    return [path for path, is_known in found if not is_known], len(found)


def keys() -> tuple[list[str], int]:
    """The same of the keys in our database of Redis. Raises :class:`redis.RedisError` when it is away."""
    patterns = [store.keys for store in stores.declared()]
    with redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=REDIS_SECONDS, socket_timeout=REDIS_SECONDS
    ) as client:
        found = {os.fsdecode(key) for key in client.scan_iter(count=1000)}
    return [key for key in found if not any(known.fullmatch(key) for known in patterns)], len(found)


def _walk(folder: str, folders: Folders) -> Iterator[tuple[str, bool]]:
    """Each file in a folder, and whether it is known. Not what is in a folder that is declared itself, or known."""
    cut, waiting = len(folder) + 1, [folder]
    while waiting:
        with suppress(FileNotFoundError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    yield entry.path, _is_known(entry.path[cut:], folders[folder])
                elif entry.path not in folders and not _is_known(f"{entry.path[cut:]}/", folders[folder]):
                    waiting.append(entry.path)


def _is_known(name: str, patterns: list[Pattern[str]]) -> bool:
    return any(pattern.fullmatch(name) for pattern in patterns)
