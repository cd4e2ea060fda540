"""How long does one question take: loading the law, asking in a fresh process, deciding in a warm one?

Processor time is given beside wall time, because a busy machine stretches the latter. Nothing here passes or fails.

    PYTHONPATH=src python benchmarks/decide_one/run.py
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from greenlane import wiring
from greenlane.decide.evaluate import decide
from greenlane.decide.line import Line
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked

HERE = Path(__file__).resolve()
ON = Asked.read("2025-06-10")
LOAD = "import time\nfrom greenlane import wiring\nc, w = time.process_time(), time.perf_counter()\nwiring.load_rules()\n"
LOAD += "print(time.process_time() - c, time.perf_counter() - w)"
ASK = "-m greenlane ask --from US --to CN --codes eccn:3A001.a.5 --on 2025-06-10 --no-record".split()
Spent = tuple[float, float]  # processor, wall; seconds


def generated(rules: RuleBase, count: int, *, seed: int) -> list[Line]:
    """Lines that state an entry of the US control list; the same ones for the same base and seed."""
    chance = random.Random(seed)
    entries = sorted({str(code) for one in rules.measures.values() for code in one.entries if code.scheme == "eccn"})
    found = []
    for number in range(count if entries else 0):
        start = chance.choice(["US", "US", "DE", "CN"])
        cells = {
            "line_id": f"E-{number}",
            "codes": chance.choice(entries),
            "ship_from": start,
            "ship_to": chance.choice([place for place in "CN DE JP AE IN HK GB KH".split() if place != start]),
            "origin": chance.choice(["US", "US", ""]),
            "end_use": chance.choice(["civil", ""]),
            "attrs": chance.choice(["", "", "licence_exception=LVS", "controlled_for=NS2|AT1", "controlled_for=none"]),
            "value": "3000",
            "currency": "USD",
        }
        found.append(wiring.read_one(cells))
    return found


def warm(lines: Sequence[Line], rules: RuleBase, *, look_ahead: bool) -> list[float]:
    """Milliseconds of processor time for each line, the better of two, after one round for nothing."""
    rounds = []
    for _ in range(3):
        spent = []
        for line in lines:
            start = time.process_time()
            decide(line, rules, on=ON, look_ahead=look_ahead)
            spent.append((time.process_time() - start) * 1000)
        rounds.append(spent)
    return [min(pair) for pair in zip(*rounds[1:], strict=True)]


def fresh(arguments: Sequence[str], cache: str) -> tuple[Spent, str]:
    """One run of Python in a process of its own, and what it printed."""
    environment = {**os.environ, "GREENLANE_CACHE": cache, "PYTHONPATH": str(HERE.parents[2] / "src")}
    before, start = os.times(), time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
    after = os.times()
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return (spent, time.perf_counter() - start), done.stdout


def median(run: Callable[[], Spent], times: int) -> str:
    """The medians of some runs, in words."""
    found = [run() for _ in range(times)]
    processor, wall = (statistics.median(one[place] for one in found) for place in (0, 1))
    return f"{processor:7.2f} s processor {wall:7.2f} s wall"


def loaded(cache: str) -> Spent:
    """Loading in a fresh process, Python's start and imports left out."""
    _, said = fresh(["-c", LOAD], cache)
    processor, wall = map(float, said.split())
    return processor, wall


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure one question.")
    parser.add_argument("--times", type=int, default=5, help="runs of each fresh process [5]")
    parser.add_argument("--lines", type=int, default=100, help="generated lines [100]")
    given = parser.parse_args()
    rules = wiring.load_rules()
    desk, _ = wiring.read_order_file(wiring.example_desk() / "orders.csv")
    entries = generated(rules, given.lines, seed=5)
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    members = sum(len(group.members) for group in rules.groups.values())
    print(f"{len(rules.measures)} measures, {len(rules.lifts)} lifts, {members} members of groups\n")
    with tempfile.TemporaryDirectory() as cache:
        print(f"load, from the files     {median(lambda: loaded('off'), given.times)}")
        loaded(cache)
        print(f"load, from the cache     {median(lambda: loaded(cache), given.times)}")
        print(f"ask, from the files      {median(lambda: fresh(ASK, 'off')[0], given.times)}")
        fresh(ASK, cache)
        print(f"ask, from the cache      {median(lambda: fresh(ASK, cache)[0], given.times)}\n")
    for name, lines in (("example desk", desk), ("generated entries", entries)):
        for look_ahead in (True, False):
            spent = sorted(warm(lines, rules, look_ahead=look_ahead))
            if spent:
                tail = spent[int(0.95 * len(spent))]
                how = "with" if look_ahead else "without"
                print(f"{name:<18} {how:>7} look-ahead: median {statistics.median(spent):6.1f} ms, 95 % under {tail:6.1f} ms")


if __name__ == "__main__":
    main()
