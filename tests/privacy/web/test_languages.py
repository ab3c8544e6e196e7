import pytest
from django.utils import translation

from privacy.web import languages


@pytest.mark.parametrize(("reader", "name"), [("en", "English"), ("fr", "Anglais")])
def test_a_language_is_called_what_the_reader_calls_it(reader, name):
    with translation.override(reader):
        assert languages.name_of("en") == name


def test_a_language_that_the_site_does_not_speak_keeps_its_code():
    assert languages.name_of("xx") == "xx"
