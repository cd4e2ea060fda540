"""Cells of columns: those that the batch before held are not asked again, and typed columns mean their texts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.batch.columns import decide_batch
from greenlane.batch.engine import Engine
from greenlane.batch.figures import figures
from greenlane.batch.scan import Scan
from greenlane.batch.stream import _told_anew
from greenlane.batch.texts import Lately, Texts, cell
from greenlane.terms.periods import Asked
from tests.agreement.engines import faster
from tests.decide.real import real_base

SCAN = Scan()
TEXTS = st.lists(st.sampled_from(["a", "b", "", "zz", None]), min_size=1, max_size=5)


@given(st.lists(st.tuples(TEXTS, st.lists(st.integers(0, 20), max_size=12)), max_size=6))
def test_cells_of_many_batches_come_to_what_each_comes_to(batches: list[tuple[list[str | None], list[int]]]) -> None:
    asked: list[str] = []

    def of(text: str) -> int:
        asked.append(text)
        return len(text)

    lately = Lately()
    for held, rows in batches:
        indices = [None if row % (len(held) + 1) == len(held) else row % (len(held) + 1) for row in rows]
        column = pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), pa.array(held, pa.string()))
        told = lately.told(Texts.of(column, SCAN), of, SCAN)
        assert told.tolist() == [len(text or "") for text in column.to_pylist()]


def test_what_the_batch_before_held_is_not_asked_again() -> None:
    asked: list[str] = []

    def of(text: str) -> int:
        asked.append(text)
        return 7

    lately = Lately()
    for held in (["a", "b"], ["a", "b"], ["b", "c"]):
        lately.told(Texts.of(pa.array(held).dictionary_encode(), SCAN), of, SCAN)
    assert asked == ["a", "b", "", "c"]


@given(TEXTS, st.lists(st.integers(0, 20), max_size=30), st.integers(0, 3))
def test_a_dictionary_made_anew_is_that_of_its_rows_in_their_order(held: list[str | None], rows: list[int], cut: int) -> None:
    indices = [None if row % (len(held) + 1) == len(held) else row % (len(held) + 1) for row in rows]
    column = pa.DictionaryArray.from_arrays(pa.array(indices, pa.int8()), pa.array(held, pa.string()))[cut:]
    wanted = column.dictionary_decode().dictionary_encode()
    found = _told_anew(column)
    assert found.type == column.type
    assert found.to_pylist() == wanted.to_pylist()
    assert found.dictionary.to_pylist() == wanted.dictionary.to_pylist()
    assert found.indices.to_pylist() == wanted.indices.to_pylist()


def test_a_dictionary_that_fills_the_type_of_its_indices() -> None:
    held = pa.array([f"text {number}" for number in range(128)])
    for places in (range(127, -1, -1), [127, None, 0]):
        column = pa.DictionaryArray.from_arrays(pa.array(places, pa.int8()), held)
        assert _told_anew(column).to_pylist() == column.to_pylist()
        assert Texts.of(column, SCAN).told(len).tolist() == [len(text or "") for text in column.to_pylist()]


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        (pa.array([0, 7, None, 999_999_999_999, 10**12, -1], pa.int64()), ["0", "7", None, "999999999999", "1000000000000", "-1"]),
        (pa.array([3, None], pa.int32()), ["3", None]),
        (
            pa.array([Decimal("1.50"), None, Decimal("-2.00"), Decimal("999999999999.99"), Decimal("1000000000000.00")]),
            ["1.50", None, "-2.00", "999999999999.99", "1000000000000.00"],
        ),
        (pa.array([Decimal("0.1234567")]), ["0.1234567"]),
        (pa.array(["1.5", "x", None]).dictionary_encode(), ["1.5", "x", None]),
    ],
)
def test_numbers_are_those_of_their_texts(cells: pa.Array, texts: list[str | None]) -> None:
    for cut in (0, 1):
        numbers, plain = figures(cells[cut:], SCAN)
        wanted, is_plain = SCAN.millionths(pa.array(texts[cut:], pa.string()))
        assert plain.tolist() == is_plain.tolist()
        assert np.where(plain, numbers, 0).tolist() == np.where(is_plain, wanted, 0).tolist()
    assert [cell(cells, row) for row in range(len(cells))] == [text or "" for text in texts]


def test_days_whole_numbers_and_decimals_mean_their_texts() -> None:
    day = Asked.read("2025-06-10")
    engine = Engine(real_base(), on=day, known_by=day, fast=faster())
    count = 4
    plain = {
        "ship_from": ["CN", "US", "CN", "DE"],
        "ship_to": ["US", "CN", "US", "US"],
        "activity": ["import", "export", "import", "import"],
        "codes": ["hts:8505110070", "eccn:3A090", "hts:2805301300", "hts:8505110070"],
        "currency": ["USD"] * count,
    }
    typed = {
        "date": pa.array([date(2025, 6, 10), None, date(2025, 4, 10), date(2025, 11, 20)]),
        "value": pa.array([Decimal("1234.50"), Decimal("0.00"), None, Decimal("7.00")]),
        "quantity": pa.array([5, None, 0, 12], pa.int64()),
    }
    texts = {name: pa.array([None if one is None else str(one) for one in column.to_pylist()]) for name, column in typed.items()}
    found = decide_batch(engine, pa.RecordBatch.from_pydict(plain | typed))
    assert found.column("verdict").null_count == 0
    assert found.column("duty_amount")[0].is_valid
    assert found.equals(decide_batch(engine, pa.RecordBatch.from_pydict(plain | texts)))


DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31)) | st.dates(date(2025, 1, 1), date(2025, 1, 9))


@given(st.lists(DAYS | st.none(), max_size=12), st.integers(0, 3))
def test_days_are_the_texts_of_days(days: list[date | None], cut: int) -> None:
    column = pa.array(days, pa.date32())[cut:]
    told = Texts.of(column, SCAN)
    assert [told.cells[row] for row in told.rows.tolist()] == ["" if day is None else day.isoformat() for day in days[cut:]]


def test_batches_of_the_same_days_hold_the_same_cells_in_whatever_order() -> None:
    days = [date(2025, 6, number) for number in (3, 1, 2)]
    assert Texts.of(pa.array(days), SCAN).held == Texts.of(pa.array([*days[::-1], *days]), SCAN).held
