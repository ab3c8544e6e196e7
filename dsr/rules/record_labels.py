"""Kinds of record and their fields in words: decisions store both by their names in code."""

from privacy.datamap.registry import Holding, holdings
from privacy.rights import archive_objection


def of_holding(label: str) -> str:
    """The name itself when there is no such kind any more."""
    known = _known(label)
    return str(known.data.label) if known else label


def of_use(label: str) -> str:
    """Of a kind of record, or of its archive alone."""
    archive = archive_objection.archive_called(label)
    return str(archive) if archive else of_holding(label)


def of_field(label: str, field: str) -> str:
    known = _known(label)
    return str(known.field_label(field)) if known else field


def of_both(label: str, field: str) -> str:
    return f"{of_holding(label)}, {of_field(label, field)}"


def _known(label: str) -> Holding | None:
    return next((each for each in holdings() if each.label == label), None)
