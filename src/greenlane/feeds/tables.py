"""Tables of order lines: which rows a file holds, each cell as a person would have typed it; and tables written back.

A file is refused as a whole only if it cannot be understood as a table (`FileError`). A broken row stops nobody: it
comes out as a `BadRow` or a `Reject` with everything it held, so that it can be put right and sent in again.

Row numbers are those of the spreadsheet: the header is row 1, blank rows count although they are skipped, and a cell
with line breaks in it does not make two rows of one. JSON Lines, Parquet and Arrow have no header: their first row is row 1.

    with_answers = [line for line in read_lines(Path("orders.csv")) if isinstance(line, Line)]
"""

from __future__ import annotations

import codecs
import csv
import errno
import io
import json
import os
import re
import secrets
import struct
import zipfile
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final
from xml.etree import ElementTree

from greenlane.decide.line import COLUMNS, COMPULSORY, Line, Row, read_line
from greenlane.errors import FileError, LineError, Place

FORMATS: Final = ("csv", "xlsx", "jsonl", "parquet", "arrow")
NUMBERS: Final = frozenset({"quantity", "value", "owner_share"})  # typed as numbers in a workbook
REJECT_COLUMNS: Final = ("reject_file", "reject_row", "reject_code", "reject_column", "reject_message", "reject_hint")
JSON_LINE: Final = "json_line"  # the column in which a JSON line that cannot be split into cells is kept whole

