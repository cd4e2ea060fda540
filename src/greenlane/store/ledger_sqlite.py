"""The journal of licences in one SQLite file: durable, for any number of threads and processes, and found out if it is changed.

The entries are the truth; everything else in the file (states, open reservations, sums by day) is written in the same transaction
as the entries it follows from, and `verify` folds the journal again and compares. A commit is on the disk before it is acknowledged
(write-ahead log, `synchronous=FULL`). Beside the file stands the head, the number and hash of the newest entry that was
acknowledged: a journal that lost its end, by whatever hand, is not written to, and `verify` says so.

Who draws one by one pays for every page that a commit of the database writes. So a few draws of a writer whom nobody came between
are put down in a file of their own (`ledger_fresh`), as the end of the journal, with nothing beside. The next larger commit, of
whomever, first moves them into the database with all that follows from them; who reads meanwhile folds them in memory. There are
never more than `_FRESH_MAX`.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from binascii import hexlify
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from greenlane.errors import GreenlaneError, LedgerRefusal, Place, UsageError
from greenlane.licences.events import NOTHING, START, Command, Entry, Head, hash_after, read_entry
from greenlane.licences.ledger import (
    CELL,
    Batch,
    Booked,
    Broken,
    Ref,
    Result,
    Row,
    State,
    book,
    posted_by,
    read_state,
    replay,
    write_state,
)
from greenlane.licences.licence import Licence
from greenlane.store.ledger_fold import Kept, fold, problems
from greenlane.store.ledger_fresh import FreshFile, flush, fresh_rows, read_fresh
from greenlane.store.scripts import statements
from greenlane.store.turns import Turns

FILE: Final = "licences.sqlite"
_WAIT_S: Final = 60.0
_BACK_S: Final = 2  # a clock may be set back by so much; entries keep their order by the newest moment
_TAIL: Final = 32  # entries held against the chain when a journal is opened for writing
_FEW: Final = 8  # draws of one commit that may stand outside the database
_FRESH_MAX: Final = 128  # entries that may
_WAY_OUT: Final = "restore the ledger from a backup; until then nothing is booked"
_SUMS: Final = ", ".join(f"{name} INTEGER NOT NULL" for name in CELL)
# Each is done once, in its order, in a transaction of its own; none is ever changed.
MIGRATIONS: Final[tuple[str, ...]] = (
    f"""
