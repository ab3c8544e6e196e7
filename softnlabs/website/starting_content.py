from datetime import datetime

from softnlabs.website.enquiries import starting_content as reply_templates
from softnlabs.website.pages import starting_content as pages


def load(now: datetime) -> None:
    reply_templates.load(now=now)
    pages.load(now=now)
