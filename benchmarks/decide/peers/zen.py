"""GoRules ZEN: the law as one decision table that collects every row that holds.

A cell that does not read counts as "does not match" there, without a word; so each cell is compiled here before, and a bad
one stops the run.
"""

from __future__ import annotations

import json
from typing import Any

from benchmarks.decide.engine import Answers, Engine, Ready, Task
from benchmarks.decide.flat import ANY, OPEN, Flat
from benchmarks.decide.law import USES, Goods, Law, Places
from benchmarks.decide.peers.contexts import contexts

_FIELDS = ("", "origin", "to", "groups", "uses", "value", "content", "day", "known")


def graph(task: Task) -> dict[str, Any]:
    import zen  # noqa: PLC0415

    inputs = [{"id": f"i{at}", "name": field or "goods", "field": field} for at, field in enumerate(_FIELDS)]
    rows = []
    for one in task.flat.flats:
        cells = _cells(one, task.law)
        for at, cell in enumerate(cells):
            if cell:
                (zen.compile_unary_expression if _FIELDS[at] else zen.compile_expression)(cell)
        rows.append({"_id": f"r{one.number}", **{f"i{at}": cell for at, cell in enumerate(cells)}, "o": str(one.number)})
    table = {
        "hitPolicy": "collect",
        "inputs": inputs,
        "outputs": [{"id": "o", "name": "n", "field": "n"}],
        "rules": rows,
    }
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "t", "name": "t", "type": "decisionTableNode", "content": table},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "e1", "sourceId": "in", "targetId": "t", "type": "edge"},
            {"id": "e2", "sourceId": "t", "targetId": "out", "type": "edge"},
        ],
    }


def _cells(one: Flat, law: Law) -> list[str]:
    bits = [number for number in range(one.flags.bit_length()) if one.flags >> number & 1]
    words = [word for bit, word in enumerate(USES) if one.uses >> bit & 1]
    return [
        _goods(one.goods),
        _places(one.origin, law),
        _places(one.ship_to, law),
        f"some($, # in {bits})" if bits else "",
        f"some($, # in {_quoted(words)})" if words else "",
        _span(one.value, *ANY, closed=True),
        _span(one.content, *ANY, closed=True),
        " or ".join(_span(span, -OPEN, OPEN, closed=False) for span in one.days),
        _span(one.known, -OPEN, OPEN, closed=False),
    ]


def _goods(goods: Goods | None) -> str:
    if goods is None:
        return ""
    either = []
    for names, wanted, but, test in (
        ("code", goods.prefixes, goods.but, "startsWith(code, '{0}')"),
        ("control", goods.controls, goods.control_but, "(control == '{0}' or startsWith(control, '{0}.'))"),
    ):
        assert names
        if wanted:
            inside = " or ".join(test.format(one) for one in wanted)
            out = " or ".join(test.format(one) for one in but)
            either.append(f"(({inside}) and not ({out}))" if out else f"({inside})")
    return " or ".join(either)


def _places(some: Places | None, law: Law) -> str:
    if some is None:
        return ""
    inside = {*some.codes, *(place for group in some.groups for place in law.place_groups[group])}
    return f"{'not ' if some.negate else ''}($ in {_quoted(sorted(inside))})"


def _quoted(words: list[str]) -> str:
    return "[" + ", ".join(f"'{word}'" for word in words) + "]"


def _span(span: tuple[int, int], least: int, most: int, *, closed: bool) -> str:
    parts = []
    if span[0] > least:
        parts.append(f"$ >= {span[0]}")
    if span[1] < most:
        parts.append(f"$ {'<=' if closed else '<'} {span[1]}")
    return " and ".join(parts)


def one_by_one(task: Task) -> Ready:
    import zen  # noqa: PLC0415

    decision = zen.ZenEngine().create_decision(json.dumps(graph(task)))

    def decide(lines: list[dict[str, Any]]) -> Answers:
        return Answers.of(task.resolver.resolve(row["n"] for row in decision.evaluate(line)["result"]) for line in lines)

    return Ready(decide, contexts)


def batch(task: Task) -> Ready:
    import zen  # noqa: PLC0415

    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"law": graph(task)}}})

    def decide(lines: list[dict[str, Any]]) -> Answers:
        found = engine.evaluate_batch([{"key": "law", "context": line} for line in lines])
        failed = [one for one in found if not one["success"]]
        if failed:
            raise RuntimeError(failed[0]["error"])
        return Answers.of(task.resolver.resolve(row["n"] for row in one["data"]["result"]) for one in found)

    return Ready(decide, contexts)


ENGINES = (
    Engine("zen", "zen-engine, one by one", one_by_one, ("zen",), most=256),
    Engine("zen-batch", "zen-engine, batch call", batch, ("zen",), most=1_024),
)
