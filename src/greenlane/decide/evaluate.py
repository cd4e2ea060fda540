"""decide(line, rules, on=, known_by=): what the law asks of one line on a day, with what was known by another.

The way of a line: its facts are prepared; each measure's scope is judged three-valued; what stands in force bites, less
what lifts it; missing facts are tried out; regimes that could reach the line must be covered, or there is no `free`. A day
that holds a change is judged at each of its halves, and the graver one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from greenlane.decide.candidates import Sorting, sort
from greenlane.decide.completions import Class, Explored, Outcome, classes_of, explore
from greenlane.decide.decision import (
    Assumed,
    Coverage,
    Decision,
    Lifted,
    Missing,
    NearMiss,
    Outline,
    Reason,
    Verdict,
    verdict_of,
)
from greenlane.decide.duties import judge_duty
from greenlane.decide.line import Line
from greenlane.decide.prepare import prepare
from greenlane.law.alike import Keeper, Pair
from greenlane.law.effect import Effect, graver
from greenlane.law.facts import Basis, Facts, Identified, Listing
from greenlane.law.measure import Act, Lift, Measure, Rule
from greenlane.law.regime import Regime, Way
from greenlane.law.rulebase import DEPTH_MAX, RuleBase, Stand, State
from greenlane.law.scope import Condition, Cut, Finding, GoodsAre, Memory, Reads, Setting, Truth, joined
from greenlane.terms.parties import ROLES
from greenlane.terms.periods import Asked, Bound, Kept, Moment
from greenlane.terms.sources import Standing

NEAR_MISSES_MAX = 12
DOUBTS_SHOWN = 3  # of the entries that a party may be, told in words; all of them count
SIDES = ("cn", "us")
_GONE = (State.NOT_KNOWN, State.NOT_BEGUN, State.ENDED)


def decide(
    line: Line,
    rules: RuleBase,
    *,
    on: Asked | None = None,
    known_by: Asked | None = None,
    sides: Sequence[str] = SIDES,
    strict: bool = False,
    look_ahead: bool = True,
    parties: Mapping[str, Identified] | None = None,
) -> Decision:
    """Say what the law asks of one line on a day, from what was public (or known to the asking party) by another.

    `on` defaults to the line's own date (one of the two must be there: ValueError), `known_by` to the day of `on`.
    `strict` turns presumptions off; `look_ahead` finds the first day on which the answer differs; `parties` is what screening
    found of the parties that lines name, by name: without it a party is a listed one only if the names are equal.
    """
    day = line.date or on
    if day is None:
        raise ValueError("a question needs a day: give the line a date, or say on=")
    known = known_by or Asked.of(day.calendar_day)
    question = _Question(line, rules, known, tuple(sides), strict, parties or {})
    decision = question.answer(day)
    if look_ahead:
        change = question.next_change(day, decision)
        if change is not None:
            decision = replace(decision, next_change=change[0], next_verdict=change[1])
    return decision


def outline(
    line: Line,
    rules: RuleBase,
    *,
    moments: Sequence[Moment],
    known_by: Asked,
    sides: Sequence[str] = SIDES,
    strict: bool = False,
    parties: Mapping[str, Identified] | None = None,
    among: Sequence[Measure],
) -> Outline:
    """What `decide` says of a line less its explanation, where it is known already which measures may concern it.

    `moments`: every moment of the day at which something may change (or the instant). `among`: at least the measures none of
    whose conditions fails at one of them, in the order of the rule base; those that any line may come under before the rows of
    tables. The columnar engine asks this once for all lines that are alike.
    """
    return _Question(line, rules, known_by, tuple(sides), strict, parties or {}, among).outline(moments)


_Lifts = tuple[Truth, frozenset[str], frozenset[str]]  # whether a lift applies, what to ask, and what was presumed for it
_Covered = tuple[Truth, frozenset[str], str]  # whether a regime is modelled, what to ask, and why


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
    within: bool  # whether the line lies certainly within what the regime's measures settle
    asks_within: frozenset[str]
    outside: str | None  # why the line lies outside what is modelled, whatever bites


@dataclass(frozen=True, slots=True)
class _Open:
    """An open question that no fact of the line can answer: an act whose end nobody confirmed, an unenforced rule."""

    fact: str
    why: str
    labels: tuple[str, str]  # for "it bites", "it does not"


@dataclass(frozen=True, slots=True)
class _Weighed:
    """The bites at a moment, the regimes that reach the line, and all completions."""

    bites: tuple[_Bite, ...]
    regimes: list[_Reach]
    explored: Explored


@dataclass(frozen=True, slots=True)
class _Recall:
    """What was found for the days of a question (or for its instants), each with the span in which it stays so."""

    memory: Memory
    bites: dict[object, Kept[_Bite | None]] = field(default_factory=dict)
    lifts: dict[object, Kept[_Lifts]] = field(default_factory=dict)
    subjects: dict[object, Kept[Finding]] = field(default_factory=dict)
    reaches: dict[object, Kept[_Reach | None]] = field(default_factory=dict)
    covered: dict[object, Kept[_Covered]] = field(default_factory=dict)
    explored: dict[object, Kept[Explored]] = field(default_factory=dict)
    classes: dict[object, Kept[tuple[Class, ...]]] = field(default_factory=dict)
    weighed: list[Kept[_Weighed]] = field(default_factory=list)


class _Question:
    """One line, as known by one day, under chosen regimes; answers for any day."""

    def __init__(
        self,
        line: Line,
        rules: RuleBase,
        known_by: Asked,
        sides: tuple[str, ...],
        strict: bool,
        parties: Mapping[str, Identified],
        among: Sequence[Measure] | None = None,
    ) -> None:
        self.line = line
        self.rules = rules
        self.known_by = known_by
        self.sides = sides
        self.strict = strict
        self.of_days, self.of_instants = (
            _Recall(rules.memory(known_by, strict=strict, of_days=of_days)) for of_days in (True, False)
        )
        neutral = self._setting(Moment.of_day(known_by.calendar_day))
        self.facts = prepare(line, rules, neutral, parties)
        self.duties = rules.duties_of(sides)
        listed = rules.listed_for(line.codes)
        self.listed = {one.id for one in listed}
        sorting = sort(listed, self.facts, neutral, rules, self.sides) if among is None else Sorting(list(among))
        self.candidates, self.nearly, self.kept_away = sorting.candidates, sorting.nearly, sorting.kept_away
        self.law = [one for one in self.candidates if one.restricts]
        self.cuts: dict[tuple[str, ...], dict[str, list[Cut]]] = {}
        self.opens: dict[str, _Open] = {}
        self._changes: dict[date, set[time]] = {}  # the days on which anything may change, with the times of change

    def _setting(self, moment: Moment) -> Setting:
        memory = self._recall(moment).memory
        return self.rules.setting(moment, self.known_by, strict=self.strict, memory=memory)

    def _recall(self, moment: Moment) -> _Recall:
        return self.of_days if moment.instant is None else self.of_instants

    # --- days -------------------------------------------------------------------------------------------------------

    def answer(self, day: Asked) -> Decision:
        """The decision for a day: of its halves the graver."""
        moments = self._moments(day)
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

    def outline(self, moments: Sequence[Moment]) -> Outline:
        """The decision less its explanation: of the moments the gravest."""
        return max((self._outline(one) for one in moments), key=lambda one: (one.high.rank, one.low.rank))

    def _outline(self, moment: Moment) -> Outline:
        setting = self._setting(moment)
        weighed = self._weigh(setting)
        explored = weighed.explored
        certain, undecided = _parted(weighed.bites)
        missing, branches = self._missing(explored, explored.essential(), undecided, setting)
        return Outline(
            low=explored.low,
            high=explored.high,
            exact=explored.exact,
            settled=explored.exact and not any(leaf.answers for leaf in explored.leaves),
            reasons=_certain_reasons(certain, explored.high),
            lifts=_lifted(weighed.bites),
            missing=missing,
            branches=branches,
        )

    def _moments(self, day: Asked) -> tuple[Moment, ...]:
        """The moments of a day (or the instant) that must be judged."""
        if day.instant is not None:
            return (Moment.of_instant(day.instant),)
        return tuple(Moment.of_day(day.calendar_day, clock) for clock in self._clocks(day.calendar_day))

    def _clocks(self, day: date) -> list[time]:
        """The times of a day that must be judged: its start, and whenever something changes within it."""
        if not self._changes:
            for bound in self._gather_bounds():
                for local in bound.changes:
                    self._changes.setdefault(local.date(), set()).add(local.time())
        return sorted({*self._changes.get(day, ()), time()})

    def _gather_bounds(self) -> set[Bound]:
        of_all, changing = self.rules.changes_for_all(self.sides)
        found = set(of_all)
        conditions = dict(changing)
        for measure in self.candidates:
            found |= self.rules.bounds_of(measure)
            conditions |= self.rules.changing(measure)
        for condition in conditions.values():
            found.update(self.rules.days_of(condition, self.facts))
        return found

    def next_change(self, day: Asked, now: Decision) -> tuple[str, str] | None:
        """The first later day on which verdict or range differs, as known by the same day; with its verdict."""
        self._clocks(day.calendar_day)
        for later in sorted(one for one in self._changes if one > day.calendar_day):
            if self._stays(now, later):
                continue
            found = [self._weigh(self._setting(moment)).explored for moment in self._moments(Asked.of(later))]
            low, high = max(((one.low, one.high) for one in found), key=lambda one: (one[1].rank, one[0].rank))
            if (low, high) != (now.low, now.high):
                return later.isoformat(), verdict_of(low, high).value
        return None

    def _stays(self, now: Decision, later: date) -> bool:
        """Whether what was weighed last says the same as `now`, and holds throughout a day."""
        for weighed, since, until in self.of_days.weighed:
            start = datetime.combine(later, time())
            if (since is None or since <= start) and (until is None or start + timedelta(days=1) <= until):
                return (weighed.explored.low, weighed.explored.high) == (now.low, now.high)
        return False

    def _weigh(self, setting: Setting) -> _Weighed:
        """The bites at a moment, the regimes that reach the line, and all completions; the last ones as long as they stay so."""
        weighed = self._recall(setting.moment).weighed
        if not weighed or not setting.moment.recalls(weighed[0]):
            setting.moment.begin()
            bites = tuple([bite for one in self.law if (bite := self._bite(one, self.facts, setting, {})) is not None])
            regimes = self._regimes(self.facts, setting)
            weighed[:] = [setting.moment.end(_Weighed(bites, regimes, self._explore(bites, setting)))]
        return weighed[0][0]

    # --- one moment -------------------------------------------------------------------------------------------------

    def _judge(self, day: Asked, moment: Moment) -> Decision:
        setting = self._setting(moment)
        weighed = self._weigh(setting)
        bites, regimes, explored = weighed.bites, weighed.regimes, weighed.explored
        certain, undecided = _parted(bites)
        low, high = explored.low, explored.high
        essential = explored.essential()
        asked, branches = self._missing(explored, essential, undecided, setting)
        coverage = self._coverage(regimes, bites, setting, free=high is Effect.FREE)
        lifts = _lifted(bites)
        idle = self._idle(setting, bites)
        near = self._near_misses(setting, idle)
        side_notes = [one for one in self.candidates if not one.restricts]
        beside = self._beside(side_notes, setting)
        return Decision(
            line=self.line,
            on=day.text,
            known_by=self.known_by.text,
            verdict=verdict_of(low, high),
            low=low,
            high=high,
            exact=explored.exact,
            reasons=_certain_reasons(certain, high),
            possible=tuple(_reason(bite, certain=False, decided=False) for bite in _by_gravity(undecided)),
            near_misses=near,
            lifts=lifts,
            assumed=self._assumed(setting, bites, idle, regimes),
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

    def _stand(self, rule: Rule, facts: Facts, setting: Setting) -> Stand:
        """The state of a measure or lift; the addressee of a letter knows of it before the public."""
        letter = rule.instrument.letter
        told = letter is not None and letter.is_known_to(facts, self.known_by)
        return self.rules.stand(rule, setting.moment, self.known_by, told=told)

    def _reads_of(self, rule: Rule, setting: Setting) -> Reads:
        """The facts that a measure's bite (or a lift's hold) depends on: conditions, lifts, letters, the reach of the regime."""
        reads = setting.memory.reads
        if id(rule) not in reads:
            rules = [rule, *self.rules.all_lifts_of(rule.id)]
            letters = {
                name for one in rules if one.instrument.letter is not None for name in (one.instrument.letter.fact, "exporter")
            }
            regime = self.rules.regimes.get(rule.instrument.regime)
            ways = () if regime is None else regime.subject
            conditions = (*(one.conditions for one in rules), *(way.conditions for way in ways))
            reads[id(rule)] = joined([frozenset(letters), *(setting.reads_of_all(one) for one in conditions)])
        return reads[id(rule)]

    def _findings(self, measure: Measure, facts: Facts, setting: Setting) -> tuple[Finding, ...]:
        """What each condition found; before them, where the regime asks for it, whether the regime reaches the line at all.

        Whatever facts are looked at here, `_reads_of` names.
        """
        judged = setting.judge_all(measure.conditions, facts)
        regime = self.rules.regimes.get(measure.regime)
        if regime is None or not regime.subject:
            return judged
        return (self._subject(regime, facts, setting), *judged)

    def _subject(self, regime: Regime, facts: Facts, setting: Setting) -> Finding:
        """Whether the line is subject to the regime: one of its ways holds, each fails, or it is still to be asked."""
        subjects = self._recall(setting.moment).subjects
        key = (regime.id, facts.view(self._reads_of_regime(regime, setting)))
        kept = subjects.get(key)
        if kept is None or not setting.moment.recalls(kept):
            setting.moment.begin()
            found = _reach_finding(regime, self._judge_ways(regime.subject, facts, setting))
            kept = subjects[key] = setting.moment.end(found)
        return kept[0]

    def _bite(self, measure: Measure, facts: Facts, setting: Setting, opens: Mapping[str, object]) -> _Bite | None:
        """What a measure does to the line, or None where it does nothing; `opens`: open questions supposed to be answered."""
        bites = self._recall(setting.moment).bites
        own = self._own(measure, opens)
        key = (measure.id, facts.view(self._reads_of(measure, setting)), tuple(own.items()))
        kept = bites.get(key)
        if kept is None or not setting.moment.recalls(kept):
            setting.moment.begin()
            kept = bites[key] = setting.moment.end(self._bite_anew(measure, facts, setting, own))
        return kept[0]

    def _own(self, rule: Rule, opens: Mapping[str, object]) -> Mapping[str, object]:
        """Of answers supposed to open questions those about a rule, its lifts, and acts upon them."""
        if not opens:
            return opens
        about = self.rules.with_acts(rule)
        return {name: value for name, value in opens.items() if _about(name) in about}

    def _bite_anew(self, measure: Measure, facts: Facts, setting: Setting, supposed: Mapping[str, object]) -> _Bite | None:
        state = self._stand(measure, facts, setting)
        if state.state in _GONE:
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

    def _lift(self, lift: Lift, facts: Facts, setting: Setting, opens: Mapping[str, object], depth: int) -> _Lifts:
        """Whether a lift applies (its own scope, and no exception to it), what to ask, and what was presumed for it."""
        lifts = self._recall(setting.moment).lifts
        opens = self._own(lift, opens)
        key = (lift.id, depth, facts.view(self._reads_of(lift, setting)), tuple(opens.items()))
        kept = lifts.get(key)
        if kept is None or not setting.moment.recalls(kept):
            setting.moment.begin()
            kept = lifts[key] = setting.moment.end(self._lift_anew(lift, facts, setting, opens, depth))
        return kept[0]

    def _lift_anew(self, lift: Lift, facts: Facts, setting: Setting, supposed: Mapping[str, object], depth: int) -> _Lifts:
        no = (Truth.NO, frozenset[str](), frozenset[str]())
        if not lift.instrument.decides or depth > DEPTH_MAX:
            return no
        state = self._stand(lift, facts, setting)
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
        reaches = self._recall(setting.moment).reaches
        found = []
        for regime in self.rules.regimes.values():
            if regime.kind == "duty":
                continue
            key = (regime.id, facts.view(self._reads_of_regime(regime, setting)))
            kept = reaches.get(key)
            if kept is None or not setting.moment.recalls(kept):
                setting.moment.begin()
                kept = reaches[key] = setting.moment.end(self._reach(regime, facts, setting))
            if kept[0] is not None:
                found.append(kept[0])
        return found

    def _reads_of_regime(self, regime: Regime, setting: Setting) -> Reads:
        """The facts that decide about a regime: whether it reaches the line, and whether it is modelled for it."""
        reads = setting.memory.reads
        if id(regime) not in reads:
            reads[id(regime)] = joined(setting.reads_of_all(one) for one in regime.scopes)
        return reads[id(regime)]

    def _reach(self, regime: Regime, facts: Facts, setting: Setting) -> _Reach | None:
        ways = [(way, _all(way)) for way in self._ways(regime, facts, setting)]
        truths = {truth for _, truth in ways}
        truth = Truth.YES if Truth.YES in truths else Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.NO
        if truth is Truth.NO:
            return None
        deciding = [one for way, found in ways if found is truth for one in way]
        within = setting.judge_all(regime.within, facts)
        return _Reach(
            regime=regime,
            truth=truth,
            asks=frozenset(ask for one in deciding for ask in one.asks) if truth is Truth.UNKNOWN else frozenset(),
            presumed=frozenset(name for one in deciding for name in one.presumed) if truth is Truth.YES else frozenset(),
            within=_all(within) is Truth.YES,
            asks_within=frozenset(ask for one in within for ask in one.asks),
            outside=self._outside(regime, facts, setting),
        )

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

    def _covered(self, regime: Regime, facts: Facts, setting: Setting) -> _Covered:
        """Whether the regime is positively modelled for the line; what to ask; and why, in words."""
        covered = self._recall(setting.moment).covered
        key = (regime.id, facts.view(self._reads_of_regime(regime, setting)))
        kept = covered.get(key)
        if kept is None or not setting.moment.recalls(kept):
            setting.moment.begin()
            kept = covered[key] = setting.moment.end(self._covered_anew(regime, facts, setting))
        return kept[0]

    def _covered_anew(self, regime: Regime, facts: Facts, setting: Setting) -> _Covered:
        if regime.side not in self.sides:
            return Truth.NO, frozenset(), f"{regime.id} was not asked (--regimes)"
        if not setting.moment.reached(regime.start):
            return Truth.NO, frozenset(), f"days before {regime.start} are not modelled"
        if self.known_by.is_after(regime.known_through.day):
            why = f"the base has read {regime.title} up to {regime.known_through}; what became public later is not known to it"
            return Truth.NO, frozenset(), why
        asks: set[str] = set()
        for held in setting.judge_all(regime.speaks_of, facts):
            if held.truth is Truth.NO:
                return Truth.NO, frozenset(), f"{regime.title} is not modelled for these {held.key}: {held.says}"
            if held.truth is Truth.UNKNOWN:
                return Truth.UNKNOWN, held.asks, f"whether {regime.title} is modelled depends on it: {held.says}"
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

    def _outcome(self, floor: Mapping[str, Effect], bites: Iterable[_Bite], facts: Facts, setting: Setting) -> Outcome:
        """Bounds and asks over all regimes of the sides asked, from certain floors and open bites.

        A regime of a side that was left out asks for nothing and makes nothing graver; it only keeps the line from being free.
        """
        low = high = Effect.FREE
        asks: set[str] = set()
        reaches = self._regimes(facts, setting)
        reached = {reach.regime.id: reach for reach in reaches if reach.regime.side in self.sides}
        top = max((effect.rank for effect in floor.values()), default=0)
        lows = dict(floor)
        highs = dict(floor)
        for bite in bites:
            name = bite.measure.instrument.regime
            lows[name] = graver(lows.get(name, Effect.FREE), bite.low)
            highs[name] = graver(highs.get(name, Effect.FREE), bite.high)
            if bite.high.rank > top:
                asks |= bite.asks
        for name in reached.keys() | highs.keys():
            regime_low, regime_high = lows.get(name, Effect.FREE), highs.get(name, Effect.FREE)
            reach = reached.get(name)
            if reach is not None:
                if not reach.within:
                    regime_high = Effect.PROHIBITED
                    asks |= reach.asks_within
                if reach.outside is not None:
                    regime_high = Effect.PROHIBITED
                if regime_low is Effect.FREE:
                    covered, more, _ = self._covered(reach.regime, facts, setting)
                    if covered is not Truth.YES:
                        regime_high = Effect.PROHIBITED
                        asks |= more | reach.asks
            low, high = graver(low, regime_low), graver(high, regime_high)
        if low is Effect.FREE and all(reach.truth is not Truth.YES for reach in reached.values()):
            high = Effect.PROHIBITED  # no regime held here speaks for the line
            asks |= {ask for reach in reached.values() for ask in reach.asks}
        if high is Effect.FREE and len(reached) < len(reaches):
            high = Effect.PROHIBITED
        return Outcome(low, high, frozenset(asks))

    def _explore(self, bites: Sequence[_Bite], setting: Setting) -> Explored:
        """All completions of the missing facts; the same as at another moment, if the bites and all they depend on are."""
        explored = self._recall(setting.moment).explored
        key = tuple((bite.measure.id, bite.low, bite.high, bite.asks) for bite in bites)
        kept = explored.get(key)
        if kept is None or not setting.moment.recalls(kept):
            setting.moment.begin()
            kept = explored[key] = setting.moment.end(self._explore_anew(bites, setting))
        return kept[0]

    def _explore_anew(self, bites: Sequence[_Bite], setting: Setting) -> Explored:
        undecided = [bite for bite in bites if bite.low is not bite.high]
        floor: dict[str, Effect] = {}
        for bite in bites:
            name = bite.measure.regime
            floor[name] = graver(floor.get(name, Effect.FREE), bite.low)
        top = _most(floor.values()).rank
        heavier = [bite.measure for bite in undecided if bite.high.rank > top]
        names = tuple([one.id for one in heavier])

        def judge(supposed: Mapping[str, object]) -> Outcome:
            if not supposed:
                return self._outcome(floor, undecided, self.facts, setting)
            facts = self.facts.suppose({name: value for name, value in supposed.items() if not name.startswith("open:")})
            opens = {name: value for name, value in supposed.items() if name.startswith("open:")}
            rules = [*told_by(frozenset(supposed)), *((one, ()) for one in self._listed(supposed))]
            again = [
                bite
                for one, conditions in rules
                if not any(setting.judge(each, facts).truth is Truth.NO for each in conditions)
                and (bite := self._bite(one, facts, setting, opens)) is not None
            ]
            return self._outcome(floor, again, facts, setting)

        telling: dict[frozenset[str], list[tuple[Measure, tuple[Condition, ...]]]] = {}

        def told_by(facts: frozenset[str]) -> list[tuple[Measure, tuple[Condition, ...]]]:
            """The heavier measures, each with those of its conditions that look at some facts: they may rule it out at once."""
            found = telling.get(facts)
            if found is None:
                found = telling[facts] = [
                    (one, tuple([each for each in one.by_cost if not (setting.reads_of(each) or facts).isdisjoint(facts)]))
                    for one in heavier
                ]
            return found

        def classes(fact: str) -> tuple[Class, ...]:
            if fact.startswith("open:"):
                labels = self.opens[fact].labels
                return (Class(value=True, label=labels[0]), Class(value=False, label=labels[1]))
            known = self._recall(setting.moment).classes
            kept = known.get((fact, names))
            if kept is None or not setting.moment.recalls(kept):
                cuts = self._cuts(names, heavier, setting).get(fact, ())
                setting.moment.begin()
                kept = known[(fact, names)] = setting.moment.end(classes_of(fact, cuts, self.facts, setting))
            return kept[0]

        return explore(judge, classes)

    def _listed(self, supposed: Mapping[str, object]) -> Iterable[Measure]:
        """The rows of tables that a supposed code brings up; those of stated codes are candidates already."""
        for name, value in supposed.items():
            if name.startswith("codes.") and isinstance(value, tuple):
                for one in self.rules.listed_for(value):
                    if one.id not in self.listed and one.instrument.side in self.sides and one.instrument.decides:
                        yield one

    def _cuts(self, names: tuple[str, ...], measures: Sequence[Measure], setting: Setting) -> Mapping[str, list[Cut]]:
        """Where the measures (`names`), their lifts and the regimes cut the facts, by fact: the same on every day."""
        known = self.cuts.get(names)
        if known is None:
            rules = (rule.conditions for one in measures for rule in (one, *self.rules.all_lifts_of(one.id)))
            regimes = (one for regime in self.rules.regimes.values() for one in regime.scopes)
            conditions = {id(one): one for many in (*rules, *regimes) for one in many}
            known = self.cuts[names] = {}
            for condition in conditions.values():
                for fact, cuts in self.rules.cuts_of(condition, setting).items():
                    known.setdefault(fact, []).extend(cuts)
        return known

    # --- explanation ------------------------------------------------------------------------------------------------

    def _missing(
        self, explored: Explored, essential: Sequence[str], undecided: Sequence[_Bite], setting: Setting
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
                asked.append(Missing(fact, self._why(fact, undecided) + self._unreached(fact, explored, setting), verdicts))
        return tuple(asked), tuple(branches)

    def _unreached(self, fact: str, explored: Explored, setting: Setting) -> str:
        """Of answers after which nothing can be said: those that take the line out of every regime held here, in words."""
        if any(reach.truth is Truth.YES for reach in self._regimes(self.facts, setting)):
            return ""  # what reaches it for certain does so whatever the answer
        labels = [
            label
            for label, (verdict, classes) in explored.answers(fact).items()
            if verdict == Verdict.CANNOT_SAY.value
            and not any(self._regimes(self.facts.suppose({fact: one.value}), setting) for one in classes)
        ]
        if not labels:
            return ""
        return (
            f"; if the answer is {' or '.join(labels)}, no regime held here reaches the line, and that says nothing about other law"
        )

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
        screened = self._screened(fact)
        if screened is not None and screened.doubts:
            asked = "; ".join(f"is it the listed {one.name} ({one.list})? {one.says}" for one in screened.doubts[:DOUBTS_SHOWN])
            more = len(screened.doubts) - DOUBTS_SHOWN
            return f"{screened.name}: {asked}" + (f"; or one of {more} more?" if more > 0 else "")
        if not concerned:
            return "whether the regime is modelled for the line depends on it"
        names = ", ".join(one.id for one in concerned[:3]) + (" ..." if len(concerned) > 3 else "")
        return f"{concerned[0].title} depends on it ({names})"

    def _coverage(self, regimes: Sequence[_Reach], bites: Sequence[_Bite], setting: Setting, *, free: bool) -> tuple[Coverage, ...]:
        """What the base can say of each regime; `free`: the line is free whatever the missing facts are."""
        found = []
        for reach in regimes:
            regime = reach.regime
            covered, _, why = self._covered(regime, self.facts, setting)
            if free and covered is Truth.UNKNOWN:
                covered, why = Truth.YES, "modelled for these goods, whatever the missing facts are"
            mine = [bite for bite in bites if bite.measure.regime == regime.id]
            low = _most([Effect.FREE, *(bite.low for bite in mine)])
            high = _most([Effect.FREE, *(bite.high for bite in mine)])
            beyond = reach.outside
            if beyond is not None or not reach.within or (covered is not Truth.YES and low is Effect.FREE):
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

    def _idle(self, setting: Setting, bites: Sequence[_Bite]) -> list[tuple[Measure, tuple[Finding, ...]]]:
        """The measures that might bite and do not, with what their conditions found."""
        biting = {bite.measure.id for bite in bites}
        return [(one, self._findings(one, self.facts, setting)) for one in self.law if one.id not in biting]

    def _near_misses(self, setting: Setting, idle: Sequence[tuple[Measure, tuple[Finding, ...]]]) -> tuple[NearMiss, ...]:
        found: list[NearMiss] = []
        for measure, findings in idle:
            failed = [one for one in findings if one.truth is Truth.NO]
            if len(failed) > 1 or any(one.truth is Truth.UNKNOWN for one in findings):
                continue
            state = self._stand(measure, self.facts, setting)
            gone = state.state in _GONE
            if not failed and state.state in (State.SUSPENDED, State.NOT_BEGUN, State.ENDED):
                found.append(NearMiss(measure, _state_words(measure, state)))
            elif len(failed) == 1 and not gone and not failed[0].presumed:
                found.append(NearMiss(measure, failed[0].says))
        for measure, lacking in self.nearly:
            if self._stand(measure, self.facts, setting).state in _GONE:
                continue
            if self._lacks(measure, setting, 1) == 1:
                found.append(NearMiss(measure, lacking.says))
        return tuple(sorted(found, key=lambda near: (-near.measure.effect.rank, near.measure.id))[:NEAR_MISSES_MAX])

    def _lacks(self, measure: Measure, setting: Setting, most: int) -> int:
        """How many of a measure's conditions do not hold, the reach of its regime among them; past `most` nobody counts."""
        regime = self.rules.regimes.get(measure.regime)
        lacking = int(
            regime is not None and bool(regime.subject) and self._subject(regime, self.facts, setting).truth is not Truth.YES
        )
        for condition in measure.by_cost:
            lacking += setting.judge(condition, self.facts).truth is not Truth.YES
            if lacking > most:
                return lacking
        return lacking

    def _beside(self, measures: Sequence[Measure], setting: Setting) -> list[Reason]:
        """Duties to report, statements and promises that concern the line: never part of the verdict."""
        found = []
        for measure in measures:
            state = self._stand(measure, self.facts, setting)
            if state.state in _GONE:
                continue
            findings = self._findings(measure, self.facts, setting)
            if any(one.truth is Truth.NO for one in findings):
                continue
            certain = all(one.truth is Truth.YES for one in findings)
            words = measure.instrument.status if not measure.instrument.decides else state.state.value
            found.append(Reason(measure, measure.effect, measure.review, certain, False, words, findings))
        return found

    def _assumed(
        self,
        setting: Setting,
        bites: Sequence[_Bite],
        idle: Iterable[tuple[Measure, tuple[Finding, ...]]],
        regimes: Sequence[_Reach],
    ) -> tuple[Assumed, ...]:
        """Every presumption that mattered: in a bite, in coverage, or as the only thing that kept a measure away."""
        used: set[str] = set()
        for bite in bites:
            used |= bite.presumed
        for measure, findings in idle:
            used |= self._keep(measure, findings, setting)
        for keeper, pairs in sorted(self.kept_away.items(), key=lambda one: min(_weight(goods) for _, goods in one[1])):
            self._add_keeping(used, keeper, pairs, setting)
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

    def _keep(self, measure: Measure, findings: Iterable[Finding], setting: Setting) -> frozenset[str]:
        """The presumptions that alone keep a measure away; none where anything else does, or where it does not stand."""
        failed = [one for one in findings if one.truth is Truth.NO]
        if not failed or not all(one.presumed for one in failed):
            return frozenset()
        gone = self._stand(measure, self.facts, setting).state in _GONE
        return frozenset() if gone else _presumed(failed)

    def _add_keeping(self, used: set[str], keeper: Keeper, pairs: Iterable[Pair], setting: Setting) -> None:
        """Add the presumptions that alone keep such measures away; no measure is looked at that can name none but `used` ones."""
        found = [setting.judge(one, self.facts) for one in keeper.daily]
        regime = self.rules.regimes.get(keeper.regime)
        if regime is not None and regime.subject:
            found.append(self._subject(regime, self.facts, setting))
        failed = [one for one in found if one.truth is Truth.NO]
        if not all(one.presumed for one in failed):
            return
        names = keeper.presumed | _presumed(failed)
        for measure, goods in sorted(pairs, key=lambda one: _weight(one[1])):
            if names <= used and not self.rules.presumed_of_goods:
                return
            if self._stand(measure, self.facts, setting).state in _GONE:
                continue
            weighed = () if goods is None else (setting.judge(goods, self.facts),)
            out = [one for one in weighed if one.truth is Truth.NO]
            if all(one.presumed for one in out):
                used |= names | _presumed(out)

    def _assumption(self, name: str, *, elsewhere: bool) -> Assumed:
        fact = self.facts.get(name)
        screened = self._screened(name)
        if screened is not None and screened.searched:
            nothing = "nothing else alike found" if screened.entries or screened.doubts else "nothing alike found"
            return Assumed(name, "not listed", f"{screened.name}: {'; '.join((nothing, screened.searched, *screened.cleared))}")
        if fact is None or fact.basis is not Basis.PRESUMED:
            given = "" if fact is None else f"{fact.value}: "
            which = "other entry" if elsewhere else "entry"
            return Assumed(name, "not listed", f"{given}no {which} of the tables held here has this name")
        value = fact.value
        if isinstance(value, Listing):
            return Assumed(name, "not listed", fact.note)
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        return Assumed(name, text or "none", fact.note)

    def _screened(self, role: str) -> Identified | None:
        fact = self.facts.get(role)
        return fact.value if fact is not None and isinstance(fact.value, Identified) else None

    def _derived(self) -> tuple[Assumed, ...]:
        found = []
        for role in ROLES:
            screened = self._screened(role)
            entries = () if screened is None else screened.entries
            found += [Assumed(role, f"{entry.name} ({entry.list})", entry.says) for entry in entries]
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


