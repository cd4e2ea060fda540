"""Cedar: each product a policy that forbids; the answer names the policies that did."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.decide.engine import Answers, Engine, Ready, Task
from benchmarks.decide.flat import ANY, OPEN, Flat
from benchmarks.decide.law import USES, Law, Places
from benchmarks.decide.lines import Lines
from benchmarks.decide.peers.contexts import contexts


def policies(task: Task) -> str:
    return "\n".join(
        f"forbid(principal, action, resource) when {{ {' && '.join(_when(one, task.law)) or 'true'} }};" for one in task.flat.flats
    )


def _when(one: Flat, law: Law) -> list[str]:
    found = []
    for name, span, least, most, last in (
        ("known", one.known, -OPEN, OPEN, "<"),
        ("value", one.value, *ANY, "<="),
        ("content", one.content, *ANY, "<="),
    ):
        found += [f"context.{name} >= {span[0]}"] if span[0] > least else []
        found += [f"context.{name} {last} {span[1]}"] if span[1] < most else []
    spans = [
        " && ".join(([f"context.day >= {start}"] if start > -OPEN else []) + ([f"context.day < {end}"] if end < OPEN else []))
        for start, end in one.days
    ]
    if all(spans):
        found.append("(" + " || ".join(f"({span})" for span in spans) + ")")
    found += _places("origin", one.origin, law) + _places("to", one.ship_to, law)
    if one.flags:
        found.append(f"context.groups.containsAny({[n for n in range(one.flags.bit_length()) if one.flags >> n & 1]})")
    if one.uses:
        found.append(f"context.uses.containsAny({json.dumps([word for bit, word in enumerate(USES) if one.uses >> bit & 1])})")
    if one.goods is not None:
        either = []
        for wanted, but, test in (
            (one.goods.prefixes, one.goods.but, 'context.code like "{0}*"'),
            (one.goods.controls, one.goods.control_but, '(context.control == "{0}" || context.control like "{0}.*")'),
        ):
            if wanted:
                inside, out = (" || ".join(test.format(code) for code in codes) for codes in (wanted, but))
                either.append(f"(({inside}) && !({out}))" if out else f"({inside})")
        found.append("(" + " || ".join(either) + ")")
    return found


def _places(name: str, some: Places | None, law: Law) -> list[str]:
    if some is None:
        return []
    inside = {*some.codes, *(place for group in some.groups for place in law.place_groups[group])}
    return [f"{'!' if some.negate else ''}{json.dumps(sorted(inside))}.contains(context.{name})"]


def convert(lines: Lines) -> list[dict[str, Any]]:
    head = {"principal": 'Line::"any"', "action": 'Action::"export"', "resource": 'Goods::"any"'}
    return [{**head, "context": json.dumps(one)} for one in contexts(lines)]


def prepare(task: Task) -> Ready:
    import cedarpy  # noqa: PLC0415

    law = cedarpy.PolicySet.from_str(policies(task))
    nobody = cedarpy.Entities.from_json_str("[]")

    def decide(requests: list[dict[str, Any]]) -> Answers:
        found = cedarpy.is_authorized_batch(requests, law, nobody)
        failed = [one.diagnostics.errors for one in found if one.diagnostics.errors]
        if failed:
            raise RuntimeError(failed[0])
        numbers = ([int(name.removeprefix("policy")) for name in one.diagnostics.reasons] for one in found)
        return Answers.of(task.resolver.resolve(some) for some in numbers)

    return Ready(decide, convert)


ENGINES = (Engine("cedar", "cedarpy, batch call", prepare, ("cedarpy",), most=512),)
