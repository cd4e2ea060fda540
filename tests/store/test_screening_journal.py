"""The log of decisions: two people also when many press at once, and no byte of it changed unseen."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from greenlane.errors import UsageError
from greenlane.screen.finding import (
    AlertState,
    Approved,
    Event,
    Head,
    Proposed,
    Raised,
    Screened,
    Side,
    Undone,
    Verdict,
    alert_key,
    canonical,
    plain_event,
    sha256_of,
)
from greenlane.store.screening_journal import ScreeningJournal

DAY, UNTIL = date(2026, 11, 2), date(2027, 11, 2)


def raised(number: int) -> Raised:
    ours, theirs = Side(f"C-{number}", "Example 贸易", "a" * 64), Side("us-sdn:1", "EXAMPLE", "b" * 64)
    return Raised(alert=alert_key(ours.id, ours.sha256, theirs.id, theirs.sha256), at=DAY, counterparty=ours, entry=theirs)


KEY = raised(1).alert
PROPOSED = Proposed(alert=KEY, at=DAY, by="Ann Example", verdict=Verdict.FALSE_POSITIVE, reason="another firm", until=UNTIL)
SCREENED = Screened(at=DAY, record="c" * 64)


def put(file: Path, *events: Event) -> tuple[int, ...]:
    return ScreeningJournal(file).write(lambda _: events)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A log in which alert 1 is cleared (entry 4 approves entry 3)."""
    file = tmp_path / "desk" / "screening.sqlite"
    put(file, SCREENED, raised(1))
    put(file, PROPOSED)
    put(file, Approved(alert=KEY, at=DAY, by="Bo Example", proposal=3))
    return file


def test_what_was_written_is_there_for_another(file: Path) -> None:
    head, alerts = ScreeningJournal(file).alerts()
    assert (head.number, alerts[KEY].state, alerts[KEY].decided_by) == (4, AlertState.CLEARED, "Bo Example")
    assert [entry.event for entry in ScreeningJournal(file).entries()][2] == PROPOSED
    assert ScreeningJournal(file).check() == ()


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    journal = ScreeningJournal(tmp_path / "no.sqlite")
    assert journal.alerts() == (Head(0, ""), {})
    assert list(journal.entries()) == []
    assert journal.check() == ()
    assert not (tmp_path / "no.sqlite").exists()


def test_the_state_of_the_past_is_there(file: Path) -> None:
    journal = ScreeningJournal(file)
    head, alerts = journal.alerts(upto=3)
    assert (head.number, alerts[KEY].state) == (3, AlertState.PROPOSED)
    assert journal.alerts(upto=0)[1] == {}
    with pytest.raises(UsageError, match="no entry 5"):
        journal.alerts(upto=5)


def test_a_step_that_is_not_allowed_leaves_nothing(file: Path) -> None:
    journal = ScreeningJournal(file)
    before, _ = journal.alerts()
    with pytest.raises(UsageError) as caught:
        journal.write(lambda _: [raised(2), replace(PROPOSED, alert="0" * 16)])
    assert caught.value.code == "GL0501"
    assert journal.alerts()[0] == before
    assert journal.write(lambda _: [raised(2)]) == (5,)
    assert journal.check() == ()


def test_one_journal_sees_what_another_adds(file: Path) -> None:
    mine, theirs = ScreeningJournal(file), ScreeningJournal(file)
    mine.alerts()
    theirs.write(lambda _: [Undone(alert=KEY, at=DAY, by="Cy", reason="new facts")])
    assert mine.alerts()[1][KEY].state is AlertState.OPEN


# --- many at once -----------------------------------------------------------------------------------------------------


def _approve(file: str, by: str, gate: multiprocessing.synchronize.Barrier, said: multiprocessing.Queue[str]) -> None:
    gate.wait()
    try:
        put(Path(file), Approved(alert=KEY, at=DAY, by=by, proposal=2))
    except UsageError as error:
        said.put(error.code)
    else:
        said.put(by)


