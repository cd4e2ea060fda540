"""Which lines bear the same duties? Rates go by code, so codes are told apart here as finely as the schedules tell them.

A rate that is percent alone is one for all values; its money is counted row by row. Where a rate is by quantity, lines are alike
only if quantity, unit, value and currency are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt

from greenlane.batch.cells import Column
from greenlane.batch.law_bits import LawBits, bits_of, side_by_side
from greenlane.batch.learned import Learned
from greenlane.batch.likeness import Asking, Open, open_pairs
from greenlane.batch.pairs import Ints, Names, Pairs
from greenlane.batch.patterns import Filled, Patterns, Words, number_of, words_of
from greenlane.batch.remains import Lines, Remains
from greenlane.batch.resolving import Resolving, Way
from greenlane.batch.stands import Stands
from greenlane.batch.vocabulary import Codes
from greenlane.decide.decision import Duty
from greenlane.decide.duties import MONEY, Reached, judge_duty, specific_to
from greenlane.decide.line import Line
from greenlane.law.facts import Facts
from greenlane.law.measure import Measure, Rule
from greenlane.law.rates import Entry
from greenlane.law.rulebase import RuleBase, Stand, State
from greenlane.law.scope import ActivityIs, Condition, GoodsAre, PlaceIs, Setting
from greenlane.terms.codes import SHARED_DIGITS, TARIFF, Code
from greenlane.terms.periods import Moment

NONE: Final = 0  # of lines that no duty held here concerns
_HUNDREDTHS: Final = Decimal(10) ** 10  # what one percent of the probe comes to
_OUT = (State.NOT_BEGUN, State.ENDED)


@dataclass(frozen=True, slots=True)
class Charged:
    """The duties of lines that are alike. `percent`: of the value, in all, where the money is that and nothing else."""

    duty: Duty | None
    percent: Decimal | None = None
    basis: Basis | None = None  # where the rate is by quantity: each row of these has duties of its own

    @property
    def by_quantity(self) -> bool:
        """Whether each row has duties of its own."""
        return self.basis is not None


@dataclass(frozen=True, slots=True)
class Basis:
    """What stays of a line's duties whatever its quantity and value are."""

    line: Line
    facts: Facts
    settings: tuple[tuple[Setting, Reached], ...]  # one for each moment of the day
    measures: Sequence[Measure]

    def duty(self, line: Line, rules: RuleBase) -> Duty | None:
        """The duties on a line that is alike but for quantity, unit, value and currency: of the moments the highest."""
        found = [judge_duty(line, self.facts, rules, setting, self.measures, reached) for setting, reached in self.settings]
        highest = max((one for one in found if one is not None), key=lambda one: one.ceiling, default=None)
        return None if highest is None else replace(highest, assumed=())


