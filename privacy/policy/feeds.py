from datetime import datetime

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from privacy.policy import publishing
from privacy.policy.models import PolicyVersion
from privacy.web.signed_links import absolute


class PolicyFeed(Feed):  # type: ignore[type-arg]  # not subscriptable at run time
    """One entry for each version, newest first, with the clauses that changed."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("Versions of the policy")

    def link(self) -> str:
        return absolute(reverse("privacy:versions"))

    def feed_url(self) -> str:
        return absolute(reverse("privacy:feed"))

    def items(self) -> "QuerySet[PolicyVersion]":
        return PolicyVersion.objects.prefetch_related("texts")

    def item_title(self, item: PolicyVersion) -> str:
        return _("Version %(number)d") % {"number": item.number}

    def item_description(self, item: PolicyVersion) -> str:
        older = publishing.previous(item)
        if older is None:
            return _("The first version.")
        found = publishing.compare(older, item, get_language() or "")
        titles = [change.name for change in found if change.is_changed]
        return _("Clauses that changed: %(titles)s") % {"titles": ", ".join(titles)}

    def item_link(self, item: PolicyVersion) -> str:
        return absolute(reverse("privacy:version", args=[item.number]))

    def item_pubdate(self, item: PolicyVersion) -> datetime:
        return item.published_at

    def item_updateddate(self, item: PolicyVersion) -> datetime:
        """A published version never changes."""
        return item.published_at
