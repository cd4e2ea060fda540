"""The outcomes of rows in machine code, from what each kind of facts and the day leave of the law: `Answers.composed` unworded.

A row for which anything is open, or a rule stands otherwise than in force or paused, is left to others. Needs the extra `fast`.
"""

from __future__ import annotations

from enum import IntEnum

import numba
import numpy as np
from numba import carray

from greenlane.batch.machine import find_row, less_row, lowest, lying_at, shift_of

PARTS_MAX = 6
DECIDED_MAX = 12  # measures that may decide a verdict: their places stand in three words, 16 bits each
_BITING_MAX = 64
_PROHIBITED = np.int64(3)


class Plan(IntEnum):
    """Where in the plan each thing stands; what ends in `_AT` is an address."""

    WIDTH = 0  # words of rules
    MEASURES = 1
    BESIDE = 2  # the first word with conjunctions that are no rule's own
    REGIMES = 3  # that are held against lines
    REGIMES_ALL = 4
    DAY_WIDTH = 5
    DAYS = 6
    DAYS_AT = 7
    IS_HELD_AT = 8
    MEASURES_AT = 9
    SUBJECT_AT = 10
    SUBJECT = 11
    LIFTS_AT = 12
    BESIDE_AT = 13
    DOUBTFUL_AT = 14
    EFFECTS_AT = 15
    REGIME_OF_AT = 16
    LEAVES_AT = 17
    STARTS_AT = 18
    TARGETS_AT = 19
    TARGETS = 20
    MASKS_AT = 21
    ASKED_AT = 22
    GATES_AT = 23
    GATES = 24
    FOUND_AT = 25
    FOUND = 26
    KEYS_AT = 27
    KEYS = 28
    VALUES_AT = 29
    FACTORS_AT = 30
    COUNT = 31
    PLAIN_AT = 32
    CHAINS_AT = 33
    CHAINED_AT = 34
    CHAINED = 35
    PARTS_AT = 36  # of each part its address,
    STRIDES_AT = 42  # the words of a row (0: no such part),
    REGISTERS_AT = 48  # and its register