class Duties:
    """The duties of some sides, each to all lines that are alike."""

    def __init__(self, lines: Lines, sides: tuple[str, ...], learned: Learned | None = None) -> None:
        self.lines = lines
        measures = [one for one in lines.rules.duties_of(sides) if one.instrument.decides]
        self._order = {one.id: place for place, one in enumerate(measures)}  # in which they are judged
        self.measures = side_by_side(measures)
        routes = [tuple(one for one in measure.conditions if isinstance(one, PlaceIs)) for measure in self.measures]
        self.bits = LawBits(lines.rules, self.measures, judged=_without_activity, beside=routes, hands=lines.hands)
        self.remains = Remains(lines, self.bits, "duties", learned)
        self.stands = Stands(lines, self.bits)
        self.open = Open(self.remains)
        self.schedules = [one.schedule for one in self.measures if one.schedule is not None]
        codes = [code for condition in self.bits.conds["goods"].many for code in self.open.codes(condition)]
        codes += [Code(schedule.scheme, digits) for schedule in self.schedules for digits in schedule.rows]
        tree = Codes.of(codes)
        self.codes = Column("codes", lambda line: tree.class_of(line.codes))
        width = self.bits.width
        self.lefts = Patterns(64 * (18 * width + 2), lines.hands)
        self.lefts.number(0)  # NONE
        self.asking: list[Asking] = [Asking(0, 0)]
        self._days = Names()
        self._words_of_day: list[Words] = []
        self._on_days = Filled(18 * width + 1, self._words_of_day.__getitem__, lines.hands)
        self.of_day = Pairs(self._leave)
        self._rules = words_of((1 << self.bits.first_beside) - 1, self.bits.size)
        self.rates_of = Pairs.each(self._rates)
        self.open_pairs = open_pairs(self.open, self.asking.__getitem__) | {"goods": Pairs.each(self._goods)}
        self.codes_seen = Pairs.each(self._see_codes)
        self._seen = Names()
        self._entries: dict[int, tuple[Entry, ...]] = {}
        self._scheduled = sum(1 << place for place, one in enumerate(self.measures) if one.schedule is not None)
        self._holding = Names()
        self.regimes = list(dict.fromkeys(one.regime for one in self.measures))
        self.resolving = Resolving(
            Way.CHARGED,
            width,
            self.remains.remainders,
            self._on_days,
            self.lefts,
            self.bits.weighed,
            regimes=tuple(self.regimes.index(one.regime) for one in self.measures),
            first_beside=self.bits.first_beside,
            rules=self._rules,
        )
        self._hows, self._reads = Names(), Names()
        self.charged: list[Charged] = [Charged(None)]
        self._numbers = Names()
        self._numbers.number((None, None))

    # --- the day ----------------------------------------------------------------------------------------------------

    def _on_day(self, span: int) -> Words:
        """A day in words: the rules that count, those that are known, how each stands (16 bits each), and what was read by then."""
        rules, one = self.lines.rules, self.lines.days.at(span)
        counting = known = 0
        how = np.zeros(64 * self.bits.width, np.uint16)
        for rule, bits, stand, counts in self.known(span):
            known |= bits
            if counts:
                counting |= bits
                steps = isinstance(rule, Measure) and rule.steps
                step = rules.step(rule, one.moments[0], one.known_by) if steps and isinstance(rule, Measure) else None
                number = self._hows.number((stand, None if step is None else (step.rate, step.branches)))
                how[[*bits_of(bits)]] = number + 1
        size = self.bits.size
        read_by = words_of(self._reads.number(self.read_out(span)), 64)
        return np.concatenate([words_of(counting, size), words_of(known, size), how.view(np.uint64), read_by])

    def known(self, span: int) -> Iterator[tuple[Rule, int, Stand, bool]]:
        """Rules known on the days of a span, those alike together: one of them, the bits of all, how they stand, if they count."""
        for rule, bits, stand, _ in self.stands.at(span):
            if stand.state is not State.NOT_KNOWN:
                yield rule, bits, stand, not (isinstance(rule, Measure) and stand.state in _OUT)

    def read_out(self, span: int) -> tuple[tuple[bool, bool], ...]:
        """Of each regime whether the knowledge of a span comes after the last day that was read, and whether its days do."""
        one = self.lines.days.at(span)
        last = [self.lines.rules.regimes[name].known_through.day for name in self.regimes]
        return tuple((one.known_by.is_after(day), _day_of(one.moments[0]) > day) for day in last)

    def day(self, span: int) -> int:
        """The number of what the days of a span are to duties; most spans are told apart by other law."""
        words = self._on_day(span)
        number = self._days.number(words.tobytes())
        if number == len(self._words_of_day):
            self._words_of_day.append(words)
        return number

    def _leave(self, remainders: Ints, days: Ints) -> Ints:
        """What days (by `day`) leave of remainders of the duties."""
        bits, width = self.bits, self.bits.width
        both, day = self.remains.remainders.rows[remainders], self._on_days.of(days)
        may, does = both[:, :width], both[:, width:]
        known = day[:, width : 2 * width]
        concerned = np.zeros(len(days), np.uint64)  # a bit for each regime
        for place, measure in enumerate(self.measures):
            here = _bit(may, bits.first_beside + place) & _bit(known, place)
            concerned |= here << np.uint64(self.regimes.index(measure.regime))
        alive = may & day[:, :width]
        rules, does = bits.less(alive, does)
        rules &= self._rules
        flags = np.unpackbits(rules.view(np.uint8), axis=1, bitorder="little")
        how = np.where(flags, np.ascontiguousarray(day[:, 2 * width : -1]).view(np.uint16), np.uint16(0)).view(np.uint64)
        rows = np.column_stack((rules, rules & does, how, concerned, day[:, -1]))
        rows[concerned == 0] = 0
        found = self.lefts.numbers(rows)
        while len(self.asking) < len(self.lefts):
            rule = number_of(self.lefts.rows[len(self.asking), :width])
            self.asking.append(Asking(rule & bits.of_measures, rule))
        return found

    # --- rates and open facts ---------------------------------------------------------------------------------------

    def _rates(self, codes: int, span: int) -> int:
        """Which rates of the schedules hold on a day for codes of a class."""
        entries = self._entries.get(codes)
        if entries is None:
            entries = self._entries[codes] = tuple(self._entries_of(codes))
        one = self.lines.days.at(span)
        return self._holding.number(tuple(entry.holds(one.moments[0], one.known_by) for entry in entries))

    def _entries_of(self, codes: int) -> Iterable[Entry]:
        line = self.codes.example(codes)
        found: dict[int, Entry] = {}
        for schedule in self.schedules:
            for code in line.codes:
                if code.scheme not in TARIFF:
                    continue
                for digits in {code.value, code.value[:SHARED_DIGITS]}:
                    near = [digits[:size] for size in range(len(digits), 1, -1)] + [*schedule.beneath(digits)]
                    for one in near:
                        found.update((id(entry), entry) for entry in schedule.rows.get(one, ()))
        return sorted(found.values(), key=lambda one: (one.start.utc, str(one.rate), one.heading, one.note))

    def scheduled(self, left: int) -> int:
        """1 where a duty by schedule may be left; else 0: then no rate of a schedule matters."""
        return int(bool(self.asking[left].measures & self._scheduled))

    def _see_codes(self, left: int, codes: int) -> int:
        """What of stated codes matters to the duties that are left: where no schedule is, how many digits meet."""
        if self.scheduled(left):
            return self._seen.number(codes)
        stated = tuple(code for code in self.codes.example(codes).codes if code.scheme in TARIFF)
        measures = (self.measures[place] for place in bits_of(self.asking[left].measures))
        goods = (one for measure in measures for one in measure.conditions if isinstance(one, GoodsAre))
        return self._seen.number((bool(stated), tuple(specific_to(one, stated) for one in goods)))

    def opened(self, left: int) -> int:
        """What is left, if it is open whether some rule of it holds; else 0: then nothing more of the facts matters."""
        rules, does = self.lefts.rows[left, : self.bits.width], self.lefts.rows[left, self.bits.width : 2 * self.bits.width]
        return 0 if np.array_equal(rules, does) else left

    def _goods(self, left: int, number: int) -> int:
        """What open conditions see of the goods; nothing, where none is open."""
        judged = self.remains.judge("goods", number)
        asked = self.bits.conditions(self.asking[left].rules, "goods")
        return self.open.goods(self.asking[left], number) if (judged.open | judged.dated) & asked else 0

    # --- answers ----------------------------------------------------------------------------------------------------

    def judge(self, line: Line, span: int, left: int | None = None) -> Charged:
        """The duties on a line on the days of a span: of the moments of a day the highest.

        `left`: what is left of the duties for it, if that is known (one moment). What was presumed about duties is not told: it
        may be another on a line that is alike.
        """
        one, rules = self.lines.days.at(span), self.lines.rules
        settings = tuple((self.lines.setting(moment, one.known_by), Reached(regimes=self._concern(left))) for moment in one.moments)
        some = self.measures if left is None else [self.measures[place] for place in bits_of(self.asking[left].measures)]
        measures = sorted(some, key=lambda one: self._order[one.id])
        basis = Basis(line, self.lines.prepared(line), settings, measures)
        probe = basis.duty(replace(line, value=_HUNDREDTHS * 100, currency=MONEY), rules)
        if probe is None:
            return Charged(None)
        if any(layer.text for layer in probe.layers):
            return Charged(basis.duty(line, rules), None, basis)
        layers = tuple(replace(layer, amount=None, currency="") for layer in probe.layers)  # what they come to is each line's own
        bare = replace(probe, layers=layers, amount=None, currency="", assumed=())
        return Charged(bare, None if probe.amount is None else probe.amount / _HUNDREDTHS)

    def _concern(self, left: int | None) -> set[str]:
        """The regimes whose duties concern lines for which that is left."""
        if left is None:
            return set()
        concerned = int(self.lefts.rows[left, 18 * self.bits.width])
        return {self.regimes[place] for place in bits_of(concerned)}

    def highest(self, numbers: Iterable[int]) -> int:
        """Of some duties in percent the highest; the first of those that are alike."""
        charged = self.charged
        some = [(one.ceiling, number) for number in numbers if (one := charged[number].duty) is not None]
        return max(some, key=lambda one: one[0], default=(None, NONE))[1]

    def number(self, found: Charged) -> int:
        """The number of an answer; equal answers have one, whatever the value was."""
        if found.duty is None:
            return NONE
        number = self._numbers.number(id(found) if found.by_quantity else (said(found.duty, money=False), found.percent))
        if number == len(self.charged):
            self.charged.append(found)
        return number

    def number_of_sum(self, found: Charged) -> int:
        """The number of duties of which nothing but the sum is told."""
        number = self._numbers.number(("sum", found.percent))
        if number == len(self.charged):
            self.charged.append(found)
        return number


def said(duty: Duty | None, *, money: bool) -> tuple[object, ...] | None:
    """All that duties say, as a value that can be compared; the money only where asked for."""
    if duty is None:
        return None
    layers = tuple((one.measure.id, one.rate, one.low, one.high, one.note, one.text, one.heading) for one in duty.layers)
    whole = (duty.rate, duty.low, duty.high, layers, duty.missing, duty.notes, duty.additional, duty.as_read)
    lifted = tuple(tuple((one.lift.id, one.measure.id) for one in many) for many in (duty.exempt, duty.doubtful))
    return (*whole, lifted, *((duty.amount, duty.currency) if money else ()))


def _bit(rows: npt.NDArray[np.uint64], place: int) -> npt.NDArray[np.uint64]:
    """One bit of each row, as 0 or 1."""
    found: npt.NDArray[np.uint64] = rows[:, place // 64] >> np.uint64(place % 64) & np.uint64(1)
    return found


def _without_activity(rule: Rule) -> tuple[Condition, ...]:
    return tuple(one for one in rule.conditions if not isinstance(one, ActivityIs))


def _day_of(moment: Moment) -> date:
    if moment.local is not None:
        return moment.local.date()
    assert moment.instant is not None
    return moment.instant.date()
