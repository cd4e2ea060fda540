"""Which rows hold a cell that no order line may hold, whatever its column: too long, or with control characters?"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from greenlane.decide.line import CELL_MAX

_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"  # of order lines, as `read_line` has them
Flags = npt.NDArray[np.bool_]


def unsound(texts: pa.RecordBatch) -> Flags:
    """Of each row of texts, whether `read_line` refuses one of its cells for its length or its signs."""
    found = np.zeros(texts.num_rows, np.bool_)
    for column in texts.columns:
        if pa.types.is_dictionary(column.type):
            of_text = _unsound(column.dictionary)
            if of_text is not None:
                found |= pc.fill_null(pa.array(of_text).take(column.indices), False).to_numpy(zero_copy_only=False)
        else:
            of_row = _unsound(column)
            if of_row is not None:
                found |= of_row
    return found


def _unsound(column: Any) -> Flags | None:
    """Of each cell of a plain column; None if all are sound, which is told without looking at one by one."""
    if not len(column):
        return None
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    signs = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]] if data is not None else np.zeros(0, np.uint8)
    long = int(np.diff(ends).max()) > CELL_MAX
    low = bool(((signs < 32) | (signs == 127)).any())
    if not long and not low:
        return None
    found = np.zeros(len(column), np.bool_)
    if long:
        found |= pc.fill_null(pc.greater(pc.utf8_length(column), CELL_MAX), False).to_numpy(zero_copy_only=False)
    if low:
        found |= pc.fill_null(pc.match_substring_regex(column, _CONTROL), False).to_numpy(zero_copy_only=False)
    return found
