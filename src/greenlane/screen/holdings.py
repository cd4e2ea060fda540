"""Who holds how much of whom, from when to when, and since when that was known.

Shares are whole numbers of a millionth of a percent, so that sums are exact. A share may be a range: what is known lies between
its ends. Several rows of one owner and one firm are either readings of one holding or parts of it; nobody says which, so the pair
holds at least the largest of them and at most their sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from greenlane.errors import InputError, Place
from greenlane.terms.amounts import read_decimal, show

UNITS: Final = 1_000_000  # of one percent
FULL: Final = 100 * UNITS
ROUNDED: Final = UNITS // 10  # three thirds written 33.4 % are no mistake
_EVER: Final = 1 << 40
_WIDE: Final = 256  # frontiers from this size on are worked off in arrays
_ROWS_SHOWN: Final = 20
_FORMS: Final = re.compile(r"(?P<low>[^<>=–-]+)\s*[–-]\s*(?P<high>[^<>=–-]+)\Z")

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Range:
    """A share between two ends, both in, in millionths of a percent (0 to 100,000,000). Raises ValueError outside that."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= FULL:
            raise ValueError("a share lies between 0 % and 100 %, and its lower end comes first")

    @classmethod
    def of(cls, low: Decimal, high: Decimal | None = None) -> Range:
        """A share in percent, or all between two shares. Raises ValueError, also for more than six decimals."""
        return cls(_units(low), _units(low if high is None else high))

    @classmethod
    def read(cls, text: str) -> Range:
        """Read `60`, `60%`, `25-50%`, `>=50%`, `>50%`, `<25%`, `<=25%` or `unknown`. Raises ValueError.

        A bare number up to 1 is refused: spreadsheets write 60 % as 0.6, and nobody can tell that from 0.6 %.
        """
        return _read_range(text.strip())

    def __str__(self) -> str:
        if self == UNKNOWN:
            return "share not known"
        low, high = percent(self.low), percent(self.high)
        return f"{low} %" if self.low == self.high else f"{low} to {high} %"


