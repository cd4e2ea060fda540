"""Kill a long run at random moments, take it up again each time, and hold its bytes against those of a run left in peace.

    python benchmarks/decide/kills.py [--lines 10000000] [--kills 50] [--format parquet] [--seed 1] [--folder DIR]

The lines are made up (a small book repeated, ids rising, quantities and values of their own); the law is the one that ships.
Prints what was killed when, the processor time of both runs, and `same` or `DIFFERENT`; exit code 1 if different.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BATCH = 1 << 20
GOODS = (
    ("hts:8505110070;eccn:EAR99", "Nd:29%;Dy:3.1%", "form=magnet"),
    ("hts:8505190000", "", "family=ferrite"),
    ("hts:8542310000;eccn:3A090", "", "tpp=4800;performance_density=6.1"),
    ("hs:2805301300", "Tb:99.9%", ""),
    ("hts:7318159000;eccn:EAR99", "", ""),
    ("", "", ""),
)
ROUTES = (("CN", "DE"), ("CN", "US"), ("US", "CN"), ("DE", "US"), ("JP", "US"), ("CN", "JP"))
DAYS = tuple(f"2025-{month:02d}-{day:02d}" for month in range(1, 13) for day in (1, 9, 17, 25))


def write_book(path: Path, lines: int, seed: int) -> None:
    chance = np.random.default_rng(seed)

    def some(texts: list[str], places: np.ndarray) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(texts))

    writer = None
    for start in range(0, lines, BATCH):
        count = min(BATCH, lines - start)
        goods, routes = chance.integers(0, len(GOODS), count), chance.integers(0, len(ROUTES), count)
        table = pa.table(
            {
                "line_id": [f"L-{number:010d}" for number in range(start, start + count)],
                "codes": some([one[0] for one in GOODS], goods),
                "contains": some([one[1] for one in GOODS], goods),
                "attrs": some([one[2] for one in GOODS], goods),
                "ship_from": some([one[0] for one in ROUTES], routes),
                "ship_to": some([one[1] for one in ROUTES], routes),
                "date": some(list(DAYS), chance.integers(0, len(DAYS), count)),
                "quantity": pa.array(chance.integers(1, 100_000, count)).cast(pa.string()),
                "value": pa.array(chance.integers(1, 10_000_000, count)).cast(pa.string()),
                "currency": some(["USD", "EUR"], chance.integers(0, 2, count)),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def command(book: Path, out: Path) -> list[str]:
    given = ["decide", str(book), "--on", "2025-06-10", "--no-screening", "--no-record", "--engine", "columnar", "--out", str(out)]
    return [sys.executable, "-m", "greenlane", *given]


def digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--lines", type=int, default=10_000_000)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--format", default="parquet", choices=("csv", "parquet", "arrow"))
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--folder", type=Path, default=Path("kills"))
    asked = options.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    book, whole, killed = (asked.folder / name for name in ("book.parquet", f"whole.{asked.format}", f"killed.{asked.format}"))
    write_book(book, asked.lines, asked.seed)
    begun, before = time.monotonic(), spent()
    subprocess.run(command(book, whole), check=True)
    wall, alone = time.monotonic() - begun, spent() - before
    print(f"in peace: {asked.lines} lines, {wall:.1f} s, {alone:.1f} s of processor time", flush=True)

    chance, before, done = random.Random(asked.seed), spent(), 0
    while done < asked.kills:
        process = subprocess.Popen(command(book, killed), stderr=subprocess.PIPE, text=True)
        moment = chance.uniform(0.05, wall)  # of what is left of a run; one that is through is begun anew
        try:
            _, said = process.communicate(timeout=moment)
            print(f"through after {done} kills: it is begun anew", flush=True)
            killed.unlink()
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            _, said = process.communicate()
            done += 1
            print(f"kill {done} after {moment:.2f} s{': ' + said.strip() if said else ''}", flush=True)
    subprocess.run(command(book, killed), check=True)
    print(f"{done} kills, {spent() - before:.1f} s of processor time")
    same = digest(whole) == digest(killed) and not killed.with_name(f"{killed.name}.greenlane-part").exists()
    print("same" if same else "DIFFERENT")
    if same:
        shutil.rmtree(asked.folder)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
