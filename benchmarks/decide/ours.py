"""greenlane's own engines: the reference evaluator, and the place where the columnar tiers plug in.

A tier is a function from the rule base, the question and the number of threads to one from the lines to their answers, batch after
batch; `answers` reads them. The lines are those of an order file (`Lines.orders`), with text as dictionaries; nothing is
brought into another form beforehand, so reading codes and names counts as deciding here.
"""

from __future__ import annotations

import gc
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

CHUNK = 1 << 17  # as `decide` cuts files
CALL = 1 << 20  # lines of one call at most, which are cut so
WANTED = ("verdict", "range_low", "range_high", "decided_by", "duty_percent")
DecideBatch = Callable[[pa.RecordBatch], pa.Table]


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
    """Compile the rules for a question and give the function over Arrow of a tier (`integers`, `numpy`, `fused`).

    Raises `Missing` with a sentence where the tier cannot be had. All tiers use one thread, whatever is allowed.
    """
    del threads
    from greenlane.batch.columns import decide_batch  # noqa: PLC0415
    from greenlane.batch.engine import Engine  # noqa: PLC0415

    fast = None
    if tier == "fused":
        if importlib.util.find_spec("numba") is None:
            raise Missing("the extra `fast` (numba) is not installed")
        from greenlane.batch.fused import Fused  # noqa: PLC0415

        fast = Fused
    engine = Engine(rules, on=None, known_by=known_by, fast=fast)
    gc.set_threshold(100_000)  # as `decide` does for files: the law stays, and need not be looked through so often
    if tier == "integers":
        return lambda orders: _one_by_one(engine, orders)

    def run(orders: pa.RecordBatch) -> pa.RecordBatch:
        parts = [decide_batch(engine, orders.slice(start, CHUNK), WANTED) for start in range(0, orders.num_rows, CHUNK)]
        return pa.Table.from_batches(parts)

    return run


def _one_by_one(engine: Any, orders: pa.RecordBatch) -> pa.Table:
    """Each line by itself, as an ERP asks."""
    found: dict[str, list[Any]] = {name: [] for name in WANTED}
    for row in orders.to_pylist():
        outline, duty = engine.one({name: str(cell) for name, cell in row.items() if cell is not None})
        found["verdict"].append(outline.verdict.value)
        found["range_low"].append(outline.low.value)
        found["range_high"].append(outline.high.value)
        found["decided_by"].append(";".join(one.measure.id for one in outline.reasons if one.decided))
        found["duty_percent"].append("" if duty is None or duty.rate is None else str(duty.rate))
    return pa.Table.from_pydict({name: pa.array(texts, pa.string()) for name, texts in found.items()})


def columnar(tier: str) -> Callable[[Task], Ready]:
    """The engine of a tier."""

    def prepare(task: Task) -> Ready:
        run = compile_tier(tier, load_rules(task), question_day(task), task.threads)
        numbers = {name_of(rule): rule.number for rule in task.law.rules}
        return Ready(run, lambda lines: lines.orders, lambda found: answers(found, numbers))

    return prepare


def answers(found: pa.Table, numbers: dict[str, int]) -> Answers:
    """The result of a tier as answers. Not timed: it only serves to compare."""
    words = {name: at for at, name in enumerate(EFFECTS)}
    told = [text.split(";") if text else [] for text in found.column("decided_by").to_pylist()]
    deciding = [tuple(sorted(numbers[name] for name in some)) for some in told]
    rates = found.column("duty_percent").to_pylist()
    low, high, verdict = (
        _numbers(words[word] for word in found.column(name).to_pylist()) for name in ("range_low", "range_high", "verdict")
    )
    return Answers(
        verdict=verdict,
        decider=_numbers(one[0] if one else -1 for one in deciding),
        duty=_numbers(round(float(rate) * 100) if rate else NOT_SAID for rate in rates),
        low=low,
        high=high,
        deciding=deciding,
    )


ENGINES = (
    Engine("reference", "greenlane, reference", reference, peer=False, lacking=True, first=32, most=1_024),
    Engine("integers", "greenlane, integers, one line at a time", columnar("integers"), peer=False, lacking=True, most=4_096),
    Engine("numpy", "greenlane, NumPy", columnar("numpy"), peer=False, lacking=True, first=1_024, most=CALL),
    Engine("fused", "greenlane, fused", columnar("fused"), peer=False, lacking=True, first=1_024, most=CALL),
)
