"""Where else the redacted words of one text stand in the same copy: shown to the controller, who decides.

Searched are each redacted passage as a whole, and each name, number or address in it alone. Capitals, accents,
punctuation around a word and between digits make no difference. The content of documents is not searched.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dsr.package import archive, redaction
from dsr.package.search import Omissions
from dsr.package.sections import PackageRecord, RecordLine, Section
from dsr.requests.models import SubjectRequest

AROUND = re.compile(r"^\W+|\W+$")
BETWEEN_FIGURES = re.compile(r"(?<=\d)[ .\-/\u00a0\u202f](?=\d)")  # in a telephone number or a date
A_NUMBER = re.compile(r"\d{3}")
SHORTEST = 2


@dataclass(frozen=True)
class RedactionLeftover:
    """One place of the copy where redacted words still stand: a line of a record, or the name of a document."""

    words: str
    section: Section
    number: int
    record: PackageRecord
    line: RecordLine | None


def find(
    request: SubjectRequest, preview: archive.PackagePreview, *, now: datetime
) -> list[RedactionLeftover]:
    """In the order of the copy; what is withheld from it is skipped."""
    sought = {_plain(words): words for words in _redacted_passages(request, now)}
    if not sought:
        return []
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, sorted(sought, key=len, reverse=True)))})(?!\w)")
    return [
        RedactionLeftover(sought[words], section, number, record, line)
        for section, number, record in _records(preview)
        for line, text in _texts(record)
        for words in dict.fromkeys(pattern.findall(_plain(text)))
    ]


def count(request: SubjectRequest, *, now: datetime) -> int:
    """For a page that shows nothing of what is held."""
    if not redaction.of(request):
        return 0
    return len(find(request, archive.preview(request, now=now), now=now))


def _redacted_passages(request: SubjectRequest, now: datetime) -> Iterator[str]:
    """The redacted passages, and what in them identifies somebody by itself."""
    for each in redaction.of(request).values():
        try:
            found = redaction.text(request, *each.place, now=now)
        except redaction.TextNotFoundError:
            continue
        if found.text_hash != each.text_hash:
            continue
        for first, end in each.pairs():
            passage = BETWEEN_FIGURES.sub("", found.value[first:end])
            words = [passage, *filter(_is_telling, passage.split())]
            yield from (AROUND.sub("", word) for word in words if len(_plain(word)) >= SHORTEST)


def _records(preview: archive.PackagePreview) -> Iterator[tuple[Section, int, PackageRecord]]:
    omissions = Omissions(preview.exemptions)
    for section in preview.sections:
        label = section.information.label
        for number, record in enumerate([] if omissions.whole(label) else section.records, start=1):
            if record.key not in omissions.single(label):
                yield section, number, record


def _texts(record: PackageRecord) -> Iterator[tuple[RecordLine | None, str]]:
    mark = redaction.mark()
    for line in record.lines:
        yield line, line.shown.replace(mark, " ")
    for original in record.originals:
        yield None, original.file.name.replace("_", " ")


def _is_telling(word: str) -> bool:
    """Whether it may be a name, a number or an address; not every script has capitals."""
    is_name = any(sign.isalpha() and not sign.islower() for sign in word)
    return is_name or "@" in word or bool(A_NUMBER.search(word))


def _plain(text: str) -> str:
    """Without capitals, accents, punctuation around it, and more than one space."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return AROUND.sub("", " ".join(BETWEEN_FIGURES.sub("", bare).casefold().split()))
