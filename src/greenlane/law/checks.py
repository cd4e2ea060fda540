"""One class per integrity rule of the rule base; its docstring is its message."""

from __future__ import annotations

from collections.abc import Mapping

from greenlane.errors import RuleError
from greenlane.law.node import Node
from greenlane.law.rulebase import RuleBase


def check_base(base: RuleBase, places: Mapping[str, Node], *, cases: bool) -> list[RuleError]:
    """Every integrity problem of a base."""
    return []
