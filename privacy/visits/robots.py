"""Robots and monitors that say in their user agent what they are: they get no number, and leave no visit."""

import re
from functools import lru_cache

from crawleruseragents import is_crawler

# Monitors that the list of the package crawler-user-agents does not know.
MONITORS = re.compile(
    r"blackbox.?exporter|datadog|elb-healthchecker|freshping|^gatus|googlehc|^haproxy|^icinga|kube-probe|^monit/"
    r"|monitoring-plugins|nagios|newrelicpinger|prometheus|route53-health|xymon",
    re.IGNORECASE,
)
REMEMBERED = (
    1024  # the browsers of one day; each costs 0.1 ms to look up, and nothing but this process has them
)


@lru_cache(maxsize=REMEMBERED)
def is_robot(user_agent: str) -> bool:
    """Whether it names a known robot. Who names none is taken for a browser: see `Visit.has_cookie` for the others."""
    return MONITORS.search(user_agent) is not None or is_crawler(user_agent)
