"""A book of order lines for the made-up law: as columns of an order file, as numbers, and as values of the plain engine.

The same for the same seed. Goods, places and parties are skewed, as in real books; 4 % of the rows say the same as an earlier
one. All facts are stated, unless `lacking` is asked for: then a tenth of the rows leave out one or two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.decide.law import FIRST, FROM, LAST, PLACES, USES, Law
from benchmarks.decide.plain import Facts

DISTINCT: Final = 0.96
LACKING: Final = 0.1
MAY_LACK: Final = ("code", "control", "origin", "used_in", "consignee", "end_user", "uses", "value", "content")
OTHERS: Final = 4_000  # parties that are on no list
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """Lines as numbers: places in the lists of the law, cents, tenths of a percent, days; `lacks` as bits of `MAY_LACK`."""

    law: Law
    first: int  # the number of the first line
    item: Ints
    origin: Ints
    ship_to: Ints
    consignee: Ints
    end_user: Ints
    uses: Ints  # bits
    value: Ints
    content: Ints
    day: Ints
    known: Ints
    lacks: Ints

    def __len__(self) -> int:
        return len(self.item)

    def part(self, start: int, end: int) -> Lines:
        """Some of the lines, in their order."""
        columns = {name: getattr(self, name)[start:end] for name in _COLUMNS}
        return Lines(law=self.law, first=self.first + start, **columns)

    # --- what other engines need --------------------------------------------------------------------------------------

    @cached_property
    def flags(self) -> Ints:
        """The groups that the consignee or the end user is in, as bits."""
        bits = np.asarray([self.law.flags.get(name, 0) for name in party_names(self.law)], dtype=np.int64)
        found: Ints = bits[self.consignee] | bits[self.end_user]
        return found

    @cached_property
    def codes(self) -> list[str]:
        """The customs code of each line."""
        return [self.law.items[at].code for at in self.item.tolist()]

    @cached_property
    def controls(self) -> list[str]:
        """The control code of each line."""
        return [self.law.items[at].control for at in self.item.tolist()]

    @cached_property
    def origins(self) -> list[str]:
        """The origin of each line."""
        return [_ORIGINS[at] for at in self.origin.tolist()]

    @cached_property
    def places(self) -> list[str]:
        """Where each line is shipped to."""
        return [PLACES[at] for at in self.ship_to.tolist()]

    def facts(self) -> list[Facts]:
        """The lines as the plain engine takes them."""
        bits = [self.law.flags.get(name, 0) for name in party_names(self.law)]
        words = {mask: frozenset(_words(mask)) for mask in np.unique(self.uses).tolist()}
        found = []
        for at, lacks in enumerate(self.lacks.tolist()):
            item, place = self.law.items[self.item[at]], PLACES[self.ship_to[at]]
            stated: dict[str, object] = {
                "code": item.code,
                "control": item.control,
                "origin": _ORIGINS[self.origin[at]],
                "used_in": place,
                "consignee": bits[self.consignee[at]],
                "end_user": bits[self.end_user[at]],
                "uses": words[int(self.uses[at])],
                "value": int(self.value[at]),
                "content": int(self.content[at]),
            }
            for bit, name in enumerate(MAY_LACK):
                if lacks >> bit & 1:
                    stated[name] = None
            found.append(Facts(ship_to=place, day=int(self.day[at]), **stated))  # type: ignore[arg-type]
        return found

    @cached_property
    def orders(self) -> pa.RecordBatch:
        """The lines as an order file: columns of text where people write text, as Parquet would hold them."""
        names = party_names(self.law)
        nothing = np.zeros(len(self), dtype=np.int64)
        by_item = [_text(("schedule_b:" + item.code, "eccn:" + item.control)) for item in self.law.items]
        only_control = ["eccn:" + item.control for item in self.law.items]
        only_code = ["schedule_b:" + item.code for item in self.law.items]
        lacks = {name: (self.lacks >> bit & 1).astype(bool) for bit, name in enumerate(MAY_LACK)}
        count = len(self.law.items)
        at_codes = self.item + count * lacks["code"] + 2 * count * lacks["control"]
        masks, at_uses = np.unique(self.uses, return_inverse=True)
        shares = [f"{tenths / 10:g}%" for tenths in range(1001)]
        return pa.RecordBatch.from_pydict(
            {
                "line_id": pa.array([f"L-{number}" for number in range(self.first, self.first + len(self))]),
                "codes": _dictionary([*by_item, *only_control, *only_code, ""], np.minimum(at_codes, 3 * count)),
                "value": _money(self.value, lacks["value"]),
                "currency": _dictionary(["USD"], nothing),
                "origin": _dictionary(_ORIGINS, self.origin, lacks["origin"]),
                "ship_from": _dictionary([FROM], nothing),
                "ship_to": _dictionary(PLACES, self.ship_to),
                "end_use_country": _dictionary(PLACES, self.ship_to, lacks["used_in"]),
                "consignee": _dictionary(names, self.consignee, lacks["consignee"]),
                "end_user": _dictionary(names, self.end_user, lacks["end_user"]),
                "end_use": _dictionary([_text(_words(mask)) for mask in masks.tolist()], at_uses, lacks["uses"]),
                "activity": _dictionary(["export"], nothing),
                "date": pa.array(self.day.astype(np.int32), pa.int32()).cast(pa.date32()),
                "us_content": _dictionary(shares, self.content, lacks["content"]),
            }
        )


_ORIGINS: Final = (FROM, *PLACES)
_COLUMNS: Final = (
    "item", "origin", "ship_to", "consignee", "end_user", "uses", "value", "content", "day", "known", "lacks",
)  # fmt: skip


def party_names(law: Law) -> list[str]:
    """The parties of the book: those on lists, then the others."""
    return [*sorted(law.flags), *(f"Example Buyer {number}" for number in range(OTHERS))]


def make_lines(law: Law, count: int, *, seed: int, book: int = 0, known_by: int | None = None, lacking: bool = False) -> Lines:
    """A book of lines. `known_by` None: each is judged by what was public on its own day."""
    draw = np.random.default_rng([seed, book])
    weights = np.asarray([one.weight for one in law.items])
    item = draw.choice(len(weights), count, p=weights / weights.sum())
    ship_to = _skewed(draw, len(PLACES), count)
    origin = np.where(draw.random(count) < 0.6, 0, 1 + _skewed(draw, len(PLACES), count))
    listed = len(law.flags)

    def parties() -> Ints:
        others = listed + _skewed(draw, OTHERS, count)
        return np.where(draw.random(count) < 0.015, draw.integers(0, listed, count), others)

    consignee = parties()
    end_user = np.where(draw.random(count) < 0.7, consignee, parties())
    special = 1 << draw.integers(1, len(USES), count)
    kind = draw.random(count)
    uses = np.select([kind < 0.96, kind < 0.98], [np.ones(count, dtype=np.int64), special], special | 1)
    value = np.exp(draw.normal(13.0, 2.0, count)).astype(np.int64) + 1
    content = np.where(draw.random(count) < 0.5, 1000, draw.integers(0, 1001, count))
    day = draw.integers(FIRST, LAST + 1, count)
    columns = {
        "item": item, "origin": origin, "ship_to": ship_to, "consignee": consignee, "end_user": end_user, "uses": uses,
        "value": value, "content": content, "day": day,
    }  # fmt: skip
    again = np.flatnonzero(draw.random(count) >= DISTINCT)
    again = again[again > 0]
    earlier = (draw.random(len(again)) * again).astype(np.int64)
    for name, column in columns.items():
        column[again] = column[earlier]
        columns[name] = column.astype(np.int64)
    known = columns["day"] if known_by is None else np.full(count, known_by, dtype=np.int64)
    lacks = _lacks(draw, count) if lacking else np.zeros(count, dtype=np.int64)
    return Lines(law=law, first=book * count, known=known, lacks=lacks, **columns)


def _lacks(draw: np.random.Generator, count: int) -> Ints:
    """Which facts a row leaves out: one, or two of which at most one is a code."""
    first = draw.integers(0, len(MAY_LACK), count)
    second = draw.integers(2, len(MAY_LACK), count)
    bits = (1 << first) | np.where(draw.random(count) < 0.3, 1 << second, 0)
    return np.where(draw.random(count) < LACKING, bits, 0).astype(np.int64)


def distinct(lines: Lines) -> float:
    """The share of rows that say what no earlier row says."""
    table = np.stack([getattr(lines, name) for name in _COLUMNS])
    seen = len(np.unique(np.ascontiguousarray(table.T).view(np.dtype((np.void, 8 * len(_COLUMNS))))))
    return float(seen / max(1, len(lines)))


def save(lines: Lines, path: Path) -> None:
    """Write the numbers."""
    np.savez(path, first=lines.first, **{name: getattr(lines, name) for name in _COLUMNS})


def load(law: Law, path: Path) -> Lines:
    """Read them again."""
    with np.load(path) as held:
        return Lines(law=law, first=int(held["first"]), **{name: held[name] for name in _COLUMNS})


def _skewed(draw: np.random.Generator, kinds: int, count: int) -> Ints:
    """Numbers below `kinds`, the first ones the most often."""
    weights = 1 / (np.arange(kinds) + 5)
    found: Ints = draw.choice(kinds, count, p=weights / weights.sum())
    return found


def _words(mask: int) -> list[str]:
    return [word for bit, word in enumerate(USES) if mask >> bit & 1]


def _text(words: Sequence[str]) -> str:
    return ";".join(words)


def _dictionary(values: Sequence[str], at: Ints, lacks: NDArray[np.bool_] | None = None) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(at.astype(np.int32), mask=lacks), pa.array(list(values), pa.string()))


def _money(cents: Ints, lacks: NDArray[np.bool_]) -> pa.Array:
    """Whole cents as exact decimals, without going through text."""
    halves = np.zeros((len(cents), 2), dtype=np.int64)
    halves[:, 0] = cents
    amounts = pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [None, pa.py_buffer(halves)])
    return pc.if_else(pa.array(lacks), None, amounts)
