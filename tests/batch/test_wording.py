"""Columns of few texts: the same rows give the same bytes, whatever was put into words before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.batch.scan import Scan
from greenlane.batch.wording import Wording
from tests.batch.scans import SCANS

WORDS = ["free", "licence", "", "free", "cannot say", "prohibited"]
ALONE = ["2.5", "free", "9"]
BATCHES = st.lists(st.lists(st.tuples(st.integers(0, len(WORDS) + len(ALONE) - 1), st.booleans()), max_size=8), max_size=5)


@pytest.mark.parametrize("scan", SCANS)
@given(BATCHES)
def test_the_dictionary_holds_what_occurs_in_its_order(scan: Scan, batches: list[list[tuple[int, bool]]]) -> None:
    wording = Wording(lambda numbers: [WORDS[one] for one in numbers], scan)
    for rows in batches:
        numbers = np.asarray([number for number, _ in rows], np.int32)
        reads = np.asarray([does for _, does in rows], np.bool_)
        column = wording.column(numbers, scan.met(numbers[reads]), reads, beyond=len(WORDS), alone=ALONE)
        assert column.to_pylist() == [(WORDS + ALONE)[number] if does else None for number, does in rows]
        assert column.dictionary.to_pylist() == sorted({one for one in column.to_pylist() if one is not None}) or [""]
        places = {text: place for place, text in enumerate(column.dictionary.to_pylist())}
        wanted = [places.get(text, 0) for text in column.to_pylist()]
        assert np.frombuffer(column.indices.buffers()[1], np.int32)[: len(rows)].tolist() == wanted


def test_a_number_is_put_into_words_once() -> None:
    scan = Scan()
    asked: list[int] = []

    def tell(numbers: list[int]) -> list[str]:
        asked.extend(numbers)
        return [WORDS[one] for one in numbers]

    wording = Wording(tell, scan)
    for numbers in ([3, 1], [1, 3, 5], [5]):
        rows = np.asarray(numbers, np.int32)
        wording.column(rows, scan.met(rows), np.ones(len(rows), np.bool_))
    assert asked == [1, 3, 5]
