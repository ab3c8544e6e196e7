"""WSGI entry point. A system check that fails stops the start, under any web server."""

import os

from django.core.management import BaseCommand
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softnlabs.settings")
application = get_wsgi_application()
BaseCommand().check()
