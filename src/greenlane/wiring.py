"""The hall: picks adapters, reads settings, and is the only place that may ask the clock."""

from __future__ import annotations

from pathlib import Path

from greenlane.decide.cases import run_cases
from greenlane.feeds import rule_files
from greenlane.law.rulebase import RuleBase
from greenlane.settings import read_settings

__all__ = ["load_rules", "run_cases"]


def load_rules(folder: Path | None = None, *, with_cases: bool = False, release: bool = True) -> RuleBase:
    """The rule base of a folder, or the one that ships. Raises RuleBaseError."""
    return rule_files.load(read_settings(rules=folder).rules, with_cases=with_cases, release=release)
