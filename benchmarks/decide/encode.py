"""The made-up law as a rule base of greenlane: folders of YAML, read by the ordinary loader with all its checks.

What the loader asks of a release on top, worked examples for every rule, a made-up law does not have: it is loaded with
`release=False`, which leaves out RB13, RB24 and RB25 and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks.decide.law import EFFECTS, FREE, FROM, LAST, MODELLED, Goods, Law, Limit, Places, Rule, day_text

IN_A_FILE = 40
_SOURCE = "sources: {s: {title: Made up for a benchmark, href: none}}\nsource: [s]\n"
_REGIMES = f"""\
regimes:
  - id: us-made-up
    title: Made-up export control
    side: us
    kind: control
    zone: America/New_York
    from: {day_text(MODELLED)}
    known_through: {day_text(LAST)}
    reaches:
      - {{ship_from: [{FROM}]}}
    covers:
      - {{id: all, statement: "all exports from the United States", when: {{activity: [export], ship_from: [{FROM}]}}}}
  - id: us-made-up-duties
    title: Made-up duties
    side: us
    kind: duty
    zone: America/New_York
    from: {day_text(MODELLED)}
    known_through: {day_text(LAST)}
"""
# A rule base has some of each; these two are idle, because every line states its activity: what is silent here stays unknown.
_PRESUMPTIONS = "presumptions:\n  - {fact: activity, as: export, because: idle}\n"
_DERIVATIONS = f"derivations:\n  - {{id: idle, fact: activity, value: export, when: {{ship_from: [{FROM}]}}, because: idle}}\n"


def write_rules(law: Law, folder: Path) -> Path:
    """Write the rule base into an empty folder."""
    home = folder / "us"
    home.mkdir(parents=True)
    (folder / "VERSION").write_text("2026.1.1\n")
    (folder / "regimes.yaml").write_text(_REGIMES)
    (folder / "presumptions.yaml").write_text(_PRESUMPTIONS)
    (folder / "derivations.yaml").write_text(_DERIVATIONS)
    (home / "groups.yaml").write_text(_groups(law))
    names = {rule.number: f"{_instrument(rule)}/{rule.name}" for rule in law.rules}
    files: dict[str, list[Rule]] = {}
    for rule in law.rules:
        files.setdefault(_instrument(rule), []).append(rule)
    for name, rules in files.items():
        kind = rules[0].kind
        head = _head(name, "us-made-up-duties" if kind == "duty" else "us-made-up", min(rule.known for rule in rules))
        if kind != "lift":
            head += f"when: {{activity: [export], ship_from: [{FROM}]}}\n"
        key = "lifts" if kind == "lift" else "measures"
        _write(home, name, head + _list(key, (_rule(rule, names) for rule in rules)))
    paused = [rule for rule in law.rules if rule.pause is not None]
    if paused:
        head = _head("us-made-up-pauses", "us-made-up", min(rule.pause.known for rule in paused if rule.pause))
        _write(home, "us-made-up-pauses", head + _list("acts", (_act(rule, names) for rule in paused)))
    return folder


def name_of(rule: Rule) -> str:
    """The name of a rule in the rule base."""
    return f"{_instrument(rule)}/{rule.name}"


def _instrument(rule: Rule) -> str:
    return f"us-made-up-{rule.kind}-{rule.number // IN_A_FILE:03}"


def _write(home: Path, name: str, text: str) -> None:
    (home / name).mkdir()
    (home / name / "measure.yaml").write_text(text)


def _head(name: str, regime: str, known: int) -> str:
    return (
        f"id: {name}\ntitle: A made-up instrument\nissuer: Nobody\nkind: rule\nregime: {regime}\nzone: America/New_York\n"
        f"known_since: {day_text(known)}\nstanding: official\nchecked_on: {day_text(LAST)}\n{_SOURCE}"
    )


def _list(key: str, entries: Iterable[Mapping[str, object]]) -> str:
    """Entries in flow style: JSON is YAML, and quotes every text."""
    return f"{key}:\n" + "".join(f"  - {json.dumps(one)}\n" for one in entries)


def _groups(law: Law) -> str:
    places = [
        {"id": f"us-places-{number}", "kind": "places", "title": f"Places {number}", "source": "s", "members": list(members)}
        for number, members in enumerate(law.place_groups)
    ]
    parties = [
        {"id": f"us-parties-{number}", "kind": "parties", "title": f"Parties {number}", "source": "s", "members": list(members)}
        for number, members in enumerate(law.party_groups)
    ]
    return "zone: America/New_York\nsources: {s: {title: Made up for a benchmark, href: none}}\n" + _list(
        "groups", places + parties
    )


def _rule(rule: Rule, names: Mapping[int, str]) -> dict[str, object]:
    found: dict[str, object] = {"id": rule.name, "title": f"Rule {rule.number}", "known_since": day_text(rule.known)}
    when = _when(rule)
    if when:
        found["when"] = when
    if rule.kind == "duty":
        found |= {"effect": "duty", "layer": "mfn" if rule.goods is None else rule.name}
        found["steps"] = [{"from": day_text(one.start), "rate": f"{one.rate / 100:g}", "source": "s"} for one in rule.steps]
    else:
        found["in_force"] = [
            {"from": day_text(one.start), "known_since": day_text(one.known), "source": "s"}
            | ({} if one.end is None else {"until": day_text(one.end), "until_known_since": day_text(one.end_known)})
            for one in rule.periods
        ]
    if rule.kind == "lift":
        found |= {"lifts": [names[target] for target in rule.targets], "leaves": EFFECTS[rule.leaves]}
    elif rule.kind == "control":
        found["effect"] = EFFECTS[rule.effect]
    starts = [(one.start, one.known) for one in rule.periods] + [(one.start, rule.known) for one in rule.steps]
    if rule.kind != "lift" and any(start < known for start, known in starts):
        found["reading"] = "It reaches back by its own words."
    return found


def _act(rule: Rule, names: Mapping[int, str]) -> dict[str, object]:
    pause = rule.pause
    assert pause is not None
    found: dict[str, object] = {
        "id": f"pause-{rule.name}",
        "title": f"Pause of {rule.name}",
        "does": "suspends",
        "to": [names[rule.number]],
        "from": day_text(pause.start),
        "until": day_text(pause.end),
        "known_since": day_text(pause.known),
    }
    return found if pause.leaves == FREE else found | {"leaves": EFFECTS[pause.leaves]}


def _when(rule: Rule) -> dict[str, object]:
    found: dict[str, object] = {}
    if rule.goods is not None:
        found["goods"] = _goods(rule.goods)
    for key in ("origin", "ship_to", "destination"):
        some = getattr(rule, key)
        if some is not None:
            found[key] = _places(some)
    if rule.party is not None:
        found["party"] = {"role": ["consignee", "end_user"], "listed": f"us-parties-{rule.party}"}
    if rule.uses:
        found["end_use"] = list(rule.uses)
    if rule.value is not None:
        found["value"] = {rule.value.op: f"{rule.value.value // 100} USD"}
    if rule.content is not None:
        found["share"] = _share(rule.content)
    return found


def _goods(goods: Goods) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    if goods.prefixes:
        item: dict[str, object] = {"customs": [f"schedule_b:{one}" for one in goods.prefixes]}
        if goods.but:
            item["but"] = [f"schedule_b:{one}" for one in goods.but]
        found.append(item)
    for control in goods.controls:
        item = {"control": f"eccn:{control}"}
        but = [f"eccn:{one}" for one in goods.control_but if one.startswith(f"{control}.")]
        if but:
            item["but"] = but
        found.append(item)
    return found


def _places(some: Places) -> object:
    inside = [*some.codes, *(f"group:us-places-{number}" for number in some.groups)]
    return {"not": inside} if some.negate else inside


def _share(limit: Limit) -> dict[str, str]:
    direction = "floor" if limit.op in ("at_least", "more_than") else "ceiling"
    return {"fact": "us_content", limit.op: f"{limit.value / 10:g}%", "direction": direction}
