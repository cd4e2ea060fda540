"""Loops over columns: NumPy and machine code say the same, and machine code reads nothing beyond a table."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.batch.pairs import Ints
from greenlane.batch.scan import FEW, MILLIONTHS, Scan
from greenlane.terms.amounts import read_decimal
from tests.batch.scans import SCANS

NUMBERS = st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2).map(lambda one: f"{one:f}")
PLAIN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
ODD = ("", " 7", "-1", "1e5", "1.", ".5", "1.1234567", "1234567890123", "7\n", "１", "0x1", "1,5", "999999999999.999999", "007.10")


@pytest.mark.parametrize("scan", SCANS)
@given(st.lists(st.one_of(NUMBERS, st.sampled_from(ODD), st.none(), st.text(max_size=6)), max_size=40), st.integers(0, 3))
def test_plain_decimals_are_read_as_the_reader_of_cells_reads_them(scan: Scan, cells: list[str | None], skip: int) -> None:
    told = pa.array(cells, pa.string())[skip:]
    numbers, plain = scan.millionths(told)
    assert len(numbers) == len(plain) == len(told)
    for number, is_plain, cell in zip(numbers.tolist(), plain.tolist(), cells[skip:], strict=True):
        assert is_plain == (cell is not None and PLAIN.fullmatch(cell) is not None)
        if is_plain:
            assert cell is not None
            assert Decimal(number) / MILLIONTHS == read_decimal(cell)
        else:
            assert number == 0


@pytest.mark.parametrize("scan", SCANS)
@given(st.lists(st.integers(0, 60), max_size=40), st.lists(st.integers(0, 60), max_size=2 * FEW, unique=True))
def test_positions_tell_between_which_thresholds_a_number_lies(scan: Scan, numbers: list[int], thresholds: list[int]) -> None:
    cuts = sorted(thresholds)
    found = scan.positions(np.asarray(numbers, np.int64), np.asarray(cuts, np.int64))
    for number, place in zip(numbers, found.tolist(), strict=True):
        assert place == 2 * sum(cut < number for cut in cuts) + (number in cuts)


@pytest.mark.parametrize("scan", SCANS)
@given(st.lists(st.integers(-5, 5), max_size=9), st.lists(st.integers(0, 8), max_size=40))
def test_rows_take_what_a_table_has(scan: Scan, table: list[int], rows: list[int]) -> None:
    told, places = np.asarray(table, np.int32), np.asarray(rows, np.int32)
    if rows and max(rows) >= len(table):
        with pytest.raises(IndexError):
            scan.take(told, places)
    else:
        assert scan.take(told, places).tolist() == [table[row] for row in rows]


@pytest.mark.parametrize("scan", SCANS)
def test_one_place_throughout(scan: Scan) -> None:
    rows = np.broadcast_to(np.asarray([1], np.int32), (4,))
    assert scan.take(np.asarray([7, 8], np.int32), rows).tolist() == [8] * 4
    with pytest.raises(IndexError):
        scan.take(np.asarray([7], np.int32), rows)


@pytest.mark.parametrize("scan", SCANS)
@pytest.mark.parametrize("rows", [np.asarray([0, -1], np.int32), np.broadcast_to(np.asarray([-1], np.int32), (4,))])
def test_no_place_counts_from_the_end(scan: Scan, rows: Ints) -> None:
    with pytest.raises(IndexError):
        scan.take(np.asarray([7, 8], np.int32), rows)


@pytest.mark.parametrize("scan", SCANS)
@given(st.lists(st.integers(0, 40), max_size=30))
def test_numbers_are_met_once(scan: Scan, numbers: list[int]) -> None:
    assert scan.met(np.asarray(numbers, np.int32)).tolist() == sorted(set(numbers))


@pytest.mark.parametrize("scan", SCANS)
@given(st.lists(st.integers(0, 99) | st.integers(-(2**127), 2**127 - 1), max_size=6), st.sampled_from([1, 10_000]))
def test_numbers_of_128_bits_are_scaled_if_all_are_small(scan: Scan, numbers: list[int], factor: int) -> None:
    halves = np.frombuffer(b"".join(one.to_bytes(16, "little", signed=True) for one in numbers), np.int64)
    found = scan.scaled(halves, factor, 99)
    if all(0 <= one < 99 for one in numbers):
        assert found is not None
        assert found.tolist() == [one * factor for one in numbers]
    else:
        assert found is None
