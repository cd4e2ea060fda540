"""decide_batch: a batch of order lines in, a batch of verdicts out, a row for a row.

All columns but the money are dictionaries of few texts. A row that does not read has nulls throughout; whoever gave it reads it
again, whole, to say what is wrong with it. What explains a line (near misses, presumptions, the next change) is not here: it is
recovered exactly for any line by asking `decide` about it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from greenlane.batch.engine import KNOWN_BY, Engine, Found
from greenlane.batch.figures import cents, figures, money
from greenlane.batch.outcomes import Outcome
from greenlane.batch.pairs import Ints
from greenlane.batch.scan import Scan
from greenlane.batch.texts import Texts, as_texts, cell
from greenlane.batch.wording import Wording
from greenlane.decide.decision import Duty, Outline, Verdict, source_of
from greenlane.errors import UsageError
from greenlane.terms.amounts import read_decimal, show

_TEXT: Final = pa.dictionary(pa.int32(), pa.string())
_CENT: Final = Decimal("0.01")


def _why(outline: Outline) -> str:
    """The shortest reason."""
    if outline.verdict is Verdict.CANNOT_SAY:
        if outline.missing:
            return "not said: " + ", ".join(one.fact for one in outline.missing[:3])
        return outline.branches[0].why if outline.branches else "not modelled for this line, or outside what is modelled"
    deciding = outline.deciding
    if deciding:
        more = f" (and {len(deciding) - 1} more)" if len(deciding) > 1 else ""
        return f"{deciding[0].id}: {deciding[0].title}{more}"
    if outline.lifts:
        return f"lifted by {outline.lifts[0].lift.id}: {outline.lifts[0].lift.title}"
    return "nothing reaches it under the regimes modelled"


def _asks(outline: Outline) -> str:
    """Each missing fact with the verdict that each answer would lead to, as JSON; empty where nothing is missing."""
    found = {one.fact: dict(one.verdicts) for one in outline.missing}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else ""


def _source(key: str) -> Callable[[Outline | Outcome], str]:
    def told(one: Outline | Outcome) -> str:
        return (source_of(one.deciding[0])[key] or "") if one.deciding else ""

    return told


_OF_BOUNDS: Final[dict[str, Callable[[Outline | Outcome], str]]] = {
    "verdict": lambda one: one.verdict.value,
    "lane": lambda one: one.verdict.lane,
    "range_low": lambda one: one.low.value,
    "range_high": lambda one: one.high.value,
    "range_exact": lambda one: "yes" if one.exact else "no",
}
_OF_RANGE: Final[dict[str, Callable[[Outline | Outcome], str]]] = {
    **_OF_BOUNDS,
    "decided_by": lambda one: ";".join(measure.id for measure in one.deciding),
}
_OF_SOURCE: Final[dict[str, Callable[[Outline | Outcome], str]]] = {"source": _source("title"), "source_href": _source("href")}
_OF_OUTCOME: Final = _OF_RANGE | _OF_SOURCE
_OF_OUTLINE: Final[dict[str, Callable[[Outline], str]]] = {
    **_OF_RANGE,
    "why": _why,
    **_OF_SOURCE,
    "reasons": lambda one: ";".join(reason.measure.id for reason in one.reasons),
    "lifts": lambda one: ";".join(lifted.lift.id for lifted in one.lifts),
    "missing": lambda one: ";".join(missing.fact for missing in one.missing),
    "asks": _asks,
    "open": lambda one: ";".join(branch.fact for branch in one.branches),
}
_OF_DUTY: Final[dict[str, Callable[[Duty], str]]] = {
    "duty_percent": lambda one: "" if one.rate is None else show(one.rate),
    "duty_low": lambda one: "" if one.low is None else show(one.low),
    "duty_high": lambda one: "" if one.high is None else show(one.high),
    "duty_layers": lambda one: ";".join(layer.measure.id for layer in one.layers),
    "duty_missing": lambda one: ";".join(one.missing),
}
ANSWERS: Final = ("on", "known_by", *_OF_OUTLINE, *_OF_DUTY, "duty_amount", "duty_currency")
#: Those of which machine code finds most without a whole answer; where only such are wanted, lines cost a fraction.
BRIEF: Final = tuple(name for name in ANSWERS if name not in {*_OF_OUTLINE, "duty_layers"} - {*_OF_OUTCOME})
SCHEMA: Final = pa.schema([pa.field(name, pa.string() if name == "duty_amount" else _TEXT) for name in ANSWERS])


def chosen(names: Iterable[str] | None) -> tuple[str, ...]:
    """The columns of answers that somebody wants, each once; None: all. Raises UsageError GL0304."""
    if names is None:
        return ANSWERS
    wanted = tuple(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in ANSWERS]
    if unknown or "verdict" not in wanted:
        message = f"`{unknown[0]}` is no column of answers" if unknown else "the verdict cannot be left out"
        raise UsageError("GL0304", message, hint=f"the verdict and any of {', '.join(ANSWERS)}")
    return wanted


def decide_batch(engine: Engine, batch: pa.RecordBatch, wanted: Sequence[str] = ANSWERS) -> pa.RecordBatch:
    """The verdicts on a batch of order lines, a row for a row, in the wanted columns of `SCHEMA`.

    The batch holds the columns of order files as texts (plain or dictionary-encoded, nulls for blank cells) or as days, whole
    numbers and exact decimals; all others are passed over. The same rows give the same bytes, whatever batches came before.
    """
    found = engine.find(batch, outcomes={*wanted} <= {*BRIEF})
    reads = found.reads
    columns: dict[str, pa.Array] = {}
    if "on" in wanted or KNOWN_BY in wanted:
        columns |= _days(engine, batch, reads)
    numbers = found.answers if found.outcomes is None else found.outcomes
    met = engine.scan.met(numbers[reads] if not reads.all() else numbers)
    for name in _OF_OUTLINE if found.outcomes is None else _OF_OUTCOME:
        if name in wanted:
            columns[name] = _wording(engine, name, whole=found.outcomes is None).column(numbers, met, reads)
    if any(name.startswith("duty_") for name in wanted):
        columns |= _duties(engine, batch, found, wanted)
    return pa.RecordBatch.from_arrays([columns[name] for name in wanted], schema=pa.schema([SCHEMA.field(name) for name in wanted]))


def _wording(engine: Engine, name: str, *, whole: bool = True) -> Wording:
    """The texts of a column, of whole answers or of outcomes, or of duties: by their numbers."""
    told = engine.wordings.get((name, whole))
    if told is None:
        like = None if whole or name not in _OF_BOUNDS else engine.outcomes.like
        told = engine.wordings[name, whole] = Wording(_tell(engine, name, whole=whole), engine.scan, like)
    return told


def _tell(engine: Engine, name: str, *, whole: bool) -> Callable[[list[int]], list[str]]:
    outlines, outcomes, charged = engine.answers.outlines, engine.outcomes, engine.duties.charged
    if name in _OF_DUTY:
        of_duty = _OF_DUTY[name]
        return lambda numbers: ["" if (duty := charged[number].duty) is None else of_duty(duty) for number in numbers]
    if whole:
        of_outline = _OF_OUTLINE[name]
        return lambda numbers: [of_outline(outlines[number]) for number in numbers]
    if name == "decided_by":
        return outcomes.decided_by
    of_outcome = _OF_OUTCOME[name]
    return lambda numbers: [of_outcome(outcomes.told(number)) for number in numbers]


def _duties(engine: Engine, batch: pa.RecordBatch, found: Found, wanted: Sequence[str]) -> dict[str, pa.Array]:
    """What the duties come to, line by line."""
    alone = engine.weigh(batch, found)
    beyond = len(engine.duties.charged)
    numbers, reads = found.duties, found.reads
    if alone:
        numbers = found.duties.copy()
        numbers[list(alone)] = np.arange(beyond, beyond + len(alone))
    met = engine.scan.met(numbers[reads] if not reads.all() else numbers)
    columns: dict[str, pa.Array] = {}
    for name, of in _OF_DUTY.items():
        if name in wanted:
            texts = [of(duty) for duty in alone.values()]
            columns[name] = _wording(engine, name).column(numbers, met, reads, beyond=beyond, alone=texts)
    if "duty_amount" in wanted or "duty_currency" in wanted:
        columns |= _money(engine, batch, found, alone)
    return columns


def _days(engine: Engine, batch: pa.RecordBatch, reads: np.ndarray) -> dict[str, pa.Array]:
    """The day each line was judged for, and the day of knowledge, as they were given."""
    blank = Texts(pa.array([], pa.string()), np.zeros(batch.num_rows, np.int32))
    dates, known = (
        Texts.of(batch.column(name), engine.scan) if name in batch.schema.names else blank for name in ("date", KNOWN_BY)
    )
    on = "" if engine.on is None else engine.on.text
    given = [cell.strip() or on for cell in dates.cells]
    found = {"on": _told(engine, dates.rows, given, reads)}
    by = [cell.strip() or ("" if engine.known_by is None else engine.known_by.text) for cell in known.cells]
    if all(by):
        return found | {"known_by": _told(engine, known.rows, by, reads)}
    wide = len(by)
    pairs, back = np.unique(dates.rows.astype(np.int64) * wide + known.rows, return_inverse=True)
    texts = [by[pair % wide] or given[pair // wide][:10] for pair in pairs.tolist()]
    return found | {"known_by": _told(engine, back.astype(np.int32), texts, reads)}


def _told(engine: Engine, rows: Ints, texts: list[str], reads: np.ndarray) -> pa.Array:
    """A column of a batch's own texts."""
    met = engine.scan.met(rows[reads] if not reads.all() else rows)
    return Wording(lambda numbers: [texts[number] for number in numbers], engine.scan).column(rows, met, reads, beyond=len(texts))


