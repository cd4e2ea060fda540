"""Plain Python: a loop over all rules (the yardstick), and the same with the candidates of each kind of goods."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.decide.engine import NOT_SAID, Answers, Engine, Ready, Task
from benchmarks.decide.lines import Lines
from benchmarks.decide.plain import Answer, Facts, Plain, Sorted

Row = tuple[Facts, int]


def convert(lines: Lines) -> list[Row]:
    return list(zip(lines.facts(), lines.known.tolist(), strict=True))


def answers_of(found: Sequence[Answer]) -> Answers:
    return Answers(
        verdict=np.asarray([one.verdict for one in found], dtype=np.int64),
        decider=np.asarray([one.deciding[0] if one.deciding else -1 for one in found], dtype=np.int64),
        duty=np.asarray([NOT_SAID if one.duty is None else one.duty for one in found], dtype=np.int64),
        low=np.asarray([one.low for one in found], dtype=np.int64),
        high=np.asarray([one.high for one in found], dtype=np.int64),
        deciding=[one.deciding for one in found],
    )


def engine(kind: type[Plain]) -> Callable[[Task], Ready]:
    def prepare(task: Task) -> Ready:
        plain = kind(task.law)
        return Ready(lambda rows: answers_of([plain.decide(facts, known) for facts, known in rows]), convert)

    return prepare


ENGINES = (
    Engine("python", "plain Python, a loop over all rules", engine(Plain), peer=False, lacking=True, most=4_096),
    Engine("python-sorted", "plain Python, sorted by goods", engine(Sorted), peer=False, lacking=True, most=4_096),
)
