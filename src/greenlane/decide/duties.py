"""The duties on a line: layers added up, exemptions taken away; beside the verdict, never in it.

Within a layer the measure with the most specific code counts. What a short code or a missing fact leaves open gives a range,
and no sum; a duty that is only announced, or not confirmed, is never charged as certain. A rate by quantity becomes money
where the quantity is stated, and percent where the value is stated too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from greenlane.decide.decision import Assumed, Duty, DutyLayer, Lifted
from greenlane.decide.line import Line
from greenlane.law.effect import Effect
from greenlane.law.facts import Facts
from greenlane.law.measure import Lift, Measure
from greenlane.law.rates import Found, Rate, Schedule
from greenlane.law.rulebase import RuleBase, State
from greenlane.law.scope import ActivityIs, Finding, GoodsAre, PlaceIs, Setting, Truth, stated_codes
from greenlane.terms.amounts import convert, show
from greenlane.terms.codes import SHARED_DIGITS, Code
from greenlane.terms.sources import Source, Standing

BASE_LAYER = "mfn"
MONEY = "USD"  # the money of rates by quantity
LINES_MAX = 2_000  # tariff lines beneath a short code that are looked at one by one
_ZERO = Decimal(0)
_CENT = Decimal("0.01")
_POINTS = Decimal("0.0001")
DEPTH_MAX = 8  # exceptions to exceptions; the checks refuse cycles
_WHOLE_LINE = 8  # digits at which a rate is printed


@dataclass(frozen=True, slots=True)
class _Charge:
    """What one rate asks: percent of the value, and money for the quantity (None: it cannot be said, `asks` says why)."""

    percent: Decimal
    fixed: Decimal | None = _ZERO
    asks: frozenset[str] = frozenset()
    note: str = ""

    def points(self, line: Line) -> Decimal | None:
        """The charge as percent of the value, or None."""
        if self.fixed == _ZERO:
            return self.percent
        if self.fixed is None or line.value is None or line.value == 0 or line.currency != MONEY:
            return None
        return self.percent + self.fixed * 100 / line.value


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
    charge: _Charge | None = None  # the one rate, where there is one
    text: str = ""  # the rate as written, where it is not plain percent
    heading: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer: the entries that count in it, and the bounds of its rate."""

    entries: tuple[_Entry, ...]
    low: Decimal
    high: Decimal | None
    certain: bool
    note: str

    @property
    def charge(self) -> _Charge | None:
        """The charge, where one entry alone certainly counts."""
        return self.entries[0].charge if self.certain and self.entries else None


@dataclass(slots=True)
class Reached:
    """What was found of the duties on a line that hangs on no quantity and no value, for lines that differ in these alone.

    `duties`: those that may reach it, and how they stand. `regimes`: whose duties concern the route; who asks about a part of them
    names them. `presumed`: what was for that. `rows`: of a duty by schedule the rows for the stated codes. `lifts`: whether
    exemptions apply, and what was presumed.
    """

    duties: list[tuple[Measure, _Reach, State]] = field(default_factory=list)
    regimes: set[str] = field(default_factory=set)
    presumed: frozenset[str] | None = None  # None: nothing was looked for yet
    rows: dict[str, tuple[Found | None, ...]] = field(default_factory=dict)
    lifts: dict[tuple[str, int], tuple[tuple[Truth, frozenset[str]], frozenset[str]]] = field(default_factory=dict)


def judge_duty(
    line: Line, facts: Facts, rules: RuleBase, setting: Setting, measures: Iterable[Measure], reached: Reached | None = None
) -> Duty | None:
    """The duties on a line at a moment, or None where no duty of the base concerns the route.

    `reached` is filled, and used again for lines that differ in quantity, unit, value and currency alone.
    """
    question = _Question(line, facts, rules, setting, reached or Reached())
    regimes = question.look(measures)
    entries = [entry for one, reach, state in question.reached.duties if (entry := question.entry(one, reach, state)) is not None]
    if not regimes:
        return None
    if not stated_codes(facts):
        return Duty(None, None, None, (), (), ("codes.hts",), ("no tariff code is stated",))
    duty = _add_up(line, entries, tuple(question.exempt))
    assumed = tuple(_assumed(name, facts) for name in sorted(question.presumed))
    duty = replace(duty, assumed=assumed, doubtful=tuple(question.doubtful))
    return _as_read(duty, [name for name in rules.regimes if name in regimes], rules, setting)


