"""Which rows repeat a line id? Exact, and in memory that does not grow with the rows that repeat none.

Ids that rise strictly from row to row repeat nothing; to see that takes the last one only. Otherwise each id becomes a number
of 64 bits, sorted in runs on disk. Ids that are equal have equal numbers, so if no number occurs twice nothing is repeated; those
with a number that does are compared letter by letter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

RUN: Final = 1 << 24  # numbers sorted in memory at once
COMPARED: Final = 1 << 21  # ids compared letter by letter at once
_LONG: Final = 64  # bytes of an id above which it is digested by itself
_MIX: Final = tuple(np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_SHIFT: Final = tuple(np.uint64(one) for one in (30, 27, 31))

Numbers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Ids = Iterable[tuple[Any, Numbers]]  # ids, plain texts without blanks around them, and the numbers of their rows


class Rising:
    """Whether the ids of a table rise strictly from row to row, by their letters or by their length and then their letters."""

    def __init__(self) -> None:
        self._last: str | None = None
        self._by_letters = self._by_length = True

    @property
    def ways(self) -> tuple[bool, bool]:
        """Whether all ids taken rose by their letters, and by their length and then their letters."""
        return self._by_letters, self._by_length

    def __call__(self, ids: Any) -> bool:
        """Take the next ids (blank ones do not count); whether all rose so far."""
        if not (self._by_letters or self._by_length):
            return False
        some = ids if self._last is None else pa.concat_arrays([pa.array([self._last], pa.string()), ids])
        lengths = pc.binary_length(some)
        if (named := pc.greater(lengths, 0)).false_count:
            some, lengths = some.filter(named), lengths.filter(named)
        if len(some) > 1:
            below = pc.less(some[:-1], some[1:])
            self._by_letters = self._by_letters and not below.false_count
            longer = pc.less(lengths[:-1], lengths[1:])
            same = pc.equal(lengths[:-1], lengths[1:])
            self._by_length = self._by_length and not pc.or_(longer, pc.and_(same, below)).false_count
        if len(some):
            self._last = some[-1].as_py()
        return self._by_letters or self._by_length


@dataclass(frozen=True, slots=True)
class Repeats:
    """The rows that repeat a line id, in their order, and for each the first row that has it."""

    rows: Numbers
    firsts: Numbers

    def among(self, numbers: Numbers) -> dict[int, int]:
        """Of some rows, by their places: those that repeat an id, with the number of the first row that has it."""
        if not len(numbers) or not len(self.rows):
            return {}
        begin, end = np.searchsorted(self.rows, (numbers[0], numbers[-1] + 1))
        places = np.searchsorted(numbers, self.rows[begin:end]).tolist()
        return dict(zip(places, self.firsts[begin:end].tolist(), strict=True))


NONE: Final = Repeats(np.zeros(0, np.int64), np.zeros(0, np.int64))


def find_repeats(read: Callable[[], Ids], folder: Path) -> Repeats:
    """The rows that repeat an id. `read` gives all ids from the first, as often as it is called; runs are kept in the folder."""
    rising = Rising()
    if all(rising(ids) for ids, _ in read()):
        return NONE
    repeated, counts = _repeated((hashes(_named(ids)[0]) for ids, _ in read()), folder)
    if not len(repeated):
        return NONE
    rows, firsts = [], []
    # So many ids at a time that they can be held; each time all are read again.
    shares = np.searchsorted(np.cumsum(counts), np.arange(0, int(counts.sum()), COMPARED), side="right")
    bounds = [*np.unique(shares).tolist(), len(repeated)]
    for begin, end in pairwise(bounds):
        some_rows, some_firsts = _compared(read(), repeated[begin:end])
        rows.append(some_rows)
        firsts.append(some_firsts)
    found, first = np.concatenate(rows), np.concatenate(firsts)
    order = np.argsort(found, kind="stable")
    return Repeats(found[order], first[order])


def _named(ids: Any, numbers: Any = None) -> tuple[Any, Any]:
    named = pc.not_equal(ids, "")
    if not named.false_count:
        return ids, numbers
    return ids.filter(named), None if numbers is None else numbers[named.to_numpy(zero_copy_only=False)]


def _compared(read: Ids, wanted: Hashes) -> tuple[Numbers, Numbers]:
    """Of the ids with these numbers, the rows that repeat one, and the rows that have it first."""
    first_of: dict[str, int] = {}
    rows, firsts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for all_ids, all_numbers in read:
        ids, numbers = _named(all_ids, all_numbers)
        told = hashes(ids)
        at = np.minimum(np.searchsorted(wanted, told), len(wanted) - 1)
        meets = wanted[at] == told
        if not meets.any():
            continue
        numbers, encoded = numbers[meets], ids.filter(pa.array(meets)).dictionary_encode()
        same = encoded.indices.to_numpy()
        _, begins = np.unique(same, return_index=True)
        met = zip(encoded.dictionary.to_pylist(), numbers[begins].tolist(), strict=True)
        first = np.asarray([first_of.setdefault(text, number) for text, number in met], np.int64)[same]
        repeats = first != numbers
        rows.append(numbers[repeats])
        firsts.append(first[repeats])
    return np.concatenate(rows), np.concatenate(firsts)


def _repeated(many: Iterable[Hashes], folder: Path) -> tuple[Hashes, Numbers]:
    """The numbers that occur more than once, sorted, and how often each does."""
    runs: list[Hashes] = []
    held: list[Hashes] = []
    count = 0
    try:
        for some in many:
            held.append(some)
            count += len(some)
            if count >= RUN:
                path = folder / f"ids-{len(runs)}"
                np.sort(np.concatenate(held)).tofile(path)
                runs.append(np.memmap(path, np.uint64, "r"))
                held, count = [], 0
        if count:
            runs.append(np.sort(np.concatenate(held)))
        found, often = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
        for some in _shares(runs):
            distinct, counts = np.unique(some, return_counts=True)
            found.append(distinct[counts > 1])
            often.append(counts[counts > 1])
        return np.concatenate(found), np.concatenate(often)
    finally:
        runs.clear()
        for path in folder.glob("ids-*"):
            path.unlink()


def _shares(runs: list[Hashes]) -> Iterator[Hashes]:
    """The numbers of all runs, a share at a time: each share holds all that lie between two bounds."""
    count = max(1, sum(map(len, runs)) // RUN * 4)
    bounds = [np.uint64(((1 << 64) * at) // count) for at in range(1, count)]
    places = [[0, *np.searchsorted(run, bounds).tolist(), len(run)] for run in runs]
    for share in range(count):
        yield np.concatenate([run[place[share] : place[share + 1]] for run, place in zip(runs, places, strict=True)])


def hashes(ids: Any) -> Hashes:
    """A number of 64 bits for each id; equal ids have equal numbers."""
    count = len(ids)
    found = np.zeros(count, np.uint64)
    if not count:
        return found
    _, offsets, data = ids.buffers()
    ends = np.frombuffer(offsets, np.int32)[ids.offset : ids.offset + count + 1]
    signs = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    lengths = np.diff(ends)
    for length in np.unique(lengths[lengths <= _LONG]).tolist():
        rows = np.flatnonzero(lengths == length)
        letters = np.zeros((len(rows), -(-length // 8) * 8), np.uint8)
        letters[:, :length] = signs[ends[rows][:, None] + np.arange(length)]
        told = _mixed(np.full(len(rows), length, np.uint64))
        for word in letters.view("<u8").T:
            told = _mixed(told ^ word)
        found[rows] = told
    for row in np.flatnonzero(lengths > _LONG).tolist():
        letters_of = signs[ends[row] : ends[row + 1]].tobytes()
        found[row] = int.from_bytes(hashlib.blake2b(letters_of, digest_size=8).digest(), "little")
    return found


def _mixed(told: Hashes) -> Hashes:
    told = told + _MIX[0]
    told = (told ^ (told >> _SHIFT[0])) * _MIX[1]
    told = (told ^ (told >> _SHIFT[1])) * _MIX[2]
    return told ^ (told >> _SHIFT[2])
