"""Somebody opens the site for the first time."""

import pytest

from tests.journeys.conftest import People


@pytest.mark.parametrize(("address", "language"), [("/", "en"), ("/fr/", "fr")])
def test_the_first_page_speaks_the_language_of_its_address(people: People, address: str, language: str):
    page = people.arrive()
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
