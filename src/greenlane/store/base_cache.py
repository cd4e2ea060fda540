"""Rule bases that were loaded before, kept on disk, so that one question need not read the whole law again.

An entry is named by the hash of everything it was made from: the rule files and the program. It is believed only where its
folder and file are the user's own and nobody else can write them, where its own hash holds, and where it unpickles into
values of greenlane's own vocabulary. Everything else counts as not there: then the files are read, and the entry is written anew.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import stat
import tempfile
from contextlib import suppress
from enum import Enum
from importlib import import_module
from pathlib import Path

from greenlane.law.rulebase import RuleBase

ENTRIES_MAX = 4
SIZE_MAX = 200_000_000
_MARK = b"greenlane base 1\n"
_ROOMS = ("greenlane.law.", "greenlane.terms.")
_STANDARD = {("datetime", "datetime"), ("datetime", "timedelta"), ("datetime", "timezone"), ("decimal", "Decimal")}


class BaseCache:
    """Loaded bases in a folder of the user's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> RuleBase | None:
        """The base of that key, or None where there is none that can be believed."""
        try:
            raw = self._read(self.folder / _name(key))
        except OSError:
            return None
        head, body = raw[: len(_MARK)], raw[len(_MARK) + 32 :]
        if head != _MARK or hashlib.sha256(key.encode() + body).digest() != raw[len(_MARK) : len(_MARK) + 32]:
            return None
        try:
            base = _Values(io.BytesIO(body)).load()
        except Exception:  # whatever is wrong with it: the files say the same
            return None
        return base if isinstance(base, RuleBase) else None

    def put(self, key: str, base: RuleBase) -> None:
        """Keep a base; where that cannot be, it is not kept."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not is_ours(os.stat(self.folder, follow_symlinks=False), folder=True):
                return
            body = pickle.dumps(base.bare(), protocol=5)
            number, draft = tempfile.mkstemp(prefix="base-", suffix=".draft", dir=self.folder)  # only the user may read or write it
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(_MARK + hashlib.sha256(key.encode() + body).digest() + body)
                os.replace(draft, self.folder / _name(key))
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
        entries = sorted(self.folder.glob("base-*"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in entries[ENTRIES_MAX:]:
            path.unlink(missing_ok=True)


def _name(key: str) -> str:
    return f"base-{hashlib.sha256(key.encode()).hexdigest()[:32]}.pickle"


def is_ours(found: os.stat_result, *, folder: bool) -> bool:
    """Whether it is a folder (or a plain file) that belongs to the user, and that nobody else may write."""
    right = stat.S_ISDIR(found.st_mode) if folder else stat.S_ISREG(found.st_mode)
    if not hasattr(os, "getuid"):  # elsewhere the user's own profile is closed to others by the system
        return right
    return right and found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


class _Values(pickle.Unpickler):
    """Reads values of the law's own vocabulary, and nothing that acts."""

    def find_class(self, module: str, name: str) -> object:
        """A value type of the rooms `law` and `terms`, or one of a few of the standard library. Raises UnpicklingError."""
        if (module, name) in _STANDARD:
            return getattr(import_module(module), name)
        if module.startswith(_ROOMS) and "." not in name:
            found = getattr(import_module(module), name, None)
            if isinstance(found, type) and (issubclass(found, Enum) or hasattr(found, "__dataclass_fields__")):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")
