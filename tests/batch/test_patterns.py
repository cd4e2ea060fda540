from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.batch import patterns as module
from greenlane.batch.patterns import Filled, Patterns, Words, number_of, words_of

NUMBERS = st.lists(st.integers(0, (1 << 200) - 1) | st.integers(0, 9), min_size=1, max_size=40)


def all_alike(rows: Words) -> object:
    return np.zeros(len(rows), np.int64)


@pytest.mark.parametrize("sums", [module._sums, all_alike], ids=["sums", "all sums alike"])
@given(many=st.lists(NUMBERS, min_size=1, max_size=4))
def test_equal_rows_have_one_number_and_others_another(sums: object, many: list[list[int]]) -> None:
    patterns, held = Patterns(200), dict[int, int]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_sums", sums)
        for values in many:
            rows = np.stack([words_of(value, 200) for value in values])
            for value, number in zip(values, patterns.numbers(rows).tolist(), strict=True):
                assert held.setdefault(value, number) == number
                assert patterns.value(number) == value
        assert {patterns.number(value): value for value in held} == {number: value for value, number in held.items()}
    assert sorted(held.values()) == list(range(len(patterns)))
    assert [number_of(row) for row in patterns.rows] == sorted(held, key=held.__getitem__)


@given(st.lists(st.lists(st.integers(0, 300), max_size=30), max_size=4))
def test_a_row_is_worked_out_once(many: list[list[int]]) -> None:
    asked: list[int] = []

    def fill(number: int) -> Words:
        asked.append(number)
        return words_of(number << 70, 128)

    filled = Filled(2, fill)
    for numbers in many:
        rows = filled.of(np.asarray(numbers, np.int32))
        assert [number_of(row) >> 70 for row in rows] == numbers
    assert len(asked) == len({number for numbers in many for number in numbers})
