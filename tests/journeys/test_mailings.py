"""Commercial mail, the whole way: a tick, its confirmation, a campaign, a stop from the mail, and a change of mind."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import People
from tests.journeys.story import BrowserUser, opens_mail, unused_link, until

CONFIRM = "Please confirm: news of %(company)s by e-mail"
PAGE = "/careers/"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_from_the_tick_to_the_next_campaign(people: People, controller_state: Any, language: str) -> None:
    desk = people.arrive(storage_state=controller_state)
    camille = BrowserUser(people.arrive(), language, "Camille")
    ticks_the_box(camille, "What do you offer?")
    confirms(camille)
    campaign = sends(desk, f"First {language}", language, people.site.url)
    links = opens_mail(camille, f"First {language}")
    follows_the_link_of_the_campaign(camille, links)
    stops_from_the_mail(camille, links)
    desk.goto(campaign)
    until(desk, lambda: figure(desk, "Unsubscribed") == 1)
    assert [figure(desk, name) for name in ("Sent", "Clicks")] == [1, 1]

    sends(desk, f"Second {language}", language, people.site.url)
    ticks_the_box(camille, "I would like your news after all.")
    confirms(camille)
    sends(desk, f"Third {language}", language, people.site.url)
    opens_mail(camille, f"Third {language}")
    camille.goes("/mail/")
    expect(camille.page.locator("tr").filter(has_text=f"Second {language}")).to_have_count(0)


def ticks_the_box(person: BrowserUser, message: str) -> None:
    """With a message of its own: the same form sent twice within minutes is one."""
    person.goes("/contact/")
    person.fills(
        first_name=person.first_name, surname=person.surname, email=person.email, message=message
    )
    person.page.locator("[name=opt_in]").check()
    person.clicks("Send your message")
    expect(person.page).to_have_url(re.compile(r"/contact/thanks/\?asked$"))


def confirms(person: BrowserUser) -> None:
    person.page.goto(unused_link(person, person.reads(CONFIRM).partition("%")[0], "/privacy/mail/confirm/"))
    person.clicks("I agree")
    person.sees("Your agreement is confirmed")


def sends(desk: Page, subject: str, readers: str, site: str) -> str:
    """Write a campaign for those who read this language and send it now; returns its page, once it is sent."""
    desk.goto("/admin/consent/mailing/add/")
    desk.locator(f"[name=languages]:not([value={readers}])").uncheck()
    for language in ("en", "fr"):
        desk.locator(f"[name=subject_{language}]").fill(subject)
        desk.locator(f"[name=body_{language}]").fill(f"Hello, [our offers]({site}{PAGE}).")
    desk.locator("[name=_save]").click()
    expect(desk).to_have_url(re.compile(r"/mailing/\d+/change/$"))
    campaign = desk.url
    desk.get_by_role("link", name="Send now").click()
    desk.get_by_role("button", name="Send now").click()
    expect(desk).to_have_url(campaign)
    until(desk, lambda: desk.locator("#state").inner_text() == "Sent")
    return campaign


def figure(desk: Page, name: str) -> int:
    """From the result of a campaign."""
    said = (
        desk.locator("dt").filter(has_text=re.compile(f"^{name}$")).locator("xpath=following-sibling::dd[1]")
    )
    return int(said.inner_text().split()[0])


def follows_the_link_of_the_campaign(person: BrowserUser, links: list[str]) -> None:
    (link,) = [each for each in links if "/news/" in each]
    person.page.goto(link)
    expect(person.page).to_have_url(re.compile(f"{PAGE}$"))


def stops_from_the_mail(person: BrowserUser, links: list[str]) -> None:
    person.page.goto(next(each for each in links if each.endswith("/unsubscribe/")))
    person.clicks("Stop all commercial messages")
    expect(person.page.locator("h1")).not_to_have_text(person.reads("Stop all commercial messages"))
