"""Read by pytest before any test: real servers first, then Django, then ``tests/conftest.py``.

It stands here, and names the settings itself, because pytest-django reads settings named in the
configuration before any file of ours could start the servers that they point to.
"""

import django

from tests import servers

pytest_plugins = ["tests.browser"]
servers.prepare()
django.setup()
