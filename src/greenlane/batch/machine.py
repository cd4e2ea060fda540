"""All that runs as machine code, in one place: whoever keeps compiled code goes by the file it is of. Needs the extra `fast`.

Tables are passed by where they lie; sets of rules are words; rows of words are found by their sums. `run` leads rows along a
program, a block at a time, so that nothing in between leaves the cache. Here stand the loops; `fused` says where all lies.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numba
import numpy as np
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.np.numpy_support import carray

from greenlane.batch.program import Kind
from greenlane.batch.resolving import DECIDED_MAX, NO_BASE, NO_STEP, Way
from greenlane.batch.scan import FEW

_BLOCK_MAX = 1 << 12  # rows: few enough for their registers to stay in the cache, many enough for tables to be read seldom
_LOOK, _JOIN, _DATED, _GATED, _KEEP, _OPENED, _FOLLOWED, _DECIDE, _CHARGE = (int(one) for one in Kind)
_COMMON, _LEFT, _CHARGED = (int(one) for one in Way)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SEQUENCE = np.uint64(0x03F79D71B4CB0A89)  # of de Bruijn: six of its bits tell by how much it was shifted
_PLACE_OF = np.zeros(64, np.int64)
_PLACE_OF[[((int(_SEQUENCE) << place) % (1 << 64)) >> 58 for place in range(64)]] = np.arange(64)
PASSED = -1  # the kind of a step that nobody needs
PARTS_MAX = 5
_BITING_MAX = 64
_NEAR = 1 << 10  # numbers that stay at hand
_PROHIBITED = np.int64(3)
_FAR = 1 << 40  # longer than any table
_LATELY_BITS = 8
_LATELY = 1 << _LATELY_BITS  # sums whose numbers are at hand


class Spec(IntEnum):
    """Of a step whose pairs can be put together, where each thing that `_resolve` wants stands in its row of specs.

    Behind what ends in `_AT`, an address, some things have how many lie there.
    """

    WAY = 0
    WIDTH = 1
    WIDE_ONE = 2
    WIDE_OTHER = 3
    WIDE_FOUND = 4
    FIRST = 5
    ONE_AT = 6
    OTHER_AT = 7
    PLACE_OF_AT = 8
    PLACE_OF = 9
    FOUND_AT = 10
    FOUND = 11
    KEYS_AT = 12
    KEYS = 13
    NUMBERS_AT = 14
    NUMBERS = 15
    SUBJECT_AT = 16
    SUBJECT = 17
    LIFTS_AT = 18
    LIFTS = 19
    EXTRA_AT = 20
    EXTRA = 21
    VALUES_AT = 22
    FACTORS_AT = 23
    MEASURES_AT = 24
    BESIDE_AT = 25
    RULES_AT = 26
    COUNT = 27


class Plan(IntEnum):
    """Where in the plan of `_decide` and `_charge` each thing stands; what ends in `_AT` is an address."""

    WIDTH = 0  # words of rules
    MEASURES = 1
    DIGEST = 2  # bytes of a digest, of which power of two
    BESIDE = 3  # of these with conjunctions, what may hold; of duties those with routes
    ACROSS = 4  # words of a block of measures
    REGIMES = 5  # that are held against lines
    REGIMES_ALL = 6
    DAY_WIDTH = 7
    DAYS = 8
    DAYS_AT = 9
    PLACE_OF_AT = 10
    WORDS_AT = 11  # of blocks
    SUBJECT_AT = 12
    SUBJECTED_AT = 13
    SUBJECT = 14
    DOUBTFUL_AT = 15
    EFFECTS_AT = 16
    REGIME_OF_AT = 17
    LEAVES_AT = 18
    STARTS_AT = 19
    TARGETS_AT = 20
    TARGETS = 21
    MASKS_AT = 22
    ASKED_AT = 23
    GATES_AT = 24
    GATES = 25
    FOUND_AT = 26
    FOUND = 27
    KEYS_AT = 28
    KEYS = 29
    VALUES_AT = 30
    FACTORS_AT = 31
    COUNT = 32
    PLAIN_AT = 33
    CHAINS_AT = 34
    CHAINED_AT = 35
    CHAINED = 36
    LAYER_OF_AT = 37
    LAYERS = 38
    HERE_AT = 39  # which bits of the words of blocks are meant
    LIFTS_AT = 40
    ALONE = 41  # places for what a duty comes to alone: one for each of 64 on each day, and one
    RATES_AT = 42  # of the codes of duties on days
    PARTS_AT = 43  # of each part its address,
    DIGESTS_AT = PARTS_AT + PARTS_MAX  # that of its digests,
    REGISTERS_AT = DIGESTS_AT + PARTS_MAX  # and its register


SIZE = Plan.REGISTERS_AT + PARTS_MAX


def _pointer(context, address):  # type: ignore[no-untyped-def]  # pragma: no cover
    """An address as a pointer, so that tables are passed by where they lie."""
    del context

    def build(_, builder, __, given):  # type: ignore[no-untyped-def]
        return builder.inttoptr(given[0], cgutils.voidptr_t)

    return types.voidptr(address), build


def _loaded(context, address):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The word at an address. Where rows of several tables are put together, pointers alone fit into the registers."""
    del context

    def build(context, builder, _, given):  # type: ignore[no-untyped-def]
        return builder.load(builder.inttoptr(given[0], context.get_value_type(types.uint64).as_pointer()))

    return types.uint64(address), build


