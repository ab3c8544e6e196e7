"""Kinds of record and their fields in words: decisions store both by their names in code."""

from privacy.datamap import objectable
from privacy.datamap.registry import Holding, holdings


def of_holding(label: str) -> str:
    """The name itself when there is no such kind any more."""
    known = _known(label)
    return str(known.data.label) if known else label


def of_use(label: str) -> str:
    use = objectable.called(label)
    return use.title if use else label


def of_field(label: str, field: str) -> str:
    known = _known(label)
    return str(known.field_label(field)) if known else field


def of_both(label: str, field: str) -> str:
    return f"{of_holding(label)}, {of_field(label, field)}"


def _known(label: str) -> Holding | None:
    return next((each for each in holdings() if each.label == label), None)
