"""The ledger on disk: many at once, killed at any moment, on a disk that is full, and changed by other hands."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from greenlane.errors import LedgerRefusal, UsageError
from greenlane.licences.events import Head, hash_after
from greenlane.licences.ledger import Booked
from greenlane.store import ledger_fold
from greenlane.store.ledger_sqlite import SqliteLedger
from tests.licences.book import Book, day, granted, kg, licence, moment, want
from tests.store.ledger_work import FILE, draw_and_note, draw_until_killed, draws, fill_the_disk, kill_when_noted, ledger

fork = multiprocessing.get_context("fork")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A ledger with a licence for 1000 kg."""
    with closing(ledger(tmp_path)) as book:
        (result,) = book.submit([granted(licence(quantity="1000"))])
        assert result == Booked(1, False)
    return tmp_path


@pytest.fixture
def book(desk: Path) -> Iterator[SqliteLedger]:
    with closing(ledger(desk)) as opened:
        yield opened


def acknowledged(folder: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for file in folder.glob("*.acknowledged"):
        for line in file.read_text().splitlines():
            id, _, seq = line.partition(" ")
            assert id not in found, "acknowledged twice as new"
            found[id] = int(seq)
    return found


def used(book: SqliteLedger) -> int:
    return book.states()["L-1"].lines[0].used_q


def test_what_was_booked_is_what_a_book_in_memory_says(book: SqliteLedger) -> None:
    commands = [
        want("draw", "A", "10"), want("reserve", "B", "5"), want("draw", "A", "10"), want("draw", "C", "2000"),
        want("commit", "B", "3"), want("contra", "E", "1", ref="B"), want("contra", "F", "1", ref="A"),
        want("draw", "G", "1", on=4),
        want("observe", "O", "9", more='{"mark":"O","run":3}'), want("allocate", "S", "4", site="Ningbo"),
    ]  # fmt: skip
    memory = Book(licence(quantity="1000"))
    expected = [str(result) for result in memory.put(*commands)]
    assert [str(result) for result in book.submit(commands)] == expected
    assert list(book.rows()) == memory.rows
    assert book.states() == memory.states
    assert book.verify() == ()


def test_each_command_alone_is_the_same_journal(tmp_path: Path, book: SqliteLedger) -> None:
    commands = [
        *draws("A", 30),
        want("reserve", "R", "5"),
        want("commit", "R"),
        want("contra", "C", "2", ref="A-3"),
        *draws("B", 3),
    ]
    book.submit(commands)
    with closing(ledger(tmp_path / "other")) as other:
        other.submit([granted(licence(quantity="1000"))])
        for command in commands:
            other.submit([command])
        assert list(other.rows()) == list(book.rows())
        assert other.verify() == ()


def test_the_same_again_is_acknowledged_again_also_when_nothing_is_left(book: SqliteLedger) -> None:
    all_of_it = want("draw", "ALL", "1000")
    assert book.submit([all_of_it]) == [Booked(2, False)]
    assert book.submit([want("draw", "MORE", "1"), all_of_it, all_of_it])[1:] == [Booked(2, True)] * 2
    (other,) = book.submit([want("draw", "ALL", "999")])
    assert isinstance(other, LedgerRefusal)
    assert other.code == "GL0702"
    assert book.head().seq == 2


def test_a_batch_in_which_some_are_known_books_the_others(book: SqliteLedger) -> None:
    commands = draws("A", 600)
    book.submit(commands[100:200])
    results = book.submit(commands)
    assert [result for result in results if isinstance(result, Booked) and result.again] == [
        Booked(2 + n, True) for n in range(100)
    ]
    assert used(book) == kg("600")
    assert book.verify() == ()


def test_another_process_may_have_booked_meanwhile(desk: Path, book: SqliteLedger) -> None:
    book.submit([want("draw", "A", "600")])
    with closing(ledger(desk)) as other:
        other.submit([want("draw", "B", "300")])
    (result,) = book.submit([want("draw", "C", "101")])
    assert isinstance(result, LedgerRefusal)
    assert "100 kg left" in result.message


def test_two_clocks(desk: Path) -> None:
    now = [moment(3)]
    with closing(ledger(desk, lambda: now[0])) as book:
        book.submit([want("draw", "A", "10", on=2)])
        now[0] = moment(5)
        book.submit([want("draw", "LATE", "5", on=2), want("reserve", "R", "3", on=4)])
        now[0] = moment(6)
        book.submit([want("commit", "R", "2", on=6)])

        def said(on: int, known: int) -> tuple[int, int]:
            sums = book.sums("L-1", 1, day=day(on), booked_on=day(known))
            return sums["used_q"], sums["reserved_q"]

        assert said(2, 3) == said(2, 4) == (kg("10"), 0)
        assert said(2, 5) == (kg("15"), 0)
        assert said(4, 5) == (kg("15"), kg("3"))
        assert said(6, 6) == (kg("17"), 0)
        assert said(1, 9) == (0, 0)


def test_who_reads_the_journal_may_ask_and_book_meanwhile(book: SqliteLedger) -> None:
    book.submit(draws("A", 3))
    for seq, *_ in book.rows():
        assert book.states()["L-1"].seq >= seq
        book.submit(draws(f"B{seq}", 1))
    assert book.head().seq == 8
    assert sum(1 for _ in book.entries("L-1")) == 8


# --- many at once -------------------------------------------------------------------------------------------------------


def test_threads_share_commits_and_never_overdraw(book: SqliteLedger) -> None:
    results: list[object] = []

    def go(name: str) -> None:
        for command in draws(name, 40):
            results.extend(book.submit([command]))

    threads = [threading.Thread(target=go, args=(f"T{number}",)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    booked = [result.seq for result in results if isinstance(result, Booked)]
    assert len(results) == 32 * 40
    assert sorted(booked) == list(range(2, 1002))  # exactly the thousand there were, each once
    assert used(book) == kg("1000")
    assert book.verify() == ()


def test_processes_on_one_line_never_overdraw(desk: Path) -> None:
    workers = [
        fork.Process(target=draw_and_note, args=(str(desk), f"P{number}", 50, size)) for number, size in enumerate([1, 1, 7] * 8)
    ]
    run_all(workers)
    with closing(ledger(desk)) as book:
        assert used(book) == kg("1000")
        assert sorted(acknowledged(desk).values()) == list(range(2, 1002))
        assert book.verify() == ()


def run_all(workers: list[multiprocessing.context.ForkProcess]) -> None:
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_doubled(tmp_path: Path, seed: int) -> None:
    with closing(ledger(tmp_path)) as book:
        book.submit([granted(licence(quantity="100000000"))])
    chance = random.Random(seed)
    for round_ in range(5):
        workers = [fork.Process(target=draw_until_killed, args=(str(tmp_path), f"K{round_}-{n}", n + 1)) for n in range(3)]
        for worker in workers:
            worker.start()
        for number, worker in enumerate(workers):
            assert worker.pid is not None
            kill_when_noted(worker.pid, tmp_path / f"K{round_}-{number}.acknowledged", chance.random() * 0.05)
            worker.join()
    noted = acknowledged(tmp_path)
    with closing(ledger(tmp_path)) as book:
        journal = {entry.id: entry.seq for entry in book.entries()}
        assert len(noted) >= 15
        assert {id: journal.get(id) for id in noted} == noted
        assert used(book) == kg(str(len(journal) - 1))
        assert book.verify() == ()


# --- disks and clocks ---------------------------------------------------------------------------------------------------


def test_on_a_full_disk_nothing_is_booked_and_nothing_acknowledged_is_lost(desk: Path) -> None:
    worker = fork.Process(target=fill_the_disk, args=(str(desk), 400_000))
    worker.start()
    worker.join(60)
    assert worker.exitcode == 1  # it ended with the refusal
    noted = acknowledged(desk)
    with closing(ledger(desk)) as book:
        journal = {entry.id: entry.seq for entry in book.entries()}
        assert noted
        assert noted.items() <= journal.items()
        assert book.verify() == ()
        assert isinstance(book.submit(draws("after", 1))[0], Booked)


def test_a_full_file_is_said_in_words(book: SqliteLedger) -> None:
    base = book._writable()
    (pages,) = base.execute("PRAGMA page_count").fetchone()
    base.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LedgerRefusal, match="the disk is full") as error:
        book.submit(draws("A", 900, "0.1"))
    assert error.value.code == "GL0711"
    assert book.head().seq == 1
    assert isinstance(book.submit(draws("A", 900, "0.1"))[-1], Booked)  # the connection was opened anew, without the limit


def test_a_read_only_ledger_is_refused(desk: Path, book: SqliteLedger) -> None:
    base = book._writable()
    base.execute("PRAGMA query_only = ON")
    with pytest.raises(LedgerRefusal, match="read-only") as error:
        book.submit(draws("A", 1))
    assert error.value.code == "GL0711"


def test_a_ledger_in_a_place_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with closing(ledger(tmp_path / "file" / "desk")) as book, pytest.raises(LedgerRefusal, match="cannot be written"):
        book.submit(draws("A", 1))


def test_a_clock_set_back_is_refused(desk: Path) -> None:
    now = ["2025-06-04T04:00:10.000000Z"]
    with closing(ledger(desk, lambda: now[0])) as book:
        book.submit(draws("A", 1))
        now[0] = "2025-06-04T04:00:09.000000Z"  # by a second: entries stay in order
        book.submit(draws("B", 1))
        now[0] = "2025-06-03T04:00:00.000000Z"
        with pytest.raises(LedgerRefusal, match=r"entry 3 was booked at 2025-06-04T04:00:10\.000000Z") as error:
            book.submit(draws("C", 1))
        assert error.value.code == "GL0710"
        assert [entry.at for entry in book.entries()] == sorted(entry.at for entry in book.entries())
        assert book.verify() == ()


# --- other hands --------------------------------------------------------------------------------------------------------


def tamper(desk: Path, *statements: str) -> None:
    with closing(sqlite3.connect(desk / FILE)) as base:
        for statement in statements:
            base.execute(statement)
        base.commit()


OFF = "DROP TRIGGER entries_stay", "DROP TRIGGER entries_keep"
TAMPERED = {
    "a changed entry": ("UPDATE entries SET text = replace(text, 'A-3', 'A-x') WHERE seq = 5", "entry 5 does not match its hash"),
    "a changed hash": ("UPDATE entries SET sha256 = zeroblob(32) WHERE seq = 5", "entry 5 does not match its hash"),
    "an entry gone": ("DELETE FROM entries WHERE seq = 5", "entry 5 is missing"),
    "the end gone": ("DELETE FROM entries WHERE seq > 9", "entry 11 was acknowledged: its end is gone"),
    "another key": ("UPDATE entries SET key = 'other' WHERE seq = 5", "entry 5 stands under another number or id"),
    "a balance": ("UPDATE licences SET state = replace(state, '1000000000', '900000000')", "balance kept of licence L-1"),
    "the sums": ("UPDATE sums SET used_q = used_q - 1", "the sums kept of licence L-1, line 1"),
    "a reservation": ("INSERT INTO refs VALUES ('R', 'held', 'L-1', 1, '', 5, 0, 1)", "reservation R"),
    "the index": ("DELETE FROM seldom", "index of what is not plain use"),
    "a licence": ("DELETE FROM licences", "licence L-1 is in the entries, but not kept"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_row_is_found(desk: Path, book: SqliteLedger, name: str) -> None:
    statement, said = TAMPERED[name]
    book.submit(draws("A", 10))
    book.close()
    with closing(sqlite3.connect(desk / FILE)) as base:
        guards = base.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    tamper(desk, *OFF, statement, *(sql for (sql,) in guards))  # whoever does so puts the guards back
    assert any(said in problem for problem in verified(desk)), verified(desk)


def test_the_database_itself_refuses_to_change_the_journal(desk: Path) -> None:
    for statement in ("UPDATE entries SET text = ''", "DELETE FROM entries"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            tamper(desk, statement)
    tamper(desk, *OFF)
    assert verified(desk) == ("the tables of the ledger, or what guards them, are not as they were made",)


def test_another_program_that_writes_entries_is_found_and_nothing_is_built_on_them(desk: Path, book: SqliteLedger) -> None:
    book.submit(draws("A", 3))
    text = "5\t2025-06-04T04:00:00.000000Z\tX\tdraw\tL-1\t1\t\t1\t0\t1\t\t2025-06-04\t\t\t"
    tamper(desk, f"INSERT INTO entries VALUES (5, 'X', '{text}', zeroblob(32))")
    with pytest.raises(UsageError, match="written by another program") as error:
        book.submit(draws("B", 1))
    assert error.value.code == "GL0307"
    with pytest.raises(UsageError, match="entry 5 does not match its hash"):
        submitted(desk)
    assert "entry 5 does not match its hash" in verified(desk)


def test_another_program_that_chains_its_entry_is_found_by_the_balance(desk: Path, book: SqliteLedger) -> None:
    book.submit(draws("A", 3))
    text = "5\t2025-06-04T04:00:00.000000Z\tX\tdraw\tL-1\t1\t\t1\t0\t1\t\t2025-06-04\t\t\t"
    sha256 = hash_after(book.head().sha256, text).hex()
    tamper(desk, f"INSERT INTO entries VALUES (5, 'X', '{text}', x'{sha256}')")
    assert "balance kept of licence L-1" in " ".join(verified(desk))


def verified(folder: Path) -> tuple[str, ...]:
    with closing(ledger(folder)) as book:
        return book.verify()


def submitted(folder: Path) -> list[object]:
    with closing(ledger(folder)) as book:
        return list(book.submit(draws("LAST", 1)))


def torn(desk: Path, name: str, cut: Callable[[bytes], bytes]) -> None:
    file = desk / name
    file.write_bytes(cut(file.read_bytes()))


def test_a_torn_last_page_is_found(desk: Path) -> None:
    book = ledger(desk)
    book.submit(draws("A", 200))
    book.close()  # the last to close puts everything into the one file
    torn(desk, FILE, lambda raw: raw[:-1024] + bytes(1024))
    found = verified(desk)
    assert found
    shutil.copy(desk / FILE, desk / "copy")
    torn(desk, FILE, lambda raw: raw[: len(raw) // 2])
    assert verified(desk)
    with pytest.raises((UsageError, LedgerRefusal)):
        submitted(desk)


def test_a_torn_end_of_the_log_is_found(desk: Path) -> None:
    """The database drops a commit that is not whole in its log; that it was acknowledged stands beside it."""
    with closing(ledger(desk)) as book, closing(sqlite3.connect(desk / FILE)) as reader:
        reader.execute("SELECT count(*) FROM entries").fetchone()  # so that the log stays when the writer goes
        for command in draws("A", 5):
            book.submit([command])
        raw = (desk / f"{FILE}-wal").read_bytes()
        aside = desk / "aside"
        aside.mkdir()
        for name in (FILE, "licences.head"):
            shutil.copy(desk / name, aside / name)
        (aside / f"{FILE}-wal").write_bytes(raw[: len(raw) - 1000])
    found = verified(aside)
    assert any("entry 6 was acknowledged: its end is gone" in problem for problem in found), found
    with pytest.raises(UsageError, match="its end is gone"):
        submitted(aside)


def test_a_ledger_that_is_gone_is_missed(desk: Path) -> None:
    (desk / FILE).unlink()
    assert verified(desk) == ("the ledger is gone, but its head is there: entries were acknowledged",)
    with pytest.raises(UsageError, match="its end is gone"):
        submitted(desk)


def test_the_chain_is_read_by_a_process_beside(desk: Path, book: SqliteLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_fold, "ALONE_MAX", 5)
    book.submit(draws("A", 10))
    assert book.verify() == ()
    book.close()
    tamper(desk, *OFF[:1], "UPDATE entries SET sha256 = zeroblob(32) WHERE seq = 5")
    assert "entry 5 does not match its hash" in verified(desk)


# --- moving -------------------------------------------------------------------------------------------------------------


def test_a_backup_is_the_same_ledger(desk: Path, book: SqliteLedger, tmp_path: Path) -> None:
    book.submit([*draws("A", 20), want("reserve", "R", "5")])
    head: Head = book.backup(tmp_path / "backup.sqlite")
    assert head == book.head()
    book.submit(draws("B", 1))
    with closing(ledger(tmp_path / "new")) as other:
        assert other.restore(tmp_path / "backup.sqlite") == head
        assert other.verify() == ()
        assert list(other.rows()) == list(book.rows(upto=head.seq))
        assert isinstance(other.submit([want("commit", "R", "5")])[0], Booked)
        with pytest.raises(UsageError, match="nothing is overwritten"):
            other.restore(tmp_path / "backup.sqlite")


def test_a_backup_that_does_not_hold_is_not_restored(desk: Path, book: SqliteLedger, tmp_path: Path) -> None:
    book.submit(draws("A", 20))
    book.backup(tmp_path / "backup.sqlite")
    with closing(sqlite3.connect(tmp_path / "backup.sqlite")) as base:
        base.execute("UPDATE sums SET used_q = 1")
        base.commit()
    with closing(ledger(tmp_path / "new")) as other, pytest.raises(UsageError, match="the backup does not hold"):
        other.restore(tmp_path / "backup.sqlite")
    assert not (tmp_path / "new" / FILE).exists()


def test_a_journal_is_taken_in_as_it_is(tmp_path: Path, book: SqliteLedger) -> None:
    book.submit([*draws("A", 300), want("reserve", "R", "5"), want("contra", "C", "1", ref="A-7")])
    with closing(ledger(tmp_path / "new")) as other:
        assert other.take_in(book.rows()) == book.head()
        assert other.verify() == ()
        assert other.states() == book.states()
        assert isinstance(other.submit([want("commit", "R")])[0], Booked)
    with closing(ledger(tmp_path / "third")) as third:
        rows = [row if row[0] != 9 else (*row[:3], bytes(32)) for row in book.rows()]
        with pytest.raises(UsageError, match="entry 9 does not match its hash"):
            third.take_in(rows)
        assert third.head().seq == 0