SIZE_MAX: Final = 2_000_000_000  # bytes of a file; of a workbook also when unpacked
RECORD_MAX: Final = 64_000_000  # signs of one row, with all its line breaks
COLUMNS_MAX: Final = 1_000
NAME_MAX: Final = 200  # signs of a column name
_BATCH: Final = 10_000  # rows of a Parquet file held in memory at once
_CHUNK: Final = 1 << 20
_LINES_TOGETHER: Final = 1_000  # of a CSV file, written at once
_REJECTS_SHOWN: Final = 20
_SHEET_ROWS_MAX: Final = 1_048_576
_SHEET_CELL_MAX: Final = 32_767
_SUFFIXES: Final = {
    ".csv": "csv", ".xlsx": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
    ".arrow": "arrow", ".feather": "arrow",
}  # fmt: skip
_QUOTES_HINT: Final = 'close the quote; inside a quoted cell write each `"` twice'
_NOTHING_READ: Final = "nothing was read; repair or export the file again"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that does not fit its table. The cells hold all of it; those past the header are `column_25` and so on."""

    cells: Mapping[str, str]
    file: str
    number: int
    problem: LineError


@dataclass(frozen=True, slots=True)
class RowFile:
    """The rows of a file, read while they are asked for.

    `columns` are those of the header; for JSON Lines the keys of the first object, to which later ones may add.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row | BadRow]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that got no answer: everything it held, and everything that is wrong with it."""

    cells: Mapping[str, str]
    file: str
    number: int
    problems: tuple[LineError, ...]


@dataclass(frozen=True, slots=True)
class LineFile:
    """The order lines of a file, in its order, and in their places the rows that are none."""

    columns: tuple[str, ...]
    lines: Iterator[Line | Reject]

    def __iter__(self) -> Iterator[Line | Reject]:
        return self.lines


def format_of(path: Path) -> str:
    """The format a file name stands for. Raises FileError GL0120 for an unknown suffix."""
    found = _SUFFIXES.get(path.suffix.lower())
    if found is None:
        given = f"`{path.suffix}` is no known format" if path.suffix else "the name has no suffix that says its format"
        hint = f"known are {', '.join(_SUFFIXES)}; a file with tabs or semicolons goes by .csv as well"
        raise FileError("GL0120", given, at=Place(str(path)), hint=hint)
    return found


def read_rows(path: Path, *, compulsory: Sequence[str] = COMPULSORY) -> RowFile:
    """Open a table and read its header; the rows follow while they are asked for.

    Raises FileError, here or (damage further down) while reading. If several hold, the first of these is reported:
    GL0120 missing or of no known format; GL0123 too large; GL0121 not UTF-8, or damaged; GL0122 a header that is empty,
    or names a column twice or not at all; GL0101 a compulsory column missing.

    A `BadRow` carries GL0113 more cells than the header; GL0111 an unclosed quote, a NUL, a row above the limit, the
    error of a formula; GL0124 no JSON object of plain values; or GL0101, because JSON Lines have no header, so that a
    missing key is a matter of its row.

    In CSV an apostrophe before `= + - @` or a tab is taken off: it says that this is text, see `write_table`.
    """
    readers: dict[str, Callable[[Path, Sequence[str]], RowFile]]
    readers = {"csv": _read_csv, "xlsx": _read_xlsx, "jsonl": _read_jsonl, "parquet": _read_parquet, "arrow": _read_arrow}
    reader = readers[format_of(path)]
    check_file(path)
    return reader(path, compulsory)


def read_lines(path: Path) -> LineFile:
    """Read order lines; what cannot be used comes as a `Reject`. Raises FileError as `read_rows` does.

    Of rows with the same `line_id` only the first is kept; the others are rejected (GL0109): an answer has one name.
    """
    table = read_rows(path)
    return LineFile(table.columns, _lines(table.rows))


def write_table(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, str]],
    *,
    format: str,
    sources: Iterable[Mapping[str, str]] = (),
    numbers: Collection[str] = NUMBERS,
    bom: bool = False,
    lean: bool = False,
) -> int:
    """Write a table, return how many rows it has. The same rows give the same bytes; a failure leaves the old file.

    CSV is UTF-8 with line feeds. A cell that a spreadsheet would take for a formula (it begins with `= + - @`, a tab or
    CR, and is no plain number) gets an apostrophe in front, as one would type it; `read_rows` takes it off again. `bom`
    is for spreadsheets that take UTF-8 for something else without it.

    XLSX has no formulas: cells are text, and in the columns of `numbers` a plain number of up to 15 digits is a number.
    `lean` writes a workbook row by row, without holding it: texts then stand in their cells and not in a table of texts.
    `sources` become its second sheet, in Parquet and Arrow an entry of the metadata, and are left out of CSV.

    Raises FileError GL0306 if the file cannot be written, or a sheet cannot hold it.
    """
    if format not in ("csv", "xlsx", "parquet", "arrow"):
        message, hint = f"`{format}` is no format of tables", "one of csv, xlsx, parquet, arrow"
        raise FileError("GL0306", message, at=Place(str(path)), hint=hint)
    with replacing(path) as draft:
        if format == "csv":
            return _write_csv(draft, columns, rows, bom=bom)
        if format in ("parquet", "arrow"):
            return _write_columns(draft, columns, rows, sources, format)
        return _write_xlsx(draft, columns, rows, sources, numbers=numbers, shown=str(path), lean=lean)


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all. Raises FileError GL0306."""
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="")


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines as they come, whole or not at all. Raises FileError GL0306."""
    with replacing(path) as draft, draft.open("x", encoding="utf-8", newline="") as handle:
        handle.writelines(lines)


def write_bytes(path: Path, raw: bytes) -> None:
    """Write a file, whole or not at all. Raises FileError GL0306."""
    with replacing(path) as draft:
        draft.write_bytes(raw)


def write_rejects(path: Path, rejects: Iterable[Reject], *, bom: bool = False) -> int:
    """Write rejected rows as CSV with all their cells and what is wrong with each; return how many.

    Put right, the file can be read again as it is: the `reject_` columns are then columns like any other, and if such a
    row is rejected once more, the former ones are kept under `before_reject_code` and so on.

    Raises FileError GL0306 if the file cannot be written.
    """
    with RejectPile() as pile:
        for one in rejects:
            pile.add(one)
        return pile.write(path, bom=bom)


class RejectPile:
    """Rejected rows put aside until all are known: the first few at hand, all of them in a file without a name.

    So many bad rows take no memory, and their columns are known before the first is written.
    """

    def __init__(self) -> None:
        self.first: list[Reject] = []
        self.count = 0
        self._given: dict[str, None] = {}
        self._file: IO[str] | None = None

    def __enter__(self) -> RejectPile:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def __len__(self) -> int:
        return self.count

    def add(self, reject: Reject) -> None:
        """Put one aside. Raises FileError GL0306 if there is no room for it."""
        self.count += 1
        if len(self.first) < _REJECTS_SHOWN:
            self.first.append(reject)
        self._given.update(dict.fromkeys(reject.cells))
        try:
            if self._file is None:
                self._file = TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115  closed by `__exit__`
            self._file.write(json.dumps([dict(reject.cells), _complaint(reject)]) + "\n")
        except OSError as error:
            hint = "make room in the folder for temporary files"
            raise FileError("GL0306", f"rejected rows cannot be put aside: {error.strerror}", hint=hint) from error

    def write(self, path: Path, *, bom: bool = False) -> int:
        """Write them as `write_rejects` says."""
        names = {name: f"before_{name}" if _TOLD.match(name) else name for name in self._given}
        return write_table(path, (*names.values(), *REJECT_COLUMNS), self._rows(names), format="csv", bom=bom)

    def _rows(self, names: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
        if self._file is None:
            return
        self._file.seek(0)
        for line in self._file:
            cells, complaint = json.loads(line)
            yield {names[name]: text for name, text in cells.items()} | complaint
        self._file.seek(0, os.SEEK_END)


def rows_about(path: Path, lines: int) -> int | None:
    """About how many rows a file of so many lines holds, for whoever waits; None where only reading it would tell."""
    kind = format_of(path)
    if kind == "parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415  takes 90 ms, so only if there is a Parquet file (docs/adr/0003)

        with pq.ParquetFile(str(path)) as file:
            return int(file.metadata.num_rows)
    return None if kind == "xlsx" else max(lines - (kind == "csv"), 0)


def write_rejects_of(path: Path, columns: Iterable[str], rejects: Iterable[Reject], *, bom: bool = False) -> int:
    """The same for rows that are kept elsewhere already; `columns` names every cell that any of them has."""
    names = {name: f"before_{name}" if _TOLD.match(name) else name for name in columns}
    rows = ({names[name]: text for name, text in one.cells.items()} | _complaint(one) for one in rejects)
    return write_table(path, (*names.values(), *REJECT_COLUMNS), rows, format="csv", bom=bom)


# ----------------------------------------------------------------------------------------------------------------------
# Lines


def _lines(rows: Iterable[Row | BadRow]) -> Iterator[Line | Reject]:
    seen: dict[str, int] = {}
    for row in rows:
        # Also the id of a rejected row counts: once that row is put right, the two would meet.
        line_id = row.cells.get("line_id", "").strip()
        first = seen.setdefault(line_id, row.number) if line_id else row.number
        yield read_row(row, first=first)


def read_row(row: Row | BadRow, *, first: int) -> Line | Reject:
    """A row as a line, or with all that is wrong with it; `first` is the number of the first row with its `line_id`."""
    line, problems = (None, (row.problem,)) if isinstance(row, BadRow) else read_line(row)
    if first != row.number:
        message = f"`{_short(row.cells.get('line_id', '').strip())}` stands already in row {first}"
        place = Place(row.file, row.number, "line_id")
        problems = (*problems, LineError("GL0109", message, at=place, hint="give each line an id of its own"))
    return Reject(row.cells, row.file, row.number, problems) if line is None or problems else line


_TOLD: Final = re.compile(rf"(?:before_)*(?:{'|'.join(REJECT_COLUMNS)})\Z")


def _complaint(reject: Reject) -> dict[str, str]:
    problems = reject.problems
    columns = [one.at.column or "" if one.at else "" for one in problems]
    told: tuple[Iterable[str], ...] = (
        (one.code for one in problems),
        columns if any(columns) else (),
        (one.message for one in problems),
        [one.hint for one in problems] if any(one.hint for one in problems) else (),
    )
    return dict(zip(REJECT_COLUMNS, (reject.file, str(reject.number), *map(" | ".join, told)), strict=True))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


# ----------------------------------------------------------------------------------------------------------------------
# What holds for every format


def check_file(path: Path, *, size_max: int | None = None) -> None:
    """Raises FileError: GL0120 for what cannot be opened, GL0123 for what is too large (None: to be read row by row)."""
    place, size_max = Place(str(path)), SIZE_MAX if size_max is None else size_max
    try:
        size = path.stat().st_size
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "is no ordinary file"
            raise FileError("GL0120", f"`{path.name}` {what}", at=place, hint="name a file")
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise FileError("GL0120", f"cannot be opened: {reason}", at=place, hint="check the name and your rights") from error
    if size > size_max:
        raise _too_large(size, place, size_max)


def _too_large(size: int, place: Place, size_max: int) -> FileError:
    return FileError("GL0123", f"{size} bytes, more than {size_max}", at=place, hint="split the file")


def damaged(path: Path, error: BaseException, kind: str) -> FileError:
    """The refusal of a file that is not what its name says."""
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return FileError("GL0121", f"not a sound {kind}: {_short(reason)}", at=Place(str(path)), hint=_NOTHING_READ)


def check_header(columns: Sequence[str], compulsory: Sequence[str], *, file: str, line: int | None) -> None:
    """Raises FileError: GL0122 for names that are missing, double or too long; GL0101 for compulsory ones not there."""
    place = Place(file, line)
    if not any(name.strip() for name in columns):
        raise FileError("GL0122", "the header is empty", at=place, hint="name the columns in the first row")
    if len(columns) > COLUMNS_MAX:
        raise FileError("GL0122", f"the header has {len(columns)} columns, more than {COLUMNS_MAX}", at=place)
    nameless = [str(at) for at, name in enumerate(columns, 1) if not name.strip()]
    if nameless:
        message = f"{_columns(len(nameless))} {', '.join(nameless[:20])} of the header without a name"
        raise FileError("GL0122", message, at=place, hint="name each column, or delete it with its delimiter")
    double = [name for name in dict.fromkeys(columns) if columns.count(name) > 1]
    if double:
        message = f"the header names {', '.join(f'`{_short(name)}`' for name in double[:20])} more than once"
        raise FileError("GL0122", message, at=Place(file, line, _short(double[0])), hint="rename or delete one of each")
    for name in columns:
        if len(name) > NAME_MAX or "\0" in name:
            what = "a NUL" if "\0" in name else f"more than {NAME_MAX} signs"
            raise FileError("GL0122", f"the column name `{_short(name)}` has {what}".replace("\0", "?"), at=place)
    _check_compulsory(columns, compulsory, place)


def _check_compulsory(columns: Sequence[str], compulsory: Sequence[str], place: Place) -> None:
    missing = [name for name in compulsory if name not in columns]
    if not missing:
        return
    near = [f"`{one}` to `{name}`" for name in missing if (one := _near(name, columns))]
    hint = f"names are matched exactly; rename {', '.join(near)}" if near else "add it to the header"
    verb = "is" if len(missing) == 1 else "are"
    message = f"the compulsory {_columns(len(missing))} {', '.join(f'`{name}`' for name in missing)} {verb} missing"
    raise FileError("GL0101", message, at=Place(place.file, place.line, missing[0]), hint=hint)


def _columns(count: int) -> str:
    return "column" if count == 1 else "columns"


def _near(wanted: str, columns: Sequence[str]) -> str | None:
    """The column that was probably meant: `Ship From` for `ship_from`."""
    plain = {re.sub(r"[\W_]+", "_", name.strip().lower()).strip("_"): name for name in columns if name not in COLUMNS}
    close = get_close_matches(wanted, plain, n=1, cutoff=0.8)
    return plain[close[0]] if close else None


def _fit(columns: Sequence[str], cells: list[str], file: str, number: int) -> Row | BadRow:
    """Lay cells under their columns; what the row does not fill is empty, what it has too much makes it a bad row."""
    if len(cells) <= len(columns):
        named = dict(zip(columns, cells, strict=False))
        for name in columns[len(cells) :]:
            named[name] = ""
        return sound(named, cells, file, number)
    message = f"the row has {len(cells)} cells, the header {len(columns)} columns"
    hint = "put a cell that holds the delimiter in quotes"
    return BadRow(_keep(columns, cells), file, number, LineError("GL0113", message, at=Place(file, number), hint=hint))


def sound(named: dict[str, str], cells: Iterable[str], file: str, number: int) -> Row | BadRow:
    """A row, bad if one of its cells holds a NUL."""
    if "\0" not in "".join(cells):
        return Row(named, file, number)
    column = next(name for name, text in named.items() if "\0" in text)
    problem = LineError("GL0111", "the cell holds a NUL", at=Place(file, number, column), hint="take it out")
    return BadRow(named, file, number, problem)


def _keep(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """All cells of a row under names; those that even a thousand columns do not hold are kept together in the last."""
    if len(cells) > COLUMNS_MAX:
        rest = cells[COLUMNS_MAX - 1 :]
        cells = [*cells[: COLUMNS_MAX - 1], _csv_row(rest).removesuffix("\n")]
    named = dict(zip(columns, cells, strict=False)) | dict.fromkeys(columns[len(cells) :], "")
    for number in range(len(columns), len(cells)):
        name = f"column_{number + 1}"
        while name in named:
            name += "_"
        named[name] = cells[number]
    return named


def _text(value: object) -> str:
    """A value of a workbook, JSON line or Parquet file as a person would have typed it. Raises ValueError if nested."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _plain(repr(value))
    if isinstance(value, int | Decimal):
        return _plain(str(value))
    if isinstance(value, datetime):
        # A day in a workbook or a data frame is a midnight without zone; an instant has one.
        whole_day = value.tzinfo is None and value.time() == time()
        return value.date().isoformat() if whole_day else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | tuple | dict | bytes):
        raise ValueError(f"a nested value ({type(value).__name__})")
    return str(value)


