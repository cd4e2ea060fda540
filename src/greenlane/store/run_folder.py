"""Runs in a desk's folder: one record a file, and a journal whose entries are chained by their hashes."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from greenlane.errors import UsageError
from greenlane.services.runs import Run, read_run

FOLDER = ".greenlane"


class RunFolder:
    """The runs of one desk, in `<desk>/.greenlane`."""

    def __init__(self, desk: Path) -> None:
        self.home = desk / FOLDER

    def append(self, run: Run) -> str:
        """Keep a run; the journal gets one more entry, chained to the one before. Raises UsageError GL0306."""
        try:
            (self.home / "runs").mkdir(parents=True, exist_ok=True)
            name = run.name
            self._write(self.home / "runs" / f"{name}.json", run.text())
            entries = self._entries()
            before = entries[-1]["sha256"] if entries else ""
            entry = {"number": len(entries) + 1, "run": name, "before": before}
            entry["sha256"] = hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()
            with (self.home / "journal.jsonl").open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(entry, sort_keys=True) + "\n")
        except OSError as error:
            raise UsageError(
                "GL0306",
                f"the run cannot be recorded in {self.home}: {error.strerror}",
                hint="use --desk or --no-record",
            ) from error
        return name

    def last(self, holding: str | None = None) -> Run:
        """The newest run; of those that hold a line of that name, if any do. Raises UsageError GL0302."""
        entries = self._entries()
        if not entries:
            raise UsageError(
                "GL0302",
                f"no run is recorded in {self.home.parent}",
                hint="run `greenlane decide FILE` there first, or give --desk",
            )
        for entry in reversed(entries):
            run = self.find(str(entry["run"]))
            if holding is None or any(one.cells.get("line_id") == holding for one in run.answers):
                return run
        return self.find(str(entries[-1]["run"]))

    def find(self, name: str) -> Run:
        """A run by name. Raises UsageError GL0302 or GL0303."""
        path = self.home / "runs" / f"{name}.json"
        if not path.is_file():
            raise UsageError("GL0302", f"there is no run `{name}` in {self.home}", hint="give the file of a run record instead")
        return read_run(path.read_text(encoding="utf-8"), shown=path.name)

    def check(self) -> tuple[str, ...]:
        """Every break of the journal's chain, in words."""
        problems = []
        before = ""
        for number, entry in enumerate(self._entries(), start=1):
            body = {key: value for key, value in entry.items() if key != "sha256"}
            if entry.get("sha256") != hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest():
                problems.append(f"journal entry {number} does not match its hash")
            if entry.get("before") != before:
                problems.append(f"journal entry {number} does not follow the one before")
            before = str(entry.get("sha256"))
        return tuple(problems)

    def _entries(self) -> list[dict[str, object]]:
        path = self.home / "journal.jsonl"
        if not path.is_file():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]

    @staticmethod
    def _write(path: Path, text: str) -> None:
        draft = path.with_suffix(".draft")
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, path)
