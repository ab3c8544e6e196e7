"""The sections of “My data”: ``my_data`` in :mod:`privacy.plugins`."""

from datetime import datetime

from django.http import HttpRequest
from django.utils.safestring import SafeString

from privacy import plugins
from privacy.datamap.subjects import Subject
from privacy.plugins import MyDataSection


def of(request: HttpRequest, person: Subject, *, now: datetime) -> list[tuple[MyDataSection, SafeString]]:
    """Each with what it shows to ``person``, in the order of the apps."""
    return [
        (section, section.body(request, person, now=now))
        for config in plugins.installed()
        for section in config.my_data
    ]
