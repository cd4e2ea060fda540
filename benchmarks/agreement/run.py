"""Do all engines say the same of a million lines? The reference is asked each line, and so is every tier of the columnar engine.

Lines come in blocks: put together from the worked examples of the real law (goods of one, route of another, days of a third), some
of them with nothing presumed; lines as a desk has them, known by one day a block; and made-up lines under made-up laws, some of
which lack facts. The tiers share the tables of one engine, which meets everything for the first time in machine code; one line in
ten is asked as a single line, too. (In the tests each tier has tables of its own, and each line is asked singly.) What was done is
written down as it goes, so that a run can be stopped and taken up again; the blocks come in a fixed order in which every kind has
its share.

    PYTHONPATH=src:. python benchmarks/agreement/run.py --lines 1000000
    PYTHONPATH=src:. python benchmarks/agreement/run.py --minutes 10
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.decide.encode import write_rules  # noqa: E402  # the path of the tests comes first
from benchmarks.decide.law import make_law  # noqa: E402
from benchmarks.decide.lines import make_lines  # noqa: E402
from greenlane.batch.engine import Engine  # noqa: E402
from greenlane.feeds.rule_files import load  # noqa: E402
from greenlane.law.rulebase import RuleBase  # noqa: E402
from tests.agreement.engines import cells_of, desk_lines, differences, engine_for, mixed_lines  # noqa: E402

SIZES = {"desk": 2_000, "mixed": 500, "strict": 100, "made up": 10_000, "lacking": 2_000}  # lines of a block
TURNS = ("desk", "made up", "desk", "made up", "mixed", "made up", "desk", "made up", "lacking", "strict")
KNOWN = ("2025-02-10", "2025-04-20", "2025-06-10", "2025-08-15", "2025-10-15", "2025-12-01", "2026-06-01", "2026-10-10")
EVERY = 10  # of how many lines one is asked singly
SHOWN = 5
Block = tuple[str, int]
Told = tuple[str, int, int, list[str]]


@lru_cache(maxsize=1)
def real_law() -> RuleBase:
    return load(ROOT / "rules", with_cases=True, release=False)


@lru_cache(maxsize=4)
def real_engine(*, strict: bool) -> Engine:
    return engine_for(real_law(), fast=None, strict=strict)


def compare(block: Block) -> Told:
    """A block by kind and number: how many lines it had, and where engines differ."""
    gc.set_threshold(100_000)  # the law and what was learned stay: the collector need not look through them so often
    kind, number = block
    if kind in ("desk", "mixed", "strict"):
        lines = (desk_lines if kind == "desk" else mixed_lines)(real_law(), SIZES[kind], seed=1_000 + number)
        rows = [{**row, "known_by": KNOWN[number % len(KNOWN)]} for row in lines] if kind == "desk" else lines
        strict = kind == "strict"
        found = differences(real_law(), rows, engine=real_engine(strict=strict), every=EVERY, strict=strict)
        return kind, number, len(rows), list(found)[:SHOWN]
    law = make_law(300, seed=number)
    with tempfile.TemporaryDirectory() as folder:
        rules = load(write_rules(law, Path(folder) / "rules"), release=False)
    lines = make_lines(law, SIZES[kind] * (10 if kind == "lacking" else 1), seed=number, lacking=kind == "lacking")
    lacks = lines.lacks.tolist()
    places = [at for at, lack in enumerate(lacks) if lack or kind == "made up"][: SIZES[kind]]
    orders = lines.orders.take(places).to_pylist()
    rows = [cells_of((name, "" if cell is None else str(cell)) for name, cell in order.items()) for order in orders]
    found = differences(rules, rows, engine=engine_for(rules, fast=None), every=EVERY)
    return kind, number, len(rows), list(found)[:SHOWN]


def blocks(lines: int) -> list[Block]:
    """Blocks of so many lines together, every kind in turn."""
    found: list[Block] = []
    numbers: Counter[str] = Counter()
    while lines > 0:
        kind = TURNS[len(found) % len(TURNS)]
        found.append((kind, numbers[kind]))
        numbers[kind] += 1
        lines -= SIZES[kind]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=24 * 60.0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--journal", type=Path, default=Path("agreement.jsonl"))
    options = parser.parse_args(arguments)
    state = real_law().sha256
    done: dict[Block, Told] = {}
    if options.journal.is_file():
        for text in options.journal.read_text(encoding="utf-8").splitlines():
            told = json.loads(text)
            if told["rules"] == state:
                kind, number, count, found = told["block"]
                done[kind, number] = (kind, number, count, found)
    asked = blocks(options.lines)
    end = time.monotonic() + options.minutes * 60
    todo = [block for block in asked if block not in done]
    with multiprocessing.Pool(options.jobs) as pool, options.journal.open("a", encoding="utf-8") as journal:
        for told in pool.imap_unordered(compare, todo):
            done[told[0], told[1]] = told
            journal.write(json.dumps({"rules": state, "block": told}) + "\n")
            journal.flush()
            print(f"\r{sum(one[2] for one in done.values()):,} lines compared", end="", file=sys.stderr)
            if time.monotonic() > end:
                pool.terminate()
                break
    print(file=sys.stderr)
    counted: Counter[str] = Counter()
    for kind, _, count, _ in done.values():
        counted[kind] += count
    different = [text for one in done.values() for text in one[3]]
    print(
        f"rules {state[:16]}: {sum(counted.values()):,} lines compared: "
        + ", ".join(f"{k} {n:,}" for k, n in sorted(counted.items()))
    )
    for text in different[:20]:
        print(text)
    print("no engine differs" if not different else f"{len(different)} differences shown of the blocks that differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
