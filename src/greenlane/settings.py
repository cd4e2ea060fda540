"""Environment to settings, read once, at the edge."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the rule base, the examples and the desk are."""

    rules: Path
    examples: Path
    desk: Path


def read_settings(*, rules: Path | None = None, desk: Path | None = None) -> Settings:
    """Settings from arguments, then the environment (GREENLANE_RULES, GREENLANE_DESK), then where the package lies."""
    base = _base()
    return Settings(
        rules=rules or Path(os.environ.get("GREENLANE_RULES", base / "rules")),
        examples=base / "examples",
        desk=desk or Path(os.environ.get("GREENLANE_DESK", ".")),
    )


def _base() -> Path:
    """The folder that holds `rules/` and `examples/`: inside an installed wheel, or the checkout around it."""
    inside = Path(__file__).parent / "_base"
    return inside if inside.is_dir() else Path(__file__).parents[2]