def _pressed(file: Path, names: list[str]) -> list[str]:
    context = multiprocessing.get_context("fork")
    gate, said = context.Barrier(len(names)), context.Queue()
    workers = [context.Process(target=_approve, args=(str(file), name, gate, said)) for name in names]
    for worker in workers:
        worker.start()
    found = [said.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    return found


def test_of_many_who_approve_at_once_one_does(tmp_path: Path) -> None:
    file = tmp_path / "screening.sqlite"
    put(file, raised(1), PROPOSED)
    found = _pressed(file, [f"Checker {number}" for number in range(12)])
    assert sorted(found)[1:] == ["GL0502"] * 11
    assert found.count("GL0502") == 11
    head, alerts = ScreeningJournal(file).alerts()
    assert (head.number, alerts[KEY].state) == (3, AlertState.CLEARED)
    assert ScreeningJournal(file).check() == ()


def test_the_maker_presses_from_many_machines_in_vain(tmp_path: Path) -> None:
    file = tmp_path / "screening.sqlite"
    put(file, raised(1), PROPOSED)
    assert set(_pressed(file, ["Ann Example", "ann  example", "ANN EXAMPLE", "Example Ann"] * 3)) == {"GL0503"}
    assert ScreeningJournal(file).alerts()[1][KEY].state is AlertState.PROPOSED


def _write_many(file: str, first: int, count: int) -> None:
    for number in range(first, first + count):
        put(Path(file), raised(number))


def test_many_writers_make_one_chain(tmp_path: Path) -> None:
    file = tmp_path / "screening.sqlite"
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_write_many, args=(str(file), 100 * lane, 10)) for lane in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert [entry.number for entry in ScreeningJournal(file).entries()] == list(range(1, 61))
    assert ScreeningJournal(file).check() == ()


# --- getting round it -------------------------------------------------------------------------------------------------


def base_of(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None)


def unguarded(file: Path) -> sqlite3.Connection:
    base = base_of(file)
    base.execute("PRAGMA synchronous = OFF")
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute(f"DROP TRIGGER {name}")
    return base


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET event = '{}' WHERE number = 2",
        "DELETE FROM entries WHERE number = 4",
        "DELETE FROM judgements",
        "UPDATE judgements SET checker = 'x'",
        "INSERT INTO entries VALUES (6, 'x', 'y', '{}')",
        "INSERT INTO entries VALUES (5, 'x', 'y', '{}')",
        "INSERT INTO judgements VALUES (1, 2, 'ann', 'ann', 'ann x', 'ann y')",
        "INSERT INTO judgements VALUES (1, 2, 'ann', 'bo', 'ann x', 'ann x')",
        "INSERT INTO judgements VALUES (3, 2, 'ann', 'bo', 'ann x', 'bo x')",
    ],
)
def test_the_database_itself_refuses(file: Path, statement: str) -> None:
    with closing(base_of(file)) as base, pytest.raises(sqlite3.IntegrityError):
        base.execute(statement)
    assert ScreeningJournal(file).check() == ()


def test_a_forged_approval_with_sound_hashes_is_found_and_used_for_nothing(tmp_path: Path) -> None:
    file = tmp_path / "screening.sqlite"
    put(file, raised(1), PROPOSED)
    forged = plain_event(Approved(alert=KEY, at=DAY, by="ann EXAMPLE", proposal=2))
    with closing(base_of(file)) as base:
        (before,) = base.execute("SELECT sha256 FROM head").fetchone()
        sha256 = sha256_of({"number": 3, "before": before, "event": forged})
        base.execute("INSERT INTO entries VALUES (3, ?, ?, ?)", (before, sha256, canonical(forged)))
    problems = ScreeningJournal(file).check()
    assert any("entry 3 is a step that is not allowed" in one and "one person" in one for one in problems), problems
    for use in (lambda: ScreeningJournal(file).alerts(), lambda: put(file, raised(2))):
        with pytest.raises(UsageError, match="not allowed") as caught:
            use()
        assert caught.value.code == "GL0307"


def changed(value: object, at: int) -> object:
    if isinstance(value, int):
        return value + 1000
    raw = bytearray(str(value).encode())
    raw[at] ^= 1
    return raw.decode("latin-1")


