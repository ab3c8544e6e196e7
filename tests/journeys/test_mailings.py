"""Commercial mail, the whole way: a tick, its confirmation, a campaign, a stop from the mail, and a change of mind."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import story
from tests.journeys.conftest import People
from tests.journeys.story import BrowserUser


@pytest.mark.parametrize("language", ["en", "fr"])
def test_from_the_tick_to_the_next_campaign(people: People, controller_state: Any, language: str) -> None:
    desk = people.arrive(storage_state=controller_state)
    camille = BrowserUser(people.arrive(), language, "Camille")
    ticks_the_box(camille, "What do you offer?")
    story.confirms_commercial_mail(camille)
    campaign = story.sends_campaign(desk, f"First {language}", language, people.site.url)
    links = story.opens_mail(camille, f"First {language}")
    story.follows_campaign(camille, links)
    story.stops_campaigns(camille, links)
    desk.goto(campaign)
    story.until(desk, lambda: figure(desk, "Unsubscribed") == 1)
    assert figure(desk, "Clicks") == 1
    camille.goes("/mail/")  # other journeys of this site may have left readers of this language
    messages = camille.page.locator("tr").filter(has_text=f"First {language}")
    expect(messages).to_have_count(figure(desk, "Sent"))
    expect(messages.filter(has_text=camille.email)).to_have_count(1)

    story.sends_campaign(desk, f"Second {language}", language, people.site.url)
    ticks_the_box(camille, "I would like your news after all.")
    story.confirms_commercial_mail(camille)
    story.sends_campaign(desk, f"Third {language}", language, people.site.url)
    story.opens_mail(camille, f"Third {language}")
    camille.goes("/mail/")
    expect(camille.page.locator("tr").filter(has_text=f"Second {language}")).to_have_count(0)


def ticks_the_box(person: BrowserUser, message: str) -> None:
    """With a message of its own: the same form sent twice within minutes is one."""
    person.goes("/contact/")
    person.fills(first_name=person.first_name, surname=person.surname, email=person.email, message=message)
    person.page.locator("[name=opt_in]").check()
    person.clicks("Send your message")
    expect(person.page).to_have_url(re.compile(r"/contact/thanks/\?asked$"))


def figure(desk: Page, name: str) -> int:
    """From the result of a campaign."""
    said = (
        desk.locator("dt").filter(has_text=re.compile(f"^{name}$")).locator("xpath=following-sibling::dd[1]")
    )
    return int(said.inner_text().split()[0])