def _assumed(name: str, facts: Facts) -> Assumed:
    fact = facts.get(name)
    return Assumed(name, "" if fact is None else str(fact.value), "" if fact is None else fact.note)


def _as_read(duty: Duty, regimes: Iterable[str], rules: RuleBase, setting: Setting) -> Duty:
    """A day after the last that was read has no sure sum: the layers stand as last read, and the duty says so."""
    for name in regimes:
        regime = rules.regimes[name]
        if not setting.known_by.is_after(regime.known_through.day):
            continue
        moment = setting.moment
        through = regime.known_through.day
        day = moment.local.date() if moment.local is not None else moment.instant.date() if moment.instant is not None else through
        if day > through:
            last = "" if duty.rate is None else f"; as last read they add up to {show(duty.rate)} %"
            note = f"duties were read up to {through}; what came after is not known{last}"
            duty = replace(
                duty, rate=None, low=None, high=None, amount=None, additional=None, notes=(*duty.notes, note), as_read=duty.rate
            )
        else:
            duty = replace(duty, notes=(*duty.notes, f"what became public about duties after {through} was not read"))
    return duty


def specific_to(condition: GoodsAre, stated: Sequence[Code]) -> int:
    """How many digits of a condition's customs codes the stated ones meet: what makes a duty go before another of its layer."""
    codes = [code for item in condition.items for code in item.customs]
    if not codes:
        return _WHOLE_LINE if any(item.codes for item in condition.items) else 0
    return max((len(c.value) for c in codes if any(h.compares(c) and not h.excludes(c) for h in stated)), default=0)


# --- one measure ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reach:
    """Whether a duty reaches the line (its activity aside), what to ask, how specific it is, and whether the route fits."""

    truth: Truth
    asks: frozenset[str]
    specific: int
    route: bool


