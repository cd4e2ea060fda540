"""What do many lines come to? Rows are looked up, never interpreted: cells become classes, classes remainders, these an answer.

What was not met before is worked out once on the way, on the first row that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Protocol

import numpy as np
import pyarrow as pa

from greenlane.batch.answers import Answers
from greenlane.batch.cells import BAD, SILENT, Column
from greenlane.batch.days import asked
from greenlane.batch.duties import NONE, Duties
from greenlane.batch.figures import figures, whole
from greenlane.batch.judges import Judges, Request
from greenlane.batch.law_bits import CROSS, NODES, LawBits
from greenlane.batch.learned import Learned
from greenlane.batch.likeness import OF_GROUPS, of_entries
from greenlane.batch.outcomes import Outcomes
from greenlane.batch.pairs import Fill, Ints, Pairs, Singles, joining
from greenlane.batch.patterns import Hand
from greenlane.batch.program import OPEN, Kind, Program
from greenlane.batch.remains import ORDER, Group, Lines, Remains
from greenlane.batch.scan import Flags, Places, Scan
from greenlane.batch.sums import Sums
from greenlane.batch.texts import Lately, Texts, alike, as_texts, cell, is_alike
from greenlane.batch.wording import Wording
from greenlane.decide.decision import Duty, Outline
from greenlane.decide.line import ACROSS, Line, Row, read_line
from greenlane.law.facts import Identified
from greenlane.law.rulebase import RuleBase
from greenlane.terms.amounts import read_decimal
from greenlane.terms.periods import Asked

KNOWN_BY: Final = "known_by"  # a column that only whoever asks may add: the day of knowledge of each line
FIGURES: Final = ("value", "quantity")  # columns of which every row may hold another number
READ: Final = (*dict.fromkeys(column for columns in NODES.values() for column in columns), "date", "quantity", "unit")
_WANTED: Final = ("settled", "tried", "duty")
_OUTCOMES: Final = ("outcome", "sum")
_PASSING: Final = 16
_CENT: Final = Decimal("0.01")
_SPANS_MAX = 1 << 20
_NOT_MET: Final = -3  # of a number between thresholds: no cell of its class was met
_FLAGS_MAX = 1 << 24


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a batch that read: their places in it and their classes, column by column, that of the day among them."""

    batch: pa.RecordBatch
    places: Places
    classes: Mapping[str, Ints]

    def __len__(self) -> int:
        return len(self.places)

    def some(self, which: Places) -> Rows:
        """Some of them."""
        return Rows(self.batch, self.places[which], {name: told[which] for name, told in self.classes.items()})

    def at(self, spans: Ints) -> Rows:
        """The same rows in other spans of days."""
        return Rows(self.batch, self.places, {**self.classes, "span": spans})


class Runner(Hand, Protocol):
    """An executor of look-ups that leaves rows that meet something new to the one that can work it out."""

    scan: Scan
    unmet: Places  # the steps of the program, by place, that met something new in the last run

    def run(self, inputs: Mapping[str, Ints], count: int, but: Flags | None = None) -> tuple[dict[str, Ints], Flags]:
        """The wanted registers of rows, and which rows were left, those that are not asked for among them."""


class Faster(Protocol):
    """Makes a runner of a program and the registers that are wanted."""

    def __call__(self, program: Program, wanted: Sequence[str]) -> Runner:
        """The runner."""


@dataclass(slots=True)
class At:
    """The rows that are being led along, for whoever must look at one."""

    batch: pa.RecordBatch
    places: Places
    registers: Mapping[str, Ints]


@dataclass(frozen=True, slots=True)
class Found:
    """What lines come to: for each row whether it reads, its answer, and its duties (both by number).

    `outcomes` stand instead of the answers where only they were asked for and machine code is there to find them.
    """

    reads: Flags
    answers: Ints
    duties: Ints
    outcomes: Ints | None = None


def line_of(batch: pa.RecordBatch, row: int) -> Line:
    """A row of a batch as a line. The row must read."""
    cells = {name: text for name in batch.schema.names if name in READ and (text := cell(batch.column(name), row))}
    line, problems = read_line(Row({"line_id": "x", **cells}, "", row))
    if line is None:
        raise problems[0]
    return line


