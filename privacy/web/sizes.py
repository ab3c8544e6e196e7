"""Sizes of files as people say them: 8 MB, and 8 Mo in French, where Django writes 8,0 Mio."""

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

STEP = 1024
UNITS = ((STEP**2, _("MB")), (STEP, _("KB")), (1, _("bytes")))
FEW = 10  # of a unit: fewer are told with a decimal, unless it is a nought


def file_size(number: int) -> str:
    step, unit = next((each for each in UNITS if number >= each[0]), UNITS[-1])
    amount = round(number / step, 1 if number < FEW * step else None)
    return f"{number_format(amount, None if amount % 1 else 0)}\N{NO-BREAK SPACE}{unit}"
