"""The worked examples notice when the law is changed: a fixed sample of the mutants of benchmarks/mutation."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

RUN = Path(__file__).parents[2] / "benchmarks" / "mutation" / "run.py"
RULES = Path(__file__).parents[2] / "rules"


def bench() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("greenlane_mutation_run", RUN)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_at_least_nineteen_of_twenty_mutants_are_killed() -> None:
    run = bench()
    law = run.Bench(RULES)
    outcomes = [law.try_one(mutant) for mutant in run.sampled(law.mutants(), 56, seed=7)]
    assert len(outcomes) == 56
    survivors = [str(one.mutant) for one in outcomes if one.fate == "survived"]
    assert run.kill_rate(outcomes) >= run.KILL_RATE_MIN, survivors
