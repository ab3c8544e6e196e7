"""What a line of the ledger is about, in the words that people were shown."""

from django.utils.translation import gettext as _

from consent.cookies import registry

PROSPECTING = "prospecting"


def label(topic: str) -> str:
    """The name of a group of cookies, or commercial mail; one that is gone keeps its key."""
    return _("Commercial e-mail") if topic == PROSPECTING else registry.group_name(topic)
