"""What processes leave each other in slots: wishes of those who live, and answers as text."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from greenlane.errors import LedgerRefusal
from greenlane.licences.events import Command
from greenlane.licences.ledger import Booked, Result
from greenlane.store.turns import SLOTS, Turns, _read_results, _write_results
from tests.store.ledger_work import draws

fork = multiprocessing.get_context("fork")

REFUSAL = LedgerRefusal("GL0703", "licence L-1: asked 2 kg, 1 kg left", hint="ask for less")


@pytest.mark.parametrize(
    "results",
    [
        [Booked(7, False)],
        [Booked(seq, False) for seq in range(7, 900)],
        [Booked(7, True)],
        [Booked(7, False), Booked(3, True), Booked(8, False)],
        [Booked(7, False), REFUSAL, Booked(8, False)],
        [REFUSAL, REFUSAL],
    ],
)
def test_what_is_answered_is_read(results: list[Result]) -> None:
    told = _write_results(results)
    assert [str(one) for one in _read_results(told)] == [str(one) for one in results]
    assert len(told) < 150


def turns(folder: Path) -> Turns:
    """Turns that note in a file what is booked."""

    def commit(commands: Sequence[Command]) -> list[Result]:
        with (folder / "booked").open("a") as file:
            file.writelines(f"{command.id}\n" for command in commands)
        return [Booked(1, False) for _ in commands]

    return Turns(folder / "lock", commit)


def submit_one(folder: Path, name: str) -> None:
    turns(folder).submit(draws(name, 1))


def until_left(folder: Path, count: int) -> None:
    """Wait until so many have left what they want in their slots."""
    deadline = time.monotonic() + 30
    while (folder / "lock").read_bytes()[:SLOTS].count(1) < count:
        assert time.monotonic() < deadline
        time.sleep(0.002)


@pytest.mark.skipif(sys.platform != "linux", reason="slots are there on Linux alone")
def test_what_a_killed_process_wanted_is_not_booked_by_those_who_come_later(tmp_path: Path) -> None:
    workers = [fork.Process(target=submit_one, args=(tmp_path, name)) for name in ("dead", "alive")]
    with closing(turns(tmp_path)) as one:

        def meanwhile() -> None:
            for count, worker in enumerate(workers, start=1):
                worker.start()
                until_left(tmp_path, count)
            workers[0].kill()
            workers[0].join()

        one.exclusively(meanwhile)
        one.submit(draws("later", 1))
        workers[1].join(30)
    assert workers[1].exitcode == 0
    assert sorted((tmp_path / "booked").read_text().split()) == ["alive-0", "later-0"]
    assert (tmp_path / "lock").read_bytes()[:SLOTS].count(1) == 0