def _money(engine: Engine, batch: pa.RecordBatch, found: Found, alone: dict[int, Duty]) -> dict[str, pa.Array]:
    """The duty in money, and its currency: percent of the value, or what the row's own duties say."""
    count = batch.num_rows
    own = {row: one for row, one in alone.items() if one.amount is not None}
    percents = [one.percent for one in engine.duties.charged]
    rows = np.flatnonzero(np.asarray([one is not None for one in percents])[found.duties] & found.reads)
    amounts, currencies = pa.nulls(count, pa.string()), pa.nulls(count, pa.string())
    if len(rows) and "value" in batch.schema.names:
        values = batch.column("value").take(pa.array(rows))
        which = found.duties[rows]
        counted = _amounts(values, [one or Decimal(0) for one in percents], which, engine.scan)
        amounts = _put(count, rows, counted)
        if "currency" in batch.schema.names:
            texts = as_texts(batch.column("currency")).take(pa.array(rows)).cast(pa.string())
            told = pc.fill_null(pc.utf8_trim_whitespace(texts), "")
        else:
            told = pa.array([""] * len(rows), pa.string())
        currencies = _put(count, rows, pc.if_else(pc.is_valid(counted), told, None))
    if own:
        rows = np.asarray(list(own), np.int64)
        amounts = _over(amounts, rows, [show(one.amount) for one in own.values() if one.amount is not None])
        currencies = _over(currencies, rows, [one.currency for one in own.values()])
    return {"duty_amount": amounts, "duty_currency": currencies.dictionary_encode().cast(_TEXT)}


