"""What do many lines come to? Rows are looked up, never interpreted: cells become classes, classes remainders, these an answer.

What was not met before is worked out once on the way, on the first row that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from greenlane.batch.answers import Answers
from greenlane.batch.cells import BAD, SILENT, Column
from greenlane.batch.days import asked
from greenlane.batch.duties import NONE, Duties
from greenlane.batch.figures import millionths, positions, whole
from greenlane.batch.law_bits import CROSS, NODES
from greenlane.batch.pairs import Ints, Names, Pairs, Singles
from greenlane.batch.remains import CROSSING, ORDER, Lines, Remains
from greenlane.decide.decision import Duty
from greenlane.decide.line import ACROSS, Line, Row, read_line
from greenlane.law.facts import Identified
from greenlane.law.rulebase import RuleBase
from greenlane.terms.amounts import read_decimal
from greenlane.terms.periods import Asked

KNOWN_BY: Final = "known_by"  # a column that only whoever asks may add: the day of knowledge of each line
FIGURES: Final = ("value", "quantity")  # columns of which every row may hold another number
READ: Final = (*dict.fromkeys(column for columns in NODES.values() for column in columns), "date", "quantity", "unit")
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_SPANS_MAX = 1 << 20
_DATED: Final = -2  # what is left follows the days
_OPEN: Final = -2  # what is left does not settle it


@dataclass(frozen=True, slots=True)
class Texts:
    """A column: the distinct cells, and for each row which one it holds."""

    cells: Sequence[str]
    rows: Ints

    @classmethod
    def of(cls, array: pa.Array) -> Texts:
        """The column of an Arrow array of texts (plain or dictionary-encoded); nulls are blank cells."""
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        cells = [one or "" for one in array.dictionary.to_pylist()]
        indices = array.indices
        if indices.null_count:
            indices = indices.fill_null(len(cells))
            cells.append("")
        return cls(cells, indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False))


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a batch that read: their places in it, their classes column by column, node by node, and their days."""

    batch: pa.RecordBatch
    places: Places
    classes: Mapping[str, Ints]
    nodes: Mapping[str, Ints]
    spans: Ints

    def __len__(self) -> int:
        return len(self.places)

    def line(self, row: int) -> Line:
        """One row as a line, read whole."""
        return line_of(self.batch, int(self.places[row]))


@dataclass(frozen=True, slots=True)
class Found:
    """What lines come to: for each row whether it reads, its answer, and its duties (both by number)."""

    reads: Flags
    answers: Ints
    duties: Ints


def line_of(batch: pa.RecordBatch, row: int) -> Line:
    """A row of a batch as a line. The row must read."""
    cells = {name: text for name in batch.schema.names if name in READ and (text := batch.column(name)[row].as_py())}
    line, problems = read_line(Row({"line_id": "x", **cells}, "", row))
    if line is None:
        raise problems[0]
    return line


class Shrink:
    """What rows leave of some law, looked up."""

    def __init__(self, remains: Remains) -> None:
        self.remains = remains
        self.crosses = bool(remains.bits.conds[CROSS].many)
        names = (*NODES, CROSS)
        self._exports = {name: Singles() for name in CROSSING}
        self._static = {name: Singles() for name in names}
        self._by_day = {name: self._pairs_of(name) for name in names}
        self._common = [Pairs(remains.common) for _ in ORDER]

    def _pairs_of(self, name: str) -> Pairs:
        return Pairs(lambda number, span: self.remains.remainder(name, number, span))

    def across(self, nodes: Mapping[str, Ints]) -> Ints:
        """The classes of what several nodes decide together."""
        found: Ints | None = None
        joins = iter(self.remains.cross_joins)
        for name in CROSSING:
            shown = self._exports[name].many(nodes[name], lambda number, _, name=name: self.remains.export(name, number))  # type: ignore[misc]
            found = shown if found is None else next(joins).many(found, shown)
        assert found is not None
        return found

    def remainders(self, nodes: Mapping[str, Ints], spans: Ints) -> Ints:
        """What all nodes leave in common."""
        names = [name for name in (*ORDER, CROSS) if name in nodes]
        left = self._of(names[0], nodes, spans)
        for name, pairs in zip(names[1:], self._common, strict=False):
            left = pairs.many(left, self._of(name, nodes, spans))
        return left

    def _of(self, name: str, nodes: Mapping[str, Ints], spans: Ints) -> Ints:
        """What each class of a node leaves; day by day only where it follows the days."""

        def leave(number: int, _: int) -> int:
            return _DATED if self.remains.judge(name, number).dated else self.remains.remainder(name, number, 0)

        told = self._static[name].many(nodes[name], leave)
        if told.min(initial=0) == _DATED:
            dated = np.flatnonzero(told == _DATED)
            told[dated] = self._by_day[name].many(nodes[name][dated], spans[dated])
        return told