def _plain(number: str) -> str:
    """`8505111000.0` as `8505111000`, `1e-05` as `0.00001`; a number out of all measure is left as it is."""
    value = Decimal(number)
    if not value.is_finite() or abs(value.adjusted()) > 40:
        return number
    text = format(value, "f")
    if "." in text and ("e" in number.lower() or text.endswith(".0")):
        text = text.rstrip("0").rstrip(".")
    return text


# ----------------------------------------------------------------------------------------------------------------------
# Text files


def check_text(path: Path, seen: Callable[[bytes], None] | None = None) -> None:
    """Raises FileError: GL0121 for bytes that are not UTF-8, GL0123 for a line too long to hold in memory.

    The whole file is looked through before its first row is answered: half an answer is worse than none. `seen` is told of
    every piece of it.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, length = 1, 0
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            if seen is not None:
                seen(chunk)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise _not_utf8(path, line + error.object.count(b"\n", 0, error.start)) from error
            line += chunk.count(b"\n")
            last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            length = length + len(chunk) if last < 0 else len(chunk) - last
            if length > RECORD_MAX:
                raise FileError("GL0123", f"a line of more than {RECORD_MAX} bytes", at=Place(str(path), line), hint="split it")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _not_utf8(path, line) from error


def _not_utf8(path: Path, line: int | None) -> FileError:
    hint = "save it again as `CSV UTF-8`; the plain `CSV` of a spreadsheet is in the code page of the machine"
    return FileError("GL0121", "not UTF-8", at=Place(str(path), line), hint=hint)


def _text_lines(path: Path, newline: str) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig", newline=newline) as handle:
            yield from handle
    except (OSError, UnicodeDecodeError) as error:  # the file changed under our eyes
        raise damaged(path, error, "text file") from error


def _read_csv(path: Path, compulsory: Sequence[str]) -> RowFile:
    check_text(path)
    # The limit of the csv module holds for the whole process; it is only ever raised, and `TextLines` keeps ours.
    csv.field_size_limit(max(csv.field_size_limit(), RECORD_MAX))
    opened = open_csv(TextLines(_text_lines(path, newline="")), str(path), compulsory)
    return RowFile(opened.columns, _csv_rows(opened.records, opened.columns, str(path), opened.first + 1))


@dataclass(frozen=True, slots=True)
class CsvRecords:
    """A CSV file whose header is read: in which record it stands, and the records after it."""

    columns: tuple[str, ...]
    delimiter: str
    first: int
    records: Iterator[tuple[list[str], bool]]


def open_csv(lines: TextLines, file: str, compulsory: Sequence[str]) -> CsvRecords:
    """Read the header of a CSV file. Raises FileError GL0121, GL0122 or GL0101."""
    first, text = next(((number, text) for number, text in enumerate(lines, 1) if text.strip()), (1, ""))
    if "\0" in text:
        raise FileError("GL0121", "NUL bytes in the header", at=Place(file, first), hint="is it UTF-16? save it as UTF-8")
    lines.returned.append(text)
    delimiter = _delimiter(text)
    records = csv_records(lines, delimiter)
    header, broken = next(records, ([], False))
    if broken:
        raise FileError("GL0122", "a quote in the header is not closed", at=Place(file, first), hint=_QUOTES_HINT)
    columns = tuple(untyped(name) for name in header)
    check_header(columns, compulsory, file=file, line=first)
    return CsvRecords(columns, delimiter, first, records)


def _delimiter(header: str) -> str:
    """The delimiter under which the header names most columns we know, then most columns; the comma if in doubt."""

    def rank(delimiter: str) -> tuple[int, bool, int]:
        try:
            names, sound = next(csv.reader([header], delimiter=delimiter, strict=True)), True
        except csv.Error:
            names, sound = header.split(delimiter), False
        return len(set(names).intersection(COLUMNS)), sound, len(names)

    return max(",;\t", key=rank)


class TextLines:
    """The lines of a CSV file. Those of the record at hand are kept, to be given back if it turns out to be broken."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.returned: deque[str] = deque()
        self.record: list[str] = []
        self.size = 0

    def __iter__(self) -> TextLines:
        return self

    def __next__(self) -> str:
        line = self.returned.popleft() if self.returned else next(self.lines)
        self.record.append(line)
        self.size += len(line)
        if self.size > RECORD_MAX and len(self.record) > 1:
            raise csv.Error("a record above the limit")
        return line

    def begin(self) -> None:
        """The record before is done with."""
        self.record.clear()
        self.size = 0

    def give_back(self) -> str:
        """Return all lines of this record but the first, to be read again; the first is the answer."""
        self.returned.extendleft(reversed(self.record[1:]))
        return self.record[0]


