"""Long lists: every row once, in order, forwards and backwards, whatever the marks."""

from datetime import timedelta
from itertools import chain
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privacy.mail.models import Mail
from privacy.web import keyset
from tests.conftest import ALICE

pytestmark = pytest.mark.django_db


@pytest.fixture
def mails(now) -> list[UUID]:
    """Seven mails in their order, three of them of the same instant."""
    hours = (0, 1, 1, 1, 2, 3, 4)
    made = [
        Mail.objects.create(to=ALICE, message="t", language="en", written_at=now + timedelta(hours=hour))
        for hour in hours
    ]
    return [mail.pk for mail in sorted(made, key=lambda mail: (mail.written_at, mail.pk))]


def pages(by: str, size: int, way: str = "after", mark: str = "") -> list[list[UUID]]:
    found = []
    while True:
        page = keyset.page(Mail.objects.all(), by, size=size, **{way: mark})
        found.append([mail.pk for mail in page.rows])
        mark = getattr(page, way)
        if not mark:
            return found


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
@pytest.mark.parametrize("by", ["written_at", "-written_at"])
def test_every_row_comes_once_in_order_forwards_and_backwards(mails, by, size):
    wanted = mails[::-1] if by.startswith("-") else mails
    forwards = pages(by, size)
    assert list(chain.from_iterable(forwards)) == wanted
    assert all(len(page) == size for page in forwards[:-1])
    first = keyset.page(Mail.objects.all(), by, size=size)
    assert (first.before, bool(first.after)) == ("", size < len(mails))
    last = first
    while last.after:
        last = keyset.page(Mail.objects.all(), by, size=size, after=last.after)
    backwards = pages(by, size, "before", last.before) if last.before else []
    assert list(chain.from_iterable(reversed(backwards))) == wanted[: len(wanted) - len(last.rows)]


@pytest.mark.parametrize("mark", ["x", "\0", "WyIyMDI2IiwgIjEiXQ:x:y", "é" * 9000])
def test_a_mark_that_is_not_ours_is_the_beginning(mails, mark):
    assert [mail.pk for mail in keyset.page(Mail.objects.all(), "written_at", after=mark).rows] == mails
    assert [mail.pk for mail in keyset.page(Mail.objects.all(), "written_at", before=mark).rows] == mails


def test_a_page_is_one_query_and_counts_nothing(mails):
    with CaptureQueriesContext(connection) as queries:
        keyset.page(Mail.objects.all(), "written_at", size=2)
    assert len(queries) == 1
    assert "COUNT" not in queries[0]["sql"]


def test_a_row_that_is_gone_does_not_shift_the_next_page(mails):
    first = keyset.page(Mail.objects.all(), "written_at", size=3)
    Mail.objects.filter(pk__in=mails[:3]).delete()
    second = keyset.page(Mail.objects.all(), "written_at", size=3, after=first.after)
    assert [mail.pk for mail in second.rows] == mails[3:6]
