"""The parts of a run over chunks: limits, names, digests, and threads that keep the order."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.batch.limits import unsound
from greenlane.batch.stream import ahead, digest_of, in_order, named
from greenlane.decide.line import CELL_MAX, Row, read_line

CELLS = st.one_of(
    st.text(st.sampled_from("a\t\n\r\x00\x0b\x1f\x7f\x85é "), max_size=4),
    st.sampled_from(["x" * CELL_MAX, "x" * (CELL_MAX + 1), "é" * CELL_MAX, "é" * (CELL_MAX + 1)]),
    st.none(),
)


@given(cells=st.lists(CELLS, max_size=8), few=st.booleans(), cut=st.integers(0, 3))
def test_rows_over_the_limits_are_those_that_read_line_refuses(cells: list[str | None], few: bool, cut: int) -> None:
    column = pa.array(cells, pa.string())
    column = (column.dictionary_encode() if few else column)[cut:]
    expected = []
    for text in cells[cut:]:
        _, problems = read_line(Row({"line_id": "1", "ship_from": "CN", "ship_to": "US", "note": text or ""}, "", 1))
        expected.append(any(one.code == "GL0111" for one in problems))
    assert unsound(pa.RecordBatch.from_arrays([column], names=["note"])).tolist() == expected


def test_parties_are_named_once_and_without_blanks() -> None:
    texts = pa.RecordBatch.from_pydict(
        {
            "consignee": pa.array(["Example A", " Example A ", "", None]).dictionary_encode(),
            "owner": pa.array(["Example B", " ", "Example A", None]),
            "item": pa.array(["x"] * 4),
        }
    )
    assert sorted(named(texts)) == ["Example A", "Example B"]


def test_a_digest_is_of_what_is_said_and_not_of_how() -> None:
    plain = pa.RecordBatch.from_pydict({"verdict": pa.array(["free", "x", "free"])})
    other = pa.DictionaryArray.from_arrays(pa.array([2, 1, 2]), pa.array(["never", "x", "free"]))
    assert digest_of(plain) == digest_of(pa.RecordBatch.from_arrays([other], names=["verdict"]))
    for change in (["free", "free", "x"], ["free", "x", "y"], ["free", "x", None]):
        assert digest_of(plain) != digest_of(pa.RecordBatch.from_pydict({"verdict": pa.array(change)}))
    assert digest_of(plain) != digest_of(plain.rename_columns(["lane"]))


def test_what_is_read_ahead_comes_in_order_and_stops_with_the_reader() -> None:
    closed = []

    def count() -> Iterator[int]:
        try:
            yield from range(1, 1000)
        finally:
            closed.append(True)

    with ahead(count()) as items:
        assert list(items) == list(range(1, 1000))
    with ahead(count()) as items:
        assert next(items) == 1
    assert closed == [True, True]
    assert not any(thread.name == "reading ahead" for thread in threading.enumerate())


def test_a_failure_of_the_reader_is_told() -> None:
    def fail() -> Iterator[int]:
        yield 1
        raise ValueError("damaged")

    with ahead(fail()) as items:
        assert next(items) == 1
        with pytest.raises(ValueError, match="damaged"):
            next(items)


def test_work_done_side_by_side_comes_out_in_order() -> None:
    def slow(number: int) -> int:
        time.sleep(0.002 * (number % 3))
        return number * 2

    for workers in (1, 2, 5):
        assert list(in_order(range(20), slow, workers)) == [(one, 2 * one) for one in range(20)]


def test_no_more_is_begun_than_is_needed() -> None:
    begun = []

    def items() -> Iterator[int]:
        for one in range(100):
            begun.append(one)
            yield one

    for number, _ in in_order(items(), lambda one: one, 2):
        assert len(begun) <= number + 4