class Engine:
    """One law and one question, to which batches of lines are put one after the other.

    `on` is the day of lines without a date (None: they do not read); `known_by` the day of knowledge (None: the day of each
    line). `identify` says what screening found of a party's name; `fast` is a faster executor of look-ups (`fused.Fused`);
    `learned` is what was worked out in earlier runs under this law, sides and strictness. `processes` may judge lines that must be
    tried out; whoever asks for more than one closes the engine. A batch's answers do not depend on the batches before it.
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
        fast: Faster | None = None,
        learned: Learned | None = None,
        processes: int = 1,
    ) -> None:
        self.rules = rules
        self.on, self.known_by = on, known_by
        self.lines = Lines(rules, strict=strict, identify=identify or _nobody)
        self.answers = Answers(self.lines, sides, learned)
        self.outcomes = Outcomes(self.answers)
        self.duties = Duties(self.lines, sides, learned)
        self.sums = Sums(self.duties)
        self._judges = Judges(self.answers.judge, rules, processes - 1)
        self._quantity, self._unit, self._date = (Column(name, lambda _: "stated") for name in ("quantity", "unit", "date"))
        self._lately = {name: Lately() for name in (*self.lines.columns, "tariff", "unit", "date")}
        self._thresholds = {
            name: _cut(column) for name, column in {**self.lines.columns, "quantity": self._quantity}.items() if name in FIGURES
        }
        self._spans: dict[tuple[str, str], int] = {}
        self._days_added = 0
        self._changing: Flags = np.zeros(0, np.bool_)  # by span, whether something changes in the course of its day
        self._node: dict[str, str] = {}
        self._settled, self._tried, self._duty = Singles(), Singles(), Singles()
        self._higher: dict[tuple[int, ...], int] = {}  # what duties at the moments of a day come to
        self._judged: dict[int, Outline] = {}  # rows of this batch that `decide` was asked
        self._composed_of: dict[int, Outline | None] = {}  # and those that were looked at whether they are settled
        self._at = At(pa.record_batch([], names=[]), np.zeros(0, np.int64), {})
        self.program = self._build()
        self._places = [self.program.names[name] for name in _WANTED]
        self._parts, self._shorter = self._build_shorter()
        self._fast: Runner | None = None
        self._faster: Runner | None = None  # straight to outcomes
        self._counted: Places = np.zeros(0, np.int64)
        self._passing = 0  # batches that are not even tried so
        self.wordings: dict[tuple[str, bool], Wording] = {}  # by column, of whole answers or not
        self.scan = Scan()
        self.lead_by(fast)

    def lead_by(self, fast: Faster | None) -> None:
        """From now on lead rows by another executor (None: by NumPy); what was learned stays."""
        self._fast = self.lines.hands.by = None if fast is None else fast(self.program, _WANTED)
        self._faster = None if fast is None else fast(self._shorter, _OUTCOMES)
        self.scan = Scan() if self._fast is None else self._fast.scan

    def close(self) -> None:
        """End the other processes; this one can still be asked."""
        self._judges.close()

    # --- rows -------------------------------------------------------------------------------------------------------

    def find(self, batch: pa.RecordBatch, *, learn: bool = False, outcomes: bool = False) -> Found:
        """What the lines of a batch come to; `learn`: remember it for single lines; `outcomes`: no more than these are needed."""
        count = batch.num_rows
        names = [name for name in batch.schema.names if (name in READ and name not in FIGURES) or name == KNOWN_BY]
        texts = {name: Texts.of(batch.column(name), self.scan) for name in names}
        silent = alike(SILENT, count)
        classes: dict[str, Ints] = {}
        for name, column in (*self.lines.columns.items(), ("tariff", self.duties.codes)):
            if name in FIGURES:
                classes[name] = self._figures(batch, column) if name in batch.schema.names else silent
            else:
                told = texts.get(column.name)
                classes[name] = silent if told is None else self._lately[name].told(told, column.class_of, self.scan)
        classes["span"] = self._span_of(texts, count)
        reads = np.ones(count, np.bool_)
        for name, found in classes.items():
            told = texts.get("codes" if name == "tariff" else name)  # each cell once, if its column is of few
            may_be_bad = told is None or self._lately[name].may_be(BAD)
            if may_be_bad and (found[:1] if is_alike(found) else found).min(initial=0) == BAD:
                reads &= found != BAD
        if "quantity" in batch.schema.names:
            reads &= self._reads(batch, self._quantity)
        if "unit" in texts:
            reads &= self._lately["unit"].told(texts["unit"], self._unit.class_of, self.scan) != BAD
        for name in ("ship_from", "ship_to"):
            if name not in texts or self._lately[name].may_be(SILENT):
                reads &= classes[name] != SILENT
        reads &= self._leads(classes)
        rows = Rows(batch, self._all_places(count), classes)
        if not reads.all():
            rows = rows.some(np.flatnonzero(reads))
        runner = self._faster if outcomes else None
        if len(rows) == count and count:
            answers, duties = self._answer(rows, learn=learn) if runner is None else self._compose(rows, runner)
        else:
            answers, duties = np.zeros(count, np.int32), np.full(count, NONE, np.int32)
            if len(rows):
                led = self._answer(rows, learn=learn) if runner is None else self._compose(rows, runner)
                answers[rows.places], duties[rows.places] = led
        return Found(reads, answers, duties) if runner is None else Found(reads, np.zeros(0, np.int32), duties, answers)

    def _all_places(self, count: int) -> Places:
        """The places of all rows of a batch; to be read only."""
        if count > len(self._counted):
            self._counted = np.arange(count)
            self._counted.flags.writeable = False
        return self._counted[:count]

    def _answer(self, rows: Rows, *, learn: bool = False) -> tuple[Ints, Ints]:
        changing = self._changes_within(rows.classes["span"])
        if changing is None:
            return self._work_out(rows, learn=True) if learn else self._lead(rows)
        answers, duties = self._lead(rows, changing)
        which = np.flatnonzero(changing)
        answers[which], duties[which] = self._of_moments(rows.some(which))
        return answers, duties

    def _compose(self, rows: Rows, runner: Runner) -> tuple[Ints, Ints]:
        """Outcomes and duties; rows of which machine code cannot say them are answered whole."""
        if self._passing:  # most rows lately had to be answered whole
            self._passing -= 1
            answers, duties = self._answer(rows)
            return self.outcomes.of_answers(answers), duties
        spans = self.scan.met(rows.classes["span"])
        for one in (self.outcomes, self.sums):
            one.composing.on_days.hold(spans)
        registers, missed = runner.run(rows.classes, len(rows))
        outcomes, sums = registers["outcome"], registers["sum"]
        changing = self._changes_within(rows.classes["span"], spans)
        if changing is not None:
            missed |= changing
        which = np.flatnonzero(missed)
        if len(which):  # those whose classes are new only are made to be known, and asked once more
            some, anew = rows.some(which), runner.unmet[runner.unmet < len(self._parts.steps)]
            if len(anew):
                self._parts.around(anew.tolist()).run(some.classes, {})
                registers, missed = runner.run(some.classes, len(some))
                outcomes[which], sums[which] = registers["outcome"], registers["sum"]
                which = which[missed if changing is None else missed | changing[which]]
        duties = self.scan.take(self.sums.charged(), sums)
        if 4 * len(which) > len(rows):
            self._passing = _PASSING
        if len(which):
            answers, duties[which] = self._answer(rows.some(which))
            outcomes[which] = self.outcomes.of_answers(answers)
        return outcomes, duties

    def _changes_within(self, spans: Ints, met: Places | None = None) -> Flags | None:
        """Of each row whether something changes in the course of its day; None, if on none (`met`, if they are known)."""
        if len(self._changing) < len(self.lines.days):
            new = [self.lines.days.at(span).changes_within for span in range(len(self._changing), len(self.lines.days))]
            self._changing = np.append(self._changing, np.asarray(new, np.bool_))
        changing = self._changing
        if not changing.any() or not changing[self.scan.met(spans) if met is None else met].any():
            return None
        found: Flags = changing[spans]
        return found

    def _of_moments(self, rows: Rows) -> tuple[Ints, Ints]:
        """Answers and duties of rows on whose day something changes: of its moments the graver answer, and the higher duty."""
        spans, back = np.unique(rows.classes["span"], return_inverse=True)
        parts = [self.lines.days.parts(span) for span in spans.tolist()]
        led = []
        for moment in range(max(map(len, parts))):
            at = np.asarray([one[min(moment, len(one) - 1)] for one in parts], np.int32)[back]
            led.append(self._lead(rows.at(at)))
        answers, duties = (np.column_stack(many) for many in zip(*led, strict=True))
        kinds, back = np.unique(answers, axis=0, return_inverse=True)
        graver = np.asarray([self.answers.gravest(one) for one in kinds.tolist()], np.int32)[back.ravel()]
        by_quantity = np.asarray([one.by_quantity for one in self.duties.charged])
        spans = np.where(by_quantity[duties].any(axis=1), rows.classes["span"], -1)
        kinds, first, back = np.unique(np.column_stack((duties, spans)), axis=0, return_index=True, return_inverse=True)
        higher = [self._higher_of(one, rows, row) for one, row in zip(kinds.tolist(), first.tolist(), strict=True)]
        return graver, np.asarray(higher, np.int32)[back.ravel()]

    def _higher_of(self, kind: list[int], rows: Rows, row: int) -> int:
        """The higher of some duties at the moments of a day, which comes after them (-1, if none is by quantity)."""
        *duties, span = kind
        found = self._higher.get(tuple(kind))
        if found is None:
            if span >= 0:
                found = self.duties.number(self.duties.judge(line_of(rows.batch, int(rows.places[row])), span))
            else:
                found = self.duties.highest(duties)
            self._higher[tuple(kind)] = found
        return found

    def _lead(self, rows: Rows, but: Flags | None = None) -> tuple[Ints, Ints]:
        """Lead rows along the program, `but` some of them; those that meet nothing new in machine code, if it is there."""
        if self._fast is None:
            if but is None:
                return self._work_out(rows)
            answers, duties, which = np.zeros(len(rows), np.int32), np.zeros(len(rows), np.int32), np.flatnonzero(~but)
            if len(which):
                answers[which], duties[which] = self._work_out(rows.some(which))
            return answers, duties
        registers, missed = self._fast.run(rows.classes, len(rows), but)
        if but is not None:
            missed &= ~but
        answers = np.where(registers["settled"] == OPEN, registers["tried"], registers["settled"])
        duties = registers["duty"]
        if missed.any():
            which = np.flatnonzero(missed)
            answers[which], duties[which] = self._work_out(rows.some(which))
        return answers, duties

    def _work_out(self, rows: Rows, *, learn: bool = False) -> tuple[Ints, Ints]:
        registers: dict[str, Ints] = {}
        self._judged.clear()
        self._composed_of.clear()
        self._at = At(rows.batch, rows.places, registers)
        self.program.run(rows.classes, registers)
        if learn:
            self.program.learn(registers)
        return np.where(registers["settled"] == OPEN, registers["tried"], registers["settled"]), registers["duty"]

    def _reads(self, batch: pa.RecordBatch, column: Column) -> Flags:
        """Whether the cells of a column of numbers read."""
        _, plain = figures(batch.column(column.name), self.scan)
        return plain if plain.all() else self._figures(batch, column) != BAD

    def _figures(self, batch: pa.RecordBatch, column: Column) -> Ints:
        """The classes of a column of which every row may hold another number: told by the thresholds alone, if it is plain."""
        cells = batch.column(column.name)
        numbers, plain = figures(cells, self.scan)
        if not len(cells):
            return np.zeros(0, np.int32)
        cuts, of_place = self._thresholds[column.name]
        if cuts is None:
            plain = np.zeros(len(cells), np.bool_)
        found = np.empty(len(cells), np.int32)
        easy = slice(None) if (all_plain := bool(plain.all())) else np.flatnonzero(plain)
        if cuts is not None and plain.any():
            place = self.scan.positions(numbers[easy], cuts)
            told = self.scan.take(of_place, place)
            if told.min() == _NOT_MET:
                rows = np.arange(len(cells))[easy]
                for one in np.unique(place[told == _NOT_MET]).tolist():
                    of_place[one] = column.class_of(cell(cells, int(rows[int(np.argmax(place == one))])))
                told = self.scan.take(of_place, place)
            if all_plain:
                return told
            found[easy] = told
        if not all_plain:
            other = np.flatnonzero(~plain)
            found[other] = Texts.of(as_texts(cells.take(pa.array(other))), self.scan).told(column.class_of)
        return found

    def _span_of(self, texts: Mapping[str, Texts], count: int) -> Ints:
        """The class of each row's day, as known. The parties of the rows are classed already: they may have days of their own."""
        self._look_at_days()
        days = texts.get("date") or Texts(pa.array([], pa.string()), np.zeros(count, np.int32))
        known = texts.get(KNOWN_BY)
        if known is None:
            return self._lately["date"].told(days, lambda cell: self._span(cell, ""), self.scan)
        wide = len(known.held) + 1
        pairs = days.rows.astype(np.int64) * wide + known.rows
        held = np.unique(pairs) if (len(days.held) + 1) * wide > _FLAGS_MAX else self.scan.met(pairs)
        dates, by = days.cells, known.cells
        of_pair = [self._span(dates[pair // wide], by[pair % wide]) for pair in held.tolist()]
        found: Ints = np.asarray(of_pair, np.int32)[np.searchsorted(held, pairs)]
        return found

    def _look_at_days(self) -> None:
        """Forget into which classes days fell, if there are days of change more than there were."""
        if self._days_added != self.lines.days_added:
            self._days_added = self.lines.days_added
            self._spans.clear()
            self._lately["date"] = Lately()

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
        start = classes["ship_from"]  # BAD is told like the last: a row that does not read is out anyway
        found: Flags = same.take(start[:1] if is_alike(start) else start) != classes["ship_to"]
        if not found.all():
            found |= ~across.take(classes["activity"])
        return found

    # --- answers ----------------------------------------------------------------------------------------------------

    def _build(self) -> Program:
        """The way of a row from its classes to its answer and its duties."""
        program = Program((*self.lines.columns, "tariff", "span"))
        for name, node in self.lines.nodes.items():
            made, *others = NODES[name]
            for column, pairs in zip(others, node.joins, strict=True):
                made = program.add(Kind.JOIN, f"{name}/{column}", made, column, pairs=pairs)
            self._node[name] = made
        self._build_answers(program)
        self._build_duties(program)
        return program

    def _build_shorter(self) -> tuple[Program, Program]:
        """The shorter way to outcomes and duties: what each kind of facts leaves, and then these."""
        remains = {"answers": self.answers.remains, "duties": self.duties.remains}
        alone = [f"{word}/{name} left" for word, one in remains.items() for name in one.parts]
        parts = self.program.leading_to((*alone, "codes stated"))
        answers, duties = ([_grouped(parts, word, group) for group in one.groups] for word, one in remains.items())
        program = Program(parts.inputs, dict(parts.names), list(parts.steps))
        program.compose(Kind.DECIDE, "outcome", "span", "span", self.outcomes.composing, answers)
        program.compose(Kind.CHARGE, "sum", "span", "codes stated", self.sums.composing, duties)
        return parts, program

    def _build_answers(self, program: Program) -> None:
        answers, node = self.answers, dict(self._node)
        left = self._shrink(program, answers.remains, node, "answers")
        left = program.add(Kind.JOIN, "left", left, "span", pairs=answers.of_day, resolving=answers.resolving)
        seen = program.add(Kind.LOOK, "party seen", left, singles=Singles(), fill=_filled(answers.sees_parties))
        # A pair may be number 0 as well: what is left tells it from the 0 of those whose parties are not looked at.
        # By which entry a listed party is bitten may change from day to day, though it is bitten on all of them.
        fill = _filled(answers.follows_days)
        day = program.add(Kind.DATED, "party's day", node["parties"], "span", singles=Singles(), pairs=joining()[0], fill=fill)
        of_day = program.add(Kind.JOIN, "party of the day", node["parties"], day, pairs=joining()[0])
        party = program.add(Kind.GATED, "party", seen, of_day, pairs=joining()[0])
        like = self._alike(program, "settled", left, [party])
        program.add(Kind.LOOK, "settled", like, singles=self._settled, fill=self._settle, ahead=self._settle_ahead)
        opened = program.add(Kind.OPENED, "opened", "settled", left)
        program.guard = opened
        parts = self._open_parts(program, "answers", answers.open_pairs, opened, node, answers.bits)
        self._seen = {part.split("/")[1].split()[0]: part for part in parts}
        like = self._alike(program, "tried", opened, [party, *parts])
        program.add(Kind.LOOK, "tried", like, singles=self._tried, fill=self._try, ahead=self._try_ahead)
        program.guard = ""

    def _build_duties(self, program: Program) -> None:
        duties, node = self.duties, dict(self._node)
        left = self._shrink(program, duties.remains, node, "duties")
        program.add(Kind.LOOK, "codes stated", node["goods"], singles=Singles(), fill=_filled(self.sums.states_codes))
        day = program.add(Kind.LOOK, "duty day", "span", singles=Singles(), fill=_filled(duties.day))
        left = program.add(Kind.JOIN, "charged", left, day, pairs=duties.of_day, resolving=duties.resolving)
        program.guard = left
        scheduled = program.add(Kind.LOOK, "scheduled", left, singles=Singles(), fill=_filled(duties.scheduled))
        codes = program.add(Kind.JOIN, "codes seen", left, "tariff", pairs=duties.codes_seen)
        by_rate = program.add(Kind.KEEP, "tariff scheduled", scheduled, "tariff")
        rates = program.add(Kind.GATED, "rates", by_rate, "span", pairs=duties.rates_of)
        like = self._alike(program, "duty of rates", left, [codes, rates])
        # Where nothing is open, what is seen may be any number: what is left, which is in the likeness, tells the two apart.
        opened = program.add(Kind.LOOK, "duty opened", left, singles=Singles(), fill=_filled(duties.opened))
        program.guard = opened
        parts = self._open_parts(program, "duties", duties.open_pairs, opened, node, duties.bits)
        seen = self._alike(program, "duty opened", opened, parts)
        program.guard = left
        like = program.add(Kind.JOIN, "duty like", like, seen, pairs=joining()[0])
        program.add(Kind.LOOK, "duty", like, singles=self._duty, fill=self._charge)

    def _shrink(self, program: Program, remains: Remains, node: dict[str, str], word: str) -> str:
        """What all nodes leave of some law in common."""
        if remains.bits.conds[CROSS].many:
            crossed = ""
            joins = iter(remains.cross_joins)
            for name in ORDER:
                fill = _filled(remains.export, name)
                shown = program.add(Kind.LOOK, f"{word}/{name} shown", node[name], singles=Singles(), fill=fill)
                crossed = program.add(Kind.JOIN, f"{word}/{name}*", crossed, shown, pairs=next(joins)) if crossed else shown
            node[CROSS] = crossed
        left = ""
        for place, name in enumerate(remains.parts):
            by_day = Pairs.each(lambda number, span, name=name: remains.remainder(name, number, span))  # type: ignore[misc]
            fill = _filled(remains.static, name)
            made = f"{word}/{name} left"
            told = program.add(Kind.DATED, made, node[name], "span", singles=Singles(), pairs=by_day, fill=fill)
            if not left:
                left = told
                continue
            pairs, resolving = remains.common(place)
            left = program.add(Kind.JOIN, f"{made}*", left, told, pairs=pairs, resolving=resolving)
        return left

    def _open_parts(
        self, program: Program, word: str, open_: Mapping[str, Pairs], left: str, node: Mapping[str, str], bits: LawBits
    ) -> list[str]:
        """What of the classes of rows open conditions can see."""
        parts = {
            name: program.add(Kind.GATED, f"{word}/{name} open", left, node.get(name, "span"), pairs=pairs)
            for name, pairs in open_.items()
            if name == "span" or name in node
        }
        followed = self._any(program, f"{word}/followed", [parts[name] for name in OF_GROUPS if name in parts], left)
        followed = program.add(Kind.GATED, f"{word}/followed open", followed, "span", pairs=open_["followed"])
        moment = self._any(program, f"{word}/moment", [parts[name] for name in of_entries(bits) if name in parts], "span")
        return [*parts.values(), followed, moment]

    def _any(self, program: Program, to: str, parts: Sequence[str], told: str) -> str:
        """The number after `told` where one of some parts is not 0, else 0."""
        made, *others = parts
        for number, one in enumerate(others or [made]):
            made = program.add(Kind.FOLLOWED, f"{to} {number}", made, told, one)
        return made

    def _alike(self, program: Program, word: str, first: str, parts: Sequence[str]) -> str:
        """One number for what rows are alike in."""
        for number, part in enumerate(parts):
            first = program.add(Kind.JOIN, f"{word} as {number}", first, part, pairs=joining()[0])
        return first

    def _settle(self, _: int, row: int) -> int:
        """The answer of a row, if what is left of the law settles it."""
        left, composed = self._composed(row)
        if self.answers.asking[left].apart:
            return OPEN
        found = composed or self.answers.settled(left, lambda: self._judge(row))
        return OPEN if found is None else self.answers.number(found)

    def _composed(self, row: int) -> tuple[int, Outline | None]:
        """What is left of the law for a row, and the answer where nothing of that is open."""
        registers = self._at.registers
        left, span, parties = (int(registers[name][row]) for name in ("left", "span", self._node["parties"]))
        if row not in self._composed_of:
            apart = self.answers.asking[left].apart
            self._composed_of[row] = None if apart else self.answers.composed(left, parties, span)
        return left, self._composed_of[row]

    def _try(self, _: int, row: int) -> int:
        """The answer of a row for which something is open; 0 where nothing is."""
        if not self._at.registers["opened"][row]:
            return 0
        left, seen = self._open_of(row)
        return self.answers.number(self.answers.tried(left, seen, lambda: self._judge(row)))

    def _open_of(self, row: int) -> tuple[int, dict[str, int]]:
        registers = self._at.registers
        return int(registers["left"][row]), {name: int(registers[part][row]) for name, part in self._seen.items()}

    def _settle_ahead(self, rows: list[int]) -> None:
        """Let all processes judge the rows of which `_settle` will ask."""
        if len(self._judges) == 1:
            return
        asked: list[int] = []
        met: set[object] = set()
        for row in rows:
            left, composed = self._composed(row)
            if composed is None and not self.answers.asking[left].apart:
                self._ask_ahead(row, left, None, asked, met)
        self._judge_all(asked)

    def _try_ahead(self, rows: list[int]) -> None:
        """The same for `_try`."""
        if len(self._judges) == 1:
            return
        asked: list[int] = []
        met: set[object] = set()
        opened = self._at.registers["opened"]
        for row in rows:
            if opened[row]:
                self._ask_ahead(row, *self._open_of(row), asked, met)
        self._judge_all(asked)

    def _ask_ahead(self, row: int, left: int, seen: Mapping[str, int] | None, asked: list[int], met: set[object]) -> None:
        asks, same = self.answers.will_judge(left, seen)
        if asks and (same is None or same not in met):
            met.add(same)
            if row not in self._judged:
                asked.append(row)

    def _judge_all(self, rows: Sequence[int]) -> None:
        self._judged.update(zip(rows, self._judges.all([self._request(row) for row in rows]), strict=True))

    def _judge(self, row: int) -> Outline:
        """What `decide` says of a row; asked twice in a batch, it is not judged again."""
        found = self._judged.get(row)
        if found is None:
            found = self._judged[row] = self.answers.judge(self._request(row))
        return found

    def _request(self, row: int) -> Request:
        registers = self._at.registers
        line = line_of(self._at.batch, int(self._at.places[row]))
        return self.answers.request(line, int(registers["left"][row]), int(registers["span"][row]))

    def _charge(self, _: int, row: int) -> int:
        """The duties of a row."""
        registers = self._at.registers
        if registers["charged"][row] == NONE:
            return NONE
        line = line_of(self._at.batch, int(self._at.places[row]))
        return self.duties.number(self.duties.judge(line, int(registers["span"][row]), int(registers["charged"][row])))

    # --- one line ---------------------------------------------------------------------------------------------------

    def one(self, cells: Mapping[str, str]) -> tuple[Outline, Duty | None]:
        """The answer and the duties of one line, by its cells. Raises LineError, the first of its problems.

        By the same tables as for many; a line that is alike to one met before costs some tens of microseconds.
        """
        classes = self._classes_of(cells)
        registers = None if classes is None else self.program.lead(classes)
        if registers is None:
            return self._one_anew(cells)
        settled = registers[self._places[0]]
        number = registers[self._places[1]] if settled == OPEN else settled
        charged = self.duties.charged[registers[self._places[2]]]
        duty = charged.duty
        if charged.basis is not None:
            told = {name: cells.get(name, "").strip() for name in ("quantity", "unit", "value", "currency")}
            duty = charged.basis.duty(priced(charged.basis.line, told), self.rules)
        elif duty is not None:
            duty = _with_money(duty, charged.percent, cells)
        return self.answers.outlines[number], duty

    def _classes_of(self, cells: Mapping[str, str]) -> dict[str, int] | None:
        """The classes of a line's cells; None where one does not read, or something changes on its day."""
        classes = {name: column.class_of(cells.get(name, "")) for name, column in self.lines.columns.items()}
        classes["tariff"] = self.duties.codes.class_of(cells.get("codes", ""))
        self._look_at_days()
        classes["span"] = self._span(cells.get("date", ""), cells.get(KNOWN_BY, ""))
        if BAD in classes.values() or not (classes["ship_from"] and classes["ship_to"]):
            return None
        if any(column.class_of(cells.get(column.name, "")) == BAD for column in (self._quantity, self._unit)):
            return None
        if cells["ship_from"].strip().upper() == cells["ship_to"].strip().upper():
            return None
        return None if self.lines.days.at(classes["span"]).changes_within else classes

    def _one_anew(self, cells: Mapping[str, str]) -> tuple[Outline, Duty | None]:
        """The same of a line that meets something new: as a batch of one, from which single lines learn."""
        line, problems = read_line(Row({"line_id": "x", **cells}, "the line", 1))
        if line is None:
            raise problems[0]
        if line.date is None and self.on is None:
            raise ValueError("a question needs a day: give the line a date, or say on=")
        batch = pa.RecordBatch.from_pydict({name: [text] for name, text in cells.items()})
        found = self.find(batch, learn=True)
        charged = self.duties.charged[found.duties[0]]
        duty = self.weigh(batch, found).get(0) if charged.by_quantity else charged.duty
        if duty is not None and not charged.by_quantity:
            duty = _with_money(duty, charged.percent, cells)
        return self.answers.outlines[found.answers[0]], duty

    def weigh(self, batch: pa.RecordBatch, found: Found) -> dict[int, Duty]:
        """The duties of rows whose rate is by quantity, row by row: each has its own."""
        charged = self.duties.charged
        weighed = np.asarray([one.by_quantity for one in charged])
        if not weighed.any() or not len(by_quantity := np.flatnonzero(weighed.take(found.duties))):
            return {}
        names = [name for name in ("quantity", "unit", "value", "currency") if name in batch.schema.names]
        cells = {name: as_texts(batch.column(name).take(pa.array(by_quantity))).to_pylist() for name in names}
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


def _with_money(duty: Duty, percent: Decimal | None, cells: Mapping[str, str]) -> Duty:
    """Duties that are percent of the value, with what they come to on a value."""
    value = cells.get("value", "").strip()
    if not value or percent is None:
        return duty
    amount = (read_decimal(value) * percent / 100).quantize(_CENT, ROUND_HALF_UP)
    return replace(duty, amount=amount, currency=cells.get("currency", "").strip())


def _grouped(program: Program, word: str, group: Group) -> str:
    """The register of what the parts of a group leave together."""
    first, *others = (f"{word}/{name} left" for name in group.parts)
    if group.pairs is None:
        return first
    return program.add(Kind.JOIN, f"{word}/{' and '.join(group.parts)} left", first, *others, pairs=group.pairs)


def _filled(of: Callable[..., int], *names: str) -> Fill:
    return lambda number, _: of(*names, number)


def _cut(column: Column) -> tuple[Places | None, Ints]:
    """The thresholds of a column in millionths (None: one is no whole number of them), and the classes between and on them."""
    told = [whole(one) for one in column.thresholds]
    cuts = None if None in told else np.asarray(told, np.int64)
    return cuts, np.full(2 * len(told) + 2, _NOT_MET, np.int32)


def _nobody(name: str) -> Identified | None:  # noqa: ARG001
    """Screening that was not done."""
    return None
