"""The duties on a line: layers added up, exemptions taken away; beside the verdict, never in it."""

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


@dataclass(frozen=True, slots=True)
class _Layer:
    measure: Measure
    low: Decimal | None
    high: Decimal | None
    note: str
    specific: int
    certain: bool
    asks: frozenset[str]


def judge_duty(line: Line, facts: Facts, rules: RuleBase, setting: Setting, measures: Iterable[Measure]) -> Duty | None:
    """The duties on a line at a moment, or None where no duty of the base concerns the route."""
    found: list[_Layer] = []
    exempt: list[Lifted] = []
    concerned = False
    for measure in measures:
        truth, asks, specific, route = _reaches(measure, facts, setting)
        concerned = concerned or route
        if truth is Truth.NO or rules.stand(measure, setting.moment, setting.known_by).state is not State.IN_FORCE:
            continue
        step = rules.step(measure, setting.moment, setting.known_by)
        if step is None:
            continue
        low = high = step.rate
        note = ""
        if step.rate is None and step.branches:
            low = min(rate for _, rate in step.branches)
            high = max(rate for _, rate in step.branches)
            note = "not known: " + ", ".join(f"{name} {show(rate)}" for name, rate in step.branches)
        for lift in rules.lifts_of(measure.id):
            lifted, lift_asks = _lift_truth(lift, facts, rules, setting)
            if lifted is Truth.YES:
                if truth is Truth.YES and high != 0:
                    exempt.append(Lifted(lift, measure, Effect.FREE, lift.certainty))
                low = high = Decimal(0)
            elif lifted is Truth.UNKNOWN and high != 0:
                low, asks = Decimal(0), asks | lift_asks
        if measure.standing is Standing.UNVERIFIED and truth is Truth.YES:
            truth, note = Truth.UNKNOWN, note or "not confirmed by a source that was read"
        if truth is Truth.UNKNOWN:
            low = Decimal(0) if low is not None else None
        if high == 0 and low == 0 and measure.layer != BASE_LAYER:
            continue
        found.append(_Layer(measure, low, high, note, specific, truth is Truth.YES, asks))
    if not concerned:
        return None
    if not stated_codes(facts):
        return Duty(None, None, None, (), (), ("codes.hts",), ("no tariff code is stated",))
    return _add_up(line, _most_specific(found), tuple(exempt))


def _reaches(measure: Measure, facts: Facts, setting: Setting) -> tuple[Truth, frozenset[str], int, bool]:
    """Whether a duty reaches the line (its activity aside), what to ask, how specific, and whether the route fits."""
    truth, asks, specific, route = Truth.YES, frozenset[str](), 0, True
    for condition in measure.conditions:
        if isinstance(condition, ActivityIs):
            continue
        judged = condition.judge(facts, setting)
        if isinstance(condition, GoodsAre):
            if judged.truth is Truth.YES:
                codes = [code for item in condition.items for code in item.customs]
                have = stated_codes(facts)
                specific = max((len(c.value) for c in codes if any(h.is_within(c) for h in have)), default=0)
        elif judged.truth is Truth.NO:
            route = False
        if judged.truth is Truth.NO:
            truth = Truth.NO
        elif judged.truth is Truth.UNKNOWN and truth is not Truth.NO:
            truth, asks = Truth.UNKNOWN, asks | judged.asks
    return truth, asks, specific, route


def _lift_truth(lift: Lift, facts: Facts, rules: RuleBase, setting: Setting) -> tuple[Truth, frozenset[str]]:
    if rules.stand(lift, setting.moment, setting.known_by).state is not State.IN_FORCE:
        return Truth.NO, frozenset()
    judged = [one.judge(facts, setting) for one in lift.conditions if not isinstance(one, ActivityIs)]
    if any(one.truth is Truth.NO for one in judged):
        return Truth.NO, frozenset()
    asks = frozenset[str]().union(*(one.asks for one in judged))
    sure = not asks and lift.standing is not Standing.UNVERIFIED
    return (Truth.YES if sure else Truth.UNKNOWN), asks


def _most_specific(found: list[_Layer]) -> list[_Layer]:
    """Of the certain measures of one layer keep the most specific; open ones stay as possibilities."""
    best: dict[str, int] = {}
    for one in found:
        if one.certain:
            best[one.measure.layer] = max(best.get(one.measure.layer, 0), one.specific)
    return [one for one in found if not one.certain or one.specific == best[one.measure.layer]]


def _add_up(line: Line, layers: list[_Layer], exempt: tuple[Lifted, ...]) -> Duty:
    notes: list[str] = []
    asks = sorted(frozenset[str]().union(*(one.asks for one in layers)))
    base = [one for one in layers if one.measure.layer == BASE_LAYER]
    base_known = len(base) == 1 and base[0].certain
    if not base_known:
        notes.append("the base rate is not held for this code" if not base else "the code is too short to tell the base rate")
    open_rates = any(one.low is None or one.high is None for one in layers)
    low = sum((one.low for one in layers if one.low is not None), Decimal(0))
    high = _highest(layers)
    rate = low if base_known and not open_rates and low == high else None
    amount = None
    if rate is not None and line.value is not None:
        amount = (line.value * rate / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return Duty(
        rate=rate,
        low=low if base_known and not open_rates else None,
        high=high if base_known and not open_rates else None,
        layers=tuple(
            DutyLayer(one.measure, one.high if one.low == one.high else None, one.note or ("" if one.certain else "not certain for this code"))
            for one in sorted(layers, key=lambda one: (one.measure.layer != BASE_LAYER, one.measure.id))
        ),
        exempt=exempt,
        missing=tuple(asks),
        notes=tuple(notes),
        ceiling=high,
        amount=amount,
        currency=line.currency,
    )


def _highest(layers: list[_Layer]) -> Decimal:
    """The highest sum: of the open measures of one layer only one can apply."""
    by_layer: dict[str, Decimal] = {}
    for one in layers:
        if one.high is not None:
            by_layer[one.measure.layer] = max(by_layer.get(one.measure.layer, Decimal(0)), one.high)
    return sum(by_layer.values(), Decimal(0))
