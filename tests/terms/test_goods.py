from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.terms.amounts import Share
from greenlane.terms.goods import ELEMENTS, read_composition


def test_there_are_as_many_elements_as_there_are() -> None:
    assert len(ELEMENTS) == 118


def test_a_composition_reads_in_order_of_symbols() -> None:
    assert read_composition("Nd:29%; Dy:3.1%;Tb:0;") == (
        ("Dy", Share(Decimal("3.1"))),
        ("Nd", Share(Decimal(29))),
        ("Tb", Share(Decimal(0))),
    )


def test_above_zero_counts_for_nothing_in_the_sum() -> None:
    assert dict(read_composition("Fe:100%;Dy:>0"))["Dy"] == Share(None)


@pytest.mark.parametrize("text", ["ND:29%", "nd:29%", "Nd", "Neodymium:29%", "Xx:1%", "Nd=29%"])
def test_what_is_no_element_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="chemical symbol"):
        read_composition(text)


def test_a_doubled_element_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        read_composition("Nd:1%;Nd:1%")


def test_more_than_the_whole_is_refused_with_a_point_left_for_rounding() -> None:
    assert read_composition("Fe:70%;Nd:31%")
    with pytest.raises(ValueError, match="add up"):
        read_composition("Fe:70%;Nd:31.1%")


@given(st.lists(st.sampled_from(sorted(ELEMENTS)), unique=True, max_size=9))
def test_the_order_of_elements_is_no_part_of_a_composition(symbols: list[str]) -> None:
    parts = [f"{symbol}:{number}%" for number, symbol in enumerate(symbols)]
    assert read_composition(";".join(parts)) == read_composition(";".join(reversed(parts)))
