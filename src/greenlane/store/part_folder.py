"""What of a long run is done already: beside its output, so that a run that was stopped goes on where it was.

`<output>.greenlane-part/` holds a manifest (what the run depends on), the output as far as it goes, a line for each part that is
in it, and beside them what goes elsewhere at the end: rows that were refused, parties that were met. A part counts once its line
is written; whatever is longer than the last line says is cut off.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

from greenlane.errors import Place, UsageError

if sys.platform != "win32":  # which has no such locks
    import fcntl

KIND: Final = "greenlane-part/1"
Part = dict[str, Any]


def beside(out: Path) -> Path:
    """Where the work of an output lies."""
    return out.with_name(f"{out.name}.greenlane-part")


class PartFolder:
    """The folder of one output's work. `spools` name the files of lines that are kept beside it."""

    def __init__(self, home: Path, spools: Sequence[str]) -> None:
        self.home = home
        self.draft = home / "answers"
        self.parts: list[Part] = []
        self.differs: tuple[str, ...] = ()  # what of a manifest that was there does not fit
        self._spools = {name: home / f"{name}.jsonl" for name in spools}
        self._open: dict[str, IO[bytes]] = {}
        self._lock: IO[bytes] | None = None

    def begin(self, manifest: Mapping[str, Any]) -> None:
        """Take the folder. Parts that were made for the very same manifest are kept. Raises UsageError GL0306, GL0309."""
        try:
            self.home.mkdir(exist_ok=True)
            self._take()
            wanted = json.loads(json.dumps({"kind": KIND, **manifest}))
            before = self._manifest()
            self.parts = self._lines() if before == wanted else []
            if before is not None and before != wanted:
                self.differs = tuple(sorted(key for key in wanted.keys() | before.keys() if before.get(key) != wanted.get(key)))
            if before != wanted:
                for path in self.home.iterdir():
                    if path.name != "lock":
                        path.unlink()
                draft = self.home / "manifest.draft"
                draft.write_text(json.dumps(wanted, ensure_ascii=False, sort_keys=True, indent=1), encoding="utf-8")
                draft.replace(self.home / "manifest.json")
        except OSError as error:
            raise self._failed(error) from error

    def keep(self, count: int) -> None:
        """Keep so many parts, and only what they say of every file. Raises UsageError GL0306."""
        try:
            self.parts = self.parts[:count]
            ends = self.parts[-1]["spools"] if self.parts else {}
            for name, path in self._spools.items():
                self._open[name] = handle = path.open("ab")
                handle.truncate(ends.get(name, 0))
                handle.seek(0, os.SEEK_END)
            lines = "".join(_line(part) for part in self.parts)
            draft = self.home / "parts.draft"
            draft.write_text(lines, encoding="utf-8")
            draft.replace(self.home / "parts.jsonl")
            self._open["parts"] = (self.home / "parts.jsonl").open("ab")
        except OSError as error:
            raise self._failed(error) from error

    def spool(self, name: str, entries: Iterable[Any]) -> None:
        """Put entries into a file of lines; they count with the next part. Raises UsageError GL0306."""
        try:
            for entry in entries:
                self._open[name].write(_line(entry).encode())
        except OSError as error:
            raise self._failed(error) from error

    def add(self, part: Part) -> None:
        """One more part is done. Raises UsageError GL0306."""
        try:
            for name in self._spools:
                self._open[name].flush()
            part = {**part, "spools": {name: self._open[name].tell() for name in self._spools}}
            self.parts.append(part)
            self._open["parts"].write(_line(part).encode())
            self._open["parts"].flush()
        except OSError as error:
            raise self._failed(error) from error

    def read(self, name: str) -> Iterator[Any]:
        """The entries of a file of lines, as far as the parts go."""
        end = self.parts[-1]["spools"][name] if self.parts else 0
        if not end:
            return
        with self._spools[name].open("rb") as handle:
            for line in handle:
                yield json.loads(line)
                if handle.tell() >= end:
                    return

    def deliver(self, target: Path) -> None:
        """Put the output where it belongs. Raises UsageError GL0306."""
        try:
            self.draft.replace(target)
        except OSError as error:
            raise self._failed(error, target) from error

    def clear(self) -> None:
        """All is delivered: the folder goes."""
        self.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def close(self) -> None:
        """Let go of the folder; it stays."""
        for handle in self._open.values():
            handle.close()
        self._open.clear()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # ------------------------------------------------------------------------------------------------------------------

    def _take(self) -> None:
        self._lock = (self.home / "lock").open("ab")
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            self._lock = None
            message, hint = "another run is writing this output", "wait until it is done, or name another --out"
            raise UsageError("GL0309", message, at=Place(str(self.home)), hint=hint) from error

    def _manifest(self) -> Any:
        path = self.home / "manifest.json"
        if not path.is_file():
            return None
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _lines(self) -> list[Part]:
        """The parts, as far as their lines are whole."""
        path = self.home / "parts.jsonl"
        found: list[Part] = []
        for line in path.read_bytes().split(b"\n")[:-1] if path.is_file() else ():
            try:
                found.append(json.loads(line))
            except ValueError:
                break
        sizes = {name: path.stat().st_size if path.is_file() else 0 for name, path in self._spools.items()}
        while found and any(found[-1]["spools"].get(name, 0) > size for name, size in sizes.items()):
            found.pop()
        return found

    def _failed(self, error: OSError, path: Path | None = None) -> UsageError:
        message, hint = (
            f"`{path or self.home}` cannot be written: {error.strerror}",
            "check the folder, your rights and the space left",
        )
        return UsageError("GL0306", message, at=Place(str(path or self.home)), hint=hint)


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n"
