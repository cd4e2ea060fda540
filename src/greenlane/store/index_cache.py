"""Indexes of listed names, kept as arrays that are mapped into memory, so that a single look-up begins at once.

An index is named by the hash of everything it was made from: the editions and the program. It is believed only where its folder is
the user's own and nobody else can write it, and where every array has the size it was kept with; else it counts as not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np

from greenlane.store.own_folder import is_ours

KEPT_MAX: Final = 4
_MANIFEST: Final = "arrays.json"


class IndexCache:
    """Arrays of indexes in a folder of the user's: one folder an index, one file an array."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> dict[str, np.ndarray] | None:
        """The arrays of that key, mapped, or None where there are none that can be believed."""
        home = self.folder / _name(key)
        try:
            if not is_ours(os.stat(home, follow_symlinks=False), folder=True):
                return None
            sizes = json.loads((home / _MANIFEST).read_bytes())
            if any((home / f"{name}.npy").stat().st_size != size for name, size in sizes.items()):
                return None
            return {name: np.load(home / f"{name}.npy", mmap_mode="c", allow_pickle=False) for name in sizes}
        except (OSError, ValueError):
            return None

    def put(self, key: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Keep arrays, whole or not at all; where that cannot be, they are not kept. Of the oldest only a few stay."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix="index-", suffix=".draft", dir=self.folder))
            try:
                for name, array in sorted(arrays.items()):
                    np.save(draft / f"{name}.npy", array, allow_pickle=False)
                sizes = {name: (draft / f"{name}.npy").stat().st_size for name in sorted(arrays)}
                (draft / _MANIFEST).write_text(json.dumps(sizes), encoding="utf-8")
                shutil.rmtree(self.folder / _name(key), ignore_errors=True)
                draft.rename(self.folder / _name(key))
            finally:
                shutil.rmtree(draft, ignore_errors=True)
            kept = sorted(self.folder.glob("index-*.d"), key=lambda one: one.stat().st_mtime)
            for old in kept[:-KEPT_MAX]:
                shutil.rmtree(old, ignore_errors=True)


def _name(key: str) -> str:
    return f"index-{hashlib.sha256(key.encode()).hexdigest()[:32]}.d"
