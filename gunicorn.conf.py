"""Read by gunicorn wherever it is started from this folder."""

import os
from typing import Any

from softnlabs import logs


def on_starting(server: Any) -> None:
    """Its log is written as the site's: its own lines would hold addresses of pages and of visitors."""
    for handler in server.log.error_log.handlers:
        handler.setFormatter(logs.formatter(os.environ.get("LOG_FORMAT", "")))


on_reload = on_starting
