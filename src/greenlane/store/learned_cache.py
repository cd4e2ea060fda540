"""What the columnar engine worked out under a law, kept for later runs in a folder of the user's cache.

An entry is named by everything it follows from: the hash of the law, the program, the kind of question. It is text; a damaged one
counts as not there.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from greenlane.store.own_folder import SIZE_MAX, OwnFolder

ENTRIES_MAX: Final = 4


class LearnedCache:
    """What was learned, by law, program and question."""

    def __init__(self, folder: Path) -> None:
        self._entries = OwnFolder(folder, kind="learned", suffix=".json.gz", mark=b"greenlane learned 1\n", kept=ENTRIES_MAX)

    def get(self, key: str) -> dict[str, Any]:
        """What was learned; empty where nothing was, or nothing that can be believed."""
        body = self._entries.get(key)
        if body is None:
            return {}
        try:
            found = json.loads(gzip.decompress(body))
        except (OSError, ValueError, EOFError):
            return {}
        right = isinstance(found, dict) and all(isinstance(one, dict) for one in found.values())
        return found if right else {}

    def put(self, key: str, learned: Mapping[str, Any]) -> None:
        """Keep what was learned; where that cannot be, or it is too much, it is not kept."""
        body = gzip.compress(json.dumps(learned, ensure_ascii=False, sort_keys=True).encode(), 4, mtime=0)
        if len(body) < SIZE_MAX:
            self._entries.put(key, body)
