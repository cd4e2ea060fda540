"""A carmaker's order book of ten years, from Parquet to Parquet under the law that ships: how fast, in how much memory?

    PYTHONPATH=src:. python benchmarks/decide/long.py --lines 100000000 [--items 3000] [--routes 3] [--runs 2] [--folder DIR]

The book is made up: a third of the items are goods of worked examples, the others lines of the tariff; each item travels by so
many routes of its own between 20 countries, on any day of 2019 to 2028, to 40 plants, in any quantity, for any value. `greenlane
decide` judges it as known by one day. The first run meets all for the first time, unless `--cache` names a folder in which an
earlier one left what it learned; later runs have that.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from greenlane.feeds.rule_files import load  # noqa: E402  # the path of the tests comes first
from greenlane.law.rulebase import RuleBase  # noqa: E402

BATCH = 1 << 20
FIRST, DAYS = date(2019, 1, 1), 3_653
PLANTS = 40
COUNTRIES = ("CN", "US", "DE", "JP", "MX", "KR", "TW", "VN", "HK", "IN", "GB", "NL", "CA", "BR", "AE", "FR", "IT", "ES", "TR", "ZA")


def items(rules: RuleBase, count: int, draw: random.Random) -> list[tuple[str, str, str]]:
    """Codes, composition and attributes of each item."""
    schedule = rules.whole_schedule("hts")
    tariff = sorted(code for code in schedule.codes if len(code) >= 8) if schedule is not None else []
    worked = sorted({(one.line.get("codes", ""), one.line.get("contains", ""), one.line.get("attrs", "")) for one in rules.cases})
    found = draw.sample(worked, min(count // 3, len(worked)))
    listed = ("", ";eccn:EAR99", ";eccn:EAR99;cn:NONE", ";cn:NONE")
    while len(found) < count:
        found.append((f"hts:{draw.choice(tariff)}{draw.choice(listed)}", "", ""))
    draw.shuffle(found)
    return found


def write_book(path: Path, lines: int, asked: argparse.Namespace) -> None:
    draw = random.Random(asked.seed)
    goods = items(load(ROOT / "rules", with_cases=True, release=False), asked.items, draw)
    routes = [(one, other) for one in COUNTRIES for other in COUNTRIES if one != other]
    of_item = np.asarray([[draw.randrange(len(routes)) for _ in range(asked.routes)] for _ in goods])
    days = [(FIRST + timedelta(day)).isoformat() for day in range(DAYS)]
    plants = [f"Example Motor Works {number}" for number in range(PLANTS)]
    chance = np.random.default_rng(asked.seed)

    def some(texts: list[str], places: np.ndarray) -> pa.Array:
        each = pa.array(texts).dictionary_encode()  # a dictionary that holds a text twice is not written the same way twice
        return pa.DictionaryArray.from_arrays(each.indices.take(pa.array(places)), each.dictionary)

    writer = None
    for start in range(0, lines, BATCH):
        count = min(BATCH, lines - start)
        item = chance.integers(0, len(goods), count)
        route = of_item[item, chance.integers(0, asked.routes, count)]
        table = pa.table(
            {
                "line_id": pa.array(np.char.mod("L-%010d", np.arange(start, start + count)).astype(object)),
                "codes": some([one[0] for one in goods], item),
                "contains": some([one[1] for one in goods], item),
                "attrs": some([one[2] for one in goods], item),
                "ship_from": some([one[0] for one in routes], route),
                "ship_to": some([one[1] for one in routes], route),
                "consignee": some(plants, chance.integers(0, PLANTS, count)),
                "date": some(days, chance.integers(0, DAYS, count)),
                "quantity": pa.array(chance.integers(1, 100_000, count)).cast(pa.string()),
                "value": pa.array(chance.integers(1, 10_000_000, count)).cast(pa.string()),
                "currency": some(["USD", "EUR"], chance.integers(0, 2, count)),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
        print(f"\r{start + count:,} lines written", end="", file=sys.stderr)
    print(file=sys.stderr)
    if writer is not None:
        writer.close()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lines", type=int, default=100_000_000)
    options.add_argument("--items", type=int, default=3_000)
    options.add_argument("--routes", type=int, default=3)
    options.add_argument("--runs", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--folder", type=Path, default=Path("long"))
    options.add_argument("--cache", type=Path)
    asked = options.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    book, out = asked.folder / f"book-{asked.lines}-{asked.items}-{asked.routes}-{asked.seed}.parquet", asked.folder / "out.parquet"
    if not book.is_file():
        write_book(book, asked.lines, asked)
    cache = asked.cache or asked.folder / "cache"
    command = [sys.executable, "-m", "greenlane", "decide", str(book), "--on", "2026-06-10", "--no-screening", "--no-record"]
    command += ["--engine", "columnar", "--out", str(out)]
    surroundings = os.environ | {"GREENLANE_CACHE": str(cache)}
    for run in range(asked.runs):
        out.unlink(missing_ok=True)
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(command, check=True, env=surroundings)
        wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        with out.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        print(
            f"run {run + 1}: {asked.lines:,} lines in {wall:.1f} s, {spent:.1f} CPU s, at most {after.ru_maxrss >> 10} MB, "
            f"load {os.getloadavg()[0]:.1f}, sha256 {digest[:16]}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
