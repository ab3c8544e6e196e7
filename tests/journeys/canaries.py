"""Values that stand for personal data in one story, their spellings, and what the site keeps beside its records.

:func:`show` is run on the site's own data by ``manage.py shell``.
"""

import base64
import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from urllib.parse import quote, quote_plus

import redis
from django.apps import apps
from django.conf import settings

WORDS = {
    "first name": "Zéphyrinette",
    "surname": "Quaxolottière",
    "e-mail address": "zephyquax@canari-vagabond.example",
    "telephone": "+33755129843",
    "postcode": "97433",
    "message": "marmelouflard crépusculaire",
    "qualifications, name and text of a file": "zibelinovolante",
    "details of a request": "galimafrée pétillante",
    "reason for doubt": "tintinnabulesque",
    "file name of a proof": "pachydermique",
    "postal address": "12 impasse Ornithorynque",
    "reason on record": "bringuebalant",
    "searched words": "frimoussardière",
    "wrong password": "hurluberlu-catimini",
    "right password": "escogriffe patatras lanterne",
    "correction": "Rocambolette",
    "note at the desk": "abracadabrantesque",
    "facts of a breach": "turlupinade",
    "proof of consent on a list": "mirobolantissime",
    "reply and name of its file": "carabistouilleuse",
    "e-mail to the company": "saperlipopettement",
    "typed address": "farfeluche",
}
# The person typed it into the line of addresses themselves.
TYPED_ADDRESS = "typed address"
# Where something is left after the erasure: the request itself, a breach, and searched words for ten minutes.
RECORDS = {
    "dsr.identitycheck", "dsr.internalnote", "dsr.requestmessage", "dsr.subjectrequest", "privacy.breach",
    "sessions.session",
}  # fmt: skip
MAIL = "privacy.mail"


def found_in(text: str, *, besides: Iterable[str] = ()) -> set[str]:
    """The names of the canaries that ``text`` holds in any spelling."""
    folded = text.lower()
    return {
        name
        for name in WORDS.keys() - set(besides)
        if re.search(_plain(name), folded) or re.search(_encoded(name), text)
    }


@cache
def _plain(name: str) -> str:
    """As words, in an address, in JSON and in HTML; with accents and without. A number stands by itself."""
    word = WORDS[name].lower()
    ways = (str, quote, quote_plus, html.escape, lambda each: json.dumps(each)[1:-1])
    spelled = {way(each).lower() for each in (word, without_accents(word)) for way in ways}
    either = "|".join(map(re.escape, sorted(spelled)))
    return rf"(?<![\w.])(?:{either})(?!\w)" if word.isdigit() else either


@cache
def _encoded(name: str) -> str:
    """In base64: what a word becomes whatever stands before and after it."""
    return "|".join(
        re.escape(each) for word in (WORDS[name], WORDS[name].lower()) for each in _in_base64(word.encode())
    )


def _in_base64(word: bytes) -> Iterator[str]:
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + len(word)) * 8 // 6
        for code in (base64.b64encode, base64.urlsafe_b64encode):
            yield code(b"\0" * before + word).decode()[first:last]


def without_accents(word: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", word) if not unicodedata.combining(each))


def show() -> None:
    """Print every row that is none of the records, subjects of mails, and what waits in Redis, a line each."""
    for model in apps.get_models():
        label = model._meta.label_lower
        if label not in RECORDS:
            rows = model._default_manager.values(*(("subject",) if label == MAIL else ()))
            for row in rows:
                print(label, _without_reason(row))  # noqa: T201
    with redis.from_url(settings.REDIS_URL) as queue:
        for key in queue.scan_iter():
            print("redis", key, queue.dump(key))  # noqa: T201


def _without_reason(row: dict[str, object]) -> dict[str, object]:
    """A written reason stays on record: the form asks to name nobody in it, and refuses addresses and numbers."""
    detail = row.get("detail")
    return {**row, "detail": {**detail, "reason": None}} if isinstance(detail, dict) else row
