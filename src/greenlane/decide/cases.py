"""Do the worked examples beside the law come out as written?

A case is a line, a day, and what must come out. All that a case wants is compared; a case that wants nothing but a verdict
still tests the verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from greenlane.decide.decision import Decision
from greenlane.decide.evaluate import SIDES, decide
from greenlane.decide.line import Row, read_line
from greenlane.law.rulebase import Case, RuleBase
from greenlane.terms.amounts import show
from greenlane.terms.periods import Asked


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case with what went otherwise than written (nothing, if it passed), and the decision."""

    case: Case
    failures: tuple[str, ...]
    decision: Decision | None


def run_case(case: Case, rules: RuleBase) -> CaseResult:
    """Decide the case's line and compare."""
    row = Row({"line_id": "case", **case.line}, case.file, case.at_line)
    line, problems = read_line(row)
    if line is None:
        return CaseResult(case, tuple(f"the line does not read: {one.message}" for one in problems), None)
    wants = case.wants
    decision = decide(
        line,
        rules,
        on=Asked.read(case.on),
        known_by=Asked.read(case.known_by),
        sides=wants.get("regimes", SIDES),
        strict=wants.get("strict") == ("yes",),
        look_ahead="next_change" in wants,
    )
    failures = []
    if decision.verdict.value != case.expect:
        failures.append(f"expected {case.expect}, got {decision.verdict.value}")
    for key, compare in _COMPARE.items():
        if key in wants:
            failures.extend(f"{key}: {text}" for text in compare(wants[key], decision))
    return CaseResult(case, tuple(failures), decision)


def _all_in(wanted: Sequence[str], got: Sequence[str]) -> list[str]:
    return [f"{name} is not there (there is {', '.join(got) or 'nothing'})" for name in wanted if not _has(name, got)]


def _has(name: str, got: Sequence[str]) -> bool:
    return any(one == name or one.startswith(f"{name}/") for one in got)


def _because(wanted: Sequence[str], decision: Decision) -> list[str]:
    layers = [layer.measure.id for layer in decision.duty.layers] if decision.duty is not None else []
    return _all_in(wanted, [*(reason.measure.id for reason in decision.reasons), *layers])


def _not_because(wanted: Sequence[str], decision: Decision) -> list[str]:
    beside = (*decision.obligations, *decision.promises)
    bites = [reason.measure.id for reason in (*decision.reasons, *decision.possible, *beside)]
    layers = [layer.measure.id for layer in decision.duty.layers] if decision.duty is not None else []
    return [f"{name} is there" for name in wanted if _has(name, [*bites, *layers])]


def _near(wanted: Sequence[str], decision: Decision) -> list[str]:
    return _all_in(wanted, [near.measure.id for near in decision.near_misses])


def _lifted(wanted: Sequence[str], decision: Decision) -> list[str]:
    exempt = decision.duty.exempt if decision.duty is not None else ()
    return _all_in(wanted, [lifted.lift.id for lifted in (*decision.lifts, *exempt)])


def _range(wanted: Sequence[str], decision: Decision) -> list[str]:
    got = (decision.low.value, decision.high.value)
    return [] if tuple(wanted) == got else [f"expected {' to '.join(wanted)}, got {' to '.join(got)}"]


def _missing(wanted: Sequence[str], decision: Decision) -> list[str]:
    got = {one.fact for one in decision.missing}
    return [] if set(wanted) == got else [f"expected {', '.join(sorted(wanted))}, got {', '.join(sorted(got)) or 'nothing'}"]


def _branches(wanted: Sequence[str], decision: Decision) -> list[str]:
    doubtful = decision.duty.doubtful if decision.duty is not None else ()
    return _all_in(wanted, [*(one.fact for one in decision.branches), *(one.lift.id for one in doubtful)])


def _assumed(wanted: Sequence[str], decision: Decision) -> list[str]:
    beside = decision.duty.assumed if decision.duty is not None else ()
    return _all_in(wanted, [one.fact for one in (*decision.assumed, *beside)])


def _duty(wanted: Sequence[str], decision: Decision) -> list[str]:
    rate = None if decision.duty is None else decision.duty.rate
    got = "unknown" if rate is None else show(rate)
    return [] if wanted[0] in (got, "none" if decision.duty is None else got) else [f"expected {wanted[0]}, got {got}"]


def _layers(wanted: Sequence[str], decision: Decision) -> list[str]:
    layers = () if decision.duty is None else decision.duty.layers
    got = {layer.measure.id: "unknown" if layer.rate is None else show(layer.rate) for layer in layers}
    found = []
    for text in wanted:
        name, _, rate = text.partition("=")
        if got.get(name, "0") != rate:
            found.append(f"{name}: expected {rate}, got {got.get(name, 'no such layer')}")
    return found


def _next_change(wanted: Sequence[str], decision: Decision) -> list[str]:
    got = decision.next_change or "none"
    return [] if wanted[0] == got else [f"expected {wanted[0]}, got {got}"]


def _obligations(wanted: Sequence[str], decision: Decision) -> list[str]:
    return _all_or_none(wanted, [one.measure.id for one in decision.obligations])


def _promises(wanted: Sequence[str], decision: Decision) -> list[str]:
    return _all_or_none(wanted, [one.measure.id for one in decision.promises])


def _all_or_none(wanted: Sequence[str], got: Sequence[str]) -> list[str]:
    """An empty list wants none at all."""
    if not wanted:
        return [f"{name} is there" for name in got]
    return _all_in(wanted, got)


def _conflicts(wanted: Sequence[str], decision: Decision) -> list[str]:
    return [f"{name} is in no conflict" for name in wanted if not any(name in text for text in decision.conflicts)]


_COMPARE: dict[str, Callable[[Sequence[str], Decision], list[str]]] = {
    "because": _because,
    "not_because": _not_because,
    "near_miss": _near,
    "lifted": _lifted,
    "range": _range,
    "missing": _missing,
    "branches": _branches,
    "assumed": _assumed,
    "duty": _duty,
    "layers": _layers,
    "next_change": _next_change,
    "obligations": _obligations,
    "promises": _promises,
    "conflicts": _conflicts,
}
