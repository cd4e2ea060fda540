"""A program in machine code, shortened where columns hold one thing throughout, says what the steps say one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.batch.pairs import Ints, Pairs, Singles
from greenlane.batch.program import DATED, Kind, Program
from greenlane.batch.texts import alike
from tests.agreement.engines import HAS_NUMBA

pytestmark = pytest.mark.skipif(not HAS_NUMBA, reason="the extra `fast` is not installed")
WANTED = ("dated", "looked", "last")
CLASSES = st.lists(st.integers(0, 9), min_size=3, max_size=12)


def program() -> Program:
    """Pairs of which some columns hold one thing, look-ups behind them, one that follows the day for some."""

    def pairs(factor: int) -> Pairs:
        return Pairs.each(lambda a, b: (a * factor + b) % 7)

    made = Program(("goods", "words", "party", "day"))
    first = made.add(Kind.JOIN, "first", "goods", "words", pairs=pairs(3))
    second = made.add(Kind.JOIN, "second", first, "party", pairs=pairs(5))
    told = Singles(), lambda number, _: DATED if number % 5 == 4 else number % 7
    dated = made.add(Kind.DATED, "dated", second, "day", singles=told[0], pairs=pairs(4), fill=told[1])
    looked = made.add(Kind.LOOK, "looked", second, singles=Singles(), fill=lambda number, _: number % 4)
    made.add(Kind.JOIN, "last", dated, looked, pairs=pairs(2))
    return made


def spread(classes: list[int], count: int) -> Ints:
    """Classes over many rows; one class is held once."""
    return alike(classes[0], count) if len(set(classes)) == 1 else np.resize(np.asarray(classes, np.int32), count)


@settings(deadline=None)  # the first example loads machine code
@given(CLASSES, CLASSES | st.just([4]), CLASSES | st.just([2]), CLASSES | st.just([1]), st.integers(0, 8))
def test_what_is_shortened_comes_to_the_same(
    goods: list[int], words: list[int], party: list[int], day: list[int], met: int
) -> None:
    from greenlane.batch.fused import Fused

    made, count = program(), 300
    given_ = dict(zip(made.inputs, (spread(one, count) for one in (goods, words, party, day)), strict=True))
    fast, registers = Fused(made, WANTED), dict[str, Ints]()
    if met:
        made.run({name: one[:met] for name, one in given_.items()}, {})
    found, missed = fast.run(given_, count)
    assert not missed[:met].any()
    assert met or missed.all()
    made.run(given_, registers)
    for name in WANTED:
        assert (found[name] == registers[name])[~missed].all()
    again, missed = fast.run(given_, count)
    assert not missed.any()
    assert all((again[name] == registers[name]).all() for name in WANTED)
