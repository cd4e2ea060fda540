"""Loops over columns of numbers, in NumPy. Machine code has the same ones, quicker (`fused.FastScan`)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from greenlane.batch.pairs import Ints

Wide = npt.NDArray[np.int64]
Places = Wide
Flags = npt.NDArray[np.bool_]
MILLIONTHS: Final = 1_000_000
DIGITS: Final = 12
PLACES: Final = 6
FEW: Final = 16  # thresholds all of which are sooner compared than one is searched among them
_PLAIN: Final = rf"\A[0-9]{{1,{DIGITS}}}(\.[0-9]{{1,{PLACES}}})?\z"
_HELD: Final = pa.decimal128(18, 6)


class Scan:
    """Who goes through columns of numbers."""

    def take(self, table: Ints, rows: Ints) -> Ints:
        """What a table has at the places that rows name. Raises IndexError for a place that it has not."""
        if rows.min(initial=0) < 0:
            raise IndexError(f"place {rows.min()} of a table")
        found: Ints = table.take(rows)
        return found

    def met(self, numbers: Ints) -> Places:
        """The distinct ones of some small numbers from 0 up, in order."""
        return np.flatnonzero(np.bincount(numbers))

    def positions(self, numbers: Wide, cuts: Wide) -> Ints:
        """Between which thresholds (in order) each number lies, or on which one: as `vocabulary.Tested` counts."""
        if len(cuts) > FEW:
            return (np.searchsorted(cuts, numbers) + np.searchsorted(cuts, numbers, "right")).astype(np.int32)
        found = np.zeros(len(numbers), np.int32)
        for one in cuts:
            found += numbers > one
            found += numbers >= one
        return found

    def scaled(self, halves: Wide, factor: int, limit: int) -> Wide | None:
        """Whole numbers of 128 bits, the lower half first, times a factor; None, if one is below 0 or not below a limit."""
        low, high = halves[::2], halves[1::2]
        if high.any() or low.min(initial=0) < 0 or low.max(initial=0) >= limit:
            return None
        found: Wide = low * factor
        return found

    def millionths(self, cells: pa.Array) -> tuple[Wide, Flags]:
        """Plain decimals (an Arrow array of texts) as whole millionths, and which cells are such; the others stand as 0.

        What is not written plainly (spaces, signs, more than six places or twelve digits) is left to the reader of single cells.
        """
        plain = pc.fill_null(pc.match_substring_regex(cells, _PLAIN), fill_value=False)
        numbers = pc.cast(pc.if_else(plain, cells, "0"), _HELD)
        raw = np.frombuffer(numbers.buffers()[1], np.int64)  # 128 bits each, the lower half first
        low: Wide = raw[2 * numbers.offset : 2 * (numbers.offset + len(numbers)) : 2]
        return low, plain.to_numpy(zero_copy_only=False)
