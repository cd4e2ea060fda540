"""Tables of who owns whom: one row a holding, in CSV, XLSX, JSON Lines or Parquet.

| column | form |
| --- | --- |
| owner, owned | name or id, spelt alike wherever it occurs |
| share | `60`, `60%`, `25-50%`, `>=50%`, `>50%`, `<25%`, `<=25%`, `unknown`, or `control` for a statement of control |
| from, until | first day in, first day out; empty: always, still |
| known_since | first day it was known; empty: since it began |
| source | who says so |

Only the first three are compulsory. A row that does not read is a `Reject` with all its cells; the others are taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from greenlane.decide.line import Row
from greenlane.errors import LineError, Place
from greenlane.feeds.tables import BadRow, Reject, read_rows
from greenlane.screen.holdings import UNKNOWN, Edge, Range
from greenlane.terms.periods import read_day

T = TypeVar("T")
COMPULSORY: Final = ("owner", "owned", "share")
NAME_MAX: Final = 500  # signs
_DAY_HINT: Final = "a day like 2025-09-29"
_SHARE_HINT: Final = "write 60%, 25-50%, >=50%, unknown or control"


@dataclass(frozen=True, slots=True)
class OwnerFile:
    """The holdings of a file and the rows that are none, in its order."""

    edges: tuple[Edge, ...]
    rejects: tuple[Reject, ...]


def read_owners(path: Path) -> OwnerFile:
    """Read a table of holdings. Raises FileError as `tables.read_rows` does.

    Codes of rejected rows: GL0101 an empty compulsory cell, GL0102 a day, GL0105 a share, GL0111 a cell that is too long,
    GL0118 a holding that ends before it begins, GL0119 an owner that owns itself; and those of `read_rows`. All problems of
    a row are told at once.
    """
    edges: list[Edge] = []
    rejects: list[Reject] = []
    for row in read_rows(path, compulsory=COMPULSORY).rows:
        if isinstance(row, BadRow):
            rejects.append(Reject(row.cells, row.file, row.number, (row.problem,)))
            continue
        reader = _RowReader(row)
        edge = reader.read()
        if edge is None:
            rejects.append(Reject(row.cells, row.file, row.number, tuple(reader.problems)))
        else:
            edges.append(edge)
    return OwnerFile(tuple(edges), tuple(rejects))


class _RowReader:
    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[LineError] = []

    def read(self) -> Edge | None:
        """The holding, or None and the problems."""
        owner, owned, share = (self.name(column) for column in COMPULSORY)
        control = share.lower() == "control"
        read = UNKNOWN if control or not share else self.take("share", Range.read, "GL0105", _SHARE_HINT)
        start, end, known = (self.take(column, read_day, "GL0102", _DAY_HINT) for column in ("from", "until", "known_since"))
        if owner and owner == owned:
            self.fail("GL0119", f"`{owned}` would own itself", "owned", "its own shares are nobody's: take the row out")
        if start is not None and end is not None and end <= start:
            hint = "`until` is the first day on which the holding is gone"
            self.fail("GL0118", f"the holding ends on {end}, not after it begins on {start}", "until", hint)
        if self.problems or read is None:
            return None
        return Edge(
            owner=owner,
            owned=owned,
            share=read,
            control=control,
            start=start,
            end=end,
            known_since=known,
            source=self.cell("source"),
            at=Place(self.row.file, self.row.number),
        )

    def fail(self, code: str, message: str, column: str, hint: str = "") -> None:
        self.problems.append(LineError(code, message, at=Place(self.row.file, self.row.number, column), hint=hint))

    def cell(self, column: str) -> str:
        return (self.row.cells.get(column) or "").strip()

    def name(self, column: str) -> str:
        """A cell that must be there, and short enough."""
        text = self.cell(column)
        if not text:
            self.fail("GL0101", f"`{column}` is empty", column, "fill it; a share that nobody knows is `unknown`")
        elif len(text) > NAME_MAX:
            self.fail("GL0111", f"the cell has {len(text)} signs, more than {NAME_MAX}", column, "shorten it")
        return text

    def take(self, column: str, read: Callable[[str], T], code: str, hint: str) -> T | None:
        text = self.cell(column)
        if not text:
            return None
        try:
            return read(text)
        except ValueError as error:
            message, _, near = str(error).partition("; ")
            self.fail(code, message, column, near or hint)
            return None
