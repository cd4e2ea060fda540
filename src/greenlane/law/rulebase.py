"""The bitemporal collection: which measure is in which state, at a moment, as known by a day.

The states are derived here, in one place, from the periods of a measure and the acts upon it. Nothing asks the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property

from greenlane.law.alike import Alike, Hints, Survey, put_together
from greenlane.law.effect import Effect
from greenlane.law.facts import Facts
from greenlane.law.groups import Group, Member
from greenlane.law.measure import Act, InForce, Instrument, Lift, Measure, Rule, Step
from greenlane.law.ownership import OwnershipProfile
from greenlane.law.rates import Schedule
from greenlane.law.regime import Derivation, Presumption, Regime
from greenlane.law.scope import (
    AddresseeIs,
    Condition,
    Cut,
    Finding,
    GoodsAre,
    Item,
    Letter,
    Memory,
    PartyIs,
    Reads,
    Setting,
    ValueIs,
    WordTest,
    follows_days,
    joined,
    reads_of,
    shared_by,
)
from greenlane.law.shelves import Shared
from greenlane.law.tolerance import Tolerance
from greenlane.terms.codes import Code
from greenlane.terms.periods import Asked, Bound, Kept, Moment, Watch
from greenlane.terms.sources import Standing

LISTED_MAX = 1 << 13  # codes for which the rows of tables are remembered
STANDS_MAX = 16  # days of knowledge for which it is kept how rules stand
DEPTH_MAX = 8  # exceptions to exceptions; the checks refuse cycles
EXCEPTION_FACT = "attrs.licence_exception"  # what the exporter claims; lifts that need it are licence exceptions


class State(Enum):
    """How a measure stands at a moment."""

    NOT_KNOWN = "not known"
    NOT_BEGUN = "not begun"
    IN_FORCE = "in force"
    SUSPENDED = "suspended"
    UNENFORCED = "unenforced"
    UNKNOWN = "unknown"  # a pause has run out by its text, or reports have ceased, and nobody confirmed what came after
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Stand:
    """A state with the act that made it so, and what still bites in it."""

    state: State
    act: Act | None = None
    leaves: Effect = Effect.FREE
    until: Bound | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A worked example beside the law: a line, a day, and what must come out."""

    name: str
    instrument: str
    line: Mapping[str, str]
    on: str
    known_by: str
    expect: str
    wants: Mapping[str, tuple[str, ...]]
    file: str
    at_line: int


