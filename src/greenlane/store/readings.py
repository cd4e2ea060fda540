"""Names of books as they were read, kept at a desk beside the records, so that rescreening need not read them again.

A folder of columns (`screen.kept_rows`) is named by the digest of all that is in it, and the journal of the desk says with each
screening which folder is of its names; the journal is chained, so the two cannot be changed apart unnoticed. A folder is believed
only if it is the user's own, if it was made by the program and with the counts that are asked for, and if its digest holds.
Everything else counts as not there: then the names are read.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from greenlane.screen.kept_rows import COLUMNS, FORMAT, KeptRows
from greenlane.store.own_folder import is_ours

FOLDER: Final = "readings"
KEPT_MAX: Final = 4
_COMMON_MAX: Final = 50_000
_LENGTHS: Final = ("text_bytes", "sound_bytes", "bones_bytes")
_MANIFEST: Final = "manifest.json"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}\Z")


class Readings:
    """The kept names of one desk, in `<desk>/.greenlane/readings`."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def get(self, sha256: str, key: str) -> KeptRows | None:
        """The names of that digest, mapped, if they were kept under that key (program and counts), else None."""
        home = self._folder / sha256[:32]
        try:
            if not _DIGEST.match(sha256) or not is_ours(os.stat(home, follow_symlinks=False), folder=True):
                return None
            manifest = (home / _MANIFEST).read_bytes()
            told = json.loads(manifest)
            sums = {name: told["columns"][name] for name in COLUMNS}
            if told["format"] != FORMAT or told["key"] != key or hashlib.sha256(manifest).hexdigest() != sha256:
                return None
            if any(_sha256_of(home / name) != digest for name, digest in sums.items()):
                return None
            kept = KeptRows({name: _mapped(home / name, kind) for name, kind in COLUMNS.items()})
            os.utime(home)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return kept

    @contextmanager
    def draft(self, key: str, after: str = "") -> Iterator[ReadingsDraft | None]:
        """A draft to add names to, behind those of another digest (that `get` gave); None where nothing can be kept."""
        folder: Path | None = None
        try:
            with ExitStack() as stack:
                try:
                    self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                    folder = Path(tempfile.mkdtemp(prefix="draft-", dir=self._folder))
                    if after:
                        for name in COLUMNS:
                            shutil.copyfile(self._folder / after[:32] / name, folder / name)
                    files = {name: stack.enter_context((folder / name).open("ab")) for name in COLUMNS}
                except OSError:
                    yield None
                    return
                yield ReadingsDraft(self._folder, folder, files, key, after)
        finally:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)


class ReadingsDraft:
    """Columns being written. What fails keeps nothing, and stops nobody."""

    def __init__(self, home: Path, folder: Path, files: Mapping[str, IO[bytes]], key: str, after: str) -> None:
        self._home, self._folder, self._files, self._key = home, folder, files, key
        self._words = os.stat(folder / "text_bytes").st_size // np.dtype(COLUMNS["text_bytes"]).itemsize
        # The number of each of the words that came first: most that come again are among them.
        self._common = {key: at for at, key in enumerate(_keys(*_first_words(folder)))}
        self._after = after
        self._added = False
        self._failed = False

    def add(self, columns: Mapping[str, np.ndarray] | None) -> None:
        """Add names; None for some that cannot be kept."""
        if columns is None or self._failed:
            return
        self._added = True
        try:
            for name, column in self._without_common(columns).items():
                self._files[name].write(column.tobytes())
        except OSError:
            self._failed = True

    def _without_common(self, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The columns with each word by its number among all, and without the words that are there already."""
        lengths = np.stack([columns[name] for name in _LENGTHS], axis=1)
        number: list[int] = []
        new: list[int] = []
        for at, key in enumerate(_keys(lengths, columns["text"].tobytes())):
            known = self._common.get(key)
            if known is None:
                known = self._words
                self._words += 1
                new.append(at)
                if len(self._common) < _COMMON_MAX:
                    self._common[key] = known
            number.append(known)
        kept = np.zeros(len(number), dtype=bool)
        kept[new] = True
        told = dict(columns)
        told["word"] = np.asarray(number, dtype=COLUMNS["word"])[columns["word"]]
        told |= {name: columns[name][kept] for name in _LENGTHS}
        told["text"] = columns["text"][np.repeat(kept, lengths.sum(axis=1, dtype=np.int64))]
        return {name: told[name] for name in COLUMNS}

    def keep(self) -> str:
        """Keep what was added; the digest it is found by, which is nothing if it could not be kept."""
        if self._failed:
            return ""
        if self._after and not self._added:
            return self._after
        try:
            for file in self._files.values():
                file.flush()
            told: dict[str, Any] = {
                "format": FORMAT,
                "key": self._key,
                "columns": {name: _sha256_of(self._folder / name) for name in COLUMNS},
            }
            manifest = json.dumps(told, sort_keys=True).encode()
            (self._folder / _MANIFEST).write_bytes(manifest)
            digest = hashlib.sha256(manifest).hexdigest()
            target = self._home / digest[:32]
            shutil.rmtree(target, ignore_errors=True)
            self._folder.rename(target)
        except OSError:
            return ""
        self._prune()
        return digest

    def _prune(self) -> None:
        with suppress(OSError):
            kept = sorted(
                (one for one in self._home.iterdir() if not one.name.startswith("draft-")), key=lambda one: one.stat().st_mtime
            )
            for old in kept[:-KEPT_MAX]:
                shutil.rmtree(old, ignore_errors=True)


def _first_words(folder: Path) -> tuple[np.ndarray, bytes]:
    """The lengths and the letters of the first words of columns."""
    lengths = np.stack([np.fromfile(folder / name, COLUMNS[name], _COMMON_MAX) for name in _LENGTHS], axis=1)
    with (folder / "text").open("rb") as file:
        return lengths, file.read(int(lengths.sum()))


def _keys(lengths: np.ndarray, text: bytes) -> Iterator[bytes]:
    """What tells each word from others: its text, sound and bones, and where they part."""
    parts, begin = lengths[:, :2].astype("<u2").tobytes(), 0
    for at, end in enumerate(lengths.sum(axis=1, dtype=np.int64).cumsum().tolist()):
        yield text[begin:end] + parts[4 * at : 4 * at + 4]
        begin = end


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mapped(path: Path, kind: str) -> np.ndarray:
    if not path.stat().st_size:
        return np.zeros(0, dtype=kind)
    return np.memmap(path, dtype=kind, mode="r")
