"""What was decided about alerts, by whom and when: an append-only log in one SQLite file, each entry chained to the one before.

The state of the desk is the fold of the log and nothing else. A step is judged on the state under the lock of its own
transaction (`BEGIN IMMEDIATE`), so that of two people, threads or machines who approve at once only one does. The database
refuses by itself to change or remove an entry, to add one out of its place, or to keep an approval whose two people are one.
Whoever gets round that with another program is found out by `check`: by the hashes, or by the fold that refuses the step.

The chain alone cannot show that its newest entries are gone: the table `head` does, and, against somebody who changes that as
well, the heads that records of screenings carry.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from greenlane.errors import Place, UsageError
from greenlane.screen.finding import (
    Alert,
    Approved,
    Event,
    Head,
    LogEntry,
    Proposed,
    Refused,
    canonical,
    fold,
    person_keys,
    plain_event,
    read_event,
    sha256_of,
)
from greenlane.store.scripts import statements

FILE: Final = "screening.sqlite"
_WAIT_S: Final = 60.0  # how long a step waits for those of others
_WAY_OUT: Final = "restore the log from a copy; until then nothing here is cleared"
_SCHEMA: Final = """
CREATE TABLE entries (
    number INTEGER PRIMARY KEY, before TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL UNIQUE, event TEXT NOT NULL
) STRICT;
CREATE TABLE judgements (
    proposal INTEGER PRIMARY KEY REFERENCES entries (number), entry INTEGER NOT NULL UNIQUE REFERENCES entries (number),
    maker TEXT NOT NULL, checker TEXT NOT NULL, maker_words TEXT NOT NULL, checker_words TEXT NOT NULL,
    CHECK (maker <> checker AND maker_words <> checker_words AND maker <> '' AND checker <> '')
) STRICT;
CREATE TABLE head (only INTEGER PRIMARY KEY CHECK (only = 1), number INTEGER NOT NULL, sha256 TEXT NOT NULL) STRICT;
INSERT INTO head VALUES (1, 0, '');
CREATE TRIGGER entries_follow BEFORE INSERT ON entries
WHEN NEW.number <> (SELECT number + 1 FROM head) OR NEW.before <> (SELECT sha256 FROM head)
BEGIN SELECT RAISE(ABORT, 'an entry out of its place'); END;
CREATE TRIGGER entries_head AFTER INSERT ON entries BEGIN UPDATE head SET number = NEW.number, sha256 = NEW.sha256; END;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER entries_keep BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER judgements_stay BEFORE UPDATE ON judgements BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER judgements_keep BEFORE DELETE ON judgements BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
PRAGMA user_version = 1;
"""
_VERSION: Final = 1
_Row = tuple[int, str, str, str]


class ScreeningJournal:
    """The log of one desk. Safe to be used by many processes at once; one object is for one thread."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._head = Head(0, "")
        self._alerts: dict[str, Alert] = {}  # folded up to `_head`

    def write(self, make: Callable[[Mapping[str, Alert]], Sequence[Event]]) -> tuple[int, ...]:
        """Add the events that `make` says on seeing the alerts as they stand; all or none. Returns their numbers.

        Nobody else writes between what `make` sees and what it adds. Raises UsageError: as `step` does for an event that
        the state does not allow; GL0306 if the log cannot be written; GL0307 if it is damaged.
        """
        with self._open(write=True) as base:
            base.execute("BEGIN IMMEDIATE")
            try:
                self._catch_up(base)
                head, alerts = self._append(base, make(self._alerts))
                base.execute("COMMIT")
            except BaseException:
                base.execute("ROLLBACK")
                raise
            numbers = tuple(range(self._head.number + 1, head.number + 1))
            self._head, self._alerts = head, alerts
        return numbers

    def alerts(self, *, upto: int | None = None) -> tuple[Head, Mapping[str, Alert]]:
        """The head of the log and the alerts as they stand, or as they stood after an entry. Raises UsageError GL0307, GL0501."""
        with self._open() as base:
            if base is None:
                if upto:
                    raise self._gone(upto)
                return Head(0, ""), {}
            if upto is None:
                self._catch_up(base)
                return self._head, dict(self._alerts)
            past = ScreeningJournal(self._file)
            past._catch_up(base, upto=upto)
            if past._head.number < upto:
                raise self._gone(upto)
            return past._head, past._alerts

    def entries(self) -> Iterator[LogEntry]:
        """Every entry, the oldest first. Raises UsageError GL0307."""
        with self._open() as base:
            for row in _rows(base, 0):
                event = _read(row)
                if isinstance(event, str):
                    raise self._damaged(row[0], event)
                yield LogEntry(row[0], event, row[2])

    def check(self, heads: Iterable[Head] = ()) -> tuple[str, ...]:
        """What is wrong with the log, in words that name the entry; `heads` are those that it is known to have had."""
        try:
            with self._open() as base:
                return tuple(_problems(base, heads)) if base is not None else tuple(_missing(heads, {}))
        except UsageError as error:
            return (error.message,)

    # --- inside ---

    def _append(self, base: sqlite3.Connection, events: Sequence[Event]) -> tuple[Head, dict[str, Alert]]:
        head = self._head
        numbered = [(head.number + place, event) for place, event in enumerate(events, start=1)]
        judged = _judgements(self._alerts, numbered)
        alerts = fold(self._alerts, numbered)
        for number, event in numbered:
            told = plain_event(event)
            sha256 = _hash_of(number, head.sha256, told)
            base.execute("INSERT INTO entries VALUES (?, ?, ?, ?)", (number, head.sha256, sha256, canonical(told)))
            head = Head(number, sha256)
        base.executemany("INSERT INTO judgements VALUES (?, ?, ?, ?, ?, ?)", judged)
        return head, alerts

    def _catch_up(self, base: sqlite3.Connection, *, upto: int | None = None) -> None:
        """Read what others added since, and hold it against the chain and the rules of a step."""
        fresh: list[tuple[int, Event]] = []
        head = self._head
        for row in _rows(base, head.number, upto=upto):
            problem, event = _follows(head, row)
            if problem or event is None:
                raise self._damaged(row[0], problem)
            fresh.append((row[0], event))
            head = Head(row[0], row[2])
        try:
            self._alerts = fold(self._alerts, fresh)
        except UsageError as error:
            raise self._damaged(None, f"the log holds a step that is not allowed: {error.message}") from error
        self._head = head
        if upto is None and (kept := _head(base)) != head:
            raise self._damaged(kept.number, f"the log ends with entry {head.number}, but it had {kept.number}")

    @contextmanager
    def _open(self, *, write: bool = False) -> Iterator[Any]:
        """The database, made if it is to be written; None if there is none. Raises UsageError GL0306, GL0307."""
        if not write and not self._file.is_file():
            yield None
            return
        try:
            if write:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=_WAIT_S, isolation_level=None)) as base:
                base.execute("PRAGMA foreign_keys = ON")
                base.execute("PRAGMA synchronous = FULL")
                self._found(base)
                yield base
        except OSError as error:
            raise self._unwritable(error.strerror or str(error)) from error
        except sqlite3.OperationalError as error:
            raise self._unwritable(str(error)) from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._damaged(None, f"the log cannot be read: {error}") from error

    def _found(self, base: sqlite3.Connection) -> None:
        """Make the tables of a new log, unless somebody else did meanwhile. Raises UsageError GL0307 for what is no log."""
        if _version(base) == 0:
            base.execute("BEGIN IMMEDIATE")
            if base.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
                for statement in statements(_SCHEMA):
                    base.execute(statement)
            base.execute("COMMIT")
        if (version := _version(base)) != _VERSION:
            raise self._damaged(None, f"the log is of version {version}, not {_VERSION}")

    def _damaged(self, number: int | None, problem: str) -> UsageError:
        return UsageError("GL0307", problem, at=Place(str(self._file), number), hint=_WAY_OUT)

    def _unwritable(self, why: str) -> UsageError:
        return UsageError("GL0306", f"the log {self._file} cannot be used: {why}", hint="use --desk, or try again")

    def _gone(self, number: int) -> UsageError:
        return self._damaged(number, f"the log has no entry {number}: it was cut, or is another desk's")