def _amounts(values: pa.Array, percents: list[Decimal], which: Ints, scan: Scan) -> pa.Array:
    """Percent of values, to the cent; null where there is no value."""
    numbers, plain = figures(values, scan)
    counted, fits = cents(numbers, percents, which)
    found = pc.if_else(pa.array(plain & fits), money(counted), None)
    left = np.flatnonzero(~(plain & fits))
    texts = [(row, cell(values, row).strip()) for row in left.tolist()]
    slow = {row: read_decimal(text) * percents[which[row]] / 100 for row, text in texts if text}
    return _over(found, np.asarray(list(slow), np.int64), [show(one.quantize(_CENT, ROUND_HALF_UP)) for one in slow.values()])


def _put(count: int, rows: np.ndarray, texts: pa.Array) -> pa.Array:
    """Texts at some rows of a column, nulls at the others."""
    place = np.full(count, -1, np.int64)
    place[rows] = np.arange(len(rows))
    return texts.take(pa.array(place, mask=place < 0))


def _over(column: pa.Array, rows: np.ndarray, texts: list[str]) -> pa.Array:
    """A column with other texts at some rows."""
    if not len(rows):
        return column
    mask = np.zeros(len(column), np.bool_)
    mask[rows] = True
    order = np.argsort(rows)
    return pc.replace_with_mask(column, pa.array(mask), pa.array([texts[one] for one in order], pa.string()))
