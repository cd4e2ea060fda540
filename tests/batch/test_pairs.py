from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.batch import pairs as module
from greenlane.batch.pairs import Hashed, Pairs, Singles

PLACES = st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 3_000)), min_size=1, max_size=200)


@pytest.mark.parametrize("dense", [1 << 8, 1 << 23], ids=["sparse", "dense"])
@given(batches=st.lists(PLACES, min_size=1, max_size=4))
def test_each_pair_is_worked_out_once_and_found_again(dense: int, batches: list[list[tuple[int, int]]]) -> None:
    asked: list[tuple[int, int]] = []

    def fill(a: int, b: int) -> int:
        asked.append((a, b))
        return (7 * a + 3 * b) % 1_009

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "DENSE_MAX", dense)
        pairs = Pairs.each(fill)
        for batch in batches:
            a, b = (np.asarray([one[place] for one in batch], np.int32) for place in (0, 1))
            assert pairs.many(a, b).tolist() == [(7 * one + 3 * other) % 1_009 for one, other in batch]
            assert pairs.one(*batch[0]) == (7 * batch[0][0] + 3 * batch[0][1]) % 1_009
    assert len(asked) == len(set(asked)) == len({one for batch in batches for one in batch}) == len(pairs)


@given(st.lists(st.lists(st.integers(0, 1 << 62), unique=True, max_size=3_000), max_size=3))
def test_a_hash_table_holds_what_it_was_given(many: list[list[int]]) -> None:
    table, held = Hashed(), dict[int, int]()
    for keys in many:
        new = [key for key in keys if key not in held]
        held |= {key: len(held) + place for place, key in enumerate(new)}
        table.put(np.asarray(new, np.int64), np.asarray([held[key] for key in new], np.int32))
    asked = [*held, 3, 1 << 61]
    assert table.many(np.asarray(asked, np.int64)).tolist() == [held.get(key, -1) for key in asked]


def test_a_class_is_worked_out_with_the_first_row_that_shows_it() -> None:
    singles, asked = Singles(), list[tuple[int, int]]()

    def fill(a: int, row: int) -> int:
        asked.append((a, row))
        return 10 * a

    assert singles.many(np.asarray([5, 300, 5, 2], np.int32), fill).tolist() == [50, 3_000, 50, 20]
    assert singles.many(np.asarray([2, 7], np.int32), fill).tolist() == [20, 70]
    assert sorted(asked) == [(2, 3), (5, 0), (7, 1), (300, 1)]
