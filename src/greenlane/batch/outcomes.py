"""A line's verdict and the measures that decide it, as one number: all that is wanted where no answer is put into words.

Machine code works most of them out by itself (`machine`), from the same masks from which whole answers are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Final

import numpy as np

from greenlane.batch.answers import Answers
from greenlane.batch.law_bits import RegimeBits, sections
from greenlane.batch.pairs import Ints
from greenlane.batch.patterns import Filled, Patterns, Words, words_of
from greenlane.batch.resolving import DECIDED_MAX, Blocks, Deciding, Digest, close
from greenlane.batch.scan import Places
from greenlane.decide.decision import Outline, Verdict, verdict_of
from greenlane.law.effect import GRAVITY, Effect
from greenlane.law.measure import Lift, Measure
from greenlane.law.rulebase import State
from greenlane.law.scope import PartyIs
from greenlane.terms.sources import Standing

_PLACE: Final = 16  # bits of a place
_EXACT: Final = 1 << 4
_HEAD: Final = 2 * _EXACT - 1  # the bits of the bounds
_COUNT: Final = 5  # where their number begins
_MANY: Final = 1 << 63  # of a row that names a list of them instead
_ID: Final = attrgetter("id")
_NOT_PLAIN: Final = 255  # of a measure that stands otherwise than in force or paused


@dataclass(frozen=True, slots=True)
class Outcome:
    """The bounds, whether they are exact, and the measures that decide, by their names."""

    low: Effect
    high: Effect
    exact: bool
    deciding: tuple[Measure, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict of the range."""
        return verdict_of(self.low, self.high)


