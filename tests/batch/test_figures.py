from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.batch.figures import cents, figures, money
from greenlane.batch.scan import MILLIONTHS, Scan
from greenlane.terms.amounts import show
from tests.batch.scans import SCANS

NUMBERS = st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2).map(lambda one: f"{one:f}")


@given(st.lists(st.tuples(NUMBERS, st.integers(0, 4)), min_size=1, max_size=60))
def test_money_is_counted_to_the_cent_as_decimals_count_it(lines: list[tuple[str, int]]) -> None:
    percents = [Decimal(one) for one in ("0", "2.5", "32.1", "3.125", "145")]
    numbers, plain = Scan().millionths(pa.array([value for value, _ in lines]))
    which = np.asarray([place for _, place in lines], np.int32)
    counted, fits = cents(numbers, percents, which)
    texts = money(counted).to_pylist()
    for place, (value, percent) in enumerate(lines):
        if plain[place] and fits[place]:
            exact = (Decimal(value) * percents[percent] / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert texts[place] == show(exact)


WHOLE = st.integers(-(10**30), 10**30) | st.integers(-2, 10**15)


@pytest.mark.parametrize("scan", SCANS)
@given(
    st.lists(WHOLE | st.none(), max_size=12) | st.lists(st.integers(0, 10**12), max_size=12), st.integers(0, 6), st.integers(0, 3)
)
def test_exact_decimals_of_a_column_are_taken_as_they_are(scan: Scan, units: list[int | None], scale: int, skip: int) -> None:
    cells = [None if one is None else Decimal(one).scaleb(-scale) for one in units]
    numbers, plain = figures(pa.array(cells, pa.decimal128(38, scale))[skip:], scan)
    for number, is_plain, cell in zip(numbers.tolist(), plain.tolist(), cells[skip:], strict=True):
        assert is_plain == (cell is not None and 0 <= cell < 10**12)
        assert number == (cell * MILLIONTHS if is_plain and cell is not None else 0)
