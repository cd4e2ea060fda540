"""Many order lines at a time: the rows of a table in chunks of Arrow columns, each cell the text that `tables` makes of it.

A chunk holds its columns twice: as they stand in the file, and as texts. Where chunks begin depends on the file alone, so that
whoever stopped after one can go on with the next: `after` takes the mark that a chunk carries.

    for chunk in open_batches(Path("orders.parquet")).chunks():
        print(chunk.texts.num_rows)
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from greenlane.decide.line import COMPULSORY, Row
from greenlane.errors import FileError, Place
from greenlane.feeds import tables
from greenlane.feeds.tables import BadRow, RowFile, TextLines

FILE_MAX: Final = 1 << 42  # bytes of a file that is read chunk by chunk
FORMATS: Final = ("csv", "parquet", "arrow", "xlsx")
_DENSE: Final = 6  # bytes a cell of a column takes in Parquet at most, for its texts to be few

Mark = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Cut:
    """How large chunks are: how many rows at most, about how many bytes (of Parquet: as it says of itself), and of text."""

    rows: int = 1 << 17
    size: int = 1 << 26
    text: int = 1 << 24


CUT: Final = Cut()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table, blank ones left out. `mark` says where the next chunk begins."""

    file: str
    given: Any
    texts: Any
    numbers: npt.NDArray[np.int64]
    mark: Mark
    bad: Mapping[int, BadRow] = field(default_factory=dict)  # by place: the rows that do not fit their table

    def __len__(self) -> int:
        return len(self.numbers)

    def whole(self, place: int) -> Row | BadRow:
        """A row with all its cells, as `tables` reads it."""
        if place in self.bad:
            return self.bad[place]
        cells = {name: self.texts.column(at)[place].as_py() or "" for at, name in enumerate(self.texts.schema.names)}
        return tables.sound(cells, cells.values(), self.file, int(self.numbers[place]))


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A table that is open: its columns as they are in the file, how many rows it says it has, its chunks."""

    schema: Any
    rows: int | None
    chunks: Callable[..., Iterator[Chunk]]  # of (after: Mark | None = None)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.schema.names)


def open_batches(
    path: Path, *, compulsory: Sequence[str] = COMPULSORY, only: Collection[str] | None = None, cut: Cut = CUT
) -> BatchFile:
    """Open a table and check its header; `only` names the columns wanted of one that was checked before.

    Raises FileError as `tables.read_rows` does; a file may be as large as the disk. A CSV file must be sound UTF-8: whoever
    asks looks it through before (`digest_of`).
    """
    kind = tables.format_of(path)
    if kind not in FORMATS:
        hint = f"known here: {', '.join(FORMATS)}"
        raise FileError("GL0120", f"{kind} is not read column by column", at=Place(str(path)), hint=hint)
    tables.check_file(path, size_max=tables.SIZE_MAX if kind == "xlsx" else FILE_MAX)
    if kind == "parquet":
        return _parquet(path, compulsory, only, cut)
    if kind == "arrow":
        return _arrow(path, compulsory, only, cut)
    if kind == "csv":
        return _csv(path, compulsory, only, cut)
    return _rows(path, compulsory, only, cut)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; text is looked through on the way. Raises FileError GL0120, GL0121, GL0123."""
    tables.check_file(path, size_max=FILE_MAX)
    digest = hashlib.sha256()
    if tables.format_of(path) in ("csv", "jsonl"):
        tables.check_text(path, digest.update)
    else:
        with path.open("rb") as handle:
            while piece := handle.read(1 << 20):
                digest.update(piece)
    return digest.hexdigest()


def has_more_rows(path: Path, than: int) -> bool:
    """Whether a table has more rows than a number, without reading all of it. Raises FileError."""
    kind = tables.format_of(path)
    if kind == "jsonl" or kind not in FORMATS:
        return False
    if kind == "csv":
        tables.check_file(path, size_max=FILE_MAX)
        with path.open("rb") as handle:
            count = 0
            while count <= than + 1 and (piece := handle.read(1 << 20)):
                count += piece.count(b"\n") or piece.count(b"\r")
        return count > than + 1
    if kind == "xlsx":
        rows = tables.read_rows(path).rows
        return any(number > than for number, _ in enumerate(rows, 1))
    known = open_batches(path).rows
    return known is not None and known > than


# ----------------------------------------------------------------------------------------------------------------------
# Columns


