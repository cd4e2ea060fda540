"""Draws that come alone stand beside the database for a while, and are one journal with the others for whoever reads or books."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from greenlane.errors import LedgerRefusal, UsageError
from greenlane.licences.events import START, Command, Head, hash_after
from greenlane.licences.ledger import Booked, Result, Row
from greenlane.store import ledger_sqlite
from greenlane.store.ledger_fresh import SIZE, FreshFile, fresh_rows, read_fresh
from greenlane.store.ledger_sqlite import SqliteLedger
from greenlane.store.turns import Turns
from tests.licences.book import Book, day, granted, kg, licence, moment, want
from tests.store.ledger_work import FILE, draws, ledger

fork = multiprocessing.get_context("fork")
FRESH = "licences.fresh"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A ledger with a licence for 1000 kg."""
    with closing(ledger(tmp_path / "desk")) as book:
        book.submit([granted(licence(quantity="1000"))])
    return tmp_path / "desk"


@pytest.fixture
def book(desk: Path) -> Iterator[SqliteLedger]:
    """That ledger after three draws, each alone: the entries 2 and 3 are in the database, 4 is beside it."""
    with closing(ledger(desk)) as opened:
        one_by_one(opened, "A", 3)
        yield opened


def one_by_one(book: SqliteLedger, name: str, count: int) -> None:
    for command in draws(name, count):
        (result,) = book.submit([command])
        assert isinstance(result, Booked), result


def in_database(desk: Path) -> int:
    with closing(sqlite3.connect(desk / FILE)) as base:
        return int(base.execute("SELECT max(seq) FROM entries").fetchone()[0])


def left_by_a_kill(desk: Path) -> Path:
    """The folder as it is now: what is there when whoever writes is killed."""
    return Path(shutil.copytree(desk, desk.with_name(f"left-{random.random()}")))


def used(book: SqliteLedger) -> int:
    return book.states()["L-1"].lines[0].used_q


def texts(*told: str, after: Head = START) -> list[Row]:
    rows, before = [], after.sha256
    for seq, one in enumerate(told, after.seq + 1):
        text = f"{seq}\t{moment(3)}\t{one}\tdraw"
        before = hash_after(before, text)
        rows.append((seq, one, text, before))
    return rows


# --- the file -----------------------------------------------------------------------------------------------------------


def test_what_is_put_is_read_and_what_the_database_has_by_now_is_passed_over(tmp_path: Path) -> None:
    rows = texts("A", "B", "C", "Ärz")
    with closing(FreshFile(tmp_path / FRESH)) as file:
        assert fresh_rows(file.read(), START) == []
        place = file.put(rows[:1], 0)
        assert file.put(rows[1:], place) > place
        assert (tmp_path / FRESH).stat().st_size == SIZE
    raw = read_fresh(tmp_path / FRESH)
    assert fresh_rows(raw, START) == rows
    assert fresh_rows(raw, Head(4, rows[3][3], "")) == []
    assert fresh_rows(raw, Head(0, bytes(range(32)), "")) == []  # after another entry they are not the next
    assert read_fresh(tmp_path / "none") == b""


def test_new_entries_are_written_over_old_ones(tmp_path: Path) -> None:
    old = texts("A", "B", "C")
    with closing(FreshFile(tmp_path / FRESH)) as file:
        place = 0
        for row in old:
            place = file.put([row], place)
        head = Head(3, old[2][3], "")
        new = texts("D", after=head)
        file.put(new, 0)
        assert fresh_rows(file.read(), head) == new  # and what follows them in the file is of before


def test_a_record_counts_whole_or_not_at_all(tmp_path: Path) -> None:
    rows = texts("A", "B", "C", "D")
    with closing(FreshFile(tmp_path / FRESH)) as file:
        place = file.put(rows[:2], 0)
        end = file.put(rows[2:], place)
    raw = read_fresh(tmp_path / FRESH)
    for cut in range(end):
        torn = raw[:cut] + bytes(SIZE - cut)
        assert fresh_rows(torn, START) == (rows[:2] if cut >= place else []), cut
        turned = bytearray(raw)
        turned[cut] ^= 0x41
        assert fresh_rows(bytes(turned), START) == (rows[:2] if cut >= place else []), cut


def test_a_file_that_is_too_short_is_filled_up_and_keeps_what_it_has(tmp_path: Path) -> None:
    rows = texts("A", "B")
    with closing(FreshFile(tmp_path / FRESH)) as file:
        file.put(rows, 0)
    os.truncate(tmp_path / FRESH, 200)  # the disk was full when it was made
    with closing(FreshFile(tmp_path / FRESH)) as file:
        assert fresh_rows(file.read(), START) == rows
    assert (tmp_path / FRESH).stat().st_size == SIZE


