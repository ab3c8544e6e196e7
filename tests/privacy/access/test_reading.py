"""The page that staff confirm is the version that its number names."""

from hashlib import sha256

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import override

from privacy.access import trainings

# Words that changed are another version: raise READING, then write its digests here. Versions before it stay.
VERSIONS = {"1": {"en": "ba093a88018d20d0", "fr": "a6fa7142eecbdcf4"}}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_other_words_are_another_version(language: str):
    with override(language):
        words = " ".join(strip_tags(render_to_string("admin/privacy/training/reading.html")).split())
    assert sha256(words.encode()).hexdigest()[:16] == VERSIONS[trainings.READING][language], words
