"""Pages of the desk about who may see what, and who looked: on a phone too, and axe finds nothing."""

import pytest

from tests.journeys.axe import flaws
from tests.journeys.conftest import People

PAGES = (
    "/admin/",
    "/admin/privacy/training/",
    "/admin/privacy/training/add/",
    "/admin/privacy/training/mine/",
    "/admin/privacy/lookreport/",
    "/admin/privacy/auditentry/control/",
    "/admin/auth/group/overview/",
    "/admin/website/invitation/",
    "/admin/website/invitation/add/",
    "/admin/recruitment/application/archive/",
)
MAKE = (
    "from tests.journeys import old_data; old_data.report(); old_data.new_application('desk.{0}@example.org')"
)


@pytest.fixture
def made(people: People, language: str) -> list[str]:
    """The numbers of a report of looks, and of an application with a CV."""
    return people.site.manage("shell", "-v", "0", "-c", MAKE.format(language)).split()


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "fr"])
def test_every_page(people: People, controller_state: str, language: str, made: list[str]):
    report, application = made
    page = people.arrive(storage_state=controller_state, reduced_motion="reduce")
    of_records = (
        f"/admin/privacy/lookreport/{report}/change/",
        f"/admin/recruitment/application/{application}/cv/",
        f"/admin/recruitment/application/{application}/cv/original/",
    )
    found = []
    for address in (*PAGES, *of_records):
        answer = page.goto(f"/fr{address}" if language == "fr" else address)
        assert answer is not None
        assert answer.status == 200, address
        found += flaws(page)
    assert found == []
