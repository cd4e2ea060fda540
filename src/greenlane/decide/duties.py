"""The duties on a line: layers added up, exemptions taken away; beside the verdict, never in it.

Within a layer the measure with the most specific code counts. What a short code or a missing fact leaves open gives a range,
and no sum; a duty that is only announced, or not confirmed, is never charged as certain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from greenlane.decide.decision import Duty, DutyLayer, Lifted
from greenlane.decide.line import Line
from greenlane.law.effect import Effect
from greenlane.law.facts import Facts
from greenlane.law.measure import Lift, Measure
from greenlane.law.rulebase import RuleBase, State
from greenlane.law.scope import ActivityIs, GoodsAre, Setting, Truth, stated_codes
from greenlane.terms.amounts import show
from greenlane.terms.sources import Standing

BASE_LAYER = "mfn"
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A duty measure on a line: the bounds of its rate (None: open upwards), how specific, whether it certainly applies."""

    measure: Measure
    low: Decimal
    high: Decimal | None
    note: str
    specific: int
    certain: bool
    asks: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer: the entries that count in it, and the bounds of its rate."""

    entries: tuple[_Entry, ...]
    low: Decimal
    high: Decimal | None
    certain: bool
    note: str


def judge_duty(line: Line, facts: Facts, rules: RuleBase, setting: Setting, measures: Iterable[Measure]) -> Duty | None:
    """The duties on a line at a moment, or None where no duty of the base concerns the route."""
    entries: list[_Entry] = []
    exempt: list[Lifted] = []
    concerned = False
    for measure in measures:
        if not measure.instrument.decides:
            continue
        truth, asks, specific, route = _reaches(measure, facts, setting)
        known = rules.stand(measure, setting.moment, setting.known_by).state is not State.NOT_KNOWN
        concerned = concerned or (route and known)
        if truth is not Truth.NO:
            entry = _entry(measure, truth, asks, specific, facts, rules, setting, exempt)
            if entry is not None:
                entries.append(entry)
    if not concerned:
        return None
    if not stated_codes(facts):
        return Duty(None, None, None, (), (), ("codes.hts",), ("no tariff code is stated",))
    return _add_up(line, entries, tuple(exempt))


def _entry(
    measure: Measure,
    truth: Truth,
    asks: frozenset[str],
    specific: int,
    facts: Facts,
    rules: RuleBase,
    setting: Setting,
    exempt: list[Lifted],
) -> _Entry | None:
    """The measure's rate at the moment, lifts taken off; None where it is not in force."""
    state = rules.stand(measure, setting.moment, setting.known_by).state
    step = rules.step(measure, setting.moment, setting.known_by)
    if step is None or state in (State.NOT_KNOWN, State.NOT_BEGUN, State.ENDED):
        return None
    low, high, note = step.rate if step.rate is not None else _ZERO, step.rate, ""
    if step.rate is None and step.branches:
        low, high = min(rate for _, rate in step.branches), max(rate for _, rate in step.branches)
        note = "not known: " + ", ".join(f"{name} {show(rate)}" for name, rate in step.branches)
    elif step.rate is None:
        note = "rate not known"
    if state is State.SUSPENDED:
        low, high, note = _ZERO, _ZERO, "suspended"
    elif state in (State.UNKNOWN, State.UNENFORCED):
        low, note = _ZERO, f"state {state.value}"
    for lift in rules.lifts_of(measure.id):
        lifted, more = _lift_truth(lift, facts, rules, setting, 0)
        if lifted is Truth.YES:
            if truth is Truth.YES and high != 0:
                exempt.append(Lifted(lift, measure, Effect.FREE, lift.certainty))
            low = high = _ZERO
        elif lifted is Truth.UNKNOWN and high != 0:
            low, asks = _ZERO, asks | more
    certain = truth is Truth.YES
    if measure.standing is Standing.UNVERIFIED:
        certain, note = False, note or "not confirmed by a source that was read"
    return _Entry(measure, low, high, note, specific, certain, asks)


