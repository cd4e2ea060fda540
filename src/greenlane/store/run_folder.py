"""Runs and screenings in a desk's folder: one record a file, and a journal whose entries are chained by their hashes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from greenlane.errors import Place, UsageError
from greenlane.services.file_runs import FileRun
from greenlane.services.records import Record, read_record
from greenlane.services.runs import Run
from greenlane.services.screening import KIND

FOLDER = ".greenlane"
_WAY_OUT = "restore the journal from a copy; or move it away: a new one begins with the next run, the records stay in `runs`"
_NAME = re.compile(r"[0-9a-f]{16}\Z")

Entry = dict[str, str | int]


class RunFolder:
    """The runs of one desk, in `<desk>/.greenlane`."""

    def __init__(self, desk: Path) -> None:
        self.home = desk / FOLDER

    def append(self, run: Record) -> str:
        """Keep a record; the journal gets one more entry, chained to the one before. Raises UsageError GL0306, or GL0307."""
        with self.draft() as draft:
            draft.write(run.text())
            draft.keep(run.name)
        return run.name

    @contextmanager
    def draft(self) -> Iterator[RunDraft]:
        """A record to be written piece by piece, and kept at the end or not at all. Raises UsageError GL0306, or GL0307."""
        self._sound_entries()
        runs = self.home / "runs"
        try:
            runs.mkdir(parents=True, exist_ok=True)
            path = runs / f"{secrets.token_hex(8)}.draft"
            file = path.open("x", encoding="utf-8", newline="")
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            with closing(file):
                yield RunDraft(self, file, path)
        finally:
            path.unlink(missing_ok=True)

    def keep(self, name: str, draft: Path, readings: str) -> None:
        """Take a finished draft in under its name. Raises UsageError GL0306, or GL0307."""
        try:
            os.replace(draft, self.path_of(name))
            entries = self._sound_entries()
            before = entries[-1]["sha256"] if entries else ""
            entry: Entry = {"number": len(entries) + 1, "run": name, "before": before}
            if readings:
                entry["readings"] = readings
            entry["sha256"] = _hash_of(entry)
            with (self.home / "journal.jsonl").open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(entry, sort_keys=True) + "\n")
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> UsageError:
        message = f"the run cannot be recorded in {self.home}: {error.strerror}"
        return UsageError("GL0306", message, hint="use --desk or --no-record")

    def path_of(self, name: str) -> Path:
        """Where the record of that name is kept, if there is one."""
        return self.home / "runs" / f"{name}.json"

    def readings(self, name: str) -> str:
        """The digest of the names kept as read with a run; nothing where none are. Raises UsageError GL0307."""
        entries = self._entries()
        if any(_breaks(entries)):
            return ""
        return next((str(one.get("readings", "")) for one in reversed(entries) if one["run"] == name), "")

    def newest(self) -> Record:
        """The newest record of any kind. Raises UsageError GL0302, GL0303 or GL0307."""
        entries = self._entries()
        if not entries:
            raise self._nothing()
        return self.find(str(entries[-1]["run"]))

    def last(self, holds: Callable[[Run | FileRun], bool] | None = None) -> Run | FileRun:
        """The newest run; of those that hold what is looked for, if any do. Raises UsageError GL0302, GL0303 or GL0307."""
        first: Run | FileRun | None = None
        for entry in reversed(self._entries()):
            run = self.find(str(entry["run"]))
            if isinstance(run, Run | FileRun):
                if holds is None or holds(run):
                    return run
                first = first or run
        if first is None:
            raise self._nothing()
        return first

    def last_screening(self, source: str) -> Path:
        """The file of the newest screening of a book whose file was so named. Raises UsageError GL0302, GL0303 or GL0307."""
        for entry in reversed(self._entries()):
            path = self.path_of(str(entry["run"]))
            if path.is_file() and is_screening_of(source, path):
                return path
        hint = f"screen it once: greenlane screen {source}"
        raise UsageError("GL0302", f"no screening of {source} is recorded in {self.home.parent}", hint=hint)

    def find(self, name: str) -> Record:
        """A record by name. Raises UsageError GL0302 or GL0303."""
        path = self.path_of(name)
        if not path.is_file():
            raise UsageError("GL0302", f"there is no run `{name}` in {self.home}", hint="give the file of a run record instead")
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            hint = "restore the record from a copy, or decide the lines again"
            raise UsageError("GL0303", f"the record {path.name} cannot be read: {error}", at=Place(str(path)), hint=hint) from error
        return read_record(text, shown=path.name)

    def _nothing(self) -> UsageError:
        hint = "run `greenlane decide FILE` there first, or give --desk"
        return UsageError("GL0302", f"no run is recorded in {self.home.parent}", hint=hint)

    def check(self) -> tuple[str, ...]:
        """Every break of the journal's chain, in words. Raises UsageError GL0307 if it does not even read."""
        return tuple(problem for _, problem in _breaks(self._entries()))

    @property
    def _journal(self) -> Path:
        return self.home / "journal.jsonl"

    def _damaged(self, problem: str, line: int | None = None) -> UsageError:
        return UsageError("GL0307", problem, at=Place(str(self._journal), line), hint=_WAY_OUT)

    def _sound_entries(self) -> list[Entry]:
        """The entries of a journal whose chain holds. Raises UsageError GL0307."""
        entries = self._entries()
        for number, problem in _breaks(entries):
            raise self._damaged(problem, number)
        return entries

    def _entries(self) -> list[Entry]:
        """The entries of the journal, one a line. Raises UsageError GL0307."""
        if not self._journal.is_file():
            return []
        try:
            raw = self._journal.read_bytes()
        except OSError as error:
            raise self._damaged(f"the journal cannot be read: {error.strerror}") from error
        lines = raw.split(b"\n")
        if lines.pop():
            raise self._damaged("the last entry of the journal is cut off: it has no end of line", len(lines) + 1)
        return [self._entry(line, number) for number, line in enumerate(lines, start=1)]

    def _entry(self, line: bytes, number: int) -> Entry:
        try:
            entry = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise self._damaged(f"journal entry {number} is not UTF-8", number) from error
        except (ValueError, RecursionError) as error:
            raise self._damaged(f"journal entry {number} is not JSON", number) from error
        texts = [entry.get(key) for key in ("run", "before", "sha256")] if isinstance(entry, dict) else [None]
        if not all(isinstance(text, str) for text in texts) or not isinstance(entry.get("number"), int):
            raise self._damaged(f"journal entry {number} does not say number, run, before and sha256", number)
        if not _NAME.match(entry["run"]):
            raise self._damaged(f"journal entry {number} names no run", number)
        return {str(key): value for key, value in entry.items()}


