from hypothesis import given
from hypothesis import strategies as st

from privacy.policy.diff import RunMark, compare
from privacy.policy.markdown import FrozenClause


def clause(plain: str, key: str = "a", title: str = "A") -> FrozenClause:
    return FrozenClause(key, title, "", plain)


def said(change, *marks: RunMark) -> list[str]:
    """What one side reads, paragraph by paragraph."""
    runs = [" ".join(run.text for run in paragraph if run.mark in marks) for paragraph in change.paragraphs]
    return [text for text in runs if text]


def test_words_are_marked():
    (change,) = compare([clause("kept six months\nthen gone")], [clause("kept three months\nthen gone")])
    assert change.is_changed
    assert [(run.mark, run.text) for run in change.paragraphs[0]] == [
        (RunMark.SAME, "kept"),
        (RunMark.REMOVED, "six"),
        (RunMark.ADDED, "three"),
        (RunMark.SAME, "months"),
    ]
    assert said(change, RunMark.SAME)[1] == "then gone"


def test_what_is_the_same_is_said_to_be():
    (change,) = compare([clause("one two")], [clause("one two")])
    assert not change.is_changed


def test_a_title_that_changed_is_a_change():
    (change,) = compare([clause("x", title="Old name")], [clause("x", title="New name")])
    assert change.is_changed
    assert [run.mark for run in change.title] == [RunMark.REMOVED, RunMark.ADDED, RunMark.SAME]


def test_clauses_that_came_and_went_are_shown():
    came, went = compare([clause("old", key="b")], [clause("new")])
    assert [(came.key, said(came, RunMark.ADDED)), (went.key, said(went, RunMark.REMOVED))] == [
        ("a", ["new"]),
        ("b", ["old"]),
    ]


def test_a_no_break_space_belongs_to_its_word():
    (change,) = compare([clause("durée\u00a0: 1")], [clause("durée\u00a0: 2")])
    assert change.paragraphs[0][0].text == "durée\u00a0:"


words = st.lists(st.lists(st.sampled_from("abcde"), min_size=1, max_size=6).map(" ".join), max_size=5)


@given(words, words)
def test_each_side_can_be_read_back(older, newer):
    (change,) = compare([clause("\n".join(older))], [clause("\n".join(newer))])
    assert " ".join(said(change, RunMark.SAME, RunMark.REMOVED)) == " ".join(older)
    assert " ".join(said(change, RunMark.SAME, RunMark.ADDED)) == " ".join(newer)
