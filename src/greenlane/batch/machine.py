"""What machine code is made of: tables by where they lie, sets as words, rows of words by their sums. Needs the extra `fast`."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba.core import cgutils, types
from numba.extending import intrinsic

MIX = np.uint64(0x9E3779B97F4A7C15)
_SEQUENCE = np.uint64(0x03F79D71B4CB0A89)  # of de Bruijn: six of its bits tell by how much it was shifted
_PLACE_OF = np.zeros(64, np.int64)
_PLACE_OF[[((int(_SEQUENCE) << place) % (1 << 64)) >> 58 for place in range(64)]] = np.arange(64)


def _pointer(context, address):  # type: ignore[no-untyped-def]  # pragma: no cover
    """An address as a pointer, so that tables are passed by where they lie."""
    del context

    def build(_, builder, __, given):  # type: ignore[no-untyped-def]
        return builder.inttoptr(given[0], cgutils.voidptr_t)

    return types.voidptr(address), build


lying_at: Any = intrinsic(_pointer)


@numba.njit(nogil=True, cache=True, boundscheck=False, inline="always")
def lowest(word):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The place of the lowest bit that is set."""
    return _PLACE_OF[(word & (~word + np.uint64(1))) * _SEQUENCE >> np.uint64(58)]


@numba.njit(nogil=True, cache=True, boundscheck=False)
def less_row(may, does, here, kept, measures, subject, lifts, beside):  # type: ignore[no-untyped-def]  # pragma: no cover
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
            place = 64 * word + lowest(left)
            left &= left - np.uint64(1)
            for each in range(width):
                kept[each] |= lifts[place, each]
    for word in range(width):
        may[word] &= kept[word]
        does[word] &= kept[word]


@numba.njit(nogil=True, cache=True, boundscheck=False)
def shift_of(size):  # type: ignore[no-untyped-def]  # pragma: no cover
    """By how much a mixed key is shifted for a table of a size."""
    shift = np.uint64(64)
    while size > 1:
        size >>= 1
        shift -= np.uint64(1)
    return shift


@numba.njit(nogil=True, cache=True, boundscheck=False)
def find_row(row, width, factors, known, keys, values, shift):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The number of a row by its sum, as `patterns._sums` has it, and where it stands or would.

    The number is -1 where no known row has that sum, -2 where another row has it.
    """
    total = np.uint64(0)
    for word in range(width):
        total += (row[word] ^ row[word] >> np.uint64(31)) * factors[word]
    total ^= total >> np.uint64(29)
    key = np.int64(total >> np.uint64(1))
    last = len(keys) - 1
    place = np.int64((np.uint64(key) * MIX) >> shift)
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