def texts_of(column: Any) -> Any:
    """An Arrow column as texts, plain or as a dictionary: the very cells that `tables` gives, each distinct one made once."""
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_dictionary(kind):
        if pa.types.is_string(kind.value_type):
            return column
        return pa.DictionaryArray.from_arrays(column.indices, texts_of_values(column.dictionary))
    bits = {pa.float16(): pa.int16(), pa.float32(): pa.int32(), pa.float64(): pa.int64()}.get(kind)
    try:
        # Floats by their bits: zero and minus zero are two cells.
        encoded = (column if bits is None else column.view(bits)).dictionary_encode()
    except pa.ArrowNotImplementedError:
        return texts_of_values(column)
    distinct = encoded.dictionary if bits is None else encoded.dictionary.view(kind)
    return pa.DictionaryArray.from_arrays(encoded.indices, texts_of_values(distinct))


def texts_of_values(values: Any) -> Any:
    """The same for a column that is no dictionary, cell by cell."""
    return pa.array(tables.column_texts(values), pa.string())


def blank_cells(column: Any) -> npt.NDArray[np.bool_]:
    """Of each cell of a plain column of texts, whether there is nothing in it but white space."""
    found = np.zeros(len(column), np.bool_)
    found[pc.fill_null(pc.equal(column, ""), True).to_numpy(zero_copy_only=False)] = True
    for place in np.flatnonzero(_edges(column) & ~found).tolist():
        found[place] = not (column[place].as_py() or "").strip()
    return found


def stripped(column: Any) -> Any:
    """A plain column of texts without white space around them, blank where there is none."""
    column = pc.fill_null(column, "")
    edges = _edges(column)
    if not edges.any():
        return column
    texts = column.to_pylist()
    for place in np.flatnonzero(edges).tolist():
        texts[place] = texts[place].strip()
    return pa.array(texts, pa.string())


def _edges(column: Any) -> npt.NDArray[np.bool_]:
    """Whether a text begins or ends with a sign that may be white space: a control sign, a blank, or none of ASCII."""
    _, offsets, data = column.buffers()
    count = len(column)
    if not count:
        return np.zeros(0, np.bool_)
    ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + count + 1]
    signs = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    last = len(signs) - 1
    first, final = signs[np.minimum(ends[:-1], last)], signs[np.clip(ends[1:] - 1, 0, last)]
    edges: npt.NDArray[np.bool_] = ((first <= 32) | (first >= 127) | (final <= 32) | (final >= 127)) & (ends[1:] > ends[:-1])
    return edges


def _chunk(
    file: str, given: Any, texts: Any, numbers: npt.NDArray[np.int64], mark: Mark, bad: Mapping[int, BadRow] | None = None
) -> Chunk:
    """A chunk without the blank rows."""
    blank = blank_rows(texts)
    if not blank.any():
        return Chunk(file, given, texts, numbers, mark, bad or {})
    keep = pa.array(~blank)
    place = np.cumsum(~blank) - 1
    moved = {int(place[at]): row for at, row in (bad or {}).items()}
    kept = given.filter(keep)
    return Chunk(file, kept, kept if texts is given else texts.filter(keep), numbers[~blank], mark, moved)


def blank_rows(texts: Any) -> npt.NDArray[np.bool_]:
    """Of each row of texts, whether all its cells are blank."""
    blank = np.ones(texts.num_rows, np.bool_)
    # The column that is hardly ever blank comes first, and with it the matter is mostly settled.
    for name in sorted(texts.schema.names, key="line_id".__ne__):
        column = texts.column(name)
        if not blank.any():
            break
        if pa.types.is_dictionary(column.type):
            of_text = np.append(blank_cells(column.dictionary), True)
            indices = pc.fill_null(column.indices.cast(pa.int64()), len(of_text) - 1).to_numpy(zero_copy_only=False)
            blank &= of_text[indices]
        else:
            blank &= blank_cells(column)
    return blank


def as_texts(given: Any) -> Any:
    """A batch with every column as texts."""
    columns = [texts_of(column) for column in given.columns]
    if all(one is two for one, two in zip(columns, given.columns, strict=True)):
        return given
    return pa.RecordBatch.from_arrays(columns, names=given.schema.names)