class _Question:
    """One line at one moment; what frees it and what was presumed is gathered on the way."""

    def __init__(self, line: Line, facts: Facts, rules: RuleBase, setting: Setting, reached: Reached) -> None:
        self.line = line
        self.reached = reached
        self.facts = facts
        self.rules = rules
        self.setting = setting
        self.codes = stated_codes(facts)
        self.exempt: list[Lifted] = []
        self.doubtful: list[Lifted] = []
        self.presumed: set[str] = set()

    def look(self, measures: Iterable[Measure]) -> set[str]:
        """Look which duties may reach the line, if nobody did; returns the regimes whose duties concern its route."""
        reached = self.reached
        if reached.presumed is None:
            for measure in measures:
                if not measure.instrument.decides:
                    continue
                reach = self._reach(measure)
                if not reach.route:
                    continue
                state = self.rules.stand(measure, self.setting.moment, self.setting.known_by).state
                if state is State.NOT_KNOWN:
                    continue
                reached.regimes.add(measure.regime)
                if reach.truth is not Truth.NO and state not in (State.NOT_BEGUN, State.ENDED):
                    reached.duties.append((measure, reach, state))
            reached.presumed = frozenset(self.presumed)
        self.presumed |= reached.presumed
        return reached.regimes

    def _reach(self, measure: Measure) -> _Reach:
        """Places first: a duty of another route is none of the line's business."""
        truth, asks, specific = Truth.YES, frozenset[str](), 0
        failed: list[Finding] = []
        for condition in measure.by_cost:
            if isinstance(condition, ActivityIs):
                continue
            found = self.setting.judge(condition, self.facts)
            if isinstance(condition, GoodsAre):
                specific = specific_to(condition, self.codes)
            elif found.truth is Truth.NO and isinstance(condition, PlaceIs):
                return _Reach(Truth.NO, asks, 0, route=False)
            if found.truth is Truth.NO:
                failed.append(found)
            elif found.truth is Truth.UNKNOWN:
                truth, asks = Truth.UNKNOWN, asks | found.asks
        if failed:
            self._note_presumed(failed)
            return _Reach(Truth.NO, frozenset(), specific, route=True)
        return _Reach(truth, asks, specific, route=True)

    def _note_presumed(self, failed: Iterable[Finding]) -> None:
        """What alone keeps a duty or an exemption off the line, if it is only presumed, is said."""
        names = [found.presumed for found in failed]
        if all(names):
            self.presumed.update(*names)

    def entry(self, measure: Measure, reach: _Reach, state: State) -> _Entry | None:
        """The measure's rate at the moment, lifts taken off; None where there is none for the line."""
        if measure.schedule is not None:
            entry = self._scheduled(measure, measure.schedule)
        else:
            entry = _stepped(measure, self.rules, self.setting, reach.specific)
        if entry is None:
            return None
        entry = replace(entry, certain=reach.truth is Truth.YES, asks=entry.asks | reach.asks)
        if state is State.SUSPENDED:
            entry = _at(entry, _ZERO, _ZERO, "suspended")
        elif state in (State.UNKNOWN, State.UNENFORCED):
            entry = _at(entry, _ZERO, entry.high, f"state {state.value}")
        for lift in self.rules.lifts_of(measure.id) if entry.high != 0 else ():
            lifted, more = self._lift_truth(lift, 0)
            if lifted is Truth.YES:
                if reach.truth is Truth.YES and entry.high != 0:
                    self.exempt.append(Lifted(lift, measure, Effect.FREE, lift.certainty))
                entry = _at(entry, _ZERO, _ZERO, entry.note)
            elif lifted is Truth.UNKNOWN and entry.high != 0:
                self.doubtful.append(Lifted(lift, measure, Effect.FREE, lift.certainty))
                note = entry.note or f"whether {lift.id} takes it away is not certain"
                entry = replace(_at(entry, _ZERO, entry.high, note), asks=entry.asks | more)
        if measure.standing is Standing.UNVERIFIED:
            return replace(entry, certain=False, note=entry.note or "not confirmed by a source that was read")
        return entry

    def _lift_truth(self, lift: Lift, depth: int) -> tuple[Truth, frozenset[str]]:
        """Whether an exemption applies, and no exception to it; what was presumed for that is presumed again."""
        kept = self.reached.lifts.get((lift.id, depth))
        if kept is None:
            before, self.presumed = self.presumed, set()
            kept = self.reached.lifts[lift.id, depth] = self._lift_truth_anew(lift, depth), frozenset(self.presumed)
            self.presumed = before
        self.presumed |= kept[1]
        return kept[0]

    def _lift_truth_anew(self, lift: Lift, depth: int) -> tuple[Truth, frozenset[str]]:
        judged: list[Finding] = []
        failed: list[Finding] = []
        for condition in lift.by_cost:
            if isinstance(condition, ActivityIs):
                continue
            found = self.setting.judge(condition, self.facts)
            (failed if found.truth is Truth.NO else judged).append(found)
            if found.truth is Truth.NO and not found.presumed:
                return Truth.NO, frozenset()
        state = self.rules.stand(lift, self.setting.moment, self.setting.known_by).state
        if not lift.instrument.decides or state not in (State.IN_FORCE, State.UNKNOWN, State.UNENFORCED) or depth > DEPTH_MAX:
            return Truth.NO, frozenset()
        if failed:
            self._note_presumed(failed)
            return Truth.NO, frozenset()
        asks = frozenset[str]().union(*(one.asks for one in judged))
        sure = not asks and state is State.IN_FORCE and lift.standing is not Standing.UNVERIFIED
        for exception in self.rules.lifts_of(lift.id):
            against, more = self._lift_truth(exception, depth + 1)
            if against is Truth.YES:
                return Truth.NO, frozenset()
            if against is Truth.UNKNOWN:
                sure, asks = False, asks | more
        return (Truth.YES if sure else Truth.UNKNOWN), asks

    def _scheduled(self, measure: Measure, schedule: Schedule) -> _Entry | None:
        """The rate by the stated codes; a code too short to say gives the range of the lines beneath."""
        found = self.reached.rows.get(measure.id)
        if found is None:
            lines = (one for digits in self._digits(schedule.scheme) for one in self._lines(digits, schedule))
            found = self.reached.rows[measure.id] = tuple(dict.fromkeys(lines))
        rows = [one for one in found if one is not None]
        if not rows:
            return None
        parts = [_of_row(measure, one, self.line) for one in rows]
        if len({(one.low, one.high, one.note) for one in parts}) == 1 and len(rows) == len(found):
            return parts[0] if len(rows) == 1 else replace(parts[0], heading="", specific=0)
        low = min([one.low for one in parts] + ([_ZERO] if None in found else []))
        high = None if any(one.high is None for one in parts) else max(one.high or _ZERO for one in parts)
        asks = frozenset({f"codes.{schedule.scheme}"}).union(*(one.asks for one in parts))
        if low == high:
            return replace(parts[0], charge=_Charge(low), heading="", text="", note="", specific=0)
        return _Entry(measure, low, high, "the code is too short to tell", 0, certain=True, asks=asks)

    def _digits(self, scheme: str) -> tuple[str, ...]:
        """The stated codes as digits of the scheme: its own as they are, those of others to the six digits all share."""
        own = [code.value for code in self.codes if code.scheme == scheme]
        digits = own or [code.value[:SHARED_DIGITS] for code in self.codes]
        return tuple(dict.fromkeys(one for one in digits if not any(o != one and o.startswith(one) for o in digits)))

    def _lines(self, digits: str, schedule: Schedule) -> Iterable[Found | None]:
        """The rows that stand for a code: its own, or those of every tariff line beneath it (None: a line without such a duty)."""
        moment, known_by = self.setting.moment, self.setting.known_by
        beneath = set(schedule.beneath(digits))
        if not schedule.whole and len(digits) < _WHOLE_LINE:
            whole = self.rules.whole_schedule(schedule.scheme)
            beneath.update(() if whole is None else whole.beneath(digits))
        if len(digits) >= _WHOLE_LINE or not beneath:
            yield schedule.above(digits, moment, known_by)
        for code in sorted(beneath)[:LINES_MAX]:
            yield schedule.above(code, moment, known_by)
        if len(beneath) > LINES_MAX:
            yield None


