"""One question put to every engine: what the reference says of lines, and what the columnar engine says in each of its tiers."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from greenlane.batch.answers import said
from greenlane.batch.columns import BRIEF, decide_batch
from greenlane.batch.duties import said as said_of_duty
from greenlane.batch.engine import Engine, Faster
from greenlane.decide.decision import Decision, Duty, Outline
from greenlane.decide.evaluate import decide
from greenlane.decide.line import Row, read_line
from greenlane.law.rulebase import RuleBase
from greenlane.terms.amounts import show
from greenlane.terms.periods import Asked

Cells = dict[str, str]
HAS_NUMBA = importlib.util.find_spec("numba") is not None


def faster() -> Faster | None:
    """The executor in machine code, if its library is there."""
    if not HAS_NUMBA:
        return None
    from greenlane.batch.fused import Fused

    return Fused


def batch_of(rows: Sequence[Mapping[str, str]]) -> pa.RecordBatch:
    """Rows of cells as an Arrow batch of texts."""
    names = sorted({name for row in rows for name in row})
    return pa.RecordBatch.from_pydict({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})


def reference(row: Mapping[str, str], rules: RuleBase, **question: Any) -> Decision | None:
    """What the reference evaluator says; None where the row does not read."""
    line, _ = read_line(Row({"line_id": "x", **row}, "agreement", 1))
    if line is None:
        return None
    known = Asked.read(row["known_by"]) if row.get("known_by") else question.get("known_by")
    settings = {name: question[name] for name in ("sides", "strict", "parties") if name in question}
    return decide(line, rules, on=question.get("on"), known_by=known, look_ahead=False, **settings)


def as_outline(decision: Decision) -> tuple[object, ...]:
    """What of a decision every engine must say alike."""
    return said(
        Outline(
            low=decision.low,
            high=decision.high,
            exact=decision.exact,
            settled=True,
            reasons=decision.reasons,
            lifts=decision.lifts,
            missing=decision.missing,
            branches=decision.branches,
        )
    )


def _of_duty(duty: Duty | None) -> object:
    """All that duties say; a currency says something only of an amount."""
    if duty is None:
        return None
    return said_of_duty(duty, money=False), duty.amount, duty.currency if duty.amount is not None else ""


def engine_for(rules: RuleBase, *, fast: Faster | None, **question: Any) -> Engine:
    """The columnar engine, for a question as `decide` takes it."""
    return Engine(
        rules,
        on=question.get("on"),
        known_by=question.get("known_by"),
        sides=question.get("sides", ("cn", "us")),
        strict=question.get("strict", False),
        identify=question.get("parties", {}).get,
        fast=fast,
    )


def apart(rules: RuleBase, **question: Any) -> Iterator[tuple[str, Engine]]:
    """Each tier with tables of its own, which have seen nothing."""
    yield "numpy", engine_for(rules, fast=None, **question)
    if HAS_NUMBA:
        yield "fused", engine_for(rules, fast=faster(), **question)


def together(engine: Engine) -> Iterator[tuple[str, Engine]]:
    """The tiers on the tables of one engine, those in machine code first."""
    if HAS_NUMBA:
        engine.lead_by(faster())
        yield "fused", engine
    engine.lead_by(None)
    yield "numpy", engine


def differences(
    rules: RuleBase, rows: Sequence[Cells], *, engine: Engine | None = None, every: int = 1, **question: Any
) -> Iterator[str]:
    """Where one of the tiers says something else than the reference, in words.

    Without `engine` each tier has its own; with it they share its tables. One row in `every` is asked as a single line, too.
    """
    batch = batch_of(rows)
    wanted = [reference(row, rules, **question) for row in rows]
    for name, tier in apart(rules, **question) if engine is None else together(engine):
        tier.find(batch)  # met for the first time; now it is met again
        found, columns = tier.find(batch), decide_batch(tier, batch)
        brief = tier if engine is not None else engine_for(rules, fast=faster() if name == "fused" else None, **question)
        for _ in range(2):
            yield from (
                f"{name}, asked for less: {one}" for one in _apart(rows, columns.select(BRIEF), decide_batch(brief, batch, BRIEF))
            )
        alone = tier.weigh(batch, found)
        for place, (row, decision) in enumerate(zip(rows, wanted, strict=True)):
            if decision is None or not found.reads[place]:
                if (decision is None) == bool(found.reads[place]):
                    yield f"{name}: {row} reads in one engine only"
                continue
            outline = tier.answers.outlines[found.answers[place]]
            if said(outline) != as_outline(decision):
                yield f"{name}: {row}: {said(outline)}, not {as_outline(decision)}"
            charged = tier.duties.charged[found.duties[place]]
            duty = alone.get(place) if charged.by_quantity else charged.duty
            if said_of_duty(duty, money=False) != said_of_duty(decision.duty, money=False):
                yield f"{name}: {row}: duty {duty}, not {decision.duty}"
            amount = "" if decision.duty is None or decision.duty.amount is None else show(decision.duty.amount)
            if (columns.column("duty_amount")[place].as_py() or "") != amount:
                yield f"{name}: {row}: amount {columns.column('duty_amount')[place]}, not {amount}"
        if name == "numpy":
            yield from _of_single_lines(tier, rows[::every], wanted[::every])


def _apart(rows: Sequence[Cells], wanted: pa.RecordBatch, found: pa.RecordBatch) -> Iterator[str]:
    """Where two answers in the same columns are not the same."""
    if not found.equals(wanted):
        pairs = zip(rows, found.to_pylist(), wanted.to_pylist(), strict=True)
        yield from [f"{row}: {one}, not {other}" for row, one, other in pairs if one != other] or ["other bytes"]


def _of_single_lines(engine: Engine, rows: Sequence[Cells], wanted: Sequence[Decision | None]) -> Iterator[str]:
    for row, decision in zip(rows, wanted, strict=True):
        if decision is None:
            continue
        for _ in range(2):
            outline, duty = engine.one(row)
            if said(outline) != as_outline(decision):
                yield f"integers: {row}: {said(outline)}, not {as_outline(decision)}"
            if _of_duty(duty) != _of_duty(decision.duty):
                yield f"integers: {row}: duty {duty}, not {decision.duty}"


def cells_of(pairs: Iterable[tuple[str, str]]) -> Cells:
    """Cells without the blank ones."""
    return {name: text for name, text in pairs if text}


_GOODS = ("codes", "contains", "attrs", "description")
_ROUTE = ("ship_from", "ship_to", "origin", "activity", "end_use_country", "end_use")
_PARTIES = ("exporter", "consignee", "end_user", "owner", "owner_share")
_SHARES = ("us_content", "cn_re_content", "value", "currency", "quantity", "unit")


def mixed_lines(rules: RuleBase, count: int, *, seed: int) -> list[Cells]:
    """Lines put together from those of the worked examples: the goods of one, the route of another, the days of a third."""
    draw = random.Random(seed)
    parts = [
        [cells_of((name, one.line.get(name, "")) for name in names) for one in rules.cases]
        for names in (_GOODS, _ROUTE, _PARTIES, _SHARES)
    ]
    days = sorted({one.on for one in rules.cases})
    found: list[Cells] = []
    for _ in range(count):
        goods, route, parties, shares = (draw.choice(many) for many in parts)
        row = goods | route | (parties if draw.random() < 0.4 else {}) | (shares if draw.random() < 0.7 else {})
        if "codes" in row and draw.random() < 0.25:
            codes = row["codes"].split(";")
            row["codes"] = ";".join(
                dict.fromkeys([*codes[: draw.randint(0, len(codes))], *draw.choice(parts[0]).get("codes", "").split(";")])
            )
        for name in ("contains", "attrs"):
            if draw.random() < 0.1:
                row.pop(name, None)
        row["date"] = draw.choice(days)
        if draw.random() < 0.4:
            row["known_by"] = draw.choice(days)
        found.append(cells_of(row.items()))
    return found


_TRADED = ("CN", "CN", "CN", "US", "US", "DE", "JP", "MX", "KR", "TW", "VN", "RU", "IR", "HK", "IN", "GB", "NL", "CA", "BR", "AE")


def desk_lines(rules: RuleBase, count: int, *, seed: int) -> list[Cells]:
    """Lines as a desk has them: goods of the worked examples and lines of the tariff, between countries that trade much."""
    draw = random.Random(seed)
    schedule = rules.whole_schedule("hts")
    tariff = [] if schedule is None else [code for code in schedule.codes if len(code) >= 8]
    goods = [cells_of((name, one.line.get(name, "")) for name in _GOODS) for one in rules.cases]
    shares = [cells_of((name, one.line.get(name, "")) for name in _SHARES) for one in rules.cases]
    days = sorted({one.on for one in rules.cases})
    found: list[Cells] = []
    for number in range(count):
        if tariff and draw.random() < 0.6:
            listed = draw.choice(("", ";eccn:EAR99", ";eccn:EAR99;cn:NONE", ";cn:NONE"))
            row = {"codes": f"hts:{draw.choice(tariff)}{listed}"}
        else:
            row = dict(draw.choice(goods))
        origin, to = draw.choice(_TRADED), draw.choice(_TRADED)
        row |= {
            "ship_from": draw.choice((origin, origin, draw.choice(_TRADED))),
            "ship_to": to,
            "origin": draw.choice((origin, "")),
        }
        row |= {"activity": draw.choice(("export", "export", "import")), "date": draw.choice(days)}
        row |= draw.choice(shares) if draw.random() < 0.5 else {}
        row |= {"consignee": f"Example Works {number % 40}", "end_use": draw.choice(("", "civil", "military"))}
        found.append(cells_of(row.items()))
    return found
