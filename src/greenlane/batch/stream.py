"""A table of any size, judged chunk by chunk: what is read ahead, what is being judged, what is written, in their order.

One thread reads, one judges, some write; between them there are never more than a few chunks, so that memory does not grow
with the file. Rows that do not read are read once more, whole, by whoever can say what is wrong with them.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any, Final, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from greenlane.batch.limits import unsound
from greenlane.terms.parties import ROLES

T = TypeVar("T")
AHEAD: Final = 2  # chunks that are read before they are asked for
_NAMED: Final = tuple(ROLES)


class Chunk(Protocol):
    """Some rows of a table: as they stand in it, as texts, and their numbers."""

    @property
    def given(self) -> Any:
        """The columns as they stand in the table."""

    @property
    def texts(self) -> Any:
        """The columns as texts."""

    @property
    def numbers(self) -> npt.NDArray[np.int64]:
        """The number of each row."""

    @property
    def bad(self) -> Mapping[int, Any]:
        """By place, the rows that do not fit their table."""

    @property
    def mark(self) -> Mapping[str, int]:
        """Where the next chunk begins."""


C = TypeVar("C", bound=Chunk)


@dataclass(frozen=True, slots=True)
class Looked(Generic[C]):
    """A chunk, its line ids (blank where there is none), and which rows must be read whole. Whoever reads ahead looks at once."""

    chunk: C
    ids: Any
    doubtful: npt.NDArray[np.bool_]


def look(chunks: Iterable[C], ids_of: Callable[[C], Any]) -> Iterator[Looked[C]]:
    """Look at chunks as they come."""
    for chunk in chunks:
        ids = ids_of(chunk)
        yield Looked(chunk, ids, unsound(chunk.texts) | pc.equal(ids, "").to_numpy(zero_copy_only=False))


@dataclass(frozen=True, slots=True)
class Judged:
    """What a chunk came to: its rows that read with their answers, and the others, refused by whoever reads rows whole."""

    given: Any
    texts: Any
    answers: Any
    rejects: tuple[Any, ...]
    mark: Mapping[str, int]
    rows: int
    totals: Mapping[str, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The hash of the answers, whatever they are written as."""
        return digest_of(self.answers)


def judge(
    looked: Looked[Any],
    decide: Callable[[Any], Any],
    refuse: Callable[[int, int], Any],
    repeats: Mapping[int, int],
    met: Callable[[Iterable[str]], None],
) -> Judged:
    """Judge a chunk.

    `decide` answers a batch of texts, a row for a row, with nulls for rows that do not read; `refuse` says of a row, by its place
    and the number of the first row with its id, what is wrong with it, or None. `met` is told of every party that is named before
    `decide` asks about it.
    """
    chunk, doubtful = looked.chunk, looked.doubtful.copy()
    for place in (*chunk.bad, *repeats):
        doubtful[place] = True
    given, texts = chunk.given, chunk.texts
    places = np.arange(len(chunk.numbers))
    if doubtful.any():
        keep = pa.array(~doubtful)
        same = given is texts
        given = given.filter(keep)
        texts = given if same else texts.filter(keep)
        places = places[~doubtful]
    met(named(texts))
    answers = decide(texts)
    reads = answers.column("verdict").is_valid()
    refused = np.flatnonzero(doubtful).tolist()
    if reads.false_count:
        silent = places[~reads.to_numpy(zero_copy_only=False)].tolist()
        refused = sorted([*refused, *silent])
        same = given is texts
        given, answers = given.filter(reads), answers.filter(reads)
        texts = given if same else texts.filter(reads)
    rejects = []
    for place in refused:
        reject = refuse(place, repeats.get(place, int(chunk.numbers[place])))
        if reject is None:
            raise AssertionError(f"row {int(chunk.numbers[place])} reads, and got no answer")
        rejects.append(reject)
    counted = pc.value_counts(answers.column("verdict").cast(pa.string()))
    totals = {one["values"].as_py(): one["counts"].as_py() for one in counted}
    return Judged(given, texts, answers, tuple(rejects), chunk.mark, len(chunk.numbers), totals)


def named(texts: Any) -> list[str]:
    """Every party that rows name in a role, once."""
    found: dict[str, None] = {}
    for role in _NAMED:
        if role in texts.schema.names:
            column = texts.column(role)
            distinct = column.unique()
            if pa.types.is_dictionary(distinct.type):
                distinct = distinct.dictionary_decode()
            found |= dict.fromkeys(text.strip() for text in distinct.to_pylist() if text and text.strip())
    return list(found)


def digest_of(answers: Any) -> str:
    """The hash of some answers: of the texts of each column, and of which row has which."""
    digest = hashlib.sha256()
    for name, told_column in zip(answers.schema.names, answers.columns, strict=True):
        column = told_column if pa.types.is_dictionary(told_column.type) else told_column.dictionary_encode()
        texts = [text or "" for text in column.dictionary.to_pylist()]
        rows = column.indices
        if rows.null_count:
            rows, texts = pc.fill_null(rows.cast(pa.int64()), len(texts)), [*texts, ""]
        texts, places = _in_their_order(texts, rows.to_numpy(zero_copy_only=False))
        digest.update(json.dumps([name, texts, len(places)], ensure_ascii=False).encode())
        digest.update(np.ascontiguousarray(places, "<u1" if len(texts) <= 256 else "<u4").tobytes())
    return digest.hexdigest()