CREATE TABLE entries (
    seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, text TEXT NOT NULL, sha256 BLOB NOT NULL CHECK (length(sha256) = 32)
) STRICT;
CREATE TABLE licences (id TEXT PRIMARY KEY, terms TEXT NOT NULL, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE refs (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, licence TEXT NOT NULL, line INTEGER NOT NULL, site TEXT NOT NULL,
    q INTEGER NOT NULL, v INTEGER NOT NULL, uses INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE cells (
    licence TEXT NOT NULL, line INTEGER NOT NULL, day TEXT NOT NULL, booked_on TEXT NOT NULL, {_SUMS},
    first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (licence, line, day, booked_on)
) STRICT, WITHOUT ROWID;
CREATE TABLE seldom (licence TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (licence, seq)) STRICT, WITHOUT ROWID;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER entries_keep BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
""",
    # A program of before does not know that the end of the journal may stand beside the file. If it has the file open still, it is
    # refused from here on, because whatever it books it adds to `cells`.
    "ALTER TABLE cells RENAME TO sums;",
)
VERSION: Final = len(MIGRATIONS)
_OLD_SUMS: Final = "CREATE TEMP VIEW sums AS SELECT * FROM main.cells"  # for who only reads a ledger of version 1
_PUT_CELL: Final = (
    f"INSERT INTO sums VALUES ({', '.join('?' * (len(CELL) + 6))}) ON CONFLICT DO UPDATE SET "
    + ", ".join(f"{name} = {name} + excluded.{name}" for name in CELL)
    + ", first = min(first, excluded.first), last = max(last, excluded.last)"
)
# A row costs half as much in a statement of many as in one of its own; few sizes, so that each is prepared once.
_PUT_ENTRIES: Final = tuple(
    (count, f"INSERT INTO entries VALUES {', '.join(['(?, ?, ?, ?)'] * count)}") for count in (256, 64, 16, 4, 1)
)


class _KnownKey(Exception):
    """A key of the batch stands in the journal already."""


class _View(NamedTuple):
    """What a reader sees: the database at one moment, what was noted as acknowledged, and the entries beside the database."""

    base: sqlite3.Connection
    kept: tuple[int, bytes] | None
    fresh: list[Row]

    def head(self) -> Head:
        """The newest entry."""
        if not self.fresh:
            return _base_head(self.base)
        seq, _, text, sha256 = self.fresh[-1]
        return Head(seq, sha256, read_entry(text).at)


class SqliteLedger:
    """The journal of licences of one desk. Any number of threads may use one object, and any number of processes one file."""

    def __init__(self, file: Path, *, clock: Callable[[], str]) -> None:
        self._file = file
        self._clock = clock
        self._turns = Turns(file.with_suffix(".lock"), self._commit)
        self._base: sqlite3.Connection | None = None
        self._head_fd = -1
        self._pid = 0
        self._folder_made = False
        self._head = START
        self._states: dict[str, State] = {}  # as of `_head`
        self._last = False  # whether we booked last, as far as we know
        self._beside: FreshFile | None = None
        self._moved = START  # the newest entry in the database
        self._fresh = Batch(START)  # the entries beside the database, and what follows from them, as of `_head`
        self._fresh_keys: set[str] = set()
        self._place = 0  # where the next one goes
        self._greatest = ""  # of the keys in the journal
        self._terms: dict[str, tuple[str, Licence]] = {}
        self._reading = threading.local()

    # --- writing ---

    def submit(self, commands: Sequence[Command]) -> list[Result]:
        """Book commands; returns when what was booked is on the disk. One result a command, in their order.

        Raises LedgerRefusal GL0710, GL0711 if nothing can be booked at all; UsageError GL0307 if the journal is damaged.
        """
        if not commands:
            return []
        if not self._folder_made:  # whoever never has the turn never opens the file
            self._make_folder()
            self._folder_made = True
        return self._turns.submit(commands)

    def _commit(self, commands: Sequence[Command]) -> list[Result]:
        """Book commands in one transaction. Only whoever has the turn comes here."""
        try:
            base = self._writable()
            few = len(commands) <= _FEW and self._last and self._turns.alone
            results = self._commit_few(base, commands) if few else None
            return self._try_commit(base, commands) if results is None else results
        except (sqlite3.Error, OSError, ValueError) as error:
            raise self._translation(error, writing=True) from error

    def _commit_few(self, base: sqlite3.Connection, commands: Sequence[Command]) -> list[Result] | None:
        """Put a few draws down beside the database, judged by what is remembered; None if nothing was booked that way."""
        batch, keys, beside = self._fresh, self._fresh_keys, self._beside
        start = len(batch.rows)
        if beside is None or start + len(commands) > _FRESH_MAX:
            return None
        if not start:
            self._greatest = max(self._greatest, *base.execute("SELECT max(key) FROM entries").fetchone())
        at = self._moment(self._head)
        for command in commands:
            id = command[0]
            if id > self._greatest:  # ids are mostly made in an order, and a greater one cannot be there
                self._greatest = id
            elif id in keys or base.execute("SELECT 1 FROM entries WHERE key = ?", (id,)).fetchone() is not None:
                break
            if batch.draw(command, at, self._states) is None:
                break
            keys.add(id)
        rows = batch.rows[start:]
        if len(rows) == len(commands):
            try:
                place = beside.put(rows, self._place)
            except BaseException:
                self._forget(base)
                raise
            if place > self._place:
                self._place = place
                self._head = batch.head
                self._keep_head(batch.head)
                return [Booked(row[0], False) for row in rows]
        if rows:
            self._drop_fresh(START)  # with what was judged but not written down; what was is read again
            self._states.clear()
        return None

    def _drop_fresh(self, head: Head) -> None:
        """Begin anew beside the database, in which the newest entry is that of `head`."""
        self._moved, self._fresh, self._place, self._greatest = head, Batch(head), 0, ""
        self._fresh_keys.clear()

    def _put_away(self, base: sqlite3.Connection) -> None:
        """Move what stands beside the database into it."""
        self._try_commit(base, ())

    def _booked_to(self, batch: Batch) -> None:
        self._head = batch.head
        self._states.update(batch.states)
        self._keep_head(batch.head)

    def _try_commit(self, base: sqlite3.Connection, commands: Sequence[Command]) -> list[Result]:
        for full in (False, True):
            base.execute("BEGIN IMMEDIATE")
            try:
                fresh = self._catch_up(base)
                if fresh is not None:
                    self._move(base, fresh)
                batch = self._booked(base, self._head, commands, full=full)
                if batch.rows:
                    self._put(base, batch)
                base.execute("COMMIT" if batch.rows or fresh is not None else "ROLLBACK")
            except _KnownKey:
                base.execute("ROLLBACK")
                continue
            except BaseException:
                self._forget(base)
                raise
            self._drop_fresh(batch.head)
            if batch.rows:
                self._booked_to(batch)
            return batch.results
        raise AssertionError("a key is in the journal, and is not")

    def _booked(self, base: sqlite3.Connection, head: Head, commands: Sequence[Command], *, full: bool) -> Batch:
        at = self._moment(head)
        self._load(base, {command.licence for command in commands})
        wanted = {command.ref or command.id for command in commands if command.kind != "draw"}
        refs = self._refs(base, wanted) if wanted else {}
        known = self._known(base, [command.key for command in commands]) if full else {}
        batch = book(head, at, commands, states=self._states, refs=refs, known=known)
        if batch.refused and not full:
            known = self._known(base, [commands[place].key for place in batch.refused])
            if known:
                batch = book(head, at, commands, states=self._states, refs=refs, known=known)
        return batch

    def _move(self, base: sqlite3.Connection, fresh: Batch) -> None:
        """Put entries that stand beside the database into it, with everything that follows from them."""
        try:
            self._put(base, fresh)
        except (sqlite3.IntegrityError, _KnownKey) as error:
            message = f"of the entries from {fresh.rows[0][0]} on one is there twice: another program wrote to the ledger"
            raise self._damaged(None, message) from error

    def _follows(self, base: sqlite3.Connection, rows: list[Row]) -> Batch:
        """What follows from entries beside the database. Raises UsageError GL0307 if they are not allowed after what is in it."""
        try:
            states = {
                id: self._read_state(id, terms, state)
                for id in {text.split("\t", 5)[4] for _, _, text, _ in rows}
                for terms, state in base.execute("SELECT terms, state FROM licences WHERE id = ?", (id,)).fetchall()
            }
            batch = replay(_base_head(base), rows, states=states, refs={}, posted=self._posted(base))
        except (Broken, ValueError) as broken:
            raise self._damaged(rows[0][0], getattr(broken, "why", str(broken))) from broken
        batch.rows = rows
        return batch

    def _moment(self, head: Head) -> str:
        """When this is booked: the clock's moment, but never before that of the newest entry. Raises LedgerRefusal GL0710."""
        now = self._clock()
        if now >= head.at:
            return now
        if _seconds(head.at) - _seconds(now) > _BACK_S:
            message = f"the clock says {now}, but entry {head.seq} was booked at {head.at}"
            raise LedgerRefusal("GL0710", message, hint="set the clock right; nothing was booked")
        return head.at

    def _catch_up(self, base: sqlite3.Connection) -> Batch | None:
        """The entries beside the database. What is remembered of states is dropped if somebody else booked meanwhile."""
        row = base.execute("SELECT seq, text, sha256 FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
        if row is None:
            if self._head != START:
                raise self._damaged(None, f"the journal is empty, but it had {self._head.seq} entries")
            return None
        if self._last and self._turns.alone and (row[0], row[2]) == self._moved[:2]:
            self._fresh.close()
            self._states.update(self._fresh.states)
            return self._fresh if self._fresh.rows else None
        if self._fresh.rows:
            self._states.clear()  # they are without what was beside, which somebody may have moved meanwhile
        assert self._beside is not None
        fresh = fresh_rows(self._beside.read(), Head(row[0], row[2], ""))
        seq, _, text, sha256 = fresh[-1] if fresh else (row[0], "", row[1], row[2])
        self._last = seq == self._head.seq and sha256 == self._head.sha256
        if not self._last:
            before = base.execute("SELECT sha256 FROM entries WHERE seq = ?", (row[0] - 1,)).fetchone()
            if hash_after(NOTHING if before is None else before[0], row[1]) != row[2]:
                why = f"entry {row[0]} does not match its hash: it was written by another program, or changed"
                raise self._damaged(row[0], why)
            if seq < self._head.seq:
                raise self._damaged(seq, f"the journal ends with entry {seq}, but it had {self._head.seq}")
            self._states.clear()
            self._head = Head(seq, sha256, read_entry(text).at)
        if not fresh:
            return None
        batch = self._follows(base, fresh)
        self._states.update(batch.states)
        return batch

    def _load(self, base: sqlite3.Connection, licences: set[str]) -> None:
        missing = [id for id in licences if id not in self._states]
        for start in range(0, len(missing), 500):
            some = missing[start : start + 500]
            text = f"SELECT id, terms, state FROM licences WHERE id IN ({', '.join('?' * len(some))})"
            for id, terms, state in base.execute(text, some):
                self._states[id] = self._read_state(id, terms, state)
        if len(self._states) > 100_000:  # the next batch begins anew
            self._states = {id: self._states[id] for id in licences if id in self._states}

    def _read_state(self, id: str, terms: str, state: str) -> State:
        kept = self._terms.get(id)
        if kept is None or kept[0] != terms:
            if len(self._terms) > 100_000:
                self._terms.clear()
            kept = self._terms[id] = (terms, Licence.read(id, terms))
        return read_state(kept[1], state)

    def _refs(self, base: sqlite3.Connection, wanted: set[str]) -> dict[str, Ref]:
        found = {}
        for some in _slices(sorted(wanted)):
            text = f"SELECT id, kind, licence, line, site, q, v, uses FROM refs WHERE id IN ({', '.join('?' * len(some))})"
            found.update({id: Ref(*ref) for id, *ref in base.execute(text, some)})
        missing = [id for id in wanted if id not in found]
        for entry in self._known(base, [key for id in missing for key in (id, f">{id}")]).values():
            if (ref := posted_by(entry)) is not None:
                found[entry.id] = ref
        return found

    @staticmethod
    def _known(base: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Entry]:
        found = {}
        for some in _slices(keys):
            text = f"SELECT key, text FROM entries WHERE key IN ({', '.join('?' * len(some))})"
            found.update({key: read_entry(entry) for key, entry in base.execute(text, some)})
        return found

    def _put(self, base: sqlite3.Connection, batch: Batch) -> None:
        rows, start = batch.rows, 0
        try:
            for count, statement in _PUT_ENTRIES:
                while start + count <= len(rows):
                    base.execute(statement, [cell for row in rows[start : start + count] for cell in row])
                    start += count
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorname == "SQLITE_CONSTRAINT_UNIQUE":
                raise _KnownKey from error
            raise
        self._put_rest(base, batch)

    def _put_rest(self, base: sqlite3.Connection, batch: Batch) -> None:
        """Everything that follows from the entries."""
        for id, state in batch.states.items():
            told = write_state(state)
            if base.execute("UPDATE licences SET state = ? WHERE id = ?", (told, id)).rowcount == 0:
                base.execute("INSERT INTO licences VALUES (?, ?, ?)", (id, state.licence.text(), told))
        for id, ref in batch.refs.items():
            if ref is None:
                base.execute("DELETE FROM refs WHERE id = ?", (id,))
            else:
                base.execute("INSERT OR REPLACE INTO refs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (id, *ref))
        for key, cell in batch.cells.items():
            base.execute(_PUT_CELL, (*key, *cell))
        if batch.seldom:
            base.executemany("INSERT INTO seldom VALUES (?, ?)", batch.seldom)

    # --- the file ---

    def _make_folder(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error.strerror or str(error)) from error

    def _writable(self) -> sqlite3.Connection:
        if self._base is not None and self._pid == os.getpid():
            return self._base
        self._pid = os.getpid()
        self._remember_nothing()
        base = _connect(self._file)
        try:
            base.execute("PRAGMA page_size = 2048")  # of a new file: a commit of one entry writes three or four pages
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = FULL")
            base.execute("PRAGMA fullfsync = ON")  # where the system tells a flush from a real one
            base.execute("PRAGMA cache_size = -65536")
            base.execute("PRAGMA secure_delete = OFF")  # of what is replaced nothing is secret: the journal holds it all
            base.execute("PRAGMA wal_autocheckpoint = 1000")
            self._check_version(base)
            _migrate(base)
            self._beside = FreshFile(self._fresh_file)
            self._check_tail(base)
            self._head_fd = os.open(self._file.with_suffix(".head"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except BaseException:
            base.close()
            self._close_beside()
            raise
        self._base = base
        return base

    @property
    def _fresh_file(self) -> Path:
        return self._file.with_suffix(".fresh")

    def _close_beside(self) -> None:
        if self._beside is not None:
            self._beside.close()
            self._beside = None

    def _check_version(self, base: sqlite3.Connection) -> int:
        (version,) = base.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise self._damaged(None, f"the ledger is of version {version}, not {VERSION}")
        return int(version)

    def _check_tail(self, base: sqlite3.Connection) -> None:
        """Hold the newest entries against the chain, and the journal against the head that stands beside it."""
        rows = base.execute("SELECT seq, text, sha256 FROM entries ORDER BY seq DESC LIMIT ?", (_TAIL + 1,)).fetchall()[::-1]
        fresh = fresh_rows(read_fresh(self._fresh_file), _base_head(base))
        for before, row in zip([None, *rows], rows, strict=False):
            if before is None and row[0] != 1:
                continue
            if row[0] != (0 if before is None else before[0]) + 1:
                raise self._damaged(row[0], f"an entry is missing before entry {row[0]}")
            if hash_after(NOTHING if before is None else before[2], row[1]) != row[2]:
                raise self._damaged(row[0], f"entry {row[0]} does not match its hash")
        if (problem := _against_head(base, fresh, self.kept_head())) is not None:
            raise self._damaged(None, problem)

    def _keep_head(self, head: Head) -> None:
        """Note beside the file what was acknowledged; it need not be on the disk, since a journal may only be longer."""
        with suppress(OSError):
            os.pwrite(self._head_fd, b"%020d %s\n" % (head.seq, hexlify(head.sha256)), 0)

    def kept_head(self) -> tuple[int, bytes] | None:
        """The newest entry that is known to have been acknowledged, as noted beside the file."""
        try:
            number, _, sha256 = self._file.with_suffix(".head").read_text("ascii").strip().partition(" ")
            return (int(number), bytes.fromhex(sha256)) if len(sha256) == 64 else None
        except (OSError, ValueError):
            return None

    def _forget(self, base: sqlite3.Connection) -> None:
        """After a failure nothing is remembered: what is in the file counts."""
        with suppress(sqlite3.Error):
            base.execute("ROLLBACK")
        with suppress(sqlite3.Error):
            base.close()
        if self._head_fd >= 0:
            os.close(self._head_fd)
        self._head_fd = -1
        self._close_beside()
        self._remember_nothing()

    def _remember_nothing(self) -> None:
        self._base, self._head, self._last = None, START, False
        self._states.clear()
        self._drop_fresh(START)

    def close(self) -> None:
        """Give back what was opened; what stands beside the database is moved into it, if that can be done now."""
        if self._base is not None and self._pid == os.getpid() and self._fresh.rows:
            base = self._base
            with suppress(GreenlaneError, RuntimeError, sqlite3.Error, OSError, ValueError):
                self._turns.exclusively(lambda: self._put_away(base))
        self._turns.close()
        if self._base is not None and self._pid == os.getpid():
            self._base.close()
            os.close(self._head_fd)
        self._head_fd = -1
        self._close_beside()
        self._remember_nothing()
        if (kept := getattr(self._reading, "kept", None)) is not None:
            kept[2].close()
            self._reading.kept = None

    def _translation(self, error: Exception, *, writing: bool = False) -> GreenlaneError:
        """What an error of the database or the system means to somebody who keeps licences."""
        name = getattr(error, "sqlite_errorname", "")
        if isinstance(error, sqlite3.OperationalError) and not name.startswith("SQLITE_CORRUPT"):
            why = _WHY.get(name, str(error))
            return self._unwritable(why) if writing else self._unreadable(why)
        if isinstance(error, OSError):
            return self._unwritable(error.strerror or str(error))
        return self._damaged(None, f"the ledger cannot be read: {error}")

    def _damaged(self, number: int | None, problem: str) -> UsageError:
        return UsageError("GL0307", problem, at=Place(str(self._file), number), hint=_WAY_OUT)

    def _unwritable(self, why: str) -> LedgerRefusal:
        hint = "nothing was acknowledged; send the same with the same ids again when it is put right"
        return LedgerRefusal("GL0711", f"the ledger {self._file} cannot be written: {why}", hint=hint)

    def _unreadable(self, why: str) -> GreenlaneError:
        return UsageError("GL0306", f"the ledger {self._file} cannot be read: {why}", hint="use --desk, or try again")

    # --- reading ---

    @contextmanager
    def _read(self) -> Iterator[_View | None]:
        """A view of the ledger as it is at one moment; None if there is none yet. One connection a thread."""
        if not self._file.is_file():
            yield None
            return
        try:
            base = self._reader()
            if base is None:
                yield None
                return
            # In this order: what was noted as acknowledged is in what is read then, and what is moved meanwhile is in the database.
            kept = self.kept_head()
            raw = read_fresh(self._fresh_file)
            base.execute("BEGIN")
            try:
                yield _View(base, kept, _acknowledged(raw, base, kept))
            finally:
                base.execute("ROLLBACK")
        except (sqlite3.Error, OSError, ValueError) as error:
            raise self._translation(error) from error

    def _reader(self) -> sqlite3.Connection | None:
        """The connection of this thread for reading; None if there is no ledger yet."""
        kept: tuple[int, int, sqlite3.Connection] | None = getattr(self._reading, "kept", None)
        if kept is not None and kept[0] == os.getpid():
            if kept[1] == VERSION or kept[1] == self._check_version(kept[2]):
                return kept[2]
            kept[2].close()  # what stood for the tables that were not there would hide them now that they are
        base = self._open_to_read()
        version = self._check_version(base)
        if version == 0:
            base.close()
            return None
        self._reading.kept = (os.getpid(), version, base)
        return base

    def _open_to_read(self) -> sqlite3.Connection:
        base = _connect(self._file)
        if 0 < self._check_version(base) < VERSION:
            base.execute(_OLD_SUMS)
        return base

    def head(self) -> Head:
        """The newest entry."""
        with self._read() as view:
            return START if view is None else view.head()

    def states(self, licences: Iterable[str] | None = None) -> dict[str, State]:
        """Licences as they stand: those of these ids that there are, or all."""
        with self._read() as view:
            if view is None:
                return {}
            if licences is None:
                rows = view.base.execute("SELECT id, terms, state FROM licences ORDER BY id").fetchall()
            else:
                rows = [
                    row
                    for id in licences
                    for row in view.base.execute("SELECT id, terms, state FROM licences WHERE id = ?", (id,)).fetchall()
                ]
            newer = self._newer(view)
        states = {id: read_state(Licence.read(id, terms), state) for id, terms, state in rows}
        if newer is not None:
            states.update({id: state for id, state in newer.states.items() if id in states})
        return states

    def sums(self, licence: str, line: int, *, day: str, booked_on: str) -> dict[str, int]:
        """What of a line was granted, used and so on by a day, as booked by another."""
        with self._read() as view:
            if view is None:
                return dict.fromkeys(CELL, 0)
            found = _sums(view.base, licence, line, day, booked_on)
            newer = self._newer(view)
        for key, cell in {} if newer is None else newer.cells.items():
            if key[:2] == (licence, line) and key[2] <= day and key[3] <= booked_on:
                for name, change in zip(CELL, cell, strict=False):
                    found[name] += change
        return found

    def _newer(self, view: _View) -> Batch | None:
        """What follows from the entries beside the database; None if there are none."""
        if not view.fresh:
            return None
        mark = view.fresh[0][0], view.fresh[-1][3]
        kept: tuple[tuple[int, bytes], Batch] | None = getattr(self._reading, "newer", None)
        if kept is None or kept[0] != mark:
            kept = self._reading.newer = (mark, self._follows(view.base, view.fresh))
        return kept[1]

    # Beside the database stand draws only: what follows finds no other there.

    def seldom(self, licence: str) -> list[Entry]:
        """The entries of a licence that are not plain use, the oldest first."""
        text = "SELECT text FROM seldom JOIN entries USING (seq) WHERE licence = ? ORDER BY seq"
        with self._read() as view:
            return [] if view is None else [read_entry(told) for (told,) in view.base.execute(text, (licence,))]

    def reservations(self, licence: str) -> list[tuple[str, Ref]]:
        """The open reservations of a licence, by id."""
        text = "SELECT id, kind, licence, line, site, q, v, uses FROM refs WHERE licence = ? AND kind = 'held' ORDER BY id"
        with self._read() as view:
            return [] if view is None else [(id, Ref(*ref)) for id, *ref in view.base.execute(text, (licence,))]

    def entries(self, licence: str | None = None) -> Iterator[Entry]:
        """The entries of the journal, or of one licence, the oldest first."""
        last = 0
        while True:
            with self._read() as view:
                if view is None:
                    return
                text = "SELECT seq, text FROM entries WHERE seq > ? ORDER BY seq LIMIT 5000"
                rows = view.base.execute(text, (last,)).fetchall()
                if len(rows) < 5000:
                    rows += [(seq, told) for seq, _, told, _ in view.fresh if seq > last]
            if not rows:
                return
            last = rows[-1][0]
            for _, text in rows:
                entry = read_entry(text)
                if licence is None or entry.licence == licence:
                    yield entry

    def rows(self, after: int = 0, upto: int = 2**62) -> Iterator[Row]:
        """The entries as they are kept, the oldest first."""
        if self.head() != START:
            yield from self._reread(upto, after)

    # --- checking ---

    def verify(self) -> tuple[str, ...]:
        """What is wrong with the ledger, in words that name the entry; nothing if every hash, step and balance holds."""
        try:
            return tuple(self._problems())
        except GreenlaneError as error:
            return (error.message,)

    def _problems(self) -> Iterator[str]:
        with self._read() as view:
            if view is None:
                if self.kept_head() is not None:
                    yield "the ledger is gone, but its head is there: entries were acknowledged"
                return
            base = view.base
            with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
                _migrate(new, upto=self._check_version(base))
                if _guards(new) != _guards(base):
                    yield "the tables of the ledger, or what guards them, are not as they were made"
            if (problem := _against_head(base, view.fresh, view.kept)) is not None:
                yield problem
            last, count = base.execute("SELECT coalesce(max(seq), 0), count(*) FROM entries").fetchone()
            found = problems(lambda: self._reread(last), count, self._posted(base), lambda: _kept(base), file=self._damage)
            yield from found or self._fresh_problems(view)

    def _fresh_problems(self, view: _View) -> Iterator[str]:
        """What is wrong with the entries beside the database, if what is in it holds."""
        if not view.fresh:
            return
        keys = [key for _, key, _, _ in view.fresh]
        for key in sorted({key for key in keys if keys.count(key) > 1} | self._known(view.base, keys).keys()):
            yield f"the id {key} stands in the journal twice"
        try:
            self._follows(view.base, view.fresh)
        except UsageError as error:
            yield error.message

    def _damage(self) -> tuple[str, ...]:
        """What the database itself finds wrong with its file."""
        with closing(_connect(self._file)) as base:
            found = base.execute("PRAGMA quick_check(5)").fetchall()
        return tuple(f"the file is damaged: {one}" for (one,) in found if one != "ok")

    def _reread(self, last: int, after: int = 0) -> Iterator[Row]:
        """Entries through a connection of their own: another process may read them, and the reader may ask for more meanwhile."""
        kept = self.kept_head()
        raw = read_fresh(self._fresh_file)
        with closing(self._open_to_read()) as base:
            base.execute("BEGIN")
            fresh = _acknowledged(raw, base, kept)
            text = "SELECT seq, key, text, sha256 FROM entries WHERE seq > ? AND seq <= ? ORDER BY seq"
            yield from base.execute(text, (after, last))
            yield from (row for row in fresh if after < row[0] <= last)

    def _posted(self, base: sqlite3.Connection) -> Callable[[str, int], Ref | None]:
        def find(id: str, before: int) -> Ref | None:
            for entry in self._known(base, [id, f">{id}"]).values():
                if entry.seq < before and (ref := posted_by(entry)) is not None:
                    return ref
            return None

        return find

    # --- moving ---

    def backup(self, target: Path) -> Head:
        """Write a copy of the ledger as it is at one moment, with its head; while it is made, others may book."""
        if target.exists():
            raise UsageError("GL0306", f"{target} is there already", hint="name a file that is not")
        with self._read() as view:
            if view is None:
                raise UsageError("GL0306", f"there is no ledger at {self._file}")
        partial = target.with_name(f"{target.name}.partial")
        try:
            partial.unlink(missing_ok=True)
            kept = self.kept_head()
            raw = read_fresh(self._fresh_file)
            with closing(_connect(self._file)) as source, closing(sqlite3.connect(partial, isolation_level=None)) as copy:
                source.backup(copy)
                if fresh := _acknowledged(raw, copy, kept):
                    copy.execute("BEGIN")
                    self._move(copy, self._follows(copy, fresh))
                    copy.execute("COMMIT")
                head = _base_head(copy)
            flush(partial)
            _write_head(target.with_suffix(".head"), head)
            partial.replace(target)
        except (sqlite3.Error, OSError) as error:
            partial.unlink(missing_ok=True)
            raise self._translation(error, writing=True) from error
        return head

    def restore(self, source: Path) -> Head:
        """Take in a backup that holds, where no ledger is. Raises UsageError GL0306, GL0307."""
        if self._file.exists():
            raise UsageError("GL0306", f"there is a ledger at {self._file}", hint="move it away first; nothing is overwritten")
        if not source.is_file():
            raise UsageError("GL0306", f"there is no backup at {source}")
        with closing(SqliteLedger(source, clock=self._clock)) as copy:
            if found := copy.verify():
                raise UsageError("GL0307", f"the backup does not hold: {found[0]}", at=Place(str(source)))
        self._make_folder()
        self._fresh_file.unlink(missing_ok=True)  # of a ledger that was here
        with closing(SqliteLedger(source, clock=self._clock)) as copy:
            return copy.backup(self._file)

    def take_in(self, rows: Iterable[Row]) -> Head:
        """Take in the whole journal of another store, entry by entry as it is, where no ledger is. Raises UsageError."""
        self._make_folder()
        taken: list[Head] = []

        def take() -> None:
            base = self._writable()
            if _base_head(base) != START:
                raise UsageError("GL0306", f"there is a ledger at {self._file}", hint="move it away first; nothing is overwritten")
            base.execute("BEGIN IMMEDIATE")
            try:
                folded = fold(rows, self._posted(base), each=lambda part, batch: self._put_part(base, part, batch))
                base.execute("COMMIT")
            except BaseException:
                self._forget(base)
                raise
            self._keep_head(folded.head)
            self._forget(base)
            taken.append(folded.head)

        try:
            self._turns.exclusively(take)
        except (Broken, _KnownKey) as broken:
            why = broken.why if isinstance(broken, Broken) else "an id is there twice"
            raise UsageError("GL0307", f"the journal does not hold: {why}", hint="nothing was taken in") from broken
        except (sqlite3.Error, OSError) as error:
            raise self._translation(error, writing=True) from error
        return taken[0]

    def _put_part(self, base: sqlite3.Connection, part: list[Row], batch: Batch) -> None:
        batch.rows = part
        self._put(base, batch)


def _kept(base: sqlite3.Connection) -> Kept:
    cells = {(licence, line, day, booked_on): sums for licence, line, day, booked_on, *sums in base.execute("SELECT * FROM sums")}
    return Kept(
        {id: (terms, state) for id, terms, state in base.execute("SELECT id, terms, state FROM licences")},
        {id: Ref(*ref) for id, *ref in base.execute("SELECT id, kind, licence, line, site, q, v, uses FROM refs")},
        cells,
        frozenset(base.execute("SELECT licence, seq FROM seldom").fetchall()),
    )


def _guards(base: sqlite3.Connection) -> list[tuple[str, str | None]]:
    return [(str(name), sql) for name, sql in base.execute("SELECT name, sql FROM sqlite_master ORDER BY name")]


def _write_head(file: Path, head: Head) -> None:
    file.write_text(f"{head.seq:020d} {head.sha256.hex()}\n", "ascii")
    flush(file)


_WHY: Final[Mapping[str, str]] = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "it is read-only",
    "SQLITE_READONLY_DBMOVED": "the file was moved away",
    "SQLITE_READONLY_DIRECTORY": "its folder is read-only",
    "SQLITE_CANTOPEN": "it cannot be opened",
    "SQLITE_BUSY": "another program holds it, and does not let go",
}


def _connect(file: Path) -> sqlite3.Connection:
    base = sqlite3.connect(file, timeout=_WAIT_S, isolation_level=None, check_same_thread=False, cached_statements=256)
    base.execute("PRAGMA trusted_schema = OFF")
    return base


def _migrate(base: sqlite3.Connection, *, upto: int = VERSION) -> None:
    """Bring the tables to a form, one numbered step after the other; of many who open the file one does it."""
    while (done := base.execute("PRAGMA user_version").fetchone()[0]) < upto:
        base.execute("BEGIN IMMEDIATE")
        try:
            if base.execute("PRAGMA user_version").fetchone() == (done,):
                for statement in statements(MIGRATIONS[done]):
                    base.execute(statement)
                base.execute(f"PRAGMA user_version = {done + 1}")
            base.execute("COMMIT")
        except BaseException:
            base.execute("ROLLBACK")
            raise


def _slices(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), 500):
        yield keys[start : start + 500]


def _base_head(base: sqlite3.Connection) -> Head:
    """The newest entry in the database; there may be newer ones beside it."""
    row = base.execute("SELECT seq, sha256, text FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
    return START if row is None else Head(row[0], row[1], read_entry(row[2]).at)


def _acknowledged(raw: bytes, base: sqlite3.Connection, kept: tuple[int, bytes] | None) -> list[Row]:
    """The entries beside the database that were acknowledged. A newer one may not be on the disk yet, so nobody is shown it."""
    return [row for row in fresh_rows(raw, _base_head(base)) if kept is None or row[0] <= kept[0]] if raw else []


def _against_head(base: sqlite3.Connection, fresh: Sequence[Row], kept: tuple[int, bytes] | None) -> str | None:
    """What is wrong if the newest entry that was acknowledged is not in the journal."""
    if kept is None:
        return None
    sha256s = {row[0]: row[3] for row in fresh}
    row = base.execute("SELECT sha256 FROM entries WHERE seq = ?", (kept[0],)).fetchone()
    sha256 = sha256s.get(kept[0]) if row is None else row[0]
    if sha256 is None:
        last = fresh[-1][0] if fresh else _base_head(base).seq
        return f"the journal ends with entry {last}, but entry {kept[0]} was acknowledged: its end is gone"
    return None if sha256 == kept[1] else f"entry {kept[0]} is not the one that was acknowledged"


def _sums(base: sqlite3.Connection, licence: str, line: int, day: str, booked_on: str) -> dict[str, int]:
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in CELL)
    text = f"SELECT {sums} FROM sums WHERE licence = ? AND line = ? AND day <= ? AND booked_on <= ?"
    found: tuple[Any, ...] = base.execute(text, (licence, line, day, booked_on)).fetchone()
    return dict(zip(CELL, found, strict=True))


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