def test_what_cannot_be_written_whole_is_not_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(FreshFile(tmp_path / FRESH)) as file:
        monkeypatch.setattr(os, "pwrite", lambda _fd, told, _place: len(told) - 1)
        with pytest.raises(OSError, match="No space"):
            file.put(texts("A"), 0)


def test_a_disk_that_fails_refuses_the_draw_and_what_was_acknowledged_stays(
    desk: Path, book: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_by_one(book, "B", 3)

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as failing:
        failing.setattr("greenlane.store.ledger_fresh.os.fdatasync", fail)
        with pytest.raises(LedgerRefusal, match="Input/output error") as error:
            book.submit(draws("C", 1))
        assert error.value.code == "GL0711"
    assert book.head().seq == 7
    (result,) = book.submit(draws("C", 1))
    assert isinstance(result, Booked)
    assert result.seq == 8
    assert book.verify() == ()


def test_what_does_not_fit_is_not_written(tmp_path: Path) -> None:
    rows = texts("A" * 1000)
    with closing(FreshFile(tmp_path / FRESH)) as file:
        place, times = 0, 0
        while (after := file.put(rows, place)) > place:
            place, times = after, times + 1
        assert times == SIZE // (len(rows[0][2]) + 36)
        assert file.put(rows, place) == place


# --- one journal --------------------------------------------------------------------------------------------------------


def test_a_draw_that_comes_alone_stands_beside_the_database_and_everybody_sees_it(desk: Path, book: SqliteLedger) -> None:
    one_by_one(book, "B", 5)
    assert in_database(desk) == 3
    memory = Book(licence(quantity="1000"))
    memory.put(*draws("A", 3), *draws("B", 5))
    with closing(ledger(desk)) as other:
        for reader in (book, other):
            assert list(reader.rows()) == memory.rows
            assert list(reader.rows(after=3, upto=5)) == memory.rows[3:5]
            assert [entry.seq for entry in reader.entries()] == list(range(1, 10))
            assert reader.head() == Head(9, memory.rows[-1][3], moment(3))
            assert reader.states() == reader.states(["L-1", "none"]) == memory.states
            assert reader.sums("L-1", 1, day=day(3), booked_on=day(3))["used_q"] == kg("8")
            assert reader.sums("L-1", 1, day=day(2), booked_on=day(3))["used_q"] == 0
            assert reader.verify() == ()
    assert in_database(desk) == 3  # who reads moves nothing


def test_after_the_last_of_a_run_the_next_larger_commit_moves_them(desk: Path, book: SqliteLedger) -> None:
    one_by_one(book, "B", ledger_sqlite._FRESH_MAX - 1)
    assert in_database(desk) == 3
    one_by_one(book, "C", 1)
    assert in_database(desk) == book.head().seq
    one_by_one(book, "D", 2)
    book.submit(draws("E", 20))
    assert in_database(desk) == book.head().seq
    assert book.verify() == ()


def test_closed_the_database_has_them_all(desk: Path, book: SqliteLedger) -> None:
    one_by_one(book, "B", 5)
    book.close()
    assert in_database(desk) == 9
    (desk / FRESH).unlink()
    with closing(ledger(desk)) as other:
        assert other.verify() == ()
        assert used(other) == kg("8")


def test_another_who_books_finds_them_and_the_first_finds_his(desk: Path, book: SqliteLedger) -> None:
    with closing(ledger(desk)) as other:
        for turn in range(20):
            one_by_one(book, f"B{turn}", turn % 5)
            one_by_one(other, f"C{turn}", turn % 4)
        (too_much,) = book.submit([want("draw", "ALL", "940")])
        assert isinstance(too_much, LedgerRefusal)
        assert "927 kg left" in too_much.message
        assert book.verify() == other.verify() == ()
        assert used(book) == kg("73")


def test_refusals_of_another_move_what_stands_beside(desk: Path, book: SqliteLedger) -> None:
    with closing(ledger(desk)) as other:
        one_by_one(book, "B", 3)
        assert isinstance(other.submit([want("draw", "X", "995")])[0], LedgerRefusal)
        assert in_database(desk) == 7
        (result,) = book.submit([want("draw", "Y", "995")])
        assert isinstance(result, LedgerRefusal)
        assert "994 kg left" in result.message


def test_the_same_again_and_another_under_its_id(book: SqliteLedger) -> None:
    one_by_one(book, "B", 4)
    assert book.submit([draws("B", 4)[2]]) == [Booked(7, True)]
    one_by_one(book, "C", 4)
    (other,) = book.submit([want("draw", "C-3", "2")])
    assert isinstance(other, LedgerRefusal)
    assert other.code == "GL0702"
    one_by_one(book, "0", 4)  # before all others in the order of ids
    assert book.submit([draws("0", 4)[3]]) == [Booked(16, True)]
    assert book.submit([draws("A", 1)[0]]) == [Booked(2, True)]
    assert book.head().seq == 16


@pytest.mark.parametrize(
    "wrong", [want("draw", "X", "995"), draws("B", 1)[0], want("draw", "X", "1", on=40), want("reserve", "X", "1")]
)
def test_a_few_of_which_one_is_not_plain(desk: Path, book: SqliteLedger, wrong: object) -> None:
    one_by_one(book, "B", 2)
    few = [*draws("C", 2), wrong, *draws("D", 2)]
    memory = Book(licence(quantity="1000"))
    memory.put(*draws("A", 3), *draws("B", 2))
    assert [str(one) for one in book.submit(few)] == [str(one) for one in memory.put(*few)]  # type: ignore[arg-type]
    one_by_one(book, "E", 2)
    memory.put(*draws("E", 2))
    assert list(book.rows()) == memory.rows
    assert book.states() == memory.states
    assert book.verify() == ()


def test_a_reservation_between_draws(book: SqliteLedger) -> None:
    one_by_one(book, "B", 2)
    book.submit([want("reserve", "R", "5")])
    one_by_one(book, "C", 3)
    assert [id for id, _ in book.reservations("L-1")] == ["R"]
    book.submit([want("contra", "T", "1", ref="C-2")])
    one_by_one(book, "D", 3)
    book.submit([want("commit", "R")])
    one_by_one(book, "E", 1)
    assert used(book) == kg("16")
    assert len(book.seldom("L-1")) == 2
    assert book.verify() == ()


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_few_and_many_of_two_writers_is_the_journal_of_one(desk: Path, seed: int) -> None:
    chance = random.Random(seed)
    memory = Book(licence(quantity="1000"))
    with closing(ledger(desk)) as one, closing(ledger(desk)) as two:
        number = 0
        for _ in range(120):
            writer = chance.choice([one, one, one, two])
            size = chance.choice([1, 1, 1, 1, 1, 2, 5, 12])
            commands = []
            for _ in range(size):
                number += 1
                kind = chance.choice(["draw"] * 12 + ["reserve", "commit", "contra"])
                id = f"{chance.choice('XYZ')}{number if chance.random() < 0.9 else chance.randrange(number)}"
                ref = f"X{chance.randrange(number)}" if kind == "contra" else ""
                commands.append(want(kind, id, chance.choice(["1", "2", "30"]), on=chance.choice([2, 3]), ref=ref))
            assert [str(result) for result in writer.submit(commands)] == [str(result) for result in memory.put(*commands)]
            if chance.random() < 0.1:
                assert writer.states() == memory.states
        assert list(two.rows()) == memory.rows
        assert one.verify() == ()


# --- killed, torn, and changed by other hands ---------------------------------------------------------------------------


def test_a_kill_leaves_them_there(desk: Path, book: SqliteLedger) -> None:
    one_by_one(book, "B", 5)
    left = left_by_a_kill(desk)
    with closing(ledger(left)) as next_:
        assert used(next_) == kg("8")
        assert next_.verify() == ()
        assert next_.submit([draws("B", 5)[4]]) == [Booked(9, True)]
        assert in_database(left) == 9
        assert next_.verify() == ()


def test_what_was_written_and_not_acknowledged_is_booked_once(desk: Path, book: SqliteLedger) -> None:
    noted = (desk / "licences.head").read_bytes()
    one_by_one(book, "B", 1)
    left = left_by_a_kill(desk)
    (left / "licences.head").write_bytes(noted)  # killed before it was noted
    with closing(ledger(left)) as next_:
        assert next_.head().seq == 4  # it may not be on the disk yet: nobody is shown it
        assert next_.verify() == ()
        assert next_.submit(draws("B", 1)) == [Booked(5, True)]
        assert next_.head().seq == 5


@pytest.mark.parametrize("at", [4, 20, 60, 100])
def test_a_torn_or_changed_record_is_missed(desk: Path, book: SqliteLedger, at: int) -> None:
    left = left_by_a_kill(desk)
    raw = bytearray((left / FRESH).read_bytes())
    raw[at] ^= 1
    (left / FRESH).write_bytes(raw)
    with closing(ledger(left)) as next_:
        assert "entry 4 was acknowledged: its end is gone" in next_.verify()[0]
        with pytest.raises(UsageError, match="its end is gone"):
            next_.submit(draws("B", 1))


def test_the_file_gone_is_missed(desk: Path, book: SqliteLedger) -> None:
    left = left_by_a_kill(desk)
    (left / FRESH).unlink()
    with closing(ledger(left)) as next_:
        assert "entry 4 was acknowledged: its end is gone" in next_.verify()[0]
        with pytest.raises(UsageError, match="its end is gone"):
            next_.submit(draws("B", 1))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("X\tdraw\tL-1\t1\t\t99900000000\t0\t1\t\t2025-06-04\t\t\t", "a step that is not allowed"),
        ("X\tdraw\tL-9\t1\t\t1\t0\t1\t\t2025-06-04\t\t\t", "a step that is not allowed"),
        ("X\tcommit\tL-1\t1\t\t1\t0\t1\t\t2025-06-04\t\t\t", "stands under another number or id"),
        ("A-1\tdraw\tL-1\t1\t\t1\t0\t1\t\t2025-06-04\t\t\t", "the id A-1 stands in the journal twice"),
    ],
)
def test_a_forged_record_is_found(desk: Path, book: SqliteLedger, told: str, said: str) -> None:
    left = left_by_a_kill(desk)
    text = f"4\t{moment(3)}\t{told}"
    (before,) = [row[3] for row in book.rows(after=2, upto=3)]
    sha256 = hash_after(before, text)
    with closing(FreshFile(left / FRESH)) as file:
        file.put([(4, "X", text, sha256)], 0)
    (left / "licences.head").write_text(f"{4:020d} {sha256.hex()}\n")
    with closing(ledger(left)) as next_:
        assert said in next_.verify()[0]
        with pytest.raises(UsageError) as error:
            next_.submit(draws("B", 1))
        assert error.value.code == "GL0307"


