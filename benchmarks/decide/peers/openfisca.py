"""OpenFisca-Core: every product a variable with a vectorised formula, the answer variables on top.

OpenFisca-Core is under the AGPL; it is fetched for this comparison, and nothing of greenlane depends on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.decide.engine import Answers, Engine, Ready, Task
from benchmarks.decide.flat import ANY, Flat, goods_hold
from benchmarks.decide.law import FREE, FROM, PLACES
from benchmarks.decide.lines import Lines

_INPUTS = ("item", "origin", "to", "flags", "uses", "value", "content", "day", "known")
_ANY_MONTH = "2024-01"  # of variables that do not change with time any period may be asked


def prepare(task: Task) -> Ready:
    from openfisca_core import entities, periods, simulations, taxbenefitsystems, variables  # noqa: PLC0415

    line = entities.Entity("line", "lines", "An order line", "")
    system = taxbenefitsystems.TaxBenefitSystem([line])
    when = periods.DateUnit.ETERNITY

    def add(name: str, kind: type, formula: Any = None) -> None:
        body: dict[str, Any] = {"value_type": kind, "entity": line, "definition_period": when, "label": name}
        if formula is not None:
            body["formula"] = formula
        system.add_variable(type(name, (variables.Variable,), body))

    for name in _INPUTS:
        add(name, int)
    killers: dict[int, list[int]] = {}
    for one in task.flat.flats:
        for target in one.kills:
            killers.setdefault(target, []).append(one.number)
    for one in task.flat.flats:
        add(f"matched_{one.number}", bool, _matched(one, task))
        add(f"alive_{one.number}", bool, _alive(one.number, killers.get(one.number, [])))
    controls, duties = task.flat.of_kind("control"), task.flat.of_kind("duty")

    def first(lines: Any, period: Any) -> Any:
        """The place of the first control left: they are ordered by gravity."""
        found = np.full(lines.count, -1, dtype=np.int64)
        for one in reversed(controls):
            found[lines(f"alive_{one.number}", period)] = one.number
        return found

    def duty(lines: Any, period: Any) -> Any:
        return sum(one.weight * lines(f"alive_{one.number}", period).astype(np.int64) for one in duties)

    add("first", int, first)
    add("duty", int, duty)
    weights = np.asarray([*(one.weight for one in controls), FREE], dtype=np.int64)
    rules = np.asarray([*(one.rule for one in controls), -1], dtype=np.int64)

    def decide(columns: dict[str, Any]) -> Answers:
        simulation = simulations.SimulationBuilder().build_default_simulation(system, len(columns["item"]))
        for name, column in columns.items():
            simulation.set_input(name, _ANY_MONTH, column)
        found = simulation.calculate("first", _ANY_MONTH).astype(np.int64)
        return Answers(weights[found], rules[found], simulation.calculate("duty", _ANY_MONTH).astype(np.int64))

    return Ready(decide, convert)


def convert(lines: Lines) -> dict[str, Any]:
    columns = (
        lines.item, lines.origin, lines.ship_to, lines.flags, lines.uses, lines.value, lines.content, lines.day, lines.known,
    )  # fmt: skip
    return {name: column.astype(np.int32) for name, column in zip(_INPUTS, columns, strict=True)}


def _matched(one: Flat, task: Task) -> Any:
    law = task.law
    goods, origin, to = one.goods, one.origin, one.ship_to
    items = None if goods is None else np.asarray([goods_hold(goods, item.code, item.control) for item in law.items])
    origins = None if origin is None else np.isin((FROM, *PLACES), sorted(law.places(origin)))
    places = None if to is None else np.isin(PLACES, sorted(law.places(to)))

    def formula(lines: Any, period: Any) -> Any:
        day, known = lines("day", period), lines("known", period)
        found = (known >= one.known[0]) & (known < one.known[1])
        held = np.zeros(lines.count, dtype=bool)
        for start, end in one.days:
            held |= (day >= start) & (day < end)
        found &= held
        for name, table in (("item", items), ("origin", origins), ("to", places)):
            if table is not None:
                found &= table[lines(name, period)]
        for name, wanted in (("flags", one.flags), ("uses", one.uses)):
            if wanted:
                found &= (lines(name, period) & wanted) != 0
        for name, span in (("value", one.value), ("content", one.content)):
            if span != ANY:
                value = lines(name, period)
                found &= (value >= span[0]) & (value <= span[1])
        return found

    return formula


def _alive(number: int, killers: list[int]) -> Any:
    def formula(lines: Any, period: Any) -> Any:
        found = lines(f"matched_{number}", period).copy()
        for other in killers:
            found &= ~lines(f"alive_{other}", period)
        return found

    return formula


ENGINES = (Engine("openfisca", "openfisca-core", prepare, ("openfisca_core",), first=1_024, most=16_384),)
