"""What people are told a kind of record is, and a field of it: in records of decisions both stand as names in code."""

from privacy.datamap.registry import Holding, holdings


def of_holding(label: str) -> str:
    """The kind of record; the name itself when there is no such kind any more."""
    known = _known(label)
    return str(known.data.label) if known else label


def of_field(label: str, field: str) -> str:
    """The field of a kind of record."""
    known = _known(label)
    return str(known.field_label(field)) if known else field


def of_both(label: str, field: str) -> str:
    """The kind of record and the field."""
    return f"{of_holding(label)}, {of_field(label, field)}"


def _known(label: str) -> Holding | None:
    return next((each for each in holdings() if each.label == label), None)
