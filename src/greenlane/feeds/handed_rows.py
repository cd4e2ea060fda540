"""Rows that somebody else hands out, a cluster for instance: read by the same rules as those of a file.

All is done on batches and lines as they come. A line of CSV stands for itself: a cell that goes on in the next line is refused,
with the whole file, because lines are handed out to whoever is free.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from greenlane.decide.line import Row
from greenlane.errors import FileError, LineError, Place
from greenlane.feeds import table_batches, tables
from greenlane.feeds.tables import BadRow, Reject, TextLines

stripped: Final = table_batches.stripped
texts: Final = table_batches.as_texts
blank: Final = table_batches.blank_rows
_UNCLOSED: Final = "unexpected end of data"  # what the csv module says of a quote that is open at the end


def open_lines(lines: Sequence[str], file: str, compulsory: Sequence[str]) -> tuple[tuple[str, ...], str, int]:
    """The first lines of a CSV file: its columns, its delimiter, and in which line the header stands. Raises FileError."""
    first = [line.removeprefix("\ufeff") if at == 0 else line for at, line in enumerate(lines)]
    csv.field_size_limit(max(csv.field_size_limit(), tables.RECORD_MAX))
    opened = tables.open_csv(TextLines(f"{line}\n" for line in first), file, compulsory)
    return opened.columns, opened.delimiter, opened.first


def split(
    lines: Sequence[str], columns: Sequence[str], delimiter: str, file: str, numbers: npt.NDArray[np.int64]
) -> tuple[Any, dict[int, Any]]:
    """Lines of CSV, none of them blank, as columns of texts; and by place those that do not fit them.

    Raises FileError GL0121 for a cell that goes on in the next line.
    """
    schema = pa.schema([(name, pa.string()) for name in columns])
    if not lines:
        return pa.RecordBatch.from_pylist([], schema=schema), {}
    block = ("\n".join(lines) + "\n").encode()
    found = table_batches.split_block(block, columns, delimiter)
    if found is not None and found.num_rows == len(lines):
        return found, {}
    rows = list(_rows(lines, columns, delimiter, file, numbers.tolist()))
    cells = {name: [row.cells.get(name, "") for row in rows] for name in columns}
    return pa.RecordBatch.from_pydict(cells, schema=schema), {at: row for at, row in enumerate(rows) if isinstance(row, BadRow)}


def _rows(
    lines: Sequence[str], columns: Sequence[str], delimiter: str, file: str, numbers: Sequence[int]
) -> Iterator[Row | BadRow]:
    csv.field_size_limit(max(csv.field_size_limit(), tables.RECORD_MAX))
    for line, number in zip(lines, numbers, strict=True):
        try:
            cells, broken = next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, strict=True)), False
        except csv.Error as error:
            if str(error) == _UNCLOSED:
                message = "a quote is not closed on its line; lines of a file are handed out one by one"
                hint = "write the table as Parquet, or decide it on one machine, where a cell may have several lines"
                raise FileError("GL0121", message, at=Place(file, number), hint=hint) from error
            cells, broken = line.split(delimiter), True
        row = tables.csv_row(cells, columns, file, number, broken=broken)
        # A row of nothing but delimiters is blank; it stays until all blank rows are taken out together.
        yield row if row is not None else Row(dict.fromkeys(columns, ""), file, number)


def refuse(row: Any, first: int) -> tuple[Sequence[LineError], Mapping[str, str]]:
    """What is wrong with a row, and its cells; `first` is the number of the first row with its line id."""
    whole = row if isinstance(row, BadRow) else tables.sound(dict(row.cells), row.cells.values(), row.file, row.number)
    found = tables.read_row(whole, first=first)
    return (found.problems, found.cells) if isinstance(found, Reject) else ((), row.cells)
