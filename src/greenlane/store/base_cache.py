"""Rule bases that were loaded before, kept on disk, so that one question need not read the whole law again.

An entry is named by the hash of everything it was made from: the rule files and the program. It is believed only where its
folder and file are the user's own and nobody else can write them, where its own hash holds, and where it unpickles into
values of greenlane's own vocabulary. Everything else counts as not there: then the files are read, and the entry is written anew.
"""

from __future__ import annotations

import io
import pickle
from enum import Enum
from importlib import import_module
from pathlib import Path

from greenlane.law.rulebase import RuleBase
from greenlane.store.own_folder import OwnFolder

ENTRIES_MAX = 4
_ROOMS = ("greenlane.law.", "greenlane.terms.")
_STANDARD = {("datetime", "datetime"), ("datetime", "timedelta"), ("datetime", "timezone"), ("decimal", "Decimal")}


class BaseCache:
    """Loaded bases in a folder of the user's."""

    def __init__(self, folder: Path) -> None:
        self._entries = OwnFolder(folder, kind="base", suffix=".pickle", mark=b"greenlane base 1\n", kept=ENTRIES_MAX)

    def get(self, key: str) -> RuleBase | None:
        """The base of that key, or None where there is none that can be believed."""
        body = self._entries.get(key)
        if body is None:
            return None
        try:
            base = _Values(io.BytesIO(body)).load()
        except Exception:  # whatever is wrong with it: the files say the same
            return None
        return base if isinstance(base, RuleBase) else None

    def put(self, key: str, base: RuleBase) -> None:
        """Keep a base; where that cannot be, it is not kept."""
        self._entries.put(key, pickle.dumps(base.bare(), protocol=5))


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
