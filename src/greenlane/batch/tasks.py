"""What does one task of a cluster do with its share of a table? Batches of rows in, the same rows with their answers out.

Nothing here knows who hands out the tasks. A process that does many of them one after the other compiles the law once for each
question and keeps what it compiled. Every row comes out again: with an answer, or with what is wrong with it.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from greenlane.batch.columns import ANSWERS, decide_batch
from greenlane.batch.engine import Engine
from greenlane.batch.limits import unsound
from greenlane.batch.line_ids import Rising
from greenlane.batch.stream import input_name, named
from greenlane.decide.line import COLUMNS, Row
from greenlane.errors import FileError, LineError, Place, UsageError
from greenlane.law.facts import Identified
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked

ROWS: Final = 1 << 16  # rows judged at once
SIZE: Final = 1 << 26  # bytes of them, about
ENGINES_KEPT: Final = 2  # questions whose compiled law a process keeps
#: Columns beside those of the table: in which file a row stands, and its place in it (of a line of CSV: where its piece begins).
FILE, PLACE = "greenlane_file", "greenlane_place"
RULES: Final = ("rules_version", "rules_sha256")
REJECT: Final = ("reject_code", "reject_column", "reject_message", "reject_hint", "reject_whole")
REJECT_PLACE: Final = ("reject_file", "reject_row")
_ID_HINT: Final = "give each line an id of its own"
Numbers = npt.NDArray[np.int64]
First = tuple[str, int] | None  # a file and a row in it; None: no row of the table comes first


class Reader(Protocol):
    """Whoever knows how cells are read: the same for a cluster as for a file on this machine."""

    def texts(self, given: Any) -> Any:
        """The columns of a batch as texts."""

    def stripped(self, texts: Any) -> Any:
        """A plain column of texts without white space around them."""

    def split(self, lines: Sequence[str], columns: Sequence[str], delimiter: str, file: str, numbers: Numbers) -> tuple[Any, Any]:
        """Lines of CSV as columns of texts, and by place those that do not fit them. Raises FileError for a cell over two lines."""

    def blank(self, texts: Any) -> Any:
        """Of each row, whether all its cells are blank."""

    def refuse(self, row: Any, first: int) -> tuple[Sequence[LineError], Mapping[str, str]]:
        """What is wrong with a row (a `Row`, or what `split` made of it), and its cells; `first` has its line id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """All that a worker must know once: the law, the question, and what screening found of the parties that rows name.

    `silent` is what it found of all that are not in `parties`; None: they were not screened.
    """

    rules: RuleBase
    on: Asked
    known_by: Asked
    sides: tuple[str, ...]
    strict: bool
    parties: Mapping[str, Identified] = field(default_factory=dict)
    silent: Identified | None = None

    def identify(self, name: str) -> Identified | None:
        """What screening found of a party."""
        found = self.parties.get(name)
        if found is None and self.silent is not None and name:
            return replace(self.silent, name=name)
        return found

    def packed(self) -> bytes:
        """The job as bytes, without what only helps to answer it."""
        return pickle.dumps(replace(self, rules=self.rules.bare()), protocol=5)