def csv_records(lines: TextLines, delimiter: str) -> Iterator[tuple[list[str], bool]]:
    """The records of a CSV file, each with whether its quotes are broken; such a one is split at every delimiter.

    An unclosed quote swallows the lines after it, up to the next quote. Then only its own line is given up: those after
    it are read again, and are taken if they have as many cells as the header.
    """
    width: int | None = None
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin()
        doubtful = bool(lines.returned) and width is not None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield lines.give_back().rstrip("\r\n").split(delimiter), True
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            width = width or 0
            continue
        if doubtful and len(cells) != width and any(cells):
            yield lines.give_back().rstrip("\r\n").split(delimiter), True
            continue
        width = width or len(cells)
        yield cells, False


def _csv_rows(records: Iterable[tuple[list[str], bool]], columns: Sequence[str], file: str, first: int) -> Iterator[Row | BadRow]:
    for number, (cells, broken) in enumerate(records, first):
        row = csv_row(cells, columns, file, number, broken=broken)
        if row is not None:
            yield row


def csv_row(cells: list[str], columns: Sequence[str], file: str, number: int, *, broken: bool) -> Row | BadRow | None:
    """A record under its header; None for a blank one."""
    whole = "".join(cells)
    if not whole.strip():
        return None
    if len(cells) == len(columns) and not broken and "'" not in whole and "\0" not in whole:
        return Row(dict(zip(columns, cells, strict=True)), file, number)
    if broken:
        message = "a quote is not closed, or text follows it, so that the cells of the row cannot be told apart"
        problem = LineError("GL0111", message, at=Place(file, number), hint=_QUOTES_HINT)
        return BadRow(_keep(columns, cells), file, number, problem)
    return _fit(columns, [untyped(cell) for cell in cells] if "'" in whole else cells, file, number)


