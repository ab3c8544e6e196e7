"""Words with which a text promises something, by language. Pure.

They only tell where a person has to look: a sentence without any of them may promise as well.
"""

import re
import unicodedata
from collections.abc import Mapping

_WORDS = {
    "en": (
        r"always|never|only|solely|exclusively|each|every|everything|everybody|everyone|all|none|nothing|nobody"
        r"|no one|any time|at once|immediately|automatically|guarantees?|guaranteed|ensures?|undertakes?|promises?"
        r"|(?:we|it|they|you) (?:will|shall)|(?:we|it|they|you)[’']ll|will be|shall be|as easily|need[ -]to[ -]know"
        r"|trained|written down|recorded|logged|leaves? a trace|encrypted|links? to stop"
    ),
    "fr": (
        r"toujours|jamais|seul(?:e|s|es)?|seulement|uniquement|exclusivement|chaque|chacune?|tout|toute|tous|toutes"
        r"|aucune?|rien|personne ne|à tout moment|aussitôt|immédiatement|automatiquement|garanti\w*|assur(?:e|ons|ent)"
        r"|s[’']engage\w*|engageons|promet\w*|nous (?:[\w’']+ ){0,3}\w+ri?ons"
        r"|(?:il|elle|on|vous|ils|elles) (?:sera|seront|serez|aurez)"
        r"|aussi facilement|besoin d[’']en (?:connaître|savoir)"
        r"|formée?s? (?:à|au|aux)|consignée?s?|enregistrée?s?|laissent? une trace|chiffrée?s?|liens? pour arrêter"
    ),
}
# Mails and forms say little: a delay, a deletion or a check that stands in them is a promise.
_DEEDS = {
    "en": (
        r"within|until|by (?:x|tomorrow|today|then)|at the latest|delays?|deadlines?|sooner"
        r"|minutes|hours|days|weeks|months|years|(?:x|an?|one|the last) (?:minute|hour|day|week|month|year)"
        r"|delet(?:e|es|ed|ion)|eras(?:e|es|ed|ure)|destroy(?:s|ed)?|removed?"
        r"|we (?:\w+ )?(?:check|verify|keep|hold|store|answer|reply|tell|inform|write|mail|send|ask|use|close|stop)"
        r"|(?:is|are|was|were) (?:\w+ )?(?:checked|verified|kept|stored|encrypted|used|told)"
        r"|answers you|writes (?:back|to you)|takes? it up|free|alone|any(?:body|one)"
    ),
    "fr": (
        r"sous x|d[’']ici(?: à| au)?|jusqu[’'](?:à|au|en)|avant le|au plus tard|délais?|dans l[’']heure"
        r"|minutes|heures|jours|semaines|mois|ans|années|(?:x|une?|dernier) (?:minute|heure|jour|semaine|an|année)"
        r"|supprim\w+|effac\w+|détrui\w+|destruction"
        r"|nous (?:\w+ )?(?:vérifions|contrôlons|conservons|gardons|stockons|répondons|informons|prévenons|écrivons"
        r"|envoyons|demandons|utilisons|fermons|clôturons|arrêtons|cessons)"
        r"|(?:est|sont|était|étaient) (?:\w+ )?(?:vérifié|contrôlé|conservé|gardé|stocké|chiffré|utilisé|informé)e?s?"
        r"|vous (?:répond|écrit)|gratuit\w*"
    ),
}


def _compiled(words: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {language: re.compile(rf"\b(?:{each})\b", re.IGNORECASE) for language, each in words.items()}


_PATTERNS = _compiled(_WORDS)
_PATTERNS_WITH_DEEDS = _compiled(
    {language: f"{words}|{_DEEDS[language]}" for language, words in _WORDS.items()}
)


def find(text: str, language: str) -> list[str]:
    """The words in `text`, without markup, in their order; those of all languages for one that has no list here."""
    return _find(text, language, _PATTERNS)


def find_with_deeds(text: str, language: str) -> list[str]:
    """For mails, banners and forms: words of a delay, a deletion or a check too."""
    return _find(text, language, _PATTERNS_WITH_DEEDS)


def _find(text: str, language: str, patterns: Mapping[str, re.Pattern[str]]) -> list[str]:
    seen = "".join(
        each for each in text if unicodedata.category(each) != "Cf"
    )  # soft hyphens, zero-width spaces
    read = unicodedata.normalize("NFC", " ".join(seen.split()))
    chosen = [patterns[language]] if language in patterns else patterns.values()
    return [found[0] for pattern in chosen for found in pattern.finditer(read)]
