"""What the browser asks for, by feature."""

from consent.views.archive import shown, versions, words
from consent.views.choices import (
    accept,
    allow_visits,
    choices,
    object_to_visits,
    proof_json,
    refuse,
    save,
)
from consent.views.notices import follow, name_interests

__all__ = [
    "accept",
    "allow_visits",
    "choices",
    "follow",
    "name_interests",
    "object_to_visits",
    "proof_json",
    "refuse",
    "save",
    "shown",
    "versions",
    "words",
]
