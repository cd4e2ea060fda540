"""Which lines are alike to the law, so that one answer stands for all of them?

What all facts and the day leave of the law settles most lines by itself. Where a missing fact must be tried out, two lines are
alike only if the open conditions see the same of them as well. Each likeness is judged once, by `decide` itself, on a line of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from greenlane.batch.judges import Request
from greenlane.batch.law_bits import CROSS, LawBits, bits_of, restricting, side_by_side
from greenlane.batch.learned import Learned, name_of
from greenlane.batch.likeness import Asking, Open, open_pairs
from greenlane.batch.pairs import Ints, Names, Pairs
from greenlane.batch.patterns import Filled, Patterns, Words, number_of, words_of
from greenlane.batch.program import DATED
from greenlane.batch.remains import Lines, Remains
from greenlane.batch.resolving import Resolving, Way
from greenlane.batch.stands import Stands
from greenlane.decide.decision import Lifted, Outline, Reason
from greenlane.decide.evaluate import outline
from greenlane.decide.line import Line
from greenlane.law.effect import Effect, graver
from greenlane.law.groups import Member
from greenlane.law.measure import Lift, Measure, Rule
from greenlane.law.rulebase import DEPTH_MAX, Stand, State
from greenlane.law.scope import PartyIs
from greenlane.terms.sources import Standing

_GONE = (State.NOT_KNOWN, State.NOT_BEGUN, State.ENDED)
_LIFTING = (State.IN_FORCE, State.UNKNOWN, State.UNENFORCED)


OfDays = tuple[tuple[bool, ...], tuple[tuple[bool, bool], ...]]  # which gates are open; of regimes: begun, and read no further


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of the law for some lines on some days: the rules, and how those stand that do not plainly stand in force."""

    may: int
    does: int
    stands: object
    apart: bool
    acts: tuple[
        str, ...
    ] = ()  # upon the rules that do not plainly stand, and upon these acts, that are known: questions tell of them


