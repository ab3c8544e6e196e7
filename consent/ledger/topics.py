from django.utils.translation import gettext as _

from consent.cookies import registry

PROSPECTING = "prospecting"


def label(topic: str) -> str:
    """The key itself where the group no longer exists."""
    return _("Commercial e-mail") if topic == PROSPECTING else registry.group_name(topic)
