"""Read by gunicorn wherever it is started from this folder.

The settings are read here already: a worker that cannot read them would be started again and again.
"""

from typing import Any

from softnlabs import logs, settings


def on_starting(server: Any) -> None:
    """Its log is written as the site's: its own lines would hold addresses of pages and of visitors."""
    for handler in server.log.error_log.handlers:
        handler.setFormatter(logs.formatter(settings.LOG_FORMAT))


on_reload = on_starting
