from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.terms.amounts import Share, read_decimal, read_percent, read_unit, show

NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize("text", ["1e3", "1,200", "NaN", "Infinity", "", " ", "1.", ".5", "--1", "1 200", "0x10", "1" * 31, "²"])
def test_what_is_no_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a plain decimal"):
        read_decimal(text)


def test_a_comma_is_explained() -> None:
    with pytest.raises(ValueError, match=r"did you mean `0\.5`"):
        read_decimal("0,5")


@given(NUMBERS)
def test_a_decimal_is_read_exactly_and_shown_without_noise(number: Decimal) -> None:
    assert read_decimal(f"{number:f}") == number
    assert read_decimal(show(number)) == number
    assert "E" not in show(number)
    assert "." not in show(number) or not show(number).endswith("0")


@pytest.mark.parametrize(("text", "value"), [("12%", "12"), ("0.1 %", "0.1"), ("0", "0"), ("0%", "0"), ("100 %", "100")])
def test_percent_reads(text: str, value: str) -> None:
    assert read_percent(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "why"), [("12", "percent sign"), ("101%", "between"), ("-1%", "between"), ("%", "plain decimal"), ("1%%", "plain")]
)
def test_a_share_without_its_sign_or_outside_the_whole_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_percent(text)


@pytest.mark.parametrize("text", [">0", "> 0", ">0%", " > 0 % "])
def test_above_zero_is_a_share_of_its_own(text: str) -> None:
    assert Share.read(text) == Share(None)
    assert str(Share.read(text)) == "> 0"


def test_a_share_is_shown_in_percent() -> None:
    assert str(Share.read("3.10%")) == "3.1 %"
    assert str(Share.read("0")) == "0 %"


@pytest.mark.parametrize("text", ["kg", "KGM", "H87", "t", "m2", "g/cm3", "1000 pcs"])
def test_units_read(text: str) -> None:
    assert read_unit(text) == text


@pytest.mark.parametrize("text", ["", "kg;", "=1+1", "kilo gram per cubic centimetre"])
def test_what_is_no_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a unit"):
        read_unit(text)
