"""greenlane: trade controls between the United States and China as dated data, and an earned verdict for each order line.

For library users, a handful of names, each imported when it is first used:

    import greenlane

    rules = greenlane.load_rules()
    decision = greenlane.decide_line({"ship_from": "CN", "ship_to": "DE", "codes": "hs:850511"}, rules, on="2025-06-10")
    decision.verdict, decision.plain()
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greenlane.decide.decision import Decision, Verdict
    from greenlane.decide.line import Line
    from greenlane.errors import GreenlaneError
    from greenlane.law.rulebase import RuleBase
    from greenlane.wiring import decide_line, load_rules, read_order_file
    from greenlane.wiring.spark import decide_dataframe

__version__ = "0.1.0"
__all__ = [
    "Decision",
    "GreenlaneError",
    "Line",
    "RuleBase",
    "Verdict",
    "decide_dataframe",
    "decide_line",
    "load_rules",
    "read_order_file",
]

_HOMES = {
    "Decision": "greenlane.decide.decision",
    "GreenlaneError": "greenlane.errors",
    "Line": "greenlane.decide.line",
    "RuleBase": "greenlane.law.rulebase",
    "Verdict": "greenlane.decide.decision",
    "decide_dataframe": "greenlane.wiring.spark",
    "decide_line": "greenlane.wiring",
    "load_rules": "greenlane.wiring",
    "read_order_file": "greenlane.wiring",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module `greenlane` has no attribute `{name}`")
    return getattr(importlib.import_module(_HOMES[name]), name)