class Sent(Protocol):
    """Bytes that every worker has."""

    @property
    def value(self) -> bytes:
        """The bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What the rows are: `lines`, the delimiter of a CSV file that comes line by line; `header`, the line its header stands in."""

    columns: tuple[str, ...]
    in_files: bool = False
    lines: str = ""
    header: int = 0
    shown: str = ""  # what a single file is called


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A job, and how the tasks do it. `key` names what is compiled; `begun` is told whenever a process compiles."""

    key: str
    program: str
    sent: Sent
    table: Table
    reader: Reader
    make: Callable[[Job], Engine]
    answers: tuple[str, ...] = ANSWERS
    begun: Callable[[int], Any] | None = None
    #: How many lines stand before each piece of a CSV file; and where each line id that repeats stands first.
    before: Mapping[int, int] = field(default_factory=dict)
    firsts: Mapping[str, First] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a table, in the order in which they came, and the piece of a file that they stand in.

    `numbers` are those of the file, or within the piece as long as nobody has counted what is before it; `counted` is how many
    rows of the piece were passed with these.
    """

    given: Any
    texts: Any
    file: str
    piece: int
    numbers: Numbers
    counted: int
    bad: Mapping[int, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def whole(self, place: int) -> Any:
        """A row with all its cells."""
        if place in self.bad:
            return self.bad[place]
        cells = {
            name: column[place].as_py() or "" for name, column in zip(self.texts.schema.names, self.texts.columns, strict=True)
        }
        return Row(cells, self.file, int(self.numbers[place]))


@cache
def program() -> str:
    """What of the program an answer depends on."""
    digest = hashlib.sha256()
    home = Path(__file__).parents[1]
    for path in sorted(one for room in ("batch", "decide", "law", "terms") for one in home.glob(f"{room}/*.py")):
        digest.update(f"{path.parent.name}/{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return f"{version('greenlane')} {digest.hexdigest()[:16]}"


def key_of(packed: bytes) -> str:
    """The name of what is compiled from a job: another law, question, program or finding about a party is another one."""
    return hashlib.sha256(f"{program()}\0".encode() + packed).hexdigest()


_engines: OrderedDict[str, Engine] = OrderedDict()


def engine_of(work: Work) -> Engine:
    """The compiled law of a job; made once in a process. Raises UsageError GL0311 in another program than that which asks."""
    found = _engines.get(work.key)
    if found is None:
        if work.program != program():
            message = f"this worker has greenlane {program()}, whoever asks has {work.program}"
            raise UsageError("GL0311", message, hint="install the same greenlane on every worker")
        while len(_engines) >= ENGINES_KEPT:
            _engines.popitem(last=False)
        found = _engines[work.key] = work.make(pickle.loads(work.sent.value))  # ours, from whoever asks
        if work.begun is not None:
            work.begun(1)
    _engines.move_to_end(work.key)
    return found


# --- answers ----------------------------------------------------------------------------------------------------------


def schema_of(given: Any, answers: Sequence[str], *, in_files: bool) -> Any:
    """The schema of what `answer` makes of rows of a schema: all columns it adds are texts, but for `reject_row`."""
    told = told_of(answers, in_files=in_files)
    fields = [pa.field(input_name(one.name, told), one.type) for one in given]
    return pa.schema([*fields, *(pa.field(name, pa.int64() if name == "reject_row" else pa.string()) for name in told)])


def told_of(answers: Sequence[str], *, in_files: bool) -> tuple[str, ...]:
    """The columns that come beside those of the input."""
    return (*answers, *RULES, *REJECT, *(REJECT_PLACE if in_files else ()))


def answer(work: Work, batches: Iterable[Any]) -> Iterator[Any]:
    """Every row of some batches with its answer beside it, or with what is wrong with it."""
    engine: Engine | None = None
    for rows in rows_of(work, batches):
        engine = engine or engine_of(work)
        yield answered(work, engine, rows)


def answered(work: Work, engine: Engine, rows: Rows) -> Any:
    """Rows with what they come to."""
    count, texts = len(rows), rows.texts
    ids = ids_of(work, rows)
    repeats = _repeats(work, rows, ids)
    doubtful = unsound(texts) | pc.equal(ids, "").to_numpy(zero_copy_only=False)
    for place in (*rows.bad, *repeats):
        doubtful[place] = True
    kept = np.flatnonzero(~doubtful)
    read = texts.select([name for name in texts.schema.names if name in COLUMNS])
    told = decide_batch(engine, read if len(kept) == count else read.take(pa.array(kept)))
    reads = told.column("verdict").is_valid().to_numpy(zero_copy_only=False)
    place_of = np.full(count, -1, np.int64)
    place_of[kept] = np.where(reads, np.arange(len(kept)), -1)
    refused, at = np.flatnonzero(place_of < 0), _places(place_of)
    columns: dict[str, Any] = {}
    for name in work.answers:
        column = told.column(name)
        column = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        columns[name] = column if not len(refused) else column.take(at)
    for name, text in zip(RULES, (engine.rules.version, engine.rules.sha256), strict=True):
        columns[name] = pa.array([text], pa.string()).take(_places(np.where(place_of < 0, -1, 0)))
    columns |= _complaints(work, rows, refused, repeats)
    names = [input_name(name, columns) for name in rows.given.schema.names]
    return pa.RecordBatch.from_arrays([*rows.given.columns, *columns.values()], names=[*names, *columns])


def _places(places: Numbers) -> Any:
    """Places to take rows from; null below zero."""
    return pa.array(places, pa.int64(), mask=places < 0)


def _complaints(work: Work, rows: Rows, refused: Numbers, repeats: Mapping[int, First]) -> dict[str, Any]:
    """What is wrong with each row that has no answer; several problems of one are kept apart by ` | `, as in a reject file."""
    told: dict[str, list[str | None]] = {name: [] for name in REJECT}
    for place in refused.tolist():
        problems, cells = _refuse(work, rows, place, repeats)
        in_columns = [one.at.column or "" if one.at else "" for one in problems]
        told["reject_code"].append(" | ".join(one.code for one in problems))
        told["reject_column"].append(" | ".join(in_columns) if any(in_columns) else "")
        told["reject_message"].append(" | ".join(one.message for one in problems))
        told["reject_hint"].append(" | ".join(one.hint for one in problems) if any(one.hint for one in problems) else "")
        told["reject_whole"].append(_whole(cells, rows.file, int(rows.numbers[place]), problems))
    which = np.full(len(rows), -1, np.int64)
    which[refused] = np.arange(len(refused))
    at = _places(which)
    found = {name: pa.array(texts, pa.string()).take(at) for name, texts in told.items()}
    if work.table.in_files:
        found["reject_file"] = pa.array([rows.file], pa.string()).take(_places(np.where(which < 0, -1, 0)))
        found["reject_row"] = pa.array(rows.numbers, pa.int64(), mask=which < 0)
    return found


def _whole(cells: Mapping[str, str], file: str, number: int, problems: Sequence[LineError]) -> str:
    """A row that has no answer, with all its cells, as JSON."""
    told = [
        [one.code, one.message, one.hint, None if one.at is None else [one.at.file, one.at.line, one.at.column]] for one in problems
    ]
    return json.dumps({"cells": dict(cells), "file": file, "number": number, "problems": told}, ensure_ascii=False)


def _refuse(work: Work, rows: Rows, place: int, repeats: Mapping[int, First]) -> tuple[Sequence[LineError], Mapping[str, str]]:
    row, number = rows.whole(place), int(rows.numbers[place])
    first = repeats.get(place)
    here = first is not None and first[0] == rows.file
    problems, cells = work.reader.refuse(row, first[1] if first is not None and here else number)
    if place in repeats and not here:
        where = f"row {first[1]} of {first[0]}" if first is not None else "another row of the table, which has no order"
        line_id = ids_of(work, rows)[place].as_py()
        message = f"`{line_id if len(line_id) <= 60 else line_id[:57] + '...'}` stands already in {where}"
        problems = [*problems, LineError("GL0109", message, at=Place(rows.file, number, "line_id"), hint=_ID_HINT)]
    if not problems:
        raise AssertionError(f"row {number} reads, and got no answer")
    return problems, cells


def _repeats(work: Work, rows: Rows, ids: Any) -> dict[int, First]:
    """By place, the rows whose id stands in another row before, and where; None if no row of the table comes first."""
    if not work.firsts:
        return {}
    met = pc.is_in(ids, value_set=pa.array(list(work.firsts), pa.string())).to_numpy(zero_copy_only=False)
    found = {place: work.firsts[ids[place].as_py()] for place in np.flatnonzero(met).tolist()}
    return {place: first for place, first in found.items() if first != (rows.file, int(rows.numbers[place]))}


def ids_of(work: Work, rows: Rows) -> Any:
    """The ids of some rows, without white space around them."""
    column = rows.texts.column("line_id")
    return work.reader.stripped(column.dictionary_decode() if pa.types.is_dictionary(column.type) else column)


# --- what must be known of the whole before ---------------------------------------------------------------------------

SURVEY: Final = pa.schema(
    [("kind", pa.string()), ("file", pa.string()), ("text", pa.string()), ("piece", pa.int64()), ("rows", pa.int64())]
)
IDS: Final = pa.schema([("line_id", pa.string()), ("file", pa.string()), ("number", pa.int64())])
NAME, PIECE = "name", "piece"


def survey(work: Work, batches: Iterable[Any]) -> Iterator[Any]:
    """What of some rows concerns all: the parties they name, each once; how many rows a piece has, and whether its ids rise."""
    names: dict[str, None] = {}
    pieces: dict[tuple[str, int], _Piece] = {}
    for rows in rows_of(work, batches):
        for name in named(rows.texts):
            names.setdefault(name)
        pieces.setdefault((rows.file, rows.piece), _Piece()).add(ids_of(work, rows), rows.counted)
    told = [(NAME, "", name, 0, 0) for name in names]
    told += [(PIECE, file, one.text(), piece, one.rows) for (file, piece), one in pieces.items()]
    for begin in range(0, len(told), ROWS):
        columns = zip(*told[begin : begin + ROWS], strict=True)
        yield pa.RecordBatch.from_arrays([pa.array(one, of.type) for one, of in zip(columns, SURVEY, strict=True)], schema=SURVEY)


def ids(work: Work, batches: Iterable[Any]) -> Iterator[Any]:
    """The id of every row that has one, and where it stands."""
    for rows in rows_of(work, batches):
        told = ids_of(work, rows)
        some = pc.not_equal(told, "")
        files = pa.array([rows.file], pa.string()).take(pa.array(np.zeros(len(rows), np.int64)))
        columns = [told, files, pa.array(rows.numbers, pa.int64())]
        yield pa.RecordBatch.from_arrays([one.filter(some) for one in columns], schema=IDS)


class _Piece:
    """What a piece of a file tells of itself: the first and the last id in it, and in which ways they rise between."""

    def __init__(self) -> None:
        self._rising = Rising()
        self._ends: list[str] = []
        self.rows = 0

    def add(self, some: Any, counted: int) -> None:
        """The next ids of it; so many rows were passed."""
        self.rows = max(self.rows, counted)
        some = some.filter(pc.not_equal(some, ""))
        if len(some):
            self._rising(some)
            self._ends = [*self._ends[:1], some[0].as_py(), some[-1].as_py()]
            self._ends = [self._ends[0], self._ends[-1]]

    def text(self) -> str:
        """All of that as a text."""
        return json.dumps([*self._rising.ways, *self._ends], ensure_ascii=False)


def do_rise(pieces: Iterable[tuple[str, int, str]]) -> bool:
    """Whether ids rise through all pieces of one file, in one way: then none repeats."""
    ordered = sorted(pieces)
    if len({file for file, _, _ in ordered}) > 1:
        return False
    whole, ways = Rising(), [True, True]
    for _, _, text in ordered:
        by_letters, by_length, *ends = json.loads(text)
        ways = [ways[0] and by_letters, ways[1] and by_length]
        whole(pa.array(dict.fromkeys(ends), pa.string()))
    return any(one and other for one, other in zip(ways, whole.ways, strict=True))


# --- rows -------------------------------------------------------------------------------------------------------------


def rows_of(work: Work, batches: Iterable[Any]) -> Iterator[Rows]:
    """The rows of some batches, some ten thousand at a time, those of one piece of a file together."""
    table = work.table
    passed: dict[int, int] = {}
    for batch in gathered(batches):
        if table.lines:
            for some in _cut(batch, batch.column(PLACE).to_numpy(), 0):
                yield _of_lines(work, some, passed)
        elif table.in_files:
            files = batch.column(FILE).dictionary_encode().indices.to_numpy()
            for part in _cut(batch, files, 0):
                for some in _cut(part, part.column(PLACE).to_numpy(), 1):
                    yield _of_file(work, some)
        else:
            given = batch.select(list(table.columns))
            yield Rows(given, _texts(work, given, "the table"), "the table", 0, np.zeros(len(batch), np.int64), 0)


def _of_file(work: Work, batch: Any) -> Rows:
    shown = work.table.shown or batch.column(FILE)[0].as_py()
    first = batch.column(PLACE)[0].as_py()
    given = batch.select(list(work.table.columns))
    numbers = np.arange(first + 1, first + len(batch) + 1)
    return _without_blank(work, Rows(given, _texts(work, given, shown), shown, first, numbers, first + len(batch)))


def _of_lines(work: Work, batch: Any, passed: dict[int, int]) -> Rows:
    """Lines of a CSV file as rows; blank ones count, and are passed over."""
    table, piece = work.table, batch.column(PLACE)[0].as_py()
    begun = passed.get(piece, 0)
    passed[piece] = begun + len(batch)
    lines = _texts(work, batch.select(["value"]), table.shown).column(0).to_pylist()
    numbers = np.arange(begun + 1, begun + len(batch) + 1) + (work.before[piece] if work.before else 0)
    skipped = table.header - begun if piece == 0 else 0
    some = [at for at, line in enumerate(lines) if at >= skipped and line.strip()]
    texts, bad = work.reader.split([lines[at] for at in some], table.columns, table.lines, table.shown, numbers[some])
    return _without_blank(work, Rows(texts, texts, table.shown, piece, numbers[some], passed[piece], bad))


def _texts(work: Work, given: Any, shown: str) -> Any:
    """The cells as texts. Nested columns are left out: no order line holds them."""
    plain = given.select([at for at, one in enumerate(given.schema) if not pa.types.is_nested(one.type)])
    for column in plain.columns:
        if pa.types.is_string(column.type):
            try:
                column.validate(full=True)
            except pa.ArrowInvalid as error:
                raise FileError("GL0121", "not UTF-8", at=Place(shown), hint="save it again as UTF-8") from error
    return work.reader.texts(plain)


def _without_blank(work: Work, rows: Rows) -> Rows:
    blank = work.reader.blank(rows.texts)
    if not blank.any():
        return rows
    keep, place = pa.array(~blank), np.cumsum(~blank) - 1
    bad = {int(place[at]): row for at, row in rows.bad.items()}
    return replace(rows, given=rows.given.filter(keep), texts=rows.texts.filter(keep), numbers=rows.numbers[~blank], bad=bad)


def _cut(batch: Any, numbers: Numbers, step: int) -> Iterator[Any]:
    """The batch where each number is the one before plus a step, piece by piece."""
    ends = [*(np.flatnonzero(np.diff(numbers) != step) + 1).tolist(), len(batch)]
    begin = 0
    for end in ends:
        if end > begin:
            yield batch.slice(begin, end - begin)
        begin = end


def gathered(batches: Iterable[Any]) -> Iterator[Any]:
    """Small batches put together, large ones cut."""
    held: list[Any] = []
    rows = size = 0
    for batch in batches:
        for begin in range(0, len(batch), ROWS):
            some = batch.slice(begin, ROWS)
            if held and (rows + len(some) > ROWS or size > SIZE):
                yield _joined(held)
                held, rows, size = [], 0, 0
            held.append(some)
            rows, size = rows + len(some), size + some.nbytes
    if held:
        yield _joined(held)


def _joined(held: list[Any]) -> Any:
    if len(held) == 1:
        return held[0]
    columns = [pa.concat_arrays([one.column(at) for one in held]) for at in range(held[0].num_columns)]
    return pa.RecordBatch.from_arrays(columns, schema=held[0].schema)