def _read_jsonl(path: Path, compulsory: Sequence[str]) -> RowFile:
    check_text(path)
    rows = _json_rows(path, compulsory)
    begin = next(rows, None)
    if begin is None:
        return RowFile((), iter(()))
    columns = tuple(begin.cells) if isinstance(begin, Row) else ()
    return RowFile(columns, chain((begin,), rows))


def _json_rows(path: Path, compulsory: Sequence[str]) -> Iterator[Row | BadRow]:
    file, known = str(path), set[str]()
    for number, raw in enumerate(_text_lines(path, newline="\n"), 1):
        line = raw.strip()
        if not line:
            continue
        cells: dict[str, str] = {}
        try:
            pairs = _decode(line)
            for name, value in pairs:
                cells[name] = _text(value)
            _check_object(pairs, cells, known)
            _check_compulsory(tuple(cells), compulsory, Place(file, number))
        except UnicodeEncodeError:
            cells = {JSON_LINE: line}
            problem = LineError("GL0111", "half of a surrogate pair", at=Place(file, number), hint="take out the lone `\\ud...`")
        except FileError as error:
            problem = LineError(error.code, error.message, at=error.at, hint=error.hint)
        except _TooMany as error:
            cells = {JSON_LINE: line}
            problem = LineError("GL0113", str(error), at=Place(file, number), hint="put rarely used values into one column")
        except (ValueError, RecursionError) as error:
            cells = {JSON_LINE: line}
            message = str(error) if isinstance(error, _NotFlat) else f"not JSON: {str(error).splitlines()[0]}"
            hint = 'write one object a line, of plain values: {"line_id": "L-1", "ship_from": "CN"}'
            problem = LineError("GL0124", message, at=Place(file, number), hint=hint)
        else:
            yield sound(cells, cells.values(), file, number)
            continue
        yield BadRow(cells, file, number, problem)


class _NotFlat(ValueError):
    """A JSON line that is no object of plain values."""


class _TooMany(ValueError):
    """More different keys than a table can have columns."""


class _Object(list[tuple[str, object]]):
    """The pairs of a JSON object, as written."""


def _number(text: str) -> str:
    return _plain(text) if "e" in text.lower() else text


def _no_constant(text: str) -> object:
    raise _NotFlat(f"`{text}` is no JSON value")


# Numbers are taken as they are written: `1.50` is not `1.5` to a person who compares the answer with the order.
_DECODER: Final = json.JSONDecoder(object_pairs_hook=_Object, parse_int=str, parse_float=_number, parse_constant=_no_constant)


def _decode(line: str) -> _Object:
    found = _DECODER.decode(line)
    if not isinstance(found, _Object):
        raise _NotFlat("not a JSON object")
    for name, value in found:
        if isinstance(value, list):
            raise _NotFlat(f"`{_short(name)}` holds a nested value")
    if "\\u" in line:
        for name, value in found:
            f"{name}{value}".encode()  # raises UnicodeEncodeError on half a surrogate pair
    return found


def _check_object(pairs: _Object, cells: Mapping[str, str], known: set[str]) -> None:
    if len(cells) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise _NotFlat(f"`{_short(double)}` is written twice")
    if known.issuperset(cells):
        return
    for name in cells:
        if not name.strip() or len(name) > NAME_MAX or "\0" in name:
            raise _NotFlat(f"a key that is empty, longer than {NAME_MAX} signs, or holds a NUL")
    if len(known.union(cells)) > COLUMNS_MAX:
        raise _TooMany(f"with this line the file has more than {COLUMNS_MAX} columns")
    known.update(cells)