def _at(entry: _Entry, low: Decimal, high: Decimal | None, note: str) -> _Entry:
    """The entry with other bounds."""
    charge = entry.charge if low == entry.low and high == entry.high else _Charge(low) if low == high else None
    return replace(entry, low=low, high=high, note=note, charge=charge)


def _stepped(measure: Measure, rules: RuleBase, setting: Setting, specific: int) -> _Entry | None:
    """The rate of a duty with steps."""
    step = rules.step(measure, setting.moment, setting.known_by)
    if step is None:
        return None
    low, high, note = step.rate if step.rate is not None else _ZERO, step.rate, ""
    if step.rate is None and step.branches:
        low, high, note = _of_branches(step.branches)
    elif step.rate is None:
        note = "rate not known"
    charge = None if step.rate is None else _Charge(step.rate)
    return _Entry(measure, low, high, note, specific, certain=True, asks=frozenset(), charge=charge, source=step.source)


def _of_branches(branches: tuple[tuple[str, Decimal], ...]) -> tuple[Decimal, Decimal, str]:
    rates = [rate for _, rate in branches]
    return min(rates), max(rates), "not known: " + ", ".join(f"{name} {show(rate)}" for name, rate in branches)


def _of_row(measure: Measure, found: Found, line: Line) -> _Entry:
    """The entry of one row of a schedule."""
    row, rate = found.entry, found.entry.rate
    entry = _Entry(
        measure,
        _ZERO,
        None,
        row.note,
        len(found.code),
        certain=True,
        asks=frozenset(),
        text="" if rate is None or (rate.read and not rate.specific) else str(rate),
        heading=row.heading,
        source=row.source,
    )
    if rate is None:
        low, high, note = _of_branches(row.branches) if row.branches else (_ZERO, None, "rate not known")
        return replace(entry, low=low, high=high, note=f"{row.note}: {note}" if row.note else note)
    if not rate.read:
        note = "the schedule prints this rate in words; it is not computed"
        return replace(entry, note=note)
    charge = _charge(rate, line)
    points = charge.points(line)
    note = charge.note
    if points is None and charge.fixed is not None and not note:
        lacks = "value" if not line.value else "currency"
        charge, note = replace(charge, asks=frozenset({lacks})), f"the {lacks} in {MONEY} is needed for percent"
    low = rate.percent if points is None else points
    return replace(entry, low=low, high=points, charge=charge, note=note or row.note, asks=charge.asks)