def test_every_changed_byte_of_every_entry_is_found_and_the_entry_named(file: Path, tmp_path: Path) -> None:
    rows = base_of(file).execute("SELECT number, before, sha256, event FROM entries").fetchall()
    tried = 0
    unguarded(file).close()
    for number, *cells in rows:
        for column, value in zip(("before", "sha256", "event"), cells, strict=True):
            for at in range(len(str(value).encode())):
                copy = tmp_path / "copy.sqlite"
                shutil.copy(file, copy)
                with closing(base_of(copy)) as base:
                    base.execute("PRAGMA synchronous = OFF")
                    base.execute(f"UPDATE entries SET {column} = ? WHERE number = ?", (changed(value, at), number))
                problems = ScreeningJournal(copy).check()
                assert any(f"entry {number} " in one for one in problems), (number, column, at, problems)
                with pytest.raises(UsageError) as caught:
                    ScreeningJournal(copy).alerts()
                assert caught.value.code == "GL0307"
                tried += 1
    assert tried > 1000


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_removed_entry_is_found_and_named(file: Path, number: int) -> None:
    with closing(unguarded(file)) as base:
        base.execute("DELETE FROM judgements")
        base.execute("DELETE FROM entries WHERE number = ?", (number,))
    assert any(f"entry {number} is missing" in one for one in ScreeningJournal(file).check())
    with pytest.raises(UsageError):
        ScreeningJournal(file).alerts()


@pytest.mark.parametrize("number", [1, 3, 5])
def test_every_inserted_entry_is_found_and_named(file: Path, number: int) -> None:
    """Put in with a sound hash of its own, the later ones moved up; at the end only the head gives it away."""
    with closing(unguarded(file)) as base:
        base.execute("DELETE FROM judgements")
        base.execute("UPDATE entries SET number = -number - 1 WHERE number >= ?", (number,))
        base.execute("UPDATE entries SET number = -number WHERE number < 0")
        found = base.execute("SELECT sha256 FROM entries WHERE number = ?", (number - 1,)).fetchone()
        before = found[0] if found else ""
        event = plain_event(replace(SCREENED, record="d" * 64))
        sha256 = sha256_of({"number": number, "before": before, "event": event})
        try:
            base.execute("INSERT INTO entries VALUES (?, ?, ?, ?)", (number, before, sha256, canonical(event)))
        except sqlite3.IntegrityError:  # two entries that follow one are refused by the table
            base.execute("INSERT INTO entries VALUES (?, ?, ?, ?)", (number, f"{before}x", sha256, canonical(event)))
    problems = ScreeningJournal(file).check()
    assert any(f"entry {number} " in one or f"entry {number + 1} " in one for one in problems), problems


def test_a_cut_that_hides_itself_is_found_by_a_head_that_was_seen(file: Path) -> None:
    seen, _ = ScreeningJournal(file).alerts()
    with closing(unguarded(file)) as base:
        base.execute("DELETE FROM judgements")
        base.execute("DELETE FROM entries WHERE number = 4")
        base.execute("UPDATE head SET number = 3, sha256 = (SELECT sha256 FROM entries WHERE number = 3)")
    problems = ScreeningJournal(file).check([seen])
    assert "entry 4 is not the one that a record of a screening saw" in problems
    assert ScreeningJournal(file).check([Head(3, ScreeningJournal(file).alerts()[0].sha256)]) != ()  # the guards are gone


def test_no_byte_of_the_file_changes_an_entry_unseen(file: Path, tmp_path: Path) -> None:
    """Most bytes of the file are no part of the log (free space, counters): there the entries must still be the same."""
    sound = list(ScreeningJournal(file).entries())
    raw = file.read_bytes()
    found = 0
    for at in range(0, len(raw), 23):
        broken = bytearray(raw)
        broken[at] ^= 0x10
        copy = tmp_path / "copy.sqlite"
        copy.write_bytes(broken)
        if ScreeningJournal(copy).check():
            found += 1
            continue
        assert list(ScreeningJournal(copy).entries()) == sound, at
    assert found > 60


@pytest.mark.parametrize(
    "raw", [b"no database at all, but long enough to be looked at" * 40, b"SQLite format 3\0" + b"\xff" * 2000]
)
def test_what_is_no_log_is_refused(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "screening.sqlite"
    file.write_bytes(raw)
    assert ScreeningJournal(file).check() != ()
    with pytest.raises(UsageError):
        put(file, raised(1))


def test_another_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "screening.sqlite"
    with closing(base_of(file)) as base:
        base.execute("CREATE TABLE somebody_elses (x)")
    with pytest.raises(UsageError, match="version 0"):
        put(file, raised(1))


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("a file", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        put(tmp_path / "desk" / "screening.sqlite", raised(1))
    assert caught.value.code == "GL0306"
