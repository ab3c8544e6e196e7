import pytest

from privacy.policy import hardcoded_values


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kept 6 months", [(1, "6")]),
        ("a\nfrom 2024-01-31, or 3.5", [(2, "2024-01-31"), (2, "3.5")]),
        ("for six\nmonths", [(1, "six months")]),
        ("within one calendar month", [(1, "one calendar month")]),
        ("a year at most", [(1, "a year")]),
        ("pendant cinq ans, puis deux années", [(1, "cinq ans"), (1, "deux années")]),
        ("un mois", [(1, "un mois")]),
        ("a six-month delay", [(1, "six-month")]),
        ("**six**\n_months_", [(1, "six months")]),
        ("six&nbsp;months, s\u00adix days", [(1, "six months"), (1, "six days")]),
        ("\u2076 weeks", [(1, "6")]),
        ("six more months", [(1, "six more months")]),
        ("six (calendar) months", [(1, "six (calendar) months")]),
        ("VI months", [(1, "VI months")]),
        ("a decade, a dozen months", [(1, "a decade"), (1, "dozen months")]),
        ("one hundred days", [(1, "hundred days")]),
        ("forty-eight hours", [(1, "forty-eight hours")]),
        ("treize mois", [(1, "treize mois")]),
        ("une quinzaine de jours", [(1, "une quinzaine")]),
        ("six longs mois", [(1, "six longs mois")]),
        ("une demi-heure", [(1, "une demi-heure")]),
        ("{{ period.a2 }} {{ b }} [x](/privacy/versions/2/)", []),
        ("## Two {#two-2}\none thing, two sorts, une chose, deux buts", []),
    ],
)
def test_numbers_typed_by_hand_are_found(text, found):
    assert list(hardcoded_values.numbers(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to x.y@example.org.", [(1, "x.y@example.org")]),
        ("\n[us](mailto:us@example.org)", [(2, "us@example.org")]),
        ("Ask **Ada Lovelace**", [(1, "Ada Lovelace")]),
        ("[{{ controller.email }}](mailto:{{ controller.email }})", []),
    ],
)
def test_contacts_typed_by_hand_are_found(text, found):
    assert list(hardcoded_values.contacts(text, {"Ada Lovelace"})) == found


KNOWN = {"list.a": ["surname", ("Technical", ["sessionid"])], "name": "surname"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("* Surname;\n* blood group", [(1, "Surname;")]),
        ("a\n  - **sessionid**", [(2, "**sessionid**")]),
        ("+ technical", [(1, "technical")]),
        ("your surname\n* **surname**: what we call you", []),
        ("{{ list.a }}", []),
    ],
)
def test_items_of_a_list_typed_by_hand_are_found(text, found):
    assert list(hardcoded_values.items(text, KNOWN)) == found
