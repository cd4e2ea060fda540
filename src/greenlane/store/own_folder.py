"""Entries that a program keeps for itself in the user's cache: whole, and believed only where nobody else can have written them."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

SIZE_MAX = 200_000_000


class OwnFolder:
    """Entries by key, of one kind, of which the newest stay; `mark` is the first line of each, with the version of its form."""

    def __init__(self, folder: Path, *, kind: str, suffix: str, mark: bytes, kept: int) -> None:
        self.folder = folder
        self._kind, self._suffix, self._mark, self._kept = kind, suffix, mark, kept

    def get(self, key: str) -> bytes | None:
        """The entry of that key, or None where there is none that can be believed."""
        try:
            raw = self._read(self.folder / self._name(key))
        except OSError:
            return None
        size = len(self._mark)
        head, digest, body = raw[:size], raw[size : size + 32], raw[size + 32 :]
        return body if head == self._mark and hashlib.sha256(key.encode() + body).digest() == digest else None

    def put(self, key: str, body: bytes) -> None:
        """Keep an entry; where that cannot be, it is not kept."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not is_ours(os.stat(self.folder, follow_symlinks=False), folder=True):
                return
            number, draft = tempfile.mkstemp(prefix=f"{self._kind}-", suffix=".draft", dir=self.folder)  # the user's alone
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(self._mark + hashlib.sha256(key.encode() + body).digest() + body)
                os.replace(draft, self.folder / self._name(key))
            except OSError:
                Path(draft).unlink(missing_ok=True)
                raise
            self._prune()

    def _read(self, path: Path) -> bytes:
        """The bytes of an entry that is a plain file of the user's, in a folder of the user's. Raises OSError."""
        if not is_ours(os.stat(self.folder, follow_symlinks=False), folder=True):
            raise PermissionError
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(number, "rb") as file:
            found = os.fstat(number)
            if not is_ours(found, folder=False) or found.st_size > SIZE_MAX:
                raise PermissionError
            return file.read()

    def _prune(self) -> None:
        """Keep the newest entries only."""
        entries = sorted(self.folder.glob(f"{self._kind}-*"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in entries[self._kept :]:
            path.unlink(missing_ok=True)

    def _name(self, key: str) -> str:
        return f"{self._kind}-{hashlib.sha256(key.encode()).hexdigest()[:32]}{self._suffix}"


def is_ours(found: os.stat_result, *, folder: bool) -> bool:
    """Whether it is a folder (or a plain file) that belongs to the user, and that nobody else may write."""
    right = stat.S_ISDIR(found.st_mode) if folder else stat.S_ISREG(found.st_mode)
    if not hasattr(os, "getuid"):  # elsewhere the user's own profile is closed to others by the system
        return right
    return right and found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