_lying_at: Any = intrinsic(_pointer)
_word_at: Any = intrinsic(_loaded)


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def _lowest(word):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The place of the lowest bit that is set."""
    return _PLACE_OF[(word & (~word + np.uint64(1))) * _SEQUENCE >> np.uint64(58)]


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _less_row(may, does, here, kept, measures, subject, lifts, beside):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Of one row what may hold and what does, less what no rule asks for any more: in place."""
    width = len(beside)
    for word in range(width):
        here[word] = may[word] & measures[word]
        kept[word] = beside[word]
    for regime in range(len(subject)):
        met = np.uint64(0)
        for word in range(width):
            met |= may[word] & subject[regime, 0, word]
        if not met:
            for word in range(width):
                here[word] &= ~subject[regime, 1, word]
    for word in range(width):
        left = here[word]
        kept[word] |= left
        while left:
            place = 64 * word + _lowest(left)
            left &= left - np.uint64(1)
            for each in range(width):
                kept[each] |= lifts[place, each]
    for word in range(width):
        may[word] &= kept[word]
        does[word] &= kept[word]


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _shift_of(size):  # type: ignore[no-untyped-def]  # pragma: no cover
    """By how much a mixed key is shifted for a table of a size."""
    shift = np.uint64(64)
    while size > 1:
        size >>= 1
        shift -= np.uint64(1)
    return shift


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _find_row(row, width, factors, known, keys, values, shift):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The number of a row by its sum, as `patterns._sums` has it, and where it stands or would.

    The number is -1 where no known row has that sum, -2 where unit row has it.
    """
    total = np.uint64(0)
    for word in range(width):
        total += (row[word] ^ row[word] >> np.uint64(31)) * factors[word]
    total ^= total >> np.uint64(29)
    key = np.int64(total >> np.uint64(1))
    last = len(keys) - 1
    place = np.int64((np.uint64(key) * _MIX) >> shift)
    while keys[place] != key and keys[place] != -1:
        place = (place + 1) & last
    if keys[place] != key:
        return np.int32(-1), place, key
    number = values[place]
    start = np.int64(number) * width
    for word in range(width):
        if row[word] != known[start + word]:
            return np.int32(-2), place, key
    return number, place, key


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _join(made, one, other, gated, table, wide, keys, values, rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What pairs of classes come to, -1 where a pair was never met; where `gated`, 0 for the first class 0.

    Returns the bits of all of them together: below 0 if one was never met, 0 if all are.
    """
    bits = np.int32(0)
    if wide:
        across = np.uint64(wide)
        high = np.uint64(len(table)) // across
        for row in range(rows):
            a, b = np.uint64(one[row]), np.uint64(other[row])  # unsigned: no place counts from the end
            found = np.int32(-1)
            if gated and a == 0:
                found = np.int32(0)
            elif a < high and b < across:
                found = table[a * across + b]
            made[row] = found
            bits |= found
        return bits
    last, shift, size = len(keys) - 1, np.uint64(64), len(keys)
    while size > 1:
        size >>= 1
        shift -= np.uint64(1)
    for row in range(rows):
        a = one[row]
        if gated and a == 0:
            made[row] = 0
            continue
        key = (np.int64(a) << 32) | np.int64(other[row])
        place = np.int64((np.uint64(key) * _MIX) >> shift)
        held = keys[place]
        while held != key and held != -1:
            place = (place + 1) & last
            held = keys[place]
        found = values[place] if held == key else np.int32(-1)
        made[row] = found
        bits |= found
    return bits


