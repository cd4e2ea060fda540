"""A journal of ten million entries: how long to replay and verify it, and how long one balance of one day takes.

PYTHONPATH=src:. python benchmarks/ledger/size.py [--entries 10000000]
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from greenlane.licences.events import Command, command_of
from greenlane.licences.licence import Kind, Licence, LicenceLine
from greenlane.store.ledger_sqlite import SqliteLedger

LICENCES = 200
DAYS = 365
CALL = 8000


def cpu() -> float:
    both = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in both)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000_000)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="ledger-size-", dir=os.environ.get("LEDGER_BENCH")))
    try:
        return run(given.entries, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(entries: int, folder: Path) -> int:
    first = date(2025, 1, 1)
    days = [(first + timedelta(days=number)).isoformat() for number in range(DAYS + 30)]
    now = [f"{days[0]}T00:00:00.000000Z"]
    chance = random.Random(1)
    with closing(SqliteLedger(folder / "licences.sqlite", clock=lambda: now[0])) as book:
        for number in range(LICENCES):
            terms = Licence(
                id=f"L-{number}", authority="CN", kind=Kind.GENERAL, holder="Example Magnetics",
                lines=(LicenceLine(unit="kg", quantity=10**17),), since=days[0], until="2027-01-01", zone="Asia/Shanghai",
            )  # fmt: skip
            book.submit([command_of(id=f"grant/{number}", kind="grant", licence=terms.id, day=days[0], more=terms.text())])
        start, before = time.perf_counter(), cpu()
        done = LICENCES
        while done < entries:
            day = done * DAYS // entries
            now[0] = f"{days[day]}T{8 + chance.randrange(8):02d}:00:00.000000Z" if days[day] > now[0][:10] else now[0]
            # Half of all use is of one licence; one call in ten is of goods that went up to twenty days before.
            licence = f"L-{0 if chance.random() < 0.5 else chance.randrange(LICENCES)}"
            on = days[max(day - (chance.randrange(20) if chance.random() < 0.1 else 0), 0)]
            size = min(CALL // 8, entries - done)
            commands = [Command(f"D-{done + n:09d}", "draw", licence, 1, "", 1000, 0, 1, "", on, "", "", "") for n in range(size)]
            book.submit(commands)
            done += size
        print(f"{done:,} entries booked in {time.perf_counter() - start:.0f} s, {(cpu() - before) / done * 1e6:.1f} us CPU each")
    print(f"the file has {(folder / 'licences.sqlite').stat().st_size / 1e6:,.0f} MB")
    with closing(SqliteLedger(folder / "licences.sqlite", clock=lambda: now[0])) as book:
        state = book.states(["L-0"])["L-0"]
        took = []
        for _ in range(300):
            on, known = days[chance.randrange(DAYS)], days[chance.randrange(DAYS)]
            start = time.perf_counter()
            book.sums("L-0", 1, day=on, booked_on=known)
            took.append((time.perf_counter() - start) * 1000)
        took.sort()
        print(f"balance of one day as known on another, of the licence with most entries: "
              f"median {statistics.median(took):.3f} ms, p99 {took[-3]:.3f} ms")  # fmt: skip
        start, before = time.perf_counter(), cpu()
        problems = book.verify()
        lasted = time.perf_counter() - start
        print(
            f"replay and verify: {lasted:.1f} s, {cpu() - before:.1f} s CPU, load {os.getloadavg()[0]:.1f}: {problems or 'sound'}"
        )
        assert state.lines[0].used_q > 0
        start = time.perf_counter()
        total = book.sums("L-0", 1, day="9999-12-31", booked_on="9999-12-31")
        assert total["used_q"] == state.lines[0].used_q
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
