"""Does a journal hold what it says? The journal folded again, and held against what was kept of it.

The chain of hashes and the fold of the steps are two readings of the same entries, so a long journal is read by two processes.
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from greenlane.licences.events import START, Head, hash_after, read_entry
from greenlane.licences.ledger import Batch, Broken, CellKey, Ref, Row, State, posted_by, replay, write_state

PART = 5_000
ALONE_MAX = 100_000  # entries that one process reads before another has begun
PROBLEMS_MAX = 20


@dataclass(slots=True)
class Folded:
    """What follows from the entries of a journal."""

    head: Head = START
    states: dict[str, State] = field(default_factory=dict)
    refs: dict[str, Ref] = field(default_factory=dict)
    cells: dict[CellKey, list[int]] = field(default_factory=dict)
    seldom: list[tuple[str, int]] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        """Take in what a batch changed."""
        self.head = batch.head
        self.states.update(batch.states)
        for id, ref in batch.refs.items():
            if ref is None:
                self.refs.pop(id, None)
            else:
                self.refs[id] = ref
        for key, cell in batch.cells.items():
            kept = self.cells.get(key)
            if kept is None:
                self.cells[key] = list(cell)
                continue
            for place, change in enumerate(cell[:-2]):
                kept[place] += change
            kept[-1] = cell[-1]
        self.seldom += batch.seldom


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store keeps beside its entries, as plain values."""

    states: Mapping[str, tuple[str, str]]  # terms and state, as text
    refs: Mapping[str, Ref]
    cells: Mapping[CellKey, list[int]]
    seldom: frozenset[tuple[str, int]]


def fold(
    rows: Iterable[Row],
    posted: Callable[[str, int], Ref | None],
    *,
    hashes: bool = True,
    each: Callable[[list[Row], Batch], None] | None = None,
) -> Folded:
    """Fold entries from the first on; `each` is given every part of them. Raises Broken."""
    found = Folded()
    coming = iter(rows)
    collecting = gc.isenabled()
    gc.disable()  # millions of small values, none of which holds itself
    try:
        while part := list(islice(coming, PART)):
            try:
                find = _posted_first_in(part, posted)
                batch = replay(found.head, part, states=found.states, refs=found.refs, posted=find, hashes=hashes)
            except (ValueError, OverflowError) as error:
                raise Broken(part[0][0], f"an entry from {part[0][0]} to {part[-1][0]} does not read: {error}") from error
            found.add(batch)
            if each is not None:
                each(part, batch)
    finally:
        if collecting:
            gc.enable()
    return found


def _posted_first_in(part: list[Row], posted: Callable[[str, int], Ref | None]) -> Callable[[str, int], Ref | None]:
    """A use by its id, which may stand in the part that is being folded and nowhere else yet."""

    def find(id: str, before: int) -> Ref | None:
        for seq, key, text, _ in part:
            if seq < before and key in (id, f">{id}") and (ref := posted_by(read_entry(text))) is not None:
                return ref
        return posted(id, before)

    return find


def chain_problem(rows: Iterable[Row]) -> Broken | None:
    """The first entry whose hash is not that of its text after the entry before."""
    before, seq = START.sha256, 0
    for number, _, text, kept in rows:
        if number != seq + 1:
            return Broken(seq + 1, f"entry {seq + 1} is missing before entry {number}")
        if hash_after(before, text) != kept:
            return Broken(number, f"entry {number} does not match its hash")
        before, seq = kept, number
    return None


def problems(
    rows: Callable[[], Iterator[Row]],
    count: int,
    posted: Callable[[str, int], Ref | None],
    kept: Callable[[], Kept],
    *,
    file: Callable[[], Sequence[str]] = tuple,
) -> list[str]:
    """What is wrong with a journal of `count` entries, in words that name the entry; nothing if all holds.

    `file` says what is wrong with the file beneath it; like `rows` it may be asked by another process.
    """
    alone = count <= ALONE_MAX or sys.platform != "linux" or threading.active_count() > 1
    aside = None if alone else _Aside(rows, file)
    told = list(file()) if alone else []
    folded = None
    try:
        folded = fold(rows(), posted, hashes=aside is None)
    except Broken as broken:
        told.append(broken.why)
        first: Broken | None = broken
    else:
        first = None
    if aside is not None:
        chain, damage = aside.result()
        if chain is not None:
            if first is not None and first.seq == chain.seq:
                told.clear()
            told.append(chain.why)
        told[:0] = damage
    if folded is not None:
        told += islice(_differences(folded, kept()), PROBLEMS_MAX)
    return told


class _Aside:
    """The chain and the file, read by a process beside this one."""

    def __init__(self, rows: Callable[[], Iterator[Row]], file: Callable[[], Sequence[str]]) -> None:
        context = multiprocessing.get_context("fork")
        self._end, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_check_aside, args=(rows, file, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def result(self) -> tuple[Broken | None, Sequence[str]]:
        try:
            found, damage = self._end.recv()
        except EOFError:
            found, damage = (0, "the process that read the chain was stopped: ask again"), ()
        self._process.join()
        return None if found is None else Broken(*found), damage


def _check_aside(
    rows: Callable[[], Iterator[Row]], file: Callable[[], Sequence[str]], end: multiprocessing.connection.Connection
) -> None:
    gc.disable()
    try:
        damage = tuple(file())
        found = chain_problem(rows())
        end.send((None if found is None else (found.seq, found.why), damage))
    except Exception as error:
        end.send(((0, f"the chain cannot be read: {error}"), ()))


def _differences(folded: Folded, kept: Kept) -> Iterator[str]:
    """Where what is kept is not what follows from the entries."""
    for id in sorted(folded.states.keys() | kept.states.keys()):
        state = folded.states.get(id)
        if state is None or id not in kept.states:
            yield f"licence {id} is {'kept, but not in the entries' if state is None else 'in the entries, but not kept'}"
        elif kept.states[id] != (state.licence.text(), write_state(state)):
            yield f"the balance kept of licence {id} is not the one that follows from the entries"
    if folded.refs != kept.refs:
        odd = sorted(id for id in folded.refs.keys() | kept.refs.keys() if folded.refs.get(id) != kept.refs.get(id))
        yield f"what is kept of reservation {odd[0]} is not what follows from the entries ({len(odd)} such)"
    if folded.cells != kept.cells:
        odd_cells = sorted(key for key in folded.cells.keys() | kept.cells.keys() if folded.cells.get(key) != kept.cells.get(key))
        licence, line, day, booked_on = odd_cells[0]
        yield f"the sums kept of licence {licence}, line {line}, day {day}, booked on {booked_on}, are not those of the entries"
    if frozenset(folded.seldom) != kept.seldom:
        yield "the index of what is not plain use is not that of the entries"
