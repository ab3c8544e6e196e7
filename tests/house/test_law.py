"""docs/law.md: each provision is served by something that is there and shown by a test that is there."""

from collections import Counter

from tests.house import tables

PAGE = tables.ROOT / "docs/law.md"
HEAD = "| provision | what it asks | what serves it | what shows it |"
THEIRS = "the organisation’s: "


def provisions() -> list[list[str]]:
    return tables.rows(PAGE, HEAD)


def test_about_thirty_provisions_of_each_law_that_reaches_software_are_there():
    names = [row[0] for row in provisions()]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert sum(name.startswith("GDPR ") for name in names) >= 25
    assert sum(name.startswith("78-17 ") for name in names) >= 5


def test_each_test_that_is_named_is_there():
    named = [test for row in provisions() for test in tables.TEST.findall(row[3])]
    assert [missing for row in provisions() for missing in tables.missing_tests(row[3])] == []
    assert len(named) > 30


def test_each_provision_names_a_test_or_says_why_it_is_the_organisations_alone():
    bare = [
        row[0]
        for row in provisions()
        if not tables.TEST.search(row[3]) and not (row[2] == "—" and row[3].startswith(THEIRS))
    ]
    assert bare == []


def test_what_serves_a_provision_is_a_file_or_a_folder_that_is_there():
    served = [row for row in provisions() if row[2] != "—"]
    assert [row[0] for row in served if not tables.FILE.search(row[2])] == []
    assert [path for row in served for path in tables.missing_files(row[2])] == []
