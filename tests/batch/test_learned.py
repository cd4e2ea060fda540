"""What was worked out in one run is found again by the next, and believed only as long as it holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from greenlane.batch import learned as module
from greenlane.batch.answers import said
from greenlane.batch.columns import decide_batch
from greenlane.batch.engine import Engine
from greenlane.batch.learned import Learned
from greenlane.feeds.rule_files import load
from greenlane.law.rulebase import RuleBase
from greenlane.store.learned_cache import LearnedCache
from greenlane.terms.periods import Asked
from tests.agreement.engines import batch_of, desk_lines, engine_for, mixed_lines
from tests.decide.real import RULES

KNOWN = Asked.read("2026-08-01")


@lru_cache(maxsize=1)
def law() -> RuleBase:
    return load(RULES, with_cases=True, release=False)


@lru_cache(maxsize=1)
def rows() -> pa.RecordBatch:
    lines = [*mixed_lines(law(), 40, seed=21), *desk_lines(law(), 40, seed=22)]
    return batch_of([{name: cell for name, cell in row.items() if name != "known_by"} for row in lines])


def asked(learned: Learned | None) -> Engine:
    return Engine(law(), on=None, known_by=KNOWN, learned=learned)


def judged(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often lines are judged from here on."""
    count = [0]
    judge = engine.answers.judge

    def counted(*args: Any) -> Any:
        count[0] += 1
        return judge(*args)

    monkeypatch.setattr(engine.answers, "judge", counted)
    return count


def run(learned: Learned, monkeypatch: pytest.MonkeyPatch) -> tuple[pa.RecordBatch, int]:
    engine = asked(learned)
    count = judged(engine, monkeypatch)
    return decide_batch(engine, rows()), count[0]


def test_a_second_run_says_the_same_and_judges_little(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = decide_batch(asked(None), rows())
    first = Learned(law())
    told, many = run(first, monkeypatch)
    assert told.equals(plain)
    assert many > 10
    held = json.loads(json.dumps(first.plain()))
    second = Learned(law(), held)
    told, few = run(second, monkeypatch)
    assert told.equals(plain)
    assert (second.fresh, second.sound) == (0, True)
    assert second.plain() == held
    with monkeypatch.context() as patch:
        patch.setattr(module, "_CHECKED", 0)
        told, never_kept = run(Learned(law(), held), monkeypatch)  # who a party is matters to these
    assert told.equals(plain)
    assert never_kept <= 1
    assert few <= never_kept + sum(int(name[:2], 16) < 8 for name in held["answers"])


def test_outlines_are_kept_whole() -> None:
    engine = asked(None)
    engine.find(rows())
    for outline in engine.answers.outlines:
        told = json.loads(json.dumps(module.plain_of(outline)))
        assert said(module.outline_of(told, law())) == said(outline)


def test_what_is_not_the_same_any_more_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Learned(law())
    plain, _ = run(first, monkeypatch)
    held = first.plain()
    one = held["answers"][min(name for name, told in held["answers"].items() if told != "open")]
    one[0] = "free" if one[0] != "free" else "prohibited"
    monkeypatch.setattr(module, "_CHECKED", 256)  # all are worked out again
    second = Learned(law(), json.loads(json.dumps(held)))
    told, _ = run(second, monkeypatch)
    assert told.equals(plain)
    assert not second.sound
    assert second.fresh > 0


def test_an_entry_that_does_not_read_is_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Learned(law())
    plain, many = run(first, monkeypatch)
    held = {kind: {name: ["spoilt"] for name in many} for kind, many in first.plain().items()}
    told, again = run(Learned(law(), held), monkeypatch)
    assert told.equals(plain)
    assert again == many


def test_who_a_party_is_is_never_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = next(iter(sorted(law().party_names)))
    row = {"codes": "hts:85411000", "ship_from": "US", "ship_to": "CN", "activity": "export", "consignee": listed}
    learned = Learned(law())
    engine = Engine(law(), on=Asked.read("2026-08-01"), known_by=KNOWN, learned=learned)
    count = judged(engine, monkeypatch)
    engine.find(batch_of([row]))
    assert count[0] == 1
    assert learned.plain()["answers"] == {}


_NAMES = """
import json, sys
from tests.batch.test_learned import asked, law, rows
from greenlane.batch.learned import Learned
learned = Learned(law())
asked(learned).find(rows())
json.dump([sorted(one) for one in learned.plain().values()], sys.stdout)
"""


@pytest.mark.parametrize("seed", ["1", "2"])
def test_names_are_the_same_in_every_process(seed: str) -> None:
    learned = Learned(law())
    asked(learned).find(rows())
    root = Path(__file__).parents[2]
    paths = os.pathsep.join([str(root), str(root / "src")])
    done = subprocess.run(
        [sys.executable, "-c", _NAMES], env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths},
        capture_output=True, text=True, check=True, cwd=root,
    )  # fmt: skip
    assert json.loads(done.stdout) == [sorted(one) for one in learned.plain().values()]


def test_the_cache_keeps_it_for_the_user_alone(tmp_path: Path) -> None:
    cache = LearnedCache(tmp_path / "cache")
    assert cache.get("key") == {}
    cache.put("key", {"answers": {"a": [1]}, "goods": {}})
    assert LearnedCache(tmp_path / "cache").get("key") == {"answers": {"a": [1]}, "goods": {}}
    assert cache.get("another") == {}
    (entry,) = (tmp_path / "cache").glob("learned-*")
    raw = entry.read_bytes()
    for spoilt in (raw[:-1], raw[:40] + b"x" + raw[41:], b""):
        entry.write_bytes(spoilt)
        assert cache.get("key") == {}


def test_strict_questions_are_learned_as_well() -> None:
    plain = engine_for(law(), fast=None, strict=True, known_by=KNOWN)
    learned = Learned(law())
    for _ in range(2):
        strict = Engine(law(), on=None, known_by=KNOWN, strict=True, learned=learned)
        assert decide_batch(strict, rows()).equals(decide_batch(plain, rows()))