def _in_their_order(texts: list[str], rows: npt.NDArray[Any]) -> tuple[list[str], npt.NDArray[Any]]:
    """Each text that occurs, once and in the order of texts, and which of them each row has."""
    used = np.bincount(rows, minlength=len(texts)) > 0
    if used.all() and all(one < two for one, two in pairwise(texts)):
        return texts, rows
    told = sorted({texts[one] for one in np.flatnonzero(used).tolist()})
    order = {text: at for at, text in enumerate(told)}
    return told, np.asarray([order.get(text, 0) for text in texts], np.int64)[rows]


def beside(judged: Judged, *, as_texts: bool = False, further: Mapping[str, str] | None = None) -> Any:
    """The rows with their answers beside them; a column of an answer's name keeps the user's as `input_...`."""
    given = judged.texts if as_texts else judged.given
    answers = dict(zip(judged.answers.schema.names, judged.answers.columns, strict=True))
    for name, text in (further or {}).items():
        answers[name] = pa.DictionaryArray.from_arrays(pa.array(np.zeros(given.num_rows, np.int32)), pa.array([text], pa.string()))
    names = [input_name(name, answers) for name in given.schema.names]
    return pa.RecordBatch.from_arrays([*map(_told_anew, given.columns), *answers.values()], names=[*names, *answers])


def _told_anew(column: Any) -> Any:
    """A column whose dictionary holds what occurs, in the order in which it does: not in that of rows read before these."""
    if not pa.types.is_dictionary(column.type):
        return column
    texts = column.dictionary.dictionary_encode()  # one number for a text that it holds twice, none for a null
    none = len(texts.dictionary)
    given = column.indices.cast(pa.int64()).fill_null(len(texts)) if column.indices.null_count else column.indices
    rows = given.to_numpy(zero_copy_only=False)
    if none < len(texts) or column.indices.null_count:
        number_of = np.append(texts.indices.fill_null(none).to_numpy(zero_copy_only=False), none).astype(np.int32)
        rows = number_of.take(rows)
    met = pa.array(rows).unique().to_numpy()
    order = met[met != none]
    place = np.zeros(none + 1, column.type.index_type.to_pandas_dtype())
    place[order] = np.arange(len(order))
    nulls = rows == none if none < len(texts) or column.indices.null_count else None
    return pa.DictionaryArray.from_arrays(
        pa.array(place.take(rows), mask=nulls), texts.dictionary.take(pa.array(order)), ordered=column.type.ordered
    )


def schema_beside(given: Any, answers: Any, further: Iterable[str], *, as_texts: bool) -> Any:
    """The schema of what `beside` makes of rows of a schema."""
    told = [*answers, *(pa.field(name, pa.dictionary(pa.int32(), pa.string())) for name in further)]
    names = {one.name for one in told}
    fields = [pa.field(input_name(one.name, names), pa.string() if as_texts else one.type) for one in given]
    return pa.schema([*fields, *told])


def input_name(name: str, answers: Iterable[str]) -> str:
    """What a column of the input is called beside the answers."""
    return f"input_{name}" if name in answers else name


# --- threads --------------------------------------------------------------------------------------------------------


@contextmanager
def ahead(items: Iterator[T], depth: int = AHEAD) -> Iterator[Iterator[T]]:
    """The same items, read by a thread of its own some steps ahead."""
    queue: Queue[tuple[T | None, BaseException | None]] = Queue(depth)
    stop = Event()

    def put(entry: tuple[T | None, BaseException | None]) -> bool:
        while not stop.is_set():
            try:
                queue.put(entry, timeout=0.1)
                return True
            except Full:
                continue
        return False

    def pull() -> None:
        try:
            for item in items:
                if not put((item, None)):
                    return
            put((None, None))
        except BaseException as error:  # told to whoever waits for the items
            put((None, error))
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()

    def told() -> Iterator[T]:
        while True:
            item, error = queue.get()
            if error is not None:
                raise error
            if item is None:
                return
            yield item

    thread = Thread(target=pull, name="reading ahead", daemon=True)
    thread.start()
    try:
        yield told()
    finally:
        stop.set()
        while thread.is_alive():
            try:
                queue.get_nowait()
            except Empty:
                thread.join(0.05)


def in_order(items: Iterable[T], work: Callable[[T], Any], workers: int) -> Iterator[tuple[T, Any]]:
    """Each item with what `work` makes of it, in their order; several are worked on at once, each by a thread."""
    waiting: deque[tuple[T, Future[Any]]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="writing") as pool:
        try:
            for item in items:
                waiting.append((item, pool.submit(work, item)))
                while waiting and (len(waiting) > workers or waiting[0][1].done()):
                    first, done = waiting.popleft()
                    yield first, done.result()
            while waiting:
                first, done = waiting.popleft()
                yield first, done.result()
        finally:
            for _, left in waiting:
                left.cancel()


def summed(many: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Totals of totals."""
    found: Counter[str] = Counter()
    for one in many:
        found.update(one)
    return dict(found)