def _version(base: sqlite3.Connection) -> int:
    return int(base.execute("PRAGMA user_version").fetchone()[0])


def _guards(base: sqlite3.Connection) -> list[tuple[str, str]]:
    return [(str(name), str(sql)) for name, sql in base.execute("SELECT name, sql FROM sqlite_master ORDER BY name")]


def _rows(base: sqlite3.Connection | None, after: int, *, upto: int | None = None) -> Iterator[_Row]:
    if base is None:
        return
    text = "SELECT number, before, sha256, event FROM entries WHERE number > ? AND number <= ? ORDER BY number"
    yield from base.execute(text, (after, upto if upto is not None else 2**62))


def _head(base: sqlite3.Connection) -> Head:
    found = base.execute("SELECT number, sha256 FROM head").fetchone()
    return Head(*found) if found is not None and list(map(type, found)) == [int, str] else Head(-1, "")


def _hash_of(number: int, before: str, event: Mapping[str, Any]) -> str:
    return sha256_of({"number": number, "before": before, "event": event})


def _read(row: _Row) -> Event | str:
    """The event of a row, or why it is none."""
    try:
        told = json.loads(row[3])
        if canonical(told) != row[3]:
            return f"entry {row[0]} is not written as it would be"
        return read_event(told)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        return f"entry {row[0]} does not read: {error}"


