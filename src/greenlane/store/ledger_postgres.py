"""The journal of licences in PostgreSQL, for teams: the same entries, the same hashes, the same answers as in SQLite.

One writer at a time has the advisory lock of the journal, for one transaction. A batch takes two journeys to the server: one that
takes the lock and fetches what the batch needs, one that appends it, as a set, and commits. Draws of a client who booked last need
the second only: it appends nothing if the journal has another head than the one they were judged by. The database holds every
entry against the chain itself, so that whoever writes past this program is refused. Threads of a process share commits, and so do
the processes of one machine (`turns`).
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import psycopg

from greenlane.errors import GreenlaneError, LedgerRefusal, UsageError
from greenlane.licences.events import START, Command, Entry, Head, read_entry
from greenlane.licences.ledger import (
    CELL,
    Batch,
    Broken,
    CellKey,
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

_BACK_S: Final = 2
_LOCK: Final = 0x677265656E6C616E  # of the journal; any number that nobody else takes
_SUMS: Final = ", ".join(f"{name} bigint NOT NULL" for name in CELL)
_FIELDS: Final = ", ".join(f"{name} bigint" for name in (*CELL, "first", "last"))
_ADDED: Final = ", ".join(f"{name} = old.{name} + excluded.{name}" for name in CELL)
_TEXT: Final = 'text COLLATE "C"'

# Each is done once, in its order, in a transaction of its own; none is ever changed.
MIGRATIONS: Final[tuple[str, ...]] = (
    f"""
    CREATE TABLE entries (
        seq bigint PRIMARY KEY, key {_TEXT} NOT NULL UNIQUE, text {_TEXT} NOT NULL,
        sha256 bytea NOT NULL CHECK (length(sha256) = 32)
    );
    CREATE TABLE licences (id {_TEXT} PRIMARY KEY, terms text NOT NULL, state text NOT NULL) WITH (fillfactor = 50);
    CREATE TABLE refs (
        id {_TEXT} PRIMARY KEY, kind text NOT NULL, licence {_TEXT} NOT NULL, line int NOT NULL, site text NOT NULL,
        q bigint NOT NULL, v bigint NOT NULL, uses bigint NOT NULL
    );
    CREATE INDEX refs_of_licence ON refs (licence);
    CREATE TABLE cells (
        licence {_TEXT} NOT NULL, line int NOT NULL, day {_TEXT} NOT NULL, booked_on {_TEXT} NOT NULL, {_SUMS},
        first bigint NOT NULL, last bigint NOT NULL, PRIMARY KEY (licence, line, day, booked_on)
    ) WITH (fillfactor = 50);
    CREATE TABLE seldom (licence {_TEXT} NOT NULL, seq bigint NOT NULL, PRIMARY KEY (licence, seq));

    CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
    CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION stay();
    CREATE TRIGGER entries_keep BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION stay();

    CREATE FUNCTION follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM added
            LEFT JOIN entries AS before ON before.seq = added.seq - 1
            WHERE (before.seq IS NULL AND added.seq <> 1)
               OR sha256(coalesce(before.sha256, decode(repeat('00', 32), 'hex')) || convert_to(added.text, 'UTF8')) <> added.sha256
        ) THEN
            RAISE EXCEPTION 'an entry out of its place' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER entries_follow AFTER INSERT ON entries REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION follow();

    -- Takes the lock, and says what a batch needs: the head; the licences of `wanted`, or if somebody else booked since `seq` also
    -- those of `held`; what stands under `about`; the entries of `keys`.
    CREATE FUNCTION begin_batch(seq_known bigint, wanted text[], held text[], about text[], keys text[])
    RETURNS TABLE (kind text, a text, b text, c text, d bytea) LANGUAGE plpgsql AS $$
    DECLARE head record;
    BEGIN
        PERFORM pg_advisory_xact_lock({_LOCK});
        SELECT e.seq, e.text, e.sha256 INTO head FROM entries AS e ORDER BY e.seq DESC LIMIT 1;
        IF head.seq IS NOT NULL THEN
            RETURN QUERY SELECT 'head', head.seq::text, head.text::text, NULL::text, head.sha256;
        END IF;
        IF coalesce(head.seq, 0) <> seq_known THEN wanted := wanted || held; END IF;
        RETURN QUERY SELECT 'licence', l.id::text, l.terms, l.state, NULL::bytea FROM licences AS l WHERE l.id = ANY (wanted);
        IF cardinality(about) > 0 THEN
            RETURN QUERY SELECT 'ref', r.id::text, jsonb_build_array(r.kind, r.licence, r.line, r.site, r.q, r.v, r.uses)::text,
                NULL::text, NULL::bytea FROM refs AS r WHERE r.id = ANY (about);
        END IF;
        IF cardinality(keys) > 0 THEN
            RETURN QUERY SELECT 'entry', e.key::text, e.text::text, NULL::text, NULL::bytea
                FROM entries AS e WHERE e.key = ANY (keys);
        END IF;
    END $$;

    -- Appends a batch as a set, with everything that follows from it; or appends nothing and says false, if a key is there already.
    CREATE FUNCTION append_batch(
        first_seq bigint, keys text[], texts text[], hashes bytea[], states jsonb, changed jsonb, sums jsonb, rare jsonb
    ) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM entries AS e WHERE e.key = ANY (append_batch.keys)) THEN RETURN false; END IF;
        INSERT INTO entries
            SELECT first_seq + place - 1, key, text, hash
            FROM unnest(keys, texts, hashes) WITH ORDINALITY AS new (key, text, hash, place);
        INSERT INTO licences SELECT id, terms, state FROM jsonb_to_recordset(states) AS new (id text, terms text, state text)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state;
        IF changed <> '[]' THEN
            DELETE FROM refs USING jsonb_to_recordset(changed) AS gone (id text) WHERE refs.id = gone.id;
            INSERT INTO refs SELECT id, kind, licence, line, site, q, v, uses FROM jsonb_to_recordset(changed)
                AS new (id text, kind text, licence text, line int, site text, q bigint, v bigint, uses bigint)
                WHERE kind IS NOT NULL;
        END IF;
        INSERT INTO cells AS old SELECT * FROM jsonb_to_recordset(sums)
            AS new (licence text, line int, day text, booked_on text, {_FIELDS})
            ON CONFLICT (licence, line, day, booked_on) DO UPDATE SET {_ADDED},
                first = least(old.first, excluded.first), last = greatest(old.last, excluded.last);
        IF rare <> '[]' THEN
            INSERT INTO seldom SELECT licence, seq FROM jsonb_to_recordset(rare) AS new (licence text, seq bigint);
        END IF;
        RETURN true;
    END $$;
    """,
    f"""
    DROP FUNCTION append_batch(bigint, text[], text[], bytea[], jsonb, jsonb, jsonb, jsonb);

    -- Appends a batch as a set after the head it was judged by, with everything that follows from it, and says `done`. Appends
    -- nothing and says `moved` if the journal has another head, `known` if a key is there already. Keys and texts are lines.
    CREATE FUNCTION append_batch(
        head_seq bigint, head_sha256 bytea, key_lines text, text_lines text, hashes bytea, follows jsonb
    ) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE
        head record;
        keys text[] := string_to_array(key_lines, E'\\n');
    BEGIN
        PERFORM pg_advisory_xact_lock({_LOCK});
        SELECT e.seq, e.sha256 INTO head FROM entries AS e ORDER BY e.seq DESC LIMIT 1;
        IF coalesce(head.seq, 0) <> head_seq OR head.sha256 <> head_sha256 THEN RETURN 'moved'; END IF;
        IF EXISTS (SELECT FROM entries AS e WHERE e.key = ANY (keys)) THEN RETURN 'known'; END IF;
        INSERT INTO entries
            SELECT head_seq + place, key, text, substring(hashes FROM 32 * place::int - 31 FOR 32)
            FROM unnest(keys, string_to_array(text_lines, E'\\n')) WITH ORDINALITY AS new (key, text, place);
        UPDATE licences SET state = new.state FROM jsonb_to_recordset(follows -> 'states') AS new (id text, state text)
            WHERE licences.id = new.id;
        IF follows -> 'licences' <> '[]' THEN
            INSERT INTO licences SELECT id, terms, state FROM jsonb_to_recordset(follows -> 'licences')
                AS new (id text, terms text, state text);
        END IF;
        IF follows -> 'refs' <> '[]' THEN
            DELETE FROM refs USING jsonb_to_recordset(follows -> 'refs') AS gone (id text) WHERE refs.id = gone.id;
            INSERT INTO refs SELECT id, kind, licence, line, site, q, v, uses FROM jsonb_to_recordset(follows -> 'refs')
                AS new (id text, kind text, licence text, line int, site text, q bigint, v bigint, uses bigint)
                WHERE kind IS NOT NULL;
        END IF;
        INSERT INTO cells AS old SELECT * FROM jsonb_to_recordset(follows -> 'sums')
            AS new (licence text, line int, day text, booked_on text, {_FIELDS})
            ON CONFLICT (licence, line, day, booked_on) DO UPDATE SET {_ADDED},
                first = least(old.first, excluded.first), last = greatest(old.last, excluded.last);
        IF follows -> 'seldom' <> '[]' THEN
            INSERT INTO seldom SELECT licence, seq FROM jsonb_to_recordset(follows -> 'seldom') AS new (licence text, seq bigint);
        END IF;
        RETURN 'done';
    END $$;
    """,
)


class PostgresLedger:
    """The journal of licences of a team. Any number of threads may use one object, and any number of clients one database."""

    def __init__(self, address: str, *, clock: Callable[[], str], schema: str = "greenlane") -> None:
        if not schema.isidentifier() or not schema.isascii():
            raise UsageError("GL0304", f"`{schema}` is no name of a schema")
        self._address = address
        self._schema = schema
        self._clock = clock
        mark = sha256(f"{address}\n{schema}".encode()).hexdigest()[:24]
        self._turns = Turns(Path(tempfile.gettempdir()) / f"greenlane-{os.getuid()}-{mark}.lock", self._commit)
        self._writer: psycopg.Connection[Any] | None = None
        self._pid = 0
        self._head = START
        self._last = False  # whether we booked last, as far as we know
        self._states: dict[str, State] = {}
        self._terms: dict[str, tuple[str, Licence]] = {}
        self._reading = threading.local()

    # --- writing ---

    def submit(self, commands: Sequence[Command]) -> list[Result]:
        """Book commands; returns when what was booked is safe. One result a command, in their order.

        Raises LedgerRefusal GL0710, GL0711 if nothing can be booked at all; UsageError GL0307 if the journal is damaged.
        """
        return self._turns.submit(commands) if commands else []

    def _commit(self, commands: Sequence[Command]) -> list[Result]:
        try:
            base = self._writable()
            results = self._from_memory(base, commands) if self._last else None
            for full in (False, True):
                if results is None:
                    results = self._try_commit(base, commands, full=full)
            if results is None:
                raise AssertionError("a key is in the journal, and is not")
            return results
        except BaseException as error:
            self._forget()
            if isinstance(error, (psycopg.Error, OSError, ValueError)):
                raise self._translation(error) from error
            raise

    def _from_memory(self, base: psycopg.Connection[Any], commands: Sequence[Command]) -> list[Result] | None:
        """The results of draws, judged by what is remembered; None if that does not do, and nothing was booked."""
        if not all(command.kind == "draw" and command.licence in self._states for command in commands):
            return None
        batch = book(self._head, self._moment(self._head), commands, states=self._states, refs={}, known={})
        if batch.refused or self._append(base, self._head, batch, self._states).fetchone() != ("done",):
            return None
        self._head = batch.head
        self._states.update(batch.states)
        return batch.results

    def _try_commit(self, base: psycopg.Connection[Any], commands: Sequence[Command], *, full: bool) -> list[Result] | None:
        """The results; None if a key was met that is known, and nothing was booked: then all keys must be looked up first."""
        needed = {command.licence for command in commands}
        about = {command.ref or command.id for command in commands if command.kind != "draw"}
        keys = [command.key for command in commands] if full else []
        keys += [key for id in about for key in (id, f">{id}")]
        known, refs = self._begin(base, needed, sorted(about), keys)
        at = self._moment(self._head)
        told = known if full else {}
        batch = book(self._head, at, commands, states=self._states, refs=refs, known=told)
        if batch.refused and not full:
            told = self._known(base, [commands[place].key for place in batch.refused])
            if told:
                batch = book(self._head, at, commands, states=self._states, refs=refs, known=told)
        if not batch.rows:
            base.execute("ROLLBACK")
            return batch.results
        with base.pipeline():
            appended = self._append(base, self._head, batch, self._states)
            base.execute("COMMIT")
        if appended.fetchone() != ("done",):
            return None
        self._head = batch.head
        self._states.update(batch.states)
        return batch.results

    def _begin(
        self, base: psycopg.Connection[Any], needed: set[str], about: list[str], keys: list[str]
    ) -> tuple[dict[str, Entry], dict[str, Ref]]:
        missing = [id for id in needed if id not in self._states]
        held = [id for id in needed if id in self._states]
        # Two statements in one message; a pipeline takes one journey as well, but a quarter more time to prepare it.
        rows = psycopg.ClientCursor(base)
        rows.execute(
            "BEGIN; SELECT * FROM begin_batch(%s, %s::text[], %s::text[], %s::text[], %s::text[])",
            (self._head.seq, missing, held, about, keys),
        )
        rows.nextset()
        head = START
        known: dict[str, Entry] = {}
        refs: dict[str, Ref] = {}
        licences: list[tuple[str, str, str]] = []
        for kind, a, b, c, d in rows.fetchall():
            if kind == "head":
                head = Head(int(a), bytes(d), read_entry(b).at)
            elif kind == "licence":
                licences.append((a, b, c))
            elif kind == "ref":
                refs[a] = Ref(*json.loads(b))
            else:
                known[a] = read_entry(b)
        if head.seq < self._head.seq or (head.seq == self._head.seq and head.sha256 != self._head.sha256):
            raise self._damaged(f"the journal ends with entry {head.seq}, and it had another entry {self._head.seq}")
        self._last = head == self._head
        if not self._last:
            self._states.clear()
        self._head = head
        for id, terms, state in licences:
            self._states[id] = self._read_state(id, terms, state)
        for entry in known.values():
            if entry.id in about and entry.id not in refs and (ref := posted_by(entry)) is not None:
                refs[entry.id] = ref
        return known, refs

    @staticmethod
    def _append(base: psycopg.Connection[Any], head: Head, batch: Batch, held: Container[str]) -> psycopg.Cursor[Any]:
        """Ask to append a batch after a head; `held` are the licences that the ledger has already."""
        names = ("licence", "line", "day", "booked_on", *CELL, "first", "last")
        follows = {
            "states": [{"id": id, "state": write_state(one)} for id, one in batch.states.items() if id in held],
            "licences": [
                {"id": id, "terms": one.licence.text(), "state": write_state(one)}
                for id, one in batch.states.items()
                if id not in held
            ],
            "refs": [{"id": id, **(ref._asdict() if ref is not None else {})} for id, ref in batch.refs.items()],
            "sums": [dict(zip(names, (*key, *cell), strict=True)) for key, cell in batch.cells.items()],
            "seldom": [{"licence": licence, "seq": seq} for licence, seq in batch.seldom],
        }
        return base.execute(
            "SELECT append_batch(%s, %b, %s, %s, %b, %s::jsonb)",
            (
                head.seq,
                head.sha256,
                "\n".join([row[1] for row in batch.rows]),
                "\n".join([row[2] for row in batch.rows]),
                b"".join([row[3] for row in batch.rows]),
                json.dumps(follows, ensure_ascii=False),
            ),
        )

    def _moment(self, head: Head) -> str:
        """When this is booked: the clock's moment, but never before that of the newest entry. Raises LedgerRefusal GL0710."""
        now = self._clock()
        if now >= head.at:
            return now
        if datetime.fromisoformat(head.at).timestamp() - datetime.fromisoformat(now).timestamp() > _BACK_S:
            message = f"the clock says {now}, but entry {head.seq} was booked at {head.at}"
            raise LedgerRefusal("GL0710", message, hint="set the clock right; nothing was booked")
        return head.at

    def _read_state(self, id: str, terms: str, state: str) -> State:
        kept = self._terms.get(id)
        if kept is None or kept[0] != terms:
            kept = self._terms[id] = (terms, Licence.read(id, terms))
        return read_state(kept[1], state)

    @staticmethod
    def _known(base: psycopg.Connection[Any], keys: Sequence[str]) -> dict[str, Entry]:
        rows = base.execute("SELECT key, text FROM entries WHERE key = ANY (%s)", (list(keys),))
        return {key: read_entry(text) for key, text in rows}

    # --- the database ---

    def _connect(self) -> psycopg.Connection[Any]:
        base = psycopg.connect(self._address, autocommit=True, application_name="greenlane")
        try:
            base.execute(f"SET search_path TO {self._schema}")
            base.execute("SET synchronous_commit TO on")
        except BaseException:
            base.close()
            raise
        return base

    def _writable(self) -> psycopg.Connection[Any]:
        if self._writer is None or self._pid != os.getpid():
            self._writer, self._pid, self._head = None, os.getpid(), START
            self._states.clear()
            base = self._connect()
            try:
                self._migrate(base)
            except BaseException:
                base.close()
                raise
            self._writer = base
        return self._writer

    def _migrate(self, base: psycopg.Connection[Any]) -> None:
        """Bring the tables to the newest form, one numbered step after the other; of many clients one does it."""
        row = base.execute("SELECT to_regclass('migrations')").fetchone()
        if row is not None and row[0] is not None:
            row = base.execute("SELECT max(number) FROM migrations").fetchone()
            if row == (len(MIGRATIONS),):
                return  # who only looks waits for no writer
        with base.transaction():
            base.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            base.execute(f"CREATE SCHEMA IF NOT EXISTS {self._schema}")
            base.execute("CREATE TABLE IF NOT EXISTS migrations (number int PRIMARY KEY)")
            row = base.execute("SELECT coalesce(max(number), 0) FROM migrations").fetchone()
            done = 0 if row is None else row[0]
            if done > len(MIGRATIONS):
                raise self._damaged(f"the tables are of version {done}, newer than {len(MIGRATIONS)}, which this program knows")
            for number, statements in enumerate(MIGRATIONS[done:], start=done + 1):
                base.execute(statements)
                base.execute("INSERT INTO migrations VALUES (%s)", (number,))

    def _forget(self) -> None:
        if self._writer is not None and self._pid == os.getpid():
            with suppress(psycopg.Error):
                self._writer.close()
        self._writer, self._head = None, START
        self._states.clear()

    def close(self) -> None:
        """Give back what was opened."""
        self._turns.close()
        self._forget()
        kept = getattr(self._reading, "kept", None)
        if kept is not None and kept[0] == os.getpid():
            kept[1].close()
        self._reading.kept = None

    def _translation(self, error: Exception) -> GreenlaneError:
        if isinstance(error, psycopg.errors.IntegrityConstraintViolation):
            return self._damaged(f"the database refuses the entries: {str(error).splitlines()[0]}")
        if isinstance(error, ValueError):
            return self._damaged(f"the ledger cannot be read: {error}")
        why = (str(error).splitlines() or [type(error).__name__])[0]
        hint = "nothing was acknowledged; send the same with the same ids again when it is put right"
        return LedgerRefusal("GL0711", f"the ledger in PostgreSQL cannot be used: {why}", hint=hint)

    @staticmethod
    def _damaged(problem: str) -> UsageError:
        return UsageError("GL0307", problem, hint="restore the database; until then nothing is booked")

    # --- reading ---

    @contextmanager
    def _read(self) -> Iterator[psycopg.Connection[Any]]:
        """A view of the database as it is at one moment. One connection a thread."""
        kept: tuple[int, psycopg.Connection[Any]] | None = getattr(self._reading, "kept", None)
        try:
            if kept is None or kept[0] != os.getpid() or kept[1].closed:
                base = self._connect()
                self._migrate(base)
                kept = self._reading.kept = (os.getpid(), base)
            base = kept[1]
            with base.transaction():
                base.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield base
        except psycopg.Error as error:
            raise self._translation(error) from error

    def head(self) -> Head:
        """The newest entry."""
        with self._read() as base:
            row = base.execute("SELECT seq, sha256, text FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
        return START if row is None else Head(row[0], bytes(row[1]), read_entry(row[2]).at)

    def states(self, licences: Iterable[str] | None = None) -> dict[str, State]:
        """Licences as they stand: those of these ids that there are, or all."""
        with self._read() as base:
            if licences is None:
                rows = base.execute("SELECT id, terms, state FROM licences ORDER BY id").fetchall()
            else:
                rows = base.execute("SELECT id, terms, state FROM licences WHERE id = ANY (%s)", (list(licences),)).fetchall()
        return {id: read_state(Licence.read(id, terms), state) for id, terms, state in rows}

    def sums(self, licence: str, line: int, *, day: str, booked_on: str) -> dict[str, int]:
        """What of a line was granted, used and so on by a day, as booked by another."""
        sums = ", ".join(f"coalesce(sum({name}), 0)::bigint" for name in CELL)
        text = f"SELECT {sums} FROM cells WHERE licence = %s AND line = %s AND day <= %s AND booked_on <= %s"
        with self._read() as base:
            found = base.execute(text, (licence, line, day, booked_on)).fetchone()
        return dict(zip(CELL, found or (), strict=True))

    def seldom(self, licence: str) -> list[Entry]:
        """The entries of a licence that are not plain use, the oldest first."""
        text = "SELECT text FROM seldom JOIN entries USING (seq) WHERE licence = %s ORDER BY seq"
        with self._read() as base:
            return [read_entry(told) for (told,) in base.execute(text, (licence,))]

    def reservations(self, licence: str) -> list[tuple[str, Ref]]:
        """The open reservations of a licence, by id."""
        text = "SELECT id, kind, licence, line, site, q, v, uses FROM refs WHERE licence = %s AND kind = 'held' ORDER BY id"
        with self._read() as base:
            return [(id, Ref(*ref)) for id, *ref in base.execute(text, (licence,))]

    def entries(self, licence: str | None = None) -> Iterator[Entry]:
        """The entries of the journal, or of one licence, the oldest first."""
        for _, _, text, _ in self.rows():
            entry = read_entry(text)
            if licence is None or entry.licence == licence:
                yield entry

    def rows(self, after: int = 0, upto: int = 2**62) -> Iterator[Row]:
        """The entries as they are kept, the oldest first."""
        base = self._connect()
        try:
            self._migrate(base)
            while True:
                text = "SELECT seq, key, text, sha256 FROM entries WHERE seq > %s AND seq <= %s ORDER BY seq LIMIT 10000"
                rows = base.execute(text, (after, upto), binary=True).fetchall()
                if not rows:
                    return
                after = rows[-1][0]
                yield from rows
        finally:
            base.close()

    # --- checking and moving ---

    def verify(self) -> tuple[str, ...]:
        """What is wrong with the ledger, in words that name the entry; nothing if every hash, step and balance holds."""
        try:
            with self._read() as base:
                row = base.execute("SELECT coalesce(max(seq), 0), count(*) FROM entries").fetchone()
                last, count = row if row is not None else (0, 0)

                def posted(id: str, before: int) -> Ref | None:
                    found = (posted_by(entry) for entry in self._known(base, [id, f">{id}"]).values() if entry.seq < before)
                    return next((ref for ref in found if ref is not None), None)

                return tuple(problems(lambda: self.rows(upto=last), count, posted, lambda: _kept(base)))
        except GreenlaneError as error:
            return (error.message,)

    def take_in(self, rows: Iterable[Row]) -> Head:
        """Take in the whole journal of another store, entry by entry as it is, where no ledger is. Raises UsageError."""
        try:
            base = self._writable()
            with base.transaction():
                base.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                if base.execute("SELECT FROM entries LIMIT 1").fetchone() is not None:
                    raise UsageError(
                        "GL0306", "there is a ledger in that database", hint="name another schema; nothing is overwritten"
                    )

                def posted(id: str, before: int) -> Ref | None:
                    found = (posted_by(entry) for entry in self._known(base, [id, f">{id}"]).values() if entry.seq < before)
                    return next((ref for ref in found if ref is not None), None)

                head = START
                held: set[str] = set()

                def put(part: list[Row], batch: Batch) -> None:
                    nonlocal head
                    batch.rows = part
                    if self._append(base, head, batch, held).fetchone() != ("done",):
                        raise Broken(part[0][0], f"an id of the entries from {part[0][0]} on is there twice")
                    head = batch.head
                    held.update(batch.states)

                return fold(rows, posted, each=put).head
        except Broken as broken:
            message = f"the journal does not hold: {broken.why}"
            raise UsageError("GL0307", message, hint="nothing was taken in") from broken
        except psycopg.Error as error:
            raise self._translation(error) from error
        finally:
            self._forget()


def _kept(base: psycopg.Connection[Any]) -> Kept:
    sums = ", ".join(CELL)
    text = f"SELECT licence, line, day, booked_on, {sums}, first, last FROM cells"
    cells: dict[CellKey, list[int]] = {
        (licence, line, day, booked_on): found for licence, line, day, booked_on, *found in base.execute(text)
    }
    states: Mapping[str, tuple[str, str]] = {
        id: (terms, state) for id, terms, state in base.execute("SELECT id, terms, state FROM licences")
    }
    refs = {id: Ref(*ref) for id, *ref in base.execute("SELECT id, kind, licence, line, site, q, v, uses FROM refs")}
    seldom = frozenset((licence, seq) for licence, seq in base.execute("SELECT licence, seq FROM seldom"))
    return Kept(states, refs, cells, seldom)
