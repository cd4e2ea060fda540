"""A class that was never met is worked out, whatever stands beside it in a batch; and a law may have no duties."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from greenlane.batch.columns import decide_batch
from greenlane.batch.engine import Engine
from greenlane.batch.pairs import Singles
from greenlane.decide.line import Row, read_line
from greenlane.services.runs import Question, answer
from greenlane.terms.periods import Asked
from tests.decide.small import small_base

BASE = """
  - id: magnets
    effect: licence_required
    in_force: [{from: 2025-04-04, source: s}]
    when: {ship_from: [CN], attr: {form: magnet}}
  - id: chips
    effect: prohibited
    in_force: [{from: 2025-02-01, source: s}]
    when: {ship_from: [CN], ship_to: [US], attr: {form: powder}}
"""
ROWS = [
    {
        "line_id": str(number),
        "ship_from": "CN",
        "ship_to": ("DE", "US", "JP")[number % 3],
        "attrs": ("form=magnet", "form=powder", "form=oxide", "")[number % 4],
        "date": ("2025-06-10", "2025-03-01", "2025-07-01T12:00+08:00")[number % 3],
    }
    for number in range(60)
]
DAY = Asked.read("2025-06-10")


def test_a_new_class_is_filled_beside_one_that_stays_open() -> None:
    singles = Singles()
    assert singles.many(np.array([1], np.int32), lambda one, _: -2).tolist() == [-2]
    assert singles.many(np.array([1, 2], np.int32), lambda one, _: 7).tolist() == [-2, 7]


@pytest.mark.parametrize("size", [1, 7, 20, 60])
@pytest.mark.parametrize("order", [1, -1])
def test_answers_do_not_depend_on_what_came_before(size: int, order: int) -> None:
    base = small_base(measures=BASE)
    lines = [line for row in ROWS if (line := read_line(Row(row, "", 1))[0]) is not None]
    question = Question(DAY, DAY, ("cn", "us"), strict=False)
    expected = {one.line.line_id: one.verdict.value for one in answer(lines, base, question)}
    engine = Engine(base, on=DAY, known_by=DAY)
    found: dict[str, str] = {}
    for at in range(0, len(ROWS), size)[::order]:
        part = ROWS[at : at + size]
        answers = decide_batch(engine, pa.RecordBatch.from_pylist(part))
        found |= dict(zip((row["line_id"] for row in part), answers.column("verdict").to_pylist(), strict=True))
    assert found == expected
