"""What does not reach for all is shared out by a rule: never more than there is, never more than is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.licences.share import RULES, Claim, share

CLAIMS = [
    Claim(line_id="A", asked=800, stops="2025-07-09", contract=""),
    Claim(line_id="B", asked=100, stops="", contract="SO-2"),
    Claim(line_id="C", asked=300, stops="2025-06-27", contract="SO-3"),
]


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [("line_stop", [200, 0, 300]), ("contract", [100, 100, 300]), ("equal", [200, 100, 200]), ("pro_rata", [333, 42, 125])],
)
def test_lc6_500_are_shared_out_by_the_rule_that_is_named(rule: str, wanted: list[int]) -> None:
    got = share(CLAIMS, 500, rule)
    assert [one.parts for one in got] == wanted
    assert [one.claim for one in got] == CLAIMS
    assert all(one.why for one in got)


def test_the_reason_is_told() -> None:
    assert [one.why for one in share(CLAIMS, 500, "line_stop")] == [
        "served 2 of 3: its line stops on 2025-07-09",
        "served 3 of 3: no day is said on which its line stops",
        "served 1 of 3: its line stops on 2025-06-27",
    ]


@given(st.sampled_from(sorted(RULES)), st.lists(st.integers(0, 10**12), max_size=12), st.integers(0, 10**13))
def test_all_is_given_that_can_be_and_nobody_gets_more_than_is_asked(rule: str, asked: list[int], parts: int) -> None:
    got = share([Claim(line_id=str(place), asked=one) for place, one in enumerate(asked)], parts, rule)
    assert all(0 <= one.parts <= one.claim.asked for one in got)
    assert sum(one.parts for one in got) == min(parts, sum(asked))


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=8), st.integers(0, 5000))
def test_equal_parts_differ_by_one_part_at_most_among_those_who_want_more(asked: list[int], parts: int) -> None:
    got = share([Claim(line_id=str(place), asked=one) for place, one in enumerate(asked)], parts, "equal")
    wanting = [one.parts for one in got if one.parts < one.claim.asked]
    assert not wanting or max(wanting) - min(wanting) <= 1
    assert all(one.parts <= min(wanting) + 1 for one in got) if wanting else True


def test_nothing_below_zero_is_shared_out() -> None:
    with pytest.raises(ValueError, match="below zero"):
        share(CLAIMS, -1, "equal")
