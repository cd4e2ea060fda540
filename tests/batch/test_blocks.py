"""Blocks of measures: what machine code looks at first leaves nothing out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from greenlane.batch.patterns import words_of
from greenlane.batch.resolving import Blocks


@given(
    st.integers(0, 300) | st.integers(60, 70) | st.integers(4000, 4300) | st.integers(8100, 8300),
    st.lists(st.integers(0, 8299), max_size=6),
    st.lists(st.integers(0, 8299), max_size=9),
    st.lists(st.integers(0, 8299), max_size=4),
)
def test_every_measure_is_in_one_block_which_says_whether_a_row_has_any(
    count: int, lifts: list[int], held: list[int], sections: list[int]
) -> None:
    meant = (1 << count) - 1
    size = 64 * (count // 64 + 2)
    row = sum(1 << one for one in {one for one in (*held, *lifts) if one < size})
    starts = sorted({0, *(one for one in sections if one < count)})
    blocks = Blocks(words_of(meant, size), count, starts)
    words = words_of(row, size)
    found = int(blocks.held(words[np.newaxis])[0, 0])
    seen = 0
    for block in range(64):
        inside = 0
        for place in range(block * blocks.across, (block + 1) * blocks.across):
            inside |= int(blocks.masks[place]) << 64 * int(blocks.words[place])
        assert not inside & seen
        seen |= inside
        assert found >> block & 1 == int(bool(inside & row))
        if blocks.across == 1 and count <= 960:  # there is room for every section to begin a block
            assert all(not (inside >> start & 1 and inside & (1 << start) - 1) for start in starts)
    assert seen == meant


def test_few_measures_have_a_block_each() -> None:
    blocks = Blocks(words_of((1 << 64) - 1, 64), 64, [0, 10])
    assert blocks.held(words_of(0b1011, 64)[np.newaxis])[0, 0] == 0b1011
