"""The journal of licences in one SQLite file: durable, for any number of threads and processes, and found out if it is changed.

The entries are the truth; everything else in the file (states, open reservations, sums by day) is written in the same transaction
as the entries it follows from, and `verify` folds the journal again and compares. A commit is on the disk before it is acknowledged
(write-ahead log, `synchronous=FULL`). Beside the file stands the head, the number and hash of the newest entry that was
acknowledged: a journal that lost its end, by whatever hand, is not written to, and `verify` says so.
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
from typing import Any, Final

from greenlane.errors import GreenlaneError, LedgerRefusal, Place, UsageError
from greenlane.licences.events import NOTHING, START, Command, Entry, Head, hash_after, read_entry
from greenlane.licences.ledger import (
    CELL,
    Batch,
    Broken,
    Ref,
    Result,
    Row,
    State,
    book,
    posted_by,
    read_state,
    write_state,
)
from greenlane.licences.licence import Licence
from greenlane.store.ledger_fold import Kept, fold, problems
from greenlane.store.turns import Turns

FILE: Final = "licences.sqlite"
_WAIT_S: Final = 60.0
_BACK_S: Final = 2  # a clock may be set back by so much; entries keep their order by the newest moment
_TAIL: Final = 32  # entries held against the chain when a journal is opened for writing
_VERSION: Final = 1
_WAY_OUT: Final = "restore the ledger from a backup; until then nothing is booked"
_SUMS: Final = ", ".join(f"{name} INTEGER NOT NULL" for name in CELL)
SCHEMA: Final = f"""
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
PRAGMA user_version = {_VERSION};
"""
_PUT_CELL: Final = (
    f"INSERT INTO cells VALUES ({', '.join('?' * (len(CELL) + 6))}) ON CONFLICT DO UPDATE SET "
    + ", ".join(f"{name} = {name} + excluded.{name}" for name in CELL)
    + ", first = min(first, excluded.first), last = max(last, excluded.last)"
)
# A row costs half as much in a statement of many as in one of its own; few sizes, so that each is prepared once.
_PUT_ENTRIES: Final = tuple(
    (count, f"INSERT INTO entries VALUES {', '.join(['(?, ?, ?, ?)'] * count)}") for count in (256, 64, 16, 4, 1)
)


class _KnownKey(Exception):
    """A key of the batch stands in the journal already."""


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
            return self._try_commit(self._writable(), commands)
        except (sqlite3.Error, OSError, ValueError) as error:
            raise self._translation(error, writing=True) from error

    def _try_commit(self, base: sqlite3.Connection, commands: Sequence[Command]) -> list[Result]:
        for full in (False, True):
            base.execute("BEGIN IMMEDIATE")
            try:
                batch = self._booked(base, commands, full=full)
                if not batch.rows:
                    base.execute("ROLLBACK")
                    return batch.results
                self._put(base, batch)
                base.execute("COMMIT")
            except _KnownKey:
                base.execute("ROLLBACK")
                continue
            except BaseException:
                self._forget(base)
                raise
            self._head = batch.head
            self._states.update(batch.states)
            self._keep_head(batch.head)
            return batch.results
        raise AssertionError("a key is in the journal, and is not")

    def _booked(self, base: sqlite3.Connection, commands: Sequence[Command], *, full: bool) -> Batch:
        head = self._catch_up(base)
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

    def _moment(self, head: Head) -> str:
        """When this is booked: the clock's moment, but never before that of the newest entry. Raises LedgerRefusal GL0710."""
        now = self._clock()
        if now >= head.at:
            return now
        if _seconds(head.at) - _seconds(now) > _BACK_S:
            message = f"the clock says {now}, but entry {head.seq} was booked at {head.at}"
            raise LedgerRefusal("GL0710", message, hint="set the clock right; nothing was booked")
        return head.at

    def _catch_up(self, base: sqlite3.Connection) -> Head:
        """The head of the journal; what is remembered of states is dropped if somebody else booked meanwhile."""
        row = base.execute("SELECT seq, text, sha256 FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
        if row is None:
            if self._head != START:
                raise self._damaged(None, f"the journal is empty, but it had {self._head.seq} entries")
            return START
        if row[0] == self._head.seq and row[2] == self._head.sha256:
            return self._head
        before = base.execute("SELECT sha256 FROM entries WHERE seq = ?", (row[0] - 1,)).fetchone()
        if hash_after(NOTHING if before is None else before[0], row[1]) != row[2]:
            raise self._damaged(row[0], f"entry {row[0]} does not match its hash: it was written by another program, or changed")
        if row[0] < self._head.seq:
            raise self._damaged(row[0], f"the journal ends with entry {row[0]}, but it had {self._head.seq}")
        self._states.clear()
        self._head = Head(row[0], row[2], read_entry(row[1]).at)
        return self._head

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
        self._base, self._pid, self._head = None, os.getpid(), START
        self._states.clear()
        base = _connect(self._file)
        try:
            base.execute("PRAGMA page_size = 2048")  # of a new file: a commit of one entry writes three or four pages
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = FULL")
            base.execute("PRAGMA fullfsync = ON")  # where the system tells a flush from a real one
            base.execute("PRAGMA cache_size = -65536")
            base.execute("PRAGMA secure_delete = OFF")  # of what is replaced nothing is secret: the journal holds it all
            base.execute("PRAGMA wal_autocheckpoint = 1000")
            _make_tables(base)
            self._check_version(base)
            self._check_tail(base)
            self._head_fd = os.open(self._file.with_suffix(".head"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except BaseException:
            base.close()
            raise
        self._base = base
        return base

    def _check_version(self, base: sqlite3.Connection) -> None:
        (version,) = base.execute("PRAGMA user_version").fetchone()
        if version != _VERSION:
            raise self._damaged(None, f"the ledger is of version {version}, not {_VERSION}")

    def _check_tail(self, base: sqlite3.Connection) -> None:
        """Hold the newest entries against the chain, and the journal against the head that stands beside it."""
        rows = base.execute("SELECT seq, text, sha256 FROM entries ORDER BY seq DESC LIMIT ?", (_TAIL + 1,)).fetchall()[::-1]
        for before, row in zip([None, *rows], rows, strict=False):
            if before is None and row[0] != 1:
                continue
            if row[0] != (0 if before is None else before[0]) + 1:
                raise self._damaged(row[0], f"an entry is missing before entry {row[0]}")
            if hash_after(NOTHING if before is None else before[2], row[1]) != row[2]:
                raise self._damaged(row[0], f"entry {row[0]} does not match its hash")
        if (problem := self._against_head(base)) is not None:
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

    def _against_head(self, base: sqlite3.Connection) -> str | None:
        kept = self.kept_head()
        if kept is None:
            return None
        row = base.execute("SELECT sha256 FROM entries WHERE seq = ?", (kept[0],)).fetchone()
        if row is None:
            last = base.execute("SELECT coalesce(max(seq), 0) FROM entries").fetchone()[0]
            return f"the journal ends with entry {last}, but entry {kept[0]} was acknowledged: its end is gone"
        return None if row[0] == kept[1] else f"entry {kept[0]} is not the one that was acknowledged"

    def _forget(self, base: sqlite3.Connection) -> None:
        """After a failure nothing is remembered: what is in the file counts."""
        with suppress(sqlite3.Error):
            base.execute("ROLLBACK")
        with suppress(sqlite3.Error):
            base.close()
        if self._head_fd >= 0:
            os.close(self._head_fd)
        self._base, self._head_fd = None, -1

    def close(self) -> None:
        """Give back what was opened."""
        self._turns.close()
        if self._base is not None and self._pid == os.getpid():
            self._base.close()
            os.close(self._head_fd)
        self._base, self._head_fd = None, -1
        self._head = START
        self._states.clear()
        if (kept := getattr(self._reading, "kept", None)) is not None:
            kept[1].close()
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
    def _read(self) -> Iterator[sqlite3.Connection | None]:
        """A view of the file as it is at one moment; None if there is no ledger yet. One connection a thread."""
        if not self._file.is_file():
            yield None
            return
        kept: tuple[int, sqlite3.Connection] | None = getattr(self._reading, "kept", None)
        try:
            if kept is None or kept[0] != os.getpid():
                base = _connect(self._file)
                if base.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
                    base.close()
                    yield None
                    return
                self._check_version(base)
                kept = self._reading.kept = (os.getpid(), base)
            base = kept[1]
            base.execute("BEGIN")
            try:
                yield base
            finally:
                base.execute("ROLLBACK")
        except (sqlite3.Error, ValueError) as error:
            raise self._translation(error) from error

    def head(self) -> Head:
        """The newest entry."""
        with self._read() as base:
            return START if base is None else _head_of(base)

    def states(self, licences: Iterable[str] | None = None) -> dict[str, State]:
        """Licences as they stand: those of these ids that there are, or all."""
        with self._read() as base:
            if base is None:
                return {}
            if licences is None:
                rows = base.execute("SELECT id, terms, state FROM licences ORDER BY id").fetchall()
            else:
                rows = [
                    row
                    for id in licences
                    for row in base.execute("SELECT id, terms, state FROM licences WHERE id = ?", (id,)).fetchall()
                ]
        return {id: read_state(Licence.read(id, terms), state) for id, terms, state in rows}

    def sums(self, licence: str, line: int, *, day: str, booked_on: str) -> dict[str, int]:
        """What of a line was granted, used and so on by a day, as booked by another."""
        with self._read() as base:
            if base is None:
                return dict.fromkeys(CELL, 0)
            return _sums(base, licence, line, day, booked_on)

    def seldom(self, licence: str) -> list[Entry]:
        """The entries of a licence that are not plain use, the oldest first."""
        text = "SELECT text FROM seldom JOIN entries USING (seq) WHERE licence = ? ORDER BY seq"
        with self._read() as base:
            return [] if base is None else [read_entry(told) for (told,) in base.execute(text, (licence,))]

    def reservations(self, licence: str) -> list[tuple[str, Ref]]:
        """The open reservations of a licence, by id."""
        text = "SELECT id, kind, licence, line, site, q, v, uses FROM refs WHERE licence = ? AND kind = 'held' ORDER BY id"
        with self._read() as base:
            return [] if base is None else [(id, Ref(*ref)) for id, *ref in base.execute(text, (licence,))]

    def entries(self, licence: str | None = None) -> Iterator[Entry]:
        """The entries of the journal, or of one licence, the oldest first."""
        last = 0
        while True:
            with self._read() as base:
                if base is None:
                    return
                rows = base.execute("SELECT seq, text FROM entries WHERE seq > ? ORDER BY seq LIMIT 5000", (last,)).fetchall()
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
        with self._read() as base:
            if base is None:
                if self.kept_head() is not None:
                    yield "the ledger is gone, but its head is there: entries were acknowledged"
                return
            with closing(sqlite3.connect(":memory:")) as new:
                new.executescript(SCHEMA)
                if _guards(new) != _guards(base):
                    yield "the tables of the ledger, or what guards them, are not as they were made"
            if (problem := self._against_head(base)) is not None:
                yield problem
            last, count = base.execute("SELECT coalesce(max(seq), 0), count(*) FROM entries").fetchone()
            yield from problems(lambda: self._reread(last), count, self._posted(base), lambda: _kept(base), file=self._damage)

    def _damage(self) -> tuple[str, ...]:
        """What the database itself finds wrong with its file."""
        with closing(_connect(self._file)) as base:
            found = base.execute("PRAGMA quick_check(5)").fetchall()
        return tuple(f"the file is damaged: {one}" for (one,) in found if one != "ok")

    def _reread(self, last: int, after: int = 0) -> Iterator[Row]:
        """Entries through a connection of their own: another process may read them, and the reader may ask for more meanwhile."""
        with closing(_connect(self._file)) as base:
            text = "SELECT seq, key, text, sha256 FROM entries WHERE seq > ? AND seq <= ? ORDER BY seq"
            yield from base.execute(text, (after, last))

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
        with self._read() as base:
            if base is None:
                raise UsageError("GL0306", f"there is no ledger at {self._file}")
        partial = target.with_name(f"{target.name}.partial")
        try:
            partial.unlink(missing_ok=True)
            with closing(_connect(self._file)) as source, closing(sqlite3.connect(partial)) as copy:
                source.backup(copy)
                head = _head_of(copy)
            _sync(partial)
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
        with closing(SqliteLedger(source, clock=self._clock)) as copy:
            return copy.backup(self._file)

    def take_in(self, rows: Iterable[Row]) -> Head:
        """Take in the whole journal of another store, entry by entry as it is, where no ledger is. Raises UsageError."""
        self._make_folder()
        taken: list[Head] = []

        def take() -> None:
            base = self._writable()
            if _head_of(base) != START:
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
    cells = {(licence, line, day, booked_on): sums for licence, line, day, booked_on, *sums in base.execute("SELECT * FROM cells")}
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
    _sync(file)


def _sync(file: Path) -> None:
    fd = os.open(file, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


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


def _make_tables(base: sqlite3.Connection) -> None:
    """Make the tables of a new ledger, unless somebody else did meanwhile."""
    if base.execute("PRAGMA user_version").fetchone() != (0,):
        return
    base.execute("BEGIN IMMEDIATE")
    if base.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        held = ""
        for line in SCHEMA.strip().splitlines():
            held += line + "\n"
            if sqlite3.complete_statement(held):
                base.execute(held)
                held = ""
    base.execute("COMMIT")


def _slices(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), 500):
        yield keys[start : start + 500]


def _head_of(base: sqlite3.Connection) -> Head:
    row = base.execute("SELECT seq, sha256, text FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
    return START if row is None else Head(row[0], row[1], read_entry(row[2]).at)


def _sums(base: sqlite3.Connection, licence: str, line: int, day: str, booked_on: str) -> dict[str, int]:
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in CELL)
    text = f"SELECT {sums} FROM cells WHERE licence = ? AND line = ? AND day <= ? AND booked_on <= ?"
    found: tuple[Any, ...] = base.execute(text, (licence, line, day, booked_on)).fetchone()
    return dict(zip(CELL, found, strict=True))


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
