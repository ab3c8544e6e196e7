"""Where the database of the tests is."""

import os
from urllib.parse import urlsplit, urlunsplit

from django.db import connection


def address_of_the_test_database() -> str:
    """The servers' address, with the name of the database that the tests use."""
    return urlunsplit(
        urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    )
