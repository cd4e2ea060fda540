"""Pairs that were never met are put together in machine code, and come to what Python makes of them."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from greenlane.batch.columns import decide_batch
from greenlane.batch.engine import Engine
from greenlane.feeds.rule_files import load
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked
from tests.agreement.engines import HAS_NUMBA, batch_of, faster
from tests.decide.real import RULES
from tests.decide.small import small_base

pytestmark = pytest.mark.skipif(not HAS_NUMBA, reason="the extra `fast` is not installed")
KNOWN = Asked.read("2026-08-01")
GOODS = ("hts:8471.30.0100;eccn:EAR99;cn:NONE", "hts:8505.11.0030;cn:NONE;eccn:EAR99", "hts:2901.10.1000;eccn:EAR99;cn:NONE")
PLACES = ("CN", "US", "DE", "JP", "MX", "HK")


@lru_cache(maxsize=1)
def law() -> RuleBase:
    return load(RULES, with_cases=False, release=False)


def rows(count: int, seed: int) -> pa.RecordBatch:
    draw = random.Random(seed)
    routes = [(one, other) for one in PLACES for other in PLACES if one != other]
    made = []
    for _ in range(count):
        one, other = draw.choice(routes)
        day = f"202{draw.randrange(4, 7)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
        made.append({"codes": draw.choice(GOODS), "ship_from": one, "ship_to": other, "date": day, "origin": draw.choice(PLACES)})
    return pa.RecordBatch.from_pylist(made)


def engine() -> tuple[Engine, list[int]]:
    """An engine in machine code, and how many rows it left to Python, batch by batch."""
    from greenlane.batch.fused import Fused

    left: list[int] = []

    class Counting(Fused):
        def run(self, *args: Any) -> Any:
            found, missed = super().run(*args)
            left.append(int(missed.sum()))
            return found, missed

    return Engine(law(), on=None, known_by=KNOWN, fast=Counting), left


def test_only_rows_that_meet_something_new_are_left() -> None:
    one, left = engine()
    plain = Engine(law(), on=None, known_by=KNOWN)
    for seed in range(3):
        assert decide_batch(one, rows(3_000, seed)) == decide_batch(plain, rows(3_000, seed))
    assert left[0] > left[2]
    assert left[2] < 600


def test_parts_are_taken_in_groups_each_once() -> None:
    from greenlane.batch import machine

    one, _ = engine()
    for seed in range(2):
        decide_batch(one, rows(3_000, seed), ["verdict", "decided_by", "duty_percent"])
    together = 0
    for remains in (one.answers.remains, one.duties.remains):
        assert len(remains.groups) <= machine.PARTS_MAX
        assert sorted(name for group in remains.groups for name in group.parts) == sorted(remains.parts)
        for group in remains.groups:
            if group.pairs is None:
                assert group.rows is remains.of_part[group.parts[0]]
                continue
            first, other = (remains.of_part[name] for name in group.parts)
            width = remains.bits.width
            for a, b in ((a, b) for a in range(len(first)) for b in range(len(other))):
                both = (first.rows[a] & other.rows[b])[np.newaxis]
                expected = np.hstack(remains.bits.less(both[:, :width], both[:, width:]))
                assert np.array_equal(group.rows.rows[group.pairs.one(a, b)], expected[0])
                together += 1
    assert together


def test_what_is_put_together_is_what_python_makes_of_it() -> None:
    from greenlane.batch import fused, machine

    one, _ = engine()
    one.find(rows(2_000, 5))
    fast = one._fast
    assert isinstance(fast, fused.Fused)
    fast._look_again()
    row, here, kept = (np.zeros(fast._wide, np.uint64) for _ in range(3))
    ways = set()
    for place, step in enumerate(one.program.steps):
        if step.resolving is None:
            continue
        assert step.pairs is not None
        assert step.pairs.table is not None
        pairs = np.argwhere(step.pairs.table >= 0)
        assert len(pairs) == len(step.pairs)
        for a, b in pairs.tolist():
            told = machine.resolve(fast._specs[place], np.int32(a), np.int32(b), row, here, kept)
            assert told == step.pairs.table[a, b]
        ways.add(step.resolving.way)
    assert len(ways) == 3


def test_a_row_that_no_duty_concerns_has_none_though_it_was_never_met() -> None:
    duty = "- {{id: {of}, title: D, effect: duty, layer: {of}, steps: [{{from: 2025-01-01, rate: 2, source: s}}], when: {when}}}\n"
    more = duty.format(of="x", when="{ship_to: [US], goods: [{customs: [hts:8505]}]}")
    base = small_base(duty.format(of="mfn", when="{ship_to: [US]}") + more)
    line = {"ship_from": "CN", "date": "2025-06-01"}
    charged, other = {**line, "ship_to": "US", "codes": "hts:8505110070"}, {**line, "ship_to": "DE", "codes": "hts:2901101000"}
    batches = ([charged], [other], [{**line, "ship_to": "DE", "codes": "hts:8505110070"}, charged])
    for fast in (faster(), None):
        engine = Engine(base, on=None, known_by=KNOWN, fast=fast)
        told = [decide_batch(engine, batch_of(rows), ("duty_percent", "reasons")).column(0).to_pylist() for rows in batches]
        assert told == [["4"], [""], ["", "4"]]


@pytest.mark.parametrize(("room", "dense"), [(0, 1 << 23), (3, 1 << 23), (1 << 13, 64), (0, 64)])
def test_the_same_where_there_is_no_room_and_no_square(room: int, dense: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from greenlane.batch import fused, pairs

    wanted = [decide_batch(Engine(law(), on=None, known_by=KNOWN), rows(400, seed)) for seed in (7, 8)]
    monkeypatch.setattr(fused, "_ROOM", room)
    monkeypatch.setattr(pairs, "DENSE_MAX", dense)
    one, _ = engine()
    assert [decide_batch(one, rows(400, seed)) for seed in (7, 8)] == wanted
    for step in one.program.steps:
        if step.resolving is not None:
            found = step.resolving.found
            assert found.numbers(found.rows.copy()).tolist() == [*range(len(found))]