class Answers:
    """The answers of the law of some sides, each to all lines that are alike."""

    def __init__(self, lines: Lines, sides: tuple[str, ...], learned: Learned | None = None) -> None:
        self.lines = lines
        self.sides = sides
        measures = restricting(lines.rules, sides)
        self._order = {one.id: place for place, one in enumerate(measures)}  # in which `decide` is asked about them
        self.bits = LawBits(lines.rules, side_by_side(measures), regimes=True, hands=lines.hands)
        self.learned = learned
        self.remains = Remains(lines, self.bits, "answers", learned)
        self.lefts = Names()
        self.asking: list[Asking] = []
        self.by_party: list[bool] = []  # whether the party itself matters, as an entry of a list
        self._days: dict[int, tuple[int, dict[int, Stand], OfDays]] = {}
        self.told_apart: dict[int, int] = {}  # by span: the rules that stand otherwise for who was told of them by letter
        unverified = (one.standing is Standing.UNVERIFIED for one in self.bits.rules_in_order)
        self._unverified = sum(is_it << place for place, is_it in enumerate(unverified))
        self.stands = Stands(lines, self.bits)
        width = self.bits.width
        self._of_days = Names()
        self._on_days = Filled(2 * width + 2, self._on_day, lines.hands)
        self._kinds = Patterns(64 * (2 * width + 2), lines.hands)
        self._left_of: Ints = np.zeros(0, np.int32)  # by kind
        self.of_day = Pairs(self._leave)
        self.resolving = Resolving(
            Way.LEFT,
            width,
            self.remains.remainders,
            self._on_days,
            self._kinds,
            self.bits.weighed,
            number_of=lambda: self._left_of,
            gates=tuple(divmod(place, 64) for place, _ in self.bits.gated),
        )
        self.outlines: list[Outline] = []
        self._contents: dict[int, str] = {}
        self._numbers = Names()
        self.open = Open(self.remains)
        self.open_pairs = open_pairs(self.open, lambda opened: self.asking[opened - 1])

    # --- the day ----------------------------------------------------------------------------------------------------

    def _day(self, span: int) -> tuple[int, dict[int, Stand], OfDays]:
        """The rules that stand on the days of a span, how some of them stand, and what regimes say of the days."""
        rules, one = self.lines.rules, self.lines.days.at(span)
        standing = self.bits.beside
        oddly: dict[int, Stand] = {}
        self.told_apart[span] = 0
        for rule, bits, stand, told in self.stands.at(span):
            self.told_apart[span] |= bits if told != stand else 0
            stands = self._does_stand(rule, stand) or self._does_stand(rule, told)
            if stands:
                standing |= bits
            if told != stand or (stands and stand.state is not State.IN_FORCE):
                oddly |= dict.fromkeys(bits_of(bits), told)
        asked = tuple(self._is_asked(way.asked_while, span) for _, way in self.bits.gated)
        spoken = tuple(
            (one.moments[0].reached(regime.start), one.known_by.is_after(regime.known_through.day))
            for regime in rules.regimes.values()
        )
        return standing, oddly, (asked, spoken)

    @staticmethod
    def _does_stand(rule: Rule, stand: Stand) -> bool:
        if not isinstance(rule, Measure):
            return rule.instrument.decides and stand.state in _LIFTING
        return stand.state not in _GONE and not (stand.state is State.SUSPENDED and stand.leaves is Effect.FREE)

    def _is_asked(self, names: Sequence[str], span: int) -> bool:
        rules, one = self.lines.rules, self.lines.days.at(span)
        away = (*_GONE, State.SUSPENDED)
        measures = (rules.measures[each] for name in names for each in rules.expand(name))
        return any(rules.stand(each, one.moments[0], one.known_by).state not in away for each in measures)

    def standing(self, span: int) -> tuple[int, dict[int, Stand], OfDays]:
        """The rules that stand on the days of a span, how some of them stand, and what regimes say of the days."""
        if span not in self._days:
            self._days[span] = self._day(span)
        return self._days[span]

    def _on_day(self, span: int) -> Words:
        """A day in words: the rules that stand, those that do so oddly, which gates are open, what regimes say of it."""
        standing, oddly, of_days = self.standing(span)
        size, odd = self.bits.size, sum(1 << place for place in oddly)
        gates = sum(1 << gate for gate, is_open in enumerate(of_days[0]) if is_open)
        return np.concatenate(
            [words_of(standing, size), words_of(odd, size), words_of(gates, 64), words_of(self._of_days.number(of_days), 64)]
        )

    def _leave(self, remainders: Ints, spans: Ints) -> Ints:
        """What days leave of remainders, less all that no rule left asks for."""
        bits, width = self.bits, self.bits.width
        both, day = self.remains.remainders.rows[remainders], self._on_days.of(spans)
        standing, odd, gates, of_days = day[:, :width], day[:, width : 2 * width], day[:, -2], day[:, -1]
        may, does = both[:, :width] & standing, both[:, width:] & standing
        for gate, (place, _) in enumerate(bits.gated):
            word, mask = place // 64, np.uint64(1 << place % 64)
            shut = (gates & np.uint64(1 << gate) == 0) & (does[:, word] & mask == 0)
            may[shut, word] &= ~mask
        may, does = bits.less(may, does)
        where = np.where((odd & may).any(axis=1), spans + 1, 0).astype(np.uint64)
        kinds = self._kinds.numbers(np.column_stack((may, does, of_days, where)))
        new = []
        for number in range(len(self._left_of), len(self._kinds)):
            row = self._kinds.rows[number]
            first = int(spans[np.argmax(kinds == number)])
            new.append(self._left(number_of(row[:width]), number_of(row[width : 2 * width]), first))
        if new:
            self._left_of = np.append(self._left_of, np.asarray(new, np.int32))
        found: Ints = self._left_of[kinds]
        return found

    def _left(self, may: int, does: int, span: int) -> int:
        bits = self.bits
        _, oddly, of_regimes = self._days[span]
        stands = tuple((place, oddly[place]) for place in bits_of(may) if place in oddly) if oddly else ()
        apart = bool(may & self.told_apart[span])
        acts = self._acts_on((place for place, _ in stands), span) if stands else ()
        number = self.lefts.number(Left(may, does, (stands, of_regimes), apart, acts))
        if number == len(self.asking):
            measures = may & bits.of_measures
            rules = measures | bits.all_lifts_of.of(measures)
            self.asking.append(Asking(measures, rules, apart))
            parties = bits.conds["parties"].many
            hanging = (bits.hang[one].get("parties", 0) for one in bits_of(rules & may))
            self.by_party.append(any(isinstance(parties[place], PartyIs) for hang in hanging for place in bits_of(hang)))
        return number

    def _acts_on(self, places: Iterable[int], span: int) -> tuple[str, ...]:
        """The acts upon some rules, and upon these acts, that are known on the days of a span."""
        rules, known_by = self.lines.rules, self.lines.days.at(span).known_by
        stack = [self.bits.rules_in_order[place].id for place in places]
        seen: dict[str, bool] = {}
        while stack:
            for act in rules.acts_on(stack.pop()):
                if act.id not in seen:
                    seen[act.id] = known_by.knows(act.known_since)
                    stack.append(act.id)
        return tuple(sorted(name for name, known in seen.items() if known))

    def sees_parties(self, left: int) -> int:
        """What is left, from 1 up, if the class of parties matters by itself; else 0."""
        return left + 1 if self.by_party[left] else 0

    def follows_days(self, parties: int) -> int:
        """DATED for a class of parties of which the days tell more; else 0."""
        return DATED if self.remains.judge("parties", parties).dated else 0

    # --- answers ----------------------------------------------------------------------------------------------------

    def composed(self, number: int, parties: int, span: int) -> Outline | None:
        """The answer to lines of a class of parties on the days of a span, where nothing is open; None where something is."""
        bits, left = self.bits, self.lefts.values[number]
        oddly, (_, spoken) = left.stands
        stands = dict(oddly)
        if left.may != left.does or any(one.state is not State.SUSPENDED for one in stands.values()):
            return None
        if any(place >= len(bits.measures) for place in stands):
            return None
        does: int = left.does
        if does & self._unverified:
            return None
        bites: list[tuple[Measure, Effect, str, State, tuple[str, ...], str]] = []
        lifted: list[Lifted] = []
        highs: dict[str, Effect] = {}
        for place in bits_of(does & bits.of_measures):
            measure = bits.measures[place]
            member = self._member(measure, parties, span) if self.by_party[number] else None
            effect = measure.effect if member is None else member.effect or measure.effect
            review = measure.review if member is None else member.review or measure.review
            state = State.IN_FORCE
            if place in stands:
                effect, state = stands[place].leaves, State.SUSPENDED
            applied = [lift for lift in self.lines.rules.lifts_of(measure.id) if self._applies(lift, does)]
            for lift in applied:
                effect = effect if effect.rank <= lift.leaves.rank else lift.leaves
                lifted.append(Lifted(lift, measure, lift.leaves, lift.certainty))
            highs[measure.regime] = graver(highs.get(measure.regime, Effect.FREE), effect)
            if effect is not Effect.FREE:
                entry = "" if member is None else member.value
                bites.append((measure, effect, review, state, tuple(lift.id for lift in applied), entry))
        low, high = self._range(does, highs, dict(zip(self.lines.rules.regimes, spoken, strict=True)))
        bites.sort(key=lambda one: (-one[1].rank, one[0].id))
        lifted.sort(key=lambda one: (one.lift.id, one.measure.id))
        return Outline(
            low=low,
            high=high,
            exact=True,
            settled=True,
            reasons=tuple(
                Reason(measure, effect, review, True, effect is high, state.value, (), by, entry)
                for measure, effect, review, state, by, entry in bites
            ),
            lifts=tuple(lifted),
            missing=(),
            branches=(),
        )

    def _member(self, measure: Measure, parties: int, span: int) -> Member | None:
        """The entry of a list by which a measure bites parties of a class: of several the gravest."""
        setting, facts = self.lines.setting_at(span), self.remains.facts("parties", parties)
        found = [one.judge(facts, setting).members for one in measure.conditions if isinstance(one, PartyIs)]
        members = [member for many in found for member in many]
        return max(members, key=lambda one: (one.effect or measure.effect).rank, default=None)

    def _applies(self, lift: Lift, does: int, depth: int = 0) -> bool:
        """Whether a lift holds, and no exception to it."""
        if depth > DEPTH_MAX or not does >> self.bits.place_of_lift[lift.id] & 1:
            return False
        return not any(self._applies(one, does, depth + 1) for one in self.lines.rules.lifts_of(lift.id))

    def _range(self, does: int, effects: Mapping[str, Effect], spoken: Mapping[str, tuple[bool, bool]]) -> tuple[Effect, Effect]:
        """The bounds over all regimes: what a regime cannot be said to be modelled for is not free."""
        low = high = Effect.FREE
        reached = [one for one in self.bits.regimes if one.ways & does]
        asked = {one.regime.id: one for one in reached if one.regime.side in self.sides}
        for name in asked.keys() | effects.keys():
            least = most = effects.get(name, Effect.FREE)
            one = asked.get(name)
            if one is not None:
                begun, read_out = spoken[name]
                modelled = begun and not read_out and one.speaks_of & does == one.speaks_of and one.covers & does
                if one.within & does != one.within or one.outside & does or (least is Effect.FREE and not modelled):
                    most = Effect.PROHIBITED
            low, high = graver(low, least), graver(high, most)
        if (low is Effect.FREE and not asked) or (high is Effect.FREE and len(asked) < len(reached)):
            high = Effect.PROHIBITED
        return low, high

    def request(self, line: Line, left: int, span: int) -> Request:
        """What `decide` is asked about a line on the days of a span; `left`: what is left of the law for it."""
        one = self.lines.days.at(span)
        return Request(line, self.asking[left].measures, one.moments, one.known_by, self.lines.parties_of(line.cells))

    def judge(self, asked: Request) -> Outline:
        """What `decide` says."""
        rules, line = self.lines.rules, asked.line
        listed = {each.id for each in rules.listed_for(line.codes)}
        some = (self.bits.measures[place] for place in bits_of(asked.measures))
        general = sorted(some, key=lambda one: self._order[one.id])
        rows = {each.id: each for each in general if each.entries and each.id in listed}
        among = [each for each in general if not each.entries]
        among += [rows[each.id] for each in rules.listed_for(line.codes) if each.id in rows]
        return outline(
            line,
            rules,
            moments=asked.moments,
            known_by=asked.known_by,
            sides=self.sides,
            strict=self.lines.strict,
            parties=asked.parties,
            among=among,
        )

    def settled(self, left: int, judge: Callable[[], Outline]) -> Outline | None:
        """The answer to all lines for which that is left, if it is settled by that; `judge` asks one of them."""
        name = self._name_settled(left)
        if self.learned is None or name is None:
            found = judge()
            return found if found.settled else None
        return self.learned.settled(name, judge)

    def tried(self, left: int, seen: Mapping[str, int], judge: Callable[[], Outline]) -> Outline:
        """The answer to lines of which open conditions see some residues; `judge` asks one of them."""
        name = self._name_tried(left, seen)
        return judge() if self.learned is None or name is None else self.learned.outline(name, judge)

    def will_judge(self, left: int, seen: Mapping[str, int] | None) -> tuple[bool, object]:
        """Whether `settled` (`seen` None) or `tried` will ask, and what is the same where it will not ask again."""
        name = self._name_settled(left) if seen is None else self._name_tried(left, seen)
        if self.learned is None or name is None:
            return True, None
        return self.learned.asks(name), name

    def _name_settled(self, left: int) -> str | None:
        """The name under which an answer is kept; None where it is not: who a party is is not kept."""
        return None if self.learned is None or self.by_party[left] else name_of("settled", self._content(left))

    def _name_tried(self, left: int, seen: Mapping[str, int]) -> str | None:
        """The same for an answer for which something had to be tried out: nor is kept what a party was told by itself."""
        apart = self.asking[left].apart or self.by_party[left] or seen["parties"] or seen["moment"]
        if self.learned is None or apart or self.open.names_party(seen.get(CROSS, 0)):
            return None
        told = tuple(sorted((name, repr(self.open.content(number))) for name, number in seen.items() if number))
        return name_of("tried", self._content(left), told)

    def _content(self, left: int) -> str:
        """What is left, in words that are the same in every run."""
        found = self._contents.get(left)
        if found is None:
            one = self.lefts.values[left]
            oddly, of_days = one.stands
            stands = [
                (place, each.state.value, "" if each.act is None else each.act.id, each.leaves.value, str(each.until))
                for place, each in oddly
            ]
            found = self._contents[left] = name_of(f"{one.may:x}", f"{one.does:x}", stands, of_days, one.acts)
        return found

    def gravest(self, numbers: Iterable[int]) -> int:
        """Of some answers the gravest; the first of those that are alike."""
        return max(numbers, key=lambda one: (self.outlines[one].high.rank, self.outlines[one].low.rank))

    def number(self, found: Outline) -> int:
        """The number of an answer; equal answers have one."""
        number = self._numbers.number(said(found))
        if number == len(self.outlines):
            self.outlines.append(found)
        return number


def said(found: Outline) -> tuple[object, ...]:
    """All that an answer says, as a value that can be compared."""
    return (
        found.low,
        found.high,
        found.exact,
        tuple((one.measure.id, one.effect, one.review, one.decided, one.state, one.entry, one.lifted_by) for one in found.reasons),
        tuple((one.lift.id, one.measure.id) for one in found.lifts),
        *(tuple((one.fact, one.why, tuple(one.verdicts.items())) for one in many) for many in (found.missing, found.branches)),
    )
