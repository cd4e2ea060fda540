"""Run one engine in a process of its own: make it ready, give it two books of lines, write down times and answers.

The first book is met cold, the second (other lines) warm. Each is given in parts that grow, until it is through or the time
is up. Called by `run.py`, with the interpreter in which the engine lives.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import json
import platform
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.decide.engine import Answers, Engine, Missing, Ready, Task
from benchmarks.decide.law import make_law
from benchmarks.decide.lines import Lines, load
from benchmarks.decide.registry import engines

GROWTH = 4


class Clock:
    """Seconds by the wall and of the processor, in one place added up."""

    def __init__(self) -> None:
        self.wall = self.processor = 0.0

    def __enter__(self) -> Clock:
        self._wall, self._processor = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter() - self._wall
        self.processor += time.process_time() - self._processor


def parts(engine: Engine, lines: Lines, clock: Clock, limit: float) -> Iterator[Lines]:
    """Parts that grow, as long as time is left for the next by the rate so far."""
    start, size = 0, engine.first
    while start < len(lines):
        if start:
            left = limit - clock.wall
            size = min(size, int(left * start / max(clock.wall, 1e-9)))
        if size <= 0:
            return
        yield lines.part(start, min(len(lines), start + size))
        start += size
        size = min(engine.most, size * GROWTH)


def run_book(engine: Engine, ready: Ready, lines: Lines, limit: float, title: str) -> tuple[dict[str, Any], list[Answers]]:
    """One book: how many lines in what time, and the answers."""
    convert, decide = Clock(), Clock()
    found: list[Answers] = []
    done, shown = 0, time.perf_counter()
    for part in parts(engine, lines, decide, limit):
        if not engine.peer:
            _ = part.orders  # the file itself: nobody has to bring anything into this form
        with convert:
            given = ready.convert(part)
        with decide:
            raw = ready.decide(given)
        found.append(ready.read(raw))
        gc.collect()
        gc.freeze()  # the answers held here for comparing: the collector must not look through them in an engine's time
        done += len(part)
        if sys.stderr.isatty() and time.perf_counter() - shown > 1:
            shown = time.perf_counter()
            print(
                f"\r  {title}: {done:,} of {len(lines):,} lines, {done / decide.wall:,.0f}/s ", end="", file=sys.stderr, flush=True
            )
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    spent = {
        "lines": done, "wall": decide.wall, "processor": decide.processor, "convert_wall": convert.wall,
        "convert_processor": convert.processor,
    }  # fmt: skip
    return spent, found


def pack(found: list[Answers]) -> dict[str, np.ndarray[Any, Any]]:
    """The answers as arrays for a file."""
    packed = {}
    for name in ("verdict", "decider", "duty", "low", "high"):
        columns = [getattr(one, name) for one in found]
        if columns and all(column is not None for column in columns):
            packed[name] = np.concatenate(columns)
    if found and all(one.deciding is not None for one in found):
        each = [some for one in found for some in one.deciding or ()]
        packed["deciding"] = np.asarray([number for some in each for number in some], dtype=np.int64)
        packed["deciding_count"] = np.asarray([len(some) for some in each], dtype=np.int64)
    return packed


def memory() -> tuple[int, int]:
    """Bytes of this process: now, and at the most so far.

    Where Linux tells them, by itself: what the system calls the largest size includes that of the parent before.
    """
    told = Path("/proc/self/status")
    if told.exists():
        sizes = dict(row.split(":", 1) for row in told.read_text().splitlines() if row.startswith(("VmRSS", "VmHWM")))
        return int(sizes["VmRSS"].split()[0]) * 1024, int(sizes["VmHWM"].split()[0]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return most, most


def versions(engine: Engine) -> dict[str, str]:
    names = importlib.metadata.packages_distributions()
    found = {"python": platform.python_version()}
    for module in (*engine.needs, "numpy", "pyarrow"):
        for name in names.get(module, ())[:1]:
            found[name] = importlib.metadata.version(name)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--limit", type=float, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--known-by", type=int)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    engine = engines()[given.engine]
    task = Task(make_law(given.size, seed=given.seed), given.work / "rules", given.known_by, given.threads)
    books = [load(task.law, given.work / f"book-{number}.npz") for number in (0, 1)]
    before, _ = memory()
    prepare = Clock()
    try:
        with prepare:
            ready = engine.prepare(task)
    except (Missing, ImportError) as why:
        given.out.with_suffix(".json").write_text(json.dumps({"missing": f"{why}"}))
        return
    report: dict[str, Any] = {"prepare": prepare.wall, "prepare_processor": prepare.processor, "versions": versions(engine)}
    for number, name in enumerate(("cold", "warm")):
        report[name], found = run_book(engine, ready, books[number], given.limit, f"{engine.name}, {name}")
        np.savez(f"{given.out}-{name}.npz", **pack(found))
    report["memory"] = memory()[1] - before
    given.out.with_suffix(".json").write_text(json.dumps(report))


if __name__ == "__main__":
    main()
