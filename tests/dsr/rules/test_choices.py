"""Lists of words that grow: a new word costs no migration, and is shown and checked all the same."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.migrations.writer import MigrationWriter
from django.db.models import Field

GROWING = [
    ("subjectrequest", "ground"),
    ("subjectrequest", "proposed_ground"),
    ("subjectrequest", "setback"),
    ("requestitem", "ground"),
    ("exemption", "ground"),
    ("requestedcorrection", "setback"),
    ("identitycheck", "method"),
    ("incomingletter", "identity"),
]


def field_of(model: str, name: str) -> Field:
    return apps.get_model("dsr", model)._meta.get_field(name)


@pytest.mark.parametrize(("model", "name"), GROWING)
def test_the_words_stand_in_no_migration(model: str, name: str):
    field = field_of(model, name)
    written, _imports = MigrationWriter.serialize(field)
    assert ".as_choices" in written
    assert [str(value) for value, _label in field.choices if str(value) and f"'{value}'" in written] == []


@pytest.mark.parametrize(("model", "name"), GROWING)
def test_they_are_shown_and_checked(model: str, name: str):
    field = field_of(model, name)
    value, label = next(choice for choice in field.choices if choice[0])
    row = apps.get_model("dsr", model)(**{name: value})
    assert getattr(row, f"get_{name}_display")() == str(label)
    field.clean(value, row)
    with pytest.raises(ValidationError):
        field.clean("NO_SUCH_WORD", row)
