"""Views, clicks and click rate of campaigns, from daily sums that are no personal data."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from consent.notices.models import Campaign, CampaignDay
from privacy.datamap.periods import CALENDAR


@dataclass(frozen=True)
class DayReach:
    """`height`: views as a percentage of the busiest day; `place`: the day's index, its x in the plot."""

    day: date
    views: int
    clicks: int
    place: int
    height: int

    @property
    def top(self) -> int:
        return 100 - self.height


@dataclass(frozen=True)
class CampaignReach:
    campaign: Campaign
    days: list[DayReach]

    @property
    def views(self) -> int:
        return sum(day.views for day in self.days)

    @property
    def clicks(self) -> int:
        return sum(day.clicks for day in self.days)

    @property
    def rate(self) -> float | None:
        """Clicks per hundred views; None without views."""
        return 100 * self.clicks / self.views if self.views else None


def by_campaign(*, days: int, now: datetime) -> list[CampaignReach]:
    """Every campaign over the last `days` days, today included."""
    today = now.astimezone(CALENDAR).date()
    first = today - timedelta(days=days - 1)
    found: dict[int, dict[date, CampaignDay]] = defaultdict(dict)
    for row in CampaignDay.objects.filter(day__range=(first, today)):
        found[row.campaign_id][row.day] = row
    return [
        CampaignReach(campaign, _calendar(found[campaign.pk], first, days))
        for campaign in Campaign.objects.all()
    ]


def _calendar(found: dict[date, CampaignDay], first: date, days: int) -> list[DayReach]:
    most = max((row.views for row in found.values()), default=0)
    line = []
    for place in range(days):
        row = found.get(first + timedelta(days=place))
        views, clicks = (row.views, row.clicks) if row else (0, 0)
        height = max(1, round(100 * views / most)) if views else 0
        line.append(DayReach(first + timedelta(days=place), views, clicks, place, height))
    return line
