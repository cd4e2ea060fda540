"""Environment to settings, read once, at the edge."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the rule base, the examples and the desk are, the editions of lists, and loaded bases (None: nowhere).

    `ledger` is the address of a PostgreSQL database that keeps the ledger of licences; empty: the desk keeps it.
    """

    rules: Path
    examples: Path
    desk: Path
    lists: Path
    cache: Path | None
    ledger: str = ""


def read_settings(*, rules: Path | None = None, desk: Path | None = None) -> Settings:
    """Settings from arguments, then the environment (GREENLANE_RULES, ...), then where the package lies and the system says."""
    base = _base()
    home = desk or Path(os.environ.get("GREENLANE_DESK", "."))
    return Settings(
        rules=rules or Path(os.environ.get("GREENLANE_RULES", base / "rules")),
        examples=base / "examples",
        desk=home,
        lists=Path(os.environ.get("GREENLANE_LISTS") or home / ".greenlane" / "lists"),
        cache=_cache(),
        ledger=os.environ.get("GREENLANE_LEDGER", ""),
    )


def _base() -> Path:
    """The folder that holds `rules/` and `examples/`: inside an installed wheel, or the checkout around it."""
    inside = Path(__file__).parent / "_base"
    return inside if inside.is_dir() else Path(__file__).parents[2]


def _cache() -> Path | None:
    """GREENLANE_CACHE (a folder, or `off`), else a folder of ours where the system keeps caches of the user."""
    given = os.environ.get("GREENLANE_CACHE", "")
    if given:
        return None if given.casefold() == "off" else Path(given)
    try:
        if sys.platform == "win32":
            return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "greenlane" / "cache"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "greenlane"
        home = Path(os.environ.get("XDG_CACHE_HOME") or ".")  # a relative one is to be passed over
        return (home if home.is_absolute() else Path.home() / ".cache") / "greenlane"
    except RuntimeError:  # nobody's home
        return None
