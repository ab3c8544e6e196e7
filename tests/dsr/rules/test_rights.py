"""Which ground of refusal the law knows for which right, spelled out once more, right by right and ground by ground."""

import itertools

import pytest

from dsr.rules.rights import RefusalGround, Right, grounds_of

WITH_EACH = {"NOT_IDENTIFIED", "UNFOUNDED", "EXCESSIVE"}  # GDPR 12(2), 12(5)
BESIDES = {
    "ACCESS": {"OTHERS"},  # 15(4)
    "PORTABILITY": {"NOT_PORTABLE", "PUBLIC_TASK", "OTHERS_PORTABLE"},  # 20(1), 20(3), 20(4)
    "RECTIFICATION": {"ACCURATE"},  # 16
    "ERASURE": {
        "STILL_NEEDED",
        "EXPRESSION",
        "LEGAL_DUTY",
        "PUBLIC_HEALTH",
        "ARCHIVES",
        "CLAIMS",
    },  # 17(1), 17(3)
    "RESTRICTION": {"NOT_RESTRICTABLE"},  # 18(1)
    "NO_PROSPECTING": set(),  # 21(2) and (3): absolute
    "NO_NAVIGATION": set(),  # stopped without weighing, as the policy says
    "OBJECTION": {"NOT_OBJECTABLE", "COMPELLING", "USED_FOR_CLAIMS"},  # 21(1)
}
EVERY_PAIR = list(itertools.product(Right.values, RefusalGround.values))


@pytest.mark.parametrize(("right", "ground"), EVERY_PAIR)
def test_a_right_is_refused_on_the_grounds_that_the_law_knows_for_it(right: str, ground: str):
    fits = ground in WITH_EACH | BESIDES[right]
    assert (ground in grounds_of([right], is_mandated=False)) is fits
    assert (ground in grounds_of([right], is_mandated=True)) is (fits or ground == "NO_MANDATE")


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(Right.values, 2)))
def test_several_rights_are_refused_at_once_on_grounds_that_fit_each(one: str, other: str):
    assert set(grounds_of([one, other], is_mandated=False)) == WITH_EACH | (BESIDES[one] & BESIDES[other])


def test_every_ground_belongs_to_some_right():
    of_dead = {"INSTRUCTIONS", "NOT_FOR_ESTATE"}
    assert WITH_EACH.union(*BESIDES.values()) | of_dead | {"NO_MANDATE"} == set(RefusalGround.values)


@pytest.mark.parametrize("right", Right.values)
def test_the_estate_limits_what_heirs_see_alone_and_instructions_what_they_decide(right: str):
    added = set(grounds_of([right], is_mandated=True, is_of_dead=True)) - set(
        grounds_of([right], is_mandated=True)
    )
    at_once = {"NO_PROSPECTING", "NO_NAVIGATION"}
    estate = {"NOT_FOR_ESTATE"} if right == "ACCESS" else set()
    assert added == (set() if right in at_once else {"INSTRUCTIONS"}) | estate
