"""The active phase of an application, at its last second: month ends, leap days, the nights in which clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from privacy.companies.models import Processor
from privacy.datamap.registry import holding, holdings
from privacy.recipients import processors
from recruitment.applications.models import ACTIVE_PERIOD, Application
from tests import actors
from tests.recruitment.factories import make_application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting")]
PARIS = ZoneInfo("Europe/Paris")
SECOND = timedelta(seconds=1)


def paris(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=PARIS, fold=fold)


# The last contact, and when the application leaves the recruiters' lists: written down by hand, not computed.
ENDS = [
    (paris(2024, 2, 29, 12), paris(2026, 2, 28, 12)),
    (paris(2022, 2, 28, 23, 59, 59), paris(2024, 2, 28, 23, 59, 59)),
    (paris(2023, 12, 31, 23, 59, 59), paris(2025, 12, 31, 23, 59, 59)),
    (paris(2025, 8, 31), paris(2027, 8, 31)),
    (paris(2024, 3, 30, 2, 30), paris(2026, 3, 30, 2, 30)),
    (paris(2026, 3, 28, 2, 30), datetime(2028, 3, 28, 0, 30, tzinfo=UTC)),
    (
        paris(2025, 3, 28, 2, 30),
        paris(2027, 3, 28, 3, 30),
    ),  # that night has no 02:30: an hour later by the clock
    (
        paris(2024, 10, 25, 2, 30),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    ),  # comes twice: the first is meant
    (
        datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 26, 0, 30, tzinfo=UTC),
    ),  # began in the first
    (
        datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
        datetime(2027, 10, 26, 0, 30, tzinfo=UTC),
    ),  # began in the second
]


def test_the_table_is_that_of_recruitment_and_the_audit_trail_has_the_other_phase():
    phases = {known.label: known.data.keep.active.iso for known in holdings() if known.data.keep.active}
    assert phases.pop("privacy.auditentry") == "P1Y"
    assert set(phases.values()) == {ACTIVE_PERIOD.iso} == {"P2Y"}


@pytest.mark.parametrize(("contact", "end"), ENDS, ids=lambda at: f"{at:%Y-%m-%dT%H:%M}")
def test_an_application_is_active_one_second_before_and_archived_at_the_end_and_after(contact, end):
    application = make_application(at=contact)
    seen = [
        (
            Application.objects.active(at).filter(pk=application.pk).exists(),
            Application.objects.archived(at).filter(pk=application.pk).exists(),
            Application.objects.accessible_to("user:7", since=contact, now=at).exists(),
        )
        for at in (end - SECOND, end, end + SECOND)
    ]
    assert seen == [(True, False, True), (False, True, False), (False, True, False)]
    assert ACTIVE_PERIOD.after(contact) == end


@pytest.mark.parametrize(("contact", "end"), ENDS, ids=lambda at: f"{at:%Y-%m-%dT%H:%M}")
def test_the_desk_and_the_processors_go_by_the_same_second(contact, end, client: Client, dpo, time_machine):
    application = make_application(at=contact)
    processor = Processor.objects.create(
        name="Sender", task="Sending", country="DE", purposes=["RECRUITMENT"], categories=["EMAIL"],
        contract_on=date(2020, 1, 1), safeguards="Contract",
    )  # fmt: skip
    for at, is_active in ((end - SECOND, True), (end, False), (end + SECOND, False)):
        time_machine.move_to(at, tick=False)
        actors.sign_in(client, dpo)
        listed = client.get("/admin/recruitment/application/").content.decode()
        sent = processors.export(processor, holding(Application), reason="Test", now=at)
        assert (f"/{application.pk}/change/" in listed, len(sent.rows)) == (is_active, int(is_active))
