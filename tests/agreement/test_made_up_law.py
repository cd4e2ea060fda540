from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.decide.encode import write_rules
from benchmarks.decide.law import make_law
from benchmarks.decide.lines import make_lines
from greenlane.feeds.rule_files import load
from tests.agreement.engines import cells_of, differences


@pytest.mark.parametrize("lacking", [False, True], ids=["all said", "a tenth lacks facts"])
def test_a_generated_law(tmp_path: Path, lacking: bool) -> None:
    law = make_law(300, seed=3)
    rules = load(write_rules(law, tmp_path / "rules"), release=False)
    lines = make_lines(law, 20_000, seed=3, lacking=lacking)
    places = [at for at, lacks in enumerate(lines.lacks.tolist()) if bool(lacks) is lacking][: 150 if lacking else 400]
    orders = lines.orders.to_pylist()
    rows = [cells_of((name, "" if cell is None else str(cell)) for name, cell in orders[at].items()) for at in places]
    assert not [*differences(rules, rows)][:3]
