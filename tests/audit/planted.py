"""Settings of the site that scanners attack: the real ones, with one address more, whose page has two flaws.

A scanner that does not find the planted flaws would not find others either, so its silence would say nothing.
"""

from softnlabs.settings import *  # noqa: F403

ROOT_URLCONF = "tests.audit.planted_urls"
