from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.batch import patterns as module
from greenlane.batch.law_bits import LawBits, restricting
from greenlane.batch.patterns import Filled, Hands, Patterns, Words, number_of, words_of
from tests.agreement.engines import HAS_NUMBA
from tests.decide.real import real_base

NUMBERS = st.lists(st.integers(0, (1 << 200) - 1) | st.integers(0, 9), min_size=1, max_size=40)


@contextmanager
def sums_are_alike(are: bool) -> Iterator[None]:
    """All rows have the same sum, in all ways of adding up."""
    with pytest.MonkeyPatch.context() as patch:
        if are:
            patch.setattr(module, "_factors", lambda width: np.zeros(width, np.uint64))
            patch.setattr(module, "_plain_factors", lambda width: (0,) * width)
        yield


@pytest.mark.parametrize("alike", [False, True], ids=["sums", "all sums alike"])
@given(many=st.lists(NUMBERS, min_size=1, max_size=4))
def test_equal_rows_have_one_number_and_others_another(many: list[list[int]], *, alike: bool) -> None:
    patterns, held = Patterns(200), dict[int, int]()
    with sums_are_alike(alike):
        for values in many:
            rows = np.stack([words_of(value, 200) for value in values])
            for value, number in zip(values, patterns.numbers(rows).tolist(), strict=True):
                assert held.setdefault(value, number) == number
                assert patterns.value(number) == value
        assert {patterns.number(value): value for value in held} == {number: value for value, number in held.items()}
    assert sorted(held.values()) == list(range(len(patterns)))
    assert [number_of(row) for row in patterns.rows] == sorted(held, key=held.__getitem__)


@given(NUMBERS)
def test_a_row_has_the_same_sum_by_itself(values: list[int]) -> None:
    rows = np.stack([words_of(value, 200) for value in values])
    assert [module._sum(row) for row in rows] == module._sums(rows).tolist()


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


@given(st.lists(st.lists(st.integers(0, 70), max_size=8), max_size=5))
def test_rows_that_are_the_same_are_held_once(many: list[list[int]]) -> None:
    filled = Filled(2, lambda number: words_of(number % 3 << 70, 128))
    for numbers in many:
        assert [number_of(row) >> 70 for row in filled.of(np.asarray(numbers, np.int32))] == [number % 3 for number in numbers]
    assert sorted({*filled.place_of.tolist()} - {-1}) == [*range(len({number % 3 for numbers in many for number in numbers}))]


@pytest.mark.skipif(not HAS_NUMBA, reason="numba, the extra `fast`, is not installed")
@settings(deadline=None)  # the first one compiles
@given(many=st.lists(NUMBERS, min_size=1, max_size=4), likeness=st.booleans())
def test_rows_are_found_in_machine_code_by_the_same_numbers(many: list[list[int]], likeness: bool) -> None:
    from greenlane.batch.fused import Fused
    from greenlane.batch.program import Program

    hands = Hands()
    plain, fast = Patterns(200), Patterns(200, hands)
    hands.by = Fused(Program(()), ())
    with sums_are_alike(likeness):
        for values in many:
            rows = np.stack([words_of(value, 200) for value in values])
            assert fast.numbers(rows).tolist() == plain.numbers(rows).tolist()
    assert np.array_equal(plain.rows, fast.rows)


@pytest.mark.skipif(not HAS_NUMBA, reason="numba, the extra `fast`, is not installed")
def test_what_is_less_is_the_same_in_machine_code() -> None:
    from greenlane.batch.fused import Fused
    from greenlane.batch.program import Program

    base = real_base()
    bits = LawBits(base, restricting(base, ("cn", "us")), regimes=True)
    draw = random.Random(1)
    values = [[draw.getrandbits(bits.size) & draw.getrandbits(bits.size) for _ in range(200)] for _ in range(2)]
    may, does = (np.stack([words_of(value, bits.size) for value in some]) for some in values)
    does &= may
    wanted = bits.less(may, does)
    bits.hands.by = Fused(Program(()), ())
    for one, other in zip(bits.less(may, does), wanted, strict=True):
        assert np.array_equal(one, other)
    few = [words_of(1 << place | 1 << (place + 1) % bits.size, bits.size) for place in range(bits.size)]
    found = bits.less(np.stack(few), np.stack(few))
    bits.hands.by = None
    assert np.array_equal(found[0], bits.less(np.stack(few), np.stack(few))[0])
