"""Where the database of the tests is."""

import os
from urllib.parse import urlsplit, urlunsplit

from django.db import connection


def address_of_the_test_database(variable: str = "DATABASE_URL") -> str:
    """The servers' address, for the application or (``DATABASE_OWNER_URL``) the owner, of the tests' database."""
    return urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{connection.settings_dict['NAME']}"))
