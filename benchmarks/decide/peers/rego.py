"""Rego, by regopy (rego-cpp): the law as data, one set of those that hold.

The data does not stand under the name of the package: there it would hide the rules, and everything would be undefined.
"""

from __future__ import annotations

from typing import Any

from benchmarks.decide.engine import Answers, Engine, Ready, Task
from benchmarks.decide.flat import Flat
from benchmarks.decide.law import USES, Law, Places
from benchmarks.decide.peers.contexts import contexts

MODULE = """
package ask

import rego.v1

begins(texts, text) if {
    some one in texts
    startswith(text, one)
}

goods(r) if r.goods == false

goods(r) if {
    begins(r.prefixes, input.code)
    not begins(r.but, input.code)
}

goods(r) if {
    begins(r.controls, concat("", [input.control, "."]))
    not begins(r.control_but, concat("", [input.control, "."]))
}

inside(places, place) if places.any

inside(places, place) if {
    places.negate == false
    places.codes[place]
}

inside(places, place) if {
    places.negate == true
    not places.codes[place]
}

shares(wanted, given) if count(wanted) == 0

shares(wanted, given) if {
    some one in given
    wanted[one]
}

held(spans, day) if {
    some span in spans
    span[0] <= day
    day < span[1]
}

matched contains r.n if {
    some r in data.law.rules
    r.known[0] <= input.known
    input.known < r.known[1]
    held(r.days, input.day)
    r.value[0] <= input.value
    input.value <= r.value[1]
    r.content[0] <= input.content
    input.content <= r.content[1]
    goods(r)
    inside(r.origin, input.origin)
    inside(r.to, input.to)
    shares(r.groups, input.groups)
    shares(r.uses, input.uses)
}
"""


def _rule(one: Flat, law: Law) -> dict[str, Any]:
    goods = one.goods
    return {
        "n": one.number,
        "goods": goods is not None,
        "prefixes": [] if goods is None else list(goods.prefixes),
        "but": [] if goods is None else list(goods.but),
        "controls": [] if goods is None else [f"{code}." for code in goods.controls],
        "control_but": [] if goods is None else [f"{code}." for code in goods.control_but],
        "origin": _places(one.origin, law),
        "to": _places(one.ship_to, law),
        "groups": {f"g{n}": True for n in range(one.flags.bit_length()) if one.flags >> n & 1},
        "uses": {word: True for bit, word in enumerate(USES) if one.uses >> bit & 1},
        "value": list(one.value),
        "content": list(one.content),
        "days": [list(span) for span in one.days],
        "known": list(one.known),
    }


def _places(some: Places | None, law: Law) -> dict[str, Any]:
    if some is None:
        return {"any": True, "negate": False, "codes": {}}
    inside = {*some.codes, *(place for group in some.groups for place in law.place_groups[group])}
    return {"any": False, "negate": some.negate, "codes": dict.fromkeys(sorted(inside), True)}


def prepare(task: Task) -> Ready:
    import regopy  # noqa: PLC0415

    rego = regopy.Interpreter()
    rego.add_module("ask", MODULE)
    rego.add_data({"law": {"rules": [_rule(one, task.law) for one in task.flat.flats]}})
    bundle = rego.build("data.ask.matched")

    def decide(lines: list[dict[str, Any]]) -> Answers:
        found = []
        for line in lines:
            rego.set_input({**line, "groups": [f"g{number}" for number in line["groups"]]})
            output = rego.query_bundle(bundle)
            if not output.ok():
                raise RuntimeError(str(output))
            numbers = output.results[0].expressions[0]
            found.append(task.resolver.resolve(int(number) for number in numbers))
        return Answers.of(found)

    return Ready(decide, contexts)


ENGINES = (Engine("rego", "regopy (rego-cpp)", prepare, ("regopy",), first=2, most=16),)