UNKNOWN: Final = Range(0, FULL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """That `owner` holds a share of `owned`, or is said to control it (`control`; then the share is what else is known).

    From `start` (in) to `end` (out), known since `known_since`; a day that is not given is: always, still, since it began.
    Raises ValueError if it ends before it begins, or a firm would own itself.
    """

    owner: str
    owned: str
    share: Range = UNKNOWN
    control: bool = False
    start: date | None = None
    end: date | None = None
    known_since: date | None = None
    source: str = ""
    at: Place | None = None

    def __post_init__(self) -> None:
        if self.owner == self.owned:
            raise ValueError(f"`{self.owner}` would own itself")
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError("the holding ends before it begins")

    def __str__(self) -> str:
        what = "controls" if self.control else "holds"
        share = "" if self.control and self.share == UNKNOWN else f" {self.share} of"
        days = f", from {self.start or 'ever'} until {self.end}" if self.end else f", since {self.start}" if self.start else ""
        told = f", {self.source}" if self.source else ""
        return f"{self.owner} {what}{share} {self.owned}{days}{told}"


class OverfullError(InputError):
    """The shares of one firm add up to more than 100 % on a day; names the rows."""


@dataclass(frozen=True, slots=True)
class Graph:
    """All holdings, as arrays; `on` gives those that stand on a day."""

    edges: tuple[Edge, ...]
    names: tuple[str, ...]
    index: dict[str, int]
    owner: Ints
    owned: Ints
    low: Ints
    high: Ints
    control: Flags
    start: Ints
    end: Ints
    known: Ints

    @classmethod
    def of(cls, edges: Iterable[Edge]) -> Graph:
        """Gather edges; their order does not matter for any answer."""
        kept = tuple(edges)
        index: dict[str, int] = {}
        owner = _array([index.setdefault(one.owner, len(index)) for one in kept])
        owned = _array([index.setdefault(one.owned, len(index)) for one in kept])
        start = _array([0 if one.start is None else one.start.toordinal() for one in kept])
        return cls(
            edges=kept,
            names=tuple(index),
            index=index,
            owner=owner,
            owned=owned,
            low=_array([one.share.low for one in kept]),
            high=_array([one.share.high for one in kept]),
            control=np.array([one.control for one in kept], dtype=np.bool_),
            start=start,
            end=_array([_EVER if one.end is None else one.end.toordinal() for one in kept]),
            known=_array([0 if one.known_since is None else one.known_since.toordinal() for one in kept]),
        )

    def on(self, day: date, known_by: date) -> Holdings:
        """The holdings that stand on a day, from the rows known by another.

        A row without `known_since` counts as known since it began.
        """
        at, by = day.toordinal(), known_by.toordinal()
        since = np.where(self.known > 0, self.known, self.start)
        rows = np.flatnonzero((self.start <= at) & (at < self.end) & (since <= by))
        key = self.owned[rows] * np.int64(max(len(self.names), 1)) + self.owner[rows]
        order = np.argsort(key, kind="stable")
        rows, key = rows[order], key[order]
        first = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if rows.size else np.zeros(0, np.int64)
        bare = self.control[rows] & (self.low[rows] == 0) & (self.high[rows] == FULL)  # says nothing of the share
        low, high = self.low[rows], np.where(bare, 0, self.high[rows])
        pair_high = np.minimum(np.add.reduceat(high, first), FULL) if rows.size else low
        stated = np.add.reduceat((~bare).astype(np.int64), first) > 0 if rows.size else bare
        return Holdings(
            graph=self,
            rows=rows,
            first=first.astype(np.int64),
            owner=self.owner[rows[first]],
            owned=self.owned[rows[first]],
            low=np.maximum.reduceat(low, first) if rows.size else low,
            high=np.where(stated, pair_high, FULL),
            control=np.logical_or.reduceat(self.control[rows], first) if rows.size else bare,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Which firms are reached from some seeds: `rank` is the round (0 a seed, -1 not reached), `sums` what members hold of each."""

    rank: Ints
    sums: Ints

    def has(self, node: int) -> bool:
        """Whether a firm is reached, or a seed."""
        return bool(self.rank[node] >= 0)


class Holdings:
    """The holdings of one day, one entry for each owner and firm: `low` and `high` in millionths of a percent."""

    __slots__ = ("_in", "_out", "_out_at", "control", "first", "graph", "high", "low", "owned", "owner", "rows")

    def __init__(
        self,
        *,
        graph: Graph,
        rows: Ints,
        first: Ints,
        owner: Ints,
        owned: Ints,
        low: Ints,
        high: Ints,
        control: Flags,
    ) -> None:
        self.graph, self.rows, self.first = graph, rows, first
        self.owner, self.owned, self.low, self.high, self.control = owner, owned, low, high, control
        nodes = np.arange(len(graph.names) + 1)
        self._in = np.searchsorted(owned, nodes)  # pairs are in the order of the firm owned
        self._out = np.argsort(owner, kind="stable").astype(np.int64)
        self._out_at = np.searchsorted(owner[self._out], nodes)

    def into(self, node: int) -> range:
        """The pairs in which a firm is owned."""
        return range(int(self._in[node]), int(self._in[node + 1]))

    def edges(self, pair: int) -> tuple[Edge, ...]:
        """The rows behind a pair."""
        stop = self.first[pair + 1] if pair + 1 < self.first.size else self.rows.size
        return tuple(self.graph.edges[row] for row in sorted(self.rows[self.first[pair] : stop].tolist()))

    def named(self) -> tuple[Ints, Flags]:
        """How much of each firm is certainly in the hands of the owners named, and whether any is named."""
        total = np.bincount(self.owned, weights=self.low, minlength=len(self.graph.names)).astype(np.int64)
        return total, self._in[1:] > self._in[:-1]

    def overfull(self) -> frozenset[int]:
        """The firms whose shares add up to more than 100 %; a tenth of a percent is taken for rounding."""
        return frozenset(np.flatnonzero(self.named()[0] > FULL + ROUNDED).tolist())

    def overfull_error(self, node: int) -> OverfullError:
        """The error for a firm whose shares add up to more than 100 %, with the rows."""
        total = sum(int(self.low[pair]) for pair in self.into(node))
        rows = [edge for pair in self.into(node) for edge in self.edges(pair) if edge.share.low]
        told = "; ".join(f"{edge} ({edge.at})" if edge.at else str(edge) for edge in rows[:_ROWS_SHOWN])
        more = f"; and {len(rows) - _ROWS_SHOWN} more" if len(rows) > _ROWS_SHOWN else ""
        message = f"the owners of `{self.graph.names[node]}` hold {percent(total)} % together: {told}{more}"
        hint = "end the holding that was sold (`until`), or mend the share that is wrong"
        return OverfullError("GL0125", message, at=rows[0].at, hint=hint)

    def upstream(self, node: int) -> list[int]:
        """The firm and all its owners, near and far, through any share."""
        found = {node: None}
        todo = [node]
        while todo:
            for pair in self.into(todo.pop()):
                owner = int(self.owner[pair])
                if owner not in found:
                    found[owner] = None
                    todo.append(owner)
        return list(found)

    def spread(self, seeds: Ints, weight: Ints, need: int, *, add: bool, chain: bool, begin: Ints | None = None) -> Spread:
        """The least set that holds the seeds and every firm of which members hold `need`, round by round.

        `weight`: what each pair counts. `add`: the members' shares add up; else one alone must hold enough. `chain`: what is
        reached counts as a member in turn. `begin`: what is already held of each firm by members that are no node. A circle of
        firms that only hold one another is not reached, because nothing begins it.
        """
        rank = np.full(len(self.graph.names), -1, dtype=np.int64)
        sums = np.zeros(len(self.graph.names), dtype=np.int64) if begin is None else begin.copy()
        rank[seeds] = 0
        frontier, turn = np.unique(seeds), 0
        while frontier.size and (chain or turn == 0):
            if frontier.size >= _WIDE or not chain:
                turn += 1
                frontier = self._wide(frontier, rank, sums, weight, need, add=add)
                rank[frontier] = turn
            else:
                frontier, turn = self._narrow(frontier, turn, rank, sums, weight, need, add=add)
        return Spread(rank=rank, sums=sums)

    def _wide(self, frontier: Ints, rank: Ints, sums: Ints, weight: Ints, need: int, *, add: bool) -> Ints:
        """One round, in arrays."""
        begins, counts = self._out_at[frontier], self._out_at[frontier + 1] - self._out_at[frontier]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        pairs = self._out[np.repeat(begins, counts) + within]
        held, part = self.owned[pairs], weight[pairs]
        np.add.at(sums, held, part)
        enough = sums[held] >= need if add else part >= need
        return np.unique(held[enough & (rank[held] < 0)])

    def _narrow(self, frontier: Ints, turn: int, rank: Ints, sums: Ints, weight: Ints, need: int, *, add: bool) -> tuple[Ints, int]:
        """Rounds one firm after the other, while they are small: a chain of a million links has a million rounds."""
        out_at, out, owned, parts = self._out_at.data, self._out.data, self.owned.data, weight.data
        ranks, total = rank.data, sums.data
        now: list[int] = frontier.tolist()
        while now and len(now) < _WIDE:
            found: dict[int, None] = {}
            for node in now:
                for slot in range(out_at[node], out_at[node + 1]):
                    pair = out[slot]
                    held, part = owned[pair], parts[pair]
                    total[held] += part
                    if ranks[held] < 0 and (total[held] if add else part) >= need:
                        found[held] = None
            turn += 1
            now = list(found)
            for node in now:
                ranks[node] = turn
        return _array(now), turn


def percent(units: int) -> str:
    """Millionths of a percent as a plain number of percent."""
    return show(Decimal(units) / UNITS)


def _array(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _units(value: Decimal) -> int:
    scaled = value * UNITS
    if scaled != scaled.to_integral_value():
        raise ValueError(f"`{show(value)}` has more than six decimals")
    return int(scaled)


@lru_cache(maxsize=65536)  # a table of a million rows holds few distinct shares
def _read_range(text: str) -> Range:
    if text.lower() in ("unknown", "?"):
        return UNKNOWN
    for sign, edge in ((">=", 0), ("≥", 0), ("<=", 0), ("≤", 0), (">", 1), ("<", -1)):
        if text.startswith(sign):
            bound = _bound(text.removeprefix(sign), bare=True) + edge
            return Range(bound, FULL) if sign in (">=", "≥", ">") else Range(0, bound)
    between = _FORMS.match(text)
    if between is not None:
        signed = text.endswith("%")
        return Range(_bound(between["low"], bare=not signed), _bound(between["high"], bare=not signed))
    share = _bound(text, bare=True)
    return Range(share, share)


def _bound(text: str, *, bare: bool) -> int:
    number = text.strip().removesuffix("%").strip()
    value = read_decimal(number)
    if not 0 <= value <= 100:
        raise ValueError(f"`{text.strip()}` is not between 0 and 100")
    if bare and number == text.strip() and 0 < value <= 1:
        raise ValueError(f"`{number}` may be {number} % or {show(value * 100)} %; write `{number}%` or `{show(value * 100)}%`")
    return _units(value)
