"""What a line of the ledger is about, in the words that people were shown."""

from django.utils.translation import gettext as _

from consent.cookies import registry
from consent.prospecting import prospecting


def words(topic: str) -> str:
    """The name of a group of cookies, or commercial mail; one that is gone keeps its key."""
    if topic == prospecting.TOPIC:
        return _("Commercial e-mail")
    group = registry.current().by_key.get(topic)
    return group.name if group else topic
