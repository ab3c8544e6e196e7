"""Whatever people write becomes a letter."""

from functools import partial

import pytest

from dsr.lifecycle import notes
from dsr.requests.note_models import InternalNote
from dsr.review import decisions
from dsr.review.preview import NothingSentError, preview_message
from privacy.files import storage
from privacy.web import pdf
from tests.dsr.factories import make_request
from tests.dsr.letters import last_letter, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acting", "today")]


NAUGHTY = [
    "李明 田中",
    "😀🇫🇷",
    "ﷺ",
    "\u202etxt.exe",
    '#panic("x") *b* $x$ \\ @ref <lab>',
    "* a\n* b",
    "= h\n\n- i",
    "A" * 5000,
]


@pytest.mark.parametrize("words", NAUGHTY)
def test_whatever_is_written_becomes_a_letter(now, words: str):
    subject_request = make_request(now, surname=words.split("\n", maxsplit=1)[0][:100], details=words)
    decisions.write(subject_request.pk, text=words, now=now)
    text = words_of(storage.read(last_letter(subject_request).file))
    start = words.removeprefix("* ").split("\n")[0][:3]
    assert start in text or not start.isascii()


def test_another_error_of_the_press_is_not_hidden():
    with pytest.raises(RuntimeError):
        pdf.render("letters/reply", {"title": "no more than this"})


def test_a_preview_of_what_writes_to_nobody_says_so_and_leaves_nothing(now):
    subject_request = make_request(now)
    with pytest.raises(NothingSentError):
        preview_message(
            subject_request.pk, partial(notes.add, subject_request.pk, text="x", now=now), now=now
        )
    assert InternalNote.objects.count() == 0