def _reaches(measure: Measure, facts: Facts, setting: Setting) -> tuple[Truth, frozenset[str], int, bool]:
    """Whether a duty reaches the line (its activity aside), what to ask, how specific it is, and whether the route fits."""
    truth, asks, specific, route = Truth.YES, frozenset[str](), 0, True
    for condition in measure.conditions:
        if isinstance(condition, ActivityIs):
            continue
        judged = setting.judge(condition, facts)
        if isinstance(condition, GoodsAre):
            codes = [code for item in condition.items for code in item.customs]
            have = stated_codes(facts)
            specific = max((len(c.value) for c in codes if any(h.compares(c) and not h.excludes(c) for h in have)), default=0)
        elif judged.truth is Truth.NO:
            route = False
        if judged.truth is Truth.NO:
            truth = Truth.NO
        elif judged.truth is Truth.UNKNOWN and truth is not Truth.NO:
            truth, asks = Truth.UNKNOWN, asks | judged.asks
    return truth, asks, specific, route


def _lift_truth(lift: Lift, facts: Facts, rules: RuleBase, setting: Setting, depth: int) -> tuple[Truth, frozenset[str]]:
    """Whether an exemption applies, and no exception to it."""
    state = rules.stand(lift, setting.moment, setting.known_by).state
    if not lift.instrument.decides or state not in (State.IN_FORCE, State.UNKNOWN, State.UNENFORCED) or depth > 8:
        return Truth.NO, frozenset()
    judged = [setting.judge(one, facts) for one in lift.conditions if not isinstance(one, ActivityIs)]
    if any(one.truth is Truth.NO for one in judged):
        return Truth.NO, frozenset()
    asks = frozenset[str]().union(*(one.asks for one in judged))
    sure = not asks and state is State.IN_FORCE and lift.standing is not Standing.UNVERIFIED
    for exception in rules.lifts_of(lift.id):
        against, more = _lift_truth(exception, facts, rules, setting, depth + 1)
        if against is Truth.YES:
            return Truth.NO, frozenset()
        if against is Truth.UNKNOWN:
            sure, asks = False, asks | more
    return (Truth.YES if sure else Truth.UNKNOWN), asks


def _layer(entries: list[_Entry]) -> _Layer:
    """Of the certain entries the most specific counts; open ones that would be more specific widen the range."""
    sure = [one for one in entries if one.certain]
    top = max((one.specific for one in sure), default=-1)
    best = [one for one in sure if one.specific == top]
    rivals = [one for one in entries if not one.certain and one.specific >= top]
    counting = [*best, *rivals]
    lows = [one.low for one in counting] + ([] if best else [_ZERO])
    highs = [one.high for one in counting if one.high is not None]
    undeclared = len({(one.low, one.high) for one in best}) > 1
    note = "two measures of one layer have the same code: which one counts is not declared" if undeclared else ""
    high = None if any(one.high is None for one in counting) else max(highs, default=_ZERO)
    return _Layer(tuple(counting), min(lows), high, bool(best) and not rivals and not undeclared, note)


def _add_up(line: Line, entries: list[_Entry], exempt: tuple[Lifted, ...]) -> Duty:
    names = sorted({one.measure.layer for one in entries}, key=lambda name: (name != BASE_LAYER, name))
    layers = {name: _layer([one for one in entries if one.measure.layer == name]) for name in names}
    notes = [layer.note for layer in layers.values() if layer.note]
    base = layers.get(BASE_LAYER)
    if base is None:
        notes.append("the base rate is not held for this code")
    elif not base.certain:
        notes.append("the code is too short to tell the base rate")
    base_known = base is not None and base.certain
    low = sum((layer.low for layer in layers.values()), _ZERO)
    ceiling = sum((layer.high for layer in layers.values() if layer.high is not None), _ZERO)
    bounded = base_known and all(layer.high is not None for layer in layers.values())
    rate = low if bounded and low == ceiling else None
    amount = None
    if rate is not None and line.value is not None:
        amount = (line.value * rate / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    counted = [(one, layer) for layer in layers.values() for one in layer.entries]
    return Duty(
        rate=rate,
        low=low if bounded else None,
        high=ceiling if bounded else None,
        layers=tuple(_shown(one, layer) for one, layer in counted if one.high != 0 or one.measure.layer == BASE_LAYER),
        exempt=exempt,
        missing=tuple(sorted(frozenset[str]().union(*(one.asks for one, layer in counted if layer.low != layer.high)))),
        notes=tuple(notes),
        ceiling=ceiling,
        amount=amount,
        currency=line.currency,
    )


def _shown(one: _Entry, layer: _Layer) -> DutyLayer:
    exact = one.certain and one.low == one.high and layer.low == layer.high
    note = one.note or ("" if exact else "whether it applies is not certain")
    return DutyLayer(one.measure, one.high if one.low == one.high else None, note)
