"""What was worked out before, by all that it follows from: kept from run to run, so that a law is learned once.

Answers to lines whose missing facts had to be tried out, and what goods leave of the law, cost milliseconds each. They are named by
the hash of what makes lines alike: so another book, on other days, finds what it has in common with the books before. Whoever keeps
them keeps them for one law, one program and one kind of question. One in 32 of those found is worked out again and compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from greenlane.decide.decision import Lifted, Missing, Outline, Reason
from greenlane.law.effect import Effect
from greenlane.law.rulebase import RuleBase

_CHECKED: Final = 8  # of 256 first bytes of a name, those that are worked out again

_OPEN: Final = "open"  # of what had to be tried out


def name_of(*parts: object) -> str:
    """The name of what follows from some values, which tell all of themselves by `repr`."""
    return sha256(repr(parts).encode()).hexdigest()[:32]


class Learned:
    """Answers and judged goods by name; `held` is what `plain` gave before."""

    def __init__(self, rules: RuleBase, held: Mapping[str, Any] | None = None) -> None:
        self._rules = rules
        self._answers: dict[str, Any] = dict((held or {}).get("answers", {}))
        self._goods: dict[str, Any] = dict((held or {}).get("goods", {}))
        self.sound = True  # whether all that was worked out again was the same
        self.fresh = 0  # how many came to it

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"answers": self._answers, "goods": self._goods}

    def outline(self, name: str, judge: Callable[[], Outline]) -> Outline:
        """The answer of that name; where there is none, what `judge` says."""
        found = self._outline(name, judge, whole=True)
        assert found is not None
        return found

    def settled(self, name: str, judge: Callable[[], Outline]) -> Outline | None:
        """The same, if nothing had to be tried out for it; of what had to be, only that is kept."""
        return self._outline(name, judge, whole=False)

    def _outline(self, name: str, judge: Callable[[], Outline], *, whole: bool) -> Outline | None:
        held = self._answers.get(name)
        if held is not None and not _is_checked(name):
            try:
                return outline_of(held, self._rules) if held != _OPEN else None
            except (KeyError, ValueError, TypeError):
                held = None
        found = judge()
        is_kept = whole or found.settled
        self._put(self._answers, name, held, plain_of(found) if is_kept else _OPEN)
        return found if is_kept else None

    def asks(self, name: str) -> bool:
        """Whether the answer of that name will be worked out."""
        return name not in self._answers or _is_checked(name)

    def goods(self, name: str, judge: Callable[[], tuple[int, int, int]]) -> tuple[int, int, int]:
        """Which conditions fail for goods, are open, or follow the days; where it is not known, what `judge` says."""
        held = self._goods.get(name)
        if held is not None and not _is_checked(name):
            try:
                fail, open_, dated = (int(one, 16) for one in held)
            except (ValueError, TypeError):
                held = None
            else:
                return fail, open_, dated
        found = judge()
        self._put(self._goods, name, held, [f"{one:x}" for one in found])
        return found

    def _put(self, held: dict[str, Any], name: str, before: object, now: object) -> None:
        if before is not None and before != now:  # whatever the reason, nothing of before is believed any more
            self.sound = False
            self._answers.clear()
            self._goods.clear()
        if held.get(name) != now:
            held[name] = now
            self.fresh += 1


def _is_checked(name: str) -> bool:
    return int(name[:2], 16) < _CHECKED


def plain_of(found: Outline) -> list[Any]:
    """An answer as plain data; `outline_of` makes the same of it."""
    reasons = [
        [one.measure.id, one.effect.value, one.review, one.decided, one.state, one.entry, list(one.lifted_by)]
        for one in found.reasons
    ]
    lifts = [[one.lift.id, one.measure.id] for one in found.lifts]
    asked = (_plain_of(found.missing), _plain_of(found.branches))
    return [found.low.value, found.high.value, found.exact, found.settled, reasons, lifts, *asked]


def _plain_of(many: tuple[Missing, ...]) -> list[Any]:
    return [[one.fact, one.why, [[answer, verdict] for answer, verdict in one.verdicts.items()]] for one in many]


def outline_of(held: Any, rules: RuleBase) -> Outline:
    """What `plain_of` wrote. Raises KeyError, ValueError, TypeError for anything else."""
    low, high, exact, settled, reasons, lifts, missing, branches = held
    return Outline(
        low=Effect(low),
        high=Effect(high),
        exact=exact is True,
        settled=settled is True,
        reasons=tuple(
            Reason(rules.measures[measure], Effect(effect), review, True, decided is True, state, (), tuple(by), entry)
            for measure, effect, review, decided, state, entry, by in reasons
        ),
        lifts=tuple(
            Lifted(lift, rules.measures[measure], lift.leaves, lift.certainty)
            for lift, measure in ((rules.lifts[name], measure) for name, measure in lifts)
        ),
        missing=tuple(Missing(fact, why, dict(verdicts)) for fact, why, verdicts in missing),
        branches=tuple(Missing(fact, why, dict(verdicts)) for fact, why, verdicts in branches),
    )
