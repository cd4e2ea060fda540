"""What several processes do to one ledger: run as functions of a process of their own."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from greenlane.licences.events import Command
from greenlane.licences.ledger import Booked
from greenlane.store.ledger_sqlite import SqliteLedger
from tests.licences.book import moment, want

FILE = "licences.sqlite"


def ledger(folder: Path, clock: Callable[[], str] = lambda: moment(3)) -> SqliteLedger:
    return SqliteLedger(folder / FILE, clock=clock)


def draws(name: str, count: int, q: str = "1") -> list[Command]:
    return [want("draw", f"{name}-{number}", q) for number in range(count)]


def draw_and_note(folder: str, name: str, count: int, size: int) -> None:
    """Draw in calls of a size; note on the disk what was acknowledged, only after it was."""
    book = ledger(Path(folder))
    commands = draws(name, count)
    noted = os.open(Path(folder) / f"{name}.acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for start in range(0, count, size):
        part = commands[start : start + size]
        for command, result in zip(part, book.submit(part), strict=True):
            if isinstance(result, Booked):
                os.write(noted, f"{command.id} {result.seq}\n".encode())
    os.close(noted)
    book.close()


def draw_until_killed(folder: str, name: str, threads: int) -> None:
    """Draw in several threads until the process is killed; the first acknowledgement starts the clock of the one who kills."""
    book = ledger(Path(folder))
    noted = os.open(Path(folder) / f"{name}.acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def go(thread: int) -> None:
        for number in range(10**6):
            command = want("draw", f"{name}-{thread}-{number}", "1")
            (result,) = book.submit([command])
            assert isinstance(result, Booked)
            os.write(noted, f"{command.id} {result.seq}\n".encode())

    for thread in range(threads):
        threading.Thread(target=go, args=(thread,)).start()


def fill_the_disk(folder: str, most: int) -> None:
    """Write with a limit on the size of files: what the system says then is what a full disk says."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    draw_and_note(folder, "full", 100_000, 10)


def kill_when_noted(pid: int, noted: Path, after: float) -> None:
    """Kill a process a while after its first acknowledgement."""
    deadline = time.monotonic() + 30
    while not (noted.exists() and noted.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(after)
    os.kill(pid, signal.SIGKILL)
