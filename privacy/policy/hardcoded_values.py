"""Values that a policy must not hard-code, because the running rules give them. Pure.

Numbers and periods, as digits or in words, with or without markup; e-mail addresses; items of the lists that the
software knows.
"""

import html
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping

from privacy.policy.markdown import PlaceholderValue

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}")
# Ignored when looking for numbers: placeholders, keys of headings, targets of links.
_UNREAD = re.compile(r"\{\{.*?\}\}|\{#.*?\}|\]\([^)\s]*\)")
# Markdown's marks and invisible characters: soft hyphens, joiners, zero-width spaces.
_MARKS = re.compile("[*_`~\\\\\u00ad\u200b-\u200d\u2060\ufeff]")
_DIGITS = re.compile(r"\d+(?:[.,/-]\d+)*")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_BULLET = re.compile(r"^\s*[*+-]\s+(?P<item>\S.*)$")

_A = "an?|one|une?"
_COUNT = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    "|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousand|dozen|score|half|couple"
    "|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante"
    "|cinquante|soixante|septante|huitante|nonante|cents?|mille|demie?"
    "|(?:diz|quinz|douz|vingt|trent|quarant|cinquant|soixant|cent)aine"
    "|(?-i:[IVXLCDM]{2,}|[VXLC])"
)
_KIND = "calendar|working|full|whole|further|more|consecutive|half|demi"
_UNIT = (
    "(?:minute|hour|day|night|week|weekend|fortnight|month|quarter|semester|year|decade)s?|century|centuries"
    "|(?:heure|jour|journée|nuit|semaine|quinzaine|trimestre|semestre|an|année|décennie|siècle)s?|mois"
)
_GAP = r"[\s()-]+"
_PERIOD = re.compile(
    rf"\b(?:(?:{_COUNT})(?:{_GAP}\w+){{0,2}}?|(?:{_A})(?:{_GAP}(?:{_KIND}))?){_GAP}(?:{_UNIT})\b",
    re.IGNORECASE,
)


def numbers(source: str) -> Iterator[tuple[int, str]]:
    """Numbers and periods, with their lines: digits, "six months", "une quinzaine de jours"."""
    read = _as_read(_blanked(_UNREAD, source))
    for pattern in (_DIGITS, _PERIOD):
        yield from _found(pattern, read)


def contacts(source: str, names: Collection[str]) -> Iterator[tuple[int, str]]:
    """E-mail addresses, also as targets of links, and any of `names`."""
    read = _as_read(_blanked(_PLACEHOLDER, source))
    yield from _found(_ADDRESS, _blanked(_PLACEHOLDER, source))
    for name in filter(None, names):
        yield from _found(re.compile(re.escape(name), re.IGNORECASE), read)


def items(source: str, known: Mapping[str, PlaceholderValue]) -> Iterator[tuple[int, str]]:
    """Bullets that only repeat an item of one of the lists among `known`."""
    words = {_bare(word) for value in known.values() if not isinstance(value, str) for word in _flat(value)}
    for number, line in enumerate(_blanked(_PLACEHOLDER, source).splitlines(), start=1):
        if (found := _BULLET.match(line)) and _bare(found["item"]) in words:
            yield number, found["item"].strip()


def _flat(value: PlaceholderValue) -> Iterator[str]:
    for item in value:
        head, below = (item, ()) if isinstance(item, str) else item
        yield str(head)
        yield from below


def _bare(item: str) -> str:
    return _as_read(item).strip(" .,;:").casefold()


def _blanked(pattern: re.Pattern[str], source: str) -> str:
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)


def _as_read(source: str) -> str:
    """The text without its markup, line by line, as a reader sees it."""
    lines = (html.unescape(line).replace("\n", " ") for line in source.split("\n"))
    return _MARKS.sub("", unicodedata.normalize("NFKC", "\n".join(lines)))


def _found(pattern: re.Pattern[str], read: str) -> Iterator[tuple[int, str]]:
    for found in pattern.finditer(read):
        yield read.count("\n", 0, found.start()) + 1, " ".join(found[0].split())
