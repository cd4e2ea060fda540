from __future__ import annotations

import pytest

from greenlane.screen.slips import NearWords

KNOWN = NearWords(("stock", "stack", "company"))


@pytest.mark.parametrize("slip", ["ompany", "companyy", "comqany", "ocmpany", "compnay"])
def test_a_letter_more_fewer_other_or_exchanged_is_one_slip(slip: str) -> None:
    assert KNOWN.near(slip) == ("company",)


@pytest.mark.parametrize("other", ["company", "copmanny", "", "c"])
def test_the_word_itself_and_two_slips_are_not(other: str) -> None:
    assert KNOWN.near(other) == ()


def test_all_words_within_one_slip_are_told_in_order() -> None:
    assert KNOWN.near("stuck") == ("stack", "stock")
