"""The choices as the browser carries them: pure rules."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from consent.cookies import choices_cookie, signing
from consent.cookies.choices_cookie import Answer, Choices, CookieDecision

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
RECEIPT = uuid.UUID(int=5)
CONSENT_GROUPS = frozenset({"personal", "frequency", "campaigns"})


def decided(answer: Answer, now: datetime = NOW) -> CookieDecision:
    return choices_cookie.decide(answer, now=now, words="n1")


def choices(words: str = "n1", now: datetime = NOW, **answers: Answer) -> Choices:
    return Choices(
        RECEIPT,
        {group: choices_cookie.decide(answer, now=now, words=words) for group, answer in answers.items()},
    )


WORDS = dict.fromkeys(CONSENT_GROUPS, "n1")


def stand(value: Choices, now: datetime = NOW, has_gpc: bool = False):
    return choices_cookie.evaluate(
        value,
        words=WORDS,
        opt_out_groups={"visits"},
        moment=now.timestamp(),
        has_gpc=has_gpc,
    )


GIVEN = choices(personal=Answer.YES, frequency=Answer.NO, campaigns=Answer.YES_DESPITE_GPC)


def test_what_was_written_is_read():
    assert choices_cookie.decode(choices_cookie.encode(GIVEN)) == GIVEN


@given(
    some.dictionaries(
        some.text("abcdefghijklmnopqrstuvwxyz-_0123456789", min_size=1, max_size=32),
        some.builds(
            CookieDecision,
            some.sampled_from(Answer),
            some.integers(0, 2**40),
            some.integers(0, 2**40),
            some.text("0123456789abcdef", max_size=16),
        ),
        max_size=8,
    )
)
def test_any_choices_survive_the_journey(decisions):
    value = Choices(RECEIPT, decisions)
    assert choices_cookie.decode(choices_cookie.encode(value)) == value


@given(some.text(max_size=300))
def test_nothing_that_a_sender_makes_up_counts(raw: str):
    assert choices_cookie.decode(raw) == choices_cookie.NO_CHOICES


@given(some.data())
def test_not_one_letter_may_change(data):
    raw = choices_cookie.encode(GIVEN)
    at = data.draw(some.integers(0, len(raw) - 1))
    letter = data.draw(some.sampled_from("abcYZ019.~-_").filter(lambda sign: sign != raw[at]))
    changed = raw[:at] + letter + raw[at + 1 :]
    assert choices_cookie.decode(changed) == choices_cookie.NO_CHOICES


RAW = choices_cookie.encode(GIVEN)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        ".",
        RAW[:-1],
        RAW[1:],
        RAW + "=",
        RAW.replace("~n~", "~y~"),
        RAW + "." + RAW,
        "x" * 8192,
        RAW + "x" * 8192,
        signing.sign("choices", "1." + RECEIPT.hex + ".personal~y~1~9999999999~n1"),
        signing.sign("choices", "2.nobody.personal~y~1~9999999999~n1"),
        signing.sign("choices", "2." + RECEIPT.hex + ".personal~z~1~9999999999~n1"),
        signing.sign("choices", "2." + RECEIPT.hex + ".personal~y~1"),
        signing.sign("choices", "2"),
        signing.sign("seen", "2." + RECEIPT.hex + ".personal~y~1~9999999999~n1"),
        "personal=zzzz",
    ],
    ids=itertools.count(),  # signed anew in each run: no names
)
def test_what_is_forged_cut_too_long_or_of_another_kind_is_no_choice(raw: str):
    assert choices_cookie.decode(raw) == choices_cookie.NO_CHOICES


def test_another_secret_cannot_sign_for_us(settings):
    settings.SECRET_KEY = "another secret altogether, long enough to be one"
    assert choices_cookie.decode(RAW) == choices_cookie.NO_CHOICES


def test_a_retired_secret_is_still_read(settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "a new secret, long enough to be one",
    )
    assert choices_cookie.decode(RAW) == GIVEN


@pytest.mark.parametrize(
    ("header", "is_duplicated"),
    [
        ("choices=a", False),
        ("choices=a; choices=b", True),
        ("choices=a;choices=b", True),
        ("other-choices=a; choices=b", False),
        ("a=choices; choices=b", False),
        ("", False),
    ],
)
def test_a_doubled_cookie_is_noticed(header: str, is_duplicated: bool):
    assert choices_cookie.is_duplicated(header, "choices") is is_duplicated


@pytest.mark.parametrize(
    ("value", "has_gpc", "accepted", "undecided"),
    [
        (choices_cookie.NO_CHOICES, False, set(), CONSENT_GROUPS),
        (choices_cookie.NO_CHOICES, True, set(), set()),
        (choices(personal=Answer.YES), False, {"personal"}, CONSENT_GROUPS - {"personal"}),
        (choices(personal=Answer.YES), True, set(), set()),
        (choices(personal=Answer.YES_DESPITE_GPC), True, {"personal"}, set()),
        (choices(personal=Answer.YES_DESPITE_GPC), False, {"personal"}, CONSENT_GROUPS - {"personal"}),
        (choices(personal=Answer.NO, frequency=Answer.NO, campaigns=Answer.NO), False, set(), set()),
        (choices(words="older", personal=Answer.YES), False, set(), CONSENT_GROUPS),
        (choices(words="older", personal=Answer.YES_DESPITE_GPC), True, set(), set()),
    ],
)
def test_what_counts(value: Choices, has_gpc: bool, accepted: set[str], undecided: set[str]):
    result = stand(value, has_gpc=has_gpc)
    assert result.accepted == (accepted if has_gpc else accepted | {"visits"})
    assert result.undecided == undecided


@pytest.mark.parametrize(
    ("value", "without", "with_signal"),
    [
        (choices_cookie.NO_CHOICES, True, False),
        (choices(visits=Answer.YES), True, False),
        (choices(visits=Answer.YES_DESPITE_GPC), True, True),
        (choices(visits=Answer.NO), False, False),
        (choices(now=NOW - timedelta(days=300), visits=Answer.YES_DESPITE_GPC), True, False),
    ],
)
def test_the_signal_objects_to_the_recording_of_visits_until_they_are_allowed(
    value: Choices, without: bool, with_signal: bool
):
    assert ("visits" in stand(value).accepted) is without
    assert ("visits" in stand(value, has_gpc=True).accepted) is with_signal


def test_an_objection_outlives_a_new_notice_but_not_six_months():
    value = choices(words="older", visits=Answer.NO)
    assert "visits" not in stand(value).accepted
    assert "visits" not in stand(value, now=datetime(2027, 5, 23, 8, 59, 59, tzinfo=UTC)).accepted
    assert "visits" in stand(value, now=datetime(2027, 5, 23, 9, tzinfo=UTC)).accepted


def test_a_choice_is_kept_six_months_of_the_calendar():
    value = choices(now=datetime(2026, 8, 31, 10, tzinfo=UTC), personal=Answer.YES)
    end = datetime(2027, 2, 28, 11, tzinfo=UTC)  # 12:00 in Paris, in summer as in winter
    assert "personal" in stand(value, now=end - timedelta(seconds=1)).accepted
    assert "personal" in stand(value, now=end).undecided


def revise(value: Choices, answers: dict[str, bool], now: datetime = NOW, has_gpc: bool = False):
    return choices_cookie.revise(
        stand(value, now=now, has_gpc=has_gpc),
        answers,
        receipt=RECEIPT,
        words=WORDS,
        now=now,
    )


def test_a_changed_answer_leaves_the_clock_of_the_others_alone():
    later = NOW + timedelta(days=30)
    after = revise(GIVEN, {"personal": True, "frequency": True, "campaigns": True}, now=later)
    assert after.decisions["personal"] == GIVEN.decisions["personal"]
    assert after.decisions["campaigns"] == GIVEN.decisions["campaigns"]
    assert after.decisions["frequency"] == decided(Answer.YES, later)


def test_an_answer_to_a_new_notice_begins_anew_and_an_objection_stays():
    before = choices(words="older", personal=Answer.YES, visits=Answer.NO)
    later = NOW + timedelta(days=30)
    after = revise(before, {"personal": True}, now=later)
    assert after.decisions == {
        "personal": decided(Answer.YES, later),
        "visits": before.decisions["visits"],
    }


def test_a_yes_said_under_the_signal_is_marked_as_such():
    after = revise(choices(personal=Answer.YES), {"personal": True, "visits": True}, has_gpc=True)
    assert after.decisions["personal"].answer is Answer.YES_DESPITE_GPC
    assert after.decisions["visits"].answer is Answer.YES_DESPITE_GPC
    assert stand(after, has_gpc=True).accepted == {"personal", "visits"}


def test_choices_that_cannot_be_proved_are_not_written():
    with pytest.raises(ValueError, match="receipt"):
        choices_cookie.encode(choices_cookie.NO_CHOICES)


def test_new_words_about_one_group_ask_about_that_one_alone():
    before = choices(personal=Answer.YES, frequency=Answer.YES, campaigns=Answer.NO)
    result = choices_cookie.evaluate(
        before, words=WORDS | {"personal": "n2"}, opt_out_groups=(), moment=NOW.timestamp(), has_gpc=False
    )
    assert (result.accepted, result.undecided) == ({"frequency"}, {"personal"})


def test_an_objection_is_prolonged_once_a_month_and_nothing_else_is():
    before = choices(personal=Answer.NO, visits=Answer.NO)
    for days, is_renewed in ((0, False), (30, False), (31, True), (150, True), (200, False)):
        now = NOW + timedelta(days=days)
        after = choices_cookie.renew_objections(before, opt_out_groups={"visits"}, now=now)
        assert (after is not before) is is_renewed, days
        assert after.decisions["personal"] == before.decisions["personal"]
        assert after.decisions["visits"] == (
            choices_cookie.decide(Answer.NO, now=now) if is_renewed else before.decisions["visits"]
        )


def test_a_visitor_who_does_not_object_keeps_what_they_have():
    before = choices(personal=Answer.YES, visits=Answer.YES)
    assert (
        choices_cookie.renew_objections(before, opt_out_groups={"visits"}, now=NOW + timedelta(days=60))
        is before
    )
