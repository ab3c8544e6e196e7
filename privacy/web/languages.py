"""Languages of the site by their own names."""

from django.conf import settings


def name_of(code: str) -> str:
    """What the speakers of a language call it; the code itself where this site does not speak it."""
    return dict(settings.LANGUAGES).get(code, code)
