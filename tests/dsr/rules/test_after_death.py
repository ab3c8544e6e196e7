"""What heirs may be given, by what the person said."""

import pytest

from dsr.rules.after_death import HEIRS_MAY, Finding, may_grant
from dsr.rules.rights import Right


@pytest.mark.parametrize("right", Right)
def test_nothing_is_due_before_the_instructions_were_looked_up(right: Right):
    assert not may_grant({right}, "")


@pytest.mark.parametrize("right", Right)
def test_without_instructions_article_85_decides(right: Right):
    assert may_grant({right}, Finding.NONE) is (right in HEIRS_MAY)
    assert {right for right in Right if right not in HEIRS_MAY} == {
        Right.PORTABILITY,
        Right.RESTRICTION,
        Right.NO_NAVIGATION,
    }


@pytest.mark.parametrize("right", Right)
def test_instructions_decide_where_there_are_some(right: Right):
    assert may_grant({right}, Finding.FOLLOWED)
    assert may_grant({right}, Finding.EXCLUDED) is (right in {Right.NO_PROSPECTING, Right.NO_NAVIGATION})
