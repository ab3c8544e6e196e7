"""Languages of the site by their names."""

from django.conf import settings


def name_of(code: str) -> str:
    """What the reader calls a language; the code itself where this site does not speak it."""
    return str(dict(settings.LANGUAGES).get(code, code))