SIZE = Plan.REGISTERS_AT + PARTS_MAX
_FAR = 1 << 40  # longer than any table


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def _parts(plan):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The rows of the six parts, one after the other, and the words of a row of each."""
    strides = plan[Plan.STRIDES_AT : Plan.STRIDES_AT + PARTS_MAX].astype(np.uint64)
    return (
        carray(lying_at(plan[Plan.PARTS_AT]), (_FAR,), np.uint64),
        carray(lying_at(plan[Plan.PARTS_AT + 1]), (_FAR,), np.uint64),
        carray(lying_at(plan[Plan.PARTS_AT + 2]), (_FAR,), np.uint64),
        carray(lying_at(plan[Plan.PARTS_AT + 3]), (_FAR,), np.uint64),
        carray(lying_at(plan[Plan.PARTS_AT + 4]), (_FAR,), np.uint64),
        carray(lying_at(plan[Plan.PARTS_AT + 5]), (_FAR,), np.uint64),
        strides,
    )


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def _starts(plan, registers, strides, at):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Where the rows of the six parts begin for a row of the batch."""
    return (
        np.uint64(registers[plan[Plan.REGISTERS_AT], at]) * strides[0],
        np.uint64(registers[plan[Plan.REGISTERS_AT + 1], at]) * strides[1],
        np.uint64(registers[plan[Plan.REGISTERS_AT + 2], at]) * strides[2],
        np.uint64(registers[plan[Plan.REGISTERS_AT + 3], at]) * strides[3],
        np.uint64(registers[plan[Plan.REGISTERS_AT + 4], at]) * strides[4],
        np.uint64(registers[plan[Plan.REGISTERS_AT + 5], at]) * strides[5],
    )


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def _gate(may, does, open_gates, gates):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Ways about which nobody asks are no longer open, unless they hold."""
    for gate in range(len(gates)):
        word, bit = gates[gate, 0], np.uint64(1) << np.uint64(gates[gate, 1])
        if not (open_gates >> np.uint64(gate)) & np.uint64(1) and not does[word] & bit:
            may[word] &= ~bit


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def _meets(masks, does, first):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Whether any of some bits is set."""
    met = np.uint64(0)
    for word in range(first, len(does)):
        met |= masks[word] & does[word]
    return met != 0


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def _all_meet(masks, does, first):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Whether all of some bits are set."""
    lacks = np.uint64(0)
    for word in range(first, len(does)):
        lacks |= masks[word] & ~does[word]
    return lacks == 0


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _range(does, first, highs, masks, asked, begun, read_out):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The bounds over all regimes (`Answers._range`), as low + 4 * high."""
    low, high, count, reached = np.int64(0), np.int64(0), 0, 0
    for regime in range(len(highs)):
        least = np.int64(highs[regime])
        most = least
        if regime < len(masks) and _meets(masks[regime, 0], does, first):
            reached += 1
            if asked[regime]:
                count += 1
                bit = np.uint64(1) << np.uint64(regime)
                modelled = (begun & bit) and not (read_out & bit) and _all_meet(masks[regime, 2], does, first)
                modelled = modelled and _meets(masks[regime, 3], does, first)
                outside = _meets(masks[regime, 4], does, first) or not _all_meet(masks[regime, 1], does, first)
                if outside or (least == 0 and not modelled):
                    most = _PROHIBITED
        low, high = max(low, least), max(high, most)
    if (low == 0 and count == 0) or (high == 0 and count < reached):
        high = _PROHIBITED
    return low + 4 * high


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _bite(may, does, day, odd, effects, regime_of, leaves, starts, targets, chains, chained, applies, highs, places, ranks):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The measures that bite a row and how gravely, by their places; how many they are, -1 where that is not plain."""
    count = 0
    for word in range((len(effects) + 63) >> 6):
        left = may[word]
        while left:
            place = 64 * word + lowest(left)
            left &= left - np.uint64(1)
            if place >= len(effects):
                break
            rank = np.int64(effects[place])
            if (odd[word] >> np.uint64(place & 63)) & np.uint64(1):
                paused = (day[place >> 3] >> np.uint64(8 * (place & 7))) & np.uint64(0xFF)
                if paused > 3:
                    return -1
                rank = np.int64(paused)
            for one in range(chains[place], chains[place + 1]):  # exceptions come before what they are exceptions to
                lift = chained[one]
                applies[lift] = (does[lift >> 6] >> np.uint64(lift & 63)) & np.uint64(1)
                for exception in range(starts[lift], starts[lift + 1]):
                    applies[lift] &= np.uint8(1) ^ applies[targets[exception]]
            for one in range(starts[place], starts[place + 1]):
                if applies[targets[one]]:
                    rank = min(rank, np.int64(leaves[targets[one]]))
            if rank == 0:
                continue
            if count == _BITING_MAX:
                return -1
            highs[regime_of[place]] = max(highs[regime_of[place]], rank)
            places[count], ranks[count] = place, rank
            count += 1
    return count


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
def compose(plan, registers, spans, made, rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The outcomes of rows by number, -1 where they are not worked out here. Returns the bits of all of them together."""
    width = plan[Plan.WIDTH]
    days = carray(lying_at(plan[Plan.DAYS_AT]), (_FAR,), np.uint64)
    is_held = carray(lying_at(plan[Plan.IS_HELD_AT]), (plan[Plan.DAYS],), np.uint8)
    measures = carray(lying_at(plan[Plan.MEASURES_AT]), (width,), np.uint64)
    beside = carray(lying_at(plan[Plan.BESIDE_AT]), (width,), np.uint64)
    masks = carray(lying_at(plan[Plan.MASKS_AT]), (plan[Plan.REGIMES], 5, width), np.uint64)
    asked = carray(lying_at(plan[Plan.ASKED_AT]), (plan[Plan.REGIMES],), np.uint8)
    gates = carray(lying_at(plan[Plan.GATES_AT]), (plan[Plan.GATES], 2), np.int64)
    plain = carray(lying_at(plan[Plan.PLAIN_AT]), (16,), np.int32)
    one, two, three, four, five, six, strides = _parts(plan)
    may, does, before = np.zeros(width, np.uint64), np.zeros(width, np.uint64), np.zeros(width, np.uint64)
    begun, read_out, none = np.uint64(0), np.uint64(0), np.zeros(plan[Plan.REGIMES_ALL], np.int64)
    outcome = plain[_range(before, plan[Plan.BESIDE], none, masks, asked, begun, read_out)]
    biting, count = np.zeros(rows, np.int64), 0
    # Unsigned throughout: no index counts from the end.
    wide, words, first = np.uint64(width), np.uint64((plan[Plan.MEASURES] + 63) >> 6), np.uint64(plan[Plan.BESIDE])
    day_width = np.uint64(plan[Plan.DAY_WIDTH])
    bits = np.int32(0)
    for at in range(np.uint64(rows)):
        span = spans[at]
        if span >= plan[Plan.DAYS] or not is_held[span]:
            made[at] = -1
            bits = np.int32(-1)
            continue
        day = np.uint64(span) * day_width
        a, b, c, d, e, f = _starts(plan, registers, strides, at)
        met = np.uint64(0)
        for word in range(words):
            left = days[day + word] & one[a + word] & two[b + word] & three[c + word]
            met |= left & four[d + word] & five[e + word] & six[f + word] & measures[word]
        if met:
            biting[count] = at
            count += 1
            continue
        for word in range(first, wide):
            last = wide + word
            left = days[day + word] & one[a + word] & two[b + word] & three[c + word]
            may[word] = left & four[d + word] & five[e + word] & six[f + word]
            left = days[day + word] & one[a + last] & two[b + last] & three[c + last]
            does[word] = left & four[d + last] & five[e + last] & six[f + last]
        day += wide + wide
        _gate(may, does, days[day], gates)
        # Nothing bites: there is what regimes say of the row alone, and rows beside each other are mostly alike in that.
        open_, other = np.uint64(0), (days[day + np.uint64(1)] ^ begun) | (days[day + np.uint64(2)] ^ read_out)
        for word in range(first, wide):
            open_ |= (may[word] ^ does[word]) & beside[word]
            does[word] &= beside[word]
            other |= does[word] ^ before[word]
        if open_:
            made[at] = -1
            bits = np.int32(-1)
            continue
        if other:
            begun, read_out = days[day + np.uint64(1)], days[day + np.uint64(2)]
            for word in range(first, wide):
                before[word] = does[word]
            outcome = plain[_range(does, plan[Plan.BESIDE], none, masks, asked, begun, read_out)]
        made[at] = outcome
    return bits | _compose_biting(plan, registers, spans, made, biting, count) if count else bits


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _compose_biting(plan, registers, spans, made, biting, biting_count):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The same for rows that some measure may bite."""
    width, day_width = plan[Plan.WIDTH], plan[Plan.DAY_WIDTH]
    days = carray(lying_at(plan[Plan.DAYS_AT]), (_FAR,), np.uint64)
    measures = carray(lying_at(plan[Plan.MEASURES_AT]), (width,), np.uint64)
    subject = carray(lying_at(plan[Plan.SUBJECT_AT]), (plan[Plan.SUBJECT], 2, width), np.uint64)
    lifts = carray(lying_at(plan[Plan.LIFTS_AT]), (plan[Plan.MEASURES], width), np.uint64)
    beside = carray(lying_at(plan[Plan.BESIDE_AT]), (width,), np.uint64)
    doubtful = carray(lying_at(plan[Plan.DOUBTFUL_AT]), (width,), np.uint64)
    effects = carray(lying_at(plan[Plan.EFFECTS_AT]), (plan[Plan.MEASURES],), np.int8)
    regime_of = carray(lying_at(plan[Plan.REGIME_OF_AT]), (plan[Plan.MEASURES],), np.int32)
    leaves = carray(lying_at(plan[Plan.LEAVES_AT]), (64 * width,), np.int8)
    starts = carray(lying_at(plan[Plan.STARTS_AT]), (64 * width + 1,), np.int32)
    targets = carray(lying_at(plan[Plan.TARGETS_AT]), (plan[Plan.TARGETS],), np.int32)
    chains = carray(lying_at(plan[Plan.CHAINS_AT]), (plan[Plan.MEASURES] + 1,), np.int32)
    chained = carray(lying_at(plan[Plan.CHAINED_AT]), (plan[Plan.CHAINED],), np.int32)
    masks = carray(lying_at(plan[Plan.MASKS_AT]), (plan[Plan.REGIMES], 5, width), np.uint64)
    asked = carray(lying_at(plan[Plan.ASKED_AT]), (plan[Plan.REGIMES],), np.uint8)
    gates = carray(lying_at(plan[Plan.GATES_AT]), (plan[Plan.GATES], 2), np.int64)
    found = carray(lying_at(plan[Plan.FOUND_AT]), (plan[Plan.FOUND],), np.uint64)
    keys = carray(lying_at(plan[Plan.KEYS_AT]), (plan[Plan.KEYS],), np.int64)
    values = carray(lying_at(plan[Plan.VALUES_AT]), (plan[Plan.KEYS],), np.int32)
    factors = carray(lying_at(plan[Plan.FACTORS_AT]), (4,), np.uint64)
    one, two, three, four, five, six, strides = _parts(plan)
    may, does = np.zeros(width, np.uint64), np.zeros(width, np.uint64)
    here, kept, applies = np.zeros(width, np.uint64), np.zeros(width, np.uint64), np.zeros(64 * width, np.uint8)
    highs, row = np.zeros(plan[Plan.REGIMES_ALL], np.int64), np.zeros(4, np.uint64)
    places, ranks = np.zeros(_BITING_MAX, np.int64), np.zeros(_BITING_MAX, np.int64)
    shift, wide, bits = shift_of(len(keys)), np.uint64(width), np.int32(0)
    for number in range(biting_count):
        at = biting[number]
        base = np.int64(spans[at]) * day_width
        start = np.uint64(base)
        a, b, c, d, e, f = _starts(plan, registers, strides, at)
        for word in range(wide):
            last = wide + word
            left = days[start + word] & one[a + word] & two[b + word] & three[c + word]
            may[word] = left & four[d + word] & five[e + word] & six[f + word]
            left = days[start + word] & one[a + last] & two[b + last] & three[c + last]
            does[word] = left & four[d + last] & five[e + last] & six[f + last]
        day = base + 2 * width
        _gate(may, does, days[day], gates)
        less_row(may, does, here, kept, measures, subject, lifts, beside)
        open_ = np.uint64(0)
        for word in range(width):
            odd = days[base + width + word] & may[word] & ~measures[word]
            open_ |= (may[word] ^ does[word]) | (does[word] & doubtful[word]) | odd
        made[at] = -1
        if not open_:
            stands, odds = days[day + 3 : base + day_width], days[base + width : day]
            highs[:] = 0
            count = _bite(
                may, does, stands, odds, effects, regime_of, leaves, starts, targets, chains, chained, applies, highs, places, ranks
            )  # fmt: skip
            if count >= 0:
                bounds = _range(does, plan[Plan.BESIDE], highs, masks, asked, days[day + 1], days[day + 2])
                if _put(row, bounds, count, places, ranks):
                    number_of, place, key = find_row(row, 4, factors, found, keys, values, shift)
                    if number_of == -1 and plan[Plan.COUNT] < min(plan[Plan.FOUND] // 4, len(keys) // 2):
                        number_of = np.int32(plan[Plan.COUNT])
                        keys[place], values[place] = key, number_of
                        for word in range(4):
                            found[4 * np.int64(number_of) + word] = row[word]
                        plan[Plan.COUNT] += 1
                    made[at] = max(number_of, np.int32(-1))
        bits |= made[at]
    return bits
