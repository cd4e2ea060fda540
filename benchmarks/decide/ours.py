"""greenlane's own engines: the reference evaluator, and the place where the columnar tiers plug in.

A tier is a function from the rule base, the question and the number of threads to `decide_batch(RecordBatch) -> RecordBatch`;
`_answers` reads its result. The lines are those of an order file (`Lines.orders`), with text as dictionaries; nothing is
brought into another form beforehand, so reading codes and names counts as deciding here.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.decide.encode import name_of
from benchmarks.decide.engine import NOT_SAID, Answers, Engine, Missing, Ready, Task
from benchmarks.decide.law import EFFECTS, EPOCH
from benchmarks.decide.lines import Lines

DecideBatch = Callable[[pa.RecordBatch], pa.RecordBatch]


def reference(task: Task) -> Ready:
    from greenlane.decide.evaluate import decide  # noqa: PLC0415

    rules = load_rules(task)
    known_by = question_day(task)
    numbers = {name_of(rule): rule.number for rule in task.law.rules}

    def run(lines: list[Any]) -> Answers:
        found = [decide(line, rules, known_by=known_by, look_ahead=False) for line in lines]
        deciding = [tuple(sorted(numbers[one.measure.id] for one in answer.reasons if one.decided)) for answer in found]
        rates = [None if one.duty is None else one.duty.rate for one in found]
        return Answers(
            verdict=_numbers(EFFECTS.index(one.verdict.value) for one in found),
            decider=_numbers(one[0] if one else -1 for one in deciding),
            duty=_numbers(NOT_SAID if rate is None else int(rate * 100) for rate in rates),
            low=_numbers(EFFECTS.index(one.low.value) for one in found),
            high=_numbers(EFFECTS.index(one.high.value) for one in found),
            deciding=deciding,
        )

    return Ready(run, read_lines)


def load_rules(task: Task) -> Any:
    """The law as a rule base, by the ordinary loader."""
    from greenlane.feeds.rule_files import load  # noqa: PLC0415

    return load(task.folder, release=False)


def question_day(task: Task) -> Any:
    """The day of knowledge, or None: each line by its own day."""
    from greenlane.terms.periods import Asked  # noqa: PLC0415

    return None if task.known_by is None else Asked.of(date.fromordinal(task.known_by + EPOCH))


def read_lines(lines: Lines) -> list[Any]:
    """The lines as values of greenlane, read from the cells of an order file."""
    from greenlane.decide.line import Row, read_line  # noqa: PLC0415

    found = []
    for row in lines.orders.to_pylist():
        cells = {name: "" if value is None else str(value) for name, value in row.items()}
        line, problems = read_line(Row(cells, "made up", 0))
        if line is None:
            raise ValueError(str(problems[0]))
        found.append(line)
    return found


def _numbers(values: Any) -> Any:
    return np.fromiter(values, dtype=np.int64)


# --- the columnar tiers -------------------------------------------------------------------------------------------------


def compile_tier(tier: str, rules: Any, known_by: Any, threads: int) -> DecideBatch:
    """THE PLUG: compile the rules for a question and give the function over Arrow of a tier (`integers`, `numpy`, `fused`).

    Raise `Missing` with a sentence where the tier cannot be had.
    """
    if importlib.util.find_spec("greenlane.batch") is None:
        raise Missing(f"there is no greenlane.batch yet, so no tier `{tier}`")
    raise Missing(
        f"nobody has plugged in the tier `{tier}` (compile_tier in benchmarks/decide/ours.py): {rules, known_by, threads}"
    )


def columnar(tier: str) -> Callable[[Task], Ready]:
    """The engine of a tier."""

    def prepare(task: Task) -> Ready:
        run = compile_tier(tier, load_rules(task), question_day(task), task.threads)
        numbers = {name_of(rule): rule.number for rule in task.law.rules}
        return Ready(run, lambda lines: lines.orders, lambda found: answers(found, numbers))

    return prepare


def answers(found: pa.RecordBatch, numbers: dict[str, int]) -> Answers:
    """The result of a tier as answers: columns `verdict`, `low`, `high` (words), `deciding` (list of measures), `duty` (percent).

    Not timed: it only serves to compare.
    """
    words = {name: at for at, name in enumerate(EFFECTS)}
    deciding = [tuple(sorted(numbers[name] for name in some or ())) for some in found.column("deciding").to_pylist()]
    rates = found.column("duty").to_pylist()
    low, high, verdict = (_numbers(words[word] for word in found.column(name).to_pylist()) for name in ("low", "high", "verdict"))
    return Answers(
        verdict=verdict,
        decider=_numbers(one[0] if one else -1 for one in deciding),
        duty=_numbers(NOT_SAID if rate is None else round(float(rate) * 100) for rate in rates),
        low=low,
        high=high,
        deciding=deciding,
    )


ENGINES = (
    Engine("reference", "greenlane, reference", reference, peer=False, lacking=True, first=32, most=1_024),
    Engine("integers", "greenlane, integers, one line at a time", columnar("integers"), peer=False, lacking=True, most=4_096),
    Engine("numpy", "greenlane, NumPy", columnar("numpy"), peer=False, lacking=True, first=1_024, most=65_536),
    Engine("fused", "greenlane, fused", columnar("fused"), peer=False, lacking=True, first=1_024, most=65_536),
)
