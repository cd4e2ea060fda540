"""A small good rule base, and ways to break it: the ground on which each integrity rule is tried.

`broken/base` is a base without a problem; its worked examples come out as written. An edit replaces one text of one of
its files by another, so that each test shows the mistake and nothing else.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from greenlane.errors import RuleBaseError, RuleError
from greenlane.feeds.rule_files import load

BASE = Path(__file__).parent / "base"

Edit = tuple[str, str, str]  # file, the text there, the text to put in its place


def copy(tmp_path: Path, *edits: Edit) -> Path:
    """A copy of the good base with some edits; each text to replace must occur exactly once."""
    folder = tmp_path / "rules"
    shutil.copytree(BASE, folder)
    for file, old, new in edits:
        path = folder / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert text.count(old) == 1 or not path.exists(), f"`{old}` occurs {text.count(old)} times in {file}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(old, new) if path.exists() else new, encoding="utf-8")
    return folder


def problems(folder: Path) -> Sequence[RuleError]:
    """What the load of a base finds wrong."""
    try:
        load(folder, with_cases=True)
    except RuleBaseError as error:
        return error.problems
    return ()


def broken(tmp_path: Path, *edits: Edit) -> Sequence[RuleError]:
    """What the load of the edited good base finds wrong."""
    return problems(copy(tmp_path, *edits))