def _gathered(batches: Iterable[Any], schema: Any, rows: int, skip: int) -> Iterator[Any]:
    """Batches of so many rows each, whatever the file is cut into; the first `skip` rows left out."""
    held: list[Any] = []
    count = 0
    for whole in batches:
        batch = whole
        if skip:
            left_out = min(skip, batch.num_rows)
            skip, batch = skip - left_out, batch.slice(left_out)
        while batch.num_rows:
            take = min(rows - count, batch.num_rows)
            held.append(batch.slice(0, take))
            count, batch = count + take, batch.slice(take)
            if count == rows:
                yield _joined(held, schema)
                held, count = [], 0
    if held:
        yield _joined(held, schema)


def _joined(batches: list[Any], schema: Any) -> Any:
    if len(batches) == 1:
        return batches[0]
    columns = [pa.concat_arrays([one.column(at) for one in batches]) for at in range(len(schema))]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _batches_as_chunks(
    batches: Iterator[Any], schema: Any, rows: int, path: Path, kind: str, begin: int, skip: int, close: Callable[[], None]
) -> Iterator[Chunk]:
    """`begin` is the number of rows before the first batch, `skip` how many more are left out."""
    number = begin + skip
    try:
        for given in _gathered(batches, schema, rows, skip):
            count = given.num_rows
            numbers = np.arange(number + 1, number + count + 1)
            number += count
            yield _chunk(str(path), given, as_texts(given), numbers, {"row": number})
    except (OSError, ValueError, pa.ArrowException) as error:
        raise tables.damaged(path, error, f"{kind} file after row {number}") from error
    finally:
        close()


# ----------------------------------------------------------------------------------------------------------------------
# Parquet