# ----------------------------------------------------------------------------------------------------------------------
# Workbooks


def _read_xlsx(path: Path, compulsory: Sequence[str]) -> RowFile:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  read only if there is a workbook

    try:
        marks = _marked_cells(path)
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        left = sheet.start[1] if sheet.start else 0
        rows = enumerate(iter(sheet.iter_rows()), 1)
    except FileError:
        raise
    except Exception as error:  # calamine and zipfile have many ways to say that a file is none of theirs
        raise damaged(path, error, "workbook") from error
    first, header = next(((number, row) for number, row in rows if any(_text(cell).strip() for cell in row)), (1, []))
    columns = [_cell(value, "") for value in header]
    while columns and not columns[-1].strip():
        columns.pop()
    check_header(columns, compulsory, file=str(path), line=first)
    return RowFile(tuple(columns), _sheet_rows(rows, columns, marks, left, str(path)))


def _sheet_rows(
    rows: Iterable[tuple[int, Sequence[object]]], columns: Sequence[str], marks: Mapping[str, str], left: int, file: str
) -> Iterator[Row | BadRow]:
    for number, values in rows:
        kinds = [marks.get(f"{_letters(left + at)}{number}", "") for at in range(len(values))] if marks else [""] * len(values)
        cells = [_cell(value, kind) for value, kind in zip(values, kinds, strict=True)]
        while len(cells) > len(columns) and not cells[-1]:
            cells.pop()
        if not "".join(cells).strip():
            continue
        row = _fit(columns, cells, file, number)
        failed = next((at for at, kind in enumerate(kinds[: len(columns)]) if kind.startswith("#")), None)
        if isinstance(row, Row) and failed is not None and columns[failed] in COLUMNS:
            place = Place(file, number, columns[failed])
            problem = LineError("GL0111", f"the formula of the cell gives {kinds[failed]}", at=place, hint="repair the formula")
            row = BadRow(row.cells, file, number, problem)
        yield row


def _cell(value: object, kind: str) -> str:
    if kind.startswith("#"):
        return kind
    if isinstance(value, float):
        # A spreadsheet keeps 15 digits: the binary number behind 0.3 may be 0.30000000000000004.
        number = Decimal(format(value, ".15g"))
        return f"{_plain(f'{number * 100:e}')}%" if kind == "%" else _plain(f"{number:e}")
    return _text(value)


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        text = chr(65 + letter) + text
    return text


def _marked_cells(path: Path) -> dict[str, str]:
    """The cells of the first sheet whose value alone misleads: `%` for shares, `#N/A` and its like for failed formulas.

    Calamine gives 0.6 for a cell that shows 60%, and nothing for a formula that failed: the first would be read as
    0.6 %, the second as a fact nobody stated.
    """
    with zipfile.ZipFile(path) as box:
        unpacked = sum(entry.file_size for entry in box.infolist())
        if unpacked > SIZE_MAX:
            raise _too_large(unpacked, Place(str(path)), SIZE_MAX)
        names = set(box.namelist())
        shares = _share_styles(box.read("xl/styles.xml")) if "xl/styles.xml" in names else []
        with box.open(_first_sheet(box)) as handle:
            return dict(_marks(handle, shares))


def _share_styles(styles: bytes) -> list[int]:
    root = ElementTree.fromstring(styles)
    own = {one.get("numFmtId"): one.get("formatCode", "") for one in root.iterfind("{*}numFmts/{*}numFmt")}
    shares = {"9", "10", *(name for name, code in own.items() if "%" in re.sub(r'"[^"]*"|\\.', "", code))}
    return [at for at, xf in enumerate(root.iterfind("{*}cellXfs/{*}xf")) if xf.get("numFmtId") in shares]


def _first_sheet(box: zipfile.ZipFile) -> str:
    sheet = ElementTree.fromstring(box.read("xl/workbook.xml")).find("{*}sheets/{*}sheet")
    if sheet is None:
        raise ValueError("a workbook without sheets")
    wanted = next(value for name, value in sheet.attrib.items() if name.endswith("}id"))
    for link in ElementTree.fromstring(box.read("xl/_rels/workbook.xml.rels")):
        if link.get("Id") == wanted:
            target = link.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise ValueError("a workbook without its first sheet")


def _marks(handle: IO[bytes], shares: Sequence[int]) -> Iterator[tuple[str, str]]:
    styles = "|".join(map(str, shares)) or "-"
    cell_tag = rf"""<(?:\w+:)?c\s[^>]*?(?:\bs=["'](?:{styles})["']|\bt=["']e["'])[^>]*>"""
    shown = r"(?:<(?:\w+:)?f\b[^>]*>(?:[^<]*</(?:\w+:)?f>)?)?<(?:\w+:)?v>(#[^<]*)"
    wanted = re.compile(f"{cell_tag}(?:{shown})?".encode())
    name, failed = re.compile(rb"""\br=["']([A-Z]+\d+)["']"""), re.compile(rb"""\bt=["']e["']""")
    tail = b""
    while chunk := handle.read(_CHUNK) or tail:
        # Cut where a row ends, never within a cell; at the end of the file all that is left.
        text, end, rest = (tail + chunk).rpartition(b"row>") if chunk is not tail else (tail, b"", b"")
        if not end and len(rest) > RECORD_MAX:
            raise ValueError("a sheet with a row above the limit")
        tail = rest
        for cell in wanted.finditer(text):
            place = name.search(cell[0])
            if place:
                kind = (cell[1] or b"#ERROR!").decode(errors="replace") if failed.search(cell[0]) else "%"
                yield place[1].decode(), kind


