import pytest

from privacy.datamap import masks
from privacy.datamap.registry import holding
from privacy.rights.models import Hold
from recruitment.applications.models import Application


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("alice@example.com", "a…@e….com"),
        ("a@b.co.uk", "a…@b….uk"),
        ("élise@exämple.fr", "é…@e….fr"),
        ("alice@localhost", "…"),
        ("no address", "…"),
        ("", "…"),
    ],
)
def test_an_address_is_masked(address, shown):
    assert masks.email(address) == shown


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (("Alice", "Martin"), "A. M."),
        (("", "de la Tour"), "D."),
        (("Jean-Pierre", ""), "J."),
        (("e\u0301lise", " "), "É."),
        (("", ""), ""),
    ],
)
def test_a_name_is_masked(names, shown):
    assert masks.initials(*names) == shown


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ("surname", "V."), ("first_name", "V."), ("email", "…"), ("telephone", "…"), ("postcode", "…"),
        ("qualifications", "…"), ("experience", "…"), ("message", "…"), ("language", None), ("received_at", None),
        ("offer", None),
    ],
)  # fmt: skip
def test_what_a_list_masks_follows_from_the_data_map(field, shown):
    held, column = holding(Application), Application._meta.get_field(field)
    assert masks.is_masked(held, column) is (shown is not None)
    if shown is not None:
        assert masks.mask(held, column, "value") == shown
        assert masks.mask(held, column, "") == masks.mask(held, column, None) == ""


def test_a_pseudonym_is_cut():
    held, column = holding(Hold), Hold._meta.get_field("about")
    assert masks.is_masked(held, column)
    assert masks.mask(held, column, "0123456789abcdef") == "0123456789ab"