@dataclass(frozen=True)
class RuleBase:
    """The law: instruments, measures, lifts, acts, groups, regimes; with version and content hash."""

    version: str
    sha256: str
    instruments: Mapping[str, Instrument]
    measures: Mapping[str, Measure]
    lifts: Mapping[str, Lift]
    acts: Mapping[str, Act]
    groups: Mapping[str, Group]
    regimes: Mapping[str, Regime]
    presumptions: tuple[Presumption, ...]
    derivations: tuple[Derivation, ...]
    cases: tuple[Case, ...]
    hashes: Mapping[str, str] = field(default_factory=dict)
    ownership: Mapping[str, OwnershipProfile] = field(default_factory=dict)
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)

    def bare(self) -> RuleBase:
        """The same base without what was worked out from it."""
        return replace(self)

    # --- indexes ----------------------------------------------------------------------------------------------------

    @cached_property
    def _acts_on(self) -> dict[str, tuple[Act, ...]]:
        found: dict[str, list[Act]] = {}
        for act in self.acts.values():
            for target in act.targets:
                for name in self.expand(target):
                    found.setdefault(name, []).append(act)
        return {name: tuple(acts) for name, acts in found.items()}

    @cached_property
    def _lifts_on(self) -> dict[str, tuple[Lift, ...]]:
        found: dict[str, list[Lift]] = {}
        for lift in self.lifts.values():
            for target in lift.targets:
                for name in self.expand(target):
                    found.setdefault(name, []).append(lift)
        return {name: tuple(lifts) for name, lifts in found.items()}

    @cached_property
    def letters(self) -> dict[str, Letter]:
        """The letters by instrument."""
        return {one.id: one.letter for one in self.instruments.values() if one.letter is not None}

    @cached_property
    def lists(self) -> dict[str, tuple[tuple[Member, tuple[Item, ...]], ...]]:
        """The goods items of each control list, instrument by instrument; a member without dates has its instrument's."""
        return {
            group.id: tuple((self._dated(member), self._items_of(member.value)) for member in group.members)
            for group in self.groups.values()
            if group.kind == "list"
        }

    def _dated(self, member: Member) -> Member:
        measures = [self.measures[name] for name in self.expand(member.value) if name in self.measures]
        starts = [one.period.start for measure in measures for one in measure.periods]
        if not starts:
            return member
        known = min((measure.known_since for measure in measures), key=lambda bound: bound.utc)
        start = member.start or min(starts, key=lambda bound: bound.utc)
        return replace(member, start=start, known_since=member.known_since or known)

    @cached_property
    def _groups_by_day(self) -> dict[str, Group]:
        """The groups, with the days that the members of lists have from their measures."""
        dated = {name: tuple(member for member, _ in listed) for name, listed in self.lists.items()}
        return {name: replace(one, members=dated[name]) if name in dated else one for name, one in self.groups.items()}

    @cached_property
    def _groups_by_knowledge(self) -> dict[str, Group]:
        """The same, with the days on which memberships become known in place of theirs."""
        return {
            name: replace(one, members=tuple(member.as_known for member in one.members))
            for name, one in self._groups_by_day.items()
        }

    def days_of(self, condition: Condition, facts: Facts) -> Iterable[Bound]:
        """Days on which the answer of a condition about these facts may change; those of listed goods included."""
        return self._days_of(condition, facts, self._groups_by_day)

    def known_days_of(self, condition: Condition, facts: Facts) -> Iterable[Bound]:
        """Days of knowledge from which on the answer may be another one."""
        return self._days_of(condition, facts, self._groups_by_knowledge)

    def _days_of(self, condition: Condition, facts: Facts, groups: Mapping[str, Group]) -> Iterable[Bound]:
        yield from condition.bounds(groups, facts)
        if isinstance(condition, GoodsAre) and condition.follows_days:
            for item in condition.items:
                for _, listed in self.lists[item.list] if item.list is not None else ():
                    yield from self._days_of(GoodsAre(listed), facts, groups)

    def _items_of(self, target: str) -> tuple[Item, ...]:
        return tuple(
            item
            for name in self.expand(target)
            if name in self.measures
            for condition in self.measures[name].conditions
            if isinstance(condition, GoodsAre)
            for item in condition.items
            if item.list is None
        )

    @cached_property
    def _of_instrument(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for measure in self.measures.values():
            found.setdefault(measure.instrument.id, []).append(measure.id)
        return {name: tuple(ids) for name, ids in found.items()}

    def expand(self, target: str) -> tuple[str, ...]:
        """The rules or acts a name stands for: itself, all measures of an instrument, or `exception:` with a symbol or `any`."""
        if target in self.measures or target in self.lifts or target in self.acts:
            return (target,)
        kind, _, symbol = target.partition(":")
        if kind == "exception":
            return self._exceptions.get(symbol, ())
        return self._of_instrument.get(target, ())

    def is_exception(self, lift: Lift) -> bool:
        """Whether a line must claim the lift as a licence exception."""
        return lift.id in self._exceptions.get("any", ())

    @cached_property
    def _exceptions(self) -> dict[str, tuple[str, ...]]:
        """The lifts that a line must claim as a licence exception, by symbol; under `any` all of them."""
        found: dict[str, list[str]] = {}
        for lift in self.lifts.values():
            for condition in lift.conditions:
                if not isinstance(condition, ValueIs) or condition.fact != EXCEPTION_FACT:
                    continue
                if isinstance(condition.test, WordTest) and not condition.test.negate:
                    for symbol in (*condition.test.words, "any"):
                        found.setdefault(symbol, []).append(lift.id)
        return {symbol: tuple(dict.fromkeys(ids)) for symbol, ids in found.items()}

    def whole_schedule(self, scheme: str) -> Schedule | None:
        """The schedule that holds every line of a tariff, if the base has one."""
        return self._whole_schedules.get(scheme)

    @cached_property
    def _whole_schedules(self) -> dict[str, Schedule]:
        schedules = [one.schedule for one in self.measures.values() if one.schedule is not None]
        return {one.scheme: one for one in schedules if one.whole}

    @cached_property
    def general(self) -> tuple[Measure, ...]:
        """The measures that any line may come under: all but duties, and the rows of tables that list single entries."""
        return tuple(one for one in self.measures.values() if not one.entries and one.effect is not Effect.DUTY)

    @cached_property
    def alike(self) -> tuple[Alike, ...]:
        """The same measures, each with those that share all conditions but the one on goods."""
        return put_together(self.general)

    def alone(self, measure: Measure) -> Alike:
        """A row of a table, put together with no other."""
        found = self._alone.get(measure.id)
        if found is None:
            found = self._alone[measure.id] = Alike.of(measure)
        return found

    @cached_property
    def _alone(self) -> dict[str, Alike]:
        """The rows of tables; filled as they are asked."""
        return {}

    @cached_property
    def reads_of_shared(self) -> tuple[str, ...] | None:
        """The facts on which it depends what the conditions that measures share find for good; None: lines share nothing."""
        shared = {id(one): one for them in self.alike for one in them.shared if not isinstance(one, AddresseeIs)}
        read = joined(shared_by(one, reads_of(one, self.lists)) for one in shared.values())
        return None if read is None else tuple(sorted(read))

    @cached_property
    def surveys(self) -> dict[tuple[object, ...], Survey]:
        """What was found of those conditions, by all that it depends on; filled as lines are asked."""
        return {}

    @cached_property
    def party_names(self) -> frozenset[str]:
        """The keys of all names that parties are known by here."""
        groups = (one.keys for one in self.groups.values() if one.kind == "parties")
        letters = (one.keys for letter in self.letters.values() for one in letter.addressees)
        rules: tuple[Rule | Derivation, ...] = (*self.measures.values(), *self.lifts.values(), *self.derivations)
        scopes = [one.conditions for one in rules] + [one.when for one in self.presumptions]
        scopes += [many for one in self.regimes.values() for many in one.scopes]
        named = (one.named_keys for many in scopes for one in many if isinstance(one, PartyIs))
        return frozenset().union(*groups, *letters, *named)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The order of the same measures, by id."""
        return {one.id: place for place, one in enumerate(self.general)}

    @cached_property
    def hints(self) -> Hints:
        """What of a line may speak for the goods of the same measures."""
        return Hints.of(goods for them in self.alike for _, goods in them.measures if goods is not None)

    @cached_property
    def presumed_of_goods(self) -> frozenset[str]:
        """The facts of the goods of the same measures that are presumed where a line is silent."""
        goods = [goods for them in self.alike for _, goods in them.measures if goods is not None]
        read = joined(reads_of(one, self.lists) for one in goods)
        presumed = frozenset(one.fact for one in self.presumptions)
        return presumed if read is None else presumed & read

    @cached_property
    def duties(self) -> tuple[Measure, ...]:
        """The duties."""
        return tuple(one for one in self.measures.values() if one.effect is Effect.DUTY)

    def duties_of(self, sides: tuple[str, ...]) -> list[Measure]:
        """The duties of some sides."""
        return [one for one in self.duties if one.instrument.side in sides]

    @cached_property
    def _of_entry(self) -> dict[Code, tuple[Measure, ...]]:
        found: dict[Code, list[Measure]] = {}
        for measure in self.measures.values():
            for entry in measure.entries:
                found.setdefault(entry, []).append(measure)
        return {entry: tuple(measures) for entry, measures in found.items()}

    @cached_property
    def _named(self) -> dict[Code, tuple[Code, ...]]:
        """The control codes that measures name, by their entry."""
        found: dict[Code, dict[Code, None]] = {}
        for measure in self.measures.values():
            for condition in measure.conditions:
                for item in condition.items if isinstance(condition, GoodsAre) else ():
                    if item.control is not None and not item.control.is_outside:
                        found.setdefault(item.control.entry, {})[item.control] = None
        return {entry: tuple(codes) for entry, codes in found.items()}

    def listed_for(self, codes: Iterable[Code]) -> tuple[Measure, ...]:
        """The rows of tables that list the entries of these codes."""
        key = tuple(codes)
        found = self._listed.get(key)
        if found is None:
            if len(self._listed) >= LISTED_MAX:
                self._listed.clear()
            entries = dict.fromkeys(code.entry for code in key)
            found = self._listed[key] = tuple(dict.fromkeys(one for entry in entries for one in self._of_entry.get(entry, ())))
        return found

    @cached_property
    def _listed(self) -> dict[tuple[Code, ...], tuple[Measure, ...]]:
        """The rows of tables that were asked for lately, by codes."""
        return {}

    def lifts_of(self, name: str) -> tuple[Lift, ...]:
        """The lifts that aim at a measure or lift."""
        return self._lifts_on.get(name, ())

    def all_lifts_of(self, name: str, depth: int = 0) -> Iterable[Lift]:
        """The lifts of a measure or lift, the exceptions to them, and so on."""
        if depth <= DEPTH_MAX:
            for lift in self.lifts_of(name):
                yield lift
                yield from self.all_lifts_of(lift.id, depth + 1)

    def acts_on(self, name: str) -> tuple[Act, ...]:
        """The acts upon a measure, lift or act."""
        return self._acts_on.get(name, ())

    def with_acts(self, rule: Rule) -> frozenset[str]:
        """The ids of a rule, of all lifts of it, and of the acts upon any of them."""
        found = self._with_acts.get(rule.id)
        if found is None:
            names = (rule.id, *(one.id for one in self.all_lifts_of(rule.id)))
            found = self._with_acts[rule.id] = frozenset((*names, *(act.id for name in names for act in self.acts_on(name))))
        return found

    @cached_property
    def _with_acts(self) -> dict[str, frozenset[str]]:
        """By rules, what `with_acts` says; filled as asked."""
        return {}

    # --- time -------------------------------------------------------------------------------------------------------

    def setting(
        self,
        moment: Moment,
        known_by: Asked,
        *,
        strict: bool = False,
        memory: Memory | None = None,
    ) -> Setting:
        """What conditions may look at, at a moment and as known; the days of one question share its memory (or its instants)."""
        memory = memory or Memory(self._reads)
        return Setting(Watch(moment), known_by, self.groups, self.lists, self.letters, strict, self._named, memory)

    def memory(self, known_by: Asked, *, strict: bool, of_days: bool) -> Memory:
        """A memory for the days (or the instants) of one question; what lines share is in it."""
        key = (known_by, strict, of_days)
        shared = self._shared.get(key)
        if shared is None:
            if len(self._shared) >= STANDS_MAX:
                self._shared.clear()
            shared = self._shared[key] = Shared(self.party_names, self._shared_by)
        return Memory(self._reads, shared)

    @cached_property
    def _shared(self) -> dict[tuple[Asked, bool, bool], Shared[Finding, tuple[Finding, ...]]]:
        """What lines share, by the day of knowledge and whether anything is presumed; filled as they are asked."""
        return {}

    @cached_property
    def _reads(self) -> dict[int, Reads]:
        """The facts that the findings of this base's conditions depend on, by the condition's identity; filled as asked."""
        return {}

    @cached_property
    def _shared_by(self) -> dict[int, tuple[object, Reads]]:
        """By which facts lines share the findings of conditions; filled as asked."""
        return {}

    def cuts_of(self, condition: Condition, setting: Setting) -> Mapping[str, list[Cut]]:
        """Where a condition of this base cuts the facts, by fact: the same in every setting."""
        found = self._cuts.get(id(condition))
        if found is None:
            found = self._cuts[id(condition)] = {}
            for cut in condition.cuts(setting):
                found.setdefault(cut.fact, []).append(cut)
        return found

    @cached_property
    def _cuts(self) -> dict[int, dict[str, list[Cut]]]:
        """The cuts of conditions, by identity; filled as asked."""
        return {}

    def end_of(self, act: Act, known_by: Asked) -> tuple[Bound | None, bool]:
        """The end of a suspension as known, extensions included, and whether what follows is unknown.

        An extension that is only said, or that no source confirms, moves nothing; the latter leaves what follows unknown.
        """
        end, unknown = act.end, act.after_unknown
        for other in self.acts_on(act.id):
            if other.does != "extends" or other.end is None or not self._works(other, known_by):
                continue
            if other.instrument.standing is Standing.UNVERIFIED:
                unknown = True
            elif end is None or end < other.end:
                end, unknown = other.end, other.after_unknown
        return end, unknown

    @staticmethod
    def _works(act: Act, known_by: Asked) -> bool:
        """Whether an act is law and public: what is floated, offered, agreed or merely published does nothing."""
        return act.instrument.decides and known_by.knows(act.known_since)

    def stated_end(self, act: Act, known_by: Asked) -> Act | None:
        """The statement that names another end for the act, if one is known."""
        stated = [one for one in self.acts_on(act.id) if one.does == "states_end" and known_by.knows(one.known_since)]
        return stated[-1] if stated else None

    def stand(self, rule: Rule | OwnershipProfile, moment: Moment, known_by: Asked, *, told: bool = False) -> Stand:
        """The state of a measure, lift or ownership rule by itself at a moment, from what was public by `known_by`.

        `told`: the asking party was told of it by itself (the addressee of a letter), before the public. What was found at a
        watched moment is kept for the next line, as long as it stays so.
        """
        if not isinstance(moment, Watch):
            return self._stand(rule, moment, known_by, told=told)
        kept = self._stands_known_by(known_by, of_days=moment.instant is None)
        stand = kept.get((rule.id, told))
        if stand is None or not moment.recalls(stand):
            moment.begin()
            stand = kept[(rule.id, told)] = moment.end(self._stand(rule, moment, known_by, told=told))
        return stand[0]

    def _stands_known_by(self, known_by: Asked, *, of_days: bool) -> dict[tuple[str, bool], Kept[Stand]]:
        key = (known_by, of_days)
        found = self._stands.get(key)
        if found is None:
            if len(self._stands) >= STANDS_MAX:
                self._stands.clear()
            found = self._stands[key] = {}
        return found

    @cached_property
    def _stands(self) -> dict[tuple[Asked, bool], dict[tuple[str, bool], Kept[Stand]]]:
        """How rules stand, by the day of knowledge, for days or for instants; filled as they are asked."""
        return {}

    def _stand(self, rule: Rule | OwnershipProfile, moment: Moment, known_by: Asked, *, told: bool) -> Stand:
        if not told and not known_by.knows(rule.known_since):
            return Stand(State.NOT_KNOWN)
        if isinstance(rule, Measure) and rule.steps:
            if self.step(rule, moment, known_by) is None:
                return Stand(State.NOT_BEGUN)
        else:
            known = [one for one in rule.periods if told or known_by.knows(one.known_since)]
            if not any(_holds(one, moment, known_by) for one in known):
                begun = any(moment.reached(one.period.start) for one in known)
                later = [one.period.start for one in known if not moment.reached(one.period.start)]
                if begun and later:  # a gap between two periods is a suspension
                    return Stand(State.SUSPENDED, until=min(later, key=lambda bound: bound.utc))
                return Stand(State.ENDED if begun else State.NOT_BEGUN)
        acts = [act for act in self.acts_on(rule.id) if self._works(act, known_by)]
        for act in acts:
            if act.does == "ends" and act.start is not None and moment.reached(act.start):
                return Stand(State.ENDED if _confirmed(act) else State.UNKNOWN, act)
        paused = self._paused(acts, moment, known_by)
        if paused is not None:
            return paused
        if any(_in_doubt(one, moment, known_by) for one in rule.periods):
            return Stand(State.UNKNOWN)
        for act in acts:
            begun = act.does == "not_enforced" and act.start is not None and moment.reached(act.start)
            if begun and (act.end is None or not moment.reached(act.end)):
                return Stand(State.UNENFORCED, act)
        return Stand(State.IN_FORCE)

    def stands_of(self, profile: OwnershipProfile, on: Asked, known_by: Asked) -> tuple[Stand, ...]:
        """The states of an ownership rule in the course of a day: those of its measures, or its own."""
        rules: tuple[Rule | OwnershipProfile, ...] = tuple(self.measures[name] for name in profile.measures) or (profile,)
        return tuple(
            self.stand(rule, moment, known_by)
            for rule in rules
            for moment in on.moments(self.bounds_of(rule) if isinstance(rule, Measure) else frozenset(_edges(rule.periods)))
        )

    def _paused(self, acts: Iterable[Act], moment: Moment, known_by: Asked) -> Stand | None:
        """The state made by suspensions: suspended, unknown between two ends or after one nobody confirmed, or nothing."""
        lapsed: tuple[Bound, Act] | None = None
        pauses: list[Stand] = []
        for act in acts:
            if act.does != "suspends" or act.start is None or not moment.reached(act.start):
                continue
            end, _ = self.end_of(act, known_by)
            stated = self.stated_end(act, known_by)
            over = end is not None and moment.reached(end)
            said_over = over if stated is None or stated.end is None else moment.reached(stated.end)
            if over is not said_over or (not over and not _confirmed(act)):
                pauses.append(Stand(State.UNKNOWN, act, act.leaves, end))
            elif not over:
                pauses.append(Stand(State.SUSPENDED, act, act.leaves, end))
            elif end is not None and (lapsed is None or lapsed[0] < end):
                lapsed = (end, act)
        if pauses:  # of several pauses a sure one, and of those the longest
            return max(pauses, key=lambda one: (one.state is State.SUSPENDED, _end(one.until)))
        if lapsed is not None and self.end_of(lapsed[1], known_by)[1]:
            return Stand(State.UNKNOWN, lapsed[1], lapsed[1].leaves)
        return None

    def step(self, measure: Measure, moment: Moment, known_by: Asked) -> Step | None:
        """The step of a duty at a moment: the last begun of those known; same start, the later known."""
        begun = [step for step in measure.steps if known_by.knows(step.known_since) and moment.reached(step.start)]
        return max(begun, key=lambda step: (step.start.utc, step.known_since.utc), default=None)

    def bounds_of(self, rule: Rule) -> frozenset[Bound]:
        """Every day or instant on which the answer of a rule may change, lifts and acts upon it included."""
        if rule.id not in self._bounds:
            self._bounds[rule.id] = frozenset(self._gather(rule, 0))
        return self._bounds[rule.id]

    @cached_property
    def _bounds(self) -> dict[str, frozenset[Bound]]:
        """The bounds of rules; filled as they are asked."""
        return {}

    def changing(self, rule: Rule) -> Mapping[int, Condition]:
        """The conditions of a rule and of all lifts of it that may answer otherwise on another day, by identity."""
        if rule.id not in self._changing:
            rules = (rule, *self.all_lifts_of(rule.id))
            self._changing[rule.id] = _changing(one.conditions for one in rules)
        return self._changing[rule.id]

    @cached_property
    def _changing(self) -> dict[str, Mapping[int, Condition]]:
        """The conditions of rules that follow the days; filled as they are asked."""
        return {}

    def changes_for_all(self, sides: tuple[str, ...]) -> tuple[frozenset[Bound], Mapping[int, Condition]]:
        """The bounds, and the conditions that follow the days, of regimes and of the duties of some sides: those of every line."""
        if sides not in self._changes_for_all:
            bounds = set(self._bounds_of_regimes)
            changing = dict(self._changing_in_regimes)
            for one in self.duties_of(sides):
                bounds |= self.bounds_of(one)
                changing |= self.changing(one)
            self._changes_for_all[sides] = frozenset(bounds), changing
        return self._changes_for_all[sides]

    @cached_property
    def _changes_for_all(self) -> dict[tuple[str, ...], tuple[frozenset[Bound], Mapping[int, Condition]]]:
        """The same by sides; filled as they are asked."""
        return {}

    @cached_property
    def _changing_in_regimes(self) -> Mapping[int, Condition]:
        """The conditions of regimes that may answer otherwise on another day, by identity."""
        return _changing(conditions for regime in self.regimes.values() for conditions in regime.scopes)

    @cached_property
    def _bounds_of_regimes(self) -> frozenset[Bound]:
        """Every day on which the answer of a regime may change: its start, and the bounds of measures that it is asked while."""
        found: set[Bound] = set()
        for regime in self.regimes.values():
            found.add(regime.start)
            for way in (*regime.reaches, *regime.subject):
                for name in way.asked_while:
                    for one in self.expand(name):
                        found |= self.bounds_of(self.measures[one])
        return frozenset(found)

    def _gather(self, rule: Rule, depth: int) -> Iterable[Bound]:
        yield from _edges(rule.periods)
        if isinstance(rule, Measure):
            for step in rule.steps:
                yield step.start
            if rule.schedule is not None:
                yield from rule.schedule.bounds
        for act in self.acts_on(rule.id):
            yield from act.bounds
            for other in self.acts_on(act.id):
                yield from other.bounds
        letter = rule.instrument.letter
        if letter is not None:
            for firm in letter.addressees:
                yield from (bound for bound in (firm.start, firm.end) if bound is not None)
        if depth < DEPTH_MAX:
            for lift in self.lifts_of(rule.id):
                yield from self._gather(lift, depth + 1)


def _edges(periods: Iterable[InForce]) -> Iterable[Bound]:
    """The days on which periods begin, end or fall into doubt."""
    for one in periods:
        yield one.period.start
        yield from (bound for bound in (one.period.end, one.unknown_after) if bound is not None)


def _changing(scopes: Iterable[tuple[Condition, ...]]) -> Mapping[int, Condition]:
    return {id(one): one for conditions in scopes for one in conditions if follows_days(one)}


def _in_doubt(one: InForce, moment: Moment, known_by: Asked) -> bool:
    """Whether nobody has confirmed that the period still runs; before the doubt arose, nobody doubted."""
    doubt = one.unknown_after
    return doubt is not None and _holds(one, moment, known_by) and moment.reached(doubt) and known_by.knows(doubt)


def _end(bound: Bound | None) -> datetime:
    """For comparing ends: no end is the latest."""
    return datetime.max.replace(tzinfo=UTC) if bound is None else bound.utc


def _confirmed(act: Act) -> bool:
    return act.instrument.standing is not Standing.UNVERIFIED


def _holds(one: InForce, moment: Moment, known_by: Asked) -> bool:
    if not moment.reached(one.period.start):
        return False
    if one.period.end is None or not known_by.knows(one.end_known_since):
        return True
    return not moment.reached(one.period.end)
