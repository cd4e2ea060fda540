"""decide_batch: a batch of order lines in, a batch of verdicts out.

The rows of a batch are looked up, never interpreted: cells become classes, classes become remainders of the law, and these an
answer. What was not met before is worked out once on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from greenlane.batch.answers import Answers
from greenlane.batch.cells import BAD, SILENT
from greenlane.batch.days import asked
from greenlane.batch.law_bits import NODES
from greenlane.batch.pairs import Ints, Names, Pairs
from greenlane.batch.remains import CROSSING, ORDER, Lines
from greenlane.decide.decision import Outline
from greenlane.decide.line import ACROSS, COMPULSORY, Line, Row, read_line
from greenlane.law.facts import Identified
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked

READ = tuple(dict.fromkeys((*(column for columns in NODES.values() for column in columns), "date", "quantity", "unit")))
KNOWN_BY = "known_by"


@dataclass(frozen=True, slots=True)
class Texts:
    """A column: the distinct cells, and for each row which one it holds."""

    cells: list[str]
    rows: Ints

    @classmethod
    def of(cls, array: pa.Array) -> Texts:
        """The column of an Arrow array of texts (plain or dictionary-encoded); nulls are blank cells."""
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        cells = [one or "" for one in array.dictionary.to_pylist()]
        rows = array.indices.to_numpy(zero_copy_only=False)
        if array.indices.null_count:
            cells.append("")
            rows = np.nan_to_num(rows, nan=len(cells) - 1)
        return cls(cells, rows.astype(np.int32))


class Engine:
    """One law, one question; batches of lines are put to it one after the other.

    `on` is the day of lines without a date (None: they do not read); `known_by` the day of knowledge (None: the day of each
    line). `identify` says what screening found of a party's name. What was worked out is kept for the next batch; a batch's
    answers do not depend on the batches before it.
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
        self.lines = Lines(rules, strict=strict, identify=identify or (lambda _: None))
        self.answers = Answers(self.lines, sides)
        self._remainder: dict[str, dict[int, int]] = {name: {} for name in (*NODES, "cross")}
        self._of_span = {name: Pairs(lambda a, b, name=name: self._remain(name, a, b)) for name in (*NODES, "cross")}  # type: ignore[misc]
        self._common = [Pairs(self.answers.remains.common) for _ in (*ORDER,)]
        self._spans: dict[tuple[str, str], int] = {}
        self._settled = Names()
        self._settled_answer: list[int] = []
        self._likeness = [Names() for _ in range(8)]
        self._like = [Pairs(lambda a, b, names=names: names.number((a, b))) for names in self._likeness]  # type: ignore[misc]
        self._answer_of_likeness: dict[int, int] = {}
        self._whole = [Names() for _ in range(8)]
        self._whole_like = [Pairs(lambda a, b, names=names: names.number((a, b))) for names in self._whole]  # type: ignore[misc]
        self._answer_of_whole: dict[int, int] = {}

    # --- rows -------------------------------------------------------------------------------------------------------

    def answer(self, batch: pa.RecordBatch) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """For each row the number of its answer (see `answers.outlines`; 0 where it does not read), and whether it reads."""
        count = batch.num_rows
        texts = {name: Texts.of(batch.column(name)) for name in batch.schema.names if name in READ or name in (*COMPULSORY, KNOWN_BY)}
        silent = np.zeros(count, np.int32)
        reads = np.ones(count, np.bool_)
        classes: dict[str, Ints] = {}
        for name, column in self.lines.columns.items():
            if name not in texts:
                classes[name] = silent
                continue
            of_cell = np.asarray([column.class_of(cell) for cell in texts[name].cells] or [SILENT], np.int32)
            classes[name] = of_cell[texts[name].rows]
        spans = self._span_of(texts, count)
        for name, found in (*classes.items(), ("date", spans)):
            if found.min(initial=0) == BAD:
                reads &= found != BAD
                found[found == BAD] = SILENT
        for name in ("ship_from", "ship_to"):
            reads &= classes[name] != SILENT
        reads &= self._crosses(classes)
        numbers = np.zeros(count, np.int32)
        if reads.all():
            return self._answer(batch, classes, spans, np.arange(count)), reads
        rows = np.flatnonzero(reads)
        if len(rows):
            numbers[rows] = self._answer(batch, {name: found[rows] for name, found in classes.items()}, spans[rows], rows)
        return numbers, reads

    def _span_of(self, texts: Mapping[str, Texts], count: int) -> Ints:
        """The class of each row's day, as known."""
        days = texts.get("date", Texts([""], np.zeros(count, np.int32)))
        known = texts.get(KNOWN_BY)
        if known is None:
            of_cell = np.asarray([self._span(cell, "") for cell in days.cells] or [BAD], np.int32)
            return of_cell[days.rows]
        wide = len(known.cells)
        pairs, back = np.unique(days.rows.astype(np.int64) * wide + known.rows, return_inverse=True)
        of_pair = [self._span(days.cells[pair // wide], known.cells[pair % wide]) for pair in pairs.tolist()]
        found: Ints = np.asarray(of_pair, np.int32)[back]
        return found

    def _span(self, cell: str, known: str) -> int:
        found = self._spans.get((cell, known))
        if found is None:
            if len(self._spans) > 1 << 20:
                self._spans.clear()
            found = self._spans[cell, known] = self._span_anew(cell.strip(), known.strip())
        return found

    def _span_anew(self, cell: str, known: str) -> int:
        try:
            day = asked(cell) if cell else self.on
            by = asked(known) if known else self.known_by
        except ValueError:
            return BAD
        if day is None:
            return BAD
        return self.lines.days.span(day, Asked.of(day.calendar_day) if by is None else by)

    def _crosses(self, classes: Mapping[str, Ints]) -> npt.NDArray[np.bool_]:
        """Whether a row does not lead from a country into the same one by an activity that crosses a border."""
        fro, to, act = classes["ship_from"], classes["ship_to"], classes["activity"]
        same_of = {cell: place for place, cell in enumerate(self.lines.columns["ship_to"].names.values) if place}
        equal = np.asarray([same_of.get(cell, BAD) for cell in self.lines.columns["ship_from"].names.values], np.int32)
        across = np.asarray([place == 0 or cell in ACROSS for place, cell in enumerate(self.lines.columns["activity"].names.values)])
        found: npt.NDArray[np.bool_] = ~((equal[fro] == to) & across[act])
        return found

    # --- answers ----------------------------------------------------------------------------------------------------

    def _answer(self, batch: pa.RecordBatch, classes: Mapping[str, Ints], spans: Ints, rows: npt.NDArray[np.int64]) -> Ints:
        lines, answers = self.lines, self.answers
        nodes: dict[str, Ints] = {}
        for name, node in lines.nodes.items():
            found = classes[node.columns[0].name]
            for column, pairs in zip(node.columns[1:], node.joins, strict=True):
                found = pairs.many(found, classes[column.name])
            nodes[name] = found
        crossing: Ints | None = None
        if answers.bits.conds["cross"].many:
            crossing = self._cross(nodes)
            nodes["cross"] = crossing
        left = self._remainders("goods", nodes["goods"], spans)
        order = [name for name in (*ORDER[1:], "cross") if name in nodes]
        for name, pairs in zip(order, self._common, strict=False):
            left = pairs.many(left, self._remainders(name, nodes[name], spans))
        left = answers.of_day.many(left, spans)
        numbers = np.full(len(left), -1, np.int32)
        whole = np.asarray([lines.days.at(span).changes_within for span in range(len(lines.days))])[spans]
        here = np.flatnonzero(~whole)
        if len(here):
            self._by_left(batch, nodes, left, spans, rows, here, numbers)
        there = np.flatnonzero(whole)
        if len(there):
            key = spans[there]
            for name, pairs in zip(NODES, self._whole_like, strict=False):
                key = pairs.many(key, nodes[name][there])
            numbers[there] = self._of_likeness(self._answer_of_whole, batch, key, there, rows, None, spans)
        return numbers

    def _cross(self, nodes: Mapping[str, Ints]) -> Ints:
        remains = self.answers.remains
        found: Ints | None = None
        joins = iter(remains.cross_joins)
        for name in CROSSING:
            numbers, back = np.unique(nodes[name], return_inverse=True)
            shown = np.asarray([remains.export(name, int(one)) for one in numbers], np.int32)[back]
            found = shown if found is None else next(joins).many(found, shown)
        assert found is not None
        return found

    def _remain(self, name: str, number: int, span: int) -> int:
        return self.answers.remains.remainder(name, number, span)

    def _remainders(self, name: str, numbers: Ints, spans: Ints) -> Ints:
        """What each class of a node leaves of the law; day by day only where it follows the days."""
        remains = self.answers.remains
        known = self._remainder[name]
        met, back = np.unique(numbers, return_inverse=True)
        of_met = np.empty(len(met), np.int32)
        for place, number in enumerate(met.tolist()):
            found = known.get(number)
            if found is None:
                found = known[number] = -1 if remains.judge(name, number).dated else remains.remainder(name, number, 0)
            of_met[place] = found
        told: Ints = of_met[back]
        if of_met.min(initial=0) == -1:
            dated = np.flatnonzero(told == -1)
            told[dated] = self._of_span[name].many(numbers[dated], spans[dated])
        return told

    def _by_left(
        self,
        batch: pa.RecordBatch,
        nodes: Mapping[str, Ints],
        left: Ints,
        spans: Ints,
        rows: npt.NDArray[np.int64],
        here: npt.NDArray[np.int64],
        numbers: Ints,
    ) -> None:
        answers = self.answers
        left, spans_here = left[here], spans[here]
        party = answers.party_of.many(left, nodes["parties"][here])
        keys, first, back = np.unique(left.astype(np.int64) << 32 | party, return_index=True, return_inverse=True)
        told = np.empty(len(keys), np.int32)
        for place, key in enumerate(keys.tolist()):
            found = answers.settled.get(key)
            if found is None:
                row = int(first[place])
                outline = answers.judge(self._line(batch, int(rows[here[row]])), int(left[row]), int(spans_here[row]))
                number = answers.number(outline)
                found = answers.settled[key] = number if outline.settled else -1
            told[place] = found
        found_here: Ints = told[back]
        open_ = np.flatnonzero(found_here == -1)
        if len(open_):
            key = answers.goods_of.many(left[open_], nodes["goods"][here][open_])
            parts: list[Ints] = [left[open_], answers.days_of.many(left[open_], spans_here[open_])]
            follows = np.zeros(len(open_), np.bool_)
            for name in ("route", "shares", "parties"):
                part = answers.open_of[name].many(left[open_], nodes[name][here][open_])
                if name != "shares":
                    follows |= part > 0
                parts.append(part)
            if "cross" in nodes:
                part = answers.open_across.many(left[open_], nodes["cross"][here][open_])
                follows |= part > 0
                parts.append(part)
            parts.append(np.where(follows, spans_here[open_] + 1, 0).astype(np.int32))
            for part, pairs in zip(parts, self._like, strict=False):
                key = pairs.many(key, part)
            found_here[open_] = self._of_likeness(self._answer_of_likeness, batch, key, here[open_], rows, left[open_], spans)
        numbers[here] = found_here

    def _of_likeness(
        self,
        known: dict[int, int],
        batch: pa.RecordBatch,
        key: Ints,
        places: npt.NDArray[np.int64],
        rows: npt.NDArray[np.int64],
        left: Ints | None,
        spans: Ints,
    ) -> Ints:
        """The answers to likenesses, each judged on the first row that has it."""
        keys, first, back = np.unique(key, return_index=True, return_inverse=True)
        told = np.empty(len(keys), np.int32)
        for place, one in enumerate(keys.tolist()):
            found = known.get(one)
            if found is None:
                row = int(first[place])
                line = self._line(batch, int(rows[places[row]]))
                outline = self.answers.judge(line, None if left is None else int(left[row]), int(spans[places[row]]))
                found = known[one] = self.answers.number(outline)
            told[place] = found
        found_all: Ints = told[back]
        return found_all

    def _line(self, batch: pa.RecordBatch, row: int) -> Line:
        cells = {name: text for name in batch.schema.names if name in READ and (text := batch.column(name)[row].as_py())}
        line, problems = read_line(Row({"line_id": "x", **cells}, "", row))
        assert line is not None, problems
        return line

    def outline(self, number: int) -> Outline:
        """An answer by its number."""
        return self.answers.outlines[number]