def _charge(rate: Rate, line: Line) -> _Charge:
    """A rate applied to the line's quantity."""
    fixed = _ZERO
    for part in rate.specific:
        if line.quantity is None or not line.unit:
            lacks = frozenset({name for name, value in (("quantity", line.quantity), ("unit", line.unit)) if not value})
            return _Charge(rate.percent, None, lacks, f"state the quantity in {part.unit}")
        amount = convert(line.quantity, line.unit, part.unit)
        if amount is None:
            return _Charge(
                rate.percent, None, frozenset({"unit"}), f"the quantity in {line.unit} does not say how many {part.unit}"
            )
        fixed += amount * part.usd
    return _Charge(rate.percent, fixed)


# --- the sum ----------------------------------------------------------------------------------------------------------


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
    elif base.low != base.high and all(one.charge is None and not one.text for one in base.entries):
        notes.append("the code is too short to tell the base rate")
    base_known = base is not None and base.certain
    low = sum((layer.low for layer in layers.values()), _ZERO)
    ceiling = sum((layer.high for layer in layers.values() if layer.high is not None), _ZERO)
    bounded = base_known and all(layer.high is not None for layer in layers.values())
    rate = low if bounded and low == ceiling else None
    charges = [layer.charge for layer in layers.values()] if base_known else [None]
    by_quantity = any(charge is not None and charge.fixed != _ZERO for charge in charges)
    if by_quantity:
        notes.append("part of the duty is by quantity: the percent is what it comes to on this value")
    counted = [(one, layer) for layer in layers.values() for one in layer.entries]
    amount, currency = _money(line, charges)
    exact = all(layer.certain and layer.high == layer.low for layer in layers.values())
    return Duty(
        rate=rate if rate is None or not by_quantity else rate.quantize(_POINTS, ROUND_HALF_UP),
        low=low if bounded else None,
        high=ceiling if bounded else None,
        layers=tuple(_shown(one, layer, line) for one, layer in counted if one.high != 0 or one.measure.layer == BASE_LAYER),
        exempt=exempt,
        missing=tuple(sorted(frozenset[str]().union(*(one.asks for one, layer in counted if layer.low != layer.high)))),
        notes=tuple(notes),
        ceiling=ceiling,
        amount=amount,
        currency=currency,
        additional=low if base is None and layers and exact else None,
    )


def _money(line: Line, charges: Iterable[_Charge | None]) -> tuple[Decimal | None, str]:
    """The money of all charges together, where each is one rate and everything it needs is stated."""
    percent, fixed = _ZERO, _ZERO
    for charge in charges:
        if charge is None or charge.fixed is None:
            return None, line.currency
        percent, fixed = percent + charge.percent, fixed + charge.fixed
    if fixed and line.currency not in ("", MONEY):
        return None, line.currency
    if line.value is None:
        return (_cents(fixed), MONEY) if fixed and not percent else (None, line.currency)
    return _cents(line.value * percent / 100 + fixed), MONEY if fixed else line.currency


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def _shown(one: _Entry, layer: _Layer, line: Line) -> DutyLayer:
    exact = one.certain and one.low == one.high and layer.low == layer.high
    note = one.note or ("" if exact else "whether it applies is not certain")
    amount, currency = _money(line, [one.charge]) if layer.certain else (None, "")
    rate = one.high if one.low == one.high else None
    return DutyLayer(
        one.measure,
        rate if rate is None or not one.text else rate.quantize(_POINTS, ROUND_HALF_UP),
        note,
        low=one.low,
        high=one.high,
        text=one.text,
        heading=one.heading,
        source=one.source,
        amount=amount,
        currency=currency,
    )