class Outcomes:
    """The outcomes of lines under a law, by number."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._bits = bits = answers.bits
        self._names = [one.id for one in bits.measures]
        self._place_of = {one.id: place for place, one in enumerate(bits.measures)}
        self._found = Patterns(4 * 64, answers.lines.hands)
        self._many: list[tuple[int, ...]] = []
        self._number_of_many: dict[tuple[int, ...], int] = {}
        self._of_answer: Ints = np.zeros(0, np.int32)
        self._told: dict[int, Outcome] = {}
        bounds = [(low, high, exact) for exact in (False, True) for high in range(4) for low in range(4)]
        self._by_bounds: Places = np.asarray([self._number(low, high, exact=exact, places=()) for low, high, exact in bounds])
        rules = bits.rules_in_order
        order = {name: place for place, name in enumerate(self._regimes())}
        width = bits.width
        leaves = np.zeros(64 * width, np.int8)
        for place, one in enumerate(rules):
            if isinstance(one, Lift):
                leaves[place] = one.leaves.rank
        self._first = first = bits.first_beside // 64
        self._beside = bits.weighed.beside[first:]
        self._blocks = Blocks(bits.weighed.measures, len(bits.measures), sections(bits.measures))
        parts = [one.rows for one in answers.remains.groups]
        lifting = bits.lifting()
        self.composing = Deciding(
            parts=parts,
            digests=[Digest(one, self._digest) for one in parts],
            blocks=self._blocks,
            width=width,
            measures=len(bits.measures),
            beside=width - first,
            regimes=len(order),
            subject=bits.weighed.subject[:, 0, first:].copy(),
            subjected=bits.weighed.subject[:, 1].copy(),
            on_days=Filled(4 + 2 * (width - first) + 2 * width + (len(bits.measures) + 7) // 8, self._on_day, answers.lines.hands),
            doubtful=words_of(lifting.deep | sum(self._is_doubtful(place) << place for place in range(len(rules))), bits.size),
            effects=np.asarray([one.effect.rank for one in bits.measures], np.int8),
            regime_of=np.asarray([order[one.regime] for one in bits.measures], np.int32),
            leaves=leaves,
            lifting=lifting,
            masks=np.asarray([self._masks(one) for one in bits.regimes], np.uint64).reshape(-1, 5, width)[..., first:].copy(),
            asked=np.asarray([one.regime.side in answers.sides for one in bits.regimes], np.uint8),
            gates=np.asarray([divmod(place - 64 * first, 64) for place, _ in bits.gated], np.int64).reshape(-1, 2),
            found=self._found,
            plain=self._by_bounds[_EXACT:].astype(np.int32),
        )

    def _regimes(self) -> list[str]:
        """Those held against lines, then the others that have measures."""
        return list(dict.fromkeys([*(one.regime.id for one in self._bits.regimes), *(one.regime for one in self._bits.measures)]))

    def _masks(self, one: RegimeBits) -> list[Words]:
        size = self._bits.size
        return [words_of(many, size) for many in (one.ways, one.within, one.speaks_of, one.covers, one.outside)]

    def _digest(self, rows: Words) -> Words:
        """In which blocks rows have measures, which conjunctions may hold, and which do."""
        width, first = self._bits.width, self._first
        may, does = rows[:, first:width] & self._beside, rows[:, width + first :] & self._beside
        return close(self._blocks.held(rows), may, does)

    def _is_doubtful(self, place: int) -> bool:
        """Whether more than its standing in force says what a rule does: its sources, or the entry by which it bites."""
        rule = self._bits.rules_in_order[place]
        if rule.standing is Standing.UNVERIFIED:
            return True
        if not isinstance(rule, Measure):
            return isinstance(rule, Lift) and rule.leaves not in GRAVITY
        groups = self._answers.lines.rules.groups
        listed = [one.listed for one in rule.conditions if isinstance(one, PartyIs) and one.listed is not None]
        return rule.effect not in GRAVITY or any(member.effect is not None for name in listed for member in groups[name].members)

    def _on_day(self, span: int) -> Words:
        """A day in words: its digest, gates, regimes begun, read out, rules that stand, those odd, what pauses leave."""
        standing, oddly, (gates, spoken) = self._answers.standing(span)
        apart = self._answers.told_apart[span]
        size = self._bits.size
        said = dict(zip(self._answers.lines.rules.regimes, spoken, strict=True))
        of_regimes = [said[one.regime.id] for one in self._bits.regimes]
        flags = (gates, [begun for begun, _ in of_regimes], [read_out for _, read_out in of_regimes])
        leaves = np.full(8 * ((len(self._bits.measures) + 7) // 8), _NOT_PLAIN, np.uint8)
        for place, stand in oddly.items():
            plain = stand.state is State.SUSPENDED and stand.leaves in GRAVITY and not apart >> place & 1
            if plain and place < len(self._bits.measures):
                leaves[place] = stand.leaves.rank
        odd = sum(1 << place for place in oddly)
        bits = [words_of(sum(is_it << place for place, is_it in enumerate(many)), 64) for many in flags]
        stands = words_of(standing, size)
        digest = self._blocks.held(stands[np.newaxis])[0], stands[self._first :], stands[self._first :]
        return np.concatenate([*digest, *bits, stands, words_of(odd, size), leaves.view(np.uint64)])

    # --- numbers ----------------------------------------------------------------------------------------------------

    def _number(self, low: int, high: int, *, exact: bool, places: tuple[int, ...]) -> int:
        head = low | high << 2 | (_EXACT if exact else 0)
        if len(places) > DECIDED_MAX:
            at = self._number_of_many.setdefault(places, len(self._many))
            if at == len(self._many):
                self._many.append(places)
            return self._found.number(head | _MANY | at << 64)
        row = head | len(places) << _COUNT
        for at, place in enumerate(places):
            row |= place << 64 + _PLACE * at
        return self._found.number(row)

    def of_answers(self, numbers: Ints) -> Ints:
        """The outcomes of whole answers."""
        outlines = self._answers.outlines
        if len(self._of_answer) < len(outlines):
            new = [self._of_outline(one) for one in outlines[len(self._of_answer) :]]
            self._of_answer = np.append(self._of_answer, np.asarray(new, np.int32))
        found: Ints = self._of_answer.take(numbers)
        return found

    def _of_outline(self, one: Outline) -> int:
        places = sorted(self._place_of[reason.measure.id] for reason in one.reasons if reason.decided)
        return self._number(one.low.rank, one.high.rank, exact=one.exact, places=tuple(places))

    def like(self, numbers: Places) -> Places:
        """Of each outcome the one with its bounds that no measure decides."""
        found: Places = self._by_bounds[(self._found.rows[numbers, 0] & np.uint64(_HEAD)).astype(np.int64)]
        return found

    def decided_by(self, numbers: list[int]) -> list[str]:
        """Of each outcome the measures that decide it, by their names between semicolons."""
        rows, names, told = self._found.rows[numbers], self._names, []
        most = int((rows[:, 0] >> np.uint64(_COUNT) & np.uint64(15)).max(initial=0))
        halves = np.ascontiguousarray(rows[:, 1:]).view(np.uint16)[:, :most]  # places are of 16 bits
        for head, at, places in zip(rows[:, 0].tolist(), rows[:, 1].tolist(), halves.tolist(), strict=True):
            deciding = self._many[at] if head & _MANY else places[: head >> _COUNT & 15]
            told.append(";".join(sorted([names[place] for place in deciding])))
        return told

    def told(self, number: int) -> Outcome:
        """What a number stands for."""
        found = self._told.get(number)
        if found is None:
            found = self._told[number] = self._tell(number)
        return found

    def _tell(self, number: int) -> Outcome:
        row = self._found.value(number)
        if row & _MANY:
            places = self._many[row >> 64]
        else:
            places = tuple(row >> 64 + _PLACE * at & (1 << _PLACE) - 1 for at in range(row >> _COUNT & 15))
        measures = sorted([self._bits.measures[place] for place in places], key=_ID)
        return Outcome(GRAVITY[row & 3], GRAVITY[row >> 2 & 3], bool(row & _EXACT), tuple(measures))
