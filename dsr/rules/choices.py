"""Choices to which words are added as the work goes on."""

from django.db.models import TextChoices


class GrowingChoices(TextChoices):
    """A model field takes ``choices=X.as_choices``: a migration names the function, so a new word costs none."""

    @classmethod
    def as_choices(cls) -> list[tuple[str, str]]:
        return cls.choices
