"""To how many an e-mail campaign would go now, and why the others get none: as numbers, never as names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.mailings import mailings
from consent.mailings.models import Mailing
from consent.prospecting.models import Prospect, agreed_to_text_in_force, suppressed
from consent.undeliverable import undeliverable
from privacy.datamap.usable import usable
from privacy.web import languages


@dataclass(frozen=True)
class Audience:
    """Numbers of people. Whoever is left out for several reasons is counted for the first of them."""

    by_language: tuple[tuple[str, int], ...]
    left_out: tuple[tuple[str | Promise, int], ...]

    @property
    def number(self) -> int:
        return sum(number for _language, number in self.by_language)

    @property
    def number_left_out(self) -> int:
        return sum(number for _reason, number in self.left_out)


def of(mailing: Mailing, *, now: datetime) -> Audience:
    whatever_topic, chosen = (
        mailings.chosen(entity=mailing.entity, topic=topic, languages=mailing.languages, now=now)
        for topic in ("", mailing.topic)
    )
    return Audience(tuple(_by_language(chosen)), tuple(_left_out(mailing, whatever_topic, chosen, now)))


def _by_language(chosen: "QuerySet[Prospect]") -> Iterator[tuple[str, int]]:
    rows = chosen.order_by("language").values_list("language").annotate(number=Count("pk"))
    yield from ((languages.name_of(language), number) for language, number in rows)


def _left_out(
    mailing: Mailing, whatever_topic: "QuerySet[Prospect]", chosen: "QuerySet[Prospect]", now: datetime
) -> Iterator[tuple[str | Promise, int]]:
    """Each reason takes its people out of those whom the reasons before it left."""
    everybody = Prospect.objects.filter(entity=mailing.entity)
    left = everybody.live(now)
    number = left.count()
    yield _("nothing was heard from them for three years"), everybody.count() - number
    for reason, condition in _CONDITIONS:
        left = left.filter(condition())
        number, before = left.count(), number
        yield reason, before - number
    for reason, rows in (
        (_("their data are restricted, or they objected"), usable(left, now)),
        (_("they read another language"), whatever_topic),
        (_("they do not want this topic"), chosen),
    ):
        number, before = rows.count(), number
        yield reason, before - number


def _confirmed() -> Q:
    return Q(confirmed_at__isnull=False)


_CONDITIONS: tuple[tuple[str | Promise, Callable[[], Q]], ...] = (
    (_("they have not confirmed"), _confirmed),
    (_("they agreed to an earlier text of the policy"), agreed_to_text_in_force),
    (_("they asked us to stop"), lambda: ~suppressed()),
    (_("their mailbox takes no mail"), lambda: ~undeliverable.stopped()),
)
