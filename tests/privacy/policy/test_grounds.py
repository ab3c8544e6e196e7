import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.policy import grounds
from privacy.policy.grounds import Grounds, MalformedMarkError


@pytest.mark.parametrize(
    ("mark", "found"),
    [
        ("promise: a.b", Grounds(promises=("a.b",))),
        ("promise: a.b, c-d.e_f", Grounds(promises=("a.b", "c-d.e_f"))),
        ("promise: a.b; right: access,letter", Grounds(promises=("a.b",), rights=("access", "letter"))),
        ("fact", Grounds(is_fact=True)),
        ("promise: a; promise: b; right: c; right: d", Grounds(promises=("a", "b"), rights=("c", "d"))),
        ("promise: a; fact", Grounds(promises=("a",), is_fact=True)),
        ("information", Grounds()),
        ("information: it is\n   the law", Grounds(reason="it is the law")),
        (" promise : a.b ", Grounds(promises=("a.b",))),
    ],
)
def test_a_mark_names_what_a_sentence_rests_on(mark: str, found: Grounds):
    assert grounds.parse(mark) == found


@pytest.mark.parametrize(
    "mark",
    ["", "promise", "promise:", "promise: a b", "right: ", "fact: x", "hope: a", "promise: a,", "a.b", ";"],
)
def test_any_other_mark_is_malformed(mark: str):
    with pytest.raises(MalformedMarkError):
        grounds.parse(mark)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. {fact}", [("One.", "fact")]),
        ("One. {fact} Two! {information}", [("One.", "fact"), ("Two!", "information")]),
        ("One. Two. {fact}", [("One.", None), ("Two.", "fact")]),
        ("One. {fact} Two.", [("One.", "fact"), ("Two.", None)]),
        ("**One.** Two. {fact}", [("**One.**", None), ("Two.", "fact")]),
        ("He said “one.” Two. {fact}", [("He said “one.”", None), ("Two.", "fact")]),
        ("Une\u00a0? Écrire. {fact}", [("Une\u00a0?", None), ("Écrire.", "fact")]),
        ("One. {{ a.b }} is two. {fact}", [("One.", None), ("{{ a.b }} is two.", "fact")]),
        ("Version 1.2 of e.g. this. {fact}", [("Version 1.2 of e.g. this.", "fact")]),
        ("See [x](/a.B/). {fact}", [("See [x](/a.B/).", "fact")]),
        ("One; {fact} two. {information}", [("One;", "fact"), ("two.", "information")]),
        ("One\ntwo. {promise:\na.b}", [("One\ntwo.", "promise:\na.b")]),
        ("* One. {fact}\n* Two", [("One.", "fact"), ("Two", None)]),
        ("* One\n* Two {fact}", [("One", None), ("Two", "fact")]),
        ("One\n* Two {fact}", [("One", None), ("Two", "fact")]),
        ("One… “Two.” {fact}", [("One…", None), ("“Two.”", "fact")]),
        ("One. ‘Two.’ — Three. {fact}", [("One.", None), ("‘Two.’", None), ("— Three.", "fact")]),
        ("See `a. B` there. {fact}", [("See `a. B` there.", "fact")]),
        ("« Un. » Deux. {fact}", [("« Un. »", None), ("Deux.", "fact")]),
        ("* One\n  goes on. {fact}\n1. Two. {fact}", [("One\n  goes on.", "fact"), ("Two.", "fact")]),
        ("### Head\n\n{{ list.x }}\n\nOne. {fact}", [("One.", "fact")]),
        ("Before\n{{ list.x }}", [("Before", None)]),
        ("{fact}", [("", "fact")]),
        ("", []),
    ],
)
def test_a_text_falls_into_sentences(text: str, found: list[tuple[str, str | None]]):
    assert [(each.text, each.mark) for each in grounds.sentences(text)] == found


def test_each_sentence_knows_its_line():
    text = "One. {fact} Two\nruns on. {fact}\nThree.\n\n* Four.\n\n### Head\n\n* Five.\n  Six. {fact}"
    lines = {each.text.split()[0]: each.line for each in grounds.sentences(text, line=10)}
    assert lines == {"One.": 10, "Two": 10, "Three.": 12, "Four.": 14, "Five.": 18, "Six.": 19}


WORDS = st.sampled_from(
    ["One.", "two", "{{ a.b }}", "{fact}", "{promise: a}", "\n", "\n\n* ", "### H\n", "“x.”"]
)


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_no_word_is_lost_and_no_line_moves(text: str):
    read = " ".join(each.text for each in grounds.sentences(text))
    seen = [word for word in text.split() if word in {"One.", "two", "“x.”"}]
    assert [word for word in read.split() if word in {"One.", "two", "“x.”"}] == seen
    assert grounds.blank(text).count("\n") == text.count("\n")
    assert not grounds.MARK.search(grounds.blank(text))
    assert not grounds.MARK.search(grounds.without_marks(text))
