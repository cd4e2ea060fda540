"""Rule files broken by hand, one mistake each: each is refused with its own code, file, line and key, and a way out.

The mistakes stand in `broken/table.yaml`, beside the good base that they are made in.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from greenlane.errors import CODES
from tests.law.broken.small import BASE, broken, copy, problems


class Broken(NamedTuple):
    """One mistake: see the head of the table."""

    code: str
    name: str
    file: str
    old: str
    new: str
    at: str | None = None
    key: str | None = None
    where: str = ""


PAUSE, CHIPS, OLD, GROUPS = (
    "cn/cn-pause/measure.yaml",
    "us/us-chips/measure.yaml",
    "cn/cn-old/measure.yaml",
    "cn/groups.yaml",
)
LOOSE = ("regimes.yaml", "presumptions.yaml", "derivations.yaml")
TABLE = [Broken(**row) for row in yaml.load((BASE.parent / "table.yaml").read_text("utf-8"), Loader=yaml.CBaseLoader)]


def test_the_good_base_is_good() -> None:
    assert problems(BASE) == ()


def test_there_are_at_least_thirty() -> None:
    assert len(TABLE) >= 30
    assert len({row.code for row in TABLE}) >= 30


@pytest.mark.parametrize("row", TABLE, ids=[f"{row.code}-{row.name}" for row in TABLE])
def test_each_is_refused_with_code_file_line_and_key(row: Broken, tmp_path: Path) -> None:
    folder = copy(tmp_path, (row.file, row.old, row.new))
    found = problems(folder)
    file = row.where or row.file
    text = (folder / file).read_text(encoding="utf-8")
    mine = [one for one in found if one.code == row.code]
    assert mine, f"{row.code} is not among {[str(one) for one in found]}"
    first = mine[0]
    assert first.at is not None
    assert first.at.file == file
    if row.at is not None:
        assert text.count(row.at) == 1
        line = text[: text.index(row.at)].count("\n") + 1
        # The reader keeps no place of a regime, derivation or presumption yet: then the file and the name must do.
        kept = {line} if row.file not in LOOSE else {line, None}
        assert first.at.line in kept, str(first)
    if row.key is not None:
        assert first.at.column == row.key
    assert first.code in CODES
    assert first.message
    assert first.hint or row.code.startswith("GL") or row.code in ("RB04", "RB10"), "a way out"


def test_all_problems_are_told_in_one_run(tmp_path: Path) -> None:
    found = broken(
        tmp_path,
        (PAUSE, "[cn-magnets/strong]", "[cn-magnet]"),
        (GROUPS, "      - cn-magnets", "      - cn-magnet"),
        (OLD, "leaves: licence_required", "leaves: presumption_of_denial"),
    )
    assert {"RB01", "RB21", "RB22"} <= {one.code for one in found}


def test_one_broken_file_stops_the_whole_base(tmp_path: Path) -> None:
    found = broken(tmp_path, (CHIPS, "ship_from: [US]", "ship_form: [US]"))
    assert [one.code for one in found] == ["GL0203"]
