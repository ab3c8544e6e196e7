"""The texts in the repository: sound, equal in both languages, with links that lead somewhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import resolve
from django.utils.translation import override

from privacy.datamap import explanations, registry
from privacy.policy import binding, lint, markdown, placeholders

FOLDERS = sorted(path for path in Path(settings.POLICY_ROOT).iterdir() if path.is_dir())
TEXTS = [folder / f"{language}.md" for folder in FOLDERS for language, _name in settings.LANGUAGES]


@pytest.mark.parametrize("path", TEXTS, ids=str)
def test_a_text_has_the_twelve_clauses_in_their_order(path: Path):
    assert [clause.key for clause in markdown.parse(path.read_text())] == list(markdown.KEYS)


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_every_language_says_the_same_things(folder: Path):
    used = [
        sorted(name for _line, name in markdown.placeholders((folder / f"{language}.md").read_text()))
        for language, _name in settings.LANGUAGES
    ]
    assert all(names == used[0] for names in used)


@pytest.mark.parametrize("path", TEXTS, ids=str)
def test_every_link_stays_in_its_language_and_leads_somewhere(path: Path):
    before = "" if path.stem == settings.LANGUAGE_CODE else f"/{path.stem}"
    for link in re.findall(r"\]\((/[^)]*)\)", path.read_text()):
        assert link.startswith((f"{before}/privacy/", f"{before}/account/"))
        with override(path.stem):
            resolve(link)


@pytest.mark.django_db
@pytest.mark.parametrize("path", TEXTS[-2:], ids=str)
def test_the_newest_text_can_be_published(path: Path):
    known = placeholders.in_language(path.stem)
    _source, problems = lint.read(path, known=known, grounds_known=binding.known())
    assert problems == []


@pytest.mark.django_db
def test_bases_are_listed_with_the_punctuation_of_the_language():
    def spoken(language: str) -> str:
        bases = placeholders.in_language(language)["basis.business"]
        assert isinstance(bases, str)
        return bases

    assert spoken("en").count("; ") == spoken("fr").count("\N{NO-BREAK SPACE}; ") >= 2
    assert spoken("fr").count(";") == spoken("fr").count("\N{NO-BREAK SPACE}; ")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_period_starts_at_something_said_in_words_of_its_own(language: str):
    """Not at the label of a column, such as "lifted at"."""
    with override(language):
        assert [held.label for held in registry.holdings() if not held.data.keep.since_label] == []


def test_each_start_goes_on_in_french_after_a_compter():
    with override("fr"):
        starts = {held.label: str(held.data.keep.since_label) for held in registry.holdings()}
        sentences = {facts.retention_phrase for facts in explanations.explain_all()}
    assert {
        label: start for label, start in starts.items() if not start.startswith(("de ", "du ", "des ", "d’"))
    } == {}
    assert "6 mois à compter de la visite" in sentences