def _weight(goods: GoodsAre | None) -> int:
    """What goods cost to be weighed."""
    return 0 if goods is None else 1 + goods.follows_days


def _presumed(findings: Iterable[Finding]) -> frozenset[str]:
    return frozenset[str]().union(*(one.presumed for one in findings))


def _all(findings: Iterable[Finding]) -> Truth:
    truths = [found.truth for found in findings]
    if Truth.NO in truths:
        return Truth.NO
    return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.YES


def _about(question: str) -> str:
    """The rule or act that an open question of the law is about."""
    return question.removeprefix("open:").removesuffix("/standing")


def _lighter(one: Effect, other: Effect) -> Effect:
    return one if one.rank <= other.rank else other


def _most(effects: Iterable[Effect]) -> Effect:
    return max(effects, key=lambda effect: effect.rank, default=Effect.FREE)


def _parted(bites: Iterable[_Bite]) -> tuple[list[_Bite], list[_Bite]]:
    """The bites that are certain, and those whose effect is still open."""
    certain: list[_Bite] = []
    undecided: list[_Bite] = []
    for bite in bites:
        if bite.low is not bite.high:
            undecided.append(bite)
        elif bite.low is not Effect.FREE:
            certain.append(bite)
    return certain, undecided


def _certain_reasons(bites: Iterable[_Bite], high: Effect) -> tuple[Reason, ...]:
    return tuple(_reason(bite, certain=True, decided=bite.low is high) for bite in _by_gravity(bites))


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