@numba.njit(nogil=True, cache=True, boundscheck=False)
def look(made, one, single, rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What classes come to, -1 where one was never met. Returns the bits of all of them together."""
    bits, high = np.int32(0), np.uint64(len(single))
    for row in range(rows):
        at = np.uint64(one[row])
        found = single[at] if at < high else np.int32(-1)
        made[row] = found
        bits |= found
    return bits


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _dated(made, one, other, table, wide, keys, values, rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The pair with the day, where a class follows the days."""
    place = np.zeros(1, np.int32)
    for row in range(rows):
        if made[row] == -2:
            _join(place, one[row : row + 1], other[row : row + 1], False, table, wide, keys, values, 1)
            made[row] = place[0]


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _same(cells):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Whether a column holds one class throughout."""
    for row in range(1, len(cells)):
        if cells[row] != cells[0]:
            return False
    return len(cells) > 0


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _common(one, other, width, row, here, kept, weighed):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What is left after some parts, and of one more (`Remains.common`)."""
    for word in range(2 * width):
        row[word] = one[word] & other[word]
    _less_row(row[:width], row[width : 2 * width], here, kept, *weighed)


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _left(one, day, span, width, row, here, kept, weighed, gates):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What a day leaves of what all parts leave (`Answers._leave`)."""
    may, does = row[:width], row[width : 2 * width]
    for word in range(width):
        may[word] = one[word] & day[word]
        does[word] = one[width + word] & day[word]
    for gate in range(len(gates) // 2):
        word, bit = gates[2 * gate], np.uint64(1) << np.uint64(gates[2 * gate + 1])
        if not (day[2 * width] >> np.uint64(gate)) & np.uint64(1) and not does[word] & bit:
            may[word] &= ~bit
    _less_row(may, does, here, kept, *weighed)
    odd = np.uint64(0)
    for word in range(width):
        odd |= day[width + word] & may[word]
    row[2 * width] = day[2 * width + 1]
    row[2 * width + 1] = np.uint64(span + 1) if odd else np.uint64(0)


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _charged(one, day, width, row, here, kept, weighed, regimes, first_beside, rules):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The same of duties (`Duties._leave`)."""
    concerned = np.uint64(0)
    for place in range(len(regimes)):
        beside = first_beside + place
        if (one[beside >> 6] >> np.uint64(beside & 63)) & (day[width + (place >> 6)] >> np.uint64(place & 63)) & np.uint64(1):
            concerned |= np.uint64(1) << np.uint64(regimes[place])
    row[:] = np.uint64(0)
    if not concerned:
        return
    may, does = row[:width], row[width : 2 * width]
    for word in range(width):
        may[word] = one[word] & day[word]
        does[word] = one[width + word]
    _less_row(may, does, here, kept, *weighed)
    for word in range(width):
        may[word] &= rules[word]
        does[word] &= may[word]
        left = may[word]
        while left:
            place = 64 * word + _lowest(left)
            left &= left - np.uint64(1)
            at = place >> 2  # 16 bits of a rule say how it stands
            row[2 * width + at] |= day[2 * width + at] & (np.uint64(0xFFFF) << np.uint64(16 * (place & 3)))
    row[18 * width] = concerned
    row[18 * width + 1] = day[18 * width]


@numba.njit(nogil=True, cache=True, boundscheck=False)
def resolve(spec, a, b, row, here, kept):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What a pair comes to by the rows of its two numbers; below 0 where that was never met and hangs on more than a number."""
    way, width = spec[Spec.WAY], spec[Spec.WIDTH]
    wide, wide_other, wide_found = spec[Spec.WIDE_ONE], spec[Spec.WIDE_OTHER], spec[Spec.WIDE_FOUND]
    place = np.int64(b)  # of its row
    if way != _COMMON:
        place = np.int64(-1)
        if b < spec[Spec.PLACE_OF]:
            place = np.int64(carray(_lying_at(spec[Spec.PLACE_OF_AT]), (spec[Spec.PLACE_OF],), np.int32)[b])
        if place < 0:
            return np.int32(-1)
    one = carray(_lying_at(spec[Spec.ONE_AT] + 8 * wide * np.int64(a)), (wide,), np.uint64)
    other = carray(_lying_at(spec[Spec.OTHER_AT] + 8 * wide_other * place), (wide_other,), np.uint64)
    weighed = (
        carray(_lying_at(spec[Spec.MEASURES_AT]), (width,), np.uint64),
        carray(_lying_at(spec[Spec.SUBJECT_AT]), (spec[Spec.SUBJECT], 2, width), np.uint64),
        carray(_lying_at(spec[Spec.LIFTS_AT]), (spec[Spec.LIFTS], width), np.uint64),
        carray(_lying_at(spec[Spec.BESIDE_AT]), (width,), np.uint64),
    )
    row, here, kept = row[:wide_found], here[:width], kept[:width]
    extra = carray(_lying_at(spec[Spec.EXTRA_AT]), (spec[Spec.EXTRA],), np.int64)
    if way == _COMMON:
        _common(one, other, width, row, here, kept, weighed)
    elif way == _LEFT:
        _left(one, other, b, width, row, here, kept, weighed, extra)
    else:
        rules = carray(_lying_at(spec[Spec.RULES_AT]), (width,), np.uint64)
        _charged(one, other, width, row, here, kept, weighed, extra, spec[Spec.FIRST], rules)
    keys = carray(_lying_at(spec[Spec.KEYS_AT]), (spec[Spec.KEYS],), np.int64)
    values = carray(_lying_at(spec[Spec.VALUES_AT]), (spec[Spec.KEYS],), np.int32)
    known = carray(_lying_at(spec[Spec.FOUND_AT]), (spec[Spec.FOUND],), np.uint64)
    factors = carray(_lying_at(spec[Spec.FACTORS_AT]), (wide_found,), np.uint64)
    number, at, key = _find_row(row, wide_found, factors, known, keys, values, _shift_of(len(keys)))
    if number == -1 and way == _COMMON and spec[Spec.COUNT] < min(spec[Spec.FOUND] // wide_found, len(keys) // 2):
        number = np.int32(spec[Spec.COUNT])  # nothing hangs on it yet: it only gets a number
        keys[at], values[at] = key, number
        start = np.int64(number) * wide_found
        for word in range(wide_found):
            known[start + word] = row[word]
        spec[Spec.COUNT] += 1
    numbers = spec[Spec.NUMBERS]  # below 0: the number itself is what the pair comes to
    if numbers < 0:
        return number
    return carray(_lying_at(spec[Spec.NUMBERS_AT]), (numbers,), np.int32)[number] if 0 <= number < numbers else np.int32(-1)


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def _part(plan, registers, place):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Of a part where its rows lie, where their digests do, and its number for each row of the block."""
    rows, digests = np.uint64(plan[Plan.PARTS_AT + place]), np.uint64(plan[Plan.DIGESTS_AT + place])
    return rows, digests, registers[plan[Plan.REGISTERS_AT + place]]


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def _together(word, a, b, c, d, x):  # type: ignore[no-untyped-def]  # pragma: no cover
    """One word of what all parts leave, whose rows begin at these addresses."""
    at = word << np.uint64(3)
    return _word_at(a + at) & _word_at(b + at) & _word_at(c + at) & _word_at(d + at) & _word_at(x + at)


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def _gate(may, does, open_gates, gates):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Ways about which nobody asks are no longer open, unless they hold."""
    for gate in range(len(gates)):
        word, bit = gates[gate, 0], np.uint64(1) << np.uint64(gates[gate, 1])
        if not (open_gates >> np.uint64(gate)) & np.uint64(1) and not does[word] & bit:
            may[word] &= ~bit


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def _meets(masks, does):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Whether any of some bits is set."""
    met = np.uint64(0)
    for word in range(len(does)):
        met |= masks[word] & does[word]
    return met != 0


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def _all_meet(masks, does):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Whether all of some bits are set."""
    lacks = np.uint64(0)
    for word in range(len(does)):
        lacks |= masks[word] & ~does[word]
    return lacks == 0


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _range(does, highs, masks, asked, begun, read_out):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The bounds over all regimes (`Answers._range`), as low + 4 * high."""
    low, high, count, reached = np.int64(0), np.int64(0), 0, 0
    for regime in range(len(highs)):
        least = np.int64(highs[regime])
        most = least
        if regime < len(masks) and _meets(masks[regime, 0], does):
            reached += 1
            if asked[regime]:
                count += 1
                bit = np.uint64(1) << np.uint64(regime)
                modelled = (begun & bit) and not (read_out & bit) and _all_meet(masks[regime, 2], does)
                modelled = modelled and _meets(masks[regime, 3], does)
                outside = _meets(masks[regime, 4], does) or not _all_meet(masks[regime, 1], does)
                if outside or (least == 0 and not modelled):
                    most = _PROHIBITED
        low, high = max(low, least), max(high, most)
    if (low == 0 and count == 0) or (high == 0 and count < reached):
        high = _PROHIBITED
    return low + 4 * high


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _put(row, bounds, count, places, ranks):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The bounds and the measures that decide as a row of words (`outcomes.words`); False where they are too many."""
    row[:] = np.uint64(0)
    high, decided = bounds >> 2, 0
    for one in range(count):
        if ranks[one] != high:
            continue
        if decided == DECIDED_MAX:
            return False
        row[1 + (decided >> 2)] |= np.uint64(places[one]) << np.uint64(16 * (decided & 3))
        decided += 1
    row[0] = np.uint64(bounds | 16 | decided << 5)
    return True


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _decide(plan, registers, spans, alone, made, rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The outcomes of rows by number, -1 where they are not worked out here. Returns the bits of all of them together.

    `alone` has, by measure and bounds, the outcome that the measure alone decides, and 1.
    """
    width, count_of, conjunctions = plan[Plan.WIDTH], plan[Plan.MEASURES], plan[Plan.BESIDE]
    days = carray(_lying_at(plan[Plan.DAYS_AT]), (_FAR,), np.uint64)
    place_of = carray(_lying_at(plan[Plan.PLACE_OF_AT]), (plan[Plan.DAYS],), np.int32)
    words = carray(_lying_at(plan[Plan.WORDS_AT]), (64 * plan[Plan.ACROSS],), np.uint64)
    meant = carray(_lying_at(plan[Plan.HERE_AT]), (64 * plan[Plan.ACROSS],), np.uint64)
    subject = carray(_lying_at(plan[Plan.SUBJECT_AT]), (plan[Plan.SUBJECT], conjunctions), np.uint64)
    subjected = carray(_lying_at(plan[Plan.SUBJECTED_AT]), (plan[Plan.SUBJECT], width), np.uint64)
    doubtful = carray(_lying_at(plan[Plan.DOUBTFUL_AT]), (width,), np.uint64)
    effects = carray(_lying_at(plan[Plan.EFFECTS_AT]), (count_of,), np.int8)
    regime_of = carray(_lying_at(plan[Plan.REGIME_OF_AT]), (count_of,), np.int32)
    leaves = carray(_lying_at(plan[Plan.LEAVES_AT]), (64 * width,), np.int8)
    starts = carray(_lying_at(plan[Plan.STARTS_AT]), (64 * width + 1,), np.int32)
    targets = carray(_lying_at(plan[Plan.TARGETS_AT]), (plan[Plan.TARGETS],), np.int32)
    chains = carray(_lying_at(plan[Plan.CHAINS_AT]), (count_of + 1,), np.int32)
    chained = carray(_lying_at(plan[Plan.CHAINED_AT]), (plan[Plan.CHAINED],), np.int32)
    masks = carray(_lying_at(plan[Plan.MASKS_AT]), (plan[Plan.REGIMES], 5, conjunctions), np.uint64)
    asked = carray(_lying_at(plan[Plan.ASKED_AT]), (plan[Plan.REGIMES],), np.uint8)
    gates = carray(_lying_at(plan[Plan.GATES_AT]), (plan[Plan.GATES], 2), np.int64)
    found = carray(_lying_at(plan[Plan.FOUND_AT]), (plan[Plan.FOUND],), np.uint64)
    keys = carray(_lying_at(plan[Plan.KEYS_AT]), (plan[Plan.KEYS],), np.int64)
    values = carray(_lying_at(plan[Plan.VALUES_AT]), (plan[Plan.KEYS],), np.int32)
    factors = carray(_lying_at(plan[Plan.FACTORS_AT]), (4,), np.uint64)
    plain = carray(_lying_at(plan[Plan.PLAIN_AT]), (16,), np.int32)
    one, one_told, one_of = _part(plan, registers, 0)
    two, two_told, two_of = _part(plan, registers, 1)
    three, three_told, three_of = _part(plan, registers, 2)
    four, four_told, four_of = _part(plan, registers, 3)
    five, five_told, five_of = _part(plan, registers, 4)
    may, does, before = np.zeros(conjunctions, np.uint64), np.zeros(conjunctions, np.uint64), np.zeros(conjunctions, np.uint64)
    applies, row = np.zeros(64 * width, np.uint8), np.zeros(4, np.uint64)
    begun, read_out = np.uint64(0), np.uint64(0)
    highs, none = np.zeros(plan[Plan.REGIMES_ALL], np.int64), np.zeros(plan[Plan.REGIMES_ALL], np.int64)
    places, ranks = np.zeros(_BITING_MAX, np.int64), np.zeros(_BITING_MAX, np.int64)
    outcome = plain[_range(before, none, masks, asked, begun, read_out)]
    shift, bits, count = _shift_of(len(keys)), np.int32(0), 0
    # Unsigned throughout: no index counts from the end.
    wide, across = np.uint64(width), np.uint64(plan[Plan.ACROSS])
    beside, digests = np.uint64(conjunctions), np.uint64(1 + 2 * conjunctions)
    digest = np.uint64(plan[Plan.DIGEST])
    both = np.uint64(16 * width)
    day_width, held, nothing, unit = np.uint64(plan[Plan.DAY_WIDTH]), np.uint64(plan[Plan.DAYS]), np.uint64(0), np.uint64(1)
    for at in range(np.uint64(rows)):
        span = np.uint64(spans[at])
        made[at] = -1
        day = place_of[span] if span < held else np.int32(-1)
        if day < 0:
            bits = np.int32(-1)
            continue
        said = np.uint64(day) * day_width
        a, b, c, d = np.uint64(one_of[at]), np.uint64(two_of[at]), np.uint64(three_of[at]), np.uint64(four_of[at])
        x = np.uint64(five_of[at])
        e, f = one_told + (a << digest), two_told + (b << digest)
        g, h, y = three_told + (c << digest), four_told + (d << digest), five_told + (x << digest)
        blocks, flags = days[said] & _together(nothing, e, f, g, h, y), said + digests
        open_, other = nothing, (days[flags + unit] ^ begun) | (days[flags + np.uint64(2)] ^ read_out)
        for word in range(beside):
            may[word] = days[said + unit + word] & _together(unit + word, e, f, g, h, y)
            does[word] = days[said + unit + word] & _together(unit + beside + word, e, f, g, h, y)
        _gate(may, does, days[flags], gates)
        for word in range(beside):
            open_ |= may[word] ^ does[word]
            other |= does[word] ^ before[word]
        a, b, c, d, x = one + a * both, two + b * both, three + c * both, four + d * both, five + x * both
        stands = flags + np.uint64(3)
        if count:
            highs[:] = 0
            count = 0
        while blocks and not open_:
            start = np.uint64(_lowest(blocks)) * across
            blocks &= blocks - unit
            for block in range(start, start + across):
                word = words[block]
                left = meant[block] & days[stands + word]
                left &= _together(word, a, b, c, d, x)
                if not left:
                    continue
                for regime in range(len(subject)):
                    if left & subjected[regime, word] and not _meets(subject[regime], may):
                        left &= ~subjected[regime, word]
                open_ |= left & ~_together(wide + word, a, b, c, d, x)
                open_ |= left & doubtful[word]
                odd = days[stands + wide + word]
                while left and not open_:
                    place = (word << np.uint64(6)) + np.uint64(_lowest(left))
                    bit = left & (~left + unit)
                    left ^= bit
                    rank = np.int64(effects[place])
                    if odd & bit:
                        paused = (
                            days[stands + wide + wide + (place >> np.uint64(3))] >> (np.uint64(8) * (place & np.uint64(7)))
                        ) & np.uint64(0xFF)
                        if paused > 3:
                            open_ = unit
                        rank = np.int64(paused)
                    lifted = nothing
                    for each in range(starts[place], starts[place + unit]):
                        lift = np.uint64(targets[each])
                        there = lift >> np.uint64(6)
                        lifted |= (days[stands + there] & _together(there, a, b, c, d, x)) >> (lift & np.uint64(63)) & unit
                    if lifted:
                        # Exceptions come before what they are exceptions to.
                        for each in range(chains[place], chains[place + unit]):
                            lift = np.uint64(chained[each])
                            there, bit = lift >> np.uint64(6), unit << (lift & np.uint64(63))
                            applies[lift] = 0
                            if bit & days[stands + there] & _together(there, a, b, c, d, x):
                                open_ |= bit & (doubtful[there] | days[stands + wide + there])
                                open_ |= bit & ~_together(wide + there, a, b, c, d, x)
                                applies[lift] = 1
                                for exception in range(starts[lift], starts[lift + unit]):
                                    applies[lift] &= np.uint8(1) ^ applies[targets[exception]]
                        for each in range(starts[place], starts[place + unit]):
                            if applies[targets[each]]:
                                rank = min(rank, np.int64(leaves[targets[each]]))
                    if rank == 0:
                        continue
                    if count == _BITING_MAX:
                        open_ = unit
                        break
                    highs[regime_of[place]] = max(highs[regime_of[place]], rank)
                    places[count], ranks[count] = place, rank
                    count += 1
        if open_:
            bits = np.int32(-1)
            continue
        if not count:  # nothing bites: what regimes say of the row alone, and rows beside each other are mostly alike in that
            if other:
                begun, read_out = days[flags + unit], days[flags + np.uint64(2)]
                before[:] = does
                outcome = plain[_range(does, none, masks, asked, begun, read_out)]
            made[at] = outcome
            continue
        bounds = _range(does, highs, masks, asked, days[flags + unit], days[flags + np.uint64(2)])
        single = np.uint64(16 * places[0] + bounds)
        if count == 1:
            if ranks[0] != bounds >> 2:
                made[at] = plain[bounds]
                continue
            if alone[single]:
                made[at] = alone[single] - 1
                continue
        if not _put(row, bounds, count, places, ranks):
            bits = np.int32(-1)
            continue
        number, where, key = _find_row(row, 4, factors, found, keys, values, shift)
        if number == -1 and plan[Plan.COUNT] < min(plan[Plan.FOUND] // 4, len(keys) // 2):
            number = np.int32(plan[Plan.COUNT])
            keys[where], values[where] = key, number
            for word in range(4):
                found[4 * np.int64(number) + word] = row[word]
            plan[Plan.COUNT] += 1
        made[at] = max(number, np.int32(-1))
        bits |= made[at]
        if count == 1:
            alone[single] = made[at] + 1
    return bits


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _charge(plan, registers, spans, stated, alone, made, rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The duties of rows by number (`Sums`), -1 where they are not added up here. Returns the bits of all of them together.

    Of duties that are left for a row the rates are added up, in millionths: a layer of its own each, all certain, lifts taken off.
    Where few rules are all in one word, `alone` has, by day and measure, what a duty comes to that is alone and not lifted, and 1.
    """
    width, count_of = plan[Plan.WIDTH], plan[Plan.MEASURES]
    days = carray(_lying_at(plan[Plan.DAYS_AT]), (_FAR,), np.uint64)
    codes = carray(_lying_at(plan[Plan.DAYS_AT]), (_FAR,), np.uint16)
    rates = carray(_lying_at(plan[Plan.RATES_AT]), (1 << 16,), np.int32)
    place_of = carray(_lying_at(plan[Plan.PLACE_OF_AT]), (plan[Plan.DAYS],), np.int32)
    words = carray(_lying_at(plan[Plan.WORDS_AT]), (64 * plan[Plan.ACROSS],), np.uint64)
    meant = carray(_lying_at(plan[Plan.HERE_AT]), (64 * plan[Plan.ACROSS],), np.uint64)
    layer_of = carray(_lying_at(plan[Plan.LAYER_OF_AT]), (count_of,), np.int32)
    starts = carray(_lying_at(plan[Plan.STARTS_AT]), (64 * width + 1,), np.int32)
    targets = carray(_lying_at(plan[Plan.TARGETS_AT]), (plan[Plan.TARGETS],), np.int32)
    chains = carray(_lying_at(plan[Plan.CHAINS_AT]), (count_of + 1,), np.int32)
    lifts = carray(_lying_at(plan[Plan.LIFTS_AT]), (count_of, width), np.uint64)
    chained = carray(_lying_at(plan[Plan.CHAINED_AT]), (plan[Plan.CHAINED],), np.int32)
    found = carray(_lying_at(plan[Plan.FOUND_AT]), (plan[Plan.FOUND],), np.uint64)
    keys = carray(_lying_at(plan[Plan.KEYS_AT]), (plan[Plan.KEYS],), np.int64)
    values = carray(_lying_at(plan[Plan.VALUES_AT]), (plan[Plan.KEYS],), np.int32)
    factors = carray(_lying_at(plan[Plan.FACTORS_AT]), (1,), np.uint64)
    one, one_told, one_of = _part(plan, registers, 0)
    two, two_told, two_of = _part(plan, registers, 1)
    three, three_told, three_of = _part(plan, registers, 2)
    four, four_told, four_of = _part(plan, registers, 3)
    five, five_told, five_of = _part(plan, registers, 4)
    applies, row = np.zeros(64 * width, np.uint8), np.zeros(1, np.uint64)
    stamps = np.zeros(plan[Plan.LAYERS], np.uint64)
    shift, bits = _shift_of(len(keys)), np.int32(0)
    totals, numbers = np.full(_LATELY, -1, np.int64), np.zeros(_LATELY, np.int32)
    # Unsigned throughout: no index counts from the end.
    nothing, unit, day_width = np.uint64(0), np.uint64(1), np.uint64(plan[Plan.DAY_WIDTH])
    few, of_measures = len(alone) > 0, (unit << np.uint64(count_of)) - unit
    both, wide, across = np.uint64(16 * width), np.uint64(width), np.uint64(plan[Plan.ACROSS])
    beside, digests, held = np.uint64(plan[Plan.BESIDE]), np.uint64(1 + plan[Plan.BESIDE] + few), np.uint64(plan[Plan.DAYS])
    digest = np.uint64(plan[Plan.DIGEST])
    for at in range(np.uint64(rows)):
        span = np.uint64(spans[at])
        made[at] = -1
        day = place_of[span] if span < held else np.int32(-1)
        if day < 0:
            bits = np.int32(-1)
            continue
        said = np.uint64(day) * day_width
        a, b, c, d = np.uint64(one_of[at]), np.uint64(two_of[at]), np.uint64(three_of[at]), np.uint64(four_of[at])
        x = np.uint64(five_of[at])
        e, f = one_told + (a << digest), two_told + (b << digest)
        g, h, y = three_told + (c << digest), four_told + (d << digest), five_told + (x << digest)
        blocks, flags = days[said] & _together(nothing, e, f, g, h, y), said + digests
        concerned, open_, beyond = nothing, nothing, days[flags]
        for word in range(beside):  # a measure concerns a row by its route, if it is known
            on_route = days[said + unit + word] & _together(unit + word, e, f, g, h, y)
            concerned |= on_route
            if beyond:
                open_ |= on_route & days[flags + unit + word]
            elif concerned:
                break
        if not concerned:
            made[at] = 0
            continue
        a, b, c, d, x = one + a * both, two + b * both, three + c * both, four + d * both, five + x * both
        stands = flags + unit + beside
        told_at, total, base = (stands + wide) << np.uint64(2), np.int64(0), False
        if not stated[at]:
            open_ = unit
        single = nothing  # where in `alone` a row looks
        if few:
            sure = days[said + unit + unit] & _together(unit + unit, e, f, g, h, y)
            left = blocks & of_measures
            if blocks == sure and left and not left & (left - unit) and not open_:
                place = np.uint64(_lowest(left))
                if not blocks & lifts[place, 0]:
                    single = (np.uint64(day) << np.uint64(6)) + place + unit
                    if alone[single]:
                        made[at] = alone[single] - 1
                        continue
            blocks = left
        while blocks and not open_:
            if few:  # each block is one measure
                start, left, blocks = nothing, blocks, nothing
            else:
                start = np.uint64(_lowest(blocks)) * across
                left, blocks = nothing, blocks & (blocks - unit)
            for block in range(start, start + across):
                word = words[block]
                if not few:
                    left = meant[block] & days[stands + word]
                    left &= _together(word, a, b, c, d, x)
                if not left:
                    continue
                open_ |= left & ~_together(wide + word, a, b, c, d, x)
                while left and not open_:
                    place = (word << np.uint64(6)) + np.uint64(_lowest(left))
                    left &= left - unit
                    rate = np.int64(rates[codes[told_at + place]])
                    if rate == NO_STEP:
                        continue
                    layer = layer_of[place]
                    if rate < 0 or stamps[layer] == at + unit:
                        open_ = unit
                        break
                    stamps[layer] = at + unit
                    base |= layer == 0
                    if rate == 0:
                        continue
                    for each in range(chains[place], chains[place + unit]):  # exceptions come before what they are exceptions to
                        lift = np.uint64(chained[each])
                        there, bit = lift >> np.uint64(6), unit << (lift & np.uint64(63))
                        applies[lift] = 0
                        if bit & days[stands + there] & _together(there, a, b, c, d, x):
                            code = rates[codes[told_at + lift]]
                            open_ |= bit & ~_together(wide + there, a, b, c, d, x)
                            if code < 0:
                                open_ = unit
                            applies[lift] = code == 1
                            for exception in range(starts[lift], starts[lift + unit]):
                                applies[lift] &= np.uint8(1) ^ applies[targets[exception]]
                    for each in range(starts[place], starts[place + unit]):
                        if applies[targets[each]]:
                            rate = np.int64(0)
                    total += rate
        if open_:
            bits = np.int32(-1)
            continue
        if not base:
            total = np.int64(NO_BASE)
        lately = np.uint64(total) * _MIX >> np.uint64(64 - _LATELY_BITS)
        if totals[lately] != total:
            row[0] = np.uint64(total + 1)
            number, where, key = _find_row(row, 1, factors, found, keys, values, shift)
            if number == -1 and plan[Plan.COUNT] < min(plan[Plan.FOUND], len(keys) // 2):
                number = np.int32(plan[Plan.COUNT])
                keys[where], values[where] = key, number
                found[np.int64(number)] = row[0]
                plan[Plan.COUNT] += 1
            totals[lately], numbers[lately] = total, max(number, np.int32(-1))
        made[at] = numbers[lately]
        bits |= made[at]
        if single:
            alone[single] = made[at] + 1
    return bits


@numba.njit(nogil=True, cache=True, boundscheck=False)
def run(steps, guards, tables, specs, plans, wide, fresh, inputs, constants, outputs, out, missed, unmet, size):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Lead rows along all steps, a block at a time; a register that is one number on all rows is made once.

    An input without an address is one number on all rows, that of `constants`. Pairs that were never met are put together, where
    `specs` says how: those of tables without a square are noted in `fresh`. Rows that meet anything else that is new are `missed`,
    and the steps that met it `unmet`.
    """
    count = len(missed)
    block = min(_BLOCK_MAX, max(count, 1))
    put, here, kept = np.zeros(wide, np.uint64), np.zeros(wide, np.uint64), np.zeros(wide, np.uint64)
    noted = 0
    decided, alone = np.zeros(16 * plans[0, Plan.MEASURES], np.int32), np.zeros(plans[1, Plan.ALONE], np.int32)
    registers = np.empty((size + 1, block + 16), np.int32)
    registers[size, :] = 0  # the last stands for parts that there are not
    same = np.zeros(size, np.bool_)
    blank = np.zeros(size, np.bool_)  # whether a register is 0 throughout
    for place in range(len(inputs)):
        if not inputs[place]:
            same[place] = True
            registers[place, :] = constants[place]
            blank[place] = constants[place] == 0
            continue
        cells = carray(_lying_at(inputs[place]), (count,), np.int32)
        if _same(cells):
            same[place] = True
            registers[place, :] = cells[0]
            blank[place] = cells[0] == 0
    for start in range(0, count, block):
        rows = min(block, count - start)
        for step in range(len(steps)):
            kind, to, a, b, c = steps[step]
            if kind == PASSED or (start and same[to]):
                continue
            guard = guards[step]
            made = registers[to]
            if guard >= 0 and blank[guard]:
                if not blank[to]:
                    made[:] = 0
                    blank[to] = True
                continue
            given = same[a] and same[b] and same[c] and (guard < 0 or same[guard]) and kind < _DECIDE
            wanted = block if given else rows
            one, other = registers[a], registers[b]
            if a < len(inputs) and not same[a]:
                one = carray(_lying_at(inputs[a] + 4 * start), (rows,), np.int32)
            if b < len(inputs) and not same[b]:
                other = carray(_lying_at(inputs[b] + 4 * start), (rows,), np.int32)
            bits = np.int32(0)
            if kind in (_LOOK, _DATED):
                single = carray(_lying_at(tables[step, 0]), (tables[step, 1],), np.int32)
                bits = look(made, one, single, wanted)
            if kind in (_JOIN, _GATED) or (kind == _DATED and bits < 0):
                wide = tables[step, 4]
                table = carray(_lying_at(tables[step, 2]), (tables[step, 3],), np.int32)
                keys = carray(_lying_at(tables[step, 5]), (tables[step, 6],), np.int64)
                values = carray(_lying_at(tables[step, 7]), (tables[step, 6],), np.int32)
                if kind == _DATED:
                    _dated(made, one, other, table, wide, keys, values, wanted)
                else:
                    bits = _join(made, one, other, kind == _GATED, table, wide, keys, values, wanted)
            elif kind == _KEEP:
                for row in range(wanted):
                    made[row] = other[row] if one[row] else 0
                    bits |= made[row]
            elif kind == _OPENED:
                for row in range(wanted):
                    made[row] = other[row] + 1 if one[row] == -2 else 0
                    bits |= made[row]
            elif kind == _FOLLOWED:
                third = registers[c]
                if c < len(inputs) and not same[c]:
                    third = carray(_lying_at(inputs[c] + 4 * start), (rows,), np.int32)
                for row in range(wanted):
                    made[row] = other[row] + 1 if one[row] or third[row] else 0
                    bits |= made[row]
            elif kind == _DECIDE:
                bits = _decide(plans[0], registers, one, decided, made, rows)
            elif kind == _CHARGE:
                bits = _charge(plans[1], registers, one, other, alone, made, rows)
            if bits < 0 and specs[step, Spec.WAY]:
                square, across = carray(_lying_at(tables[step, 2]), (tables[step, 3],), np.int32), tables[step, 4]
                for row in range(1 if given else rows):
                    if made[row] != -1 or missed[start + row] or (guard >= 0 and not registers[guard, row]):
                        continue
                    a_row, b_row = one[row], other[row]
                    found = resolve(specs[step], a_row, b_row, put, here, kept)
                    if found < 0:
                        continue
                    made[row] = found
                    if across and b_row < across and a_row < len(square) // across:
                        square[a_row * across + b_row] = found
                    elif not across and noted < len(fresh):
                        fresh[noted, 0], fresh[noted, 1] = step, (np.int64(a_row) << 32) | np.int64(b_row)
                        fresh[noted, 2] = found
                        noted += 1
                if given:
                    made[:] = made[0]
            if bits < 0:
                bits = np.int32(0)
                for row in range(rows):
                    if made[row] == -1:
                        if guard < 0 or registers[guard, row]:
                            missed[start + row] = 1
                            unmet[step] = True
                        made[row] = 0
                        given = False
                    bits |= made[row]
            if guard >= 0 and not same[guard]:
                for row in range(rows):
                    if not registers[guard, row]:
                        made[row] = 0
            if rows < block and not given:
                made[rows:] = 0
            same[to] = given
            blank[to] = bits == 0
        for place in range(len(outputs)):
            out[place, start : start + rows] = registers[outputs[place], :rows]
    return noted


@numba.njit(nogil=True, cache=True, boundscheck=False)
def less(may, does, weighed):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What may hold and what does, less what no rule asks for any more."""
    one, other = may.copy(), does.copy()
    here, kept = np.empty(may.shape[1], np.uint64), np.empty(may.shape[1], np.uint64)
    for row in range(len(may)):
        _less_row(one[row], other[row], here, kept, *weighed)
    return one, other


@numba.njit(nogil=True, cache=True, boundscheck=False)
def number(rows, factors, known, count, keys, values):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The numbers of rows, and how many there are then: new ones are put down behind the `count` known ones, where there is room.

    The number is -2 where a row has the sum of another one.
    """
    found, width = np.empty(len(rows), np.int32), rows.shape[1]
    shift = _shift_of(len(keys))
    for row in range(len(rows)):
        told, at, key = _find_row(rows[row], width, factors, known, keys, values, shift)
        if told == -1:
            told = np.int32(count)
            keys[at], values[at] = key, told
            for word in range(width):
                known[np.int64(told) * width + word] = rows[row, word]
            count += 1
        found[row] = told
    return found, count


@numba.njit(nogil=True, cache=True, boundscheck=False)
def take(table, rows, found):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Put down what a table has at the places that rows name. False if it lacks one."""
    size, has = np.uint32(len(table)), True
    for row in range(len(rows)):
        at = np.uint32(rows[row])
        if at < size:
            found[row] = table[at]
        else:
            has = False
    return has


@numba.njit(nogil=True, cache=True, boundscheck=False)
def met(numbers, flags):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Set the flags of numbers."""
    for row in range(len(numbers)):
        flags[numbers[row]] = True


@numba.njit(nogil=True, cache=True, boundscheck=False)
def positions(numbers, cuts):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What `Scan.positions` says."""
    found = np.empty(len(numbers), np.int32)
    if len(cuts) <= FEW:
        for start in range(0, len(numbers), _NEAR):
            here, passed = numbers[start : start + _NEAR], found[start : start + _NEAR]
            passed[:] = 0
            for one in range(len(cuts)):
                cut = cuts[one]
                for row in range(len(here)):
                    passed[row] += np.int32(cut < here[row]) + np.int32(cut <= here[row])
        return found
    for row in range(len(numbers)):
        number, low, size = numbers[row], 0, len(cuts)
        while size > 0:
            half = size >> 1
            if cuts[low + half] < number:
                low += half + 1
                size -= half + 1
            else:
                size = half
        found[row] = 2 * low + (low < len(cuts) and cuts[low] == number)
    return found


@numba.njit(nogil=True, cache=True, boundscheck=False)
def scaled(halves, factor, limit, found):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Put down what `Scan.scaled` says. False, if a number does not do."""
    beyond, most = np.uint64(0), np.uint64(0)
    for row in range(len(found)):
        low = halves[2 * row]
        beyond |= np.uint64(halves[2 * row + 1])
        most = max(most, np.uint64(low))
        found[row] = low * factor
    return beyond == 0 and most < np.uint64(limit)


@numba.njit(nogil=True, cache=True, boundscheck=False)
def parse(offsets, data, found, plain):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Plain decimals of up to twelve digits and six places as whole millionths."""
    for row in range(len(found)):
        place, end = offsets[row], offsets[row + 1]
        start, number, places = place, np.int64(0), -1
        good = end > place
        while place < end:
            sign = data[place]
            if 48 <= sign <= 57:
                number = number * 10 + (sign - 48)
                if places >= 0:
                    places += 1
                    good &= places <= 6
                else:
                    good &= place - start < 12
            elif sign == 46 and places < 0 and place > start:
                places = 0
            else:
                good = False
            if not good:
                break
            place += 1
        good &= places != 0
        plain[row] = good
        if good:
            for _ in range(6 - max(places, 0)):
                number *= 10
            found[row] = number
