"""With which words a mail, a banner or a form promises something."""

import pytest

from privacy.policy import promising_words
from privacy.policy.bound_texts import ShownText


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "We answer within a week.", ["We answer", "within", "a week"]),
        ("en", "The link works until x.", ["until"]),
        ("en", "Tell them by x, or by tomorrow.", ["by x", "by tomorrow"]),
        ("en", "Send it by letter.", []),
        ("en", "In x days and two months at the latest.", ["days", "months", "at the latest"]),
        ("en", "Good day, and have a nice year.", []),
        ("en", "The form is erased, the file deleted, the copy destroyed.", ["erased", "deleted", "destroyed"]),
        ("en", "We check it, then we keep it.", ["We check", "we keep"]),
        ("en", "We then close it; your yes was not kept.", ["We then close", "was not kept"]),
        ("en", "It is free, and read by this site alone.", ["free", "alone"]),
        ("en", "You ask for a copy.", []),
        ("en", "Nothing is set.", ["Nothing"]),
        ("fr", "Nous vous répondons sous x, au plus tard.", ["Nous vous répondons", "sous x", "au plus tard"]),
        ("fr", "Dans un délai d’un mois.", ["délai", "mois"]),
        ("fr", "Le lien est valable jusqu’au x, à traiter avant le x.", ["jusqu’au", "avant le"]),
        ("fr", "Le formulaire est effacé, puis supprimé et détruit.", ["effacé", "supprimé", "détruit"]),
        ("fr", "Nous vérifions le mandat et le conservons ; il est chiffré.", ["Nous vérifions", "est chiffré"]),
        ("fr", "C’est gratuit, d’ici à x heures.", ["gratuit", "d’ici à", "heures"]),
        ("fr", "Bonjour, voici votre demande.", []),
        ("fr", "Aucun cookie.", ["Aucun"]),
    ],
)  # fmt: skip
def test_words_of_promising(language: str, text: str, words: list[str]):
    assert promising_words.find_with_deeds(text, language) == words


def test_sentences_of_the_policy_are_searched_for_fewer_words():
    """There each sentence has a mark, and speaks of periods everywhere."""
    assert promising_words.find("Kept until x, and erased within days.", "en") == []


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Access is given on a need-to-know basis.", ["need-to-know"]),
        ("fr", "L’accès suit le besoin d’en connaître.", ["besoin d’en connaître"]),
        ("en", "You may take it back as easily as you gave it.", ["as easily"]),
        ("fr", "Vous le retirez aussi facilement que vous l’avez donné.", ["aussi facilement"]),
        ("en", "They need to register.", []),
        ("fr", "Vous avez aussi besoin de cookies.", []),
    ],
)
def test_words_that_limit_or_compare_promise_in_a_policy_too(language: str, text: str, words: list[str]):
    assert promising_words.find(text, language) == words


def test_variables_and_markup_are_no_words():
    said = {"en": ['The <b class="all">%(all)s</b> of %(until)s and {days}.'], "fr": ["%(tout)s"]}
    assert ShownText(1, None, said).promising == ""


def test_a_word_is_shown_with_the_text_around_it():
    said = {"en": ["Hello"], "fr": ["Rien n’est fait avant votre accord."]}
    assert ShownText(1, None, said).promising == "“Rien” (Rien n’est fait avant votre accord.)"
