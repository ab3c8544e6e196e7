"""The sheets of the register: one for each purpose, loaded at the start and completed in the admin."""

from datetime import datetime

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from privacy.audit import trail
from privacy.datamap.declarations import Purpose, Recipient
from privacy.register.models import Activity

Persons, Measure, Impact = Activity.Persons, Activity.Measure, Activity.Impact
# Measures that the software takes for every activity; staff add those of the company.
CARRIED_OUT = [
    Measure.CONNECTIONS,
    Measure.FILES,
    Measure.NEED,
    Measure.JOURNAL,
    Measure.PSEUDONYMS,
    Measure.PURGE,
]
STARTING = {
    Purpose.BUSINESS: (Recipient.CUSTOMER_SERVICE, [Persons.CLIENTS, Persons.STAFF, Persons.SUBJECTS]),
    Purpose.PERSONALISATION: (Recipient.MARKETING, [Persons.VISITORS]),
    Purpose.VISITORS: (Recipient.CUSTOMER_SERVICE, [Persons.VISITORS, Persons.ENQUIRERS]),
    Purpose.PROSPECTS: (Recipient.MARKETING, [Persons.PROSPECTS]),
    Purpose.RECRUITMENT: (Recipient.HUMAN_RESOURCES, [Persons.APPLICANTS]),
}


def load(*, now: datetime) -> None:
    """A sheet for each purpose that has none."""
    today = timezone.localdate(now)
    for number, (purpose, (department, persons)) in enumerate(STARTING.items(), start=1):
        if not Activity.objects.filter(purpose=purpose).exists():
            sheet = Activity.objects.create(
                purpose=purpose,
                reference=f"T-{number:02}",
                created_on=today,
                updated_on=today,
                department=department,
                persons=persons,
                measures=CARRIED_OUT,
                impact=Impact.UNDECIDED,
                next_review_on=today + relativedelta(years=1),
            )
            trail.record("privacy.register.entry_loaded", now=now, obj=sheet)
