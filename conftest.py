"""Read by pytest before any test: real servers first, then Django, then ``tests/conftest.py``.

It stands here, and names the settings itself, because pytest-django reads settings named in the
configuration, or in the environment, before any file of ours could start the servers that they point to.
"""

import os

import django

from tests import servers

pytest_plugins = ["tests.needs"]
servers.prepare()
django.setup()
del os.environ["DJANGO_SETTINGS_MODULE"]  # or a part of the tests would read them before it has its servers
