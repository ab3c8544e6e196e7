import pytest
from django.utils import translation

from privacy.web.sizes import file_size


@pytest.mark.parametrize(
    ("size", "english", "french"),
    [
        (8 * 1024**2, "8 MB", "8 Mo"),
        (1_600_000, "1.5 MB", "1,5 Mo"),
        (20_971_520, "20 MB", "20 Mo"),
        (17_203, "17 KB", "17 Ko"),
        (812, "812 bytes", "812 octets"),
        (0, "0 bytes", "0 octets"),
    ],
)
def test_sizes_are_said_as_people_say_them(size, english, french):
    spoken = []
    for language in ("en", "fr"):
        with translation.override(language):
            spoken.append(file_size(size).replace("\N{NO-BREAK SPACE}", " "))
    assert spoken == [english, french]
