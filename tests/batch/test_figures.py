from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.batch.figures import FEW, MILLIONTHS, Parse, Wide, cents, figures, millionths, money, positions
from greenlane.terms.amounts import read_decimal, show
from tests.agreement.engines import HAS_NUMBA

PARSERS: list[Parse] = [millionths]
PLACERS: list[Callable[[Wide, Wide], Wide]] = [positions]
if HAS_NUMBA:
    from greenlane.batch.fused import Fused

    PARSERS.append(Fused.millionths)
    PLACERS.append(Fused.positions)
    Fused.millionths(pa.array(["1"]))  # compiled here, not in the time that an example has
    Fused.positions(np.zeros(1, np.int64), np.zeros(1, np.int64))
NUMBERS = st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2).map(lambda one: f"{one:f}")
ODD = ("", " 7", "-1", "1e5", "1.", ".5", "1.1234567", "1234567890123", "7\n", "１", "0x1", "1,5", "999999999999.999999", "007.10")


@pytest.mark.parametrize("parse", PARSERS)
@given(st.lists(st.one_of(NUMBERS, st.sampled_from(ODD), st.none(), st.text(max_size=6)), max_size=40), st.integers(0, 3))
def test_plain_decimals_are_read_as_the_reader_of_cells_reads_them(parse: Parse, cells: list[str | None], skip: int) -> None:
    told = pa.array(cells, pa.string())[skip:]
    numbers, plain = parse(told)
    assert len(numbers) == len(plain) == len(told)
    for number, is_plain, cell in zip(numbers.tolist(), plain.tolist(), cells[skip:], strict=True):
        if is_plain:
            assert cell is not None
            assert Decimal(number) / MILLIONTHS == read_decimal(cell)
        else:
            assert number == 0
            assert cell in (None, *ODD) or not cell.isascii() or not cell.replace(".", "").isdigit() or len(cell) > 12


@given(st.lists(st.tuples(NUMBERS, st.integers(0, 4)), min_size=1, max_size=60))
def test_money_is_counted_to_the_cent_as_decimals_count_it(lines: list[tuple[str, int]]) -> None:
    percents = [Decimal(one) for one in ("0", "2.5", "32.1", "3.125", "145")]
    numbers, plain = millionths(pa.array([value for value, _ in lines]))
    which = np.asarray([place for _, place in lines], np.int32)
    counted, fits = cents(numbers, percents, which)
    texts = money(counted).to_pylist()
    for place, (value, percent) in enumerate(lines):
        if plain[place] and fits[place]:
            exact = (Decimal(value) * percents[percent] / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert texts[place] == show(exact)


@pytest.mark.parametrize("place_of", PLACERS)
@given(st.lists(st.integers(0, 60), max_size=40), st.lists(st.integers(0, 60), max_size=2 * FEW, unique=True))
def test_positions_tell_between_which_thresholds_a_number_lies(
    place_of: Callable[[Wide, Wide], Wide], numbers: list[int], thresholds: list[int]
) -> None:
    cuts = sorted(thresholds)
    found = place_of(np.asarray(numbers, np.int64), np.asarray(cuts, np.int64))
    for number, place in zip(numbers, found.tolist(), strict=True):
        assert place == 2 * sum(cut < number for cut in cuts) + (number in cuts)


WHOLE = st.integers(-(10**30), 10**30) | st.integers(-2, 10**15)


@given(st.lists(WHOLE | st.none(), max_size=12), st.integers(0, 6), st.integers(0, 3))
def test_exact_decimals_of_a_column_are_taken_as_they_are(units: list[int | None], scale: int, skip: int) -> None:
    cells = [None if one is None else Decimal(one).scaleb(-scale) for one in units]
    numbers, plain = figures(pa.array(cells, pa.decimal128(38, scale))[skip:], millionths)
    for number, is_plain, cell in zip(numbers.tolist(), plain.tolist(), cells[skip:], strict=True):
        assert is_plain == (cell is not None and 0 <= cell < 10**12)
        assert number == (cell * MILLIONTHS if is_plain and cell is not None else 0)