def _follows(head: Head, row: _Row) -> tuple[str, Event | None]:
    """What is wrong with a row as the one after a head, and its event if nothing is."""
    number, before, sha256, _ = row
    if number != head.number + 1:
        return f"entry {head.number + 1} is missing before entry {number}", None
    event = _read(row)
    if isinstance(event, str):
        return event, None
    if sha256 != _hash_of(number, before, plain_event(event)):
        return f"entry {number} does not match its hash", None
    if before != head.sha256:
        return f"entry {number} does not follow the one before", None
    return "", event


def _judgements(alerts: Mapping[str, Alert], numbered: Sequence[tuple[int, Event]]) -> list[tuple[int, int, str, str, str, str]]:
    """The rows that say who made and who checked a proposal; the database holds the two apart as well."""
    makers: dict[int, str] = {}
    found = []
    for number, event in numbered:
        if isinstance(event, Proposed):
            makers[number] = event.by
        if isinstance(event, Approved | Refused):
            alert = alerts.get(event.alert)
            if alert is not None and alert.proposal is not None:
                makers.setdefault(alert.number, alert.proposal.by)
            if event.proposal in makers:
                (maker, maker_words), (checker, checker_words) = person_keys(makers[event.proposal]), person_keys(event.by)
                found.append((event.proposal, number, maker, checker, maker_words, checker_words))
    return found


def _problems(base: sqlite3.Connection, heads: Iterable[Head]) -> Iterator[str]:
    head = Head(0, "")
    alerts: dict[str, Alert] = {}
    hashes = {0: ""}
    judged = []
    for row in _rows(base, -(2**62)):
        problem, event = _follows(head, row)
        head = Head(row[0], row[2])
        hashes[row[0]] = row[2]
        if problem or event is None:
            yield problem
            continue
        try:
            judged += _judgements(alerts, [(row[0], event)])
            alerts = _stepped(alerts, row[0], event)
        except UsageError as error:
            yield f"entry {row[0]} is a step that is not allowed: {error.message}"
    if (kept := _head(base)) != head:
        gone = min(head.number, kept.number) + 1
        yield f"the log ends with entry {head.number}, but it had {kept.number}; entry {gone} is missing"
    with closing(sqlite3.connect(":memory:")) as new:
        new.executescript(_SCHEMA)
        if _guards(new) != _guards(base):
            yield "the tables of the log, or what guards them, are not as they were made"
    rows = base.execute("SELECT proposal, entry, maker, checker, maker_words, checker_words FROM judgements").fetchall()
    for odd in sorted(set(rows) ^ set(judged), key=repr):
        yield f"entry {odd[1]} and what is kept of its two people differ"
    yield from _missing(heads, hashes)


def _stepped(alerts: dict[str, Alert], number: int, event: Event) -> dict[str, Alert]:
    after = fold({} if (key := getattr(event, "alert", "")) not in alerts else {key: alerts[key]}, [(number, event)])
    alerts.update(after)
    return alerts


def _missing(heads: Iterable[Head], hashes: Mapping[int, str]) -> Iterator[str]:
    for head in sorted(set(heads)):
        if hashes.get(head.number, "" if head.number == 0 else None) != head.sha256:
            yield f"entry {head.number} is not the one that a record of a screening saw"
