"""What the duties of a line add up to, as one number: all that is wanted where no layer is put into words.

Machine code adds most of them up by itself: percent rates of layers that all certainly count. Anything more is judged whole.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import numpy as np

from greenlane.batch.duties import NONE, Charged, Duties
from greenlane.batch.law_bits import bits_of, sections
from greenlane.batch.pairs import Ints
from greenlane.batch.patterns import Filled, Patterns, Words, words_of
from greenlane.batch.resolving import NO_BASE, NO_STEP, Blocks, Charging, Digest, close
from greenlane.decide.decision import Duty
from greenlane.decide.duties import BASE_LAYER
from greenlane.law.measure import Measure, Rule
from greenlane.law.rulebase import Stand, State
from greenlane.law.scope import stated_codes
from greenlane.terms.sources import Standing

_NOT_PLAIN: Final = -1
_MILLIONTHS: Final = 10**6
_MAYBE: Final = (State.UNKNOWN, State.UNENFORCED)


class Sums:
    """The sums of duties, by number; what they stand for is among the answers of `Duties`, without their layers."""

    def __init__(self, duties: Duties) -> None:
        self._duties = duties
        bits = duties.bits
        self._found = Patterns(64, duties.lines.hands)
        self._found.number(0)  # no duty concerns the line
        self._charged: Ints = np.asarray([NONE], np.int32)
        layers = {name: place for place, name in enumerate(dict.fromkeys([BASE_LAYER, *(one.layer for one in duties.measures)]))}
        self._blocks = Blocks(bits.weighed.measures, len(bits.measures), sections(bits.measures))
        self._lifting = bits.lifting()
        self._few = bits.first_beside < 64
        self._rules = words_of((1 << bits.first_beside) - 1, bits.size)[:1]  # those of few
        self._rates: Ints = np.full(1 << 16, _NOT_PLAIN, np.int32)  # what is known of a rule on a day, by code
        self._code_of = {_NOT_PLAIN: 0}
        parts = [one.rows for one in duties.remains.groups]
        self.composing = Charging(
            parts=parts,
            digests=[Digest(one, self._digest) for one in parts],
            blocks=self._blocks,
            width=bits.width,
            measures=len(bits.measures),
            few=self._few,
            on_days=Filled(
                2 + self._few + 2 * len(self._blocks.measures) + bits.width + (bits.first_beside + 3) // 4,
                self._on_day,
                duties.lines.hands,
            ),
            lifting=self._lifting,
            lifts=bits.weighed.lifts,
            rates=self._rates,
            found=self._found,
            layer_of=np.asarray([layers[one.layer] for one in duties.measures], np.int32),
            layers=len(layers),
        )

    def _digest(self, rows: Words) -> Words:
        """In which blocks rows have measures, and which measures are on their routes; of few rules which may hold and which do."""
        bits, words = self._duties.bits, len(self._blocks.measures)
        first, by = divmod(bits.first_beside, 64)
        routes = np.zeros((len(rows), words), np.uint64)
        here, next_ = rows[:, first : bits.width][:, :words], rows[:, first + 1 : bits.width][:, :words]
        routes[:, : here.shape[1]] = here >> np.uint64(by)
        if by:
            routes[:, : next_.shape[1]] |= next_ << np.uint64(64 - by)
        routes &= self._blocks.measures
        if self._few:
            return close(rows[:, :1] & self._rules, routes, rows[:, bits.width : bits.width + 1] & self._rules)
        return close(self._blocks.held(rows), routes)

    def _on_day(self, span: int) -> Words:
        """A day in words: its digest, whether a regime is read no further, the measures of such regimes, rules that count.

        Then of each rule a code of 16 bits.
        """
        duties, bits = self._duties, self._duties.bits
        counting = known = 0
        codes = np.zeros(4 * ((bits.first_beside + 3) // 4), np.uint16)
        for _, members, stand, counts in duties.known(span):
            known |= members
            counting |= members if counts else 0
            for place in bits_of(members):
                deep = self._lifting.deep >> place & 1
                codes[place] = 0 if deep else self._code(self._known(bits.rules_in_order[place], stand, span))
        beyond = 0
        for name, read_out in zip(duties.regimes, duties.read_out(span), strict=True):
            beyond |= bits.of_regime.get(name, 0) if all(read_out) else 0
        words = words_of(counting, bits.size)
        width = len(self._blocks.measures)
        on_route, not_read = (words_of(many, bits.size)[:width] & self._blocks.measures for many in (known, beyond))
        flags = words_of(int(bool(beyond)), 64), not_read
        if self._few:
            rules = words[:1] & self._rules
            return np.concatenate([rules, on_route, rules, *flags, words, codes.view(np.uint64)])
        blocks = self._blocks.held(words[np.newaxis])[0]
        return np.concatenate([blocks, on_route, *flags, words, codes.view(np.uint64)])

    def _code(self, known: int) -> int:
        """The code for that; past their number 0, so that machine code leaves the row."""
        if len(self._code_of) == len(self._rates):
            return self._code_of.get(known, 0)
        code = self._code_of.setdefault(known, len(self._code_of))
        self._rates[code] = known
        return code

    def _known(self, rule: Rule, stand: Stand, span: int) -> int:
        """Of a duty its rate in millionths of a percent, of a lift whether it takes duties away."""
        if not isinstance(rule, Measure):
            if not rule.instrument.decides or stand.state not in (State.IN_FORCE, *_MAYBE):
                return 0
            return _NOT_PLAIN if stand.state in _MAYBE or rule.standing is Standing.UNVERIFIED else 1
        if rule.schedule is not None or rule.standing is Standing.UNVERIFIED or stand.state in _MAYBE:
            return _NOT_PLAIN
        one = self._duties.lines.days.at(span)
        step = self._duties.lines.rules.step(rule, one.moments[0], one.known_by)
        if step is None:
            return NO_STEP
        if stand.state is State.SUSPENDED:
            return 0
        rate = None if step.rate is None else step.rate * _MILLIONTHS
        return int(rate) if rate is not None and rate == int(rate) and 0 <= rate < 1 << 31 else _NOT_PLAIN

    def states_codes(self, number: int) -> int:
        """Whether goods of a class state a tariff code."""
        return int(bool(stated_codes(self._duties.remains.facts("goods", number))))

    def charged(self) -> Ints:
        """By sum the answer of `Duties`."""
        if len(self._charged) < len(self._found):
            new = [self._charge(int(row[0]) - 1) for row in self._found.rows[len(self._charged) :]]
            self._charged = np.append(self._charged, np.asarray(new, np.int32))
        return self._charged

    def _charge(self, total: int) -> int:
        rate = None if total == NO_BASE else Decimal(total) / _MILLIONTHS
        return self._duties.number_of_sum(Charged(Duty(rate, rate, rate, (), (), (), ()), rate))
