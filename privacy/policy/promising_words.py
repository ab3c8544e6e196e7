"""Words with which a text promises something, by language. Pure.

They only tell where a person has to look: a sentence without any of them may promise as well.
"""

import re
import unicodedata

_WORDS = {
    "en": (
        r"always|never|only|solely|exclusively|each|every|everything|everybody|everyone|all|none|nothing|nobody"
        r"|no one|any time|at once|immediately|automatically|guarantees?|guaranteed|ensures?|undertakes?|promises?"
        r"|(?:we|it|they|you) (?:will|shall)|(?:we|it|they|you)[’']ll|will be|shall be"
    ),
    "fr": (
        r"toujours|jamais|seul(?:e|s|es)?|seulement|uniquement|exclusivement|chaque|chacune?|tout|toute|tous|toutes"
        r"|aucune?|rien|personne ne|à tout moment|aussitôt|immédiatement|automatiquement|garanti\w*|assur(?:e|ons|ent)"
        r"|s[’']engage\w*|engageons|promet\w*|nous (?:[\w’']+ ){0,3}\w+ri?ons"
        r"|(?:il|elle|on|vous|ils|elles) (?:sera|seront|serez|aurez)"
    ),
}
_PATTERNS = {language: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for language, words in _WORDS.items()}


def find(text: str, language: str) -> list[str]:
    """The words in `text`, without markup, in their order; those of all languages for one that has no list here."""
    read = unicodedata.normalize("NFC", " ".join(text.split()))
    patterns = [_PATTERNS[language]] if language in _PATTERNS else _PATTERNS.values()
    return [found[0] for pattern in patterns for found in pattern.finditer(read)]