# ----------------------------------------------------------------------------------------------------------------------
# Parquet and Arrow


def _read_parquet(path: Path, compulsory: Sequence[str]) -> RowFile:
    table = open_parquet(path)
    columns = check_columns(table.schema_arrow, path, compulsory)
    return RowFile(columns, _batch_rows(table.iter_batches(batch_size=_BATCH), table.close, columns, path, "Parquet"))


def _read_arrow(path: Path, compulsory: Sequence[str]) -> RowFile:
    schema, batches, close = open_arrow(path)
    columns = check_columns(schema, path, compulsory)
    return RowFile(columns, _batch_rows(batches, close, columns, path, "Arrow"))


def open_parquet(path: Path, dictionaries: Sequence[str] = ()) -> Any:
    """A Parquet file, the texts of some columns as dictionaries. Raises FileError GL0121."""
    import pyarrow as pa  # noqa: PLC0415  takes 90 ms, so only if there is a Parquet file (docs/adr/0003)
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        return pq.ParquetFile(str(path), read_dictionary=list(dictionaries) or None, buffer_size=_CHUNK)
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise damaged(path, error, "Parquet file") from error


def open_arrow(path: Path) -> tuple[Any, Iterator[Any], Callable[[], None]]:
    """The schema and the batches of an Arrow file or stream, and how to close it. Raises FileError GL0121."""
    import pyarrow as pa  # noqa: PLC0415  as above

    source = None
    try:
        source = pa.memory_map(str(path)) if path.stat().st_size else pa.BufferReader(b"")
        if source.read(6) == b"ARROW1":
            held = pa.ipc.open_file(source)
            return held.schema, (held.get_batch(at) for at in range(held.num_record_batches)), source.close
        source.seek(0)
        stream = pa.ipc.open_stream(source)
    except (OSError, ValueError, pa.ArrowException) as error:
        if source is not None:
            source.close()
        raise damaged(path, error, "Arrow file") from error
    return stream.schema, iter(stream), source.close