def _parquet(path: Path, compulsory: Sequence[str], only: Collection[str] | None, cut: Cut) -> BatchFile:
    plain = tables.open_parquet(path)
    tables.check_columns(plain.schema_arrow, path, compulsory)
    schema, meta = plain.schema_arrow, plain.metadata
    few = [name for at, name in enumerate(schema.names) if pa.types.is_string(schema.field(at).type) and _is_dense(meta, at)]
    rows = min(cut.rows, *(max(1, cut.size * group.num_rows // max(1, group.total_byte_size)) for group in _groups(meta)), cut.rows)
    names = [name for name in schema.names if only is None or name in only]
    plain.close()
    table = tables.open_parquet(path, few)
    read = pa.schema([table.schema_arrow.field(name) for name in names])

    def chunks(after: Mark | None = None) -> Iterator[Chunk]:
        skip = 0 if after is None else after["row"]
        begin, first = 0, 0
        while first < meta.num_row_groups and begin + meta.row_group(first).num_rows <= skip:
            begin += meta.row_group(first).num_rows
            first += 1
        source = tables.open_parquet(path, few)
        # Group by group: read in one go, what was read stays in memory to the end.
        groups = (source.iter_batches(batch_size=rows, row_groups=[at], columns=names) for at in range(first, meta.num_row_groups))
        batches = chain.from_iterable(groups)
        return _batches_as_chunks(batches, read, rows, path, "Parquet", begin, skip - begin, source.close)

    return BatchFile(pa.schema([schema.field(name) for name in names]), meta.num_rows, chunks)


def _groups(meta: Any) -> list[Any]:
    return [meta.row_group(at) for at in range(meta.num_row_groups)]


def _is_dense(meta: Any, column: int) -> bool:
    """Whether the texts of a column are few: then they are read as a dictionary, and written so."""
    if not meta.num_row_groups:
        return True
    chunks = [meta.row_group(at).column(column) for at in range(min(3, meta.num_row_groups))]
    return all(one.has_dictionary_page and one.total_uncompressed_size <= _DENSE * max(1, one.num_values) for one in chunks)


# ----------------------------------------------------------------------------------------------------------------------
# Arrow


def _arrow(path: Path, compulsory: Sequence[str], only: Collection[str] | None, cut: Cut) -> BatchFile:
    schema, _, close = tables.open_arrow(path)
    close()
    tables.check_columns(schema, path, compulsory)
    names = [name for name in schema.names if only is None or name in only]
    read = pa.schema([schema.field(name) for name in names])

    def chunks(after: Mark | None = None) -> Iterator[Chunk]:
        _, batches, close = tables.open_arrow(path)
        some = (batch.select(names) for batch in batches)
        return _batches_as_chunks(some, read, cut.rows, path, "Arrow", 0, 0 if after is None else after["row"], close)

    return BatchFile(read, None, chunks)


# ----------------------------------------------------------------------------------------------------------------------
# Rows


def _rows(path: Path, compulsory: Sequence[str], only: Collection[str] | None, cut: Cut) -> BatchFile:
    """A table that is read row by row, whatever its format."""
    columns = tables.read_rows(path, compulsory=compulsory).columns
    schema = pa.schema([pa.field(name, pa.string()) for name in columns if only is None or name in only])

    def chunks(after: Mark | None = None) -> Iterator[Chunk]:
        opened: RowFile = tables.read_rows(path, compulsory=compulsory)
        skip = 0 if after is None else after["row"]
        held: list[Row | BadRow] = []
        for row in opened.rows:
            if row.number > skip:
                held.append(row)
            if len(held) == cut.rows:
                yield _of_rows(held, schema, str(path), {"row": held[-1].number})
                held = []
        if held:
            yield _of_rows(held, schema, str(path), {"row": held[-1].number})

    return BatchFile(schema, None, chunks)


def _of_rows(rows: Sequence[Row | BadRow], schema: Any, file: str, mark: Mark) -> Chunk:
    given = pa.RecordBatch.from_pydict({name: [row.cells.get(name, "") for row in rows] for name in schema.names}, schema=schema)
    bad = {at: row for at, row in enumerate(rows) if isinstance(row, BadRow)}
    return Chunk(file, given, given, np.asarray([row.number for row in rows], np.int64), mark, bad)


# ----------------------------------------------------------------------------------------------------------------------
# CSV


def _csv(path: Path, compulsory: Sequence[str], only: Collection[str] | None, cut: Cut) -> BatchFile:
    reader = _CsvReader(path, compulsory, only, cut)
    columns = reader.columns
    reader.close()
    schema = pa.schema([pa.field(name, pa.string()) for name in columns if only is None or name in only])

    def chunks(after: Mark | None = None) -> Iterator[Chunk]:
        again = _CsvReader(path, compulsory, only, cut)
        try:
            yield from again.chunks(schema, after)
        finally:
            again.close()

    return BatchFile(schema, None, chunks)


class _CsvReader:
    """A CSV file in blocks of whole lines.

    A block whose quotes, line ends and widths are beyond doubt is split by Arrow; any other record by record, as `tables` does it.
    """

    def __init__(self, path: Path, compulsory: Sequence[str], only: Collection[str] | None, cut: Cut) -> None:
        self.path, self.only, self.cut = path, only, cut
        self._handle: IO[bytes] = path.open("rb")
        self._rest = b""
        self._ended = False
        self.taken = 0  # bytes of the file that are in blocks taken
        self._held: deque[str] = deque()  # lines of the block at hand
        self._lines = TextLines(self._next_lines())
        head = self._handle.read(3)
        self._rest = b"" if head == b"\xef\xbb\xbf" else head
        self.taken = 3 - len(self._rest) if head == b"\xef\xbb\xbf" else 0
        csv.field_size_limit(max(csv.field_size_limit(), tables.RECORD_MAX))
        try:
            opened = tables.open_csv(self._lines, str(path), compulsory)
        except FileError:
            self.close()
            raise
        except UnicodeDecodeError as error:
            self.close()
            raise tables.damaged(path, error, "text file") from error
        self.columns, self.delimiter, self.first, self.records = opened.columns, opened.delimiter, opened.first, opened.records
        left = "".join(self._held).encode()
        self._held.clear()
        self._rest, self.taken = left + self._rest, self.taken - len(left)

    def close(self) -> None:
        """Close the file."""
        self._handle.close()

    def chunks(self, schema: Any, after: Mark | None) -> Iterator[Chunk]:
        """The chunks, one a block; the first holds what stands in the block of the header."""
        number = self.first + 1
        if after is not None:
            number = after["row"]
            self._handle.seek(after["byte"])
            self._rest, self._ended, self.taken = b"", False, after["byte"]
            self._held.clear()
            self._lines.returned.clear()
        try:
            while True:
                if not self._held and not self._lines.returned:
                    block = self._block()
                    if not block:
                        return
                    given = split_block(block, self.columns, self.delimiter, self.only)
                    if given is not None:
                        count = given.num_rows
                        mark = {"row": number + count, "byte": self.taken}
                        yield _chunk(str(self.path), given, given, np.arange(number, number + count), mark)
                        number += count
                        continue
                    self._hold(block)
                rows, number = self._slow(number)
                mark = {"row": number, "byte": self.taken}
                if rows:
                    yield _of_rows(rows, schema, str(self.path), mark)
        except (OSError, UnicodeDecodeError) as error:  # the file changed under our eyes
            raise tables.damaged(self.path, error, "text file") from error

    def _slow(self, number: int) -> tuple[list[Row | BadRow], int]:
        """The rows of the block at hand, record by record, and of as much more as the last of them takes."""
        rows: list[Row | BadRow] = []
        while self._held or self._lines.returned:
            found = next(self.records, None)
            if found is None:
                break
            cells, broken = found
            row = tables.csv_row(cells, self.columns, str(self.path), number, broken=broken)
            number += 1
            if row is not None:
                rows.append(row)
        return rows, number

    # --- blocks -----------------------------------------------------------------------------------------------------

    def _block(self) -> bytes:
        """The next bytes that end with a line, outside quotes if that can be told; none at the end."""
        want = self.cut.text
        while True:
            while len(self._rest) < want and not self._ended:
                piece = self._handle.read(max(1 << 20, want - len(self._rest)))
                self._ended = not piece
                self._rest += piece
            if self._ended and len(self._rest) <= want:
                block, self._rest = self._rest, b""
            else:
                at = _cut(self._rest[:want])
                if not at and want < tables.RECORD_MAX * 4:
                    want *= 2
                    continue
                at = at or want
                block, self._rest = self._rest[:at], self._rest[at:]
            self.taken += len(block)
            return block

    def _hold(self, block: bytes) -> None:
        self._held.extend(io.StringIO(block.decode(), newline=""))

    def _next_lines(self) -> Iterator[str]:
        while True:
            if not self._held:
                block = self._block()
                if not block:
                    return
                self._hold(block)
            yield self._held.popleft()


def split_block(block: bytes, names: Sequence[str], delimiter: str, only: Collection[str] | None = None) -> Any:
    """A block of plain records as columns of texts; None if there is any doubt about it."""
    if not _is_plain(block, delimiter):
        return None
    quotes = b'"' in block
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(block),
            read_options=arrow_csv.ReadOptions(column_names=list(names), block_size=len(block) + 1, encoding="utf8"),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if quotes else False,
                newlines_in_values=quotes,
                ignore_empty_lines=False,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                include_columns=[name for name in names if only is None or name in only],
            ),
        )
    except pa.ArrowException:
        return None
    columns = [column.combine_chunks() if column.num_chunks != 1 else column.chunk(0) for column in table.columns]
    return pa.RecordBatch.from_arrays(columns, names=table.schema.names)


_APOSTROPHE: Final = re.compile(rb"(?:\A|[,;\t\r\n\"])'+[=+\-@\t\r]")
_QUOTE, _FEED, _RETURN = 34, 10, 13


def _cut(block: bytes) -> int:
    """After which byte a block can be cut: the last end of a line outside quotes, if they tell."""
    at = max(block.rfind(b"\n"), block.rfind(b"\r", 0, len(block) - 1)) + 1
    if b'"' not in block:
        return at
    signs = np.frombuffer(block, np.uint8)
    quotes, feeds = np.flatnonzero(signs == _QUOTE), np.flatnonzero(signs == _FEED)
    outside = feeds[np.searchsorted(quotes, feeds) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else at


def _is_plain(block: bytes, delimiter: str) -> bool:
    """Whether every way to read a block splits it alike: no lone CR, NUL, blank line or apostrophe, no quote out of its place."""
    if b"\0" in block or b"\n\n" in block or b"\n\r\n" in block or block[:1] in (b"\n", b"\r", b"\xef"):
        return False
    if block.count(b"\r") != block.count(b"\r\n") or (b"'" in block and _APOSTROPHE.search(block)):
        return False
    if b'"' not in block:
        return True
    signs = np.frombuffer(b"\n" + block + b"\n", np.uint8)
    quotes = np.flatnonzero(signs == _QUOTE)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before, after = signs[opening - 1], signs[closing + 1]
    ends = (ord(delimiter), _FEED, _RETURN)
    # A quote within quotes is written twice: it closes, and opens again at once.
    opens = np.isin(before, ends) | np.append(False, closing[:-1] == opening[1:] - 1)
    closes = np.isin(after, ends) | np.append(closing[:-1] + 1 == opening[1:], False)
    return bool(opens.all() and closes.all())