class Engine:
    """One law and one question, to which batches of lines are put one after the other.

    `on` is the day of lines without a date (None: they do not read); `known_by` the day of knowledge (None: the day of each
    line). `identify` says what screening found of a party's name. A batch's answers do not depend on the batches before it.
    """

    def __init__(
        self,
        rules: RuleBase,
        *,
        on: Asked | None,
        known_by: Asked | None,
        sides: tuple[str, ...] = ("cn", "us"),
        strict: bool = False,
        identify: Callable[[str], Identified | None] | None = None,
    ) -> None:
        self.rules = rules
        self.on, self.known_by = on, known_by
        self.lines = Lines(rules, strict=strict, identify=identify or _nobody)
        self.answers = Answers(self.lines, sides)
        self.duties = Duties(self.lines, sides)
        self._answers = Shrink(self.answers.remains)
        self._duties = Shrink(self.duties.remains)
        self._quantity, self._unit, self._date = (Column(name, lambda _: "stated") for name in ("quantity", "unit", "date"))
        self._spans: dict[tuple[str, str], int] = {}
        self._likeness = [Likeness() for _ in range(5)]

    # --- rows -------------------------------------------------------------------------------------------------------

    def find(self, batch: pa.RecordBatch) -> Found:
        """What the lines of a batch come to."""
        count = batch.num_rows
        names = [name for name in batch.schema.names if (name in READ and name not in FIGURES) or name == KNOWN_BY]
        texts = {name: Texts.of(batch.column(name)) for name in names}
        silent = np.zeros(count, np.int32)
        classes: dict[str, Ints] = {}
        for name, column in (*self.lines.columns.items(), ("tariff", self.duties.codes)):
            if name in FIGURES:
                classes[name] = self._figures(batch, column) if name in batch.schema.names else silent
            else:
                told = texts.get(column.name)
                classes[name] = silent if told is None else _of_cells(told, column.class_of)
        spans = self._span_of(texts, count)
        reads = np.ones(count, np.bool_)
        for found in (*classes.values(), spans):
            if found.min(initial=0) == BAD:
                reads &= found != BAD
        if "quantity" in batch.schema.names:
            reads &= self._figures(batch, self._quantity) != BAD
        if "unit" in texts:
            reads &= _of_cells(texts["unit"], self._unit.class_of) != BAD
        for name in ("ship_from", "ship_to"):
            reads &= classes[name] != SILENT
        reads &= self._leads(classes)
        if not reads.all():
            places = np.flatnonzero(reads)
            classes, spans = {name: found[places] for name, found in classes.items()}, spans[places]
        else:
            places = np.arange(count)
        rows = self._rows(batch, places, classes, spans)
        answers, duties = np.full(count, NONE, np.int32), np.full(count, NONE, np.int32)
        if len(rows):
            answers[places] = self._answer(rows)
            duties[places] = self._charge(rows, texts)
        return Found(reads, answers, duties)

    def _rows(self, batch: pa.RecordBatch, places: Places, classes: Mapping[str, Ints], spans: Ints) -> Rows:
        nodes: dict[str, Ints] = {}
        for name, node in self.lines.nodes.items():
            first, *others = NODES[name]
            found = classes[first]
            for column, pairs in zip(others, node.joins, strict=True):
                found = pairs.many(found, classes[column])
            nodes[name] = found
        return Rows(batch, places, classes, nodes, spans)

    def _figures(self, batch: pa.RecordBatch, column: Column) -> Ints:
        """The classes of a column of which every row may hold another number: told by the thresholds alone, if it is plain."""
        texts = batch.column(column.name)
        if pa.types.is_dictionary(texts.type):
            texts = texts.cast(pa.string())
        numbers, plain = millionths(texts)
        thresholds = [whole(one) for one in column.thresholds]
        if None in thresholds:
            plain[:] = False
        found = np.empty(len(texts), np.int32)
        easy = np.flatnonzero(plain)
        if len(easy):
            place = positions(numbers[easy], [one for one in thresholds if one is not None])
            met, first, back = np.unique(place, return_index=True, return_inverse=True)
            of_met = [column.class_of(texts[int(easy[one])].as_py()) for one in first.tolist()] if len(met) else []
            found[easy] = np.asarray(of_met, np.int32)[back]
        other = np.flatnonzero(~plain)
        if len(other):
            found[other] = _of_cells(Texts.of(texts.take(pa.array(other))), column.class_of)
        return found

    def _span_of(self, texts: Mapping[str, Texts], count: int) -> Ints:
        """The class of each row's day, as known."""
        days = texts.get("date", Texts([""], np.zeros(count, np.int32)))
        known = texts.get(KNOWN_BY)
        if known is None:
            return _of_cells(days, lambda cell: self._span(cell, ""))
        wide = len(known.cells)
        pairs, back = np.unique(days.rows.astype(np.int64) * wide + known.rows, return_inverse=True)
        of_pair = [self._span(days.cells[pair // wide], known.cells[pair % wide]) for pair in pairs.tolist()]
        found: Ints = np.asarray(of_pair, np.int32)[back]
        return found

    def _span(self, cell: str, known: str) -> int:
        found = self._spans.get((cell, known))
        if found is None:
            if len(self._spans) >= _SPANS_MAX:
                self._spans.clear()
            found = self._spans[cell, known] = self._span_anew(cell, known.strip())
        return found

    def _span_anew(self, cell: str, known: str) -> int:
        if self._date.class_of(cell) == BAD:
            return BAD
        day = asked(cell.strip()) if cell.strip() else self.on
        by = asked(known) if known else self.known_by
        if day is None:
            return BAD
        return self.lines.days.span(day, Asked.of(day.calendar_day) if by is None else by)

    def _leads(self, classes: Mapping[str, Ints]) -> Flags:
        """Whether a row does not lead from a country into the same one by an activity that crosses a border."""
        columns = self.lines.columns
        place_of = {place: number for number, place in enumerate(columns["ship_to"].names.values) if number}
        same = np.asarray([place_of.get(place, BAD) for place in columns["ship_from"].names.values], np.int32)
        across = np.asarray([number == 0 or one in ACROSS for number, one in enumerate(columns["activity"].names.values)])
        found: Flags = ~((same[classes["ship_from"]] == classes["ship_to"]) & across[classes["activity"]])
        return found

    # --- answers ----------------------------------------------------------------------------------------------------

    def _answer(self, rows: Rows) -> Ints:
        answers, nodes = self.answers, dict(rows.nodes)
        if self._answers.crosses:
            nodes[CROSS] = self._answers.across(nodes)
        left = answers.of_day.many(self._answers.remainders(nodes, rows.spans), rows.spans)
        numbers = np.empty(len(rows), np.int32)
        plain, changing = self._by_day(rows)
        if len(plain):
            party = answers.party_of.many(left[plain], nodes["parties"][plain])
            likeness = self._likeness[0]
            found = likeness.many([left[plain], party], lambda row: self._settle(rows, int(plain[row]), left))
            numbers[plain] = found
            open_ = plain[found < 0]
            if len(open_):
                parts = _open_parts(answers, left, nodes, rows.spans, open_)
                judge = self._judge_at(rows, open_, left)
                numbers[open_] = self._likeness[1].many([answers.goods_of.many(left[open_], nodes["goods"][open_]), *parts], judge)
        if len(changing):
            whole = [rows.spans[changing], *(nodes[name][changing] for name in NODES)]
            numbers[changing] = self._likeness[2].many(whole, self._judge_at(rows, changing, None))
        return numbers

    def _by_day(self, rows: Rows) -> tuple[Places, Places]:
        """The rows whose day is of one piece, and those on whose day something changes."""
        days = self.lines.days
        changing = np.asarray([days.at(span).changes_within for span in range(len(days))])[rows.spans]
        if not changing.any():
            return np.arange(len(rows)), np.zeros(0, np.int64)
        return np.flatnonzero(~changing), np.flatnonzero(changing)

    def _settle(self, rows: Rows, row: int, left: Ints) -> int:
        """The answer of a row, if what is left of the law settles it."""
        here = int(left[row])
        found = self.answers.composed(here) or self.answers.judge(rows.line(row), here, int(rows.spans[row]))
        return self.answers.number(found) if found.settled else _OPEN

    def _judge_at(self, rows: Rows, places: Places, left: Ints | None) -> Callable[[int], int]:
        def judge(row: int) -> int:
            place = int(places[row])
            found = self.answers.judge(rows.line(place), None if left is None else int(left[place]), int(rows.spans[place]))
            return self.answers.number(found)

        return judge

    # --- duties -----------------------------------------------------------------------------------------------------

    def _charge(self, rows: Rows, texts: Mapping[str, Texts]) -> Ints:
        duties, nodes = self.duties, dict(rows.nodes)
        numbers = np.full(len(rows), NONE, np.int32)
        if not duties.measures:
            return numbers
        if self._duties.crosses:
            nodes[CROSS] = self._duties.across(nodes)
        left = duties.of_day.many(self._duties.remainders(nodes, rows.spans), rows.spans)
        codes = rows.classes["tariff"]
        plain, changing = self._by_day(rows)
        plain = plain[left[plain] != NONE]
        if len(plain):
            rates = duties.rates_of.many(codes[plain], rows.spans[plain])
            goods = duties.goods_of.many(left[plain], nodes["goods"][plain])
            parts = [codes[plain], rates, goods, *_open_parts(duties, left, nodes, rows.spans, plain)]
            numbers[plain] = self._likeness[3].many(parts, lambda row: self._charge_one(rows, int(plain[row])))
        if len(changing):
            whole = [codes[changing], rows.spans[changing], *(nodes[name][changing] for name in NODES)]
            numbers[changing] = self._likeness[4].many(whole, lambda row: self._charge_one(rows, int(changing[row])))
        return numbers

    def _charge_one(self, rows: Rows, row: int) -> int:
        return self.duties.number(self.duties.judge(rows.line(row), int(rows.spans[row])))

    def weigh(self, batch: pa.RecordBatch, found: Found) -> dict[int, Duty]:
        """The duties of rows whose rate is by quantity, row by row: each has its own."""
        charged = self.duties.charged
        by_quantity = np.flatnonzero(np.asarray([one.by_quantity for one in charged])[found.duties])
        if not len(by_quantity):
            return {}
        names = [name for name in ("quantity", "unit", "value", "currency") if name in batch.schema.names]
        cells = {name: batch.column(name).take(pa.array(by_quantity)).to_pylist() for name in names}
        duties: dict[int, Duty] = {}
        for place, row in enumerate(by_quantity.tolist()):
            basis = charged[found.duties[row]].basis
            assert basis is not None
            told = {name: (many[place] or "").strip() for name, many in cells.items()}
            duty = basis.duty(priced(basis.line, told), self.rules)
            if duty is not None:
                duties[row] = duty
        return duties


def priced(line: Line, told: Mapping[str, str]) -> Line:
    """A line with another quantity, unit, value and currency, each of which reads."""
    quantity, value = (read_decimal(told[name]) if told.get(name) else None for name in ("quantity", "value"))
    unit, currency = told.get("unit", ""), told.get("currency", "")
    return replace(line, quantity=quantity, unit=unit, value=value, currency=currency)


class Likeness:
    """Answers by what lines are alike in: a number for each of several things, the same things in every batch."""

    def __init__(self) -> None:
        self._joined: list[Names] = []
        self._joins: list[Pairs] = []
        self._known = Singles()

    def many(self, parts: Sequence[Ints], judge: Callable[[int], int]) -> Ints:
        """The answer of each row; `judge` is asked about the first row that shows a likeness not met before."""
        key = parts[0]
        while len(self._joins) < len(parts) - 1:
            _join(self._joins, self._joined)
        for part, pairs in zip(parts[1:], self._joins, strict=True):
            key = pairs.many(key, part)
        return self._known.many(key, lambda _, row: judge(row))


def _join(joins: list[Pairs], joined: list[Names]) -> None:
    names = Names()
    joined.append(names)
    joins.append(Pairs(lambda a, b: names.number((a, b))))


def _open_parts(asked_of: Answers | Duties, left: Ints, nodes: Mapping[str, Ints], spans: Ints, places: Places) -> list[Ints]:
    """What of the classes of rows open conditions can see, the goods left out."""
    left_here, spans_here = left[places], spans[places]
    parts = [left_here, asked_of.days_of.many(left_here, spans_here)]
    follows = np.zeros(len(places), np.bool_)
    for name, pairs in asked_of.open_of.items():
        if name in nodes:
            part = pairs.many(left_here, nodes[name][places])
            follows |= (part > 0) & (name != "shares")  # parties and places come and go with the days
            parts.append(part)
    parts.append(np.where(follows, spans_here + 1, 0).astype(np.int32))
    return parts


def _of_cells(texts: Texts, of: Callable[[str], int]) -> Ints:
    """What the cells of rows come to, each asked once."""
    found: Ints = np.asarray([of(cell) for cell in texts.cells] or [SILENT], np.int32)[texts.rows]
    return found


def _nobody(name: str) -> Identified | None:  # noqa: ARG001
    """Screening that was not done."""
    return None
