"""decide(line, rules, on=, known_by=): what the law asks of one line on a day, with what was known by another.

The way of a line: its facts are prepared; each measure's scope is judged three-valued; what stands in force bites, less
what lifts it; missing facts are tried out; regimes that could reach the line must be covered, or there is no `free`. A day
that holds a change is judged at each of its halves, and the graver one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from greenlane.decide.completions import Class, Explored, Outcome, classes_of, explore
from greenlane.decide.decision import (
    Assumed,
    Coverage,
    Decision,
    Lifted,
    Missing,
    NearMiss,
    Reason,
    verdict_of,
)
from greenlane.decide.duties import judge_duty
from greenlane.decide.line import Line
from greenlane.decide.prepare import prepare
from greenlane.law.effect import Effect, graver
from greenlane.law.facts import Basis, Facts, Listing
from greenlane.law.measure import Act, Lift, Measure, Rule
from greenlane.law.regime import Regime, Way
from greenlane.law.rulebase import RuleBase, Stand, State
from greenlane.law.scope import AddresseeIs, Condition, Cut, Finding, GoodsAre, Setting, Truth
from greenlane.terms.parties import ROLES
from greenlane.terms.periods import Asked, Bound, Moment
from greenlane.terms.sources import Standing

NEAR_MISSES_MAX = 12
DEPTH_MAX = 8  # exceptions to exceptions; the checks refuse cycles
SIDES = ("cn", "us")


def decide(
    line: Line,
    rules: RuleBase,
    *,
    on: Asked | None = None,
    known_by: Asked | None = None,
    sides: Sequence[str] = SIDES,
    strict: bool = False,
    look_ahead: bool = True,
) -> Decision:
    """Say what the law asks of one line on a day, from what was public (or known to the asking party) by another.

    `on` defaults to the line's own date (one of the two must be there: ValueError), `known_by` to the day of `on`.
    `strict` turns presumptions off; `look_ahead` finds the first day on which the answer differs.
    """
    day = line.date or on
    if day is None:
        raise ValueError("a question needs a day: give the line a date, or say on=")
    known = known_by or Asked.of(day.calendar_day)
    question = _Question(line, rules, known, tuple(sides), strict)
    decision = question.answer(day)
    if look_ahead:
        change = question.next_change(day, decision)
        if change is not None:
            decision = replace(decision, next_change=change[0], next_verdict=change[1])
    return decision


@dataclass(frozen=True, slots=True)
class _Bite:
    """A measure that bites or may bite: the bounds of its effect, and what would have to be asked."""

    measure: Measure
    low: Effect
    high: Effect
    asks: frozenset[str]
    state: Stand
    findings: tuple[Finding, ...]
    lifts: tuple[Lift, ...]
    review: str
    entry: str
    presumed: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Reach:
    """A regime that reaches, or may reach, the line; what would have to be asked, and what was presumed for it."""

    regime: Regime
    truth: Truth
    asks: frozenset[str]
    presumed: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Open:
    """An open question that no fact of the line can answer: an act whose end nobody confirmed, an unenforced rule."""

    fact: str
    why: str
    labels: tuple[str, str]  # for "it bites", "it does not"


class _Question:
    """One line, as known by one day, under chosen regimes; answers for any day."""

    def __init__(self, line: Line, rules: RuleBase, known_by: Asked, sides: tuple[str, ...], strict: bool) -> None:
        self.line = line
        self.rules = rules
        self.known_by = known_by
        self.sides = sides
        self.strict = strict
        self.reached: tuple[Facts, Setting, dict[str, Finding]] | None = None
        self.memory = rules.memory()
        neutral = rules.setting(Moment.of_day(known_by.calendar_day), known_by, strict=strict, memory=self.memory)
        self.facts = prepare(line, rules, neutral)
        self.duties = [one for one in rules.measures.values() if one.effect is Effect.DUTY and one.instrument.side in sides]
        self.candidates, self.distant = self._candidates(neutral)
        self.opens: dict[str, _Open] = {}
        self._all_bounds: frozenset[Bound] | None = None

    def _candidates(self, neutral: Setting) -> tuple[list[Measure], list[tuple[Measure, tuple[Finding, ...]]]]:
        """Measures whose lasting conditions may hold; and those that fail, with what failed (for near misses)."""
        near: list[Measure] = []
        far: list[tuple[Measure, tuple[Finding, ...]]] = []
        for measure in (*self.rules.general, *self.rules.listed_for(self.line.codes)):
            if measure.effect is Effect.DUTY or measure.instrument.side not in self.sides:
                continue
            failed = self._failed(measure, neutral)
            if failed:
                far.append((measure, failed))
            else:
                near.append(measure)
        return near, far

    def _failed(self, measure: Measure, neutral: Setting) -> tuple[Finding, ...]:
        """The lasting conditions that fail; the goods, dear to judge, last, and not at all where something else fails for good."""
        failed: list[Finding] = []
        for goods in (False, True):
            if goods and any(not one.presumed for one in failed):
                break
            for condition in measure.conditions:
                if isinstance(condition, GoodsAre) is not goods or not self._lasting(condition):
                    continue
                found = neutral.judge(condition, self.facts)
                if found.truth is Truth.NO:
                    failed.append(found)
                    if len(failed) > 1 and not all(one.presumed for one in failed):
                        return tuple(failed)
        return tuple(failed)

    def _lasting(self, condition: Condition) -> bool:
        """Whether the answer of a condition about these facts is the same on every day."""
        if isinstance(condition, AddresseeIs):
            return False
        return not any(True for _ in condition.bounds(self.rules.groups, self.facts))

    # --- days -------------------------------------------------------------------------------------------------------

    def answer(self, day: Asked) -> Decision:
        """The decision for a day: of its halves the graver."""
        moments = day.moments(self._bounds())
        answers = [self._judge(day, moment) for moment in moments]
        worst = max(answers, key=lambda one: (one.high.rank, one.low.rank))
        duties = [one.duty for one in answers if one.duty is not None]
        duty = max(duties, key=lambda one: one.ceiling, default=None)
        notes = list(worst.notes)
        if len({(one.low, one.high) for one in answers}) > 1:
            notes.append(f"the day holds a change ({_halves(moments)}); the graver half is given: add an hour to be exact")
        if len({(one.rate, one.ceiling) for one in duties}) > 1:
            notes.append(f"the duty changes within the day ({_halves(moments)}); the higher one is given: add an hour to be exact")
        return replace(worst, duty=duty, notes=tuple(notes))

    def _bounds(self) -> frozenset[Bound]:
        if self._all_bounds is None:
            self._all_bounds = self._gather_bounds()
        return self._all_bounds

    def _gather_bounds(self) -> frozenset[Bound]:
        found: set[Bound] = set()
        groups = self.rules.groups
        for measure in (*self.candidates, *self.duties):
            found |= self.rules.bounds_of(measure)
            for rule in (measure, *self._all_lifts(measure.id, 0)):
                for condition in rule.conditions:
                    found.update(condition.bounds(groups, self.facts))
        for regime in self.rules.regimes.values():
            found.add(regime.start)
            for way in (*regime.reaches, *regime.subject):
                for name in way.asked_while:
                    for one in self.rules.expand(name):
                        found |= self.rules.bounds_of(self.rules.measures[one])
            for conditions in _of_regime(regime):
                for condition in conditions:
                    found.update(condition.bounds(groups, self.facts))
        return frozenset(found)

    def _all_lifts(self, name: str, depth: int) -> Iterable[Lift]:
        if depth <= DEPTH_MAX:
            for lift in self.rules.lifts_of(name):
                yield lift
                yield from self._all_lifts(lift.id, depth + 1)

    def next_change(self, day: Asked, now: Decision) -> tuple[str, str] | None:
        """The first later day on which verdict or range differs, as known by the same day; with its verdict."""
        days: set[date] = set()
        for bound in self._bounds():
            days.add(bound.day)
            if bound.as_day != bound.local.replace(hour=0, minute=0, second=0):
                days.add(bound.day + timedelta(days=1))
        seen = None
        for later in sorted(one for one in days if one > day.calendar_day):
            then, signature = self._range(Asked.of(later))
            if signature == seen:
                continue
            seen = signature
            if then != (now.low, now.high):
                return later.isoformat(), verdict_of(*then).value
        return None

    def _range(self, day: Asked) -> tuple[tuple[Effect, Effect], object]:
        """The bounds of the verdict on a day, without reasons; the signature tells two like days apart from others."""
        found = []
        for moment in day.moments(self._bounds()):
            setting = self.rules.setting(moment, self.known_by, strict=self.strict, memory=self.memory)
            bites, _, explored = self._weigh(setting)
            found.append((explored.low, explored.high, tuple((bite.measure.id, bite.low, bite.high) for bite in bites)))
        low, high, _ = max(found, key=lambda one: (one[1].rank, one[0].rank))
        return (low, high), tuple(found)

    def _weigh(self, setting: Setting) -> tuple[list[_Bite], list[_Reach], Explored]:
        """The bites at a moment, the regimes that reach the line, and all completions."""
        self.opens = {}
        law = [one for one in self.candidates if one.effect.restricts and one.instrument.decides]
        bites = [bite for one in law if (bite := self._bite(one, self.facts, setting, {})) is not None]
        undecided = [bite for bite in bites if bite.low is not bite.high]
        return bites, self._regimes(self.facts, setting), self._explore(bites, undecided, setting)

    # --- one moment -------------------------------------------------------------------------------------------------

    def _judge(self, day: Asked, moment: Moment) -> Decision:
        setting = self.rules.setting(moment, self.known_by, strict=self.strict, memory=self.memory)
        bites, regimes, explored = self._weigh(setting)
        certain = [bite for bite in bites if bite.low is bite.high and bite.low is not Effect.FREE]
        undecided = [bite for bite in bites if bite.low is not bite.high]
        low, high = explored.low, explored.high
        essential = explored.essential()
        asked, branches = self._missing(explored, essential, undecided)
        coverage = self._coverage(regimes, bites, setting, free=high is Effect.FREE)
        lifts = _lifted(bites)
        near = self._near_misses(setting, bites)
        side_notes = [one for one in self.candidates if not (one.effect.restricts and one.instrument.decides)]
        beside = self._beside(side_notes, setting)
        return Decision(
            line=self.line,
            on=day.text,
            known_by=self.known_by.text,
            verdict=verdict_of(low, high),
            low=low,
            high=high,
            exact=explored.exact,
            reasons=tuple(_reason(bite, certain=True, decided=bite.low is high) for bite in _by_gravity(certain)),
            possible=tuple(_reason(bite, certain=False, decided=False) for bite in _by_gravity(undecided)),
            near_misses=near,
            lifts=lifts,
            assumed=self._assumed(setting, bites, regimes),
            missing=asked,
            branches=branches,
            coverage=coverage,
            obligations=tuple(one for one in beside if one.measure.effect is Effect.REPORT and one.measure.instrument.decides),
            promises=tuple(one for one in beside if one.measure.effect is not Effect.REPORT or not one.measure.instrument.decides),
            conflicts=_conflicts(certain),
            derived=self._derived(),
            duty=judge_duty(self.line, self.facts, self.rules, setting, self.duties),
            notes=self._notes(coverage, bites, moment),
            rules_version=self.rules.version,
            rules_sha256=self.rules.sha256,
        )

    # --- measures ---------------------------------------------------------------------------------------------------

    def _stand(self, measure: Measure, facts: Facts, setting: Setting) -> Stand:
        letter = measure.instrument.letter
        told = letter is not None and letter.is_known_to(facts, self.known_by)
        return self.rules.stand(measure, setting.moment, self.known_by, told=told)

    def _findings(self, measure: Measure, facts: Facts, setting: Setting) -> tuple[Finding, ...]:
        """What each condition found; before them, where the regime asks for it, whether the regime reaches the line at all."""
        judged = setting.judge_all(measure.conditions, facts)
        regime = self.rules.regimes.get(measure.regime)
        if regime is None or not regime.subject:
            return judged
        return (self._subject(regime, facts, setting), *judged)

    def _subject(self, regime: Regime, facts: Facts, setting: Setting) -> Finding:
        """Whether the line is subject to the regime: one of its ways holds, each fails, or it is still to be asked."""
        if self.reached is None or self.reached[0] is not facts or self.reached[1] is not setting:
            self.reached = (facts, setting, {})
        known = self.reached[2]
        if regime.id not in known:
            known[regime.id] = _reach_finding(regime, self._judge_ways(regime.subject, facts, setting))
        return known[regime.id]

    def _bite(self, measure: Measure, facts: Facts, setting: Setting, supposed: Mapping[str, object]) -> _Bite | None:
        """What a measure does to the line, or None where it does nothing."""
        state = self._stand(measure, facts, setting)
        if state.state in (State.NOT_KNOWN, State.NOT_BEGUN, State.ENDED):
            return None
        if state.state is State.SUSPENDED and state.leaves is Effect.FREE:
            return None
        findings = self._findings(measure, facts, setting)
        if any(found.truth is Truth.NO for found in findings):
            return None
        asks = frozenset[str]().union(*(found.asks for found in findings))
        members = [member for found in findings for member in found.members]
        member = max(members, key=lambda one: (one.effect or measure.effect).rank, default=None)
        full = member.effect if member is not None and member.effect is not None else measure.effect
        review = member.review if member is not None and member.review else measure.review
        low = high = full
        if state.state is State.SUSPENDED:
            low = high = state.leaves
        for question, lighter in self._open_questions(measure, state):
            if question.fact not in supposed:
                self.opens[question.fact] = question
                low, asks = _lighter(low, lighter), asks | {question.fact}
            elif not supposed[question.fact]:
                low, high = _lighter(low, lighter), _lighter(high, lighter)
        applied: list[Lift] = []
        presumed = frozenset[str]().union(*(found.presumed for found in findings))
        for lift in self.rules.lifts_of(measure.id):
            truth, lift_asks, leant_on = self._lift(lift, facts, setting, supposed, 0)
            if lift.leaves.rank < high.rank:
                presumed |= leant_on
            if truth is Truth.YES:
                applied.append(lift)
                low, high = _lighter(low, lift.leaves), _lighter(high, lift.leaves)
            elif truth is Truth.UNKNOWN and lift.leaves.rank < high.rank:
                low, asks = _lighter(low, lift.leaves), asks | lift_asks
        if any(found.truth is Truth.UNKNOWN for found in findings):
            low = Effect.FREE
        return _Bite(
            measure=measure,
            low=low,
            high=high,
            asks=asks if low is not high else frozenset(),
            state=state,
            findings=findings,
            lifts=tuple(applied),
            review=review,
            entry=member.value if member is not None else "",
            presumed=presumed,
        )

    def _open_questions(self, rule: Rule, state: Stand) -> Iterable[tuple[_Open, Effect]]:
        """Open questions about the law itself: what a measure is if the answer is "it does not bite"."""
        if state.state is State.UNKNOWN and state.act is None:
            since = next(one.unknown_after for one in rule.periods if one.unknown_after is not None)
            why = f"{rule.id} was in force by the last report; nobody confirmed since {since} that it is, nor that it ended"
            yield _Open(f"open:{rule.id}", why, ("still in force", "ended")), Effect.FREE
        elif state.act is not None and state.state is State.UNKNOWN:
            yield self._pause_question(state.act), state.leaves
        if state.state is State.UNENFORCED:
            assert state.act is not None
            why = f"in force by its text, announced as not enforced by {state.act.instrument.id}"
            yield _Open(f"open:{state.act.id}", why, ("enforced", "not enforced")), Effect.FREE
        if rule.standing is Standing.UNVERIFIED:
            why = f"{rule.id} is not confirmed by a source that was read"
            yield _Open(f"open:{rule.id}/standing", why, ("confirmed", "not so")), Effect.FREE

    def _pause_question(self, act: Act) -> _Open:
        if act.instrument.standing is Standing.UNVERIFIED:
            why = f"{act.instrument.id} is not confirmed by a source that was read"
            return _Open(f"open:{act.id}", why, ("not so", "confirmed"))
        end, _ = self.rules.end_of(act, self.known_by)
        stated = self.rules.stated_end(act, self.known_by)
        why = f"the pause of {act.instrument.id} ends by its text on {end}; nobody confirmed what comes after"
        if stated is not None:
            why += f"; officials stated {stated.end} ({stated.instrument.id}), no instrument carries it"
        return _Open(f"open:{act.id}", why, ("pause ended", "pause goes on"))

    def _lift(
        self, lift: Lift, facts: Facts, setting: Setting, supposed: Mapping[str, object], depth: int
    ) -> tuple[Truth, frozenset[str], frozenset[str]]:
        """Whether a lift applies (its own scope, and no exception to it), what to ask, and what was presumed for it."""
        no = (Truth.NO, frozenset[str](), frozenset[str]())
        if not lift.instrument.decides or depth > DEPTH_MAX:
            return no
        letter = lift.instrument.letter
        told = letter is not None and letter.is_known_to(facts, self.known_by)
        state = self.rules.stand(lift, setting.moment, self.known_by, told=told)
        if state.state not in (State.IN_FORCE, State.UNKNOWN, State.UNENFORCED):
            return no
        findings = setting.judge_all(lift.conditions, facts)
        failed = [found for found in findings if found.truth is Truth.NO]
        if failed:  # what only a presumption keeps away (no exception claimed) is told as presumed
            away = all(found.presumed for found in failed) and len(failed) == sum(
                found.truth is not Truth.YES for found in findings
            )
            return Truth.NO, frozenset(), _presumed(failed) if away else frozenset()
        asks = frozenset[str]().union(*(found.asks for found in findings))
        presumed = frozenset[str]().union(*(found.presumed for found in findings))
        truth = Truth.UNKNOWN if any(found.truth is Truth.UNKNOWN for found in findings) else Truth.YES
        for question, _ in self._open_questions(lift, state):  # what no source confirms never frees
            if question.fact not in supposed:
                self.opens[question.fact] = question
                truth, asks = Truth.UNKNOWN, asks | {question.fact}
            elif not supposed[question.fact]:
                return no
        for exception in self.rules.lifts_of(lift.id):
            against, more, leant_on = self._lift(exception, facts, setting, supposed, depth + 1)
            presumed |= leant_on
            if against is Truth.YES:
                return no
            if against is Truth.UNKNOWN:
                truth, asks = Truth.UNKNOWN, asks | more
        return truth, asks, presumed

    # --- regimes ----------------------------------------------------------------------------------------------------

    def _regimes(self, facts: Facts, setting: Setting) -> list[_Reach]:
        """The regimes that reach, or may reach, the line."""
        found = []
        for regime in self.rules.regimes.values():
            if regime.kind == "duty":
                continue
            ways = self._ways(regime, facts, setting)
            truths = [_all(way) for way in ways]
            if Truth.YES in truths:
                leant_on = {name for way in ways if _all(way) is Truth.YES for one in way for name in one.presumed}
                found.append(_Reach(regime, Truth.YES, frozenset(), frozenset(leant_on)))
            elif Truth.UNKNOWN in truths:
                asks = {ask for way in ways if _all(way) is Truth.UNKNOWN for one in way for ask in one.asks}
                found.append(_Reach(regime, Truth.UNKNOWN, frozenset(asks), frozenset()))
        return found

    def _ways(self, regime: Regime, facts: Facts, setting: Setting) -> list[tuple[Finding, ...]]:
        """The ways in which a regime may reach the line."""
        return self._judge_ways((*regime.reaches, *regime.subject), facts, setting)

    def _judge_ways(self, ways: Iterable[Way], facts: Facts, setting: Setting) -> list[tuple[Finding, ...]]:
        """What each way found; one that is not asked for at the moment counts only where the row states it."""
        found = []
        for way in ways:
            judged = setting.judge_all(way.conditions, facts)
            if _all(judged) is not Truth.UNKNOWN or self._is_asked(way, setting):
                found.append(judged)
        return found

    def _is_asked(self, way: Way, setting: Setting) -> bool:
        """Whether anybody has to ask what the way asks: not while its measures are not known, suspended or over."""
        if not way.asked_while:
            return True
        away = (State.NOT_KNOWN, State.NOT_BEGUN, State.ENDED, State.SUSPENDED)
        measures = (self.rules.measures[one] for name in way.asked_while for one in self.rules.expand(name))
        return any(self.rules.stand(one, setting.moment, self.known_by).state not in away for one in measures)

    def _kept_out(self, setting: Setting) -> set[str]:
        """Presumptions that alone keep a regime from reaching the line."""
        found: set[str] = set()
        for regime in self.rules.regimes.values():
            ways = self._ways(regime, self.facts, setting)
            if any(_all(way) is not Truth.NO for way in ways):
                continue
            for way in ways:
                failed = [one for one in way if one.truth is Truth.NO]
                if all(one.presumed for one in failed):
                    found.update(name for one in failed for name in one.presumed)
        return found

    def _covered(self, regime: Regime, facts: Facts, setting: Setting) -> tuple[Truth, frozenset[str], str]:
        """Whether the regime is positively modelled for the line; what to ask; and why, in words."""
        if regime.side not in self.sides:
            return Truth.NO, frozenset(), f"{regime.id} was not asked (--regimes)"
        if not setting.moment.reached(regime.start):
            return Truth.NO, frozenset(), f"days before {regime.start} are not modelled"
        if self.known_by.is_after(regime.known_through.day):
            why = f"the base has read {regime.title} up to {regime.known_through}; what became public later is not known to it"
            return Truth.NO, frozenset(), why
        asks: set[str] = set()
        for cover in regime.covers:
            judged = setting.judge_all(cover.conditions, facts)
            if all(one.truth is Truth.YES for one in judged):
                return Truth.YES, frozenset(), cover.statement
            if not any(one.truth is Truth.NO for one in judged):
                asks |= {ask for one in judged for ask in one.asks}
        if asks:
            return (
                Truth.UNKNOWN,
                frozenset(asks),
                f"whether {regime.title} is modelled for these goods depends on what is missing",
            )
        return Truth.NO, frozenset(), f"{regime.title} is not modelled for these goods or this route"

    def _outside(self, regime: Regime, facts: Facts, setting: Setting) -> str | None:
        """Why the line lies outside what is modelled, whatever bites; None where it does not."""
        for one in regime.outside:
            if _all(setting.judge_all(one.conditions, facts)) is Truth.YES:
                return one.statement
        return None

    def _outcome(self, floor: Mapping[str, Effect], bites: Sequence[_Bite], facts: Facts, setting: Setting) -> Outcome:
        """Bounds and asks over all regimes, from certain floors and open bites."""
        low = high = Effect.FREE
        asks: set[str] = set()
        reached = {reach.regime.id: reach for reach in self._regimes(facts, setting)}
        top = max((effect.rank for effect in floor.values()), default=0)
        for name in reached.keys() | floor.keys() | {bite.measure.regime for bite in bites}:
            here = floor.get(name, Effect.FREE)
            mine = [bite for bite in bites if bite.measure.regime == name]
            regime_low = _most([here, *(bite.low for bite in mine)])
            regime_high = _most([here, *(bite.high for bite in mine)])
            for bite in mine:
                if bite.high.rank > top:
                    asks |= bite.asks
            if name in reached:
                within = setting.judge_all(reached[name].regime.within, facts)
                if _all(within) is not Truth.YES:
                    regime_high = Effect.PROHIBITED
                    asks |= {ask for one in within for ask in one.asks}
                if self._outside(reached[name].regime, facts, setting) is not None:
                    regime_high = Effect.PROHIBITED
            if name in reached and regime_low is Effect.FREE:
                covered, more, _ = self._covered(reached[name].regime, facts, setting)
                if covered is not Truth.YES:
                    regime_high = Effect.PROHIBITED
                    asks |= more | reached[name].asks
            low, high = graver(low, regime_low), graver(high, regime_high)
        if low is Effect.FREE and all(reach.truth is not Truth.YES for reach in reached.values()):
            high = Effect.PROHIBITED  # no regime held here speaks for the line
            asks |= {ask for reach in reached.values() for ask in reach.asks}
        return Outcome(low, high, frozenset(asks))

    def _explore(self, bites: Sequence[_Bite], undecided: Sequence[_Bite], setting: Setting) -> Explored:
        floor: dict[str, Effect] = {}
        for bite in bites:
            name = bite.measure.regime
            floor[name] = graver(floor.get(name, Effect.FREE), bite.low)
        heavier = [bite.measure for bite in undecided if bite.high.rank > _most(floor.values()).rank]
        cuts: list[Cut] | None = None

        def judge(supposed: Mapping[str, object]) -> Outcome:
            if not supposed:
                return self._outcome(floor, undecided, self.facts, setting)
            facts = self.facts.suppose({name: value for name, value in supposed.items() if not name.startswith("open:")})
            again = [
                bite
                for one in (*heavier, *self._listed(supposed))
                if (bite := self._bite(one, facts, setting, supposed)) is not None
            ]
            return self._outcome(floor, again, facts, setting)

        def classes(fact: str) -> tuple[Class, ...]:
            nonlocal cuts
            if fact.startswith("open:"):
                labels = self.opens[fact].labels
                return (Class(value=True, label=labels[0]), Class(value=False, label=labels[1]))
            if cuts is None:
                cuts = list(self._cuts(heavier, setting))
            return classes_of(fact, cuts, self.facts, setting)

        return explore(judge, classes)

    def _listed(self, supposed: Mapping[str, object]) -> Iterable[Measure]:
        """The rows of tables that a supposed code brings up; those of stated codes are candidates already."""
        for name, value in supposed.items():
            if name.startswith("codes.") and isinstance(value, tuple):
                stated = {one.id for one in self.rules.listed_for(self.line.codes)}
                for one in self.rules.listed_for(value):
                    if one.id not in stated and one.instrument.side in self.sides and one.instrument.decides:
                        yield one

    def _cuts(self, measures: Sequence[Measure], setting: Setting) -> Iterable[Cut]:
        for measure in measures:
            for condition in measure.conditions:
                yield from condition.cuts(setting)
            for lift in self._all_lifts(measure.id, 0):
                for condition in lift.conditions:
                    yield from condition.cuts(setting)
        for regime in self.rules.regimes.values():
            for conditions in _of_regime(regime):
                for condition in conditions:
                    yield from condition.cuts(setting)

    # --- explanation ------------------------------------------------------------------------------------------------

    def _missing(
        self, explored: Explored, essential: Sequence[str], undecided: Sequence[_Bite]
    ) -> tuple[tuple[Missing, ...], tuple[Missing, ...]]:
        """Facts to ask for, and open questions of the law."""
        if not explored.exact and len(explored.leaves) == 1:
            return self._outer_missing(explored, undecided), ()
        asked: list[Missing] = []
        branches: list[Missing] = []
        for fact in essential:
            verdicts = explored.verdicts(fact)
            if fact in self.opens:
                branches.append(Missing(fact.removeprefix("open:"), self.opens[fact].why, verdicts))
            else:
                asked.append(Missing(fact, self._why(fact, undecided), verdicts))
        return tuple(asked), tuple(branches)

    def _outer_missing(self, explored: Explored, undecided: Sequence[_Bite]) -> tuple[Missing, ...]:
        """Too many combinations: first what rules most out, a goods code, the form and the composition."""
        facts = explored.classes.keys()
        first: list[Missing] = []
        if not self.line.codes:
            first.append(Missing("codes", "a goods code rules out the measures of other headings", {}))
        if self.facts.get("attrs.form") is None and "attrs.form" in facts:
            first.append(Missing("attrs.form", "what the goods are (metal, alloy, magnet, motor, ...)", {}))
        if not self.line.contains and any(fact.startswith("contains.") for fact in facts):
            first.append(Missing("contains", "which elements the goods contain, with shares; `Dy:0` says none", {}))
        if first:
            return tuple(first)
        counts = {fact: sum(fact in bite.asks for bite in undecided) for fact in facts}
        return tuple(
            Missing(fact, self._why(fact, undecided), {}) for fact in sorted(counts, key=lambda one: (-counts[one], one))[:5]
        )

    def _why(self, fact: str, undecided: Sequence[_Bite]) -> str:
        concerned = [bite.measure for bite in undecided if fact in bite.asks]
        if fact.startswith("letter:"):
            return f"did the exporter receive the letter {fact.removeprefix('letter:')}? It binds only those who got it"
        if not concerned:
            return "whether the regime is modelled for the line depends on it"
        names = ", ".join(one.id for one in concerned[:3]) + (" ..." if len(concerned) > 3 else "")
        return f"{concerned[0].title} depends on it ({names})"

    def _coverage(self, regimes: Sequence[_Reach], bites: Sequence[_Bite], setting: Setting, *, free: bool) -> tuple[Coverage, ...]:
        """What the base can say of each regime; `free`: the line is free whatever the missing facts are."""
        found = []
        for regime in (reach.regime for reach in regimes):
            covered, _, why = self._covered(regime, self.facts, setting)
            if free and covered is Truth.UNKNOWN:
                covered, why = Truth.YES, "modelled for these goods, whatever the missing facts are"
            mine = [bite for bite in bites if bite.measure.regime == regime.id]
            low = _most([Effect.FREE, *(bite.low for bite in mine)])
            high = _most([Effect.FREE, *(bite.high for bite in mine)])
            within = _all(setting.judge_all(regime.within, self.facts))
            beyond = self._outside(regime, self.facts, setting)
            if beyond is not None or within is not Truth.YES or (covered is not Truth.YES and low is Effect.FREE):
                high = Effect.PROHIBITED
            status = "modelled" if covered is Truth.YES else "not_asked" if regime.side not in self.sides else "not_modelled"
            if beyond is not None and status != "not_asked":
                status, why = "outside", beyond
            subject = self._subject(regime, self.facts, setting).says if regime.subject else ""
            found.append(Coverage(regime.id, status, why, verdict_of(low, high).value, subject))
        if not found:
            found.append(Coverage("none", "not_modelled", "no regime held here reaches this line; that says nothing about others"))
        place = self.line.ship_from
        if place not in ("CN", "US"):
            found.append(Coverage(f"{place.lower()}-export", "outside", f"the export law of {place} is not part of this answer"))
        return tuple(found)

    def _near_misses(self, setting: Setting, bites: Sequence[_Bite]) -> tuple[NearMiss, ...]:
        found: list[NearMiss] = []
        biting = {bite.measure.id for bite in bites}
        for measure in self.candidates:
            if measure.id in biting or not measure.effect.restricts or not measure.instrument.decides:
                continue
            state = self._stand(measure, self.facts, setting)
            findings = self._findings(measure, self.facts, setting)
            failed = [one for one in findings if one.truth is Truth.NO]
            if any(one.truth is Truth.UNKNOWN for one in findings):
                continue
            gone = state.state in (State.NOT_KNOWN, State.NOT_BEGUN, State.ENDED)
            if not failed and state.state in (State.SUSPENDED, State.NOT_BEGUN, State.ENDED):
                found.append(NearMiss(measure, _state_words(measure, state)))
            elif len(failed) == 1 and not gone and not failed[0].presumed:
                found.append(NearMiss(measure, failed[0].says))
        for measure, failed_static in self.distant:
            if len(failed_static) != 1 or failed_static[0].presumed or failed_static[0].key == "goods (far)":
                continue
            if not measure.effect.restricts or not measure.instrument.decides:
                continue
            if self._stand(measure, self.facts, setting).state in (State.NOT_KNOWN, State.NOT_BEGUN, State.ENDED):
                continue
            rest = self._findings(measure, self.facts, setting)
            if sum(one.truth is not Truth.YES for one in rest) == 1:
                found.append(NearMiss(measure, failed_static[0].says))
        return tuple(sorted(found, key=lambda near: (-near.measure.effect.rank, near.measure.id))[:NEAR_MISSES_MAX])

    def _beside(self, measures: Sequence[Measure], setting: Setting) -> list[Reason]:
        """Duties to report, statements and promises that concern the line: never part of the verdict."""
        found = []
        for measure in measures:
            state = self._stand(measure, self.facts, setting)
            if state.state in (State.NOT_KNOWN, State.NOT_BEGUN, State.ENDED):
                continue
            findings = self._findings(measure, self.facts, setting)
            if any(one.truth is Truth.NO for one in findings):
                continue
            certain = all(one.truth is Truth.YES for one in findings)
            words = measure.instrument.status if not measure.instrument.decides else state.state.value
            found.append(Reason(measure, measure.effect, measure.review, certain, False, words, findings))
        return found

    def _assumed(self, setting: Setting, bites: Sequence[_Bite], regimes: Sequence[_Reach]) -> tuple[Assumed, ...]:
        """Every presumption that mattered: in a bite, in coverage, or as the only thing that kept a measure away."""
        used: set[str] = set()
        for bite in bites:
            used |= bite.presumed
        kept_away = [(measure, failed) for measure, failed in self.distant if all(one.presumed for one in failed)]
        for measure, _ in kept_away:
            self._keep(measure, setting, used)
        biting = {bite.measure.id for bite in bites}
        for measure in self.candidates:
            if measure.id not in biting and measure.effect.restricts and measure.instrument.decides:
                self._keep(measure, setting, used)
        used |= self._kept_out(setting)
        for reach in regimes:
            used |= reach.presumed
            for cover in reach.regime.covers:
                judged = setting.judge_all(cover.conditions, self.facts)
                if all(one.truth is Truth.YES for one in judged):
                    used.update(name for one in judged for name in one.presumed)
                    break
        listed = {role for role in ROLES for bite in bites for one in bite.findings if one.members and role in one.says.split()}
        return tuple(self._assumption(name, elsewhere=name in listed) for name in sorted(used))

    def _keep(self, measure: Measure, setting: Setting, used: set[str]) -> None:
        if self._stand(measure, self.facts, setting).state in (State.NOT_KNOWN, State.NOT_BEGUN, State.ENDED):
            return
        judged = self._findings(measure, self.facts, setting)
        failed = [one for one in judged if one.truth is Truth.NO]
        if failed and all(one.presumed for one in failed):
            used.update(name for one in failed for name in one.presumed)

    def _assumption(self, name: str, *, elsewhere: bool) -> Assumed:
        fact = self.facts.get(name)
        if fact is None or fact.basis is not Basis.PRESUMED:
            given = "" if fact is None else f"{fact.value}: "
            which = "other entry" if elsewhere else "entry"
            return Assumed(name, "not listed", f"{given}no {which} of the tables held here has this name")
        value = fact.value
        if isinstance(value, Listing):
            return Assumed(name, "not listed", fact.note)
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        return Assumed(name, text or "none", fact.note)

    def _derived(self) -> tuple[Assumed, ...]:
        found = []
        for name in self.facts.names():
            fact = self.facts.get(name)
            if fact is not None and fact.basis is Basis.DERIVED:
                found.append(Assumed(name, str(fact.value), fact.note))
        return tuple(found)

    def _notes(self, coverage: Sequence[Coverage], bites: Sequence[_Bite], moment: Moment) -> tuple[str, ...]:
        concerned = {one.regime for one in coverage}
        notes = [
            f"{regime.id}: read up to {regime.known_through}; later law is not known here"
            for regime in self.rules.regimes.values()
            if regime.id in concerned and self.known_by.is_after(regime.known_through.day)
        ]
        notes.extend(
            f"{one.id}: read as of {one.as_of}; of what changed before, only the dated changes known are applied"
            for one in self.rules.instruments.values()
            if one.as_of is not None and one.regime in concerned and not moment.reached(one.as_of)
        )
        if any(bite.state.state is State.UNENFORCED and bite.low is not bite.high for bite in bites):
            notes.append("a rule reaches this line that is in force by its text and announced as not enforced")
        return tuple(notes)


# --- small helpers --------------------------------------------------------------------------------------------------


def _of_regime(regime: Regime) -> Iterable[tuple[Condition, ...]]:
    yield from (way.conditions for way in (*regime.reaches, *regime.subject))
    yield regime.within
    yield from (cover.conditions for cover in (*regime.covers, *regime.outside))


def _reach_finding(regime: Regime, ways: Sequence[Sequence[Finding]]) -> Finding:
    """The ways of a regime as one finding: of several that hold, the one that leans on the fewest presumptions."""
    holding = [way for way in ways if _all(way) is Truth.YES]
    if holding:
        best = min(holding, key=lambda way: sum(len(one.presumed) for one in way))
        says = ", ".join(one.says for one in best if one.key != "activity")
        return Finding(Truth.YES, "subject", f"subject to {regime.title}: {says}", presumed=_presumed(best))
    open_ways = [way for way in ways if _all(way) is Truth.UNKNOWN]
    if open_ways:
        asks = frozenset(ask for way in open_ways for one in way for ask in one.asks)
        presumed = frozenset[str]().union(*(_presumed(way) for way in open_ways))
        return Finding(Truth.UNKNOWN, "subject", f"whether {regime.title} reaches this is not said", asks=asks, presumed=presumed)
    # what keeps it out for good leans on no presumption; a way that fails by presumptions alone leans on them
    leaning = [[one for one in way if one.truth is Truth.NO] for way in ways]
    presumed = frozenset(
        name for failed in leaning if all(one.presumed for one in failed) for one in failed for name in one.presumed
    )
    return Finding(Truth.NO, "subject", f"not subject to {regime.title}", presumed=presumed)


def _presumed(findings: Iterable[Finding]) -> frozenset[str]:
    return frozenset[str]().union(*(one.presumed for one in findings))


def _all(findings: Iterable[Finding]) -> Truth:
    truths = [found.truth for found in findings]
    if Truth.NO in truths:
        return Truth.NO
    return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.YES


def _lighter(one: Effect, other: Effect) -> Effect:
    return one if one.rank <= other.rank else other


def _most(effects: Iterable[Effect]) -> Effect:
    return max(effects, key=lambda effect: effect.rank, default=Effect.FREE)


def _by_gravity(bites: Iterable[_Bite]) -> list[_Bite]:
    return sorted(bites, key=lambda bite: (-bite.high.rank, bite.measure.id))


def _reason(bite: _Bite, *, certain: bool, decided: bool) -> Reason:
    return Reason(
        measure=bite.measure,
        effect=bite.high,
        review=bite.review,
        certain=certain,
        decided=decided,
        state=bite.state.state.value,
        findings=bite.findings,
        lifted_by=tuple(lift.id for lift in bite.lifts),
        entry=bite.entry,
    )


def _lifted(bites: Iterable[_Bite]) -> tuple[Lifted, ...]:
    found = [Lifted(lift, bite.measure, lift.leaves, lift.certainty) for bite in bites for lift in bite.lifts]
    return tuple(sorted(found, key=lambda one: (one.lift.id, one.measure.id)))


def _conflicts(bites: Sequence[_Bite]) -> tuple[str, ...]:
    """Obeying one measure breaches another: reported, never settled by taking the graver."""
    here = {bite.measure.id: bite.measure for bite in bites}
    return tuple(
        sorted(
            f"{measure.id} and {other}: obeying one breaches the other; greenlane does not choose"
            for measure in here.values()
            for other in measure.conflicts_with
            if other in here
        )
    )


def _state_words(measure: Measure, state: Stand) -> str:
    if state.state is State.SUSPENDED:
        until = f" until {state.until}" if state.until is not None else ""
        return f"suspended{until} by {measure.instrument.id if state.act is None else state.act.instrument.id}"
    if state.state is State.NOT_BEGUN:
        start = min((one.period.start for one in measure.periods), key=lambda bound: bound.utc)
        return f"known, begins on {start}"
    return "ended"


def _halves(moments: Sequence[Moment]) -> str:
    return ", ".join(f"from {one.local:%H:%M}" for one in moments if one.local is not None)
