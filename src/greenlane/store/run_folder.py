"""Runs and screenings in a desk's folder: one record a file, and a journal whose entries are chained by their hashes."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from greenlane.errors import Place, UsageError
from greenlane.services.file_runs import FileRun
from greenlane.services.records import Record, read_record
from greenlane.services.runs import Run
from greenlane.services.screening import Screening

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
        try:
            (self.home / "runs").mkdir(parents=True, exist_ok=True)
            name = run.name
            self._write(self.home / "runs" / f"{name}.json", run.text())
            entries = self._entries()
            for number, problem in _breaks(entries):
                raise self._damaged(problem, number)
            before = entries[-1]["sha256"] if entries else ""
            entry: Entry = {"number": len(entries) + 1, "run": name, "before": before}
            entry["sha256"] = _hash_of(entry)
            with (self.home / "journal.jsonl").open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(entry, sort_keys=True) + "\n")
        except OSError as error:
            raise UsageError(
                "GL0306",
                f"the run cannot be recorded in {self.home}: {error.strerror}",
                hint="use --desk or --no-record",
            ) from error
        return name

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

    def last_screening(self, source: str) -> Screening:
        """The newest screening of a book whose file was so named. Raises UsageError GL0302, GL0303 or GL0307."""
        for entry in reversed(self._entries()):
            record = self.find(str(entry["run"]))
            if isinstance(record, Screening) and record.source == source:
                return record
        hint = f"screen it once: greenlane screen {source}"
        raise UsageError("GL0302", f"no screening of {source} is recorded in {self.home.parent}", hint=hint)

    def find(self, name: str) -> Record:
        """A record by name. Raises UsageError GL0302 or GL0303."""
        path = self.home / "runs" / f"{name}.json"
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

    @staticmethod
    def _write(path: Path, text: str) -> None:
        draft = path.with_suffix(".draft")
        draft.write_text(text, encoding="utf-8", newline="")
        os.replace(draft, path)


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