def check_columns(schema: Any, path: Path, compulsory: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns of a Parquet or Arrow file. Raises FileError GL0122, GL0101 or, for nested values, GL0121."""
    import pyarrow as pa  # noqa: PLC0415  read by then

    columns = tuple(schema.names)
    check_header(columns, compulsory, file=str(path), line=None)
    for field in schema:
        if pa.types.is_nested(field.type):
            place, hint = Place(str(path), None, field.name), "write it as text, several values with `;` between"
            raise FileError("GL0121", f"the column holds nested values ({_short(str(field.type))})", at=place, hint=hint)
    return columns


def _batch_rows(
    batches: Iterable[Any], close: Callable[[], None], columns: tuple[str, ...], path: Path, kind: str
) -> Iterator[Row | BadRow]:
    import pyarrow as pa  # noqa: PLC0415  read by then

    number, file = 0, str(path)
    try:
        for batch in batches:
            texts = [column_texts(batch.column(at)) for at in range(len(columns))]
            for cells in zip(*texts, strict=True):
                number += 1
                if "".join(cells).strip():
                    yield sound(dict(zip(columns, cells, strict=True)), cells, file, number)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise damaged(path, error, f"{kind} file after row {number}") from error
    finally:
        close()


def column_texts(column: Any) -> list[str]:
    """The cells of an Arrow column as texts. Raises ValueError or ArrowException for what cannot be one."""
    import pyarrow as pa  # noqa: PLC0415  read by then

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        column = column.cast(pa.binary()).cast(pa.string())  # text of old writers; refused if it is not UTF-8
    elif pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)  # Python knows no shorter ones
    try:
        values = column.to_pylist()
    except UnicodeDecodeError:
        raise
    except (
        ValueError,
        OverflowError,
        LookupError,
        pa.ArrowException,
    ):  # a year Python does not know, a zone nobody knows
        values = column.cast(pa.string()).to_pylist()
    if pa.types.is_float32(kind) or pa.types.is_float16(kind):
        return ["" if value is None else _single(value) for value in values]
    if None not in values and (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return list(values)
    return [_text(value) for value in values]


def _single(value: float) -> str:
    """The shortest text that gives the same number of 32 bits, so that 0.1 is not 0.10000000149011612."""
    for digits in range(1, 9):
        text = format(value, f".{digits}g")
        if struct.pack("<f", float(text)) == struct.pack("<f", value):
            return _plain(repr(float(text)))
    return _plain(repr(float(format(value, ".9g"))))


# ----------------------------------------------------------------------------------------------------------------------
# Writing


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A draft beside the target that takes its place if all goes well. Raises FileError GL0306."""
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".greenlane-{secrets.token_hex(6)}.tmp")
    try:
        if target.exists() and not target.is_file():
            raise OSError(errno.EINVAL, "it is a folder" if target.is_dir() else "it is no ordinary file")
        yield draft
        draft.replace(target)
    except (OSError, UnicodeEncodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        message = f"`{path}` cannot be written: {reason}"
        raise FileError("GL0306", message, at=Place(str(path)), hint="check the folder, your rights and the space left") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


# A number with its sign is no formula; everything else that begins like one gets an apostrophe.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_TYPED: Final = re.compile(r"'+[=+\-@\t\r]")
_SPECIAL: Final = re.compile(r"[,\"\r\n]")
# May a cell of a joined row need care? The set comes first, since it alone is searched for quickly.
_DELICATE: Final = re.compile(r"[\"\r\n=+\-@\t](?:(?<=[\"\r\n])|(?<![^,'].))")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?\Z")


def csv_header(columns: Sequence[str]) -> str:
    """The header of a table as CSV."""
    # Quoted where the reader might take a name for several: it looks for the delimiter in the header.
    doubtful = any(sign in name for name in columns for sign in ";\t")
    return ",".join(_quoted(_typed(name), always=doubtful) for name in columns) + "\n"


def csv_cell(cell: str) -> str:
    """A cell as CSV, safe from spreadsheets."""
    return _quoted(_typed(cell))


def _typed(cell: str) -> str:
    """A cell with an apostrophe in front, if a spreadsheet would take it for a formula or lose the one it has."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


def untyped(cell: str) -> str:
    """A cell without the apostrophe that says that it is text."""
    return cell[1:] if _TYPED.match(cell) else cell


def _write_csv(draft: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]], *, bom: bool) -> int:
    count, lines = -1, csv_lines(columns, rows)
    with draft.open("x", encoding="utf-8-sig" if bom else "utf-8", newline="") as handle:
        while some := list(islice(lines, _LINES_TOGETHER)):
            handle.write("".join(some))
            count += len(some)
    return count


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """A table as CSV, line by line, header first; as `write_table` writes it."""
    yield csv_header(columns)
    for row in rows:
        try:
            cells = [row[name] for name in columns]
        except KeyError:
            cells = [row.get(name, "") for name in columns]
        yield _csv_row(cells)


def _csv_row(cells: Sequence[str]) -> str:
    plain = ",".join(cells)
    if not plain and len(cells) == 1:
        return '""\n'  # a blank line would be no row
    if plain.count(",") == len(cells) - 1 and not _DELICATE.search(plain):
        return f"{plain}\n"
    return ",".join(map(csv_cell, cells)) + "\n"


def _quoted(cell: str, *, always: bool = False) -> str:
    return '"' + cell.replace('"', '""') + '"' if always or _SPECIAL.search(cell) else cell


def _write_columns(
    draft: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]], sources: Iterable[Mapping[str, str]], format: str
) -> int:
    import pyarrow as pa  # noqa: PLC0415  takes 90 ms, so only if there is a Parquet file (docs/adr/0003)
    import pyarrow.parquet as pq  # noqa: PLC0415

    notes = [dict(one) for one in sources]
    metadata = {"greenlane.sources": json.dumps(notes, ensure_ascii=False)} if notes else None
    schema = pa.schema([pa.field(name, pa.string()) for name in columns], metadata=metadata)
    count, left = 0, iter(rows)
    parquet = format == "parquet"
    writing = pq.ParquetWriter(str(draft), schema, compression="zstd") if parquet else pa.ipc.new_file(str(draft), schema)
    with writing as writer:
        while batch := list(islice(left, _BATCH)):
            texts = {name: [row.get(name, "") for row in batch] for name in columns}
            writer.write_table(pa.table(texts, schema=schema))
            count += len(batch)
    return count


def _write_xlsx(
    draft: Path,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, str]],
    sources: Iterable[Mapping[str, str]],
    *,
    numbers: Collection[str],
    shown: str,
    lean: bool,
) -> int:
    from xlsxwriter import Workbook  # noqa: PLC0415  read only if a workbook is wanted

    # In memory, and with a fixed day of creation: nothing in the file then comes from the clock (docs/adr/0004).
    held = io.BytesIO()
    with Workbook(held, {"constant_memory": True} if lean else {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2025, 1, 1)})  # noqa: DTZ001  the format has no zone
        count = _write_sheet(book, "lines", columns, rows, numbers=numbers, shown=shown)
        notes = list(sources)
        if notes:
            names = tuple(dict.fromkeys(chain.from_iterable(notes)))
            _write_sheet(book, "sources", names, notes, numbers=(), shown=shown)
    with draft.open("xb") as handle:
        handle.write(held.getbuffer())
    return count


def _write_sheet(
    book: Any,
    title: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, str]],
    *,
    numbers: Collection[str],
    shown: str,
) -> int:
    sheet = book.add_worksheet(title)
    formats: dict[int, Any] = {}
    bold, count = book.add_format({"bold": True}), 0
    for at, name in enumerate(columns):
        sheet.write_string(0, at, name, bold)
        sheet.set_column(at, at, min(max(len(name) + 4, 12), 40))
    for count, row in enumerate(rows, 1):
        if count == _SHEET_ROWS_MAX:
            raise _sheet_full(shown, f"more than {_SHEET_ROWS_MAX - 1} rows")
        for at, name in enumerate(columns):
            text = row.get(name, "")
            if name in numbers and _is_typed_number(text):
                places = len(text.partition(".")[2])
                if places not in formats:
                    formats[places] = book.add_format({"num_format": "0." + "0" * places if places else "0"})
                sheet.write_number(count, at, float(text), formats[places])
            elif len(text) > _SHEET_CELL_MAX:
                raise _sheet_full(shown, f"a cell of {len(text)} signs in row {count + 1}, column {name}")
            else:
                text.encode()  # half a surrogate pair would break the book while it is closed
                sheet.write_string(count, at, text)
    sheet.freeze_panes(1, 0)
    if columns:
        sheet.autofilter(0, 0, count, len(columns) - 1)
    return count


def _is_typed_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", text)) and sum(sign.isdigit() for sign in text) <= 15


def _sheet_full(shown: str, what: str) -> FileError:
    return FileError("GL0306", f"a workbook cannot hold {what}", at=Place(shown), hint="write csv or parquet instead")
