"""The WSGI entry point that the web server loads. A system check that fails stops it, under any web server."""

import os

from django.core.management import BaseCommand
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softnlabs.settings")
application = get_wsgi_application()
BaseCommand().check()
