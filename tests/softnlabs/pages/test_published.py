"""The pages that a process keeps."""

from datetime import datetime

import pytest

from softnlabs.website.pages import published, starting_content


@pytest.mark.django_db
@pytest.mark.usefixtures("acting")
@pytest.mark.parametrize("turn", ["first", "second"])
def test_no_test_sees_the_pages_of_the_one_before(turn: str, now: datetime):
    assert published.shown(now=now) == []
    starting_content.load(now=now)
    published.invalidate()
    assert published.at("/", now=now) is not None
