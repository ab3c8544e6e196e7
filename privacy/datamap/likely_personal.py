"""Which columns look like personal data, by their name or their type.

A model that declares none has to say of each such column why it is none (``NotPersonal(..., columns=...)``): a mistake
about whose data something is shows first in a column that is called "address".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models

from privacy.datamap.declarations import PersonalData

NAMES = re.compile(
    r"(^|_)(e?mails?|names?|surname|phone|telephone|address(es)?|ip|postcode|birth|fingerprint|pseudonym|hash|digest"
    r"|about|visitors?|browser|account|user|person|subject|author|actor|by|keys?|identity|session|token)($|_)"
)
TYPES = (models.EmailField, models.GenericIPAddressField, models.TextField, models.FileField)
LONGEST_WORD = 60  # a longer text may be a sentence about somebody


def columns(
    model: type[models.Model], declared: Mapping[type[models.Model], object]
) -> Iterator["models.Field[Any, Any]"]:
    """``declared`` is what each model says: what points at a row about a person is about that person, too."""
    for field in model._meta.concrete_fields:
        if not field.choices and (_is_free(field) or isinstance(declared.get(_related(field)), PersonalData)):
            yield field


def _is_free(field: "models.Field[Any, Any]") -> bool:
    """A relation is judged by what it leads to."""
    if field.is_relation or isinstance(field, models.BooleanField | models.DateField | models.IntegerField):
        return False
    is_long = isinstance(field, models.CharField) and (field.max_length or LONGEST_WORD + 1) > LONGEST_WORD
    return is_long or isinstance(field, TYPES) or NAMES.search(field.name) is not None


def _related(field: "models.Field[Any, Any]") -> type[models.Model]:
    related = field.related_model
    return related if isinstance(related, type) else models.Model
