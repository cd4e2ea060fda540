"""Conditions on parties, judged role by role: pairs of parties are mostly new where each of the two is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from greenlane.law.facts import Facts, Identified
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import Condition, PartyIs, Setting, Truth
from greenlane.terms.parties import ROLES

_HELD_MAX: Final = 1 << 16  # parties in roles that are remembered at once


@dataclass(slots=True)
class Told:
    """What conditions find of a party in a role, by place: those that hold, are open, or may change from day to day."""

    holds: int = 0
    open: int = 0
    dated: int = 0


class InRoles:
    """The conditions on parties among some of a base (`dated`: those that may follow the days at all).

    `class_of` says what conditions can tell of a fact: parties of one class are judged once in each role.
    """

    def __init__(
        self, rules: RuleBase, class_of: Callable[[str, Facts], object], conditions: Sequence[Condition], dated: int
    ) -> None:
        self._rules, self._class_of = rules, class_of
        many = {place: one for place, one in enumerate(conditions) if isinstance(one, PartyIs)}
        self.places = sum(1 << place for place in many)  # of these conditions, a bit each
        self._of_role = {
            role: [
                (1 << place, replace(one, roles=(role,)), bool(dated >> place & 1))
                for place, one in many.items()
                if role in one.roles
            ]
            for role in ROLES
        }
        self._told: dict[tuple[str, object], Told] = {}

    def judge(self, facts: Facts, setting: Setting) -> tuple[int, int, int] | None:
        """The conditions that fail, those that are open, and those that may change from day to day (which are in neither).

        A condition holds if it does of one role, and is open if it is of one. None where who a party is may hang on another one.
        """
        named = [fact.value for role in ROLES if (fact := facts.get(role)) is not None]
        if any(isinstance(one, Identified) and one.doubts for one in named):
            return None
        holds = open_ = dated = 0
        for role, conditions in self._of_role.items():
            key = role, self._class_of(role, facts)
            told = self._told.get(key)
            if told is None:
                if len(self._told) >= _HELD_MAX:
                    self._told.clear()
                told = self._told[key] = self._tell(conditions, facts, setting)
            holds |= told.holds
            open_ |= told.open
            dated |= told.dated
        return self.places & ~(holds | open_ | dated), open_ & ~(holds | dated), dated

    def _tell(self, conditions: Sequence[tuple[int, PartyIs, bool]], facts: Facts, setting: Setting) -> Told:
        found = Told()
        for bit, one, dated in conditions:
            if dated and any(True for _ in self._rules.days_of(one, facts)):
                found.dated |= bit
                continue
            truth = one.judge(facts, setting).truth
            if truth is Truth.YES:
                found.holds |= bit
            elif truth is Truth.UNKNOWN:
                found.open |= bit
        return found