def test_another_program_that_writes_to_the_database_meanwhile_is_found(desk: Path, book: SqliteLedger) -> None:
    one_by_one(book, "B", 2)
    text = f"4\t{moment(3)}\tX\tdraw\tL-1\t1\t\t1\t0\t1\t\t{day(3)}\t\t\t"
    (before,) = [row[3] for row in book.rows(after=2, upto=3)]
    with closing(sqlite3.connect(desk / FILE)) as base:
        base.execute("INSERT INTO entries VALUES (4, 'X', ?, ?)", (text, hash_after(before, text)))
        base.commit()
    assert book.verify()
    with pytest.raises(UsageError, match="the journal ends with entry 4, but it had 6"):
        book.submit(draws("C", 20))


def write_till_killed(folder: str, name: str) -> None:
    book = ledger(Path(folder))
    noted = os.open(Path(folder) / f"{name}.noted", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for command in draws(name, 100_000, "0.001"):
        (result,) = book.submit([command])
        assert isinstance(result, Booked)
        os.write(noted, f"{command.id} {result.seq}\n".encode())


def test_a_lone_writer_killed_over_and_over(desk: Path) -> None:
    chance = random.Random(7)
    noted: dict[str, int] = {}
    for number in range(12):
        worker = fork.Process(target=write_till_killed, args=(str(desk), f"K{number}"))
        worker.start()
        file = desk / f"K{number}.noted"
        while not (file.exists() and file.stat().st_size):
            assert worker.is_alive()
        worker.join(chance.random() * 0.1)
        worker.kill()
        worker.join()
        lines = file.read_text().rpartition("\n")[0].splitlines()
        noted |= {id: int(seq) for id, seq in (line.split() for line in lines)}
    with closing(ledger(desk)) as book:
        journal = {entry.id: entry.seq for entry in book.entries()}
        assert {id: journal.get(id) for id in noted} == noted
        assert used(book) == (len(journal) - 1) * kg("0.001")
        assert book.verify() == ()


# --- moving, and ledgers of before --------------------------------------------------------------------------------------


def test_a_backup_holds_what_stands_beside(desk: Path, book: SqliteLedger, tmp_path: Path) -> None:
    one_by_one(book, "B", 4)
    assert in_database(desk) < book.head().seq
    assert book.backup(tmp_path / "backup.sqlite") == book.head()
    one_by_one(book, "C", 1)
    (tmp_path / "new").mkdir()
    shutil.copy(desk / FRESH, tmp_path / "new" / FRESH)  # of a ledger that was there and was moved away
    with closing(ledger(tmp_path / "new")) as other:
        assert other.restore(tmp_path / "backup.sqlite").seq == 8
        assert other.head().seq == 8
        assert other.verify() == ()
        assert list(other.rows()) == list(book.rows(upto=8))


def as_before(desk: Path) -> None:
    """Make of a ledger what the program of before left."""
    with closing(sqlite3.connect(desk / FILE, isolation_level=None)) as base:
        base.execute("ALTER TABLE sums RENAME TO cells")
        base.execute("PRAGMA user_version = 1")
        sql = base.execute("SELECT sql FROM sqlite_master WHERE name = 'cells'").fetchone()[0]
        base.execute("PRAGMA writable_schema = ON")
        base.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'cells'", (sql.replace('"cells"', "cells"),))
        base.execute("PRAGMA writable_schema = RESET")
    (desk / FRESH).unlink()


def version(desk: Path) -> int:
    with closing(sqlite3.connect(desk / FILE)) as base:
        return int(base.execute("PRAGMA user_version").fetchone()[0])


def test_a_ledger_of_before_is_read_as_it_is_and_brought_up_by_who_writes(desk: Path, tmp_path: Path) -> None:
    with closing(ledger(desk)) as book:
        book.submit(draws("A", 40))
        rows = list(book.rows())
    as_before(desk)
    with closing(ledger(desk)) as reader, closing(ledger(desk)) as writer:
        assert reader.verify() == ()
        assert reader.sums("L-1", 1, day=day(3), booked_on=day(3))["used_q"] == kg("40")
        assert list(reader.rows()) == rows
        reader.backup(tmp_path / "backup.sqlite")
        assert version(desk) == 1
        one_by_one(writer, "B", 6)
        assert version(desk) == ledger_sqlite.VERSION == 2
        assert reader.sums("L-1", 1, day=day(3), booked_on=day(3))["used_q"] == kg("46")
        assert used(reader) == kg("46")
        assert reader.verify() == writer.verify() == ()
        assert list(reader.rows())[:41] == rows
    with closing(ledger(tmp_path / "new")) as other:
        assert other.restore(tmp_path / "backup.sqlite").seq == 41
        one_by_one(other, "C", 1)
        assert other.verify() == ()


def test_a_program_of_before_that_has_the_file_open_books_nothing_more(desk: Path) -> None:
    as_before(desk)
    with closing(sqlite3.connect(desk / FILE, isolation_level=None)) as before, closing(ledger(desk)) as book:
        marks = ", ".join("?" * 17)
        add = f"INSERT INTO cells VALUES ({marks}) ON CONFLICT DO UPDATE SET used_q = used_q + excluded.used_q"
        values = ("L-1", 1, day(3), day(3), *range(13))
        before.execute("BEGIN")
        before.execute(add, values)  # what it says with every entry, and could say until now
        before.execute("ROLLBACK")
        one_by_one(book, "A", 5)
        with pytest.raises(sqlite3.OperationalError, match="no such table: cells"):
            before.execute(add, values)


def test_a_ledger_of_a_later_version_is_left_alone(desk: Path) -> None:
    with closing(sqlite3.connect(desk / FILE)) as base:
        base.execute("PRAGMA user_version = 3")
    with closing(ledger(desk)) as book:
        with pytest.raises(UsageError, match="of version 3, not 2"):
            book.submit(draws("A", 1))
        with pytest.raises(UsageError, match="of version 3, not 2"):
            book.states()


# --- who had the turn ---------------------------------------------------------------------------------------------------


def test_a_writer_knows_whether_another_had_the_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[str, bool]] = []

    def turns(name: str) -> Turns:
        def commit(commands: Sequence[Command]) -> list[Result]:
            said.append((name, made.alone))
            return [Booked(1, False) for _ in commands]

        made = Turns(tmp_path / "lock", commit)
        return made

    with closing(turns("one")) as one, closing(turns("two")) as two, closing(turns("slotless")) as three:
        for who in (one, one, two, one, one):
            who.submit(draws("A", 1))
        with monkeypatch.context() as without:
            without.setattr("greenlane.store.turns._Room._claim", lambda _: None)  # when all slots are taken
            three.submit(draws("A", 1))
        for who in (one, one, three, one):
            who.submit(draws("A", 1))
        one.exclusively(lambda: None)
        two.exclusively(lambda: None)
        one.submit(draws("A", 1))
    assert said == [
        ("one", False), ("one", True), ("two", False), ("one", False), ("one", True),
        ("slotless", False), ("one", False), ("one", True), ("slotless", False), ("one", False), ("one", False),
    ]  # fmt: skip
