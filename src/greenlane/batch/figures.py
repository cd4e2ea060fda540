"""Numbers by the hundred thousand: columns of them as whole millionths, and money counted exactly."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from greenlane.batch.scan import DIGITS, MILLIONTHS, PLACES, Flags, Scan, Wide
from greenlane.batch.texts import as_texts

_SUM: Final = pa.decimal128(38, 2)
_ROOM: Final = 1 << 62


def figures(cells: pa.Array, scan: Scan) -> tuple[Wide, Flags]:
    """A column of numbers as whole millionths, and which cells are such: what Arrow holds as numbers is not read, texts are."""
    kind = cells.type
    plain: Flags
    if pa.types.is_dictionary(kind):
        numbers, plain = figures(cells.dictionary, scan)
        rows = cells.indices
        if rows.null_count:  # a blank cell is no number
            numbers, plain, rows = (
                np.append(numbers, 0),
                np.append(plain, np.False_),
                pc.fill_null(rows.cast(pa.int64()), len(numbers)),
            )
        places = rows.to_numpy(zero_copy_only=False)
        return numbers.take(places), plain.take(places)
    if pa.types.is_int32(kind) or pa.types.is_int64(kind):
        numbers, scale = cells.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False), 0
    elif pa.types.is_decimal128(kind) and 0 <= kind.scale <= PLACES:
        raw = np.frombuffer(cells.buffers()[1], np.int64)[2 * cells.offset : 2 * (cells.offset + len(cells))]
        numbers, scale = raw[::2], kind.scale
        if not cells.null_count and (scaled := scan.scaled(raw, 10 ** (PLACES - scale), 10 ** (DIGITS + scale))) is not None:
            return scaled, np.ones(len(scaled), np.bool_)
        if raw[1::2].any():
            numbers = np.where(raw[1::2] == 0, numbers, -1)
        if cells.null_count:
            numbers = np.where(cells.is_null().to_numpy(zero_copy_only=False), -1, numbers)
    else:
        return scan.millionths(as_texts(cells))
    factor, limit = 10 ** (PLACES - scale), 10 ** (DIGITS + scale)
    if numbers.min(initial=0) >= 0 and numbers.max(initial=0) < limit:
        return numbers * factor, np.ones(len(numbers), np.bool_)
    plain = (numbers >= 0) & (numbers < limit)
    return np.where(plain, numbers, 0) * factor, plain


def whole(number: Decimal) -> int | None:
    """A threshold in whole millionths, or None if it is none."""
    scaled = number * MILLIONTHS
    return int(scaled) if scaled == scaled.to_integral_value() and abs(scaled) < _ROOM else None


def cents(values: Wide, percents: Sequence[Decimal], which: npt.NDArray[np.int32]) -> tuple[Wide, Flags]:
    """A percentage of each value in whole cents, halves up; and where the numbers are small enough to count so."""
    places = max((-int(one.normalize().as_tuple().exponent) for one in percents), default=0)
    places = max(places, 0)
    scale = 10**places
    factors = [int(one * scale) for one in percents]
    if scale * MILLIONTHS >= _ROOM or any(one >= _ROOM for one in factors):
        return np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_)
    factor = np.asarray(factors, np.int64)[which]
    fits: Flags = values <= _ROOM // np.maximum(factor, 1)
    part = np.where(fits, values, 0) * factor
    divisor = scale * MILLIONTHS
    found: Wide = (part + divisor // 2) // divisor
    return found, fits


def money(amounts: Wide) -> pa.Array:
    """Cents as people write an amount: 30816, 0.5, 12.34."""
    raw = np.zeros(2 * len(amounts), np.int64)
    raw[::2] = amounts
    exact = pa.Array.from_buffers(_SUM, len(amounts), [None, pa.py_buffer(raw.tobytes())])
    texts = pc.cast(exact, pa.string())
    trailing = pa.array(amounts % 10 == 0)
    shorter = pc.replace_substring_regex(texts.filter(trailing), r"\.?0+$", "")
    return pc.replace_with_mask(texts, trailing, shorter)