class RunDraft:
    """A record while it is written."""

    def __init__(self, folder: RunFolder, file: IO[str], path: Path) -> None:
        self._folder, self._file, self._path = folder, file, path

    def write(self, text: str) -> None:
        """Add a piece of its text. Raises UsageError GL0306."""
        try:
            self._file.write(text)
        except OSError as error:
            raise self._folder._unwritable(error) from error

    def keep(self, name: str, *, readings: str = "") -> None:
        """Keep it under its name, and with it the digest of the names kept as read. Raises UsageError GL0306, GL0307."""
        try:
            self._file.flush()
        except OSError as error:
            raise self._folder._unwritable(error) from error
        self._folder.keep(name, self._path, readings)


def is_screening_of(source: str, path: Path) -> bool:
    """Whether a record is of a screening of a book so named, as its head says; records of runs are passed over."""
    try:
        with path.open("rb") as file:
            raw = file.read(_HEAD_MAX)
    except OSError:
        return False
    try:
        head = json.loads(raw[: max(raw.find(b',"answers":['), 0)] + b"}")
        return bool(head["kind"] == KIND and head["source"]["name"] == source)
    except (ValueError, KeyError, TypeError):
        return False


_HEAD_MAX = 1 << 20


def _hash_of(entry: Entry) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()


def _breaks(entries: Sequence[Entry]) -> Iterator[tuple[int, str]]:
    """Where the chain of the journal is broken, in words."""
    before = ""
    for number, entry in enumerate(entries, start=1):
        if entry["sha256"] != _hash_of({key: value for key, value in entry.items() if key != "sha256"}):
            yield number, f"journal entry {number} does not match its hash"
        if entry["before"] != before:
            yield number, f"journal entry {number} does not follow the one before"
        before = str(entry["sha256"])
